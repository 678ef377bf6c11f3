# Finds the place of each block of the recipe "Adding an op" of autograd/README.md, which is quick.
if(PUSHFORWARD_PYTHON)
  set(name "recipe: each block of autograd/README.md has its place")
  add_test(NAME ${name} COMMAND ${PUSHFORWARD_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/recipe.py ${PROJECT_SOURCE_DIR} --places)
  pushforward_label(${name} program/recipe tree)
endif()
# Follows the recipe "Adding an op" of autograd/README.md exactly, in a copy of the tree. The test has the label
# "slow", because it builds the engine and the examination there.
if(PUSHFORWARD_PYTHON AND PUSHFORWARD_HAS_F128)
  set(name "recipe: an op added as autograd/README.md says passes the examination")
  add_test(NAME ${name}
           COMMAND ${PUSHFORWARD_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/recipe.py ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/recipe
                   -G ${CMAKE_GENERATOR} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
                   -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER})
  set_tests_properties(${name} PROPERTIES TIMEOUT 1200 PROCESSORS 2 COST 40 LABELS slow)
  pushforward_label(${name} program/recipe)
endif()
