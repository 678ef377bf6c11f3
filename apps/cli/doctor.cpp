// `pushforward doctor`: prints the hardware and libraries that the program runs on, and what makes
// it slow there.
#include "apps/report/doctor.h"

#include <memory>

#include "apps/cli/verbs.h"
#include "apps/json/json.h"
#include "apps/terminal/message.h"

namespace pushforward::app {
namespace {

int print_doctor(bool json) {
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
  options.flag("--json", *json, "print one JSON object on stdout");
  return [json] { return print_doctor(*json); };
}

}  // namespace

const Verb doctor_verb{"doctor", "print versions, BLAS core and threads, SIMD target, and problems",
                       "pushforward doctor", declare_doctor};

}  // namespace pushforward::app
