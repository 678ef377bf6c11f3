// Tests the key /train/holdout, its three forms, and the keys that need held-out rows.
#include <string>
#include <vector>

#include "apps/config/config.h"
#include "apps/failure.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const std::string kTable = R"({"data": {"type": "standardize", "of": {"type": "csv",
                               "path": "t.csv"}}})",
                  kDigits = R"({"data": {"type": "digits"}})",
                  kWordList = R"({"data": {"type": "words"}})",
                  kSequences = R"({"data": {"type": "tokens", "path": "x.npy", "vocabulary": 4}})";

// Returns the error message of a config with these overrides, or "" if it is valid.
std::string judged(const std::string& text, const std::vector<std::string>& overrides) {
  try {
    parse_config(text, "c.json", overrides);
  } catch (const Failure& failure) {
    CHECK(failure.code == Exit::usage);
    return failure.what();
  }
  return "";
}

Json holdout_in(const Config& config) { return config.section("/train").json().at("holdout"); }

}  // namespace

TEST_CASE("rows to hold out are a share, row numbers or a file") {
  const auto holdout = [](const char* text) {
    return holdout_in(parse_config(kTable, "c.json", {std::string("train.holdout=") + text}));
  };
  CHECK(holdout_in(parse_config(kTable, "c.json")) == 0.0);
  CHECK(holdout("0.1") == 0.1);
  CHECK(holdout("[3, 0, 17]") == Json{3, 0, 17});
  CHECK(holdout("valid.csv") == "valid.csv");
  // The text of a config with each form gives an equal config.
  for (const char* text : {"0.1", "[3, 0]", "valid.csv"}) {
    const Config config = parse_config(kTable, "c.json", {std::string("train.holdout=") + text});
    CHECK(parse_config(config.dump(), "c.json") == config);
  }
  const std::vector<std::vector<std::string>> wrong{
      {"1", "/train/holdout is 1, but must be at least 0, below 1"},
      {"40", "/train/holdout is 40, but must be at least 0, below 1"},
      {"true", "/train/holdout must be a share, row numbers or a path, not true"},
      {"[]", "/train/holdout has 0 entries, but needs at least 1"},
      {"[1, 1]", "/train/holdout/1 repeats 1"},
      {"[1, -1]", "/train/holdout/1 is -1, but must be from 0"},
      {"[0.5]", "/train/holdout/0 must be an integer, not 0.5"},
      {"[\"a\"]", "/train/holdout/0 must be an integer, not \"a\""}};
  for (const auto& row : wrong) {
    CAPTURE(row[0]);
    CHECK_THAT(judged(kTable, {"train.holdout=" + row[0]}), Contains(row[1]));
  }
  CHECK_THAT(judged(kTable, {"train.holdout=40"}),
             Contains("path of a file, array of row numbers, or share of the rows"));
}

TEST_CASE("rows can be held out of finite sets only, and a file belongs to a file") {
  for (const char* data : {"digits", "geyser"}) {
    const std::string text = std::string(R"({"data": {"type": ")") + data + "\"}}";
    CHECK(judged(text, {"train.holdout=0.1"}).empty());
    CHECK(judged(text, {"train.holdout=[0, 5]"}).empty());
    CHECK_THAT(judged(text, {"train.holdout=valid.csv"}),
               Contains("/train/holdout: it is a file, but the rows of " + std::string(data) +
                        " come with the program") &&
                   Contains("give a share of the rows, such as 0.1, or an array of row numbers"));
  }
  for (const char* data : {"moons", "gaussian"}) {
    CAPTURE(data);
    for (const char* choice : {"0.1", "[0]", "valid.csv"})
      CHECK_THAT(judged(std::string(R"({"data": {"type": "standardize", "of": {"type": ")") + data +
                            "\"}}}",
                        {std::string("train.holdout=") + choice}),
                 Contains("no row can be held out, since " + std::string(data) +
                          " draws new rows without end") &&
                     Contains("leave it out: every step trains on new rows"));
  }
  const std::vector<std::string> paired{
      "coupling=paired", R"(source={"type":"data","of":{"type":"csv","path":"s.csv"}})"};
  std::vector<std::string> with_file = paired, with_share = paired;
  with_file.emplace_back("train.holdout=valid.csv");
  with_share.emplace_back("train.holdout=0.1");
  CHECK_THAT(judged(kTable, with_file),
             Contains("it is a file, whose rows have no partners in /source"));
  CHECK(judged(kTable, with_share).empty());
  for (const std::string& tokens : {kWordList, kSequences})
    CHECK_THAT(judged(tokens, {"train.holdout=0.2"}),
               Contains("/train/holdout: sequences of tokens are held out by /data/held_out") &&
                   Contains("set the share there, and leave this out"));
}

TEST_CASE("keys that need held-out rows are refused without them") {
  CHECK_THAT(judged(kDigits, {"train.nll_every=2"}),
             Contains("/train/nll_every: it has no effect, since no rows are held out"));
  CHECK(judged(kDigits, {"train.nll_every=2", "train.holdout=0.1"}).empty());
  CHECK_THAT(judged(kWordList, {"train.nll_every=2"}),
             Contains("/train/nll_every is for continuous data"));
  const std::vector<std::string> keys{"valid_every=7", "model=best", "patience=3"};
  for (const std::string& key : keys) {
    CAPTURE(key);
    const std::string set = "train." + key;
    CHECK_THAT(judged(kDigits, {set}),
               Contains("no rows are held out") &&
                   Contains("set /train/holdout, for example to 0.1, or leave it out"));
    CHECK(judged(kDigits, {set, "train.holdout=0.1"}).empty());
    CHECK(judged(kDigits, {set, "train.holdout=[4]"}).empty());
    CHECK(judged(kTable, {set, "train.holdout=valid.csv"}).empty());
    CHECK(judged(kWordList, {set}).empty());  // a tenth of the words is held out by default
    CHECK_THAT(judged(kSequences, {set}),
               Contains("no rows are held out") &&
                   Contains("set /data/held_out, for example to 0.1, or leave it out"));
    CHECK(judged(kSequences, {set, "data.held_out=0.1"}).empty());
  }
}
