// Tests the ticks of axes: they are round numbers within the limits, their number is about the
// wanted one, and their labels are short.
#include "apps/draw/ticks.h"

#include <cmath>
#include <limits>

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

std::string texts(const std::vector<Tick>& ticks) {
  std::string all;
  for (const Tick& tick : ticks) {
    if (!tick.text.empty()) all += (all.empty() ? "" : " ") + tick.text;
  }
  return all;
}

}  // namespace

TEST_CASE("linear marks are round and share their decimals") {
  CHECK(texts(linear_ticks({-1.2, 2.1}, 4)) == "\u22121 0 1 2");
  CHECK(texts(linear_ticks({0, 1}, 5)) == "0.0 0.2 0.4 0.6 0.8 1.0");
  CHECK(texts(linear_ticks({0, 20000}, 4)) == "0 5,000 10,000 15,000 20,000");
  CHECK(texts(linear_ticks({0, 4e-6}, 2)) == "0 2\u00b710\u207b\u2076 4\u00b710\u207b\u2076");
}

TEST_CASE("linear marks lie inside the limits for any width") {
  for (double width = 1e-12; width < 1e13; width *= 3.7) {
    for (double low : {-0.37, 0.0, 5.3}) {
      const Limits limits{low * width, (low + 1) * width};
      const auto ticks = linear_ticks(limits, 5);
      CHECK(ticks.size() >= 3);
      CHECK(ticks.size() <= 8);
      for (const Tick& tick : ticks) {
        CHECK(tick.at >= limits.low - 1e-6 * width);
        CHECK(tick.at <= limits.high + 1e-6 * width);
      }
    }
  }
}

TEST_CASE("an interval without width or without end has no marks") {
  CHECK(linear_ticks({1, 1}, 5).empty());
  CHECK(linear_ticks({2, 1}, 5).empty());
  CHECK(linear_ticks({0, INFINITY}, 5).empty());
  CHECK(log_ticks({0, 1}, 5).empty());
  CHECK(log_ticks({1, INFINITY}, 5).empty());
}

TEST_CASE("logarithmic marks name the powers of ten, and 2 and 5 between where these are few") {
  CHECK(texts(log_ticks({0.0009, 4.5}, 5)) == "0.001 0.01 0.1 1");
  CHECK(texts(log_ticks({0.15, 3}, 2)) == "0.2 0.5 1 2");
  CHECK(texts(log_ticks({1e-9, 1e9}, 6)) ==
        "10\u207b\u2079 10\u207b\u2076 0.001 1 1,000 10\u2076" + std::string(" 10\u2079"));
  CHECK(texts(log_ticks({2, 3}, 4)) == texts(linear_ticks({2, 3}, 4)));
}

TEST_CASE("numbers are short") {
  CHECK(short_number(0.12345) == "0.123");
  CHECK(short_number(-2) == "\u22122");
  CHECK(short_number(0) == "0");
  CHECK(short_number(1234.5) == "1,235");
  CHECK(short_number(54321) == "54,321");
  CHECK(short_number(3.2e9) == "3.2\u00b710\u2079");
  CHECK(short_number(9.999e-5) == "10\u207b\u2074");
  CHECK(short_number(INFINITY) == "\u221e");
  CHECK(short_number(NAN) == "nan");
  CHECK(whole_number(1234567) == "1,234,567");
  CHECK(whole_number(-1000) == "\u22121,000");
  CHECK(whole_number(999) == "999");
}

TEST_CASE("limits skip what is not finite, and padding opens a single value") {
  const double values[] = {NAN, 3, -1, INFINITY};
  CHECK(find_limits(values) == Limits{-1, 3});
  CHECK(find_limits({}) == Limits{0, 1});
  CHECK(padded({0, 10}, 0.1) == Limits{-1, 11});
  CHECK(padded({4, 4}, 0.1) == Limits{2, 6});
  CHECK(padded({0, 0}, 0.1) == Limits{-0.5, 0.5});
}
