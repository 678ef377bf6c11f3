// Examines every op in the registry (all_ops of autograd), and tests that the examination finds
// planted errors.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "paths.h"
#include "tests/exam/check_op.h"
#include "tests/exam/op_cases.h"
#include "tests/tools/catch.h"

namespace pushforward::exam {
namespace {

std::string joined_text(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

std::string printed(const Program& p) {
  std::ostringstream out;
  out << p;
  return out.str();
}

// Returns the program of the first entry of an op in op_cases.cpp whose output is not empty and
// whose leaves have more than four elements.
Program typical(const std::string& op) {
  for (const OpCase& c : op_cases()) {
    if (c.op != op) continue;
    const std::size_t outputs = engine_f64.run(c.program).back().values.size();
    if (outputs != 0 && std::max(outputs, c.program.leaves[0].values.size()) > 4) return c.program;
  }
  FAIL("[examination] op \""
       << op << "\" has no entry of more than four elements; write one in tests/exam/op_cases.cpp");
  return {};
}

#if PUSHFORWARD_HAS_F128
constexpr bool kDifferences = true;
#else
constexpr bool kDifferences = false;
#endif

}  // namespace

TEST_CASE("every op of the registry has entries in the table of the examination", "[exam]") {
  std::set<std::string> examined;
  for (const OpCase& c : op_cases()) examined.insert(c.op);
  std::set<std::string> registered;
  for (const std::string& op : engine_f64.op_names()) {
    CAPTURE(op);
    CHECK(registered.insert(op).second);  // names are unique
    INFO("[examination] op \"" << op << "\" has no entry; write one in tests/exam/op_cases.cpp");
    CHECK(examined.count(op) == 1);
  }
  CHECK(examined == registered);
}

TEST_CASE("every op record in the source files is in the registry", "[exam]") {
  // In the sources in autograd, an op is a constexpr Op. Its name is the first string in the braces
  // or in the call that initialises it.
  const std::regex record(R"re(constexpr Op (\w+_op)\s*(?:\{|=)[^"]*"(\w+)")re");
  std::set<std::string> written;
  for (const auto& file : std::filesystem::directory_iterator(PUSHFORWARD_SOURCE_DIR "/autograd")) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream in(file.path());
    REQUIRE(in.is_open());
    std::stringstream all;
    all << in.rdbuf();
    const std::string source = all.str();
    for (std::sregex_iterator i(source.begin(), source.end(), record), end; i != end; ++i)
      CHECK(written.insert((*i)[2]).second);
    // Check that the pattern above finds all ops.
    const std::regex any("constexpr Op \\w+_op\\b");
    const auto count = [&](const std::regex& r) {
      return std::distance(std::sregex_iterator(source.begin(), source.end(), r), {});
    };
    CHECK(count(any) == count(record));
  }
  const auto names = engine_f64.op_names();
  CHECK(written == std::set<std::string>(names.begin(), names.end()));
}

TEST_CASE("every op passes the examination", "[exam]") {
  for (const OpCase& c : op_cases()) {
    const auto complaints = check_op(c.program);
    if (complaints.empty()) continue;
    UNSCOPED_INFO(c.op << ":\n" << printed(c.program) << joined_text(complaints));
    CHECK(complaints.empty());
  }
}

TEST_CASE("a rule of any op that is wrong by 0.1 % fails the examination", "[exam]") {
  // Ops without derivatives have no rules in which an error can be planted, so the test leaves them
  // out.
  const auto flat = engine_f64.flat_ops();
  for (const std::string& op : engine_f64.op_names()) {
    if (std::find(flat.begin(), flat.end(), op) != flat.end()) continue;
    CAPTURE(op);
    const Program p = typical(op);
    // The float build has no planted errors, so it is not compared.
    const Tolerance no_float{.narrow = 0};
    CHECK(check_op(p, no_float, {op, Wrong::nothing}).empty());
    CHECK_FALSE(check_op(p, no_float, {op, Wrong::vjp}).empty());
    CHECK_FALSE(check_op(p, no_float, {op, Wrong::jvp}).empty());
    // With Wrong::both, the rules vjp and jvp are wrong by the same factor, so they agree. Only
    // finite differences find the error.
    if (kDifferences) CHECK_FALSE(check_op(p, no_float, {op, Wrong::both}).empty());
  }
}

TEST_CASE("the ops without derivatives are those in this list", "[exam]") {
  CHECK(engine_f64.flat_ops() == std::vector<std::string>{"input", "parameter", "constant", "sign",
                                                          "heaviside", "inside", "greater",
                                                          "stop_gradient"});
}

TEST_CASE("a rule whose result cannot be differentiated again fails the examination", "[exam]") {
  for (const char* op : {"exp", "sqrt", "tanh", "silu", "gelu", "mul", "div", "matmul", "linear",
                         "linear_silu", "linear_silu_slope", "softmax", "logsumexp", "normalize",
                         "normalize_vjp", "attention", "attention_vjp"}) {
    CAPTURE(op);
    CHECK_FALSE(check_op(typical(op), {}, {op, Wrong::second}).empty());
  }
}

TEST_CASE("an unknown op is refused by the examination", "[exam]") {
  const Program p{.leaves = {{.shape = {1}, .values = {1}}}, .steps = {{.op = "no_such_op"}}};
  CHECK_THROWS_WITH(engine_f64.run(p), "[examination] no op is called \"no_such_op\"");
}

}  // namespace pushforward::exam
