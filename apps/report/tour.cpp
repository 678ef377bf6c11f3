// Implements the tour. It uses double, so that finite differences have enough digits.
#include "autograd/tensor/real.h"

#if PUSHFORWARD_REAL == 64
#include <array>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "apps/report/tour.h"
#include "autograd/derivatives.h"
#include "autograd/inspect/listing.h"
#include "autograd/inspect/text.h"
#include "autograd/ops.h"

// Prints a statement and executes it, so that the text always matches the code.
#define SHOW(...)                         \
  out << "    " << #__VA_ARGS__ << ";\n"; \
  __VA_ARGS__

namespace pushforward::app::inline PF_REAL {
namespace {

const std::array<real, 4> kX{0.5, -1, 1.5, 2};
const std::array<real, 2> kW{0.8, 0.3}, kV{1, -1};

void heading(std::ostream& out, const char* text) {
  out << '\n' << text << '\n' << std::string(std::string_view(text).size(), '-') << "\n\n";
}

// Formats values as text such as "[0.1; 1.8]".
std::string text(Var v) { return values_text(v.shape(), v.values()); }
std::string text(real x) { return number_text(x); }

// Prints the lines [begin, end) of the tape (one line per recorded op), indented and without
// headings.
void show_lines(std::ostream& out, const Tape& tape, LineId begin, LineId end) {
  std::ostringstream lines;
  print(lines, tape, {.values = 8, .places = false, .heading = false, .begin = begin, .end = end});
  std::istringstream in(lines.str());
  for (std::string line; std::getline(in, line);) out << "      " << line << '\n';
}

// The range of tape lines (one per recorded op) that a derivative rule has recorded.
struct Recorded {
  LineId begin, end;
};
Recorded recorded_by(const Tape& tape, LineId id, LineId from) {
  Recorded r{from, from};
  while (r.begin < tape.size() && tape.line(r.begin).rule_of != id) ++r.begin;
  for (r.end = r.begin; r.end < tape.size() && tape.line(r.end).rule_of == id;) ++r.end;
  return r;
}

// Computes y = sum(tanh(x w)) for given numbers on a separate tape.
struct Program {
  Tape tape;
  Var x, w, y;
  Program(std::span<const real> x_values, std::span<const real> w_values)
      : x(tape.input({2, 2}, x_values)),
        w(tape.input({2, 1}, w_values)),
        y(sum(tanh(matmul(x, w)))) {}
};

// Formats a difference: "below 1e-9" for rounding errors, else the number.
std::string small(real difference) {
  return std::abs(difference) < 1e-9 ? "below 1e-9" : number_text(difference, 3);
}

void downwards(std::ostream& out, Tape& tape, Var x, Var w, Var z, Var h, Var y) {
  heading(out, "3. Downwards: grad");
  out << "How much does y move when a value above it moves? For each line the answer is its\n"
         "cotangent g, a tensor of the line's shape. "
         "The sweep begins at y with the seed 1 and goes\n"
         "from the last line to the first. The vjp rule of a line turns the line's cotangent into\n"
         "those of its inputs, by ops that are recorded like any others.\n\n";
  SHOW(Var seed = tape.full({}, 1));
  SHOW(const std::array wrt{x, w, z, h});
  SHOW(std::array<Var, 4> g);
  SHOW(grad(y, seed, wrt, g, Record::yes));
  const auto& [gx, gw, gz, gh] = g;
  const auto rule = [&](Var of, Var cotangent, const char* name) {
    out << "\n  #" << of.id << ' ' << name << ", g = " << text(cotangent) << '\n';
  };
  const auto lines = [&](Var of) {
    const auto [begin, end] = recorded_by(tape, of.id, seed.id);
    show_lines(out, tape, begin, end);
  };
  const auto hv = h.values(), xv = x.values(), gzv = gz.values();

  rule(y, seed, "y = sum(h)");
  out << "    Each element of h moves y by as much as itself: g is spread over " << h.shape()
      << ".\n";
  lines(y);
  out << "    The cotangent of h, #" << h.id << ", is #" << gh.id << ": " << text(gh) << '\n';

  rule(h, gh, "h = tanh(z)");
  out << "    The slope of tanh is 1 - h h, element by element: g times the slope.\n"
         "    First element: "
      << text(gh.values()[0]) << " x (1 - " << text(hv[0]) << " x " << text(hv[0])
      << ") = " << text(gzv[0]) << ".\n";
  lines(h);
  out << "    The cotangent of z, #" << z.id << ", is #" << gz.id << ": " << text(gz) << '\n';

  rule(z, gz, "z = matmul(x, w)");
  out << "    A product hands g to one factor times the other, transposed: "
         "g w^T to x, x^T g to w.\n"
         "    First element of w: "
      << text(xv[0]) << " x " << text(gzv[0]) << " + " << text(xv[2]) << " x " << text(gzv[1])
      << " = " << text(gw.values()[0]) << ".\n";
  lines(z);
  out << "    The cotangent of x, #" << x.id << ", is #" << gx.id << ": " << text(gx) << '\n'
      << "    The cotangent of w, #" << w.id << ", is #" << gw.id << ": " << text(gw) << '\n'
      << "\nx and w are leaves, so the sweep is over. "
         "It visited each line once, and one sweep gave\n"
         "the derivative of y by everything.\n";
}

void upwards(std::ostream& out, Tape& tape, Var x, Var w, Var z, Var h, Var y) {
  heading(out, "4. Upwards: jvp");
  out << "How does everything below move when x moves along a direction? For each line the answer\n"
         "is its tangent t, a tensor of the line's shape. The sweep begins at x and goes from the\n"
         "first line to the last; "
         "the jvp rule of a line turns its inputs' tangents into its own.\n\n";
  SHOW(Var tx = tape.input({2, 2}, {1, 0, 0, 1}, "tx"));
  SHOW(Var ty = jvp(y, x, tx, Record::yes));
  const auto lines = [&](Var of) {
    const auto [begin, end] = recorded_by(tape, of.id, tx.id);
    show_lines(out, tape, begin, end);
    return tape.var(end - 1);  // each of the jvp rules used here returns the line it records last
  };
  out << "\n  #" << z.id << " z = matmul(x, w): w stands still, so t = tx w, with tx = " << text(tx)
      << '\n';
  const Var tz = lines(z);
  const real slope = 1 - h.values()[0] * h.values()[0];
  out << "\n  #" << h.id << " h = tanh(z): t times the slope 1 - h h, with t = " << text(tz) << '\n'
      << "    First element: " << text(tz.values()[0]) << " x (1 - " << text(h.values()[0]) << " x "
      << text(h.values()[0]) << ") = " << text(tz.values()[0] * slope) << ".\n";
  const Var th = lines(h);
  out << "\n  #" << y.id << " y = sum(h): the sum of t, with t = " << text(th) << '\n';
  lines(y);
  out << "\nSo y moves by " << text(ty)
      << " per unit step along tx. The two sweeps are one matrix\n"
      << "from both ends: the cotangent of x, element by element times tx and added up, is the\n"
      << "same number.\n\n";
  SHOW(Var both = sum(grad(y, x) * tx));
  out << "    both = " << text(both) << ", ty = " << text(ty) << ", difference "
      << small(both.item() - ty.item()) << '\n'
      << "\nA downward sweep gives one output's derivative by all inputs, an upward sweep all\n"
         "outputs' derivatives along one direction. "
         "Training has one loss and many weights: down.\n";
  (void)w;
}

// Computes H v, where H is the Hessian of y = sum_i tanh(x_i . w) with respect to w, from the
// closed form H v = sum_i x_i (-2 h_i (1 - h_i^2)) (x_i . v) with h_i = tanh(x_i . w).
std::array<real, 2> hessian_by_hand() {
  std::array<real, 2> out{};
  for (std::size_t i = 0; i < 2; ++i) {
    const real h = std::tanh(kX[2 * i] * kW[0] + kX[2 * i + 1] * kW[1]);
    const real along = kX[2 * i] * kV[0] + kX[2 * i + 1] * kV[1];
    for (std::size_t j = 0; j < 2; ++j) out[j] += kX[2 * i + j] * -2 * h * (1 - h * h) * along;
  }
  return out;
}

void twice(std::ostream& out, Tape& tape, Var w, Var y) {
  heading(out, "5. The gradient of the gradient");
  out << "With Record::yes the rules leave lines that sweeps can go over again. "
         "Three routes to the\n"
         "Hessian of y in w times a vector v:\n\n";
  SHOW(Var v = tape.input({2, 1}, {1, -1}, "v"));
  SHOW(Var gw = grad(y, w, Record::yes));
  SHOW(Var up = jvp(gw, w, v));
  SHOW(Var down = grad(sum(gw * v), w));
  const auto hand = hessian_by_hand();
  out << "\n  up over down     " << text(up) << '\n'
      << "  down over down   " << text(down) << '\n'
      << "  by hand          " << values_text({2, 1}, hand) << "   x^T (-2 h (1 - h h) (x v))\n"
      << "\nWith Record::no, as in training, "
         "the same rules leave numbers only. The print marks such\n"
         "lines paused, and a sweep from one says what is wrong:\n\n";
  SHOW(Var paused = grad(y, w, Record::no));
  show_lines(out, tape, paused.id, paused.id + 1);
  out << "\n    jvp(paused, w, v);\n";
  try {
    jvp(paused, w, v);
  } catch (const std::invalid_argument& error) {
    out << "    " << error.what() << '\n';
  }
}

void differences(std::ostream& out) {
  heading(out, "6. The check: finite differences");
  const real step = 1e-5;
  out << "Nothing above has to be believed. Run the program twice, one number moved by "
      << text(step) << "\nup and down, and divide the change of y by the distance:\n\n";
  Program p(kX, kW);
  const std::array<Var, 2> wrt{p.x, p.w};
  std::array<Var, 2> g;
  grad(p.y, p.tape.full({}, 1), wrt, g);
  TextTable table("lrrl");
  table.row({"moved", "(y(+) - y(-)) / 2 step", "grad", "difference"});
  for (std::size_t k = 0; k < 6; ++k) {
    const auto moved = [&](real by) {
      auto x = kX;
      auto w = kW;
      (k < 4 ? x[k] : w[k - 4]) += by;
      return Program(x, w).y.item();
    };
    const real slope = (moved(step) - moved(-step)) / (2 * step);
    const real exact = k < 4 ? g[0].values()[k] : g[1].values()[k - 4];
    std::ostringstream name;
    if (k < 4) {
      name << "x" << Shape{static_cast<int>(k / 2), static_cast<int>(k % 2)};
    } else {
      name << "w" << Shape{static_cast<int>(k - 4), 0};
    }
    table.row({name.str(), text(slope), text(exact), small(slope - exact)});
  }
  table.print(out, "  ");
  out << "\nThe same one order up: "
         "the change of grad when w moves along v, against the Hessian times v.\n\n";
  const auto slopes = [&](real by) {
    Program q(kX, std::array{kW[0] + by * kV[0], kW[1] + by * kV[1]});
    const auto values = grad(q.y, q.w).values();
    return std::array{values[0], values[1]};
  };
  const auto up = slopes(step), down = slopes(-step);
  const Var exact = hvp(p.y, p.w, p.tape.input({2, 1}, kV));
  TextTable second("lrrl");
  second.row({"row", "(g(+) - g(-)) / 2 step", "hvp", "difference"});
  for (std::size_t j = 0; j < 2; ++j) {
    const real slope = (up[j] - down[j]) / (2 * step);
    second.row({std::to_string(j), text(slope), text(exact.values()[j]),
                small(slope - exact.values()[j])});
  }
  second.print(out, "  ");
}

void walk(std::ostream& out) {
  out << "A walk along a tape\n===================\n";
  heading(out, "1. The program");
  out << "y = sum(tanh(x w)): x has two points, a row each, and w two weights.\n\n";
  SHOW(Tape tape);
  SHOW(Var x = tape.input({2, 2}, {0.5, -1, 1.5, 2}, "x"));
  SHOW(Var w = tape.input({2, 1}, {0.8, 0.3}, "w"));
  SHOW(Var z = matmul(x, w));
  SHOW(Var h = tanh(z));
  SHOW(Var y = sum(h));
  heading(out, "2. The tape");
  out << "Each call computed its value at once and wrote one line. A line says which op, which\n"
         "earlier lines, what shape, where its value is, "
         "and where in the source it was recorded:\n\n";
  print(out, tape, {.values = 8});
  out << "\nA line looks back only, so the order of the lines is a topological order: no graph to\n"
         "search, no recursion. Both derivatives are loops over these lines, one down, one up.\n";
  downwards(out, tape, x, w, z, h, y);
  upwards(out, tape, x, w, z, h, y);
  twice(out, tape, w, y);
  differences(out);
  heading(out, "Where to go from here");
  out << "docs/autograd-tour.md    the same tape at leisure, with its memory, errors and graph\n"
         "autograd/README.md       the order to read the engine in, and how to add an op\n"
         "pushforward inspect data/configs/moons.json     a training step of a real network\n"
         "pushforward inspect data/configs/moons.json --format dot | dot -Tsvg > step.svg\n";
}

}  // namespace
}  // namespace pushforward::app::inline PF_REAL

namespace pushforward::app {

void tour(std::ostream& out) { walk(out); }

}  // namespace pushforward::app
#endif
