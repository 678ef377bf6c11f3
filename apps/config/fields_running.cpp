// The rows of the table of config fields for the sections /eval and /output.
#include "apps/config/rows.h"

namespace pushforward::app {

SectionTable eval_section() {
  return {
      "eval",
      "What is measured after training.",
      "",
      {only(
          {integer("n", 2000, from_to(1, 1e7),
                   "number of samples, and of new data points to compare them with"),
           for_tokens(integer(
               "times", 32, from_to(1, 1e5),
               "number of times at which the likelihood bound of each sequence is estimated"))})}};
}

SectionTable output_section() {
  return {"output",
          "Where runs are written.",
          "",
          {only({{.key = "dir",
                  .kind = FieldKind::text,
                  .fallback = "runs",
                  .doc = "the folder in which the run's folder is created"}})}};
}

}  // namespace pushforward::app
