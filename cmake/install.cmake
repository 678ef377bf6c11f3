# Installs headers, libraries, the CMake package, pkg-config files, the program, its completion and the data. Installed
# files only contain relative paths, so the installation may be moved.
option(PUSHFORWARD_INSTALL "Install the headers, libraries, program and data" ${PROJECT_IS_TOP_LEVEL})
if(NOT PUSHFORWARD_INSTALL)
  return()
endif()
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pushforward)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(data_dir ${CMAKE_INSTALL_DATADIR}/pushforward/data)  # the program looks in ../share/pushforward/data

# The libraries, and the headers for includes such as <pushforward/pushforward.h> or <pushforward/autograd/tape.h>.
install(TARGETS pushforward_autograd pushforward_nn pushforward_flow pushforward pushforward_f64
        EXPORT pushforward ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PUSHFORWARD_HEADERS_DIR}/pushforward DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

# Files for find_package(pushforward).
install(EXPORT pushforward DESTINATION ${package_dir} NAMESPACE pushforward:: FILE pushforwardTargets.cmake)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pushforwardConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pushforwardConfig.cmake ${PROJECT_BINARY_DIR}/pushforwardConfigVersion.cmake
        DESTINATION ${package_dir})

# The package and the files for pkg-config name OpenBLAS only if the library is linked with it.
set(pushforward_blas_need)
set(pushforward_blas_module)
if(PUSHFORWARD_BLAS)
  set(pushforward_blas_need "OPENBLAS:openblas ")
  set(pushforward_blas_module "openblas ")
endif()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/pushforwardConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/pushforwardConfig.cmake INSTALL_DESTINATION ${package_dir})

# Files for pkg-config: pushforward (float) and pushforward-f64 (double).
file(RELATIVE_PATH prefix_from_pc /${pkgconfig_dir} /)
string(REGEX REPLACE "/$" "" prefix_from_pc "${prefix_from_pc}")
foreach(bits 32 64)
  if(bits EQUAL 32)
    set(pc_name pushforward)
    set(pc_flags)
    set(pc_precision float)
  else()
    set(pc_name pushforward-f64)
    set(pc_flags " -DPUSHFORWARD_REAL=64")
    set(pc_precision double)
  endif()
  configure_file(${CMAKE_CURRENT_LIST_DIR}/pushforward.pc.in ${PROJECT_BINARY_DIR}/${pc_name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${pc_name}.pc DESTINATION ${pkgconfig_dir})
endforeach()

# The program, its completion and the data it reads.
if(PUSHFORWARD_APP)
  install(TARGETS pushforward_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  # During installation, the program writes its completion script.
  install(CODE "
    execute_process(COMMAND \"$<TARGET_FILE:pushforward_program>\" completion bash
                    OUTPUT_FILE \"${PROJECT_BINARY_DIR}/completion.bash\" RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
      message(FATAL_ERROR \"[install] `pushforward completion bash` failed: \${code}\")
    endif()")
  install(FILES ${PROJECT_BINARY_DIR}/completion.bash RENAME pushforward
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endif()
install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/ DESTINATION ${data_dir}
        FILES_MATCHING PATTERN "*.json" PATTERN "*.npy" PATTERN "*.csv" PATTERN "README.md")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The page, if scripts/page has built it.
install(FILES ${PROJECT_SOURCE_DIR}/build/page/pushforward.html DESTINATION ${CMAKE_INSTALL_DATADIR}/pushforward OPTIONAL)
