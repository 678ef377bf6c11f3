# Tests the error message when a project is not compiled as C++20.
if(PUSHFORWARD_PYTHON)
  add_test(NAME "language: every header says that it needs C++20"
           COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/language.py ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR})
  set_tests_properties("language: every header says that it needs C++20" PROPERTIES TIMEOUT 120)
  pushforward_label("language: every header says that it needs C++20" program/language)
endif()
