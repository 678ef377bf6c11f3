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

void check_axis(const OpInputs& in, int axis) {
  check(axis >= 0 && axis < in.shape[0].rank, in.op, "axis ", axis, " of shape ", in.shape[0],
        " does not exist");
}

Shape concat_shape(const OpInputs& in) {
  const int axis = get<Axis>(in.constants).axis;
  check_axis(in, axis);
  const Shape &a = in.shape[0], &b = in.shape[1];
  check(a.rank == b.rank && a.with(axis, 0) == b.with(axis, 0), in.op, a, " and ", b,
        " differ beside axis ", axis);
  return a.with(axis, a[axis] + b[axis]);
}

void concat_kernel(const Tape& t, const TapeLine& l, real* y) {
  const int axis = get<Axis>(l.constants).axis;
  for (int k = 0; k < 2; ++k) {
    const Around part(t.line(l.in[k]).shape, axis), whole(l.shape, axis);
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
          const int axis = get<Axis>(v.line.constants).axis, first = v.in(0).shape()[axis];
          if (to.wants(0)) to(0, slice(g, axis, 0, first));
          if (to.wants(1)) to(1, slice(g, axis, first, v.in(1).shape()[axis]));
        },
    .jvp =
        [](const RuleView& v, const Tangents& t) {
          const auto moved = [&](int i) { return t[i] ? t[i] : v.tape.full(v.in(i).shape(), 0); };
          return concat(moved(0), moved(1), get<Axis>(v.line.constants).axis);
        },
    .constants = Axis{},
    .describe = "axis {axis}",
};

constexpr Op slice_op{
    .name = "slice",
    .shape =
        [](const OpInputs& in) {
          const auto [axis, begin, count] = get<AxisRange>(in.constants);
          check_axis(in, axis);
          const std::int64_t end = std::int64_t{begin} + count;
          check(begin >= 0 && count >= 0 && end <= in.shape[0][axis], in.op, "[", begin, ", ", end,
                ") of axis ", axis, " reaches outside of ", in.shape[0]);
          return in.shape[0].with(axis, count);
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const auto [axis, begin, count] = get<AxisRange>(l.constants);
          const Around whole(t.line(l.in[0]).shape, axis), part(l.shape, axis);
          for (std::int64_t o = 0; o < whole.outer; ++o) {
            std::copy_n(in0(t, l) + (o * whole.size + begin) * whole.inner, part.size * part.inner,
                        y + o * part.size * part.inner);
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const auto [axis, begin, count] = get<AxisRange>(v.line.constants);
          to(0, pad(g, axis, begin, v.in(0).shape()[axis]));
        },
    .constants = AxisRange{},
    .describe = "axis {axis} [{begin}, {end})",
};

constexpr Op pad_op{
    .name = "pad",
    .shape =
        [](const OpInputs& in) {
          const auto [axis, begin, total] = get<Padding>(in.constants);
          check_axis(in, axis);
          check(begin >= 0 && std::int64_t{begin} + in.shape[0][axis] <= total, in.op, in.shape[0],
                " at ", begin, " of axis ", axis, " does not fit into ", total);
          return in.shape[0].with(axis, total);
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const auto [axis, begin, total] = get<Padding>(l.constants);
          const Around part(t.line(l.in[0]).shape, axis), whole(l.shape, axis);
          std::fill_n(y, l.shape.size(), real(0));
          for (std::int64_t o = 0; o < whole.outer; ++o) {
            std::copy_n(in0(t, l) + o * part.size * part.inner, part.size * part.inner,
                        y + (o * whole.size + begin) * whole.inner);
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const auto [axis, begin, total] = get<Padding>(v.line.constants);
          to(0, slice(g, axis, begin, v.in(0).shape()[axis]));
        },
    .constants = Padding{},
    .describe = "axis {axis} at {begin} of {total}",
};

constexpr Op reshape_op{
    .name = "reshape",
    .shape =
        [](const OpInputs& in) {
          const Shape& to = get<NewShape>(in.constants).shape;
          check(in.shape[0].size() == to.size(), in.op, in.shape[0], " has ", in.shape[0].size(),
                " elements and ", to, " has ", to.size());
          return to;
        },
    .forward = [](const Tape&, const TapeLine&, real*) {},
    .vjp = [](const RuleView& v, Var g, CotangentSink& to) { to(0, reshape(g, v.in(0).shape())); },
    .constants = NewShape{},
    .describe = "",
    .shares = true,
};

void check_rows(const char* op, std::span<const int> rows, int limit) {
  for (std::size_t k = 0; k < rows.size(); ++k) {
    check(rows[k] >= 0 && rows[k] < limit, op, "row number ", rows[k], " at place ", k,
          " is outside of [0, ", limit, ")");
  }
}

constexpr Op gather_rows_op{
    .name = "gather_rows",
    .shape =
        [](const OpInputs& in) {
          const auto [rows] = get<Indices>(in.constants);
          check_matrix(in);
          check_rows(in.op, rows, in.shape[0][0]);
          return Shape{static_cast<int>(rows.size()), in.shape[0][1]};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t cols = l.shape[1];
          for (const int row : get<Indices>(l.constants).numbers) {
            std::copy_n(in0(t, l) + row * cols, cols, y);
            y += cols;
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          const auto [rows] = get<Indices>(v.line.constants);
          to(0, scatter_add_rows(g, rows, v.in(0).shape()[0]));
        },
    .constants = Indices{},
    .describe = "rows {numbers}",
};

constexpr Op scatter_add_rows_op{
    .name = "scatter_add_rows",
    .shape =
        [](const OpInputs& in) {
          const auto [rows, total] = get<Placement>(in.constants);
          check_matrix(in);
          check(static_cast<int>(rows.size()) == in.shape[0][0], in.op, rows.size(),
                " row numbers for the rows of ", in.shape[0], "; give one for each");
          check_rows(in.op, rows, total);
          return Shape{total, in.shape[0][1]};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const std::int64_t cols = l.shape[1];
          std::fill_n(y, l.shape.size(), real(0));
          const real* x = in0(t, l);
          for (const int row : get<Placement>(l.constants).numbers) {
            map(Binary::add, y + row * cols, x, y + row * cols, cols);
            x += cols;
          }
        },
    .vjp =
        [](const RuleView& v, Var g, CotangentSink& to) {
          to(0, gather_rows(g, get<Placement>(v.line.constants).numbers));
        },
    .flops = per_input<1>,
    .constants = Placement{},
    .describe = "rows {numbers}",
};

constexpr const Op* kIndexOps[] = {&concat_op,  &slice_op,       &pad_op,
                                   &reshape_op, &gather_rows_op, &scatter_add_rows_op};

}  // namespace

Var concat(Operand a, Operand b, int axis) {
  return apply(concat_op, {a, b}, Axis{from_front(axis, a)});
}
Var slice(Operand x, int axis, int begin, int count) {
  return apply(slice_op, {x}, AxisRange{from_front(axis, x), begin, count});
}
Var pad(Operand x, int axis, int begin, int total) {
  return apply(pad_op, {x}, Padding{from_front(axis, x), begin, total});
}
Var reshape(Operand x, Shape shape) { return apply(reshape_op, {x}, NewShape{shape}); }
Var gather_rows(Operand table, std::span<const int> rows) {
  return apply(gather_rows_op, {table}, Indices{kept(gather_rows_op, table, rows)});
}
Var scatter_add_rows(Operand x, std::span<const int> rows, int total) {
  return apply(scatter_add_rows_op, {x}, Placement{kept(scatter_add_rows_op, x, rows), total});
}

std::span<const Op* const> index_ops() { return kIndexOps; }

}  // namespace pushforward::inline PF_REAL
