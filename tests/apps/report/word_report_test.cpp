// Compares the shares of a word report with hand-computed values.
#include "apps/report/word_report.h"

#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const std::vector<std::string> training{"stone", "store", "tone", "a"};
const std::vector<std::string> held_out{"tore", "zoo"};

}  // namespace

TEST_CASE("training, held-out and new words are counted with their repetitions") {
  const WordReport report = report_words(
      {"stone", "stone", "tore", "stor", "tonee", "tone", "qqqqq", "qqqqq"}, training, held_out);
  CHECK(report.samples == 8);
  CHECK(report.in_training == Approx(3 / 8.0));
  CHECK(report.in_held_out == Approx(1 / 8.0));
  CHECK(report.in_dictionary == Approx(4 / 8.0));
  CHECK(report.fresh == Approx(4 / 8.0));
  CHECK(report.unique == Approx(6 / 8.0));
  CHECK(report.examples == std::vector<std::string>{"stor", "tonee", "qqqqq"});
}

TEST_CASE(
    "a word is plausible if all its runs of three letters, with edges, are in training words") {
  // "stor" is not plausible, because no training word ends in "or".
  CHECK(report_words({"tore"}, training, {}).plausible == 1);
  CHECK(report_words({"stor"}, training, {}).plausible == 0);
  CHECK(report_words({"a", "", "e"}, training, {}).plausible == Approx(1 / 3.0));
  CHECK(report_words({"a"}, training, held_out).plausible_held_out == Approx(0.5));
}

TEST_CASE("a word report is written as text and as JSON") {
  const WordReport report = report_words({"stone", "stor"}, training, held_out, 1);
  const std::string text = word_report_text(report);
  CHECK_THAT(text, Contains("in dictionary    50.0 %"));
  CHECK_THAT(text, Contains("new words       stor"));
  const Json object = word_report_object(report);
  CHECK(object.at("in_dictionary") == 0.5);
  CHECK(object.at("new_words") == Json::array({"stor"}));
  CHECK_THROWS_WITH(report_words({}, training, {}), Contains("0 samples"));
}
