// Files of log-densities say what their numbers are where they are not the ln p of the data: estimates,
// and densities of data that was smoothed.
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/program/numbers.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("estimates say that they are, by how many draws, and with which error") {
  const Numbers sandbox;
  sandbox.train("run", R"({"type":"gaussian","dim":18})", "train.steps=60 optimizer.lr=0.01");
  sandbox.ask("sample run -n 40 --out x.npy");
  CHECK_THAT(
      sandbox.ask("loglik run --points x.npy --out p.npy --error e.npy"),
      Contains("ln p is Hutchinson's estimate by 8 rademacher probes a row: standard error"));
  const NdArray errors = sandbox.array("e.npy");
  REQUIRE(errors.shape == std::vector<std::size_t>{40});
  const auto report = sandbox.object("loglik run --points x.npy --out p.npy");
  CHECK(report["estimate"] == true);
  CHECK(report["probes"] == 8);
  CHECK(report["divergence"] == "rademacher");
  // The error that is said is the one that is made.
  sandbox.ask("loglik run --points x.npy --out exact.npy --divergence exact");
  const NdArray truth = sandbox.array("exact.npy");
  double square = 0;
  for (const std::string seed : {"1", "2", "3", "4"}) {
    sandbox.ask("loglik run --points x.npy --out p.npy --seed " + seed);
    const NdArray p = sandbox.array("p.npy");
    for (std::size_t k = 0; k < 40; ++k) square += std::pow(p.values[k] - truth.values[k], 2) / 160;
  }
  CHECK(report["row_error"].get<double>() == Approx(std::sqrt(square)).epsilon(0.3));
  sandbox.ask("loglik run --points x.npy --out p.csv");
  CHECK(sandbox.read("p.csv").substr(0, 14) == "ln_p_estimate\n");
  sandbox.ask("loglik run --points x.npy --out p.csv --divergence exact");
  CHECK(sandbox.table("p.csv").names.empty());
  const auto exact = sandbox.object("loglik run --points x.npy --out p.npy --divergence exact");
  CHECK(exact["estimate"] == false);
  CHECK(exact["divergence"] == "exact");
  expect(sandbox("loglik run --points x.npy --out p.npy --divergence exact --error e.npy"), 2,
         {"[loglik] --error has no effect"});
  CHECK_THAT(sandbox.ask("loglik run --points x.npy --out p.npy --probes 1"),
             Contains("by 1 rademacher probe a row, whose standard error is not known"));
  const auto eval = sandbox.object("eval run");
  CHECK(eval["likelihood"]["estimate"] == true);
  CHECK(eval["likelihood"]["mean_error"] > 0);
  CHECK_THAT(sandbox.ask("eval run"), Contains("Hutchinson's estimate by 8 rademacher probes"));
  CHECK(sandbox.object("sample run -n 9 --out x.npy --loglik p.npy")["estimate"] == true);
}

TEST_CASE("a file of log-densities that has no place for a note has one beside it") {
  const Numbers sandbox;
  const auto note = [&](const std::string& file) {
    return nlohmann::json::parse(sandbox.read(file + ".json"));
  };
  const auto exists = [&](const std::string& file) {
    return std::filesystem::exists(sandbox.path(file));
  };
  sandbox.train("run", R"({"type":"gaussian","dim":18})");
  CHECK_THAT(
      sandbox.ask("sample run -n 9 --out x.npy --loglik p.npy"),
      Contains("p.npy has no place for a note on what its numbers are, so p.npy.json says it"));
  CHECK(note("p.npy")["holds"] == "ln_p_estimate");
  const auto report = sandbox.object("loglik run --points x.npy --out q.npy");
  CHECK(report["note"] == "q.npy.json");
  CHECK(note("q.npy")["file"] == "q.npy");
  for (const char* key : {"estimate", "divergence", "probes", "row_error", "mean_error"}) {
    CAPTURE(key);
    CHECK(note("q.npy")[key] == report[key]);
  }
  CHECK_THAT(note("q.npy")["text"].get<std::string>(),
             Contains("ln p is Hutchinson's estimate by 8 rademacher probes a row"));
  // Later densities replace the note of earlier ones. Exact densities get a note only in this case.
  CHECK_THAT(sandbox.ask("loglik run --points x.npy --out q.npy --divergence exact"),
             Contains("q.npy.json"));
  CHECK(note("q.npy")["holds"] == "ln_p");
  CHECK(note("q.npy")["estimate"] == false);
  sandbox.ask("loglik run --points x.npy --out r.npy --divergence exact");
  CHECK(!exists("r.npy.json"));
  sandbox.ask("loglik run --points x.npy --out r.csv");
  CHECK(!exists("r.csv.json"));
  sandbox.ask("sample run -n 9 --out y.npy");
  CHECK(!exists("y.npy.json"));
  // The note is one of the command's files.
  sandbox.write("s.npy.json", sandbox.read("x.npy"));
  expect(sandbox("loglik run --points s.npy.json --out s.npy"), 2,
         {"[file] the note of --out and --points are both s.npy.json"});
}

TEST_CASE("log-densities of a finite set say to which time the data is smoothed") {
  const Numbers sandbox;
  sandbox.write("set.csv", "1,2\n3,5\n4,1\n2,2\n");
  sandbox.train("run", raw("set.csv"), "sampler=dopri5");
  const std::string said =
      "that of the data smoothed to t = 1 - 1e-05, since a finite set has no density at t = 1";
  const std::string text =
      sandbox.ask("loglik run --exact --points set.csv --out p.csv --rtol 1e-3");
  CHECK_THAT(text, Contains("ln p is " + said) && !Contains("solved from"));
  const double end =
      sandbox.object("loglik run --exact --points set.csv --out p.npy")["smoothed_to"];
  CHECK(end == Approx(1 - 1e-5).epsilon(1e-9));
  CHECK(sandbox.read("p.csv").starts_with("ln_p_smoothed_to_t_0.99999"));
  const auto note = nlohmann::json::parse(sandbox.read("p.npy.json"));
  CHECK(note["smoothed_to"] == end);
  CHECK(note["estimate"] == false);
  CHECK_THAT(note["text"].get<std::string>(), Contains(said));
  CHECK_THAT(sandbox.ask("loglik run --exact --points set.csv --out p.npy --divergence rademacher"),
             Contains("8 rademacher probes a row") && Contains("; it is " + said));
  CHECK_THAT(sandbox.ask("sample run --exact -n 4 --out x.npy --loglik q.csv"), Contains(said));
  CHECK(sandbox.object("eval run --exact -n 8")["likelihood"]["smoothed_to"] == end);
  CHECK_THAT(sandbox.ask("eval run --exact -n 8"),
             Contains("the likelihood is that of the data smoothed to t = 1 - 1e-05"));
  // The network's flow, and data with a density, are not smoothed.
  CHECK(!sandbox.object("loglik run --points set.csv --out p.csv").contains("smoothed_to"));
  sandbox.train("wide", R"({"type":"mixture","means":[[0,0],[4,0]]})");
  sandbox.ask("loglik wide --exact --points set.csv --out p.csv");
  CHECK(sandbox.table("p.csv").names.empty());
}
