# Builds the outside project in one of three ways and runs it, in float and in double.
#
#   cmake -DWAY=<find_package|pkg_config|add_subdirectory> -DSOURCE=<pushforward> -DPREFIX=<installed> -DSCRATCH=<folder>
#         -DGENERATOR=<CMake's> -DCOMPILER=<c++> -DLAUNCHER=<ccache or nothing> -P tests/program/packaging/outside.cmake
cmake_minimum_required(VERSION 3.22)
set(project ${SOURCE}/tests/program/outside)
set(build ${SCRATCH}/${WAY})
file(REMOVE_RECURSE ${build})
file(MAKE_DIRECTORY ${build})

# must(what command...): runs a command and stores its output in `out`. If the command fails, stops with the output.
function(must what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${build} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "[packaging] ${WAY}: ${what} failed (${code}):\n${out}\n${err}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

if(WAY STREQUAL pkg_config)
  file(GLOB_RECURSE pc ${PREFIX}/pushforward.pc)
  get_filename_component(folder ${pc} DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${folder})
  foreach(package pushforward pushforward-f64)
    must("pkg-config ${package}" pkg-config --cflags --libs ${package})
    separate_arguments(flags UNIX_COMMAND "${out}")
    string(REPLACE pushforward-f64 outside_f64 program ${package})
    string(REPLACE pushforward outside program ${program})
    must("compiling with ${flags}" ${COMPILER} -std=c++20 ${project}/main.cpp ${flags} -o ${program})
  endforeach()
else()
  if(WAY STREQUAL find_package)
    set(found_by -DCMAKE_PREFIX_PATH=${PREFIX})
  else()
    # The library is built again here, with one instruction set only, since the others do not change how it is found.
    set(found_by -DPUSHFORWARD_FOLDER=${SOURCE} -DCMAKE_CXX_FLAGS=-DHWY_COMPILE_ONLY_STATIC)
  endif()
  must(configuring ${CMAKE_COMMAND} -G ${GENERATOR} -S ${project} -B ${build} ${found_by} -DCMAKE_CXX_COMPILER=${COMPILER}
       -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
  must(building ${CMAKE_COMMAND} --build ${build} --parallel 2)
endif()

foreach(bits 32 64)
  set(program outside)
  if(bits EQUAL 64)
    set(program outside_f64)
  endif()
  must("running ${program}" ${build}/${program})
  if(NOT out MATCHES "^${bits}-bit,")
    message(FATAL_ERROR "[packaging] ${WAY}: ${program} is not the ${bits}-bit engine; it printed: ${out}")
  endif()
endforeach()
