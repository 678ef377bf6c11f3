# Plants one wrong include at a time in a small tree and sees that check.cmake names it, and that a right tree passes.
#
#   cmake -DSCRATCH=<folder to work in> -P tests/includes/selftest.cmake
cmake_minimum_required(VERSION 3.22)
set(check ${CMAKE_CURRENT_LIST_DIR}/check.cmake)
set(failures 0)

# fresh(): a tree that obeys every rule.
function(fresh)
  file(REMOVE_RECURSE ${SCRATCH})
  file(WRITE ${SCRATCH}/autograd/check.h "#include <string>\n")
  file(WRITE ${SCRATCH}/autograd/tape.h "#include <vector>\n#include \"autograd/check.h\"\n")
  file(WRITE ${SCRATCH}/autograd/sweep.h "#include \"autograd/tape.h\"\n")
  file(WRITE ${SCRATCH}/autograd/arena.h "#include \"autograd/check.h\"\n")
  file(WRITE ${SCRATCH}/autograd/kernels_simd.cpp "#include <hwy/highway.h>\n")
  file(WRITE ${SCRATCH}/autograd/ops_linear.cpp "#include \"autograd/tape.h\"\n")
  file(WRITE ${SCRATCH}/nn/checkpoint.cpp "#include <nlohmann/json.hpp>\n#include \"autograd/tape.h\"\n")
  file(WRITE ${SCRATCH}/nn/layer.h "#include \"autograd/tape.h\"\n// not an #include \"flow/path.h\"\n")
  file(WRITE ${SCRATCH}/flow/path.h "#include \"autograd/tape.h\"\n")
  file(WRITE ${SCRATCH}/apps/main.cpp
       "#include <CLI/CLI.hpp>\n#include \"nn/layer.h\"\n#include \"flow/path.h\"\n")
endfunction()

function(run result output)
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${SCRATCH} -P ${check}
                  RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  set(${result} ${code} PARENT_SCOPE)
  set(${output} "${out}${err}" PARENT_SCOPE)
endfunction()

# planted(file line expected): with `line` added to `file` the check fails and says `expected`.
function(planted file line expected)
  fresh()
  file(APPEND ${SCRATCH}/${file} "${line}\n")
  run(code said)
  string(FIND "${said}" "${expected}" found)
  if(code EQUAL 0 OR found EQUAL -1)
    message("not caught: ${line} in ${file}\n  expected: ${expected}\n  exit ${code}: ${said}")
    math(EXPR failures "${failures} + 1")
    set(failures ${failures} PARENT_SCOPE)
  endif()
endfunction()

fresh()
run(code said)
if(NOT code EQUAL 0)
  message("a right tree is refused: ${said}")
  math(EXPR failures "${failures} + 1")
endif()

planted(autograd/tape.h "#include \"nn/layer.h\""
        "autograd/tape.h:3: autograd may not include nn/layer.h: autograd includes autograd only")
planted(nn/layer.h "  #  include \"flow/path.h\"" "nn/layer.h:3: nn may not include flow/path.h: nn includes autograd, nn only")
planted(flow/path.h "#include \"nn/layer.h\"" "flow/path.h:2: flow may not include nn/layer.h")
planted(flow/path.h "#include \"apps/main.cpp\"" "flow may not include apps/main.cpp")
planted(apps/main.cpp "#include \"tests/catch.h\"" "apps may not include tests/catch.h")
planted(apps/main.cpp "#include \"nn/gone.h\"" "nn/gone.h does not exist")
planted(apps/main.cpp "#include <nn/layer.h>" "write \"nn/layer.h\" in quotes")
planted(nn/layer.h "#include \"checkpoint.cpp\"" "write \"nn/checkpoint.cpp\"")
planted(nn/layer.h "#include <nlohmann/json.hpp>" "nn/layer.h:3: may not include nlohmann/json.hpp: in nn only checkpoint.*")
planted(flow/path.h "#include <nlohmann/json.hpp>" "flow/path.h:2: may not include nlohmann/json.hpp")
planted(nn/layer.h "#include <fmt/core.h>" "may not include fmt/core.h: command line, formatting and drawing")
planted(flow/path.h "#include <cblas.h>" "may not include cblas.h: matrix products")
planted(autograd/tape.h "#include <fstream>" "may not include fstream: files are opened in apps/")
planted(autograd/arena.h "#include \"autograd/tape.h\"" "may not include autograd/tape.h: memory knows no tape")
planted(autograd/kernels_simd.cpp "#include \"autograd/tape.h\"" "may not include autograd/tape.h: kernels know no tape")
planted(autograd/tape.h "#include \"autograd/sweep.h\"" "may not include autograd/sweep.h: the tape is below")
planted(autograd/ops_linear.cpp "#include \"autograd/sweep.h\"" "may not include autograd/sweep.h: an op is below the sweeps")

file(REMOVE_RECURSE ${SCRATCH})
if(failures GREATER 0)
  message(FATAL_ERROR "[includes] ${failures} planted includes were judged wrongly")
endif()
message("every planted include was named")
