# The exported JSON Schema and the parser agree on 10,000 random configs (skipped without Debian's python3-jsonschema).
if(PUSHFORWARD_APP)
  find_program(PUSHFORWARD_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(NOT PUSHFORWARD_SYSTEM_PYTHON)
    find_program(PUSHFORWARD_SYSTEM_PYTHON python3)
  endif()
  add_executable(schema_verdicts ${CMAKE_CURRENT_SOURCE_DIR}/apps_schema_verdicts.cpp)
  pushforward_defaults(schema_verdicts)
  target_link_libraries(schema_verdicts PRIVATE pushforward_apps)
  if(PUSHFORWARD_SYSTEM_PYTHON)
    add_test(NAME "apps: schema and parser agree"
             COMMAND ${PUSHFORWARD_SYSTEM_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/schema_agreement.py
                     $<TARGET_FILE:schema_verdicts>)
    set_tests_properties("apps: schema and parser agree" PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
  endif()
endif()
