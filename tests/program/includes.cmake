# What the tree has to obey: which room, folder and file may include which, how large they may be, and no type name that
# means two things. Each reader of the sources is held to planted mistakes as well. Label "tree".
set(tree_python ${PUSHFORWARD_PYTHON} -B)
add_test(NAME "includes: directions"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/includes/check.py ${PROJECT_SOURCE_DIR})
add_test(NAME "includes: a planted violation is named"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/includes/selftest.py)
add_test(NAME "types: no name means two things"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/type_names.py ${PROJECT_SOURCE_DIR})
add_test(NAME "types: a planted double is named"
         COMMAND ${tree_python} ${CMAKE_CURRENT_LIST_DIR}/type_names.py --selftest)
foreach(name "includes: directions" "includes: a planted violation is named" "types: no name means two things"
             "types: a planted double is named")
  set_tests_properties(${name} PROPERTIES TIMEOUT 60 LABELS "program;tree")
endforeach()
