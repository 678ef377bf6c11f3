# Functions that compile the libraries. A source that opens the namespace PF_REAL is compiled twice, in float
# (PUSHFORWARD_REAL=32) and in double (64). Every other source is compiled once.

option(PUSHFORWARD_UNITY "Compile several sources of a folder as one, with precompiled headers: much faster from scratch" ON)

set(PUSHFORWARD_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # Tests that count allocations replace operator new with malloc. If g++ 12 inlines only a part of this, it reports a mismatch.
  list(APPEND PUSHFORWARD_WARNINGS -Wno-mismatched-new-delete)
  list(APPEND PUSHFORWARD_WARNINGS -Wno-restrict)  # g++ 12 reports overlaps in std::string that do not exist (GCC bug 105651)
endif()
if(PUSHFORWARD_WERROR)
  list(APPEND PUSHFORWARD_WARNINGS -Werror)
endif()

# pushforward_defaults(target): sets the language level, the include folder and the warnings. Sources of this project include
# from its root. For other projects, cmake/headers.cmake sets the include folder.
function(pushforward_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${PUSHFORWARD_WARNINGS})
endfunction()

# The thread sanitizer's build needs only one precision, and nothing of the others is linked there.
set(PUSHFORWARD_BITS 32 64 CACHE STRING "The precisions to compile: 32 (float), 64 (double)")
mark_as_advanced(PUSHFORWARD_BITS)

# pushforward_split(once per_precision sources...): splits sources into those that open PF_REAL and the others.
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

# pushforward_unity(target size sources...): compiles sources of one folder together, at most `size` at a time. Sources for
# several instruction sets (*_simd.cpp) include themselves once for each of them, so they are compiled separately.
function(pushforward_unity target size)
  if(NOT PUSHFORWARD_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  foreach(source ${ARGN})
    if(source MATCHES "_simd\\.cpp$")
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      continue()
    endif()
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${folder})
    string(REPLACE "/" "_" folder ${folder})
    if(NOT DEFINED count_${folder})
      set(count_${folder} 0)
    endif()
    math(EXPR batch "${count_${folder}} / ${size}")
    math(EXPR count_${folder} "${count_${folder}} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder}_${batch})
  endforeach()
endfunction()

# These headers of the standard library are parsed once for all sources of a room.
set(PUSHFORWARD_PRECOMPILED <algorithm> <array> <cmath> <cstdint> <functional> <limits> <memory> <numbers> <numeric> <optional>
    <span> <sstream> <stdexcept> <string> <string_view> <utility> <vector>)

# pushforward_precompiled(room headers LINK libs... REUSE targets...): precompiles the headers in the target <room>_precompiled,
# and gives them to the other targets, which must have the same options. As with the sources that are compiled together, a
# source finds these headers even if it does not include them. The option PUSHFORWARD_UNITY therefore switches both off.
function(pushforward_precompiled room headers)
  cmake_parse_arguments(PRECOMPILED "" "" "LINK;REUSE" ${ARGN})
  set(empty ${PROJECT_BINARY_DIR}/precompiled.cpp)
  file(CONFIGURE OUTPUT ${empty} CONTENT "// A target needs a source.\n")
  add_library(${room}_precompiled OBJECT ${empty})
  pushforward_defaults(${room}_precompiled)
  target_link_libraries(${room}_precompiled PRIVATE ${PRECOMPILED_LINK})
  target_precompile_headers(${room}_precompiled PRIVATE ${headers})
  foreach(target ${PRECOMPILED_REUSE})
    target_precompile_headers(${target} REUSE_FROM ${room}_precompiled)
  endforeach()
endfunction()

# pushforward_room(name PUBLIC libs... PRIVATE libs... PRECOMPILED headers... LIGHT folder): makes the static library of one room
# (autograd, nn, flow or apps) from the sources in its folders. They share PUSHFORWARD_PRECOMPILED and the further headers. The
# sources of the folder LIGHT do no slow work and are compiled once and with -O1.
function(pushforward_room room)
  cmake_parse_arguments(LINK "" "LIGHT" "PUBLIC;PRIVATE;PRECOMPILED" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  set(objects)
  if(LINK_LIGHT)
    set(light ${sources})
    list(FILTER light INCLUDE REGEX "/${LINK_LIGHT}/")
    list(REMOVE_ITEM sources ${light})
    add_library(${room}_light OBJECT ${light})
    pushforward_defaults(${room}_light)
    pushforward_unity(${room}_light 20 ${light})
    target_compile_options(${room}_light PRIVATE $<$<CONFIG:Release>:-O1>)
    target_link_libraries(${room}_light PRIVATE ${LINK_PUBLIC} ${LINK_PRIVATE})
    list(APPEND objects $<TARGET_OBJECTS:${room}_light>)
  endif()
  pushforward_split(once per_precision ${sources})
  set(targets pushforward_${room})
  foreach(bits ${PUSHFORWARD_BITS})
    if(NOT per_precision)
      break()
    endif()
    add_library(${room}_f${bits} OBJECT ${per_precision})
    pushforward_defaults(${room}_f${bits})
    pushforward_unity(${room}_f${bits} 12 ${per_precision})
    target_compile_definitions(${room}_f${bits} PRIVATE PUSHFORWARD_REAL=${bits})
    target_link_libraries(${room}_f${bits} PRIVATE ${LINK_PUBLIC} ${LINK_PRIVATE})
    list(APPEND objects $<TARGET_OBJECTS:${room}_f${bits}>)
    list(APPEND targets ${room}_f${bits})
  endforeach()
  add_library(pushforward_${room} STATIC ${once} ${objects})
  pushforward_defaults(pushforward_${room})
  pushforward_unity(pushforward_${room} 12 ${once})
  target_link_libraries(pushforward_${room} PUBLIC ${LINK_PUBLIC} PRIVATE ${LINK_PRIVATE})
  set_target_properties(pushforward_${room} PROPERTIES EXPORT_NAME ${room} LINKER_LANGUAGE CXX)
  add_library(pushforward::${room} ALIAS pushforward_${room})
  if(PUSHFORWARD_UNITY)
    pushforward_precompiled(${room} "${PUSHFORWARD_PRECOMPILED};${LINK_PRECOMPILED}" LINK ${LINK_PUBLIC} REUSE ${targets})
  endif()
endfunction()
