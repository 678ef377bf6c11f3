# Compares partial and unbalanced transport with scipy. The test is skipped if Debian's python3-scipy is not installed.
if(PUSHFORWARD_PYTHON)
  add_executable(scipy_transport ${CMAKE_CURRENT_LIST_DIR}/scipy_transport.cpp)
  pushforward_defaults(scipy_transport)
  target_link_libraries(scipy_transport PRIVATE pushforward_flow)
  add_test(NAME "flow: partial and unbalanced plans are those of scipy"
           COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/scipy_transport.py
                   $<TARGET_FILE:scipy_transport>)
  set_tests_properties("flow: partial and unbalanced plans are those of scipy"
                       PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
  pushforward_label("flow: partial and unbalanced plans are those of scipy" judges/scipy_transport
                    scipy_transport)
endif()
