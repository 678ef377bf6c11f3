# Reads every #include of the project and fails when a file includes what its place does not allow.
#
#   cmake -DROOT=<folder that holds autograd/ nn/ flow/ apps/> -P tests/program/includes/check.cmake
#
# Prints "file:line: what is wrong" for each violation, then exits 1; prints the number of files read when all is well.
cmake_minimum_required(VERSION 3.22)
if(NOT DEFINED ROOT)
  message(FATAL_ERROR "[includes] no folder given: use -DROOT=<folder> before -P")
endif()

# The rooms and the rooms each may enter.
set(rooms autograd nn flow apps)
set(autograd_enters autograd)
set(nn_enters autograd nn)
set(flow_enters autograd flow)
set(apps_enters autograd nn flow apps)

# deny(files includes reason [unless]): a file whose path matches `files` may not include what matches `includes`,
# except the includes that match `unless`.
set(rules 0)
macro(deny files includes reason)
  set(rule_${rules}_files "${files}")
  set(rule_${rules}_includes "${includes}")
  set(rule_${rules}_reason "${reason}")
  set(rule_${rules}_unless "${ARGN}")
  math(EXPR rules "${rules} + 1")
endmacro()

# Libraries, each where its work is. (CMake's regular expressions have no look-ahead, so nn's files that may read JSON are
# left out of the list by hand, below.)
deny("^(autograd|flow)/" "^nlohmann/" "JSON is read in apps/ and in nn's checkpoint files")
deny("^nn/" "^nlohmann/" "in nn only checkpoint.* and safetensors.* read JSON")
set(may_read_json "^nn/(checkpoint|safetensors)\\.(h|cpp)$")
deny("^(autograd|nn|flow)/" "^(CLI|fmt|cairo|webp)/" "command line, formatting and drawing belong to apps/")
deny("^flow/[a-z0-9_]*(\\.h|([^d]|[^m]d|[^i]md|[^s]imd)\\.cpp)$" "^hwy/"
     "vectorised passes belong to autograd/, the optimizers of nn/ and flow's own *_simd.cpp")
deny("^(nn|flow)/" "^cblas" "matrix products belong to autograd/")
deny("^(autograd|flow)/" "^(fstream|filesystem|fcntl.h|unistd.h)$" "files are opened in apps/ and in nn's checkpoint files")

# Floors inside autograd: memory and kernels, then the tape, then the ops on it, then the sweeps over it.
deny("^autograd/arena\\." "^autograd/" "memory knows no tape: arena.* stands on check.h and real.h alone"
     "/(arena|check|real)\\.h$")
deny("^autograd/(kernels[a-z_]*|gemm|blas|math)\\." "^autograd/"
     "kernels know no tape: they stand on real.h, check.h, math.h, arena.h, shape.h and one another"
     "/(kernels|gemm|blas|math|real|check|arena|shape)\\.h$")
deny("^autograd/(tape|op|shape)\\.h" "^autograd/(ops|rules|sweep|derivatives)\\.h$"
     "the tape is below the ops and the sweeps that use it")
deny("^autograd/ops[a-z_]*\\." "^autograd/(sweep|derivatives)\\.h$"
     "an op is below the sweeps: it does not know how it is differentiated")

set(violations 0)
macro(violation place reason)
  message("${place}: ${reason}")
  math(EXPR violations "${violations} + 1")
endmacro()

math(EXPR last_rule "${rules} - 1")
set(read 0)
foreach(room ${rooms})
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${room}/*.h ${ROOT}/${room}/*.cpp)
  list(SORT files)
  foreach(file ${files})
    math(EXPR read "${read} + 1")
    file(READ ${ROOT}/${file} text)
    # A list of lines: what CMake would read as part of a list is not needed to recognise an include.
    string(REGEX REPLACE "[][;\\]" " " text "${text}")
    string(REPLACE "\n" ";" lines "${text}")
    set(number 0)
    foreach(line IN LISTS lines)
      math(EXPR number "${number} + 1")
      if(NOT line MATCHES "^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]")
        continue()
      endif()
      set(quote "${CMAKE_MATCH_1}")
      set(include "${CMAKE_MATCH_2}")
      set(place "${file}:${number}")
      string(REGEX MATCH "^[^/]*" entered "${include}")
      if(entered IN_LIST rooms)
        if(NOT entered IN_LIST ${room}_enters)
          string(REPLACE ";" ", " allowed "${${room}_enters}")
          violation(${place} "${room} may not include ${include}: ${room} includes ${allowed} only")
        endif()
        if(NOT quote STREQUAL "\"")
          violation(${place} "write \"${include}\" in quotes: it is the project's own")
        endif()
        if(NOT EXISTS ${ROOT}/${include})
          violation(${place} "${include} does not exist")
        endif()
      elseif(entered MATCHES "^(tests|bench|docs|data|scripts)$" OR include MATCHES "\\.\\.")
        violation(${place} "${room} may not include ${include}: the rooms are ${rooms}")
      elseif(quote STREQUAL "\"" AND NOT include MATCHES "^hwy/")
        violation(${place} "write \"${room}/${include}\": includes start at the project's root")
      endif()
      foreach(rule RANGE ${last_rule})
        if(NOT file MATCHES "${rule_${rule}_files}" OR NOT include MATCHES "${rule_${rule}_includes}")
          continue()
        endif()
        if(rule_${rule}_unless AND include MATCHES "${rule_${rule}_unless}")
          continue()
        endif()
        if(include MATCHES "^nlohmann/" AND file MATCHES "${may_read_json}")
          continue()
        endif()
        violation(${place} "may not include ${include}: ${rule_${rule}_reason}")
      endforeach()
    endforeach()
  endforeach()
endforeach()

if(read EQUAL 0)
  message(FATAL_ERROR "[includes] ${ROOT} has no sources in ${rooms}: give the project's root")
elseif(violations GREATER 0)
  message(FATAL_ERROR "[includes] ${violations} includes go where they may not; the rooms are described in README.md")
endif()
message("${read} files include only what they may")
