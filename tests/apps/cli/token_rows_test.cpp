// Tests rows of token data that are held out by number or in a file of their own, and the classes of
// token data that a file names, as a user meets them.
#include <sstream>
#include <string>

#include "apps/formats/npy.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using pushforward::app::NdArray;
using pushforward::app::npy_bytes;

namespace {

// A sandbox with sequences of three tokens, and a config that learns them in a few steps.
struct TokenSandbox : Sandbox {
  TokenSandbox() : Sandbox(folder_in_memory()) {
    NdArray rows{{40, 3}, {}}, other{{10, 3}, {}};
    for (int k = 0; k < 120; ++k) rows.values.push_back((k * k) % 5);
    for (int k = 0; k < 30; ++k) other.values.push_back(k % 5);
    write("t.npy", npy_bytes(rows));
    write("other.npy", npy_bytes(other));
    write("longer.npy", npy_bytes({{2, 4}, {0, 1, 2, 3, 0, 1, 2, 3}}));
    std::string names;
    for (int k = 0; k < 40; ++k) names += k % 2 ? "odd\n" : "even\n";
    write("names.txt", names);
    write("c.json", R"({"data": {"type": "tokens", "path": "t.npy", "vocabulary": 5},
      "model": {"type": "token_mlp", "embed": 4, "hidden": [8]}, "schedule": {"warmup": 0},
      "train": {"steps": 6, "batch": 8, "valid_every": 3}, "sampler": {"steps": 4},
      "eval": {"n": 20}})");
  }
};

}  // namespace

TEST_CASE("sequences are held out by their numbers, or in a file", "[tokens]") {
  const TokenSandbox sandbox;
  sandbox.ask("train c.json -q --out rows 'data.held_out=[0,1,5]'");
  CHECK_THAT(sandbox.read("rows/metrics.jsonl"), Contains("valid/loss"));
  expect(sandbox("eval rows"), 0, {"held-out"});
  sandbox.ask("train c.json -q --out file data.held_out=other.npy");
  CHECK_THAT(sandbox.read("file/metrics.jsonl"), Contains("valid/loss"));
  expect(sandbox("eval file"), 0, {"other.npy: 10 rows"});
  // The file is recorded as the data is.
  sandbox.write("other.npy", npy_bytes({{1, 3}, {0, 1, 2}}));
  expect(sandbox("train c.json -q --out file --resume data.held_out=other.npy"), 4, {"other.npy"});
  expect(sandbox("train c.json 'data.held_out=[40]'"), 2,
         {"[data] /data/held_out has row 40, but t.npy has 40 rows, 0 to 39"});
  expect(sandbox("train c.json data.held_out=longer.npy"), 4,
         {"[data] longer.npy: the sequences have shape (2, 4), but the run's have 3 tokens"});
}

TEST_CASE("quantized rows are held out by their numbers, or in a file", "[tokens]") {
  const TokenSandbox sandbox;
  std::string table = "x,y\n", other = "x,y\n";
  for (int k = 0; k < 40; ++k) table += std::to_string(k % 6) + ".5,1.25\n";
  for (int k = 0; k < 9; ++k) other += "0.5,1.25\n";
  sandbox.write("t.csv", table);
  sandbox.write("other.csv", other);
  sandbox.write("q.json", R"({"data": {"type": "quantize", "levels": 8, "low": 0, "high": 8,
      "of": {"type": "csv", "path": "t.csv"}},
      "model": {"type": "token_mlp", "embed": 4, "hidden": [8]}, "schedule": {"warmup": 0},
      "train": {"steps": 6, "batch": 8, "valid_every": 3}, "sampler": {"steps": 4},
      "eval": {"n": 20}})");
  for (const char* choice : {"'data.held_out=[1,2]'", "data.held_out=other.csv"}) {
    CAPTURE(choice);
    sandbox.ask(std::string("train q.json -q --overwrite --out run ") + choice);
    CHECK_THAT(sandbox.read("run/metrics.jsonl"), Contains("valid/loss"));
    expect(sandbox("eval run"), 0, {"held-out"});
  }
}

TEST_CASE("sequences have the classes that a file names", "[tokens]") {
  const TokenSandbox sandbox;
  sandbox.ask(
      "train c.json -q --out run data.labels=names.txt model.label.type=embedding "
      "'data.held_out=[3]'");
  expect(sandbox("sample run -n 5 --label odd --out s.npy"), 0, {});
  expect(sandbox("sample run -n 5 --label sideways --out s.npy"), 2, {"choose one of even or odd"});
  expect(
      sandbox("train c.json data.labels=names.txt data.held_out=other.npy"), 2,
      {"[data] the classes of t.npy are in names.txt, but those of the held-out rows in other.npy "
       "(/data/held_out) are not known"});
  sandbox.write("short.txt", "even\nodd\n");
  expect(sandbox("train c.json data.labels=short.txt 'data.held_out=[3]'"), 4,
         {"[labels] short.txt: it has 2 classes, but t.npy has 40 rows"});
}

TEST_CASE("words have the classes that a file names", "[tokens]") {
  const TokenSandbox sandbox;
  std::string list, classes = "word,kind\n";
  for (const char* fruit : {"fig", "plum", "lime", "kiwi", "date"}) {
    list += std::string(fruit) + "\n";
    classes += std::string(fruit) + ",fruit\n";
  }
  for (const char* tree : {"oak", "pine", "ash", "elm", "date", "Yew"}) {
    list += std::string(tree) + "\n";
    classes += std::string(tree) + ",tree\n";
  }
  sandbox.write("list.txt", list);
  sandbox.write("kinds.csv", classes);
  sandbox.write("w.json", R"({"name": "w", "data": {"type": "words", "path": "list.txt",
      "longest": 4, "held_out": 0, "labels": "kinds.csv", "label": "kind"},
      "model": {"type": "token_mlp", "embed": 8, "hidden": [64], "label": {"type": "embedding"}},
      "loss": {"label_dropout": 0}, "optimizer": {"lr": 0.01}, "train": {"steps": 1500, "batch": 32}})");
  expect(sandbox("train w.json -q --out run"), 0, {});
  // The network has learned which words belong to a class, also one that both have.
  for (const auto& [kind, words] : {std::pair("fruit", "fig plum lime kiwi date"),
                                    std::pair("tree", "oak pine ash elm date")}) {
    CAPTURE(kind);
    expect(sandbox(std::string("sample run -n 200 --seed 3 --out s.txt --label ") + kind), 0, {});
    std::istringstream lines(sandbox.read("s.txt"));
    const std::string known = std::string(" ") + words + " ";
    int right = 0;
    for (std::string word; std::getline(lines, word);)
      right += known.find(" " + word + " ") != std::string::npos;
    CHECK(right > 180);
  }
  expect(sandbox("sample run -n 5 --label sideways --out t.txt"), 2,
         {"choose one of fruit or tree"});
  // The class of a sample with given letters is drawn as fits these letters.
  expect(sandbox("sample run -n 20 --given p___ --out g.txt --labels l.npy"), 0, {});
  sandbox.write("points.txt", "fig\noak\n");
  expect(sandbox("loglik run --points points.txt --label fruit --out p.csv"), 0, {});
  std::istringstream scores(sandbox.read("p.csv"));
  std::string name;
  double fig = 0, oak = 0;
  scores >> name >> fig >> oak;
  CHECK(name == "bound_estimate");
  CHECK(fig > oak + 2);
  expect(sandbox("eval run -n 50"), 0, {});
  sandbox.write("short.txt", "a\nb\n");
  expect(sandbox("train w.json -q --out o data.labels=short.txt data.label="), 4,
         {"[labels] short.txt: it has 2 classes, but list.txt has 11 rows"});
  expect(sandbox("train w.json -q --out o data.label="), 4,
         {"kinds.csv: it has 2 columns; name that of the classes with the key label"});
  expect(sandbox("train w.json -q --out o data.labels="), 2,
         {"/data/label: there is no file of which it could name a column"});
  expect(sandbox("train w.json -q --out o data.held_out=list.txt"), 2,
         {"the classes of list.txt are in kinds.csv, but those of the held-out rows"});
  // The file is recorded as the list is.
  sandbox.write("kinds.csv", classes + "\n");
  expect(sandbox("train w.json -q --out run --resume"), 4, {"kinds.csv has changed"});
}
