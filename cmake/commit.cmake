# Sets the commit that env.json and `pushforward doctor` show. It is "unknown" without git or outside a checkout.
# Include it from apps/CMakeLists.txt, because the property must be set in the folder whose target compiles the source.
set(pushforward_commit unknown)
find_package(Git QUIET)
if(Git_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} describe --always --abbrev=12 --dirty --exclude=*
                  OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE code)
  if(code EQUAL 0)
    set(pushforward_commit ${described})
  endif()
endif()
set_source_files_properties(${PROJECT_SOURCE_DIR}/apps/run/environment.cpp PROPERTIES
                            COMPILE_DEFINITIONS PUSHFORWARD_COMMIT="${pushforward_commit}")
