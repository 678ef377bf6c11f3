#include "flow/path/predicted_field.h"

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {

using detail::check;

namespace {

// Returns N constants on the tape. Constant k is (rows, cols[k]) and row r holds numbers(t_r)[k] in
// every column. For consecutive rows with the same time, `numbers` is called once.
template <std::size_t N, class Numbers>
std::array<Var, N> by_row(Var t, const std::array<int, N>& cols, const Numbers& numbers) {
  const std::span<const real> times = t.values();
  const int rows = static_cast<int>(times.size());
  std::array<Var, N> made;
  std::array<std::span<real>, N> out;
  for (std::size_t k = 0; k < N; ++k) made[k] = t.tape->uninitialised({rows, cols[k]}, out[k]);
  std::array<double, N> at{};
  for (int r = 0; r < rows; ++r) {
    if (r == 0 || times[r] != times[r - 1]) at = numbers(static_cast<double>(times[r]));
    for (std::size_t k = 0; k < N; ++k) {
      const auto width = static_cast<std::size_t>(cols[k]);
      std::ranges::fill(out[k].subspan(r * width, width), static_cast<real>(at[k]));
    }
  }
  return made;
}

}  // namespace

Field converted(Field model, const Parameterization& m, Prediction to) {
  check(bool(model), "prediction", "no field is given to convert");
  if (m.prediction == to) return model;
  return [model = std::move(model), m, to](Var x, Var t, Labels labels) {
    const int cols = x.shape().cols();
    const auto [a, b] = by_row<2>(t, {cols, cols}, [&](double time) -> std::array<double, 2> {
      const Conversion c = conversion(m.prediction, to, m.scheduler(time), m.sigma_data);
      return {c.a, c.b};
    });
    return a * x + b * model(x, t, labels);
  };
}

Field edm_inputs(Field network, const Scheduler& scheduler, double sigma_data) {
  check(bool(network), "prediction", "no network is given to scale the inputs of");
  check_sigma_data(sigma_data);
  return [network = std::move(network), scheduler, sigma_data](Var x, Var t, Labels labels) {
    const auto [scale, noise] =
        by_row<2>(t, {x.shape().cols(), 1}, [&](double time) -> std::array<double, 2> {
          const EdmInputs in = edm_scaling(scheduler(time), sigma_data);
          return {in.scale, in.noise};
        });
    return network(x * scale, noise, labels);
  };
}

Field rescheduled(Field velocity, const Scheduler& from, const Scheduler& to) {
  check(bool(velocity), "prediction", "no velocity is given to move to another schedule");
  return [velocity = std::move(velocity), from, to](Var x, Var r, Labels labels) {
    const int cols = x.shape().cols();
    const auto [drift, speed, back, t] =
        by_row<4>(r, {cols, cols, cols, 1}, [&](double time) -> std::array<double, 4> {
          const ScheduleChange c = change_schedule(from, to, time);
          return {c.dscale / c.scale, c.scale * c.dt, 1 / c.scale, c.t};
        });
    return drift * x + speed * velocity(x * back, t, labels);
  };
}

}  // namespace pushforward::inline PF_REAL
