// Tests listings of a tape as text and JSON, its costs, and the source of the
// first non-finite value.
#include "autograd/inspect/listing.h"

#include <limits>
#include <locale>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "autograd/inspect/text.h"
#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

using nlohmann::json;

const std::string kDtypeName = sizeof(real) == 4 ? "float32" : "float64";
constexpr real kInf = std::numeric_limits<real>::infinity();

std::string printed(const Tape& tape, const PrintOptions& options = {}) {
  std::ostringstream out;
  print(out, tape, options);
  return out.str();
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

double clock_now = 0;
// A clock that advances by a microsecond at each call.
double listing_ticks() { return clock_now += 1e-6; }

// A small training step: two labelled layers, a loss and its gradient.
struct ListedStep {
  Tape tape;
  TapeClock clock;
  std::vector<real> w0 = std::vector<real>(6, real(0.5)), w1 = std::vector<real>(2, real(0.25));
  Var x, loss, g;
  explicit ListedStep(double (*seconds)() = nullptr) : clock(seconds) {
    if (seconds) tape.set_clock(&clock);
    x = tape.input({4, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "x");
    const Var a = tape.parameter(0, {2, 3}, w0.data(), "layers.0.weight");
    const Var b = tape.parameter(1, {1, 2}, w1.data(), "layers.1.weight");
    Var h;
    {
      Label label(tape, "layers.0");
      h = tanh(matmul(x, a, false, true));
    }
    {
      Label label(tape, "layers.1");
      h = matmul(h, b, false, true);
    }
    loss = mean(square(h));
    g = grad(loss, a);
  }
};

TEST_CASE("a line is printed with its number, op, shape, inputs, label and place") {
  Tape tape;
  const Var x = tape.input({2, 2}, {1, 2, 3, 4}, "x");
  Label label(tape, "layers.0");
  const int line = __LINE__ + 1;
  const Var y = x * x;
  const std::string at = joined_text("inspect/listing_test.cpp:", std::to_string(line));
  CHECK(y.id == 1);
  CHECK(printed(tape) ==
        "line  op     shape   from   in        recorded at\n"
        "  #0  input  (2, 2)  x\n"
        "  #1  mul    (2, 2)  #0 #0  layers.0  " +
            at + "\n2 lines, " + kDtypeName + ", " + (sizeof(real) == 4 ? "32 B" : "64 B") +
            " of values, 4 FLOPs\n");
}

TEST_CASE("values of small tensors are printed if requested") {
  Tape tape;
  const Var x = tape.input({2, 2}, {1, 2, 3, 4}, "x");
  sum(x);
  tape.full({5}, real(0.5));
  const PrintOptions few{.values = 4, .places = false, .heading = false};
  CHECK(printed(tape, few) ==
        "#0  input     (2, 2)  x        [1 2; 3 4]\n"
        "#1  sum       ()      #0       10\n"
        "#2  constant  (5)     all 0.5\n");
  CHECK_THAT(printed(tape), !Contains("[1 2"));
}

TEST_CASE("paused lines and lines recorded by rules are marked") {
  Tape tape;
  const Var x = tape.input({2}, {1, 2}, "x");
  const Var y = sum(tanh(x));
  grad(y, x, Record::yes);
  grad(y, x, Record::no);
  {
    Pause pause(tape);
    exp(x);
  }
  jvp(y, x, tape.full({2}, 1), Record::yes);
  jvp(y, x, tape.full({2}, 1), Record::no);
  const std::string text = printed(tape, {.places = false});
  CHECK_THAT(text, Contains("#4  broadcast  (2)    #3        vjp of #2\n"));
  CHECK_THAT(text, Contains("#10  broadcast  (2)    #9        paused, vjp of #2\n"));
  CHECK_THAT(text, Contains("exp        (2)    #0        paused\n"));
  CHECK_THAT(text, Contains("#21  sum        ()     #20       jvp of #2\n"));
  CHECK_THAT(text, Contains("#27  sum        ()     #26       paused, jvp of #2\n"));
  const std::string forward = printed(tape, {.rules = false, .places = false});
  CHECK_THAT(forward, !Contains("vjp of") && !Contains("jvp of"));
  CHECK_THAT(forward, Contains("28 lines (20 recorded by rules not shown)"));
}

TEST_CASE("the constants of every op are printed") {
  Tape tape;
  const Var x = tape.input({2, 3}, {1, 2, 3, 4, 5, 6}, "x");
  const int rows[] = {1, 0, 1, 1, 0, 0, 1};
  scale(x, real(0.5));
  shift(x, -1);
  pow(x, 3);
  clamp(x, 2, 5);
  normalize(x, real(0.25));
  concat(x, x, -1);
  slice(x, 1, 1, 2);
  pad(x, 1, 2, 6);
  gather_rows(x, rows);
  gather_rows(x, std::span(rows, 2));
  matmul(x, x, true, false);
  matmul(x, x, false, true);
  broadcast_rows(tape.full({1, 2}, 7), 4);
  const std::string text = printed(tape, {.places = false});
  for (const char* part :
       {"#0 by 0.5", "#0 by -1", "#0 to the 3", "#0 [2, 5]", "#0 eps 0.25", "#0 #0 axis 1",
        "#0 axis 1 [1, 3)", "#0 axis 1 at 2 of 6", "#0 rows 1 0 1 1 0 0 ... (7)", "#0 rows 1 0\n",
        "#0^T #0", "#0 #0^T", "all 7"})
    CHECK_THAT(text, Contains(part));
}

TEST_CASE("the constants of an op whose record does not describe them are printed by name") {
  constexpr Op stretch{
      .name = "stretch",
      .inputs = 1,
      .shape = [](const OpInputs& in) { return in.shape[0]; },
      .forward = [](const Tape& t, const TapeLine& l, real* y) { *y = *t.line(l.in[0]).value; },
      .flops = [](const Tape&, const TapeLine&) { return 1.0; },
      .constants = Rotation{}};
  Tape tape;
  const Var x = tape.input({1}, {1});
  tape.apply(stretch, {x}, Rotation{.length = 3, .head = 2, .cols = 4});
  CHECK_THAT(printed(tape), Contains("#0 length 3 head 2 cols 4"));
}

TEST_CASE("a listing of five hundred lines has aligned columns") {
  Tape tape;
  Var x = tape.input({2}, {1, 2}, "x");
  for (int k = 0; k < 499; ++k) x = scale(x, real(0.5));
  const auto lines = split_lines(printed(tape, {.places = false}));
  REQUIRE(lines.size() == 502);
  const auto column = lines[0].find("shape");
  for (std::size_t k = 1; k <= 500; ++k) CHECK(lines[k].substr(column, 5) == "(2)  ");
  CHECK(lines[1].substr(0, 11) == "  #0  input");
  CHECK(lines[500].substr(0, 11) == "#499  scale");
  const auto part = split_lines(printed(tape, {.heading = false, .begin = 100, .end = 103}));
  REQUIRE(part.size() == 3);
  CHECK_THAT(part[0], Contains("#100  scale"));
  CHECK_THAT(part[2], Contains("#102  scale"));
}

TEST_CASE("a listing stays valid after its tape is gone") {
  Tape tape;
  Listing listing;
  {
    Scope scope(tape);
    const std::string name = "made at run time";
    tape.input({2}, {1, 2}, tape.keep(name));
    listing = list_lines(tape, 2);
  }
  tape.full({2}, 9);
  REQUIRE(listing.lines.size() == 1);
  CHECK(listing.lines[0].name == "made at run time");
  CHECK(listing.lines[0].values == std::vector<double>{1, 2});
  CHECK(listing.precision == kDtypeName);
}

TEST_CASE("memory is the bytes that a line adds to the tape") {
  ListedStep step;
  Tape& tape = step.tape;
  reshape(step.x, {3, 4});
  const Listing listing = list_lines(tape);
  CHECK(listing.lines[0].bytes == 12 * sizeof(real));
  CHECK(listing.lines[1].kind == ListedLine::Kind::parameter);
  CHECK(listing.lines[1].bytes == 0);
  CHECK(listing.lines.back().op == "reshape");
  CHECK(listing.lines.back().bytes == 0);
  CHECK(listing.parameters == 8 * sizeof(real));
  CHECK(listing.arena_used == static_cast<double>(tape.arena().bytes_used()));
  CHECK(listing.arena_peak >= listing.arena_used);
  CHECK(listing.arena_reserved >= listing.arena_peak);
}

TEST_CASE("costs are added up by op and by label") {
  const ListedStep step(listing_ticks);
  const Listing listing = list_lines(step.tape);
  for (TapeCostBy by : {TapeCostBy::op, TapeCostBy::label}) {
    TapeCost sum;
    for (const TapeCost& c : tape_costs(listing, by)) {
      sum.lines += c.lines;
      sum.bytes += c.bytes;
      sum.flops += c.flops;
      sum.seconds += c.seconds;
    }
    double bytes = 0, flops = 0, seconds = 0;
    for (const ListedLine& l : listing.lines) {
      bytes += l.bytes;
      flops += l.flops;
      seconds += l.seconds;
    }
    CHECK(sum.lines == step.tape.size());
    CHECK(sum.bytes == bytes);
    CHECK(sum.flops == flops);
    CHECK(sum.seconds == Approx(seconds));
  }
  const auto by_op = tape_costs(listing, TapeCostBy::op);
  const auto matmul = std::find_if(by_op.begin(), by_op.end(),
                                   [](const TapeCost& c) { return c.name == "matmul"; });
  REQUIRE(matmul != by_op.end());
  CHECK(matmul->lines == 4);
  CHECK(matmul->flops == 48 + 16 + 16 + 48);
  CHECK(matmul->seconds == Approx(4e-6));
  CHECK(std::is_sorted(by_op.begin(), by_op.end(),
                       [](const TapeCost& a, const TapeCost& b) { return a.seconds > b.seconds; }));
  std::set<std::string> parts;
  for (const TapeCost& c : tape_costs(listing, TapeCostBy::label)) parts.insert(c.name);
  CHECK(parts == std::set<std::string>{"(no label)", "(no label), vjp", "layers.0", "layers.0, vjp",
                                       "layers.1", "layers.1, vjp"});
}

TEST_CASE("the table of costs has shares, rates and a total") {
  Tape tape;
  TapeClock clock(listing_ticks);
  tape.set_clock(&clock);
  const Var x = tape.input({8, 8}, std::vector<real>(64, 1));
  matmul(x, x);
  x + x;
  std::ostringstream out;
  print_costs(out, tape);
  const bool single = sizeof(real) == 4;
  CHECK(out.str() ==
        (single ? "op      lines  bytes            FLOPs              time           FLOP/s\n"
                  "matmul      1  256 B   33.3 %  1.02 k   94.1 %  1.00 us   50.0 %  1.02 G\n"
                  "add         1  256 B   33.3 %      64    5.9 %  1.00 us   50.0 %  64.0 M\n"
                  "input       1  256 B   33.3 %       0    0.0 %             0.0 %\n"
                  "total       3  768 B  100.0 %  1.09 k  100.0 %  2.00 us  100.0 %   544 M\n"
                : "op      lines     bytes            FLOPs              time           FLOP/s\n"
                  "matmul      1     512 B   33.3 %  1.02 k   94.1 %  1.00 us   50.0 %  1.02 G\n"
                  "add         1     512 B   33.3 %      64    5.9 %  1.00 us   50.0 %  64.0 M\n"
                  "input       1     512 B   33.3 %       0    0.0 %             0.0 %\n"
                  "total       3  1.50 KiB  100.0 %  1.09 k  100.0 %  2.00 us  100.0 %   544 M\n"));
}

TEST_CASE("an op that only moves numbers has a time in the table of costs, and no rate") {
  Tape tape;
  TapeClock clock(listing_ticks);
  tape.set_clock(&clock);
  concat(tape.input({2, 2}, {1, 2, 3, 4}), tape.input({1, 2}, {5, 6}), 0);
  std::ostringstream out;
  print_costs(out, tape);
  const std::vector<std::string> lines = split_lines(out.str());
  const auto row = std::find_if(lines.begin(), lines.end(),
                                [](const std::string& line) { return line.starts_with("concat"); });
  REQUIRE(row != lines.end());
  CHECK(row->ends_with("1.00 us  100.0 %"));
}

TEST_CASE("a line that needs no time or operations shows none") {
  Tape tape;
  TapeClock clock(listing_ticks);
  tape.set_clock(&clock);
  const Var x = tape.input({8, 8}, std::vector<real>(64, 1), "x");
  matmul(x, x);
  PrintOptions options;
  options.costs = true;
  options.places = options.heading = false;
  const std::vector<std::string> lines = split_lines(printed(tape, options));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(sizeof(real) == 4 ? "  256 B" : "  512 B"));
  CHECK(lines[1].ends_with(" B  1.02 k  1.00 us"));
}

TEST_CASE("the report has the tape, the tables of costs by op and by label, and the memory") {
  const ListedStep step(listing_ticks);
  std::ostringstream out;
  print_report(out, step.tape);
  for (const char* part : {"recorded at", "time", "\nby op\n", "\nby label\n", "layers.1, vjp",
                           "\nmemory: ", " of parameters outside of it\n"})
    CHECK_THAT(out.str(), Contains(part));
  const ListedStep untimed;
  std::ostringstream plain;
  print_report(plain, untimed.tape);
  CHECK_THAT(plain.str(), !Contains("time"));
}

TEST_CASE("JSON has all of a listing, for a strict parser and in any locale") {
  struct Grouping : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\1"; }
  };
  ListedStep step(listing_ticks);
  step.tape.full({2}, kInf);
  step.tape.input({1}, {1}, "a \"name\"\nwith \\ all \xFF");
  std::ostringstream out;
  out.imbue(std::locale(std::locale::classic(), new Grouping));
  print_json(out, step.tape, 2);
  const json j = json::parse(out.str());
  CHECK(j["precision"] == kDtypeName);
  const json& lines = j["lines"];
  REQUIRE(lines.size() == static_cast<std::size_t>(step.tape.size()));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const TapeLine& l = step.tape.line(static_cast<LineId>(i));
    CHECK(lines[i]["id"] == i);
    CHECK(lines[i]["op"] == l.op->name);
    CHECK(lines[i]["in"].size() == static_cast<std::size_t>(l.op->inputs));
    CHECK(lines[i]["shape"].size() == static_cast<std::size_t>(l.shape.rank));
    CHECK(lines[i]["paused"] == l.paused);
    CHECK(lines[i].contains("rule_of") == (l.rule_of != kNoLine));
    CHECK(lines[i].value("rule", "") == rule_name(l.rule));
    CHECK(lines[i].contains("values") == (l.shape.size() <= 2));
    CHECK(lines[i].contains("seconds") == (l.op->inputs > 0));
  }
  CHECK(lines[0] == json::parse(R"({"id": 0, "kind": "input", "op": "input", "in": [],
                                    "shape": [4, 3], "name": "x", "flops": 0, "paused": false,
                                    "bytes": )" +
                                std::to_string(12 * sizeof(real)) + "}"));
  CHECK(lines[3]["label"] == "layers.0");
  CHECK(lines[3]["transposed"] == json({false, true}));
  CHECK(lines[3]["file"] == "inspect/listing_test.cpp");
  CHECK(lines[3]["flops"] == 48);
  CHECK(lines[lines.size() - 2]["values"] == json({"inf", "inf"}));
  CHECK(lines.back()["name"] == "a \"name\"\nwith \\ all \xEF\xBF\xBD");
  CHECK(j["totals"]["lines"] == lines.size());
  CHECK(j["totals"]["parameter_bytes"] == 8 * sizeof(real));
  CHECK(j["arena"]["used"] == step.tape.arena().bytes_used());
}

TEST_CASE("an empty tape can be printed") {
  Tape tape;
  CHECK_THAT(printed(tape), Contains("0 lines, " + kDtypeName + ", 0 B of values, 0 FLOPs\n"));
  std::ostringstream out;
  print_json(out, tape);
  CHECK(json::parse(out.str())["lines"].empty());
  CHECK_FALSE(first_nonfinite(tape));
}

TEST_CASE("the first non-finite value is found, with the inputs of its line") {
  Tape tape;
  std::vector<real> many(12, 1);
  many[9] = 1000;
  const Var x = tape.input({3, 4}, many, "x");
  const Var finite = scale(x, 2);
  CHECK_FALSE(first_nonfinite(tape));
  Label label(tape, "layers.2");
  const int line = __LINE__ + 1;
  const Var y = exp(finite);
  log(y);
  const Nonfinite found = first_nonfinite(tape);
  REQUIRE(found);
  CHECK(found.line == y.id);
  CHECK(found.index == 9);
  CHECK(found.count == 1);
  CHECK(found.value == std::numeric_limits<double>::infinity());
  CHECK(found.text == joined_text("[nonfinite] line #2 exp (3, 4) in layers.2, "
                                  "recorded at inspect/listing_test.cpp:",
                                  std::to_string(line),
                                  ": first inf at (2, 1), from input 2000; "
                                  "1 of 12 values are not finite, every line before is"));
}

TEST_CASE("the message about a non-finite value shows two inputs, or ranges if shapes differ") {
  Tape tape;
  const Var a = tape.input({2}, {1, 0}), b = tape.input({2}, {2, 0});
  a / b;
  CHECK_THAT(first_nonfinite(tape).text,
             Contains(": first nan at (1), from inputs 0 and 0; 1 of 2 values"));
  Tape product;
  const real big = std::numeric_limits<real>::max();
  const Var m = product.input({1, 2}, {big, -1}), n = product.input({2, 1}, {2, 0});
  matmul(m, n);
  CHECK_THAT(first_nonfinite(product).text,
             Contains(": first inf at (0, 0), from #0 within [-1, ") &&
                 Contains("] and #1 within [0, 2]; 1 of 1 values"));
  Tape total;
  sum(total.input({2}, {big, big}));
  CHECK_THAT(first_nonfinite(total).text,
             Contains("line #1 sum ()") && Contains(": first inf at (), from #0 within ["));
}

TEST_CASE("the message about a non-finite leaf says where to look") {
  Tape tape;
  tape.input({2, 2}, {1, 2, -kInf, 4}, "x");
  CHECK(first_nonfinite(tape).text ==
        "[nonfinite] line #0 input x (2, 2): first -inf at (1, 0), so it came in from outside; "
        "check the data; 1 of 4 values are not finite, every line before is");
  Tape weights;
  const real w[] = {1, std::numeric_limits<real>::quiet_NaN()};
  weights.parameter(0, {1, 2}, w, "layers.0.bias");
  CHECK(first_nonfinite(weights).text ==
        "[nonfinite] line #0 parameter layers.0.bias (1, 2): first nan at (0, "
        "1), so it came in with the weights; look at the last optimizer step or the checkpoint; "
        "1 of 2 values are not finite, every line before is");
}

TEST_CASE("a value recorded by a rule names the line that the rule belongs to") {
  Tape tape;
  const Var x = tape.input({2}, {0, 4}, "x");
  const Var y = sum(sqrt(x));
  CHECK_FALSE(first_nonfinite(tape));
  grad(y, x);
  CHECK_THAT(first_nonfinite(tape).text,
             Contains(" reciprocal (2) in the vjp of #1 sqrt, recorded at autograd/ops_") &&
                 Contains(": first inf at (0), from input 0;"));
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
