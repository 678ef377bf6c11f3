// The rows of /sampler, /eval and /output. To add a solver, add its row here.
#include "apps/config_rows.h"

namespace pushforward {

SectionTable sampler_section() {
  const Field ema = boolean("ema", true, "sample with the averaged parameters, if there are any");
  const Field steps = integer("steps", 100, from_to(1, 1e7), "equal steps from t = 0 to 1");
  const std::vector<Field> fixed{steps, ema};
  const std::vector<Field> adaptive{
      number("rtol", 1e-5, above_to(0, 1), "error allowed in a step, relative to |x|"),
      number("atol", 1e-5, above_to(0, 1), "error allowed in a step, absolute"),
      integer("max_steps", 10000, from_to(1, 1e9), "give a sample up after so many steps"),
      integer("steps", 0, from_to(0, 1e7),
              "above 0: that many equal steps instead, without error control"),
      ema};
  return {"sampler",
          "The solver of dx/dt = u(x, t) from t = 0 to 1.",
          "dopri5",
          {row("euler", "Euler's method, order 1", fixed),
           row("midpoint", "the midpoint rule, order 2", fixed),
           row("heun", "Heun's trapezoidal method, order 2", fixed),
           row("ralston", "Ralston's method, order 2", fixed),
           row("heun3", "Heun's third-order method", fixed),
           row("rk4", "the classic method of Runge and Kutta, order 4", fixed),
           row("rk4_38", "Kutta's 3/8 rule, order 4", fixed),
           row("bosh3", "Bogacki and Shampine 3(2), adaptive", adaptive),
           row("dopri5", "Dormand and Prince 5(4), adaptive", adaptive),
           row("tsit5", "Tsitouras 5(4), adaptive", adaptive)}};
}

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
