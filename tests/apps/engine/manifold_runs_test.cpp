// Tests runs on manifolds as a user makes them: training, samples in the columns of the file, densities,
// latents, pictures, and the errors of what needs flat space or of rows that are on no manifold.
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/catch.h"
#include "tests/tools/numbers.h"
#include "tests/tools/sandbox.h"

using namespace pushforward;

namespace {

const char* const kSmall = R"("model": {"hidden": [32, 32], "input": {"type": "none"},
  "time": {"type": "fourier", "dim": 8}}, "train": {"steps": 60, "batch": 64}})";

// A folder with places, angles and rotations, and a trained run of each.
struct ManifoldSandbox : Sandbox {
  ManifoldSandbox() {
    std::string places = "# places\nlat,long,height\n", angles = "phi,psi\n", turns = "w,x,y,z\n";
    for (int k = 0; k < 60; ++k) {
      places += std::to_string(30 + k % 7) + "," + std::to_string(170 + k % 20) + "," +
                std::to_string(100 + 3 * (k % 11)) + "\n";
      angles += std::to_string(170 + k % 20) + "," + std::to_string(-60 + k % 9) + "\n";
      const double half = 0.1 * (k % 9);
      turns += std::to_string(std::cos(half)) + "," + std::to_string(std::sin(half)) + ",0,0\n";
    }
    write("places.csv", places);
    write("angles.csv", angles);
    write("turns.csv", turns);
    const auto config = [](const std::string& name, const std::string& data) {
      return R"({"name": ")" + name + R"(", "data": )" + data + ", " + kSmall;
    };
    write("places.json", config("places", R"({"type": "manifold", "latlong": ["lat", "long"],
      "of": {"type": "csv", "path": "places.csv"}})"));
    write("angles.json", config("angles", R"({"type": "manifold", "angles": ["phi", "psi"],
      "angle_unit": "degrees", "of": {"type": "csv", "path": "angles.csv"}})"));
    write("turns.json", config("turns", R"({"type": "manifold", "rotation": ["w", "x", "y", "z"],
      "of": {"type": "csv", "path": "turns.csv"}})"));
    write("caps.json", config("caps", R"({"type": "vmf_mixture", "means": [[0, 0, 1], [1, 0, 0]],
      "kappas": [20, 5]})"));
  }
  void train(const std::string& name, const std::string& options = "") const {
    const Outcome outcome = (*this)("train " + name + ".json -q --out " + name + " " + options);
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
  }
  // Runs a command that writes o.csv, and returns its header and its numbers.
  std::vector<double> numbers(const std::string& command, std::string& header) const {
    const Outcome outcome = (*this)(command + " --out o.csv");
    INFO(outcome.text);
    REQUIRE(outcome.code == 0);
    std::istringstream lines(read("o.csv"));
    std::getline(lines, header);
    std::vector<double> all;
    for (std::string word; std::getline(lines, word);) {
      std::istringstream row(word);
      for (std::string one; std::getline(row, one, ',');) all.push_back(std::stod(one));
    }
    return all;
  }
  void refused(const std::string& command, const std::string& text) const {
    const Outcome outcome = (*this)(command);
    INFO(command << "\n" << outcome.text);
    CHECK(outcome.code != 0);
    CHECK_THAT(outcome.text, Contains(text));
  }
  void works(const std::string& command, const std::string& text = "") const {
    const Outcome outcome = (*this)(command);
    INFO(command << "\n" << outcome.text);
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.text, Contains(text));
  }
};

}  // namespace

TEST_CASE("places in degrees become points of a sphere and come back in degrees") {
  const ManifoldSandbox sandbox;
  sandbox.train("places");
  std::string header;
  const std::vector<double> rows = sandbox.numbers("sample places -n 40", header);
  CHECK(header == "lat,long,height");
  REQUIRE(rows.size() == 120);
  for (std::size_t k = 0; k < rows.size(); k += 3) {
    CHECK(std::abs(rows[k]) <= 90);
    CHECK(rows[k + 1] >= -180);
    CHECK(rows[k + 1] < 180);
  }
  // Latents are places too, and decode to the points.
  sandbox.write("p.csv", "lat,long,height\n31,-175,110\n-20,300,90\n");
  const std::vector<double> latents = sandbox.numbers("encode places --points p.csv", header);
  REQUIRE(latents.size() == 6);
  sandbox.works("encode places --points p.csv --out z.csv");
  const std::vector<double> back = sandbox.numbers("decode places --points z.csv", header);
  REQUIRE(back.size() == 6);
  const std::vector<double> given{31, -175, 110, -20, -60, 90};
  for (std::size_t k = 0; k < 6; ++k) CHECK(back[k] == Approx(given[k]).margin(0.02));
  const std::vector<double> densities = sandbox.numbers("loglik places --points p.csv", header);
  REQUIRE(densities.size() == 1);  // the first line is a number too
  CHECK(std::isfinite(std::stod(header)));
  CHECK(std::isfinite(densities[0]));
  sandbox.works("eval places -n 40", "negative log-likelihood");
  sandbox.works(R"(data manifold 'latlong=["lat","long"]' 'of={"type":"csv","path":"places.csv"}')"
                " -n 3 --out d.csv");
  CHECK(sandbox.read("d.csv").starts_with("lat,long,height\n"));
  sandbox.write("bad.csv", "lat,long,height\n31,-175,110\n95,0,1\n");
  sandbox.refused(
      "loglik places --points bad.csv --out o.csv",
      "row 1: the latitude, in column lat, is 95; latitudes are from -90 to 90 degrees");
  // The velocity is in degrees per unit of time, and that of the plain column in its own unit. One step
  // of Euler's method goes along its tangent.
  const std::vector<double> u = sandbox.numbers("velocity places --points p.csv --t 0", header);
  CHECK(header == "lat,long,height");
  // Latents have the plain column in the units of the flow, (height - mean) / deviation.
  double mean = 0, square = 0;
  for (int k = 0; k < 60; ++k) {
    const double height = 100 + 3 * (k % 11);
    mean += height / 60;
    square += height * height / 60;
  }
  std::string start = "lat,long,height\n";
  for (std::size_t k = 0; k < 6; k += 3)
    start += std::to_string(given[k]) + "," + std::to_string(given[k + 1]) + "," +
             std::to_string((given[k + 2] - mean) / std::sqrt(square - mean * mean)) + "\n";
  sandbox.write("start.csv", start);
  const std::vector<double> moved =
      sandbox.numbers("decode places --points start.csv --solver euler --steps 1", header);
  REQUIRE(u.size() == 6);
  const double degree = kPi / 180;
  for (std::size_t k = 0; k < 6; k += 3) {
    const double a = degree * given[k], b = degree * given[k + 1], north = degree * u[k],
                 east = degree * u[k + 1] * std::cos(a);
    const double x = std::cos(a) * std::cos(b) - north * std::sin(a) * std::cos(b) -
                     east * std::sin(b),
                 y = std::cos(a) * std::sin(b) - north * std::sin(a) * std::sin(b) +
                     east * std::cos(b),
                 z = std::sin(a) + north * std::cos(a);
    CHECK(moved[k] == Approx(std::atan2(z, std::hypot(x, y)) / degree).epsilon(1e-4).margin(1e-4));
    CHECK(moved[k + 1] == Approx(std::atan2(y, x) / degree).epsilon(1e-4).margin(1e-4));
    CHECK(moved[k + 2] - given[k + 2] == Approx(u[k + 2]).epsilon(1e-3).margin(1e-3));
  }
  sandbox.write("pole.csv", "lat,long,height\n90,0,110\n");
  sandbox.works("velocity places --points pole.csv --t 0.5 --out o.csv",
                "1 of 1 rows are at a pole, where latitude and longitude have no velocity");
}

TEST_CASE("angles in degrees and rotations are learned on their manifolds") {
  const ManifoldSandbox sandbox;
  std::string header;
  sandbox.train("angles");
  const std::vector<double> angles = sandbox.numbers("sample angles -n 40", header);
  CHECK(header == "phi,psi");
  for (const double angle : angles) CHECK(std::abs(angle) <= 180);
  sandbox.works("plot angles -n 50", "samples");
  sandbox.works("plot angles -n 50 --only field");
  sandbox.refused("plot angles --only globe_field", "it is for data on the sphere alone");
  sandbox.train("turns", "coupling.type=ot");
  const std::vector<double> turns = sandbox.numbers("sample turns -n 40", header);
  CHECK(header == "w,x,y,z");
  REQUIRE(turns.size() == 160);
  for (std::size_t k = 0; k < turns.size(); k += 4)
    CHECK(std::hypot(std::hypot(turns[k], turns[k + 1]), std::hypot(turns[k + 2], turns[k + 3])) ==
          Approx(1).epsilon(1e-5));
}

TEST_CASE("a run on the sphere has densities and globes, and refuses what needs flat space") {
  const ManifoldSandbox sandbox;
  sandbox.train("caps", "train.threads=1");
  const std::string one = sandbox.read("caps/model.safetensors");
  sandbox.works("train caps.json -q --out two train.threads=2");
  CHECK(sandbox.read("two/model.safetensors").size() == one.size());
  std::string header, header2;
  CHECK(sandbox.numbers("sample caps -n 20 --seed 4", header) ==
        sandbox.numbers("sample two -n 20 --seed 4", header2));
  sandbox.works("sample caps -n 20 --loglik l.npy --out s.npy");
  sandbox.works("eval caps -n 60", "entropy of the data");
  sandbox.works("plot caps -n 60 --only globe,map,globe_field,flow");
  sandbox.works("inspect caps");
  sandbox.write("p.csv", "0,0,1\n0.6,0,0.8\n");
  sandbox.works("velocity caps --points p.csv --t 0.5 --out u.csv");
  sandbox.refused("sample caps --exact --out o.csv", "the exact field is known in flat space only");
  sandbox.refused("sample caps --solver edm_heun --out o.csv",
                  "[sample] edm_heun moves points in flat space, and the data of this run is on a "
                  "manifold; give --solver dopri5 or another ODE solver");
  sandbox.refused("sample caps --from p.csv --begin 0.5 --out o.csv",
                  "--from adds noise along the straight paths");
  sandbox.refused("loglik caps --points p.csv --out o.csv --gradient g.csv",
                  "--gradient is that of flat space");
  sandbox.refused("interpolate caps --from p.csv --to p.csv --out o.npy",
                  "latents are mixed along lines");
  sandbox.refused("impute caps --points p.csv --out o.csv",
                  "the missing coordinates of a point are not free");
  sandbox.refused("plot caps --only paths", "it draws straight paths");
  sandbox.write("far.csv", "0,0,2\n");
  sandbox.refused("loglik caps --points far.csv --out o.csv",
                  "row 0: the unit vector in the columns 0 to 2 has the length 2; give vectors of "
                  "length 1");
}

TEST_CASE("configs on manifolds: what does not fit is an error with its cure") {
  const ManifoldSandbox sandbox;
  const auto check = [&](const std::string& changes, const std::string& text) {
    sandbox.refused("config check caps.json " + changes, text);
  };
  sandbox.works("config check caps.json");
  check("source.type=gaussian", "a normal source is not on the manifold of /data");
  check(R"('source={"type":"uniform","low":0}')", "`low` and `high` have no effect on a manifold");
  check("path.type=cosine", "the path on a manifold is a geodesic of constant speed");
  check("path.noise.type=brownian", "the path on a manifold is a geodesic, without noise");
  check("prediction=noise", "on a manifold the network predicts the velocity");
  check("loss.type=alpha_flow",
        "a step of alpha_flow is a straight line, which leaves the manifold");
  sandbox.works("config check caps.json loss.type=lagrangian");
  check("sampler.type=jumps", "jumps need a flow map, a network of two times");
  for (const char* type : {"sinkhorn", "partial", "unbalanced"})
    check(std::string("coupling.type=") + type, "this coupling is by straight distances");
  check(R"('coupling={"type":"ot","within_classes":true}')",
        "`within_classes` and `condition_weight` are settings of transport in flat space");
  check("sampler.type=dpm_solver", "this one moves points in flat space");
  check("sampler.begin=0.1", "a flow on a manifold begins at the source, at t = 0");
  check(R"('data={"type":"standardize","of":{"type":"vmf_mixture","means":[[0,1]]}}')",
        "data on a manifold is inside the data set standardize, which would move its points off");
  check(R"('data={"type":"vmf_mixture","means":[[0,0]]}')", "is the null vector");
  check(R"('data={"type":"vmf_mixture","means":[[0,1]],"kappas":[1,2]}')",
        "`kappas` has 2 numbers and `means` 1 rows");
  check(R"('data={"type":"wrapped_mixture","means":[[0,180]]}')", "180");
  check(R"('data={"type":"manifold","of":{"type":"geyser"}}')", "no columns are named");
  check(R"('data={"type":"manifold","of":{"type":"geyser"},"latlong":[0]}')",
        "`latlong` has 1 columns");
  check(R"('data={"type":"manifold","of":{"type":"geyser"},"latlong":[0,1],"angles":[1]}')",
        "the column 1 is named twice");
  check(R"('data={"type":"manifold","of":{"type":"geyser"},"rotation":[0,1]}')",
        "`rotation` has 2 columns");
  check(R"('data={"type":"moons"}' 'source={"type":"vmf","mean":[0,1]}')",
        "this source is on a manifold, and /data (moons) is not");
  sandbox.refused(
      "train caps.json -q --out x source.type=wrapped",
      "[source] wrapped is a distribution of angles, and the manifold of the data is sphere "
      "in R^3; choose uniform");
  sandbox.refused(
      R"(train caps.json -q --out x 'source={"type":"vmf","mean":[0,1]}')",
      "[source] vmf with a mean of 2 numbers is not on the manifold of the data, sphere in "
      "R^3; choose uniform, or give a mean of its sphere");
  sandbox.refused(
      R"(train caps.json -q --out x 'source={"type":"data","of":{"type":"vmf_mixture","means":[[0,1]]}}')",
      "[source] the source is on the manifold sphere in R^2, but the data on sphere in R^3; give both on "
      "the same one");
  sandbox.refused(
      R"(train places.json -q --out x 'data={"type":"manifold","of":{"type":"csv","path":"places.csv"},"latlong":["lat","lon"]}')",
      R"([data] /data/latlong names the column "lon", but the columns are lat, long, height; name one of )"
      "them");
  sandbox.refused(
      R"(train places.json -q --out x 'data={"type":"manifold","of":{"type":"moons"},"latlong":[0,1]}')",
      "[data] /data/of (moons) draws its rows anew, and a manifold is made of the rows of a file; give "
      "csv or npy");
}

TEST_CASE("rows that are on no manifold, and pairs without a geodesic, are errors of a training") {
  const ManifoldSandbox sandbox;
  std::string vectors = "x,y,z\n", opposite = vectors, broken = vectors;
  for (int k = 0; k < 30; ++k) {
    const double c = std::cos(k), s = std::sin(k);
    vectors += std::to_string(c) + "," + std::to_string(s) + ",0\n";
    opposite += std::to_string(-c) + "," + std::to_string(-s) + ",0\n";
    broken += std::to_string(c) + "," + std::to_string(k == 7 ? 2 : s) + ",0\n";
  }
  sandbox.write("vectors.csv", vectors);
  sandbox.write("opposite.csv", opposite);
  sandbox.write("broken.csv", broken);
  const auto on = [](const std::string& file) {
    return R"({"type":"manifold","sphere":[0,1,2],"of":{"type":"csv","path":")" + file + "\"}}";
  };
  sandbox.refused(
      "train caps.json -q --out x 'data=" + on("broken.csv") + "'",
      "[data] broken.csv: row 7: the unit vector in the columns x to z has the length 2.1");
  sandbox.refused("train caps.json -q --out x train.holdout=0.5 'data=" + on("broken.csv") + "'",
                  "[data] broken.csv (");
  sandbox.refused(
      "train caps.json -q --out x coupling.type=paired train.batch=16 'data=" + on("vectors.csv") +
          "' 'source={\"type\":\"data\",\"of\":" + on("opposite.csv") + "}'",
      "of the batch, from (");
}

TEST_CASE("flow maps on the sphere jump along geodesics, in both precisions") {
  const ManifoldSandbox sandbox;
  sandbox.train("caps", "train.steps=600");
  for (const char* precision : {"float32", "float64"}) {
    for (const char* loss : {"lagrangian", "semigroup", "eulerian"}) {
      CAPTURE(precision, loss);
      const std::string settings = std::string(" -q --overwrite loss.type=") + loss +
                                   " loss.directions=both precision=" + precision;
      sandbox.works("train caps.json --out map train.threads=1" + settings);
      std::string header, other;
      const std::vector<double> one = sandbox.numbers("sample map -n 40 --seed 2", header);
      CHECK(sandbox.numbers("sample map -n 40 --seed 2 --steps 1", other) == one);
      const std::vector<double> four =
          sandbox.numbers("sample map -n 40 --seed 2 --steps 4", other);
      CHECK(four != one);
      for (const std::vector<double>& points : {one, four}) {
        for (std::size_t k = 0; k < points.size(); k += 3)
          CHECK(std::hypot(points[k], points[k + 1], points[k + 2]) == Approx(1).epsilon(1e-6));
      }
    }
  }
  // Trained on from the plain run, one jump is close to the flow, and leads back.
  sandbox.works(
      "train caps.json -q from=caps loss.type=lagrangian loss.directions=both train.steps=600 --out "
      "far");
  const auto report = nlohmann::json::parse(sandbox("eval far -n 300 --json").text);
  const auto& jumps = report.at("jumps");
  CHECK(jumps.at("by_1").at("evaluations") == 1);
  CHECK(jumps.at("by_1").at("off").get<double>() < 0.35);
  CHECK(jumps.at("by_8").at("off").get<double>() < jumps.at("by_1").at("off").get<double>());
  sandbox.write("p.csv", "0,0,1\n0.6,0,0.8\n-1,0,0\n");
  sandbox.works("encode far --points p.csv --out z.csv --steps 8");
  std::string header;
  const std::vector<double> back = sandbox.numbers("decode far --points z.csv --steps 8", header);
  std::istringstream first(header);  // the first line is numbers too
  CHECK(back.size() == 6);
  sandbox.works("plot far -n 40 --only globe,steps");
}

TEST_CASE("a report of a run on a manifold shows its embedding, and says what is left out") {
  const ManifoldSandbox sandbox;
  for (const std::string name : {"places", "angles", "turns", "caps"}) {
    CAPTURE(name);
    sandbox.train(name);
    sandbox.works("report " + name + " -n 50 --out report.html");
    const std::string page = sandbox.read("report.html");
    CHECK_THAT(page, Contains("and are shown by their embedding"));
  }
  CHECK_THAT(sandbox.read("report.html"), Contains("globe_field and flow of pushforward plot"));
}

TEST_CASE("pictures of places have coastlines, or say which package is missing") {
  const ManifoldSandbox sandbox;
  sandbox.write("one.json",
                R"({"name": "one", "data": {"type": "manifold", "latlong": ["lat", "long"],
    "of": {"type": "csv", "path": "one.csv"}}, )" +
                    std::string(kSmall));
  std::string places = "lat,long\n";
  for (int k = 0; k < 60; ++k)
    places += std::to_string(10 + k % 7) + "," + std::to_string(k) + "\n";
  sandbox.write("one.csv", places);
  sandbox.train("one");
  sandbox.works("plot one -n 40 --only globe,map,globe_field,flow --marks");
  const std::string marks = sandbox.read("one/plots/map.json");
  const bool installed = marks.find("coastlines of GSHHG") != std::string::npos;
  if (!installed)
    CHECK_THAT(marks,
               Contains("no coastlines: the Debian package python-cartopy-data is not installed"));
  sandbox.write("coast.shp", "no shapefile");
  const Outcome outcome =
      Sandbox::run_shell("cd " + sandbox.path("") +
                         " && PUSHFORWARD_COASTLINES=coast.shp " PUSHFORWARD_BINARY_DIR
                         "/pushforward plot one -n 40 --only globe");
  CHECK(outcome.code == 4);
  CHECK_THAT(outcome.text, Contains("coast.shp: byte 0: it does not begin as a shapefile does"));
}
