# Fuzz targets (scripts/fuzz): one program for each source of this folder, built by clang with libFuzzer and the sanitizers
# of addresses and undefined behaviour. Only what they reach is compiled, in float.
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "The fuzz targets need clang: -DCMAKE_CXX_COMPILER=clang++ (scripts/fuzz does so)")
endif()
set(fuzz_checks -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize=float-cast-overflow
                -fno-sanitize-recover=all)

set(fuzzed)
foreach(folder autograd nn flow apps/json apps/config apps/formats apps/from_config apps/run apps/terminal)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  list(APPEND fuzzed ${found})
endforeach()
list(APPEND fuzzed ${PROJECT_SOURCE_DIR}/apps/suggest.cpp)
list(FILTER fuzzed EXCLUDE REGEX "/(autograd/inspect|flow/theory)/")

find_package(fmt REQUIRED)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
add_library(fuzzed STATIC EXCLUDE_FROM_ALL ${fuzzed})
pushforward_defaults(fuzzed)
pushforward_unity(fuzzed 6 ${fuzzed})
target_compile_options(fuzzed PUBLIC ${fuzz_checks} PRIVATE -fsanitize=fuzzer-no-link)
target_compile_definitions(fuzzed PUBLIC PUSHFORWARD_REAL=32 PRIVATE PUSHFORWARD_VERSION="${PROJECT_VERSION}"
                           PUSHFORWARD_DATA_DIR="${PROJECT_SOURCE_DIR}/data")
target_link_libraries(fuzzed PUBLIC Threads::Threads nlohmann_json::nlohmann_json fmt::fmt
                      PRIVATE PkgConfig::OPENBLAS PkgConfig::HWY PkgConfig::XXHASH PkgConfig::ZLIB Boost::headers)

add_custom_target(fuzz)
foreach(name checkpoints config csv metrics npy overrides safetensors texts)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/${name}.cpp)
  pushforward_defaults(fuzz_${name})
  target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer ${fuzz_checks})
  target_link_libraries(fuzz_${name} PRIVATE fuzzed)
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  add_dependencies(fuzz fuzz_${name})
endforeach()
