# Builds the fuzz targets (scripts/fuzz): one program for each source of this folder, built by clang with libFuzzer and the
# sanitizers of addresses and undefined behaviour. Only the code that they use is compiled, in float.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "The fuzz targets need clang: -DCMAKE_CXX_COMPILER=clang++ (scripts/fuzz does so)")
endif()
set(fuzz_checks -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize=float-cast-overflow
                -fno-sanitize-recover=all)

find_package(fmt REQUIRED)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)

# pushforward_fuzzed(name sources...): adds a library with these sanitizers. libFuzzer sees which of its branches are
# taken.
function(pushforward_fuzzed name)
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARGN})
  pushforward_defaults(${name})
  pushforward_unity(${name} 6 ${ARGN})
  target_compile_options(${name} PUBLIC ${fuzz_checks} PRIVATE -fsanitize=fuzzer-no-link)
  target_compile_definitions(${name} PUBLIC PUSHFORWARD_REAL=32 PRIVATE PUSHFORWARD_VERSION="${PROJECT_VERSION}"
                             PUSHFORWARD_DATA_DIR="${PROJECT_SOURCE_DIR}/data")
  target_link_libraries(${name} PUBLIC Threads::Threads nlohmann_json::nlohmann_json fmt::fmt
                        PRIVATE ${blas} PkgConfig::HWY PkgConfig::XXHASH PkgConfig::ZLIB Boost::headers)
endfunction()

# These sources read files. The other list has the sources that configs and checkpoints need in addition.
set(fuzzed_readers)
set(fuzzed_rest)
foreach(folder autograd nn flow apps/json apps/config apps/formats apps/from_config apps/run apps/terminal)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  foreach(source ${found})
    if(source MATCHES "/(apps/json|apps/formats|apps/terminal)/|/apps/run/metrics|/nn/checkpoint/(file|safetensors|tensor_view|utf8)[.]")
      list(APPEND fuzzed_readers ${source})
    elseif(NOT source MATCHES "/flow/theory/")
      list(APPEND fuzzed_rest ${source})
    endif()
  endforeach()
endforeach()
pushforward_fuzzed(fuzzed_readers ${fuzzed_readers} ${PROJECT_SOURCE_DIR}/apps/suggest.cpp)
pushforward_fuzzed(fuzzed_rest ${fuzzed_rest} ${PROJECT_SOURCE_DIR}/apps/report/files_read.cpp)
target_link_libraries(fuzzed_rest PUBLIC fuzzed_readers)

foreach(name checkpoints config csv metrics npy overrides safetensors texts)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp)
  pushforward_defaults(fuzz_${name})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer ${fuzz_checks})
  if(name MATCHES "checkpoints|config|overrides")
    target_link_libraries(fuzz_${name} PRIVATE fuzzed_rest)
  else()
    target_link_libraries(fuzz_${name} PRIVATE fuzzed_readers)
  endif()
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endforeach()
