// Tests the tour of `inspect --tour`: its six steps, and its numbers against closed forms.
#include "apps/report/tour.h"

#include <cmath>
#include <regex>
#include <sstream>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string walked() {
  std::ostringstream out;
  tour(out);
  return out.str();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Returns the numbers between the text `from` and the end of its line.
std::vector<double> numbers_after(const std::string& text, const std::string& from) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  const std::string line = text.substr(at + from.size(), text.find('\n', at) - at - from.size());
  static const std::regex number("-?[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?");
  std::vector<double> numbers;
  for (std::sregex_iterator it(line.begin(), line.end(), number), end; it != end; ++it)
    numbers.push_back(std::stod(it->str()));
  return numbers;
}

const double kX[2][2] = {{0.5, -1}, {1.5, 2}}, kW[2] = {0.8, 0.3};
double z(int row) { return kX[row][0] * kW[0] + kX[row][1] * kW[1]; }
double slope(int row) { return 1 - std::tanh(z(row)) * std::tanh(z(row)); }

}  // namespace

TEST_CASE("the tour has its six steps in order") {
  const std::string text = walked();
  std::size_t at = 0;
  for (const char* heading :
       {"A walk along a tape\n===================\n", "\n1. The program\n--------------\n",
        "\n2. The tape\n", "\n3. Downwards: grad\n", "\n4. Upwards: jvp\n",
        "\n5. The gradient of the gradient\n", "\n6. The check: finite differences\n",
        "\nWhere to go from here\n"}) {
    INFO(heading);
    at = text.find(heading, at);
    REQUIRE(at != std::string::npos);
  }
  for (const char* statement :
       {"    Var z = matmul(x, w);\n", "    Var h = tanh(z);\n", "    Var y = sum(h);\n",
        "    grad(y, seed, wrt, g, Record::yes);\n",
        "    Var ty = jvp(y, x, tx, Record::yes);\n"}) {
    INFO(statement);
    CHECK(has(text, statement));
  }
  CHECK(has(text, "  #3  tanh    (2, 1)  #2"));
  CHECK(std::regex_search(text, std::regex("#4  sum .*report/tour.cpp:[0-9]+")));
}

TEST_CASE("the tour's numbers are those of closed forms") {
  const std::string text = walked();
  const auto gz = numbers_after(text, "The cotangent of z, #2, is #10: ");
  const auto gx = numbers_after(text, "The cotangent of x, #0, is #11: ");
  const auto gw = numbers_after(text, "The cotangent of w, #1, is #12: ");
  REQUIRE(gz.size() == 2);
  REQUIRE(gx.size() == 4);
  REQUIRE(gw.size() == 2);
  for (int row = 0; row < 2; ++row) {
    CHECK(gz[row] == Approx(slope(row)).epsilon(1e-5));
    for (int col = 0; col < 2; ++col)
      CHECK(gx[2 * row + col] == Approx(slope(row) * kW[col]).epsilon(1e-5));
  }
  double along = 0;
  for (int col = 0; col < 2; ++col) {
    CHECK(gw[col] == Approx(kX[0][col] * slope(0) + kX[1][col] * slope(1)).epsilon(1e-5));
    along += slope(col) * kW[col];  // the tangent of x is the identity
  }
  const auto both = numbers_after(text, "    both = ");
  CHECK(both[0] == Approx(along).epsilon(1e-5));
  CHECK(both[1] == both[0]);
}

TEST_CASE("the tour's three second derivatives agree, and so does every finite difference") {
  const std::string text = walked();
  const auto up = numbers_after(text, "\n  up over down     ");
  const auto down = numbers_after(text, "\n  down over down   ");
  const auto hand = numbers_after(text, "\n  by hand          ");
  for (int col = 0; col < 2; ++col) {
    double h = 0;
    for (int row = 0; row < 2; ++row)
      h += kX[row][col] * -2 * std::tanh(z(row)) * slope(row) * (kX[row][0] - kX[row][1]);
    CHECK(up[col] == Approx(h).epsilon(1e-5));
    CHECK(down[col] == up[col]);
    CHECK(hand[col] == up[col]);
  }
  int small = 0;
  for (auto at = text.find("below 1e-9"); at != std::string::npos;
       at = text.find("below 1e-9", at + 1))
    ++small;
  // The text has one difference between the two sweeps, one for each of six elements of x and w,
  // and one for each of two rows of the Hessian.
  CHECK(small == 9);
}

TEST_CASE("the tour shows the message about a paused line") {
  const std::string text = walked();
  CHECK(std::regex_search(
      text, std::regex("\\[jvp\\] line #[0-9]+ matmul was computed while recording was paused, "
                       "so no derivative goes through it; compute it outside the Pause\n")));
  CHECK(has(text, "paused, vjp of #2"));
}

TEST_CASE("the tour is the same every time") { CHECK(walked() == walked()); }
