// Tests that all ways to compute the derivatives of random programs agree.
#include <map>
#include <sstream>

#include "tests/exam/check_op.h"
#include "tests/exam/random_program.h"
#include "tests/tools/catch.h"

namespace pushforward::exam {
namespace {

constexpr int kRandomPrograms = 2000;

std::string printed(std::uint64_t seed, const Program& p, const std::vector<std::string>& wrong) {
  std::ostringstream out;
  out << "program " << seed << '\n' << p;
  for (const std::string& line : wrong) out << line << '\n';
  return out.str();
}

}  // namespace

TEST_CASE("in two thousand random programs, all ways to compute derivatives agree", "[exam]") {
  const Tolerance tolerance{.narrow = 1e-4, .narrow_second = 1e-3};
  std::map<std::string, int> used;
  for (std::uint64_t seed = 0; seed < kRandomPrograms; ++seed) {
    const Program p = random_program(seed);
    for (const Step& s : p.steps) ++used[s.op];
    // In every second program, no derivatives are taken with respect to some leaves.
    std::vector<bool> moves;
    for (std::size_t k = 0; k < p.leaves.size(); ++k)
      moves.push_back(!p.leaves[k].fixed && (seed % 2 == 0 || (seed >> k & 2) != 0));
    const auto complaints = check_program(p, moves, seed, Probes::few, tolerance);
    if (complaints.empty()) continue;
    UNSCOPED_INFO(printed(seed, p, complaints));
    CHECK(complaints.empty());
  }
  for (const std::string& op : engine_f64.op_names()) {
    if (op == "input" || op == "parameter") continue;
    INFO("[examination] op \""
         << op << "\" is too rare; write how programs use it in tests/exam/random_program.cpp");
    CHECK(used[op] >= 100);
  }
}

TEST_CASE("a random program is the same each time", "[exam]") {
  for (std::uint64_t seed : {0, 1, 77}) {
    CHECK(printed(seed, random_program(seed), {}) == printed(seed, random_program(seed), {}));
    CHECK(printed(seed, random_network(seed), {}) == printed(seed, random_network(seed), {}));
  }
}

TEST_CASE("random programs reveal a rule that is wrong by 0.1 %", "[exam]") {
  const Tolerance tolerance{.narrow = 0};
  for (const char* op : {"tanh", "mul", "matmul"}) {
    int noticed = 0, present = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      const Program p = random_program(seed);
      bool has = false;
      for (const Step& s : p.steps) has = has || s.op == op;
      if (!has) continue;
      ++present;
      const std::vector<bool> all(p.leaves.size(), true);
      noticed += !check_program(p, all, seed, Probes::few, tolerance, {op, Wrong::vjp}).empty();
    }
    CAPTURE(op, present, noticed);
    CHECK(present >= 5);
    CHECK(noticed * 4 >= present);  // in other programs the output does not depend on the op
  }
}

}  // namespace pushforward::exam
