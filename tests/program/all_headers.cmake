# All headers of the project in one source, in each precision: a name that means two things in one program does not
# compile. A header that is for double alone says so with #error; the source in float leaves it out, and what includes it.
set(folders autograd nn flow)
set(library pushforward_flow)
if(PUSHFORWARD_APP)
  list(APPEND folders apps)
  set(library pushforward_apps)
endif()
set(patterns)
foreach(folder ${folders})
  list(APPEND patterns ${PROJECT_SOURCE_DIR}/${folder}/*.h)
endforeach()
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${patterns})
set(all_headers ${CMAKE_CURRENT_BINARY_DIR}/all_headers)

set(double_alone "#error .*PUSHFORWARD_REAL 64")
foreach(header ${headers})
  file(STRINGS ${PROJECT_SOURCE_DIR}/${header} refuses REGEX "${double_alone}")
  if(refuses)
    string(APPEND double_alone "|#include \"${header}\"")
  endif()
endforeach()
set(text_32)
set(text_64)
foreach(header ${headers})
  file(STRINGS ${PROJECT_SOURCE_DIR}/${header} refuses REGEX "${double_alone}")
  string(APPEND text_64 "#include \"${header}\"\n")
  if(NOT refuses)
    string(APPEND text_32 "#include \"${header}\"\n")
  endif()
endforeach()
file(CONFIGURE OUTPUT ${all_headers}/f32.cpp CONTENT "${text_32}" @ONLY)
file(CONFIGURE OUTPUT ${all_headers}/f64.cpp CONTENT "${text_64}" @ONLY)
# The same with a second Field, which the compiler has to refuse.
file(CONFIGURE OUTPUT ${all_headers}/twice.cpp CONTENT
     "${text_64}namespace pushforward::inline PF_REAL {\nclass Field {};\n}\n" @ONLY)

# compile_headers(name source bits): a test that lets the compiler read the source, as all of the project's are read.
set(include_folders $<TARGET_PROPERTY:${library},INCLUDE_DIRECTORIES>)
function(compile_headers name source bits)
  add_test(NAME ${name} COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -fsyntax-only -DPUSHFORWARD_REAL=${bits}
           "$<$<BOOL:${include_folders}>:-I$<JOIN:${include_folders},;-I>>" ${all_headers}/${source} COMMAND_EXPAND_LISTS)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300 LABELS "program;tree")
endfunction()
compile_headers("headers: all together in float" f32.cpp 32)
compile_headers("headers: all together in double" f64.cpp 64)
compile_headers("headers: a name defined twice is refused" twice.cpp 64)
set_tests_properties("headers: a name defined twice is refused"
                     PROPERTIES PASS_REGULAR_EXPRESSION "redefinition of [^\n]*Field")
