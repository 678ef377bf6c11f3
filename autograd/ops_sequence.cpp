// Ops for networks over sequences: one column selected from each row, two axes exchanged, and pairs
// of columns rotated by the position of their row.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "autograd/rules.h"
#include "autograd/tensor/math.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

void check_columns(const char* op, std::span<const int> cols, int rows, int limit) {
  check(static_cast<int>(cols.size()) == rows, op, cols.size(), " column numbers for ", rows,
        " rows; give one for each");
  for (int r = 0; r < rows; ++r) {
    check(cols[r] >= 0 && cols[r] < limit, op, "column number ", cols[r], " of row ", r,
          " is outside of [0, ", limit, ")");
  }
}

// pick_cols is y_r = x[r, cols_r]: one column of each row.
constexpr Op pick_cols_op{
    .name = "pick_cols",
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check_columns(in.op, get<Indices>(in.constants).numbers, in.shape[0][0], in.shape[0][1]);
          return Shape{in.shape[0][0], 1};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t width = t.line(l.in[0]).shape[1];
          const auto [cols] = get<Indices>(l.constants);
          for (int r = 0; r < l.shape[0]; ++r) y[r] = in0(t, l)[r * width + cols[r]];
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          to(0, put_cols(g, get<Indices>(v.line.constants).numbers, v.in(0).shape()[1]));
        },
    .constants = Indices{},
    .describe = "cols {numbers}",
};

// put_cols is y[r, cols_r] = x_r, with 0 elsewhere.
constexpr Op put_cols_op{
    .name = "put_cols",
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check(in.shape[0][1] == 1, in.op, "the input must be a column (R, 1): it is ",
                in.shape[0]);
          const auto [cols, total] = get<Placement>(in.constants);
          check(total >= 0, in.op, total, " columns; at least 0 are needed");
          check_columns(in.op, cols, in.shape[0][0], total);
          return Shape{in.shape[0][0], total};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const auto [cols, total] = get<Placement>(l.constants);
          std::fill_n(y, l.shape.size(), real(0));
          for (std::int64_t r = 0; r < l.shape[0]; ++r) y[r * total + cols[r]] = in0(t, l)[r];
        },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, pick_cols(g, get<Placement>(v.line.constants).numbers)); },
    .constants = Placement{},
    .describe = "cols {numbers}",
};

// swap_axes is y[.., j, .., i, ..] = x[.., i, .., j, ..]. The op is its own inverse and its own
// adjoint.
Shape swapped(const OpInputs& in) {
  const auto [a, b] = get<AxisPair>(in.constants);
  const int rank = in.shape[0].rank;
  check(a >= 0 && a < rank && b >= 0 && b < rank, in.op, "axes ", a, " and ", b, " of shape ",
        in.shape[0], " do not both exist");
  return in.shape[0].with(a, in.shape[0][b]).with(b, in.shape[0][a]);
}

// Exchanges the axes a < b, of sizes n and m. `outer` counts the elements of the axes before a,
// `middle` those between a and b, and `run` those after b, which stay contiguous.
void swap_kernel(const Tape& t, const TapeLine& l, real* y) {
  const Shape& from = t.line(l.in[0]).shape;
  const auto [first, second] = get<AxisPair>(l.constants);
  const auto [a, b] = std::minmax({first, second});
  const auto product = [&](int begin, int end) {
    std::int64_t n = 1;
    for (int k = begin; k < end; ++k) n *= from[k];
    return n;
  };
  if (a == b) {
    std::copy_n(in0(t, l), from.size(), y);
    return;
  }
  const std::int64_t outer = product(0, a), n = from[a], middle = product(a + 1, b), m = from[b],
                     run = product(b + 1, from.rank);
  const real* x = in0(t, l);
  for (std::int64_t o = 0; o < outer; ++o, x += n * middle * m * run) {
    for (std::int64_t j = 0; j < m; ++j) {
      for (std::int64_t k = 0; k < middle; ++k) {
        for (std::int64_t i = 0; i < n; ++i, y += run)
          std::copy_n(x + ((i * middle + k) * m + j) * run, run, y);
      }
    }
  }
}

constexpr Op swap_axes_op{
    .name = "swap_axes",
    .shape = swapped,
    .forward = swap_kernel,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const auto [first, second] = get<AxisPair>(v.line.constants);
          to(0, swap_axes(g, first, second));
        },
    .constants = AxisPair{},
    .describe = "axes {first} and {second}",
};

// `rotary` rotates pair i of a row's columns, (y_2i, y_2i+1) = (x_2i cos - x_2i+1 sin, x_2i sin +
// x_2i+1 cos), where the angle at position p is p 10000^(-2i/head). The map is orthogonal, so its
// adjoint rotates back, by the negative angle.
Shape rotary_shape(const OpInputs& in) {
  check_matrix(in);
  const auto [length, head, cols, back] = get<Rotation>(in.constants);
  check(length > 0 && in.shape[0][0] % length == 0, in.op, in.shape[0],
        " cannot be cut into sequences of ", length, " rows");
  check(head > 0 && head % 2 == 0, in.op, "a head has ", head,
        " columns; pairs are rotated, so the number must be even and positive");
  check(cols >= 0 && cols <= in.shape[0][1] && cols % head == 0, in.op, cols, " columns of ",
        in.shape[0], " cannot be divided into heads of ", head);
  return in.shape[0];
}

void rotary_kernel(const Tape& t, const TapeLine& l, real* y) {
  // Angles are computed in double at least, because a float has too few digits for large angles.
  using Angle = std::conditional_t<(sizeof(real) > 8), real, double>;
  const auto [length, head, turned, back] = get<Rotation>(l.constants);
  const int half = head / 2;
  real* cosines = scratch(t, std::int64_t{length} * half);
  real* sines = scratch(t, std::int64_t{length} * half);
  for (int i = 0; i < half; ++i) {
    const Angle speed = (back ? -1 : 1) * scalar::pow(Angle(10000), -Angle(i) / half);
    for (int p = 0; p < length; ++p) {
      cosines[p * half + i] = static_cast<real>(scalar::cos(speed * p));
      sines[p * half + i] = static_cast<real>(scalar::sin(speed * p));
    }
  }
  const std::int64_t cols = l.shape[1];
  const real* x = in0(t, l);
  for (int r = 0; r < l.shape[0]; ++r, x += cols, y += cols) {
    const real *c = cosines + (r % length) * half, *s = sines + (r % length) * half;
    for (int begin = 0; begin < turned; begin += 2 * half) {
      for (int i = 0; i < half; ++i) {
        const real u = x[begin + 2 * i], v = x[begin + 2 * i + 1];
        y[begin + 2 * i] = u * c[i] - v * s[i];
        y[begin + 2 * i + 1] = u * s[i] + v * c[i];
      }
    }
    std::copy_n(x + turned, cols - turned, y + turned);
  }
}

constexpr Op rotary_op{
    .name = "rotary",
    .shape = rotary_shape,
    .forward = rotary_kernel,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          Rotation opposite = get<Rotation>(v.line.constants);
          opposite.back = !opposite.back;
          to(0, v.tape.apply(*v.line.op, {g}, opposite));
        },
    .flops =
        [](const Tape&, const TapeLine& l) {
          return 3.0 * l.shape[0] * get<Rotation>(l.constants).cols;  // only these are rotated
        },
    .constants = Rotation{},
    .describe = "heads of {head} in {cols} columns, length {length}{back}",
};

constexpr const Op* kSequenceOps[] = {&pick_cols_op, &put_cols_op, &swap_axes_op, &rotary_op};

}  // namespace

Var pick_cols(Operand x, std::span<const int> cols) {
  return apply(pick_cols_op, {x}, Indices{kept(pick_cols_op, x, cols)});
}
Var put_cols(Operand x, std::span<const int> cols, int total) {
  return apply(put_cols_op, {x}, Placement{kept(put_cols_op, x, cols), total});
}
Var swap_axes(Operand x, int a, int b) {
  return apply(swap_axes_op, {x}, AxisPair{from_front(a, x), from_front(b, x)});
}
Var rotary(Operand x, int length, int head, int cols) {
  return apply(rotary_op, {x}, Rotation{length, head, cols});
}

std::span<const Op* const> sequence_ops() { return kSequenceOps; }

}  // namespace pushforward::inline PF_REAL
