# The tests of the program start it: it must have been built.
if(PUSHFORWARD_APP AND TARGET apps_tests_once)
  add_dependencies(apps_tests_once pushforward_program)
endif()
