#include "apps/page/tape_messages.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "autograd/inspect/listing.h"
#include "autograd/sweep.h"
#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {
namespace {

// Lines with at most this many values carry them in the list.
constexpr int kMostListed = 16;

// Adds the upper left corner of a value to the message.
void add_line_corner(PageMessage& message, const std::string& name, Var v, LineCorner corner) {
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
}

}  // namespace

PageMessage tape_message(Training& training, bool backward) {
  Tape tape;
  const Var loss = training.record(tape);
  const LineId forward = tape.size();
  if (backward) {
    std::vector<Var> weights;
    for (const Parameter* p : training.parameters().list())
      if (!p->frozen) weights.push_back(tape.parameter(p->slot));
    std::vector<Var> gradients(weights.size());
    grad(loss, tape.full(loss.shape(), 1), weights, gradients);
  }
  std::ostringstream text;
  print_json(text, tape, kMostListed);
  PageMessage message("tape");
  message.head["tape"] = Json::parse(text.str());
  message.head["forward"] = forward;
  return message;
}

std::vector<PageMessage> line_messages(Training& training, const std::vector<LineId>& ids,
                                       LineCorner corner) {
  Tape tape;
  const Var loss = training.record(tape);
  std::vector<Var> lines;
  for (const LineId id : ids) {
    detail::check(id < tape.size(), "page", "line ", id, " of a tape of ", tape.size(), " lines");
    lines.push_back(tape.var(id));
  }
  std::vector<Var> cotangents(lines.size());
  grad(loss, tape.full(loss.shape(), 1), lines, cotangents);
  std::vector<PageMessage> messages;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    PageMessage message("line");
    message.head["id"] = ids[k];
    Json shape = Json::array();
    for (int d = 0; d < lines[k].shape().rank; ++d) shape.push_back(lines[k].shape()[d]);
    message.head["shape"] = std::move(shape);
    add_line_corner(message, "values", lines[k], corner);
    if (cotangents[k]) add_line_corner(message, "cotangent", cotangents[k], corner);
    messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace pushforward::app::inline PF_REAL
