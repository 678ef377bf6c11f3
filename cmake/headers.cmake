# The headers as projects outside include them: <pushforward/flow/solve/sampler.h>, or <pushforward/pushforward.h> for all.
#
# Inside the project includes start at its root ("flow/solve/sampler.h"). A folder of that name may well exist in a project
# that uses the library, so the outside sees copies below include/pushforward/ whose own includes start with pushforward/.
# The copies are made in the build folder, for add_subdirectory, and are what gets installed.
#
#   cmake -DROOT=<project> -DOUT=<folder> -P cmake/headers.cmake     makes them; unchanged copies keep their times
cmake_minimum_required(VERSION 3.22)

if(CMAKE_SCRIPT_MODE_FILE)
  # write_if_other(file text): leaves a file alone that already says so.
  function(write_if_other file text)
    set(before)
    if(EXISTS ${file})
      file(READ ${file} before)
    endif()
    if(NOT before STREQUAL text)
      file(WRITE ${file} "${text}")
    endif()
  endfunction()

  file(GLOB_RECURSE headers RELATIVE ${ROOT} ${ROOT}/autograd/*.h ${ROOT}/nn/*.h ${ROOT}/flow/*.h)
  file(GLOB_RECURSE before RELATIVE ${OUT}/pushforward ${OUT}/pushforward/*.h)
  foreach(gone ${before})
    if(NOT gone IN_LIST headers AND NOT gone STREQUAL pushforward.h)
      file(REMOVE ${OUT}/pushforward/${gone})
    endif()
  endforeach()
  set(all)
  foreach(header ${headers})
    file(READ ${ROOT}/${header} text)
    string(REGEX REPLACE "#include \"(autograd|nn|flow)/" "#include \"pushforward/\\1/" text "${text}")
    write_if_other(${OUT}/pushforward/${header} "${text}")
    string(APPEND all "#include \"pushforward/${header}\"\n")
  endforeach()
  write_if_other(${OUT}/pushforward/pushforward.h "// Everything in the library. Written by cmake/headers.cmake.\n#pragma once\n\n${all}")
  return()
endif()

# The target pushforward_headers: the copies of this build, made anew when a header changes.
set(PUSHFORWARD_HEADERS_DIR ${PROJECT_BINARY_DIR}/include)
file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/autograd/*.h ${PROJECT_SOURCE_DIR}/nn/*.h
     ${PROJECT_SOURCE_DIR}/flow/*.h)
add_custom_command(OUTPUT ${PUSHFORWARD_HEADERS_DIR}/made
                   COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -DOUT=${PUSHFORWARD_HEADERS_DIR}
                           -P ${CMAKE_CURRENT_LIST_FILE}
                   COMMAND ${CMAKE_COMMAND} -E touch ${PUSHFORWARD_HEADERS_DIR}/made
                   DEPENDS ${headers} ${CMAKE_CURRENT_LIST_FILE} COMMENT "Copying the headers for the outside" VERBATIM)
add_custom_target(pushforward_headers ALL DEPENDS ${PUSHFORWARD_HEADERS_DIR}/made)
