# Fuzz targets (scripts/fuzz): one program for each source of this folder, linked with libFuzzer. The whole build needs the
# options of `sanitizers` in scripts/common.sh, so that errors end the program.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang" OR NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize=address,undefined")
  message(FATAL_ERROR "The fuzz targets need clang++ and -fsanitize=address,undefined: scripts/fuzz sets both")
endif()
# libFuzzer sees which branches an input takes in the readers, which are in apps and in nn/checkpoint. The kernels of the
# other rooms call back for every comparison with this option, which would make their tests slower. clang reads a precompiled
# header only with the options with which it was made.
foreach(target pushforward_apps apps_f32 apps_f64 apps_precompiled pushforward_nn nn_f32 nn_f64 nn_precompiled)
  if(TARGET ${target})  # without PUSHFORWARD_UNITY, nothing is precompiled
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endforeach()
foreach(name checkpoints config csv gzip metrics npy overrides safetensors texts typed_csv words)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp)
  pushforward_defaults(fuzz_${name})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE pushforward_apps)
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endforeach()
