// Tests the path of tokens: its required fields, its states, and draws of states.
#include "flow/discrete/path.h"

#include <vector>

#include "tests/tools/catch.h"

namespace pushforward {
namespace {

const std::string kNoSource =
    "[token path] the source is not given; set it to mask (one state more than the vocabulary), "
    "uniform or data";

}  // namespace

TEST_CASE("a path of tokens has a number of states once its source is set") {
  CHECK(TokenPath{.source = SourceKind::mask, .vocabulary = 3}.states() == 4);
  CHECK(TokenPath{.source = SourceKind::mask, .vocabulary = 3}.mask() == 3);
  CHECK(TokenPath{.source = SourceKind::uniform, .vocabulary = 3}.states() == 3);
  CHECK(TokenPath{.source = SourceKind::data, .vocabulary = 3}.mask() == -1);
  // The number of states depends on the source, which is not set here.
  CHECK_THROWS_WITH(TokenPath{.vocabulary = 3}.states(), kNoSource);
  CHECK_THROWS_WITH(TokenPath{.vocabulary = 3}.mask(), kNoSource);
  CHECK_THROWS_WITH(TokenPath{}.check_valid(), kNoSource);
  CHECK_THROWS_WITH(TokenPath{.source = SourceKind::uniform}.states(),
                    "[token path] the vocabulary has 0 tokens; it must have at least one");
}

TEST_CASE("the source's probabilities are those of the path's states") {
  const TokenPath mask{linear_kappa(), SourceKind::mask, 3},
      uniform{linear_kappa(), SourceKind::uniform, 4}, rows{linear_kappa(), SourceKind::data, 3};
  CHECK(mask.source_probability(3) == 1);
  CHECK(mask.source_probability(0) == 0);
  CHECK(uniform.source_probability(3) == 0.25);
  CHECK_THROWS_WITH(
      mask.source_probability(4),
      "[token path] there is no state 4; the path has 4, 0 to 3, the last of them the mask");
  CHECK_THROWS_WITH(uniform.source_probability(4),
                    "[token path] there is no state 4; the path has 4, 0 to 3");
  CHECK_THROWS_WITH(rows.source_probability(0),
                    "[token path] a source of rows has no distribution of single tokens; "
                    "ask of a mask or a uniform source");
  CHECK_THROWS_WITH(uniform.check_token(-1),
                    "[token path] there is no token -1; the vocabulary has 4, 0 to 3");
}

TEST_CASE("draws of states refuse rows that are not valid for the path") {
  const TokenPath mask{linear_kappa(), SourceKind::mask, 3},
      rows{linear_kappa(), SourceKind::data, 3};
  std::vector<int> x1{0, 2}, xt{0, 0};
  const Stream stream{1, Purpose::token_path, 0};
  CHECK_NOTHROW(draw_between(mask, 0.5, stream, 0, x1, xt));
  CHECK_THROWS_WITH(draw_between({}, 0.5, stream, 0, x1, xt), kNoSource);
  CHECK_THROWS_WITH(draw_between(mask, 1.5, stream, 0, x1, xt),
                    "[token path] kappa is 1.5; it is a probability, 0 to 1");
  std::vector<int> shorter(1);
  CHECK_THROWS_WITH(draw_between(mask, 0.5, stream, 0, x1, shorter),
                    "[token path] x1 has 2 tokens and xt 1; rows have one length");
  CHECK_THROWS_WITH(draw_between(mask, 0.5, stream, 0, std::vector{0, 3}, xt),
                    "[token path] there is no token 3; the vocabulary has 3, 0 to 2");
  xt = {0, 7};
  CHECK_THROWS_WITH(draw_between(rows, 0, stream, 0, x1, xt),
                    "[token path] there is no token 7; the vocabulary has 3, 0 to 2");
}

}  // namespace pushforward
