# Tests what mpirun shares between processes. The build needs -DPUSHFORWARD_MPI=ON.
if(PUSHFORWARD_MPI AND PUSHFORWARD_APP)
  foreach(case same_bits tokens other_number wrong_config dead_process stopped early_end rows evaluations mapped row_errors
               other_verbs sweep_shards)
    add_test(NAME "mpi: ${case}" COMMAND ${PUSHFORWARD_PYTHON} -B ${CMAKE_CURRENT_LIST_DIR}/mpi.py
                                         ${PROJECT_BINARY_DIR}/pushforward ${case})
    set_tests_properties("mpi: ${case}" PROPERTIES LABELS mpi TIMEOUT 200 PROCESSORS 2)
    pushforward_label("mpi: ${case}" program/ranks pushforward_program)
  endforeach()
endif()
