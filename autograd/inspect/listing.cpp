// Copies a tape to a Listing, and finds its first non-finite value. Both functions depend on
// `real`.
#include "autograd/inspect/listing.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "autograd/inspect/text.h"

namespace pushforward::inline PF_REAL {
namespace {

std::string number(real x) { return number_text(static_cast<double>(x)); }

// Returns whether x is neither infinite nor NaN. std::isfinite has no version for __float128, which
// is the type `real` in some tests.
bool finite(real x) { return x - x == 0; }

// Returns the constants of a tape line's op as text, such as "axis 1". An op that this function
// does not name prints all its constants that are not zero, so the constants of a new op are never
// left out.
std::string detail(const TapeLine& l) {
  const Attr& a = l.attr;
  const std::string_view op = l.op->name;
  const auto any = [op](auto... names) { return ((op == names) || ...); };
  std::ostringstream out;
  if (any("constant")) {
    out << "all " << number(a.a);
  } else if (any("scale", "shift")) {
    out << "by " << number(a.a);
  } else if (any("pow")) {
    out << "to the " << number(a.a);
  } else if (any("clamp", "inside")) {
    out << '[' << number(a.a) << ", " << number(a.b) << ']';
  } else if (any("normalize", "normalize_vjp")) {
    out << "eps " << number(a.a);
  } else if (any("concat")) {
    out << "axis " << a.axis;
  } else if (any("slice")) {
    out << "axis " << a.axis << " [" << a.begin << ", " << a.begin + a.count << ')';
  } else if (any("pad")) {
    out << "axis " << a.axis << " at " << a.begin << " of " << a.count;
  } else if (any("swap_axes")) {
    out << "axes " << a.axis << " and " << a.begin;
  } else if (any("attention", "attention_vjp")) {
    out << a.axis << " heads, length " << a.count;
  } else if (any("rotary")) {
    out << "heads of " << a.axis << " in " << a.begin << " columns, length " << a.count
        << (a.a < 0 ? ", back" : "");
  } else if (any("gather_rows", "scatter_add_rows", "pick_cols", "put_cols")) {
    out << (any("pick_cols", "put_cols") ? "cols" : "rows");
    for (int k = 0; k < std::min(a.count, 6); ++k) out << ' ' << a.index[k];
    if (a.count > 6) out << " ... (" << a.count << ')';
  } else if (!any("input", "parameter", "broadcast_rows", "broadcast_cols")) {
    if (a.a != 0) out << " a " << number(a.a);
    if (a.b != 0) out << " b " << number(a.b);
    if (a.axis != 0) out << " axis " << a.axis;
    if (a.begin != 0) out << " begin " << a.begin;
    if (a.count != 0) out << " count " << a.count;
    return out.str().empty() ? "" : out.str().substr(1);
  }
  return out.str();
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
  out.transposed = {l.attr.ta, l.attr.tb, false};
  out.shape = l.shape;
  if (l.attr.name) out.name = l.attr.name;
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
  if (static_cast<std::size_t>(id) < tape.times().size()) {
    out.start = tape.times()[id].start;
    out.seconds = tape.times()[id].end - out.start;
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
  if (l.attr.name) out << printable_name(l.attr.name) << ' ';
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
