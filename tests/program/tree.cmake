# Tests the rules of the source tree: allowed includes between folders and files, the sizes of folders and files,
# unique type names, lengths of functions, tests for all error texts of the library, documents that name only what
# exists, and options that have comments. Each check is itself tested with planted mistakes. The page's help needs
# sections of docs/theory.md.
set(tree_python ${PUSHFORWARD_PYTHON} -B)
add_test(NAME "includes: directions"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/includes/check.py ${PROJECT_SOURCE_DIR})
add_test(NAME "includes: a planted violation is named"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/includes/selftest.py)
add_test(NAME "types: no name means two things"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/type_names.py ${PROJECT_SOURCE_DIR})
add_test(NAME "types: a planted double is named"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/type_names.py --selftest)
add_test(NAME "documents: a planted name is found"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/documents_selftest.py)
add_test(NAME "functions: none is too long"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/function_lengths.py ${PROJECT_SOURCE_DIR})
add_test(NAME "functions: a planted long one is named"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/function_lengths.py --selftest)
add_test(NAME "errors: each text of the library is asserted"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/error_texts.py ${PROJECT_SOURCE_DIR})
add_test(NAME "errors: a planted text without a test is named"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/error_texts.py --selftest)
add_test(NAME "documents: a planted option without a comment is named"
         COMMAND ${tree_python} ${PROJECT_SOURCE_DIR}/scripts/reference --selftest)
add_test(NAME "documents: the page finds its sections of the theory"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/page_theory.py ${PROJECT_SOURCE_DIR})
add_test(NAME "mutants: a small source has those that are expected"
         COMMAND ${tree_python} ${PROJECT_SOURCE_DIR}/tests/tools/mutations.py)
add_test(NAME "mutants: the sources have those that are explained"
         COMMAND ${tree_python} ${PROJECT_SOURCE_DIR}/tests/tools/mutate.py --check)
set(program)
if(PUSHFORWARD_APP)
  set(program $<TARGET_FILE:pushforward_program>)
endif()
add_test(NAME "documents: what they name exists"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/documents.py ${PROJECT_SOURCE_DIR} ${program})
foreach(name "includes: directions" "includes: a planted violation is named" "types: no name means two things"
             "types: a planted double is named" "functions: none is too long" "functions: a planted long one is named"
             "errors: each text of the library is asserted" "errors: a planted text without a test is named"
             "documents: a planted name is found" "documents: what they name exists"
             "documents: the page finds its sections of the theory"
             "documents: a planted option without a comment is named"
             "mutants: a small source has those that are expected" "mutants: the sources have those that are explained")
  set_tests_properties(${name} PROPERTIES TIMEOUT 60 LABELS tree)
  pushforward_label(${name} program/tree)
endforeach()
if(PUSHFORWARD_APP)
  pushforward_folder(program/tree pushforward_program)
endif()
