# Lists the tests for CTest, and the targets that each folder of tests needs for scripts/test.
#
# A test has a label for each folder below tests/ that contains it, and one for its file. A test of
# tests/flow/solve/integrate_test.cpp has flow, flow/solve and flow/solve/integrate. build/tests/folders.txt has a line
# for each file of tests, with its label and the targets that build it.

# pushforward_folder(label targets...): records which targets the tests of a folder or file need.
function(pushforward_folder label)
  list(JOIN ARGN " " targets)
  set_property(GLOBAL APPEND PROPERTY PUSHFORWARD_TEST_FOLDERS "${label} ${targets}")
endfunction()

# pushforward_label(test label targets...): gives a test that does not use Catch2 the labels of its folder.
function(pushforward_label test label)
  set(labels ${label})
  while(label MATCHES "(.+)/[^/]+$")
    set(label ${CMAKE_MATCH_1})
    list(PREPEND labels ${label})
  endwhile()
  get_test_property(${test} LABELS more)
  if(more)
    list(APPEND labels ${more})
  endif()
  set_tests_properties(${test} PROPERTIES LABELS "${labels}")
  pushforward_folder(${ARGV1} ${ARGN})
endfunction()

# pushforward_discover(target prefix seconds): adds the Catch2 tests of a target after it is built. If it is not built,
# CTest reports this as a failing test.
function(pushforward_discover target prefix seconds)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${target}_ctest.cmake)
  set(include ${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake)
  add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${list}
                     COMMAND ${CMAKE_CURRENT_BINARY_DIR}/${target} --ctest ${list} ${prefix} ${seconds} VERBATIM)
  file(WRITE ${include} "if(EXISTS \"${list}\")
  include(\"${list}\")
else()
  add_test(${target}_NOT_BUILT ${target}_NOT_BUILT)
endif()
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    if(NOT source MATCHES "[$]<")
      get_filename_component(source ${source} ABSOLUTE)
      file(RELATIVE_PATH label ${PROJECT_SOURCE_DIR}/tests ${source})
      string(REGEX REPLACE "(_test)?[.]cpp$" "" label ${label})
      pushforward_folder(${label} ${target})
    endif()
  endforeach()
endfunction()

# pushforward_write_folders(): writes build/tests/folders.txt. Call it after all tests are added.
function(pushforward_write_folders)
  get_property(lines GLOBAL PROPERTY PUSHFORWARD_TEST_FOLDERS)
  list(SORT lines)
  list(JOIN lines "\n" text)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/folders.txt "${text}\n")
endfunction()
