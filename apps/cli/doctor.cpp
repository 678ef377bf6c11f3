// `pushforward doctor`.
#include "apps/report/doctor.h"

#include <fmt/format.h>

#include <cstdio>

#include "apps/cli/verbs.h"
#include "autograd/tensor/blas.h"

namespace pushforward::app {

int verb_doctor(bool json) {
  use_one_blas_thread();
  const Environment env = environment();
  if (json) {
    fmt::print("{}\n", doctor_object(env).dump());
  } else {
    fmt::print("{}", doctor_text(env));
  }
  return 0;
}

}  // namespace pushforward::app
