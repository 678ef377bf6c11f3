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

std::span<const int> picked(const Attr& a) { return {a.index, static_cast<std::size_t>(a.count)}; }

void check_columns(const char* op, const Attr& a, int rows, int limit) {
  check(a.count == rows, op, a.count, " column numbers for ", rows, " rows; give one for each");
  for (int r = 0; r < rows; ++r) {
    check(a.index[r] >= 0 && a.index[r] < limit, op, "column number ", a.index[r], " of row ", r,
          " is outside of [0, ", limit, ")");
  }
}

// pick_cols is y_r = x[r, cols_r]: one column of each row.
constexpr Op pick_cols_op{
    .name = "pick_cols",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check_columns(in.op, in.attr, in.shape[0][0], in.shape[0][1]);
          return Shape{in.shape[0][0], 1};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t cols = t.line(l.in[0]).shape[1];
          for (int r = 0; r < l.shape[0]; ++r) y[r] = in0(t, l)[r * cols + l.attr.index[r]];
        },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, put_cols(g, picked(v.attr()), v.in(0).shape()[1])); },
    .jvp = multilinear,
    .flops = per_element<0>,
};

// put_cols is y[r, cols_r] = x_r, with 0 elsewhere.
constexpr Op put_cols_op{
    .name = "put_cols",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check(in.shape[0][1] == 1, in.op, "the input must be a column (R, 1): it is ",
                in.shape[0]);
          check(in.attr.begin >= 0, in.op, in.attr.begin, " columns; at least 0 are needed");
          check_columns(in.op, in.attr, in.shape[0][0], in.attr.begin);
          return Shape{in.shape[0][0], in.attr.begin};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t cols = l.shape[1];
          std::fill_n(y, l.shape.size(), real(0));
          for (int r = 0; r < l.shape[0]; ++r) y[r * cols + l.attr.index[r]] = in0(t, l)[r];
        },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, pick_cols(g, picked(v.attr()))); },
    .jvp = multilinear,
    .flops = per_element<0>,
};

// swap_axes is y[.., j, .., i, ..] = x[.., i, .., j, ..]. The op is its own inverse and its own
// adjoint.
Shape swapped(const OpInputs& in) {
  const int a = in.attr.axis, b = in.attr.begin, rank = in.shape[0].rank;
  check(a >= 0 && a < rank && b >= 0 && b < rank, in.op, "axes ", a, " and ", b, " of shape ",
        in.shape[0], " do not both exist");
  return in.shape[0].with(a, in.shape[0][b]).with(b, in.shape[0][a]);
}

// Exchanges the axes a < b, of sizes n and m. `outer` counts the elements of the axes before a,
// `middle` those between a and b, and `run` those after b, which stay contiguous.
void swap_kernel(const Tape& t, const TapeLine& l, real* y) {
  const Shape& from = t.line(l.in[0]).shape;
  const auto [a, b] = std::minmax(l.attr.axis, l.attr.begin);
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
    .inputs = 1,
    .shape = swapped,
    .forward = swap_kernel,
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, swap_axes(g, v.attr().axis, v.attr().begin)); },
    .jvp = multilinear,
    .flops = per_element<0>,
};

// `rotary` rotates pair i of a row's columns, (y_2i, y_2i+1) = (x_2i cos - x_2i+1 sin, x_2i sin +
// x_2i+1 cos), where the angle at position p is a p b^(-2i/head), with a = 1 forward and base b =
// 10000. The map is orthogonal, so its adjoint rotates by the negative angle, a = -1. In Attr,
// `count` is the length of a sequence and `axis` the number of columns of a head.
Shape rotary_shape(const OpInputs& in) {
  check_matrix(in);
  const auto [length, head, cols] = std::array{in.attr.count, in.attr.axis, in.attr.begin};
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
  const int length = l.attr.count, half = l.attr.axis / 2, turned = l.attr.begin;
  const auto room = static_cast<std::size_t>(length) * static_cast<std::size_t>(half);
  real* cosines = const_cast<Tape&>(t).arena().array<real>(room);
  real* sines = const_cast<Tape&>(t).arena().array<real>(room);
  for (int i = 0; i < half; ++i) {
    const Angle speed = l.attr.a * scalar::pow(Angle(l.attr.b), -Angle(i) / half);
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
    .inputs = 1,
    .shape = rotary_shape,
    .forward = rotary_kernel,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          Attr back = v.attr();
          back.a = -back.a;
          to(0, v.tape.apply(*v.line.op, {g}, back));
        },
    .jvp = multilinear,
    .flops =
        [](const Tape&, const TapeLine& l) {
          return 3.0 * l.shape[0] * l.attr.begin;  // counts only the rotated columns
        },
};

constexpr const Op* kSequenceOps[] = {&pick_cols_op, &put_cols_op, &swap_axes_op, &rotary_op};

Attr column_numbers(const Op& op, const Operand& x, std::span<const int> cols, int total) {
  check(static_cast<bool>(x.var), op.name,
        "the value is null; a null value stands for zero and is no operand");
  return {.begin = total, .count = static_cast<int>(cols.size()), .index = x.var.tape->keep(cols)};
}

int sequence_axis(int axis, const Operand& x) {
  const int rank = x.var ? x.var.shape().rank : 0;
  return axis < 0 && axis + rank >= 0 ? axis + rank : axis;
}

}  // namespace

Var pick_cols(Operand x, std::span<const int> cols) {
  return apply(pick_cols_op, {x}, column_numbers(pick_cols_op, x, cols, 0));
}
Var put_cols(Operand x, std::span<const int> cols, int total) {
  return apply(put_cols_op, {x}, column_numbers(put_cols_op, x, cols, total));
}
Var swap_axes(Operand x, int a, int b) {
  return apply(swap_axes_op, {x}, {.axis = sequence_axis(a, x), .begin = sequence_axis(b, x)});
}
Var rotary(Operand x, int length, int head, int cols) {
  return apply(rotary_op, {x}, {.a = 1, .b = 10000, .axis = head, .begin = cols, .count = length});
}

std::span<const Op* const> sequence_ops() { return kSequenceOps; }

}  // namespace pushforward::inline PF_REAL
