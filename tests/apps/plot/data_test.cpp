// Tests the data of pictures: metrics with missing numbers, and token chains with few steps.
#include "apps/plot/data.h"

#include <cmath>

#include "apps/plot/tokens.h"
#include "tests/tools/catch.h"
#include "tests/tools/faulty_files.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("a step whose gradient was not finite keeps its loss in the curve", "[plot]") {
  const TestFolder folder;
  CHECK(read_loss_curve(folder / "").step.empty());
  write_file_atomically(posix(), folder / "metrics.jsonl",
                        "{\"step\":1,\"train/loss\":2.5,\"train/grad_norm\":null,\"lr\":0.1}\n"
                        "{\"step\":2,\"train/loss\":null,\"train/grad_norm\":1.5,\"lr\":0.1}\n"
                        "{\"step\":3,\"train/loss\":1.5,\"train/grad_norm\":0.5,\"lr\":0.2}\n");
  const LossCurve curve = read_loss_curve(folder / "");
  CHECK(curve.step == std::vector<double>{1, 3});
  CHECK(curve.loss == std::vector<double>{2.5, 1.5});
  CHECK(curve.rate == std::vector<double>{0.1, 0.2});
  REQUIRE(curve.gradient_norm.size() == 2);
  CHECK(std::isnan(curve.gradient_norm[0]));
  CHECK(curve.gradient_norm[1] == 0.5);
}

TEST_CASE("a chain of fewer steps than times has each time once", "[plot]") {
  TokenTraits traits;
  traits.data = "tokens";
  traits.length = 2;
  traits.vocabulary = 3;
  Samples drawn;
  drawn.trajectory = {{4, 1, 2}, {3, 3, 3, 3, 0, 3, 0, 2}, "<i4"};
  drawn.times = {0, 0, 0.5, 1};
  const TokenFlow flow = make_token_flow(drawn, traits);
  CHECK(flow.times == 3);
  CHECK(flow.t == std::vector<double>{0, 0.5, 1});
  CHECK(flow.states == std::vector<int>{3, 3, 0, 3, 0, 2});
  check_flow(flow);
}
