# Compares the assignment solver with LEMON. The test is skipped if liblemon-dev is not installed.
find_path(PUSHFORWARD_LEMON_INCLUDE lemon/network_simplex.h)
find_library(PUSHFORWARD_LEMON_LIBRARY NAMES emon lemon)
if(PUSHFORWARD_LEMON_INCLUDE AND PUSHFORWARD_LEMON_LIBRARY)
  add_library(lemon_oracle OBJECT ${CMAKE_CURRENT_LIST_DIR}/lemon/oracle.cpp)
  set_target_properties(lemon_oracle PROPERTIES CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON)
  target_include_directories(lemon_oracle SYSTEM PRIVATE ${PUSHFORWARD_LEMON_INCLUDE})
  target_include_directories(lemon_oracle PRIVATE ${PROJECT_SOURCE_DIR})
  add_executable(lemon_assignment ${CMAKE_CURRENT_LIST_DIR}/lemon/assignment.cpp
                                  $<TARGET_OBJECTS:lemon_oracle> $<TARGET_OBJECTS:tests_main>)
  pushforward_defaults(lemon_assignment)
  target_include_directories(lemon_assignment PRIVATE ${CMAKE_CURRENT_LIST_DIR})
  target_link_libraries(lemon_assignment PRIVATE pushforward_flow Catch2::Catch2
                                                 ${PUSHFORWARD_LEMON_LIBRARY})
  pushforward_discover(lemon_assignment "flow: " 300)
else()
  add_test(NAME "flow: assignments against LEMON"
           COMMAND ${CMAKE_COMMAND} -E echo "skipped: liblemon-dev is not installed")
  set_tests_properties("flow: assignments against LEMON" PROPERTIES SKIP_REGULAR_EXPRESSION skipped)
  pushforward_label("flow: assignments against LEMON" judges/lemon)
endif()
