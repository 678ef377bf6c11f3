// The rows of /eval and /output.
#include "apps/config/rows.h"

namespace pushforward::app {

SectionTable eval_section() {
  return {"eval",
          "What is measured on the trained flow.",
          "",
          {only({integer("n", 2000, from_to(1, 1e7), "samples, and as many fresh data points"),
                 for_tokens(integer(
                     "times", 32, from_to(1, 1e5),
                     "times at which the likelihood's bound is estimated, each sequence"))})}};
}

SectionTable output_section() {
  return {"output",
          "Where runs go.",
          "",
          {only({{.key = "dir",
                  .kind = FieldKind::text,
                  .fallback = "runs",
                  .doc = "the folder in which the run's folder is made"}})}};
}

}  // namespace pushforward::app
