#include "apps/training/inspect.h"

#include <vector>

#include "apps/terminal/clock.h"
#include "apps/training/stand_in.h"
#include "apps/training/training.h"
#include "autograd/inspect/dot.h"
#include "autograd/inspect/listing.h"
#include "autograd/inspect/trace.h"
#include "autograd/sweep.h"

namespace pushforward::app::inline PF_REAL {
namespace {

void forward_and_backward(Training& training, Tape& tape) {
  const Var loss = training.record(tape);
  std::vector<Var> weights;
  for (const Parameter* p : training.parameters().list()) {
    if (!p->frozen) weights.push_back(tape.parameter(p->slot));
  }
  std::vector<Var> gradients(weights.size());
  grad(loss, tape.full(loss.shape(), 1), weights, gradients);
}

}  // namespace

void inspect_step(const Config& config, const std::string& run, const std::string& format,
                  std::ostream& out) {
  const std::unique_ptr<Training> made =
      run.empty() ? make_training(config, 1) : make_training_without_data(config, run);
  Training& training = *made;
  Tape tape;
  TapeClock clock(seconds_now);
  tape.set_clock(&clock);
  // Records and discards three steps to warm up memory and caches, so that these do not affect the
  // printed times.
  for (int k = 0; k < 3; ++k) {
    const Scope scope(tape);
    forward_and_backward(training, tape);
  }
  forward_and_backward(training, tape);
  if (format == "dot") {
    print_dot(out, tape);
  } else if (format == "json") {
    print_json(out, tape);
  } else if (format == "trace") {
    print_trace(out, tape);
  } else {
    const Shape x = tape.line(0).shape;
    out << "One chunk of a training step of \"" << config.string("/name") << "\": " << x.rows()
        << " of " << training.batch() << " rows, loss and gradient, "
        << training.parameters().count() << " weights.\n\n";
    print_report(out, tape, {.costs = true});
  }
}

}  // namespace pushforward::app::inline PF_REAL
