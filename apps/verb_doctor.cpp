// `pushforward doctor`.
#include "apps/doctor.h"

#include <fmt/format.h>

#include <cstdio>

#include "apps/verbs.h"
#include "autograd/blas.h"

namespace pushforward {

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

}  // namespace pushforward
