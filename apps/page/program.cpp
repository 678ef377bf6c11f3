// Answers the page's question about a small program: its values, its derivatives and differences.
#include "apps/page/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

#include "apps/failure.h"
#include "apps/page/op_formulas.h"
#include "apps/page/program_parts.h"
#include "apps/suggest.h"
#include "autograd/inspect/listing.h"
#include "autograd/sweep.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr int kValuesListed = 64;

std::vector<std::size_t> shape_of(Var v) {
  std::vector<std::size_t> shape;
  for (int k = 0; k < v.shape().rank; ++k) shape.push_back(static_cast<std::size_t>(v.shape()[k]));
  return shape;
}

double total(Var v) {
  double sum = 0;
  for (const real x : v.values()) sum += static_cast<double>(x);
  return sum;
}

// The derivatives of the sum of y with respect to the inputs, by the sweep and by differences.
struct Compared {
  std::vector<std::vector<double>> differences{};
  double apart = 0;
};

// Compares the cotangents of the inputs with central differences of step h. The divisor is the
// distance between the two rounded inputs.
Compared compare_with_differences(const std::string& text,
                                  const std::vector<std::vector<double>>& cotangents, double h) {
  Compared found;
  for (std::size_t k = 0; k < cotangents.size(); ++k) {
    std::vector<double> of_input;
    for (std::size_t j = 0; j < cotangents[k].size(); ++j) {
      double y[2], x[2];
      for (const int side : {0, 1}) {
        Tape tape;
        const Pause pause(tape);
        const ProgramValues moved =
            record_program(text, tape, {static_cast<int>(k), j, side == 0 ? -h : h});
        y[side] = total(moved.result);
        x[side] = static_cast<double>(moved.inputs[k].values()[j]);
      }
      const double d = x[1] == x[0] ? std::nan("") : (y[1] - y[0]) / (x[1] - x[0]),
                   g = cotangents[k][j];
      of_input.push_back(d);
      const double off = std::abs(g - d) / std::max(1., std::abs(g));
      if (!(off <= found.apart)) found.apart = off;  // also if it is NaN
    }
    found.differences.push_back(std::move(of_input));
  }
  return found;
}

// Returns the directions in which the inputs move: 1 for each element of those that move.
std::vector<Var> directions(const ProgramValues& values, Tape& tape, const std::string& along) {
  if (!along.empty() && std::find(values.input_names.begin(), values.input_names.end(), along) ==
                            values.input_names.end())
    throw Failure(Exit::usage,
                  fmt::format("[program] \"{}\" is no input, so nothing can move along it; the "
                              "inputs are {}",
                              along, join_words(values.input_names, ", ")));
  std::vector<Var> made;
  for (std::size_t k = 0; k < values.inputs.size(); ++k)
    made.push_back(tape.full(values.inputs[k].shape(),
                             along.empty() || values.input_names[k] == along ? 1 : 0));
  return made;
}

}  // namespace

PageMessage answer_program(const Json& question) {
  const std::string text = question.at("text").text();
  const double h = question.value("h", 0.01);
  if (!(h > 0 && h <= 1))
    throw Failure(Exit::usage,
                  fmt::format("[program] the step h is {}; it must be above 0, at most 1", h));
  Tape tape;
  const ProgramValues values = record_program(text, tape);
  const LineId lines = tape.size();
  PageMessage message("program");
  std::ostringstream listing;
  print_json(listing, tape, kValuesListed);
  message.head["tape"] = Json::parse(listing.str());
  message.head["formulas"] = formulas_of(tape, lines);
  message.head["result"] = values.result.id;
  message.head["h"] = h;
  Json names = Json::array(), text_lines = Json::array();
  for (LineId k = 0; k < lines; ++k) {
    const auto found = values.names.find(k);
    names.push_back(found == values.names.end() ? "" : found->second);
    text_lines.push_back(values.text_lines.at(static_cast<std::size_t>(k)));
  }
  message.head["names"] = std::move(names);
  message.head["text_lines"] = std::move(text_lines);

  std::vector<Var> all, cotangents(static_cast<std::size_t>(lines));
  for (LineId k = 0; k < lines; ++k) all.push_back(tape.var(k));
  const Var seed = tape.full(values.result.shape(), 1);
  grad(values.result, seed, all, cotangents);
  const std::vector<Var> along = directions(values, tape, question.value("along", std::string()));
  for (LineId k = 0; k < lines; ++k) {
    const Var v = all[static_cast<std::size_t>(k)], g = cotangents[static_cast<std::size_t>(k)];
    message.add(fmt::format("value_{}", k), shape_of(v), v.values());
    if (g) message.add(fmt::format("cotangent_{}", k), shape_of(v), g.values());
    if (const Var t = jvp(v, values.inputs, along))
      message.add(fmt::format("tangent_{}", k), shape_of(v), t.values());
  }

  std::vector<std::vector<double>> of_inputs;
  for (const Var input : values.inputs) {
    const Var g = cotangents[static_cast<std::size_t>(input.id)];
    of_inputs.emplace_back(input.values().size(), 0.);
    if (g) of_inputs.back().assign(g.values().begin(), g.values().end());
  }
  const Compared compared = compare_with_differences(text, of_inputs, h);
  for (std::size_t k = 0; k < of_inputs.size(); ++k)
    message.add(fmt::format("difference_{}", values.inputs[k].id), shape_of(values.inputs[k]),
                compared.differences[k]);
  message.head["apart"] = std::isfinite(compared.apart) ? Json(compared.apart) : Json();
  std::vector<double> steps, errors;
  for (int k = 0; k <= 12; ++k) {
    steps.push_back(std::pow(10., -0.5 * k));
    errors.push_back(compare_with_differences(text, of_inputs, steps.back()).apart);
  }
  message.add("steps", {steps.size()}, steps);
  message.add("errors", {errors.size()}, errors);
  return message;
}

}  // namespace pushforward::app::inline PF_REAL
