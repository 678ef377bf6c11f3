# Compares values, gradients and Hessian-vector products of random networks with PyTorch. The test is skipped
# without PyTorch.
if(PUSHFORWARD_PYTHON)
  add_executable(torch_autograd ${CMAKE_CURRENT_LIST_DIR}/torch_autograd.cpp)
  pushforward_defaults(torch_autograd)
  target_link_libraries(torch_autograd PRIVATE exam_engines)
  add_test(NAME "torch: 200 random networks and 200 random programs agree with PyTorch"
           COMMAND ${PUSHFORWARD_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/torch_autograd.py
                   $<TARGET_FILE:torch_autograd>)
  set_tests_properties("torch: 200 random networks and 200 random programs agree with PyTorch"
                       PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
  pushforward_label("torch: 200 random networks and 200 random programs agree with PyTorch" judges/torch_autograd
                    torch_autograd)
endif()
