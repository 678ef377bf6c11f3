# Compares the assignment solver with scipy. The test is skipped if Debian's python3-scipy is not installed.
if(PUSHFORWARD_PYTHON)
  add_executable(scipy_assignment ${CMAKE_CURRENT_LIST_DIR}/scipy_assignment.cpp)
  pushforward_defaults(scipy_assignment)
  target_link_libraries(scipy_assignment PRIVATE pushforward_flow)
  add_test(NAME "flow: 1,000 random and degenerate assignments cost what scipy's do"
           COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/scipy_assignment.py
                   $<TARGET_FILE:scipy_assignment>)
  set_tests_properties("flow: 1,000 random and degenerate assignments cost what scipy's do"
                       PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
  pushforward_label("flow: 1,000 random and degenerate assignments cost what scipy's do" judges/scipy_assignment
                    scipy_assignment)
endif()
