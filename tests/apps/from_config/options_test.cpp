#include "apps/from_config/options.h"

#include <cmath>

#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

InputOptions input(const std::vector<std::string>& overrides, int dim = 2, double spread = 1) {
  const Config config = parse_config(R"({"data": {"type": "moons"}})", "c.json", overrides);
  return velocity_options(config, dim, 0, spread).input;
}

TEST_CASE("the automatic features of x are Fourier features, except for the prediction data") {
  const InputOptions automatic = input({});
  CHECK(automatic.kind == InputKind::fourier);
  CHECK(automatic.dim == 128);
  CHECK(automatic.scale == 0.2);
  CHECK(automatic.octaves == 4);
  CHECK(automatic.blur == 2);
  CHECK(input({"prediction=noise", "path.type=vp"}).kind == InputKind::fourier);
  CHECK(input({"prediction=data"}).kind == InputKind::none);
  CHECK(input({"prediction=data", "model.input.type=fourier"}).kind == InputKind::fourier);
  CHECK(input({"model.input.type=none"}).kind == InputKind::none);
}

TEST_CASE("the automatic scale and blur of the features follow data, dimension and source") {
  CHECK(input({}, 8, 5).scale == Approx(0.2 * 0.5 / 5));
  CHECK(input({"model.input={\"type\": \"positional\", \"scale\": 0.3}"}, 8, 5).scale == 0.3);
  CHECK(input({"source.std=3"}).blur == 6);
  CHECK(input({"model.input={\"type\": \"fourier\", \"blur\": 0.5}"}).blur == 0.5);
  CHECK(input({"model.input={\"type\": \"fourier\", \"octaves\": 1}"}).octaves == 1);
  // Other sources do not add normal noise to the data, and edm gives the network another time.
  CHECK(input({R"(source={"type": "data", "of": {"type": "8gaussians"}})"}).blur == 0);
  CHECK(input({"prediction=edm", "path.type=edm"}).blur == 0);
}

}  // namespace
}  // namespace pushforward::app
