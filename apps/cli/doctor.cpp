// `pushforward doctor`: the machine, and what about it makes the program slow.
#include "apps/report/doctor.h"

#include <memory>

#include "apps/cli/verbs.h"
#include "apps/json/json.h"
#include "apps/terminal/message.h"
#include "autograd/tensor/blas.h"

namespace pushforward::app {
namespace {

int print_doctor(bool json) {
  use_one_blas_thread();
  const Environment env = environment();
  if (json) {
    print("{}\n", doctor_object(env).dump());
  } else {
    print("{}", doctor_text(env));
  }
  return 0;
}

Action declare_doctor(Options& options) {
  auto json = std::make_shared<bool>(false);
  options.flag("--json", *json, "as one JSON object");
  return [json] { return print_doctor(*json); };
}

}  // namespace

const Verb doctor_verb{"doctor", "versions, BLAS core and threads, SIMD target, and what is amiss",
                       "pushforward doctor", declare_doctor};

}  // namespace pushforward::app
