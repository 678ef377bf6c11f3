# This program tests that batches, training steps and samplers allocate nothing on the heap. It is separate because
# it replaces operator new to count its calls.
add_executable(flow_allocations ${CMAKE_CURRENT_LIST_DIR}/allocations.cpp
                                $<TARGET_OBJECTS:tests_main>)
pushforward_defaults(flow_allocations)
target_compile_options(flow_allocations PRIVATE ${PUSHFORWARD_TEST_OPTIONS})
target_link_libraries(flow_allocations PRIVATE pushforward_flow pushforward_nn Catch2::Catch2)
pushforward_precompiled_catch(flow_allocations)
pushforward_discover(flow_allocations "flow: " 300)
