# Loads a trained network in PyTorch, and a network from PyTorch in this library. The test is skipped if Debian's
# PyTorch is not installed.
add_executable(torch_nn ${CMAKE_CURRENT_LIST_DIR}/torch_nn.cpp)
pushforward_defaults(torch_nn)
target_link_libraries(torch_nn PRIVATE pushforward_nn)
if(PUSHFORWARD_PYTHON)
  add_test(NAME "nn: PyTorch loads a trained network and back"
           COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/torch_nn.py
                   $<TARGET_FILE:torch_nn> ${CMAKE_CURRENT_BINARY_DIR}/torch_nn_files)
  set_tests_properties("nn: PyTorch loads a trained network and back"
                       PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
else()
  add_test(NAME "nn: PyTorch loads a trained network and back"
           COMMAND ${CMAKE_COMMAND} -E echo "skipped: /usr/bin/python3 is not installed")
  set_tests_properties("nn: PyTorch loads a trained network and back"
                       PROPERTIES SKIP_REGULAR_EXPRESSION skipped)
endif()
pushforward_label("nn: PyTorch loads a trained network and back" judges/torch_nn torch_nn)
