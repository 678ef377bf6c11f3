// Answers the page's questions about the tape of the next training step.
#include <sstream>
#include <utility>
#include <vector>

#include "apps/page/live_run.h"
#include "autograd/inspect/listing.h"
#include "autograd/sweep.h"
#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Lines with at most this many values carry them in the list, and the answer about one line has at
// most this many rows and columns.
constexpr int kValuesInList = 16, kRowsOfLine = 16, kColumnsOfLine = 16;

// Adds the upper left corner of a value to the message.
void add_corner(PageMessage& message, const std::string& name, Var v) {
  const int rows = std::min(v.shape().rows(), kRowsOfLine),
            columns =
                v.shape().rows() == 0 ? 0 : static_cast<int>(v.values().size()) / v.shape().rows(),
            shown = std::min(columns, kColumnsOfLine);
  std::vector<real> corner;
  for (int r = 0; r < rows; ++r)
    for (int j = 0; j < shown; ++j)
      corner.push_back(v.values()[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
                                  static_cast<std::size_t>(j)]);
  message.add(name, {static_cast<std::size_t>(rows), static_cast<std::size_t>(shown)}, corner);
}

}  // namespace

PageMessage LiveRun::tape(const Json& question) {
  Tape tape;
  const Var loss = training_->record(tape);
  const LineId forward = tape.size();
  if (question.value("backward", true)) {
    std::vector<Var> weights;
    for (const Parameter* p : training_->parameters().list())
      if (!p->frozen) weights.push_back(tape.parameter(p->slot));
    std::vector<Var> gradients(weights.size());
    grad(loss, tape.full(loss.shape(), 1), weights, gradients);
  }
  std::ostringstream text;
  print_json(text, tape, kValuesInList);
  PageMessage message("tape");
  message.head["tape"] = Json::parse(text.str());
  message.head["forward"] = forward;
  return message;
}

PageMessage LiveRun::line(const Json& question) {
  Tape tape;
  const Var loss = training_->record(tape);
  const LineId id = question.at("id").get<LineId>();
  detail::check(id < tape.size(), "page", "line ", id, " of a tape of ", tape.size(), " lines");
  const Var v = tape.var(id);
  PageMessage message("line");
  message.head["id"] = id;
  Json shape = Json::array();
  for (int k = 0; k < v.shape().rank; ++k) shape.push_back(v.shape()[k]);
  message.head["shape"] = std::move(shape);
  add_corner(message, "values", v);
  std::vector<Var> out(1);
  grad(loss, tape.full(loss.shape(), 1), std::vector<Var>{v}, out);
  if (out[0]) add_corner(message, "cotangent", out[0]);
  return message;
}

}  // namespace pushforward::app::inline PF_REAL
