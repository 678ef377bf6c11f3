// Tests the remarks about columns, and the units of `affine` in runs of earlier versions.
#include "apps/data/columns.h"

#include <cmath>

#include "apps/data/data.h"
#include "apps/run/data_traits.h"
#include "flow/distributions/affine.h"
#include "flow/distributions/array.h"
#include "tests/tools/catch.h"

namespace pushforward::app::inline PF_REAL {
namespace {

Json section(const std::string& text) { return Json::parse(text); }

std::string affine(const std::string& of) {
  return R"({"type": "affine", "scale": [2, -4], "shift": 3, "of": )" + of + "}";
}
std::string standardized(const std::string& of) {
  return R"({"type": "standardize", "of": )" + of + "}";
}
std::string bins(const std::string& of) {
  return R"({"type": "dequantize", "width": 0.5, "of": )" + of + "}";
}

constexpr const char* kMoons = R"({"type": "moons", "noise": 0.05})";

}  // namespace

TEST_CASE("units of earlier versions, which leave out affine, become units of the data") {
  for (const std::string& text : {std::string(kMoons), affine(kMoons), standardized(kMoons),
                                  standardized(affine(kMoons)), affine(bins(affine(kMoons)))}) {
    CAPTURE(text);
    const Json data = section(text);
    const Units now = make_units(*build_data(data));
    // An earlier version stored the units `old`, which convert to the moons without any `affine`.
    // Here they are computed by hand: `now` converts the flow's numbers to the data, and `of_moons`
    // converts the moons to the data.
    Units old = now;
    const Units of_moons = with_affine({{1, 1}, {0, 0}}, data);
    for (std::size_t j = 0; j < 2; ++j) {
      old.scale[j] = now.scale[j] / of_moons.scale[j];
      old.shift[j] = (now.shift[j] - of_moons.shift[j]) / of_moons.scale[j];
    }
    const Units found = with_affine(old, data);
    for (std::size_t j = 0; j < 2; ++j) {
      CHECK(found.scale[j] == Approx(now.scale[j]).epsilon(1e-12));
      CHECK(found.shift[j] == Approx(now.shift[j]).epsilon(1e-12).margin(1e-12));
    }
  }
  const Units twice = with_affine({{1, 1}, {0, 0}}, section(affine(bins(affine(kMoons)))));
  CHECK(twice.scale == std::vector<double>{4, 16});
  CHECK(twice.shift == std::vector<double>{9, -9});
  CHECK(log_growth_of_bins(section(affine(bins(affine(kMoons)))), 2) == Approx(std::log(8.)));
  CHECK(log_growth_of_bins(section(standardized(bins(affine(kMoons)))), 2) == 0);
}

TEST_CASE("columns whose different numbers become equal are listed, and constant columns named") {
  const bool single = sizeof(real) == 4;
  std::vector<double> values;
  for (int k = 0; k < 50; ++k) values.insert(values.end(), {3e9 + k, 0.1 * k, 7});
  const ArrayData data(TableRows{values, 3, {"id", "x", "k"}});
  const std::vector<std::string> lines = describe_columns(data, make_units(data));
  REQUIRE(lines.size() == (single ? 2 : 1));
  if (single)
    CHECK(lines[0] ==
          "column id: 50 distinct values become 1 in float32; standardize the data or "
          "set precision=float64");
  CHECK_THAT(lines.back(), Contains("column k (7) is constant"));
  CHECK(describe_columns(data, make_units(data), Constants::told).size() == (single ? 1 : 0));
  const auto inner = std::make_shared<ArrayData>(TableRows{values, 3, {}});
  const DistributionPtr scaled = standardize(inner);
  const std::vector<std::string> better = describe_columns(*scaled, make_units(*scaled));
  REQUIRE(better.size() == 1);
  CHECK_THAT(better[0], Contains("column 2 (7) is constant"));
  const DistributionPtr far = build_data(section(
      R"({"type": "mixture", "means": [[5e6], [5e6]], "stds": [0.01, 0.02], "weights": []})"));
  const std::vector<std::string> drawn = describe_columns(*far, make_units(*far));
  REQUIRE(drawn.size() == (single ? 1 : 0));
  if (single)
    CHECK_THAT(drawn[0], Contains("column 0: 4096 distinct values become ") &&
                             Contains("among 4096 drawn rows"));
}

}  // namespace pushforward::app::inline PF_REAL
