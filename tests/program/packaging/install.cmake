# Installs the build into a folder, moves this folder, and checks its files.
#
#   cmake -DSOURCE=<project> -DBUILD=<its build> -DPREFIX=<folder> -DAPP=<ON|OFF> -P tests/program/packaging/install.cmake
cmake_minimum_required(VERSION 3.22)

# The folder is moved after the installation, so installed files must not contain its first path.
file(REMOVE_RECURSE ${PREFIX} ${PREFIX}-before)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX}-before
                RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "[packaging] cmake --install failed; build everything first:\n${out}")
endif()
file(RENAME ${PREFIX}-before ${PREFIX})

# All headers of the library must be installed, and none of apps.
foreach(room autograd nn flow)
  file(GLOB_RECURSE headers RELATIVE ${SOURCE} ${SOURCE}/${room}/*.h)
  foreach(header ${headers})
    if(NOT EXISTS ${PREFIX}/include/pushforward/${header})
      message(FATAL_ERROR "[packaging] ${header} was not installed")
    endif()
  endforeach()
endforeach()
if(EXISTS ${PREFIX}/include/pushforward/apps)
  message(FATAL_ERROR "[packaging] headers of apps were installed: they are the program's own")
endif()

# Installed files that other builds read must not contain paths of the source tree or of the build.
file(GLOB_RECURSE texts ${PREFIX}/*.cmake ${PREFIX}/*.pc)
list(LENGTH texts count)
if(count LESS 6)
  message(FATAL_ERROR "[packaging] CMake and pkg-config files are missing; there are: ${texts}")
endif()
foreach(text ${texts})
  file(READ ${text} content)
  foreach(folder ${SOURCE} ${BUILD} ${PREFIX})
    string(FIND "${content}" "${folder}" found)
    if(NOT found EQUAL -1)
      message(FATAL_ERROR "[packaging] ${text} names ${folder}: it would break on another machine")
    endif()
  endforeach()
endforeach()

foreach(file LICENSE digits.npy digits_labels.npy geyser.csv)
  file(GLOB_RECURSE found ${PREFIX}/share/${file})
  if(NOT found)
    message(FATAL_ERROR "[packaging] ${file} was not installed")
  endif()
endforeach()

if(APP)
  execute_process(COMMAND ${PREFIX}/bin/pushforward --help RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0 OR NOT out MATCHES "train")
    message(FATAL_ERROR "[packaging] the installed program gives no help (exit ${code}):\n${out}${err}")
  endif()
  execute_process(COMMAND bash -c "source '${PREFIX}/share/bash-completion/completions/pushforward' && complete -p pushforward"
                  RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "[packaging] bash cannot load the installed completion:\n${out}")
  endif()
endif()
