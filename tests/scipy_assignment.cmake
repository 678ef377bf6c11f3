# The assignment solver against scipy; skipped where Debian's python3-scipy is not installed.
find_program(PUSHFORWARD_DEBIAN_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(PUSHFORWARD_DEBIAN_PYTHON)
  add_executable(scipy_assignment scipy_assignment.cpp)
  pushforward_defaults(scipy_assignment)
  target_link_libraries(scipy_assignment PRIVATE pushforward_flow)
  add_test(NAME "flow: 1,000 random and degenerate assignments cost what scipy's do"
           COMMAND ${PUSHFORWARD_DEBIAN_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/scipy_assignment.py
                   $<TARGET_FILE:scipy_assignment>)
  set_tests_properties("flow: 1,000 random and degenerate assignments cost what scipy's do"
                       PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
endif()
