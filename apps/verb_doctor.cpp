// `pushforward doctor`.
#include <fmt/format.h>

#include "apps/doctor.h"
#include "apps/verbs.h"

namespace pushforward {

int verb_doctor(bool json) {
  const Environment env = environment();
  fmt::print("{}", json ? doctor_object(env).dump(2) + "\n" : doctor_text(env));
  return 0;
}

}  // namespace pushforward
