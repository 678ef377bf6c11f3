// Tests that wrong uses of flows are refused before any work, with a cure.
#include <cmath>
#include <string>

#include "tests/program/plane.h"
#include "tests/tools/catch.h"

using namespace pushforward;
using namespace pushforward::app;

TEST_CASE("wrong uses of a flow are refused before any work, with a cure") {
  const Plane sandbox;
  sandbox.train("run", "train.steps=2");
  sandbox.ask("sample run -n 5 --out a.npy");
  sandbox.ask("sample run -n 4 --out b.npy");
  SECTION("labels that there are not") {
    expect(sandbox("sample run -n 3 --label 1 --out x.npy"), 2,
           {"[label] the network of this run takes no labels", "/model/label"});
    expect(sandbox("sample run -n 3 --guidance 1 --out x.npy"), 2, {"[guidance] --guidance needs"});
    expect(sandbox("sample run -n 3 --labels l.npy --out x.npy"), 2, {"[sample] --labels"});
    expect(sandbox("train plane.json sampler.guidance.scale=1"), 2,
           {"/sampler/guidance/scale: guidance needs a network that takes labels"});
    expect(sandbox(R"(train plane.json model.label.type=embedding 'data={"type":"geyser"}')"), 2,
           {"/model/label: it is an embedding, but the data has no classes"});
  }
  SECTION("points that are not finite, none at all, and probes for an exact divergence") {
    write_npy(sandbox.path("nan.npy"), {{2, 2}, {0, 1, 2, std::nan("")}, "<f8"});
    write_npy(sandbox.path("none.npy"), {{0, 2}, {}, "<f8"});
    for (const char* verb : {"velocity run --t 0.5", "encode run", "decode run", "loglik run"})
      expect(sandbox(std::string(verb) + " --points nan.npy --out x.npy"), 4,
             {"nan.npy: row 1, column 1 is nan; correct or remove that row"});
    expect(sandbox("loglik run --points none.npy --out x.npy"), 4,
           {"none.npy: there are no points"});
    expect(sandbox("loglik run --points a.npy --out x.npy --probes 8"), 2,
           {"[loglik] --probes 8 has no effect"});
    expect(sandbox("loglik run --points a.npy --out x.npy --tokens"), 2,
           {"[loglik] --tokens is for quantized data"});
    expect(sandbox("loglik run --points a.npy --out y.npy --probes 8 --divergence gaussian"), 0,
           {});
  }
  SECTION("measures and grids that there are not") {
    expect(sandbox("eval run --label 0"), 2, {"[eval] --label", "leave it out"});
    expect(sandbox("sample run -n 3 --trajectory t.csv --out x.npy"), 2,
           {"[sample] t.csv", "end the name in .npy"});
    expect(sandbox("loglik run --points a.npy --out p.npy --gradient g.txt"), 2, {"g.txt", ".npy"});
    expect(sandbox("loglik run --points a.npy --out p.npy --gradient g.npy --divergence gaussian"),
           2, {"[loglik] --gradient", "exact divergence"});
    sandbox.train(
        "listed",
        R"('sampler={"type":"euler","grid":{"type":"list","times":[0,0.5,1]}}' train.steps=2)");
    expect(sandbox("sample listed -n 3 --steps 9 --out x.npy"), 2,
           {"[sample] --steps has no effect", "list of times"});
    expect(sandbox("train plane.json train.steps=2 -q"), 0, {});
    expect(sandbox("train plane.json train.steps=2"), 0,
           {"runs/plane is an earlier run", "written to runs/plane-2"});
    expect(sandbox("smaple run"), 2,
           {"[program] there is no verb \"smaple\"; did you mean \"sample\"?"});
    expect(sandbox("frobnicate"), 2,
           {"there is no verb \"frobnicate\"; choose one of: train sweep sample"});
  }
  SECTION("exact fields that there are not") {
    sandbox.train("tied", "coupling.type=ot train.steps=2");
    expect(sandbox("sample tied --exact -n 3 --out x.npy"), 2,
           {"[exact] the exact field is only known for the coupling independent", "(ot)"});
    sandbox.train("moons", R"('data={"type":"moons"}' train.steps=2)");
    expect(sandbox("sample moons --exact -n 3 --out x.npy"), 2,
           {"[oracle] the data is not a mixture"});
    sandbox.train("noisy", "path.noise.type=sine train.steps=2");
    expect(sandbox("sample noisy --exact -n 3 --out x.npy"), 2, {"[exact]", "/path/noise"});
  }
  SECTION("solvers that do not do it") {
    expect(sandbox("sample run -n 3 --loglik p.npy --solver euler_maruyama --out x.npy"), 2,
           {"[loglik] euler_maruyama is not an ODE solver", "--solver dopri5"});
    expect(sandbox("loglik run --points a.npy --solver edm_heun --out p.npy"), 2,
           {"[loglik] edm_heun"});
    expect(sandbox("encode run --points a.npy --solver dpm_solver --out x.npy"), 2,
           {"[latent] dpm_solver cannot be reversed", "--solver dopri5"});
    expect(sandbox("sample run -n 3 --solver dpm --out x.npy"), 2,
           {"there is no solver \"dpm\"", "dpm_solver"});
    sandbox.train("noisy", "path.noise.type=sine train.steps=2");
    expect(sandbox("sample noisy -n 3 --solver dpm_solver --out x.npy"), 2,
           {"dpm_solver needs E[x0 | xt]", "(sine)"});
    sandbox.train("uniform", "source.type=uniform train.steps=2");
    expect(sandbox("sample uniform -n 3 --solver euler_maruyama --out x.npy"), 2,
           {"only if the source is standard normal"});
    expect(sandbox("sample run -n 3 --trajectory t.npy --loglik p.npy --out x.npy"), 2,
           {"--loglik and --trajectory"});
  }
  SECTION("sources without a density") {
    sandbox.train("pairs",
                  R"('source={"type":"data","of":{"type":"moons","noise":0}}' train.steps=2)");
    expect(sandbox("loglik pairs --points a.npy --out p.npy"), 2,
           {"[likelihood] the source has no density"});
    expect(sandbox("sample pairs -n 3 --loglik p.npy --out x.npy"), 2,
           {"[likelihood] the source has no density"});
  }
  SECTION("points that do not fit") {
    sandbox.write("three.csv", "1,2,3\n4,5,6\n");
    expect(sandbox("interpolate run --from a.npy --to b.npy --out w.npy"), 2,
           {"[interpolate] there are 5 start points, but 4 end points"});
    expect(sandbox("interpolate run --from a.npy --to a.npy --out w.csv"), 2, {"only .npy holds"});
    expect(sandbox("loglik run --points three.csv --out p.npy"), 4,
           {"[loglik]", "(2, 3)", "(N, 2)"});
    expect(sandbox("encode run --points three.csv --out p.npy"), 4, {"[encode]", "(N, 2)"});
    expect(sandbox("decode run --points three.csv --out p.npy"), 4, {"[decode]", "(N, 2)"});
    expect(sandbox("loglik run --points none.npy --out p.npy"), 4, {"none.npy"});
    expect(sandbox("loglik run --points a.npy --out p.txt"), 2, {"p.txt", ".npy"});
    expect(sandbox("compare a.npy three.csv"), 2, {"[compare]", "dimension 3"});
  }
  SECTION("combinations of sections") {
    expect(sandbox("train plane.json coupling.type=ot train.batch=4"), 2,
           {"override `train.batch=4`: error: /train/batch: it is too small",
            "raise it to at least 16"});
    expect(sandbox("train plane.json prediction=score"), 2,
           {"/prediction: the score is infinite at t = 1"});
    expect(sandbox(R"(train plane.json 'path={"type":"table","points":[[0,1,1],[1,0,0]]}')"), 2,
           {"/path/points: row 1 of the table has alpha and sigma 0"});
    expect(
        sandbox(
            R"(train plane.json coupling.type=paired 'source={"type":"data","of":{"type":"geyser"}}')"),
        2, {"/coupling: only rows of a finite", "/data (mixture) draws new rows without end"});
    // The numbers of rows are compared after reading the files and before writing anything.
    expect(
        sandbox(
            R"(train plane.json coupling.type=paired 'source={"type":"data","of":{"type":"npy","path":"a.npy"}}' 'data={"type":"npy","path":"b.npy"}')"),
        2, {"[batch] paired rows need two finite sets of equal size", "has 5 rows, the data 4"});
    CHECK(sandbox.read("runs/plane/config.json").empty());
  }
  CHECK(sandbox.read("x.npy").empty());
}
