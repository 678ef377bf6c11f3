# Tests that the exported JSON Schema and the parser agree on 10,000 random configs. The test is skipped without
# python3-jsonschema.
if(PUSHFORWARD_APP)
  add_executable(schema_verdicts ${CMAKE_CURRENT_LIST_DIR}/schema_verdicts.cpp)
  pushforward_defaults(schema_verdicts)
  target_link_libraries(schema_verdicts PRIVATE pushforward_apps)
  if(PUSHFORWARD_PYTHON)
    add_test(NAME "apps: schema and parser agree"
             COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/schema_agreement.py
                     $<TARGET_FILE:schema_verdicts>)
    set_tests_properties("apps: schema and parser agree" PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
    pushforward_label("apps: schema and parser agree" judges/schema schema_verdicts)
  endif()
endif()
