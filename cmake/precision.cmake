# The engine is compiled once per precision: a source that opens the namespace PF_REAL goes in once as
# float (PUSHFORWARD_REAL=32) and once as double (64); every other source goes in once.

set(PUSHFORWARD_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers)
if(PUSHFORWARD_WERROR)
  list(APPEND PUSHFORWARD_WARNINGS -Werror)
endif()

# pushforward_defaults(target): language level, include root, warnings.
function(pushforward_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/pushforward>)
  target_compile_options(${target} PRIVATE ${PUSHFORWARD_WARNINGS})
endfunction()

# pushforward_split(once per_precision sources...): sorts sources by whether they open PF_REAL.
function(pushforward_split once per_precision)
  set(plain)
  set(engine)
  foreach(source ${ARGN})
    file(STRINGS ${source} opens REGEX "namespace .*PF_REAL")
    if(opens)
      list(APPEND engine ${source})
    else()
      list(APPEND plain ${source})
    endif()
  endforeach()
  set(${once} ${plain} PARENT_SCOPE)
  set(${per_precision} ${engine} PARENT_SCOPE)
endfunction()

# pushforward_room(name PUBLIC libs... PRIVATE libs...): the static library of one room.
function(pushforward_room room)
  cmake_parse_arguments(LINK "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.cpp)
  pushforward_split(once per_precision ${sources})
  set(objects)
  foreach(bits 32 64)
    add_library(${room}_f${bits} OBJECT ${per_precision})
    pushforward_defaults(${room}_f${bits})
    target_compile_definitions(${room}_f${bits} PRIVATE PUSHFORWARD_REAL=${bits})
    target_link_libraries(${room}_f${bits} PRIVATE ${LINK_PUBLIC} ${LINK_PRIVATE})
    list(APPEND objects $<TARGET_OBJECTS:${room}_f${bits}>)
  endforeach()
  add_library(pushforward_${room} STATIC ${once} ${objects})
  pushforward_defaults(pushforward_${room})
  target_link_libraries(pushforward_${room} PUBLIC ${LINK_PUBLIC} PRIVATE ${LINK_PRIVATE})
  set_target_properties(pushforward_${room} PROPERTIES EXPORT_NAME ${room} LINKER_LANGUAGE CXX)
  add_library(pushforward::${room} ALIAS pushforward_${room})
endfunction()
