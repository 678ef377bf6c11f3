// The Runge-Kutta methods as tables of numbers, which are checked
// at compile time (tableau_check.h).
//
// A step of size h from (t, y):
//   k_i = u(t + c_i h, y + h sum_j a_ij k_j),  y1 = y + h sum_i b_i k_i.
// To add a method, add a table here and an entry in kTableaux. The checks, the tests and
// `find_tableau` use that list.
#pragma once

#include <array>
#include <string_view>

#include "autograd/tensor/check.h"

namespace pushforward {

constexpr int kMaxStages = 7;
using StageRow = std::array<double, kMaxStages>;

// The table of numbers that defines one explicit Runge-Kutta method.
struct Tableau {
  const char* name;
  const char* doc;  // one line with a description and the source
  int stages;
  int order;  // the order of y1
  // The order of the embedded solution y1 - h sum_i e_i k_i, where h is the step size and k_i the
  // slope at stage i. Its distance from y1 estimates the error. 0 means that there is no such
  // solution, so that the method only takes fixed steps.
  int embedded_order = 0;
  // First same as last: the last stage is u(t + h, y1), which is the next step's first stage.
  bool fsal = false;
  StageRow c{}, b{};
  std::array<StageRow, kMaxStages> a{};
  StageRow e{};  // error weights, b minus the embedded weights
  // The weights d_i of the interpolant. At fraction s of a step of size h with the slopes k_i, it
  // is cubic Hermite interpolation plus s^2 (1 - s)^2 h sum_i d_i k_i. If all d_i are zero, it is
  // cubic Hermite interpolation alone.
  StageRow d{};

  constexpr bool adaptive() const { return embedded_order > 0; }
};

constexpr Tableau kEuler{.name = "euler",
                         .doc = "Euler's method, order 1, 1 evaluation a step",
                         .stages = 1,
                         .order = 1,
                         .b = {1}};

constexpr Tableau kMidpoint{.name = "midpoint",
                            .doc = "the midpoint rule (Runge 1895), order 2, 2 evaluations a step",
                            .stages = 2,
                            .order = 2,
                            .c = {0, 0.5},
                            .b = {0, 1},
                            .a = {{{}, {0.5}}}};

constexpr Tableau kHeun{.name = "heun",
                        .doc = "Heun's trapezoidal method, order 2, 2 evaluations a step",
                        .stages = 2,
                        .order = 2,
                        .c = {0, 1},
                        .b = {0.5, 0.5},
                        .a = {{{}, {1}}}};

constexpr Tableau kRalston{
    .name = "ralston",
    .doc = "Ralston 1962: least error bound among order 2, 2 evaluations a step",
    .stages = 2,
    .order = 2,
    .c = {0, 2. / 3},
    .b = {0.25, 0.75},
    .a = {{{}, {2. / 3}}}};

constexpr Tableau kHeun3{.name = "heun3",
                         .doc = "Heun's third-order method (1900), 3 evaluations a step",
                         .stages = 3,
                         .order = 3,
                         .c = {0, 1. / 3, 2. / 3},
                         .b = {0.25, 0, 0.75},
                         .a = {{{}, {1. / 3}, {0, 2. / 3}}}};

constexpr Tableau kRk4{
    .name = "rk4",
    .doc = "the classic method of Runge and Kutta, order 4, 4 evaluations a step",
    .stages = 4,
    .order = 4,
    .c = {0, 0.5, 0.5, 1},
    .b = {1. / 6, 1. / 3, 1. / 3, 1. / 6},
    .a = {{{}, {0.5}, {0, 0.5}, {0, 0, 1}}}};

constexpr Tableau kRk438{
    .name = "rk4_38",
    .doc = "Kutta's 3/8 rule, order 4, 4 evaluations a step (torchdiffeq's \"rk4\")",
    .stages = 4,
    .order = 4,
    .c = {0, 1. / 3, 2. / 3, 1},
    .b = {1. / 8, 3. / 8, 3. / 8, 1. / 8},
    .a = {{{}, {1. / 3}, {-1. / 3, 1}, {1, -1, 1}}}};

constexpr Tableau kBosh3{.name = "bosh3",
                         .doc = "Bogacki and Shampine 3(2), 1989: adaptive, 3 evaluations a step",
                         .stages = 4,
                         .order = 3,
                         .embedded_order = 2,
                         .fsal = true,
                         .c = {0, 0.5, 0.75, 1},
                         .b = {2. / 9, 1. / 3, 4. / 9, 0},
                         .a = {{{}, {0.5}, {0, 0.75}, {2. / 9, 1. / 3, 4. / 9}}},
                         .e = {-5. / 72, 1. / 12, 1. / 9, -1. / 8}};

// The error weights of Dormand and Prince's method are those of the original pair (Dormand and
// Prince 1980, table 2). They are 1.5 times the weights of Shampine's embedded solution, which
// torchdiffeq and diffrax use. The interpolant is contd5 of DOPRI5 (Hairer, Norsett, Wanner I).
constexpr Tableau kDopri5{
    .name = "dopri5",
    .doc = "Dormand and Prince 5(4), 1980: adaptive, 6 evaluations a step",
    .stages = 7,
    .order = 5,
    .embedded_order = 4,
    .fsal = true,
    .c = {0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1},
    .b = {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84, 0},
    .a = {{{},
           {1. / 5},
           {3. / 40, 9. / 40},
           {44. / 45, -56. / 15, 32. / 9},
           {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
           {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
           {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}}},
    .e = {71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40},
    .d = {-12715105075. / 11282082432., 0, 87487479700. / 32700410799., -10690763975. / 1880347072.,
          701980252875. / 199316789632., -1453857185. / 822651844., 69997945. / 29380423.}};

// The numbers are from Tsitouras, "Runge-Kutta pairs of order 5(4) satisfying only the first column
// simplifying assumption", 2011: table 1, and the leading coefficients of the interpolant's weights
// in section 4.
constexpr Tableau kTsit5{
    .name = "tsit5",
    .doc = "Tsitouras 5(4), 2011: adaptive, 6 evaluations a step",
    .stages = 7,
    .order = 5,
    .embedded_order = 4,
    .fsal = true,
    .c = {0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1},
    .b = {0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081,
          2.324710524099774, 0},
    .a = {{{},
           {0.161},
           {-0.008480655492356989, 0.335480655492357},
           {2.8971530571054935, -6.359448489975075, 4.3622954328695815},
           {5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525},
           {5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401,
            -0.028269050394068383},
           {0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081,
            2.324710524099774}}},
    .e = {-0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995,
          -0.1447110071732629, 0.5823571654525552, -0.45808210592918697, 1. / 66},
    .d = {-1.0530884977290216, 0.1017, 2.490627285651252793, -16.54810288924490272,
          47.37952196281928122, -34.87065786149660974, 2.5}};

constexpr std::array<const Tableau*, 10> kTableaux{
    &kEuler, &kMidpoint, &kHeun, &kRalston, &kHeun3, &kRk4, &kRk438, &kBosh3, &kDopri5, &kTsit5};

// Returns the method with that name. Fails on an unknown name, with a list of the known names.
inline const Tableau& find_tableau(std::string_view name) {
  std::string names;
  for (const Tableau* t : kTableaux) {
    if (name == t->name) return *t;
    names += std::string(" ") + t->name;
  }
  detail::fail("solver", "there is no method \"", name, "\"; choose one of:", names);
}

}  // namespace pushforward
