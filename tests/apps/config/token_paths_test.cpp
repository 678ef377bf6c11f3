// Tests the configs of metric-induced and three-part paths, remasking and orders of unmasking: which combinations
// are refused, with the place, text and cure of the error, and similar ones that are valid.
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;
using Catch::Matchers::StartsWith;

namespace {

const char* const kLevels =
    R"({"data": {"type": "quantize", "of": {"type": "moons"}, "levels": 3})";

// Returns the error message of a config of levels with these sections, or "" if it is valid.
std::string verdict_of_levels(const std::string& sections) {
  try {
    parse_config(std::string(kLevels) + (sections.empty() ? "" : ", ") + sections + "}", "c.json");
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

struct TokenRuleCase {
  std::string message;
  std::vector<std::string> broken, fine;
};

void examine(const std::vector<TokenRuleCase>& cases) {
  for (const TokenRuleCase& c : cases) {
    for (const std::string& sections : c.broken) {
      CAPTURE(sections);
      const std::string got = verdict_of_levels(sections);
      CHECK_THAT(got, StartsWith("c.json:1:") && Contains("error: " + c.message));
      CHECK(got.find("error: ") == got.rfind("error: "));
    }
    for (const std::string& sections : c.fine) {
      CAPTURE(sections);
      CHECK(verdict_of_levels(sections) == "");
    }
  }
}

const std::string kUniform = R"("source": {"type": "uniform_tokens"})";
const std::string kMetric = kUniform + R"(, "path": {"type": "metric"})";

std::string with_distance(const std::string& rows) {
  return kUniform + R"(, "path": {"type": "metric", "distance": {"type": "table", "rows": )" +
         rows + "}}";
}
std::string sampler(const std::string& fields) { return R"("sampler": {)" + fields + "}"; }

}  // namespace

TEST_CASE("a metric path begins at uniform tokens, without corrector and kappa") {
  examine({{"/source: the path metric begins at uniform tokens, and /source is another\n"
            "   set it to {\"type\": \"uniform_tokens\"}, or set /path to {\"type\": \"mixture\"}",
            {R"("path": {"type": "metric"})",
             R"("path": {"type": "metric"}, "source": {"type": "mask"})"},
            {kMetric, kUniform + R"(, "path": {"type": "metric", "distance": {"type": "squared"},
          "c": 0.1, "a": 2})"}},
           {"/sampler/corrector: correctors are those of the path mixture, and /path is metric\n"
            "   set it to {\"type\": \"none\"}, or set /path to {\"type\": \"mixture\"}",
            {kMetric + ", " + sampler(R"("corrector": {"type": "bump"})")},
            {kUniform + ", " + sampler(R"("corrector": {"type": "bump"})")}},
           {"/sampler/grid: the grid is spaced by kappa, and the path metric has none\n"
            "   choose the grid uniform, power, cosine or list",
            {kMetric + ", " + sampler(R"("grid": {"type": "kappa"})")},
            {kMetric + ", " + sampler(R"("grid": {"type": "cosine"})")}},
           {"/sampler: the metric-induced path jumps at an infinite rate at t = 0\n"
            "   begin a little later, or take the kernel",
            {kUniform + R"(, "path": {"type": "metric", "a": 0.5}, )" +
             sampler(R"("type": "ctmc_euler")")},
            {kUniform + R"(, "path": {"type": "metric", "a": 0.5}, )" +
                 sampler(R"("type": "ctmc_kernel")"),
             kMetric + ", " + sampler(R"("type": "ctmc_euler")")}}});
}

TEST_CASE("a three-part path begins at masks or rows, without what belongs to the mixture path") {
  const std::string parts = R"("path": {"type": "three_part"})";
  const std::string mixture = "or set /path to {\"type\": \"mixture\"}";
  examine(
      {{"/source: from uniform tokens the path three_part is the path mixture with another kappa\n"
        "   set it to {\"type\": \"mask\"}, " +
            mixture,
        {kUniform + ", " + parts},
        {parts, R"("path": {"type": "three_part", "noise": 2, "kappa": {"type": "cosine"}})"}},
       {"/sampler/corrector: correctors are those of the path mixture, and /path is three_part\n"
        "   set it to {\"type\": \"none\"}, " +
            mixture,
        {parts + ", " + sampler(R"("corrector": {"type": "bump"})")},
        {parts + ", " + sampler(R"("grid": {"type": "kappa"})")}},
       {"/sampler/remasking: a token that is no mask may be noise on the path three_part, and is "
        "drawn again anyway\n   set it to {\"type\": \"none\"}, " +
            mixture,
        {parts + ", " + sampler(R"("remasking": {"type": "cap"})")},
        {}},
       {"/sampler/order: a token that is no mask may be noise on the path three_part, and is drawn "
        "again anyway\n   set it to \"random\", " +
            mixture,
        {parts + ", " + sampler(R"("order": "entropy")")},
        {}},
       {"/sampler/corrector: the corrector exchange is of uniform tokens, and /source is mask\n"
        "   choose the corrector remask, or set /source to {\"type\": \"uniform_tokens\"}",
        {sampler(R"("corrector": {"type": "exchange"})")},
        {kUniform + ", " + sampler(R"("corrector": {"type": "exchange", "scale": 0.5})")}}});
}

TEST_CASE("a table of distances is square, 0 on its diagonal and positive elsewhere") {
  examine({{"/path/distance/rows: it has 2 rows, but a row of 3 numbers\n"
            "   give a row of V distances for each of V tokens",
            {with_distance("[[0, 1, 2], [1, 0, 1]]")},
            {with_distance("[[0, 1, 2], [1, 0, 1], [2, 1, 0]]")}},
           {"/path/distance/rows: row 1, column 1 of the table is 0.5\n"
            "   a token has the distance 0 from itself and a positive one from every other",
            {with_distance("[[0, 1], [1, 0.5]]")},
            {}},
           {"/path/distance/rows: row 0, column 1 of the table is -1\n"
            "   a token has the distance 0 from itself and a positive one from every other",
            {with_distance("[[0, -1], [1, 0]]")},
            {}}});
}

TEST_CASE("remasking and orders need masks and the kernel, and exclude each other") {
  const std::string cap = R"("remasking": {"type": "cap"})", entropy = R"("order": "entropy")";
  examine(
      {{"/sampler/remasking: remasking is of masked tokens, and /source is not mask\n"
        "   set it to {\"type\": \"none\"}, or set /source to {\"type\": \"mask\"}",
        {kUniform + ", " + sampler(cap)},
        {sampler(cap)}},
       {"/sampler/order: the order is of masked tokens, and /source is not mask\n"
        "   set it to \"random\", or set /source to {\"type\": \"mask\"}",
        {kUniform + ", " + sampler(entropy)},
        {sampler(entropy), sampler(R"("order": "margin")"), sampler(R"("order": "confidence")")}},
       {"/sampler/remasking: it is of the exact kernel, and `type` is another\n"
        "   set it to {\"type\": \"none\"}, or choose ctmc_kernel",
        {sampler(R"("type": "ctmc_euler", )" + cap)},
        {sampler(R"("type": "ctmc_kernel", )" + cap)}},
       {"/sampler/order: it is of the exact kernel, and `type` is another\n"
        "   set it to \"random\", or choose ctmc_kernel",
        {sampler(R"("type": "ctmc_adaptive", )" + entropy)},
        {}},
       {"/sampler/remasking: it and `corrector` both mask tokens again\n"
        "   set one of them to {\"type\": \"none\"}",
        {sampler(cap + R"(, "corrector": {"type": "remask"})")},
        {}},
       {"/sampler/order: tokens that `corrector` or `remasking` masks again would be unmasked at "
        "once\n   set it to \"random\", or both of them to {\"type\": \"none\"}",
        {sampler(entropy + ", " + cap), sampler(entropy + R"(, "corrector": {"type": "bump"})")},
        {}},
       {"/sampler: the loop of remasking is at t = 0.9, and the chain runs from 0 to 0.5\n"
        "   put it between the two",
        {sampler(R"("end": 0.5, "remasking": {"type": "loop"})")},
        {sampler(R"("end": 0.5, "remasking": {"type": "loop", "at": 0.4})"),
         sampler(R"("remasking": {"type": "loop"})")}},
       {"/sampler/top_k: it has no effect, since a temperature of 0 always takes the likeliest "
        "token\n   set `temperature` above 0, or `top_k` to 0",
        {sampler(R"("top_k": 2, "temperature": 0)")},
        {sampler(R"("top_k": 2, "temperature": 0.5)")}}});
}
