#include "flow/predicted_field.h"

#include <utility>

#include "autograd/ops.h"

namespace pushforward::inline PF_REAL {
namespace {

// A (B, D) constant whose row r is number(t_r) in every column.
template <class Number>
Var by_row(Var t, int cols, const Number& number) {
  Tape& tape = *t.tape;
  const int rows = t.shape().rows();
  std::span<real> out;
  const Var v = tape.uninitialised({rows, cols}, out);
  const std::span<const real> times = t.values();
  for (int r = 0; r < rows; ++r) {
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(r) * cols, cols,
                static_cast<real>(number(static_cast<double>(times[r]))));
  }
  return v;
}

}  // namespace

Field converted(Field model, const Meaning& m, Prediction to) {
  if (m.prediction == to) return model;
  return [model = std::move(model), m, to](Var x, Var t, Labels labels) {
    const auto at = [&](double time) {
      return conversion(m.prediction, to, m.scheduler(time), m.sigma_data);
    };
    const int cols = x.shape().cols();
    const Var a = by_row(t, cols, [&](double time) { return at(time).a; });
    const Var b = by_row(t, cols, [&](double time) { return at(time).b; });
    return a * x + b * model(x, t, labels);
  };
}

Field edm_inputs(Field network, const Scheduler& scheduler, double sigma_data) {
  return [network = std::move(network), scheduler, sigma_data](Var x, Var t, Labels labels) {
    const auto at = [&](double time) { return edm_scaling(scheduler(time), sigma_data); };
    const Var scale = by_row(t, x.shape().cols(), [&](double time) { return at(time).scale; });
    const Var noise = by_row(t, 1, [&](double time) { return at(time).noise; });
    return network(x * scale, noise, labels);
  };
}

Field rescheduled(Field velocity, const Scheduler& from, const Scheduler& to) {
  return [velocity = std::move(velocity), from, to](Var x, Var r, Labels labels) {
    const auto at = [&](double time) { return change_schedule(from, to, time); };
    const int cols = x.shape().cols();
    const Var drift =
        by_row(r, cols, [&](double time) { return at(time).dscale / at(time).scale; });
    const Var speed = by_row(r, cols, [&](double time) { return at(time).scale * at(time).dt; });
    const Var back = by_row(r, cols, [&](double time) { return 1 / at(time).scale; });
    const Var t = by_row(r, 1, [&](double time) { return at(time).t; });
    return drift * x + speed * velocity(x * back, t, labels);
  };
}

}  // namespace pushforward::inline PF_REAL
