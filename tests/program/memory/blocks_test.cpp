// Tests samples, rows of data, log-densities and moved points that are written block by block: their bits, and
// requests for more memory than there is.
#include <cmath>
#include <filesystem>
#include <string>

#include "apps/tables/arrays.h"
#include "paths.h"
#include "tests/tools/catch.h"
#include "tests/tools/no_threads.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;
using namespace pushforward::app;

namespace {

const char* const kTinyRun = R"({"name": "tiny", "data": {"type": "csv", "path": "rows.csv",
  "label": "kind"}, "model": {"hidden": [4], "label": {"type": "embedding", "dim": 2}},
  "sampler": {"type": "euler", "steps": 1}, "train": {"steps": 3, "batch": 8, "threads": 1}})";

// More rows than two blocks have, so that three are written.
const std::string kMany = " -n 262150 ";

void check_prefix(const Sandbox& sandbox, const std::string& many, const std::string& few) {
  const NdArray all = read_array(sandbox.path(many)), part = read_array(sandbox.path(few));
  CHECK(all.shape.at(0) == 262150);
  CHECK(all.names == part.names);
  CHECK(all.dtype == part.dtype);
  REQUIRE(all.values.size() > part.values.size());
  CHECK(std::equal(part.values.begin(), part.values.end(), all.values.begin()));
}

}  // namespace

TEST_CASE("samples and data in several blocks begin with those of a single block") {
  const Sandbox sandbox;
  std::string rows = "x,y,kind\n";
  for (int k = 0; k < 40; ++k)
    rows += std::to_string(k % 7) + "," + std::to_string(k % 5) + "," + (k % 3 ? "a" : "b") + "\n";
  sandbox.write("rows.csv", rows);
  sandbox.write("tiny.json", kTinyRun);
  sandbox.ask("train tiny.json -q --out run");
  for (const char* ending : {".npy", ".csv"}) {
    INFO(ending);
    const std::string end = ending;
    sandbox.ask("sample run -n 300 --out few" + end + " --labels few-labels.npy");
    expect(sandbox("sample run" + kMany + "--out many" + end + " --labels many-labels.npy"), 0,
           {"262150 samples in "});
    if (end == ".npy") check_prefix(sandbox, "many" + end, "few" + end);
    check_prefix(sandbox, "many-labels.npy", "few-labels.npy");
    const std::string data = "data csv path=rows.csv label=kind";
    sandbox.ask(data + " -n 300 --out few-rows" + end);
    sandbox.ask(data + kMany + "--out many-rows" + end);
    check_prefix(sandbox, "many-rows" + end, "few-rows" + end);
  }
  // The class of each row is a column of text.
  const std::string few = sandbox.read("few.csv"), many = sandbox.read("many.csv");
  CHECK(few.starts_with("x,y,kind\n"));
  CHECK(many.starts_with(few));
  CHECK(std::count(many.begin(), many.end(), '\n') == 262151);
}

TEST_CASE("log-densities in several blocks are those of a single block") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", R"({"name": "tiny", "data": {"type": "moons"},
    "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 1},
    "train": {"steps": 3, "batch": 8, "threads": 1}})");
  REQUIRE(sandbox("train tiny.json -q --out run").code == 0);
  REQUIRE(sandbox("data moons" + kMany + "--out many.npy").code == 0);
  REQUIRE(sandbox("data moons -n 300 --out few.npy").code == 0);
  // An estimate draws random vectors by the number of the row.
  const std::string estimate = " --divergence rademacher --probes 2 --error ";
  for (const char* ending : {".npy", ".csv"}) {
    INFO(ending);
    const std::string end = ending;
    for (const char* size : {"few", "many"}) {
      const std::string name = size, points = "loglik run --points " + name + ".npy --out ";
      expect(sandbox(points + name + "-p" + end), 0, {name == "many" ? "262150 points in " : ""});
      REQUIRE(sandbox(points + name + "-q" + end + estimate + name + "-e" + end).code == 0);
    }
    for (const char* what : {"-p", "-q", "-e"})
      check_prefix(sandbox, "many" + (what + end), "few" + (what + end));
  }
  CHECK(sandbox.read("many-q.csv").starts_with("ln_p_estimate\n"));
  CHECK(sandbox.read("many-q.npy.json").find("\"ln_p_estimate\"") != std::string::npos);
  // The same points in a table of text are held in memory, and get the same numbers.
  REQUIRE(sandbox("data moons" + kMany + "--out many-points.csv").code == 0);
  REQUIRE(sandbox("loglik run --points many-points.csv --out whole.npy").code == 0);
  CHECK(read_array(sandbox.path("whole.npy")).values ==
        read_array(sandbox.path("many-p.npy")).values);
}

TEST_CASE("points encoded and decoded in several blocks are those of a single block") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", R"({"name": "tiny", "data": {"type": "moons"},
    "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 2},
    "train": {"steps": 3, "batch": 8, "threads": 1}})");
  sandbox.ask("train tiny.json -q --out run");
  sandbox.ask("data moons" + kMany + "--out many.npy");
  sandbox.ask("data moons -n 300 --out few.npy");
  for (const char* ending : {".npy", ".csv"}) {
    INFO(ending);
    const std::string end = ending;
    for (const std::string size : {"few", "many"}) {
      sandbox.ask("encode run --points " + size + ".npy --out " + size + "-x0" + end);
      sandbox.ask("decode run --points " + size + ".npy --out " + size + "-x1" + end);
    }
    for (const char* what : {"-x0", "-x1"})
      check_prefix(sandbox, "many" + (what + end), "few" + (what + end));
  }
  // The same points in a table of text are held in memory, and become the same points.
  sandbox.ask("data moons" + kMany + "--out many-points.csv");
  for (const char* const verb : {"encode", "decode"}) {
    sandbox.ask(std::string(verb) + " run --points many-points.csv --out whole.npy");
    CHECK(sandbox.read("whole.npy") ==
          sandbox.read(std::string(verb) == "encode" ? "many-x0.npy" : "many-x1.npy"));
  }
}

TEST_CASE("velocities in several blocks are those of a single block") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", R"({"name": "tiny", "data": {"type": "moons"},
    "model": {"hidden": [4]}, "train": {"steps": 3, "batch": 8, "threads": 1}})");
  sandbox.ask("train tiny.json -q --out run");
  NdArray points{{262150, 2}, std::vector<double>(2 * 262150)};
  for (std::size_t k = 0; k < points.values.size(); ++k)
    points.values[k] = 0.25 * static_cast<double>(k % 101) - 10;
  // The network's answers to these rows are not finite: one is in the first block, one in the last.
  points.values[2 * 7] = points.values[2 * 262149 + 1] = 3e38;
  write_array(sandbox.path("many.npy"), points);
  write_array(sandbox.path("many-points.csv"), points);
  const std::string note = "2 of 262150 rows have no velocity, so they are NaN; the first is row 7";
  for (const char* const ending : {".npy", ".csv"}) {
    const std::string end = ending, at = "velocity run --t 0.4 --points many";
    expect(sandbox(at + ".npy --out u" + end), 0, {note});
    // The same points in a table of text are held in memory, and get the same velocities.
    expect(sandbox(at + "-points.csv --out whole" + end), 0, {note});
    CHECK(sandbox.read("u" + end) == sandbox.read("whole" + end));
  }
  points.values[2 * 150000 + 1] = std::nan("");
  write_array(sandbox.path("points.npy"), points);
  sandbox.write("old.npy", "old");
  expect(sandbox("velocity run --t 0.4 --points points.npy --out old.npy"), 4,
         {"[velocity] points.npy: row 150000, column 1 is nan"});
  CHECK(sandbox.read("old.npy") == "old");
  write_array(sandbox.path("wide.npy"), {{200000, 3}, std::vector<double>(600000, 0.5)});
  expect(
      sandbox("velocity run --t 0.4 --points wide.npy --out old.npy"), 4,
      {"[velocity] wide.npy: the points have shape (200000, 3), but the run's data has 2 columns"});
}

TEST_CASE("a point in a later block that is not finite is named by its row, and nothing is left") {
  const Sandbox sandbox;
  sandbox.write("tiny.json", R"({"name": "tiny", "data": {"type": "moons"},
    "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 1},
    "train": {"steps": 3, "batch": 8, "threads": 1}})");
  REQUIRE(sandbox("train tiny.json -q --out run").code == 0);
  NdArray points{{200000, 2}, std::vector<double>(400000, 0.5)};
  points.values[2 * 150000 + 1] = std::nan("");
  write_array(sandbox.path("points.npy"), points);
  sandbox.write("old.npy", "old");
  expect(sandbox("loglik run --points points.npy --out old.npy"), 4,
         {"[loglik] points.npy: row 150000, column 1 is nan"});
  CHECK(sandbox.read("old.npy") == "old");
  for (const char* const verb : {"encode", "decode"})
    expect(sandbox(std::string(verb) + " run --points points.npy --out old.npy"), 4,
           {std::string("[") + verb + "] points.npy: row 150000, column 1 is nan"});
  // The whole file is checked before anything is computed, reported or written.
  CHECK(sandbox("loglik run --points points.npy --out new.csv").text ==
        "[loglik] points.npy: row 150000, column 1 is nan; correct or remove that row\n");
  CHECK_FALSE(sandbox.exists("new.csv"));
  CHECK(sandbox("decode run --points points.npy --out new.csv").text ==
        "[decode] points.npy: row 150000, column 1 is nan; correct or remove that row\n");
  CHECK(sandbox.read("old.npy") == "old");
  CHECK(sandbox.shell("ls -A | grep -c pushforward-").code == 1);
  // A folder that does not exist is named before the points are read.
  expect(sandbox("encode run --points nowhere.npy --out nofolder/x.npy"), 4,
         {"[file] cannot write nofolder/x.npy: No such file or directory"});
  NdArray wide{{200000, 3}, std::vector<double>(600000, 0.5)};
  write_array(sandbox.path("wide.npy"), wide);
  expect(
      sandbox("loglik run --points wide.npy --out old.npy"), 4,
      {"[loglik] wide.npy: the points have shape (200000, 3), but the run's data has 2 columns"});
  expect(
      sandbox("encode run --points wide.npy --out old.npy"), 4,
      {"[encode] wide.npy: the points have shape (200000, 3), but the run's data has 2 columns"});
  expect(sandbox("decode run --points wide.npy --out old.npy"), 4,
         {"[decode] wide.npy: the latents have shape (200000, 3), but the run has 2 dimensions"});
}

TEST_CASE(
    "the exact field of a set of many rows is left out, or refused, before it fills the memory") {
  const Sandbox sandbox;
  sandbox.ask("data moons" + kMany + "--out many.npy");
  sandbox.write("tiny.json", R"({"name": "tiny", "data": {"type": "npy", "path": "many.npy"},
    "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 1},
    "train": {"steps": 3, "batch": 8, "threads": 1}})");
  sandbox.ask("train tiny.json -q --out run");
  const std::string why =
      "the exact field of 262150 pairs of rows or components needs 1.5 GiB in each thread, and is "
      "computed up to 1 GiB";
  expect(sandbox("eval run -n 64"), 0, {"no error of the velocity: " + why});
  CHECK(sandbox.read("run/eval.json").find("\"exact_left_out\"") != std::string::npos);
  expect(sandbox("sample run --exact -n 8 --out x.npy"), 2,
         {"[exact] " + why + "; leave --exact out"});
  CHECK_FALSE(std::filesystem::exists(sandbox.path("x.npy")));
}

TEST_CASE("a request that needs more memory than there is is refused with the amount") {
  if (!NoThreads::possible) return;  // the sanitizers have an operator new of their own
  const Sandbox sandbox;
  sandbox.write("tiny.json", R"({"name": "tiny", "data": {"type": "moons"},
    "model": {"hidden": [4]}, "train": {"steps": 3, "batch": 8, "threads": 1}})");
  sandbox.ask("train tiny.json -q --out run");
  const auto refused = [&](const std::string& arguments) {
    INFO(arguments);
    expect(sandbox(arguments), 1,
           {"[memory] one array alone needs ", " GiB are free on this machine"});
  };
  refused("train tiny.json model.hidden=[65536,65536,65536,65536] --out large");
  refused("sample run -n 100000000 --out x.npy --trajectory t.npy --times 10001");
  refused("train tiny.json coupling.type=ot train.batch=1000000 --out large");
  for (const char* name : {"large", "x.npy", "t.npy"})
    CHECK_FALSE(std::filesystem::exists(sandbox.path(name)));
}
