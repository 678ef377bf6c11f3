#include "apps/cli/verbs.h"

namespace pushforward::app {

std::vector<const Verb*> verbs() {
  return {&train_verb,   &sweep_verb,  &sample_verb,      &loglik_verb, &eval_verb,
          &encode_verb,  &decode_verb, &interpolate_verb, &impute_verb, &velocity_verb,
          &plot_verb,    &report_verb, &inspect_verb,     &config_verb, &data_verb,
          &compare_verb, &list_verb,   &verify_verb,      &doctor_verb, &completion_verb};
}

}  // namespace pushforward::app
