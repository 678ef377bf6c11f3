# Makes the headers that other projects include: <pushforward/flow/solve/sampler.h>, or <pushforward/pushforward.h> for all.
#
# In this project, includes start at its root ("flow/solve/sampler.h"). A project that uses the library may have a folder of
# the same name. Such projects therefore get copies below include/pushforward/, whose own includes start with pushforward/.
# The copies are made in the build folder, where add_subdirectory finds them, and are installed from there.
#
#   cmake -DROOT=<project> -DOUT=<folder> -P cmake/headers.cmake     makes the copies; unchanged ones keep their times
cmake_minimum_required(VERSION 3.22)

if(CMAKE_SCRIPT_MODE_FILE)
  # write_if_other(file text): writes the file unless it already has this text.
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
    # Of flow/theory, other projects only need the table of equations. The tools of its checks exist in double only.
    if(NOT header MATCHES "^flow/theory/" OR header STREQUAL flow/theory/theory.h)
      string(APPEND all "#include \"pushforward/${header}\"\n")
    endif()
  endforeach()
  write_if_other(${OUT}/pushforward/pushforward.h "// Includes the whole library. Written by cmake/headers.cmake.\n#pragma once\n\n${all}")
  return()
endif()

# The target pushforward_headers makes the copies of this build, and updates them when a header changes.
set(PUSHFORWARD_HEADERS_DIR ${PROJECT_BINARY_DIR}/include)
file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/autograd/*.h ${PROJECT_SOURCE_DIR}/nn/*.h
     ${PROJECT_SOURCE_DIR}/flow/*.h)
add_custom_command(OUTPUT ${PUSHFORWARD_HEADERS_DIR}/made
                   COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} -DOUT=${PUSHFORWARD_HEADERS_DIR}
                           -P ${CMAKE_CURRENT_LIST_FILE}
                   COMMAND ${CMAKE_COMMAND} -E touch ${PUSHFORWARD_HEADERS_DIR}/made
                   DEPENDS ${headers} ${CMAKE_CURRENT_LIST_FILE} COMMENT "Copying the headers for the outside" VERBATIM)
add_custom_target(pushforward_headers ALL DEPENDS ${PUSHFORWARD_HEADERS_DIR}/made)
