# Which room and which file may include which: read from the sources, and the reader itself held to planted mistakes.
add_test(NAME "includes: directions"
         COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -P ${CMAKE_CURRENT_LIST_DIR}/includes/check.cmake)
add_test(NAME "includes: a planted wrong include is named"
         COMMAND ${CMAKE_COMMAND} -DSCRATCH=${PROJECT_BINARY_DIR}/includes-selftest
                 -P ${CMAKE_CURRENT_LIST_DIR}/includes/selftest.cmake)
set_tests_properties("includes: directions" "includes: a planted wrong include is named" PROPERTIES TIMEOUT 60)
foreach(test "includes: directions" "includes: a planted wrong include is named")
  pushforward_label(${test} program/includes)
endforeach()
