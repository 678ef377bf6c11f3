// Tests a tape written as a Chrome trace: its structure, its times, and that the event of a label
// encloses the events of the lines recorded under this label.
#include "autograd/inspect/trace.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "autograd/ops.h"
#include "autograd/sweep.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

using nlohmann::json;

double now = 0;
// A clock that advances by a microsecond at each call.
double trace_ticks() { return now += 1e-6; }

json traced(std::span<const Listing> listings) {
  std::ostringstream out;
  print_trace(out, listings);
  return json::parse(out.str());
}

// Returns the timed events. The events before them name the process and the threads.
std::vector<json> timed_events(const json& trace) {
  std::vector<json> timed;
  for (const json& e : trace["traceEvents"]) {
    if (e["ph"] != "M") timed.push_back(e);
  }
  return timed;
}

Listing step() {
  Tape tape;
  TapeClock clock(trace_ticks);
  tape.set_clock(&clock);
  const Var x = tape.input({2, 2}, {1, 2, 3, 4}, "x");
  Var h;
  {
    Label label(tape, "layers.0");
    h = tanh(matmul(x, x));
  }
  grad(sum(h), x);
  return list_lines(tape);
}

TEST_CASE("every timed line is a complete event with all its fields") {
  const Listing listing = step();
  const json j = traced(std::span(&listing, 1));
  CHECK(j.size() == 2);
  CHECK(j["displayTimeUnit"] == "ms");
  int lines = 0;
  for (const json& e : timed_events(j)) {
    CHECK(e.size() == 8);
    CHECK(e["ph"] == "X");
    CHECK(e["name"].is_string());
    CHECK(e["ts"].is_number());
    CHECK(e["ts"].get<double>() >= 0);
    CHECK(e["dur"].get<double>() > 0);
    CHECK(e["pid"] == 1);
    CHECK(e["tid"] == 0);
    const json& args = e["args"];
    CHECK(args["shape"].is_string());
    CHECK(args["flops"].is_number());
    CHECK(args["bytes"].is_number());
    if (e["cat"] == "label") continue;
    const ListedLine& l = listing.lines[args["line"].get<std::size_t>()];
    CHECK(e["name"] == l.op);
    CHECK(e["cat"] == (l.rule_of == kNoLine ? "forward" : "rule"));
    CHECK(args.contains("rule_of") == (l.rule_of != kNoLine));
    CHECK(args.value("rule", "") == rule_name(l.rule));
    CHECK(e["dur"].get<double>() == Approx(1));
    ++lines;
  }
  int timed = 0;
  for (const ListedLine& l : listing.lines) timed += l.seconds > 0;
  CHECK(timed > 5);
  CHECK(lines == timed);
  CHECK(timed_events(j)[0]["ts"] == 0);
}

TEST_CASE("a label encloses its lines, and its time is their sum") {
  const Listing listing = step();
  const std::vector<json> events = timed_events(traced(std::span(&listing, 1)));
  const json &label = events[0], &matmul = events[1], &tanh = events[2];
  CHECK(label["name"] == "layers.0");
  CHECK(label["cat"] == "label");
  CHECK(matmul["name"] == "matmul");
  CHECK(tanh["name"] == "tanh");
  CHECK(label["ts"] == matmul["ts"]);
  CHECK(label["ts"].get<double>() + label["dur"].get<double>() ==
        Approx(tanh["ts"].get<double>() + tanh["dur"].get<double>()));
  CHECK(label["args"]["shape"] == "(2, 2)");
  CHECK(label["args"]["flops"] ==
        matmul["args"]["flops"].get<double>() + tanh["args"]["flops"].get<double>());
  CHECK(label["args"]["bytes"] == 8 * sizeof(real));
  int rules = 0;
  for (const json& e : events) rules += e["name"] == "layers.0, vjp";
  CHECK(rules == 1);
}

TEST_CASE("the tape of each thread has its own row, and all rows share one time axis") {
  const Listing listings[] = {step(), step()};
  double first[2] = {1e300, 1e300};
  for (const json& e : timed_events(traced(listings))) {
    double& f = first[e["tid"].get<int>()];
    f = std::min(f, e["ts"].get<double>());
  }
  CHECK(first[0] == 0);
  CHECK(first[1] > 0);
}

TEST_CASE("a trace names its process and the tape of each thread") {
  const Listing listings[] = {step(), step()};
  const json events = traced(listings)["traceEvents"];
  const json precision = sizeof(real) == 4 ? "pushforward, float32" : "pushforward, float64";
  CHECK(events[0] == json{{"name", "process_name"},
                          {"ph", "M"},
                          {"pid", 1},
                          {"tid", 0},
                          {"args", {{"name", precision}}}});
  for (int thread : {0, 1}) {
    CHECK(events[1 + thread] == json{{"name", "thread_name"},
                                     {"ph", "M"},
                                     {"pid", 1},
                                     {"tid", thread},
                                     {"args", {{"name", "tape " + std::to_string(thread)}}}});
  }
  CHECK(events[3]["ph"] == "X");
}

TEST_CASE("a tape without a clock has no trace") {
  Tape tape;
  exp(tape.input({1}, {1}));
  std::ostringstream out;
  CHECK_THROWS_WITH(print_trace(out, tape),
                    "[trace] no line has a time: the tape was recorded without a clock; "
                    "call set_clock before the step");
  CHECK(out.str().empty());
}

}  // namespace
}  // namespace pushforward::inline PF_REAL
