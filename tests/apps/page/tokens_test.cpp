// Tests the engine's side of the page for tokens: training, filling in, and posteriors.
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "apps/training/training.h"
#include "tests/apps/page/ask_page.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

// Four words of three letters.
const std::set<std::string> kFourWords{"cat", "car", "dog", "dot"};

std::string words_config(const TestFolder& folder, const std::string& more = "") {
  std::ofstream out(folder / "words.txt");
  for (const std::string& word : kFourWords) out << word << "\n";
  return R"({"version": 1, "data": {"type": "words", "path": ")" + (folder / "words.txt") +
         R"(", "shortest": 3, "longest": 3, "held_out": 0}, "model": {"type": "token_mlp",
    "embed": 8, "hidden": [32]}, "optimizer": {"lr": 0.01}, "train": {"steps": 300, "batch": 64},
    "sampler": {"type": "ctmc_kernel", "steps": 16})" +
         more + "}";
}

std::string word_at(const PageAnswer& opened, const std::vector<double>& states, std::size_t row) {
  std::string word;
  for (std::size_t l = 0; l < 3; ++l) {
    const auto state = static_cast<std::size_t>(states[3 * row + l]);
    const Json& glyphs = opened.head.at("glyphs");
    word += state < glyphs.size() ? glyphs.at(state).text() : "_";
  }
  return word;
}

}  // namespace

TEST_CASE("the page trains on tokens as the program does, number for number", "[page]") {
  const TestFolder folder;
  const PageAnswer opened = open_page(folder, words_config(folder));
  REQUIRE(opened.head.at("type").text() == "opened_tokens");
  CHECK(opened.head.at("length").get<int>() == 3);
  CHECK(opened.head.at("mask").get<int>() == opened.head.at("vocabulary").get<int>());
  CHECK(opened.head.at("no_exact").text().empty());
  CHECK(opened.array("rows").size() == 12);
  const auto training = make_training(parse_config(opened.head.at("config").dump(), "words"), 1);
  for (const double loss : ask_page({{"ask", "train"}, {"steps", 10}}).array("loss"))
    CHECK(loss == static_cast<double>(static_cast<float>(training->step().loss)));
  const PageAnswer tape = ask_page({{"ask", "tape"}});
  CHECK(tape.head.at("tape").at("lines").size() > 10);
  ask_page({{"ask", "save"}});
  const std::vector<double> then = ask_page({{"ask", "train"}, {"steps", 5}}).array("loss");
  CHECK(ask_page({{"ask", "restore"}}).head.at("step").get<int>() == 10);
  CHECK(ask_page({{"ask", "train"}, {"steps", 5}}).array("loss") == then);
}

TEST_CASE("sequences are filled in from masks to words", "[page]") {
  const TestFolder folder;
  const PageAnswer opened = open_page(folder, words_config(folder));
  ask_page({{"ask", "train"}, {"steps", 300}});
  for (const bool exact : {true, false}) {
    const PageAnswer fill =
        ask_page({{"ask", "fill"}, {"n", 40}, {"steps", 16}, {"seed", 2}, {"exact", exact}});
    REQUIRE(fill.head.at("type").text() == "fill");
    REQUIRE(fill.array("times").size() == 17);
    const std::vector<double> states = fill.array("states");
    REQUIRE(states.size() == 17u * 40 * 3);
    int known = 0;
    for (std::size_t k = 0; k < 40; ++k) {
      CHECK(word_at(opened, states, k) == "___");
      known += kFourWords.contains(word_at(opened, states, 16 * 40 + k));
    }
    // Positions that jump in the same step are drawn independently, so that a few words are wrong.
    CHECK(known >= 34);
  }
}

TEST_CASE("the posterior of a place is that of the words that agree with the others", "[page]") {
  const TestFolder folder;
  const PageAnswer opened = open_page(folder, words_config(folder));
  ask_page({{"ask", "train"}, {"steps", 300}});
  const int mask = opened.head.at("mask").get<int>();
  const auto token = [&](const std::string& letter) {
    const Json& glyphs = opened.head.at("glyphs");
    for (std::size_t k = 0; k < glyphs.size(); ++k)
      if (glyphs.at(k).text() == letter) return static_cast<int>(k);
    FAIL("no letter " << letter);
    return -1;
  };
  const int c = token("c"), a = token("a"), t = token("t"), r = token("r");
  const PageAnswer answer = ask_page({{"ask", "token_posterior"},
                                      {"states", {c, a, mask, mask, mask, mask}},
                                      {"times", {0.5, 0.0}}});
  const std::vector<double> exact = answer.array("exact"), learned = answer.array("learned");
  const std::size_t v = opened.head.at("vocabulary").get<std::size_t>();
  REQUIRE(exact.size() == 2 * 3 * v);
  const auto at = [&](std::size_t row, std::size_t place, int letter) {
    return (row * 3 + place) * v + static_cast<std::size_t>(letter);
  };
  // After c and a come t and r alike, and nothing else; without any letter, the first one is c or d.
  CHECK(exact[at(0, 2, t)] == Approx(0.5));
  CHECK(exact[at(0, 2, r)] == Approx(0.5));
  CHECK(exact[at(1, 0, c)] == Approx(0.5));
  CHECK(learned[at(0, 2, t)] == Approx(0.5).margin(0.15));
  for (std::size_t place = 0; place < 6; ++place) {
    double sum = 0;
    for (std::size_t k = 0; k < v; ++k) sum += learned[place * v + k];
    CHECK(sum == Approx(1));
  }
}

TEST_CASE("questions about tokens that cannot be answered get the reason", "[page]") {
  const TestFolder folder;
  open_page(folder, words_config(folder));
  const auto words = [](const Json& question) {
    const PageAnswer answer = ask_page(question);
    CHECK(answer.head.at("type").text() == "fault");
    return answer.head.at("words").text();
  };
  CHECK(words({{"ask", "flow"}}) ==
        "[page] the question \"flow\" is unknown to a training on tokens");
  CHECK(words({{"ask", "token_posterior"}, {"states", {0, 0}}, {"times", {0.5}}})
            .find("\"states\" has 2 tokens, but 1 times of 3 tokens have 3") != std::string::npos);
  CHECK(words({{"ask", "token_posterior"}, {"states", {0, 0, 0}}, {"times", {1.5}}}) ==
        "[page] a time is 1.5; it must be from 0 to 1");
  CHECK(words({{"ask", "fill"}, {"n", 0}, {"steps", 4}}) ==
        "[page] \"n\" is 0; it must be from 1 to 256");
  CHECK(words({{"ask", "open"},
               {"config", words_config(folder, R"(, "precision": "float64")")},
               {"folder", folder / ""}})
            .starts_with("[page] the page computes in float32"));
}
