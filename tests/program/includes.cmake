# Which room, folder and file may include which, and how large they may be: read from the sources, and the reader itself
# held to planted mistakes.
add_test(NAME "includes: directions"
         COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/includes/check.py ${PROJECT_SOURCE_DIR})
add_test(NAME "includes: a planted violation is named"
         COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/includes/selftest.py)
set_tests_properties("includes: directions" "includes: a planted violation is named"
                     PROPERTIES TIMEOUT 60 LABELS "program;tree")
