// Copies a tape to a Listing, and finds its first non-finite value. Both functions depend on
// `real`.
#include "autograd/inspect/listing.h"

#include <algorithm>
#include <sstream>

#include "autograd/inspect/text.h"

namespace pushforward::inline PF_REAL {
namespace {

std::string number(real x) { return number_text(static_cast<double>(x)); }

// Returns whether x is neither infinite nor NaN. std::isfinite has no version for __float128, which
// is the type `real` in some tests.
bool finite(real x) { return x - x == 0; }

// Returns a constant of an op as text. A bool that is true is written as a comma and its name.
std::string constant_text(const char*, int n) { return std::to_string(n); }
std::string constant_text(const char*, real x) { return number(x); }
std::string constant_text(const char* name, bool on) { return on ? joined_text(", ", name) : ""; }
std::string constant_text(const char*, const Shape& shape) {
  std::ostringstream out;
  out << shape;
  return out.str();
}
std::string constant_text(const char*, std::span<const int> numbers) {
  std::string out;
  for (const int n : numbers.first(std::min<std::size_t>(numbers.size(), 6)))
    out += joined_text(out.empty() ? "" : " ", std::to_string(n));
  return numbers.size() > 6 ? joined_text(out, " ... (", std::to_string(numbers.size()), ")") : out;
}

// Returns the constants of a tape line's op as its record describes them, or all of their names and
// values if it does not.
std::string detail(const TapeLine& l) {
  std::string described = l.op->describe ? l.op->describe : "", all;
  const auto insert = [&](const char* name, const auto& value) {
    const std::string text = constant_text(name, value), field = joined_text("{", name, "}");
    all += joined_text(all.empty() ? "" : " ", name, " ", text);
    if (const auto at = described.find(field); at != std::string::npos)
      described.replace(at, field.size(), text);
  };
  std::visit([&](const auto& constants) { constants.visit(insert); }, l.constants);
  if (!l.op->describe) return all;
  return described.substr(0, described.find_last_not_of(' ') + 1);
}

ListedLine list_line(const Tape& tape, LineId id, int values) {
  using Kind = ListedLine::Kind;
  const TapeLine& l = tape.line(id);
  ListedLine out;
  out.kind = l.op == &input_op       ? Kind::input
             : l.op == &parameter_op ? Kind::parameter
             : l.op == &constant_op  ? Kind::constant
                                     : Kind::op;
  out.op = l.op->name;
  out.in.assign(l.in.begin(), l.in.begin() + l.op->inputs);
  if (const auto* of = std::get_if<Transposes>(&l.constants))
    out.transposed = {of->first, of->second, false};
  out.shape = l.shape;
  if (l.name) out.name = l.name;
  out.detail = detail(l);
  out.paused = l.paused;
  out.rule = l.rule;
  out.rule_of = l.rule_of;
  if (l.label) out.label = l.label;
  if (l.file) out.file = l.file;
  out.file_line = l.file_line;
  if (!l.op->shares && out.kind != Kind::parameter)
    out.bytes = static_cast<double>(l.shape.size()) * sizeof(real);
  if (!l.recalled) out.flops = l.op->flops(tape, l);
  if (tape.clock()) {
    const TapeClock::Time time = (*tape.clock())[static_cast<std::size_t>(id)];
    out.start = time.start;
    out.seconds = time.end - time.start;
  }
  if (l.shape.size() <= values) {
    for (std::int64_t i = 0; i < l.shape.size(); ++i)
      out.values.push_back(static_cast<double>(l.value[i]));
  }
  return out;
}

// Returns the position of the element with the row-major index `index` as text, such as "(3, 17)".
std::string place(const Shape& shape, std::int64_t index) {
  Shape at = shape;
  for (int axis = shape.rank; axis-- > 0; index /= shape[axis])
    at.dim[axis] = static_cast<int>(index % shape[axis]);
  std::ostringstream out;
  out << at;
  return out.str();
}

// Describes the inputs from which element `index` of a tape line was computed: their values at that
// element if the shapes are equal, else the range of each input. All inputs are finite, because
// this line is the first one with a non-finite value.
std::string came_from(const Tape& tape, const TapeLine& l, std::int64_t index) {
  const int n = l.op->inputs;
  bool alike = true;
  for (int k = 0; k < n; ++k) alike &= tape.line(l.in[k]).shape == l.shape;
  std::string out = !alike ? "from " : n == 1 ? "from input " : "from inputs ";
  for (int k = 0; k < n; ++k) {
    const TapeLine& in = tape.line(l.in[k]);
    const std::int64_t size = in.shape.size();
    if (k > 0) out += k + 1 == n ? " and " : ", ";
    if (alike) {
      out += number(in.value[index]);
    } else if (size == 0) {
      out += joined_text(id_text(l.in[k]), ", which is empty");
    } else {
      const auto [low, high] = std::minmax_element(in.value, in.value + size);
      out += joined_text(id_text(l.in[k]), " within [", number(*low), ", ", number(*high), "]");
    }
  }
  return out;
}

std::string sentence(const Tape& tape, const Nonfinite& found) {
  const TapeLine& l = tape.line(found.line);
  std::ostringstream out;
  out << "[nonfinite] line #" << found.line << ' ' << l.op->name << ' ';
  if (l.name) out << printable_name(l.name) << ' ';
  out << l.shape;
  if (l.rule_of != kNoLine)
    out << " in the " << rule_name(l.rule) << " of #" << l.rule_of << ' '
        << tape.line(l.rule_of).op->name;
  if (l.label) out << " in " << printable_name(l.label);
  if (l.file) out << ", recorded at " << place_text(l.file, l.file_line);
  out << ": first " << number_text(found.value) << " at " << place(l.shape, found.index);
  if (l.op == &parameter_op) {
    out << ", so it came in with the weights; look at the last optimizer step or the checkpoint";
  } else if (l.op->inputs == 0) {
    out << ", so it came in from outside; check the data";
  } else {
    out << ", " << came_from(tape, l, found.index);
  }
  out << "; " << found.count << " of " << l.shape.size()
      << " values are not finite, every line before is";
  return out.str();
}

}  // namespace

Listing list_lines(const Tape& tape, int values) {
  Listing out;
  out.precision = joined_text("float", std::to_string(8 * sizeof(real)));
  out.lines.reserve(static_cast<std::size_t>(tape.size()));
  for (LineId id = 0; id < tape.size(); ++id) {
    out.lines.push_back(list_line(tape, id, values));
    const ListedLine& line = out.lines.back();
    out.timed |= line.seconds > 0;
    if (line.kind == ListedLine::Kind::parameter)
      out.parameters += static_cast<double>(line.shape.size()) * sizeof(real);
  }
  out.arena_used = static_cast<double>(tape.arena().bytes_used());
  out.arena_reserved = static_cast<double>(tape.arena().bytes_reserved());
  out.arena_peak = static_cast<double>(tape.arena().bytes_peak());
  return out;
}

Nonfinite first_nonfinite(const Tape& tape) {
  for (LineId id = 0; id < tape.size(); ++id) {
    const TapeLine& l = tape.line(id);
    const std::int64_t size = l.shape.size();
    const auto bad = [](real x) { return !finite(x); };
    const real* first = std::find_if(l.value, l.value + size, bad);
    if (first == l.value + size) continue;
    Nonfinite found{.line = id,
                    .index = first - l.value,
                    .count = std::count_if(first, l.value + size, bad),
                    .value = static_cast<double>(*first),
                    .text = {}};
    found.text = sentence(tape, found);
    return found;
  }
  return {};
}

}  // namespace pushforward::inline PF_REAL
