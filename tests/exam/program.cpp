#include "tests/exam/program.h"

#include <iomanip>
#include <sstream>

namespace pushforward::exam {
namespace {

std::string reference(int in) {
  std::string name = in < 0 ? "leaf " : "#";
  return name.append(std::to_string(in < 0 ? -1 - in : in));
}

template <class T>
void write_whole(std::ostream& out, const T& numbers) {
  out << '[';
  const char* between = "";
  for (const int n : numbers) {
    out << between << n;
    between = ", ";
  }
  out << ']';
}

std::vector<int> sizes(const Shape& s) { return {s.dim.begin(), s.dim.begin() + s.rank}; }

}  // namespace

std::size_t Program::size() const {
  std::size_t n = 0;
  for (const Leaf& leaf : leaves) n += leaf.values.size();
  return n;
}

std::string text(const Step& s) {
  std::ostringstream out;
  out << std::setprecision(9) << s.op << '(';
  const char* between = "";
  for (const int in : s.in) {
    out << between << reference(in);
    between = ", ";
  }
  if (s.a != 0) out << between << "a=" << s.a;
  if (s.b != 0) out << between << "b=" << s.b;
  if (s.axis != 0) out << between << "axis=" << s.axis;
  if (s.begin != 0) out << between << "begin=" << s.begin;
  if (s.count != 0) out << between << "count=" << s.count;
  if (s.ta) out << between << "ta";
  if (s.tb) out << between << "tb";
  if (s.shape.rank != 0) out << between << "shape=" << s.shape;
  if (!s.rows.empty()) {
    out << between << "rows=";
    write_whole(out, s.rows);
  }
  out << ')';
  return out.str();
}

std::ostream& operator<<(std::ostream& out, const Program& p) {
  for (std::size_t k = 0; k < p.leaves.size(); ++k) {
    const Leaf& leaf = p.leaves[k];
    out << "leaf " << k << ' ' << leaf.shape << (leaf.parameter ? " parameter" : "")
        << (leaf.fixed ? " fixed" : "") << " = ";
    write_list(out, leaf.values);
    out << '\n';
  }
  for (std::size_t k = 0; k < p.steps.size(); ++k)
    out << '#' << k << " = " << text(p.steps[k]) << '\n';
  return out;
}

void write_list(std::ostream& out, const std::vector<double>& values) {
  const auto digits = out.precision(17);
  out << '[';
  for (std::size_t i = 0; i < values.size(); ++i) out << (i ? ", " : "") << values[i];
  out << ']';
  out.precision(digits);
}

void write_json(std::ostream& out, const Program& p) {
  out << "{\"leaves\": [";
  for (std::size_t k = 0; k < p.leaves.size(); ++k) {
    out << (k ? ", " : "") << "{\"shape\": ";
    write_whole(out, sizes(p.leaves[k].shape));
    out << ", \"values\": ";
    write_list(out, p.leaves[k].values);
    out << ", \"fixed\": " << (p.leaves[k].fixed ? "true" : "false") << '}';
  }
  out << "], \"steps\": [";
  for (std::size_t k = 0; k < p.steps.size(); ++k) {
    const Step& s = p.steps[k];
    out << (k ? ", " : "") << "{\"op\": \"" << s.op << "\", \"in\": ";
    write_whole(out, s.in);
    out << ", \"numbers\": ";
    write_list(out, {s.a, s.b});
    out << ", \"axis\": " << s.axis << ", \"begin\": " << s.begin << ", \"count\": " << s.count
        << ", \"ta\": " << s.ta << ", \"tb\": " << s.tb << ", \"shape\": ";
    write_whole(out, sizes(s.shape));
    out << ", \"rows\": ";
    write_whole(out, s.rows);
    out << '}';
  }
  out << "]}";
}

}  // namespace pushforward::exam
