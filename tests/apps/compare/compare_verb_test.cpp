// Tests the verb compare on tables of text with names and categories.
#include <cmath>
#include <fstream>
#include <string>

#include "apps/json/json.h"
#include "paths.h"
#include "tests/tools/catch.h"
#include "tests/tools/sandbox.h"

namespace pushforward::app {
namespace {

const std::string kPenguins = PUSHFORWARD_SOURCE_DIR "/data/penguins.csv";

Json compared(const Sandbox& sandbox, const std::string& arguments) {
  const Outcome outcome = sandbox("compare " + arguments + " --json 2>/dev/null");
  INFO(outcome.text);
  REQUIRE(outcome.code == 0);
  return Json::parse(outcome.text);
}

}  // namespace

TEST_CASE("compare prints a line for each column of two tables, and all measures", "[long]") {
  const Sandbox sandbox;
  const Outcome outcome = sandbox("compare " + kPenguins + " " + kPenguins);
  CHECK(outcome.code == 0);
  for (const char* part :
       {"(333 points) against", "8 columns", "bill_length_mm", "43.993 | 43.993", "0.000   1.000",
        "Adelie 0.438 | 0.438", "greatest difference of", "classifier", "right answers",
        "2-Wasserstein                     0",
        "distances are in standard deviations of the true points", "distance to the closest row",
        "333 of 333 rows are copies", "11 of 344 rows left out for missing cells"})
    CHECK_THAT(outcome.text, Contains(part));
  const Json object = compared(sandbox, kPenguins + " " + kPenguins);
  CHECK(object.at("columns").size() == 8);
  CHECK(object.at("columns").at(0).at("kind") == "category");
  CHECK(object.at("columns").at(2).at("ks") == 0.);
  CHECK(object.at("scale") == "std");
  CHECK(object.at("closest").at("samples").at("copies") == 333);
  CHECK(object.at("closest").at("own").at("copies") == 0);
  CHECK(object.at("classifier").at("asked_rows") == 166);
  CHECK(object.at("too_small").empty());
}

TEST_CASE("compare says which columns are missing, left out or of another kind") {
  const Sandbox sandbox;
  sandbox.write("a.csv", "kind,mass,extra\nred,1.5,7\ntan,2.5,8\n");
  sandbox.write("b.csv", "mass,kind\n1.5,red\n3.5,blue\n2.5,red\n");
  sandbox.write("c.csv", "mass,kind\n1.5,1\n3.5,2\n");
  sandbox.write("d.csv", "mass\n1.5\n3.5\n");
  const Outcome found = sandbox("compare a.csv b.csv");
  CHECK(found.code == 0);
  CHECK_THAT(found.text,
             Contains("a.csv: its columns kind, mass, extra are taken by name, as b.csv "
                      "has them: mass, kind; without extra"));
  CHECK_THAT(found.text, Contains("blue 0.000 | 0.333, red 0.500 | 0.667, tan 0.500 | 0.000"));
  CHECK_THAT(found.text, Contains("the classifier: a.csv has 2 rows, and 40 are needed"));
  const Outcome other = sandbox("compare c.csv b.csv");
  CHECK(other.code == 4);
  CHECK_THAT(other.text, Contains("[compare] c.csv: column kind holds numbers, but text in b.csv"));
  const Outcome missing = sandbox("compare d.csv b.csv");
  CHECK(missing.code == 4);
  CHECK_THAT(missing.text, Contains("its columns are mass, but b.csv has mass, kind"));
}

TEST_CASE("compare measures held-out rows beside the samples") {
  const Sandbox sandbox;
  std::string train = "x,y\n", held_out = train, copies = train;
  for (int k = 0; k < 60; ++k) {
    const auto row = [](double at) {
      return std::to_string(std::sin(5 * at)) + "," + std::to_string(std::cos(3 * at)) + "\n";
    };
    train += row(k);
    copies += row(k);
    held_out += row(k + 0.5);
  }
  sandbox.write("train.csv", train);
  sandbox.write("copies.csv", copies);
  sandbox.write("held_out.csv", held_out);
  const Json object = compared(sandbox, "copies.csv train.csv --holdout held_out.csv");
  CHECK(object.at("holdout") == "held_out.csv");
  const Json& closest = object.at("closest");
  CHECK(closest.at("samples").at("median") == 0.);
  CHECK(closest.at("samples").at("copies") == 60);
  CHECK(closest.at("held_out").at("copies") == 0);
  CHECK(closest.at("held_out").at("median").get<double>() > 0);
  CHECK(closest.at("closer_than_held_out") == 1.);
  CHECK_THAT(sandbox("compare copies.csv train.csv --holdout held_out.csv").text,
             Contains("held-out rows") && Contains("closer to B than to held-out rows"));
}

}  // namespace pushforward::app
