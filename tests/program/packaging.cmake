# Tests the library in another project, with find_package, pkg-config and add_subdirectory. It is installed into a
# folder that is then moved. The tests have the label "packaging", since they build something.
set(packaging_scratch ${PROJECT_BINARY_DIR}/packaging)

add_test(NAME "packaging: install"
         COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DBUILD=${PROJECT_BINARY_DIR}
                 -DPREFIX=${packaging_scratch}/prefix -DAPP=${PUSHFORWARD_APP}
                 -P ${CMAKE_CURRENT_LIST_DIR}/packaging/install.cmake)
set_tests_properties("packaging: install" PROPERTIES FIXTURES_SETUP packaging_prefix LABELS packaging TIMEOUT 120)
pushforward_label("packaging: install" program/packaging all)

foreach(way find_package pkg_config add_subdirectory)
  set(name "packaging: ${way}")
  add_test(NAME ${name}
           COMMAND ${CMAKE_COMMAND} -DWAY=${way} -DSOURCE=${PROJECT_SOURCE_DIR} -DPREFIX=${packaging_scratch}/prefix
                   -DSCRATCH=${packaging_scratch} -DGENERATOR=${CMAKE_GENERATOR} -DCOMPILER=${CMAKE_CXX_COMPILER}
                   -DLAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER} -P ${CMAKE_CURRENT_LIST_DIR}/packaging/outside.cmake)
  set_tests_properties(${name} PROPERTIES LABELS packaging TIMEOUT 900)
  pushforward_label(${name} program/packaging all)
  if(NOT way STREQUAL add_subdirectory)
    set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED packaging_prefix)
  endif()
endforeach()
# It builds the library on two cores. CTest starts tests of the highest cost first.
set_tests_properties("packaging: add_subdirectory" PROPERTIES PROCESSORS 2 COST 30)
