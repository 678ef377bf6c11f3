// Tests the output and the errors of `pushforward verify`, and compares docs/theory.md with the
// table of equations. tests/program/documents.py checks that the code and the tests that this page
// names exist.
#include "apps/report/verify.h"

#include <fstream>
#include <iterator>
#include <regex>

#include "apps/failure.h"
#include "paths.h"
#include "tests/tools/catch.h"

namespace pushforward::app {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(std::string(PUSHFORWARD_SOURCE_DIR "/") + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Returns all matches of a pattern with their groups.
std::vector<std::smatch> all(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), {}};
}

}  // namespace

TEST_CASE("verify: only the requested equations are checked, in the order of the table",
          "[verify]") {
  const std::vector<Verdict> two = verify({"ve", "continuity"});
  REQUIRE(two.size() == 2);
  CHECK(two[0].equation->name == std::string("continuity"));
  CHECK(two[1].equation->name == std::string("ve"));
  CHECK(two[0].holds());
  CHECK_THAT(verify_text(two), Contains("ok      continuity") && Contains("(u_t p_t)\n") &&
                                   Contains("2 of 2 equations hold\n"));
  const auto object = verify_object(two);
  CHECK(object.at("held") == 2);
  CHECK(object.at("total") == 2);
  CHECK(object.at("equations").at(1).at("name") == "ve");
  CHECK(object.at("equations").at(1).at("residual") == two[1].residual);
  CHECK(object.at("equations").at(1).at("holds") == true);
  CHECK(verify({}).size() == theory_equations().size());
}

TEST_CASE("verify: a planted error is reported as a failure", "[verify]") {
  const std::vector<Verdict> planted = verify({"continuity", "cfm_ot"}, 1e-3);
  CHECK_FALSE(planted[0].holds());
  CHECK_THAT(verify_text(planted),
             Contains("FAILED  continuity") && Contains("0 of 2 equations hold\n"));
  CHECK(verify_object(planted).at("held") == 0);
  CHECK(verify_object(planted).at("equations").at(0).at("holds") == false);
  CHECK_THROWS_WITH(verify({"continuty"}),
                    "[verify] there is no equation \"continuty\"; did you mean \"continuity\"?");
  CHECK_THROWS_WITH(verify({"gravity"}),
                    "[verify] there is no equation \"gravity\"; "
                    "`pushforward verify --list` lists all names");
}

TEST_CASE("docs/theory.md has every equation with its residual, code and tests", "[verify]") {
  const std::string page = file("docs/theory.md");
  const auto checks =
      all(page, std::regex("`pushforward verify (\\w+)`.*residual (\\S+), tolerance (\\S+)\n"));
  REQUIRE(checks.size() == theory_equations().size());
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const Equation& e = theory_equations()[i];
    CAPTURE(e.name);
    CHECK(checks[i][1] == std::string(e.name));
    CHECK(std::stod(checks[i][3]) == e.tolerance);
    CHECK(e.holds(std::stod(checks[i][2])));
  }

  const auto code = all(
      page, std::regex("\n- \\*\\*Computed by\\*\\* `[\\w:]+` \\((flow|autograd)/[\\w/]+\\.h\\)"));
  CHECK(code.size() == theory_equations().size());
  const auto tests =
      all(page, std::regex("\n- \\*\\*Held by\\*\\* \"[^\"\n]+\" \\(tests/[\\w/]+\\.cpp\\)"));
  CHECK(tests.size() == theory_equations().size());
}

TEST_CASE("the table of verbs in the README contains verify", "[verify]") {
  CHECK_THAT(file("README.md"), Contains("| `verify [NAME ...]` |"));
}

}  // namespace pushforward::app
