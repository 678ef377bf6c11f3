#include "apps/page/tape_messages.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

#include "apps/page/op_formulas.h"
#include "autograd/inspect/listing.h"
#include "autograd/sweep.h"
#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// The message with the list of lines contains the values of a line if there are at most this many.
constexpr int kValuesInList = 16;

// Adds the upper left corner of a value to the message, and its root mean square to "rms".
void add_corner(PageMessage& message, const std::string& name, Var v, LineCorner corner) {
  const int rows = std::min(v.shape().rows(), corner.rows),
            columns =
                v.shape().rows() == 0 ? 0 : static_cast<int>(v.values().size()) / v.shape().rows(),
            shown = std::min(columns, corner.columns);
  std::vector<real> values;
  for (int r = 0; r < rows; ++r)
    for (int j = 0; j < shown; ++j)
      values.push_back(v.values()[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
                                  static_cast<std::size_t>(j)]);
  message.add(name, {static_cast<std::size_t>(rows), static_cast<std::size_t>(shown)}, values);
  double square = 0;
  for (const real x : v.values()) square += static_cast<double>(x) * static_cast<double>(x);
  const double count = std::max<double>(1, static_cast<double>(v.values().size())),
               size = std::sqrt(square / count);
  message.head["rms"][name] = std::isfinite(size) ? Json(size) : Json();
}

std::vector<Var> weights_on(Tape& tape, Training& training) {
  std::vector<Var> weights;
  for (const Parameter* p : training.parameters().list())
    if (!p->frozen) weights.push_back(tape.parameter(p->slot));
  return weights;
}

// Returns minus each gradient, which is the direction in which the weights move.
std::vector<Var> descent(Tape& tape, const std::vector<Var>& weights,
                         const std::vector<Var>& gradients) {
  std::vector<Var> along;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    std::span<real> values;
    along.push_back(tape.uninitialised(weights[k].shape(), values, "direction"));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = gradients[k] ? -gradients[k].values()[i] : real(0);
  }
  return along;
}

}  // namespace

PageMessage tape_message(Training& training, bool backward) {
  Tape tape;
  const Var loss = training.record(tape);
  const LineId forward = tape.size();
  if (backward) {
    const std::vector<Var> weights = weights_on(tape, training);
    std::vector<Var> gradients(weights.size());
    grad(loss, tape.full(loss.shape(), 1), weights, gradients);
  }
  std::ostringstream text;
  print_json(text, tape, kValuesInList);
  PageMessage message("tape");
  message.head["tape"] = Json::parse(text.str());
  message.head["forward"] = forward;
  message.head["formulas"] = formulas_of(tape, tape.size());
  return message;
}

std::vector<PageMessage> line_messages(Training& training, const std::vector<LineId>& ids,
                                       LineCorner corner) {
  Tape tape;
  const Var loss = training.record(tape);
  const std::vector<Var> weights = weights_on(tape, training);
  std::vector<Var> wrt = weights;
  for (const LineId id : ids) {
    detail::check(id >= 0 && id < tape.size(), "page", "line ", id, " of a tape of ", tape.size(),
                  " lines");
    wrt.push_back(tape.var(id));
  }
  std::vector<Var> cotangents(wrt.size());
  grad(loss, tape.full(loss.shape(), 1), wrt, cotangents);
  const std::vector<Var> along = descent(tape, weights, cotangents);
  std::vector<PageMessage> messages;
  for (std::size_t k = 0; k < ids.size(); ++k) {
    const Var v = wrt[weights.size() + k], g = cotangents[weights.size() + k];
    PageMessage message("line");
    message.head["id"] = ids[k];
    message.head["rms"] = Json::object();
    Json shape = Json::array();
    for (int d = 0; d < v.shape().rank; ++d) shape.push_back(v.shape()[d]);
    message.head["shape"] = std::move(shape);
    add_corner(message, "values", v, corner);
    if (g) add_corner(message, "cotangent", g, corner);
    // A line that was recorded during a Pause is a constant to both sweeps.
    if (!tape.line(ids[k]).paused)
      if (const Var t = jvp(v, weights, along)) add_corner(message, "tangent", t, corner);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace pushforward::app::inline PF_REAL
