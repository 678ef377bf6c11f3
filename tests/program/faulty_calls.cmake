# A library that makes system calls of the program fail (faulty_calls.cpp), for
# faulty_calls_test.cpp.
add_library(faulty_calls MODULE program/faulty_calls.cpp)
pushforward_defaults(faulty_calls)
target_link_libraries(faulty_calls PRIVATE ${CMAKE_DL_LIBS})
# The library is loaded before the sanitizers' libraries, so it must not use them.
target_compile_options(faulty_calls PRIVATE -fno-sanitize=all)
target_link_options(faulty_calls PRIVATE -fno-sanitize=all)
set_target_properties(faulty_calls PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
if(TARGET program_tests_once)  # PUSHFORWARD_TEST_FILES may leave none of its tests
  add_dependencies(program_tests_once faulty_calls)
endif()
