// Tests the comparison of two sets of points: numbers, table and JSON, and the verb compare with
// its errors.
#include "apps/report/comparison.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "apps/formats/npy.h"
#include "apps/tables/csv.h"
#include "flow/measure/discrepancy.h"
#include "flow/measure/wasserstein.h"
#include "paths.h"
#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

std::vector<double> comparison_normals(int n, std::uint32_t step, double shift = 0) {
  const Stream stream{51, Purpose::user, step};
  std::vector<double> x(static_cast<std::size_t>(n) * 2);
  for (std::size_t k = 0; k < x.size(); ++k)
    x[k] = shift + stream.normal(static_cast<std::uint32_t>(k));
  return x;
}

PointSet comparison_points(const std::vector<double>& x) {
  return {static_cast<int>(x.size()) / 2, 2, x.data()};
}

// A temporary folder with files of points. The tests run the program in it.
struct CompareSandbox {
  CompareSandbox() {
    char name[] = "/tmp/pushforward-compare-XXXXXX";
    folder = mkdtemp(name);
  }
  ~CompareSandbox() { run("rm -rf " + folder); }
  void write(const std::string& name, std::vector<std::size_t> shape, std::vector<double> x) const {
    write_npy(folder + "/" + name, {std::move(shape), std::move(x)});
  }
  int compare(const std::string& arguments) {
    return run("cd " + folder + " && " PUSHFORWARD_BINARY_DIR "/pushforward compare " + arguments);
  }
  int run(const std::string& command) {
    text.clear();
    FILE* pipe = popen(("(" + command + ") 2>&1 </dev/null").c_str(), "r");
    char buffer[4096];
    while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
    const int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string folder, text;
};

}  // namespace

TEST_CASE("a comparison contains the values of all measures") {
  Workers one(1), two(2);
  const auto x = comparison_normals(80, 1, 0.5), y = comparison_normals(60, 2);
  const Comparison c = compare_points(comparison_points(x), comparison_points(y), {}, one);
  CHECK(c.pairs == 60);
  CHECK(c.used_samples == 80);
  CHECK(c.dim == 2);
  const auto fewer = subsample(comparison_points(x), 60, {0, Purpose::shuffle, 0});
  CHECK(c.w2 == wasserstein2(comparison_points(fewer), comparison_points(y)));
  CHECK(c.sliced_w2 == sliced_wasserstein2(comparison_points(x), comparison_points(y), 200,
                                           {0, Purpose::shuffle, 2}, one));
  CHECK(c.energy_distance == energy_distance(comparison_points(x), comparison_points(y), one));
  CHECK(c.mmd2 == mmd2(comparison_points(x), comparison_points(y),
                       usual_bandwidths(comparison_points(x), comparison_points(y)), one));
  CHECK(c.coverage.coverage ==
        measure_coverage(comparison_points(y), comparison_points(x), one).coverage);
  CHECK(comparison_object(c) ==
        comparison_object(compare_points(comparison_points(x), comparison_points(y), {}, two)));
  const Comparison few =
      compare_points(comparison_points(x), comparison_points(y), {.max_points = 20}, one);
  CHECK(few.pairs == 20);
  CHECK(few.used_truth == 20);
  CHECK(few.sliced_w2 == c.sliced_w2);  // sliced_w2 always uses all points
}

TEST_CASE("measures that cannot be computed are left out") {
  Workers workers(1);
  const std::vector<double> one{0, 0}, other{3, 4}, same(20, 1.);
  const Comparison c =
      compare_points(comparison_points(one), comparison_points(other), {}, workers);
  CHECK(c.w2 == 5);
  CHECK(std::isnan(c.mmd2));
  CHECK(std::isnan(c.coverage.coverage));
  const Json object = comparison_object(c);
  CHECK(object.at("mmd2").is_null());
  CHECK(object.at("coverage").is_null());
  CHECK(object.at("w2") == 5.);
  const std::string text = comparison_text(c);
  CHECK_THAT(text, Contains("no bandwidth") && Contains("needs more than 5 true points"));
  CHECK(std::isnan(
      compare_points(comparison_points(same), comparison_points(same), {}, workers).mmd2));
}

TEST_CASE("the verb compare prints a table or one JSON object") {
  CompareSandbox sandbox;
  const auto x = comparison_normals(100, 1), y = comparison_normals(100, 2);
  auto moved = x;
  for (std::size_t k = 0; k < moved.size(); k += 2) moved[k] += 3;
  sandbox.write("x.npy", {100, 2}, x);
  sandbox.write("moved.npy", {100, 2}, moved);
  sandbox.write("images.npy", {50, 2, 2}, y);
  write_csv(sandbox.folder + "/x.csv", {{100, 2}, x});

  CHECK(sandbox.compare("moved.npy x.csv") == 0);
  CHECK_THAT(sandbox.text, Contains("moved.npy (100 points) against x.csv (100), dimension 2"));
  CHECK_THAT(sandbox.text,
             Contains("2-Wasserstein                     3   exact, 100 points of each"));
  for (const char* name :
       {"sliced 2-Wasserstein", "MMD^2", "energy distance", "coverage", "density"})
    CHECK_THAT(sandbox.text, Contains(name));

  CHECK(sandbox.compare("moved.npy x.npy --json --max 50 --seed 3 --threads 1") == 0);
  const auto object = nlohmann::json::parse(sandbox.text);
  CHECK(object.at("a") == "moved.npy");
  CHECK(object.at("w2_points") == 50);
  CHECK(object.at("w2") > 2);
  CHECK(object.at("dim") == 2);
  CHECK(object.at("coverage") < 0.5);
  CHECK(sandbox.compare("images.npy images.npy --json") == 0);
  CHECK(nlohmann::json::parse(sandbox.text)["dim"] == 4);
  CHECK(nlohmann::json::parse(sandbox.text)["w2"] == 0);
}

TEST_CASE("files that cannot be compared are refused") {
  CompareSandbox sandbox;
  sandbox.write("flat.npy", {4, 2}, std::vector<double>(8, 1.));
  sandbox.write("deep.npy", {4, 3}, std::vector<double>(12, 1.));
  sandbox.write("none.npy", {0, 2}, {});
  sandbox.write("number.npy", {}, {1});
  sandbox.write("nan.npy", {2, 2}, {0, 1, 2, std::nan("")});
  const auto refused = [&](const std::string& arguments, int code, const std::string& part) {
    CAPTURE(arguments);
    CHECK(sandbox.compare(arguments) == code);
    CHECK_THAT(sandbox.text, Contains(part));
  };
  refused("flat.npy deep.npy", 2,
          "[compare] flat.npy holds 4 points of dimension 2, but deep.npy holds 4 of dimension 3");
  refused("flat.npy none.npy", 4, "[compare] none.npy: shape (0, 2) holds no points");
  refused("number.npy flat.npy", 4, "[compare] number.npy: it holds one number, not points");
  refused("nan.npy flat.npy", 4, "[compare] nan.npy: row 1, column 1 is nan");
  refused("flat.npy gone.npy", 4, "gone.npy");
  refused("flat.npy flat.txt", 4, "cannot read flat.txt");
  refused("flat.npy", 2, "truth is required");
  refused("flat.npy flat.npy --max 0", 2, "--max");
}

}  // namespace pushforward::app
