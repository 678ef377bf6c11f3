// Reads small programs of the engine's ops and records them on a tape.
#include "apps/page/program_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "apps/failure.h"
#include "apps/page/program.h"
#include "apps/suggest.h"
#include "autograd/ops.h"
#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {
namespace {

constexpr std::size_t kMostText = 4000, kMostElements = 64, kMostStatements = 64;
constexpr int kMostDepth = 40;

// A term of an expression: a number, or a value on the tape.
struct ProgramTerm {
  double number = 0;
  Var value{};
};
using ProgramArguments = std::vector<ProgramTerm>;

struct ProgramFunction {
  const char* name;
  const char* arguments;  // a letter for each: v for a value, n for a number
  Var (*apply)(const ProgramArguments&);
};

template <Var (*function)(Operand)>
Var unary(const ProgramArguments& a) {
  return function(a[0].value);
}
template <Var (*function)(Operand, Operand)>
Var binary(const ProgramArguments& a) {
  return function(a[0].value, a[1].value);
}
real number_of(const ProgramTerm& term) { return static_cast<real>(term.number); }

const std::vector<ProgramFunction>& functions() {
  static const std::vector<ProgramFunction> all{
      {"exp", "v", unary<exp>},
      {"log", "v", unary<log>},
      {"log1p", "v", unary<log1p>},
      {"sqrt", "v", unary<sqrt>},
      {"square", "v", unary<square>},
      {"abs", "v", unary<abs>},
      {"sign", "v", unary<sign>},
      {"heaviside", "v", unary<heaviside>},
      {"pow", "vn", [](const ProgramArguments& a) { return pow(a[0].value, number_of(a[1])); }},
      {"reciprocal", "v", unary<reciprocal>},
      {"tanh", "v", unary<tanh>},
      {"sigmoid", "v", unary<sigmoid>},
      {"silu", "v", unary<silu>},
      {"selu", "v", unary<selu>},
      {"gelu", "v", unary<gelu>},
      {"normal_cdf", "v", unary<normal_cdf>},
      {"relu", "v", unary<relu>},
      {"softplus", "v", unary<softplus>},
      {"sin", "v", unary<sin>},
      {"cos", "v", unary<cos>},
      {"clamp", "vnn",
       [](const ProgramArguments& a) {
         return clamp(a[0].value, number_of(a[1]), number_of(a[2]));
       }},
      {"maximum", "vv", binary<maximum>},
      {"greater", "vv", binary<greater>},
      {"matmul", "vv", [](const ProgramArguments& a) { return matmul(a[0].value, a[1].value); }},
      {"linear", "vvv",
       [](const ProgramArguments& a) { return linear(a[0].value, a[1].value, a[2].value); }},
      {"sum", "v", unary<sum>},
      {"mean", "v", unary<mean>},
      {"sum_rows", "v", unary<sum_rows>},
      {"sum_cols", "v", unary<sum_cols>},
      {"softmax", "v", unary<softmax>},
      {"log_softmax", "v", unary<log_softmax>},
      {"logsumexp", "v", unary<logsumexp>},
      {"mse", "vv", binary<mse>},
      {"stop_gradient", "v", unary<stop_gradient>},
  };
  return all;
}

// Reads one program. Each member that begins with `read_` reads a part of the grammar and returns
// what it computes.
class ProgramReader {
 public:
  ProgramReader(const std::string& text, Tape& tape, const Nudge& nudge)
      : text_(text), tape_(tape), nudge_(nudge) {}

  ProgramValues read() {
    if (text_.size() > kMostText)
      fail(fmt::format("the program has {} characters; the page runs at most {}", text_.size(),
                       kMostText));
    std::size_t begin = 0;
    while (begin <= text_.size()) {
      const std::size_t end = std::min(text_.find('\n', begin), text_.size());
      text_line_ += 1;
      line_ = std::string_view(text_).substr(begin, end - begin);
      line_ = line_.substr(0, line_.find('#'));
      at_ = 0;
      skip_spaces();
      if (at_ < line_.size()) read_statement();
      begin = end + 1;
    }
    if (!out_.result)
      throw Failure(
          Exit::usage,
          "[program] there is no statement; write one such as y = square(x), after x = 2");
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Failure(Exit::usage, fmt::format("[program] line {}: {}", text_line_, what));
  }

  void skip_spaces() {
    while (at_ < line_.size() && std::isspace(static_cast<unsigned char>(line_[at_]))) ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }
  void need(char c, const char* where) {
    if (!take(c)) fail(fmt::format("{} is here, but '{}' is needed {}", rest(), c, where));
  }
  std::string rest() const {
    return at_ >= line_.size()
               ? "the end of the line"
               : fmt::format("\"{}\"", std::string(line_.substr(
                                           at_, std::min<std::size_t>(line_.size() - at_, 20))));
  }
  std::string read_word() {
    skip_spaces();
    const std::size_t begin = at_;
    const auto letter = [](char c) {
      return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    while (at_ < line_.size() &&
           (letter(line_[at_]) || (at_ > begin && line_[at_] >= '0' && line_[at_] <= '9')))
      ++at_;
    return std::string(line_.substr(begin, at_ - begin));
  }
  std::optional<double> read_number() {
    skip_spaces();
    if (at_ >= line_.size() || !(line_[at_] == '.' || (line_[at_] >= '0' && line_[at_] <= '9')))
      return {};
    const std::string digits(line_.substr(at_));
    char* end = nullptr;
    const double value = std::strtod(digits.c_str(), &end);
    if (end == digits.c_str()) fail(fmt::format("{} is no number", rest()));
    at_ += static_cast<std::size_t>(end - digits.c_str());
    return value;
  }

  void read_statement() {
    if (++statements_ > kMostStatements)
      fail(fmt::format("the page runs at most {} statements", kMostStatements));
    const std::string name = read_word();
    if (name.empty()) fail(fmt::format("{} is here, but a name is needed", rest()));
    need('=', "after the name");
    if (values_.contains(name))
      fail(fmt::format("\"{}\" has a value already, and values never change; use another name",
                       name));
    for (const ProgramFunction& f : functions())
      if (name == f.name) fail(fmt::format("\"{}\" is a function; use another name", name));
    try {
      skip_spaces();
      const Var value =
          at_ < line_.size() && line_[at_] == '[' ? read_matrix(name) : read_value(name);
      skip_spaces();
      if (at_ < line_.size())
        fail(fmt::format("{} is left over; write one statement on each line", rest()));
      values_[name] = value;
      out_.names.try_emplace(value.id, name);
      out_.result = value;
      while (static_cast<LineId>(out_.text_lines.size()) < tape_.size())
        out_.text_lines.push_back(text_line_);
    } catch (const std::invalid_argument& e) {
      fail(e.what());
    }
  }

  Var read_value(const std::string& name) {
    const ProgramTerm term = read_sum(0);
    if (term.value) return term.value;
    return make_input(name, {}, {term.number});
  }

  // Reads [1, 2; 3, 4]: rows of numbers.
  Var read_matrix(const std::string& name) {
    need('[', "before the numbers");
    std::vector<double> numbers;
    int rows = 1, columns = 0, here = 0;
    while (true) {
      const bool minus = take('-');
      const std::optional<double> value = read_number();
      if (!value) fail(fmt::format("{} is here, but a number is needed", rest()));
      numbers.push_back(minus ? -*value : *value);
      ++here;
      if (take(',')) continue;
      if (columns != 0 && here != columns)
        fail(fmt::format("row {} has {} numbers, but the rows above have {}", rows, here, columns));
      columns = here;
      here = 0;
      if (!take(';')) break;
      ++rows;
    }
    need(']', "after the numbers");
    if (numbers.size() > kMostElements)
      fail(fmt::format("\"{}\" has {} numbers; the page takes at most {}", name, numbers.size(),
                       kMostElements));
    return make_input(name, {rows, columns}, numbers);
  }

  Var make_input(const std::string& name, Shape shape, const std::vector<double>& numbers) {
    std::vector<real> values(numbers.begin(), numbers.end());
    if (nudge_.input == static_cast<int>(out_.inputs.size()))
      values.at(nudge_.element) = static_cast<real>(numbers.at(nudge_.element) + nudge_.by);
    out_.inputs.push_back(tape_.input(shape, values, tape_.keep(name)));
    out_.input_names.push_back(name);
    return out_.inputs.back();
  }

  ProgramTerm read_sum(int depth) {
    if (depth > kMostDepth)
      fail(fmt::format("there are more than {} brackets within one another", kMostDepth));
    ProgramTerm left = read_product(depth);
    while (true) {
      if (take('+'))
        left = added(left, read_product(depth));
      else if (take('-'))
        left = subtracted(left, read_product(depth));
      else
        return left;
    }
  }
  ProgramTerm read_product(int depth) {
    ProgramTerm left = read_factor(depth);
    while (true) {
      if (take('*'))
        left = multiplied(left, read_factor(depth));
      else if (take('/'))
        left = divided(left, read_factor(depth));
      else
        return left;
    }
  }
  ProgramTerm read_factor(int depth) {
    bool minus = false;
    while (take('-')) minus = !minus;
    const ProgramTerm term = read_term(depth);
    if (!minus) return term;
    return term.value ? ProgramTerm{0, -term.value} : ProgramTerm{-term.number};
  }
  ProgramTerm read_term(int depth) {
    if (const std::optional<double> number = read_number()) return {*number};
    if (take('(')) {
      const ProgramTerm inside = read_sum(depth + 1);
      need(')', "after the bracket's content");
      return inside;
    }
    const std::string word = read_word();
    if (word.empty())
      fail(fmt::format("{} is here, but a number, a name or a bracket is needed", rest()));
    if (take('(')) return {0, read_call(word, depth)};
    const auto found = values_.find(word);
    if (found == values_.end()) fail(unknown_word(word));
    return {0, found->second};
  }
  std::string unknown_word(const std::string& word) const {
    std::vector<std::string> known;
    for (const auto& [name, value] : values_) known.push_back(name);
    return fmt::format("\"{}\" has no value; {}", word,
                       did_you_mean_or("give it one on an earlier line, such as " + word + " = 2",
                                       nearest(word, known)));
  }
  Var read_call(const std::string& word, int depth) {
    const auto found = std::find_if(functions().begin(), functions().end(),
                                    [&](const ProgramFunction& f) { return word == f.name; });
    if (found == functions().end()) {
      fail(fmt::format("\"{}\" is no function; {}", word,
                       did_you_mean_or("the functions are " + join_words(program_functions(), ", "),
                                       nearest(word, program_functions()))));
    }
    ProgramArguments arguments;
    do arguments.push_back(read_sum(depth + 1));
    while (take(','));
    need(')', "after the arguments");
    const std::string_view wanted = found->arguments;
    if (arguments.size() != wanted.size())
      fail(fmt::format("{} takes {} argument{}, but has {}", word, wanted.size(),
                       wanted.size() == 1 ? "" : "s", arguments.size()));
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      const bool number = !arguments[k].value;
      if (wanted[k] == 'n' && !number)
        fail(fmt::format("argument {} of {} must be a number, but is a value of the tape", k + 1,
                         word));
      if (wanted[k] == 'v' && number)
        fail(
            fmt::format("argument {} of {} is a number, but must be a value of the tape; give the "
                        "number a name on an earlier line",
                        k + 1, word));
    }
    return found->apply(arguments);
  }

  static ProgramTerm added(const ProgramTerm& a, const ProgramTerm& b) {
    if (a.value && b.value) return {0, a.value + b.value};
    if (a.value) return {0, a.value + number_of(b)};
    if (b.value) return {0, number_of(a) + b.value};
    return {a.number + b.number};
  }
  static ProgramTerm subtracted(const ProgramTerm& a, const ProgramTerm& b) {
    if (a.value && b.value) return {0, a.value - b.value};
    if (a.value) return {0, a.value - number_of(b)};
    if (b.value) return {0, number_of(a) - b.value};
    return {a.number - b.number};
  }
  static ProgramTerm multiplied(const ProgramTerm& a, const ProgramTerm& b) {
    if (a.value && b.value) return {0, a.value * b.value};
    if (a.value) return {0, a.value * number_of(b)};
    if (b.value) return {0, number_of(a) * b.value};
    return {a.number * b.number};
  }
  static ProgramTerm divided(const ProgramTerm& a, const ProgramTerm& b) {
    if (a.value && b.value) return {0, a.value / b.value};
    if (a.value) return {0, a.value / number_of(b)};
    if (b.value) return {0, number_of(a) / b.value};
    return {a.number / b.number};
  }

  const std::string& text_;
  Tape& tape_;
  Nudge nudge_;
  std::string_view line_{};
  std::size_t at_ = 0, statements_ = 0;
  int text_line_ = 0;
  std::map<std::string, Var> values_{};
  ProgramValues out_{};
};

}  // namespace

ProgramValues record_program(const std::string& text, Tape& tape, const Nudge& nudge) {
  return ProgramReader(text, tape, nudge).read();
}

Var run_program(const std::string& text, Tape& tape) { return record_program(text, tape).result; }

std::vector<std::string> program_functions() {
  std::vector<std::string> names;
  for (const ProgramFunction& f : functions()) names.emplace_back(f.name);
  return names;
}

}  // namespace pushforward::app::inline PF_REAL
