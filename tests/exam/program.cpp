#include "tests/exam/program.h"

#include <iomanip>
#include <sstream>

namespace pushforward::exam {
namespace {

std::string reference(int in) {
  std::string name = in < 0 ? "leaf " : "#";
  return name.append(std::to_string(in < 0 ? -1 - in : in));
}

void write_whole(std::ostream& out, const std::vector<int>& numbers) {
  out << '[';
  const char* between = "";
  for (const int n : numbers) {
    out << between << n;
    between = ", ";
  }
  out << ']';
}

std::vector<int> sizes(const Shape& s) { return {s.dim.begin(), s.dim.begin() + s.rank}; }

// Writes the value of a constant as JSON.
void write_value(std::ostream& out, double value) { out << value; }
void write_value(std::ostream& out, int value) { out << value; }
void write_value(std::ostream& out, bool value) { out << (value ? "true" : "false"); }
void write_value(std::ostream& out, const Shape& shape) { write_whole(out, sizes(shape)); }
void write_value(std::ostream& out, const std::vector<int>& numbers) { write_whole(out, numbers); }

// Calls f(name, value) for each constant of the step.
template <class F>
void for_each_constant(const Step& s, const F& f) {
  std::visit([&](const auto& constants) { constants.visit(f); }, s.constants);
}

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
  for_each_constant(s, [&](const char* name, const auto& value) {
    out << between << name << '=';
    write_value(out, value);
    between = ", ";
  });
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
  const auto digits = out.precision(17);
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
    out << ", \"constants\": {";
    const char* between = "";
    for_each_constant(s, [&](const char* name, const auto& value) {
      out << between << '"' << name << "\": ";
      write_value(out, value);
      between = ", ";
    });
    out << "}}";
  }
  out << "]}";
  out.precision(digits);
}

}  // namespace pushforward::exam
