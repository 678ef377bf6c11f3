// The rows of /eval and /output.
#include "apps/config_rows.h"

namespace pushforward {

SectionTable eval_section() {
  return {"eval",
          "What is measured on the trained flow.",
          "",
          {only({integer("n", 2000, from_to(1, 1e7), "samples, and as many fresh data points")})}};
}

SectionTable output_section() {
  return {"output",
          "Where runs go.",
          "",
          {only({{.key = "dir",
                  .kind = Kind::text,
                  .fallback = "runs",
                  .doc = "the folder in which the run's folder is made"}})}};
}

}  // namespace pushforward
