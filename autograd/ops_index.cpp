// Ops that move values without computing: concat, slice, pad, reshape, gather and scatter of rows.
#include <algorithm>

#include "autograd/rules.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

// The sizes of a tensor seen along one axis: it has `outer` blocks, each of `size` slices of
// `inner` contiguous values.
struct Around {
  std::int64_t outer = 1, size = 1, inner = 1;
  Around(const Shape& s, int axis) : size(s[axis]) {
    for (int a = 0; a < axis; ++a) outer *= s[a];
    for (int a = axis + 1; a < s.rank; ++a) inner *= s[a];
  }
};

void check_axis(const OpInputs& in) {
  check(in.attr.axis >= 0 && in.attr.axis < in.shape[0].rank, in.op, "axis ", in.attr.axis,
        " of shape ", in.shape[0], " does not exist");
}

int from_front(int axis, const Operand& x) {
  const int rank = x.var ? x.var.shape().rank : 0;
  return axis < 0 && axis + rank >= 0 ? axis + rank : axis;
}

Shape concat_shape(const OpInputs& in) {
  check_axis(in);
  const int axis = in.attr.axis;
  const Shape &a = in.shape[0], &b = in.shape[1];
  check(a.rank == b.rank && a.with(axis, 0) == b.with(axis, 0), in.op, a, " and ", b,
        " differ beside axis ", axis);
  return a.with(axis, a[axis] + b[axis]);
}

void concat_kernel(const Tape& t, const TapeLine& l, real* y) {
  for (int k = 0; k < 2; ++k) {
    const Around part(t.line(l.in[k]).shape, l.attr.axis), whole(l.shape, l.attr.axis);
    const std::int64_t slab = part.size * part.inner;
    real* to = y + (k == 0 ? 0 : whole.size * whole.inner - slab);
    for (std::int64_t o = 0; o < part.outer; ++o) {
      std::copy_n(t.line(l.in[k]).value + o * slab, slab, to + o * whole.size * whole.inner);
    }
  }
}

constexpr Op concat_op{
    .name = "concat",
    .inputs = 2,
    .shape = concat_shape,
    .forward = concat_kernel,
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const int axis = v.attr().axis, first = v.in(0).shape()[axis];
          if (to.wants(0)) to(0, slice(g, axis, 0, first));
          if (to.wants(1)) to(1, slice(g, axis, first, v.in(1).shape()[axis]));
        },
    .jvp =
        [](const RuleView& v, const Tangents& t) {
          const auto moved = [&](int i) { return t[i] ? t[i] : v.tape.full(v.in(i).shape(), 0); };
          return concat(moved(0), moved(1), v.attr().axis);
        },
    .flops = per_element<0>,
};

constexpr Op slice_op{
    .name = "slice",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check_axis(in);
          const auto [begin, count, axis] = std::array{in.attr.begin, in.attr.count, in.attr.axis};
          const std::int64_t end = std::int64_t{begin} + count;
          check(begin >= 0 && count >= 0 && end <= in.shape[0][axis], in.op, "[", begin, ", ", end,
                ") of axis ", axis, " reaches outside of ", in.shape[0]);
          return in.shape[0].with(axis, count);
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const Around whole(t.line(l.in[0]).shape, l.attr.axis), part(l.shape, l.attr.axis);
          for (std::int64_t o = 0; o < whole.outer; ++o) {
            std::copy_n(in0(t, l) + (o * whole.size + l.attr.begin) * whole.inner,
                        part.size * part.inner, y + o * part.size * part.inner);
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          to(0, pad(g, v.attr().axis, v.attr().begin, v.in(0).shape()[v.attr().axis]));
        },
    .jvp = multilinear,
    .flops = per_element<0>,
};

constexpr Op pad_op{
    .name = "pad",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check_axis(in);
          const auto [begin, total, axis] = std::array{in.attr.begin, in.attr.count, in.attr.axis};
          check(begin >= 0 && std::int64_t{begin} + in.shape[0][axis] <= total, in.op, in.shape[0],
                " at ", begin, " of axis ", axis, " does not fit into ", total);
          return in.shape[0].with(axis, total);
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const Around part(t.line(l.in[0]).shape, l.attr.axis), whole(l.shape, l.attr.axis);
          std::fill_n(y, l.shape.size(), real(0));
          for (std::int64_t o = 0; o < whole.outer; ++o) {
            std::copy_n(in0(t, l) + o * part.size * part.inner, part.size * part.inner,
                        y + (o * whole.size + l.attr.begin) * whole.inner);
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          to(0, slice(g, v.attr().axis, v.attr().begin, v.in(0).shape()[v.attr().axis]));
        },
    .jvp = multilinear,
    .flops = per_element<0>,
};

constexpr Op reshape_op{
    .name = "reshape",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check(in.shape[0].size() == in.attr.shape.size(), in.op, in.shape[0], " has ",
                in.shape[0].size(), " elements and ", in.attr.shape, " has ", in.attr.shape.size());
          return in.attr.shape;
        },
    .forward = [](const Tape&, const TapeLine&, real*) {},
    .vjp = [](const RuleView& v, Var g, CotangentSink& to) { to(0, reshape(g, v.in(0).shape())); },
    .jvp = multilinear,
    .flops = per_element<0>,
    .shares = true,
};

void check_rows(const char* op, const Attr& a, int limit) {
  for (int k = 0; k < a.count; ++k) {
    check(a.index[k] >= 0 && a.index[k] < limit, op, "row number ", a.index[k], " at place ", k,
          " is outside of [0, ", limit, ")");
  }
}

constexpr Op gather_rows_op{
    .name = "gather_rows",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check_rows(in.op, in.attr, in.shape[0][0]);
          return Shape{in.attr.count, in.shape[0][1]};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t cols = l.shape[1];
          for (int k = 0; k < l.attr.count; ++k) {
            std::copy_n(in0(t, l) + l.attr.index[k] * cols, cols, y + k * cols);
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const Attr& a = v.attr();
          to(0,
             scatter_add_rows(g, {a.index, static_cast<std::size_t>(a.count)}, v.in(0).shape()[0]));
        },
    .jvp = multilinear,
    .flops = per_element<0>,
};

constexpr Op scatter_add_rows_op{
    .name = "scatter_add_rows",
    .inputs = 1,
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check(in.attr.count == in.shape[0][0], in.op, in.attr.count,
                " row numbers for the rows of ", in.shape[0], "; give one for each");
          check_rows(in.op, in.attr, in.attr.begin);
          return Shape{in.attr.begin, in.shape[0][1]};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t cols = l.shape[1];
          std::fill_n(y, l.shape.size(), real(0));
          for (int k = 0; k < l.attr.count; ++k) {
            real* to = y + l.attr.index[k] * cols;
            map(Binary::add, to, in0(t, l) + k * cols, to, cols);
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const Attr& a = v.attr();
          to(0, gather_rows(g, {a.index, static_cast<std::size_t>(a.count)}));
        },
    .jvp = multilinear,
    .flops = per_input<1>,
};

constexpr const Op* kIndexOps[] = {&concat_op,  &slice_op,       &pad_op,
                                   &reshape_op, &gather_rows_op, &scatter_add_rows_op};

Attr row_numbers(const Op& op, const Operand& x, std::span<const int> rows, int total) {
  check(static_cast<bool>(x.var), op.name,
        "the value is null; a null value stands for zero and is no operand");
  return {.begin = total, .count = static_cast<int>(rows.size()), .index = x.var.tape->keep(rows)};
}

}  // namespace

Var concat(Operand a, Operand b, int axis) {
  return apply(concat_op, {a, b}, {.axis = from_front(axis, a)});
}
Var slice(Operand x, int axis, int begin, int count) {
  return apply(slice_op, {x}, {.axis = from_front(axis, x), .begin = begin, .count = count});
}
Var pad(Operand x, int axis, int begin, int total) {
  return apply(pad_op, {x}, {.axis = from_front(axis, x), .begin = begin, .count = total});
}
Var reshape(Operand x, Shape shape) { return apply(reshape_op, {x}, {.shape = shape}); }
Var gather_rows(Operand table, std::span<const int> rows) {
  return apply(gather_rows_op, {table}, row_numbers(gather_rows_op, table, rows, 0));
}
Var scatter_add_rows(Operand x, std::span<const int> rows, int total) {
  return apply(scatter_add_rows_op, {x}, row_numbers(scatter_add_rows_op, x, rows, total));
}

std::span<const Op* const> index_ops() { return kIndexOps; }

}  // namespace pushforward::inline PF_REAL
