# The examination of the engine. One program contains the engine in float, in double and, if the compiler has the type,
# in __float128. Only the tests use a __float128 build.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES quadmath)
check_cxx_source_compiles("
  #include <quadmath.h>
  __extension__ using real = __float128;
  int main() { real x = 2; return expq(x) > 8 ? 0 : 1; }" PUSHFORWARD_HAS_F128)
unset(CMAKE_REQUIRED_LIBRARIES)

set(folder ${CMAKE_CURRENT_LIST_DIR})
set(exam_engine ${folder}/engine.cpp ${folder}/replay.cpp)
set(exam_bits 32 64)
if(PUSHFORWARD_HAS_F128)
  list(APPEND exam_bits 128)
  file(GLOB engine CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/autograd/*.cpp ${PROJECT_SOURCE_DIR}/autograd/tensor/*.cpp)
  pushforward_split(once per_precision ${engine})
  add_library(autograd_f128 STATIC ${per_precision})
  pushforward_defaults(autograd_f128)
  target_compile_definitions(autograd_f128 PRIVATE PUSHFORWARD_REAL=128)
  target_compile_options(autograd_f128 PRIVATE ${PUSHFORWARD_TEST_OPTIONS})  # libquadmath does nearly all of its work
  target_link_libraries(autograd_f128 PUBLIC pushforward_autograd quadmath)
else()
  message(STATUS "No __float128: the examination compares its routes with each other alone")
endif()

# exam_engines has the engine in every precision, for the tests below.
set(exam_objects)
foreach(bits ${exam_bits})
  add_library(exam_f${bits} OBJECT ${exam_engine})
  pushforward_defaults(exam_f${bits})
  target_compile_definitions(exam_f${bits} PRIVATE PUSHFORWARD_REAL=${bits})
  list(APPEND exam_objects $<TARGET_OBJECTS:exam_f${bits}>)
endforeach()
add_library(exam_engines STATIC ${folder}/program.cpp ${folder}/check_op.cpp ${folder}/op_cases.cpp ${folder}/random_program.cpp
                                ${exam_objects})
pushforward_defaults(exam_engines)
target_link_libraries(exam_engines PUBLIC pushforward_autograd)
if(PUSHFORWARD_HAS_F128)
  target_link_libraries(exam_engines PUBLIC autograd_f128)
  target_compile_definitions(exam_engines PUBLIC PUSHFORWARD_HAS_F128=1)
  foreach(bits ${exam_bits})
    target_compile_definitions(exam_f${bits} PRIVATE PUSHFORWARD_HAS_F128=1)
  endforeach()
endif()

add_executable(exam_tests ${folder}/ops_test.cpp ${folder}/random_test.cpp $<TARGET_OBJECTS:tests_main>)
pushforward_defaults(exam_tests)
target_compile_options(exam_tests PRIVATE ${PUSHFORWARD_TEST_OPTIONS})
target_link_libraries(exam_tests PRIVATE exam_engines Catch2::Catch2)
target_include_directories(exam_tests PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
pushforward_precompiled_catch(exam_tests)
pushforward_discover(exam_tests "exam: " 600)

# This program tests that 50 training steps allocate nothing on the heap. It is separate because it replaces operator
# new to count its calls.
add_executable(exam_allocations ${folder}/allocations_test.cpp $<TARGET_OBJECTS:tests_main>)
pushforward_defaults(exam_allocations)
target_compile_options(exam_allocations PRIVATE ${PUSHFORWARD_TEST_OPTIONS})
target_link_libraries(exam_allocations PRIVATE pushforward_autograd Catch2::Catch2)
pushforward_precompiled_catch(exam_allocations)
pushforward_discover(exam_allocations "exam: " 600)

# In the __float128 build, calls of the standard library's functions must not compile, since these lack that type.
if(PUSHFORWARD_HAS_F128 AND PUSHFORWARD_PYTHON AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_test(NAME "exam: kernels that call the standard library's functions do not compile in __float128"
           COMMAND ${PUSHFORWARD_PYTHON} ${folder}/wrong_kernel.py ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR})
  pushforward_label("exam: kernels that call the standard library's functions do not compile in __float128" exam/wrong_kernel)
endif()
