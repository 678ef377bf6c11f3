// Sums and their adjoints, the broadcasts.
#include <algorithm>

#include "autograd/rules.h"

namespace pushforward::inline PF_REAL {

using detail::check;
using namespace rules;
using namespace kernels;

namespace {

constexpr Op sum_op{
    .name = "sum",
    .shape = [](const OpInputs&) { return Shape{}; },
    .forward = [](const Tape& t, const TapeLine& l,
                  real* y) { *y = sum(in0(t, l), t.line(l.in[0]).shape.size()); },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, broadcast(g, v.in(0).shape())); },
    .flops = per_input<1>,
};

constexpr Op broadcast_op{
    .name = "broadcast",
    .shape =
        [](const OpInputs& in) {
          check(in.shape[0].size() == 1, in.op, "the input must have one element: it is ",
                in.shape[0], "; see broadcast_rows and broadcast_cols");
          return get<NewShape>(in.constants).shape;
        },
    .forward = [](const Tape& t, const TapeLine& l,
                  real* y) { std::fill_n(y, l.shape.size(), *in0(t, l)); },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, reshape(sum(g), v.in(0).shape())); },
    .constants = NewShape{},
    .describe = "",
};

constexpr Op sum_rows_op{
    .name = "sum_rows",
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          return Shape{1, in.shape[0][1]};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const Shape s = t.line(l.in[0]).shape;
          sum_rows(in0(t, l), s[0], s[1], y);
        },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, broadcast_rows(g, v.in(0).shape()[0])); },
    .flops = per_input<1>,
};

constexpr Op broadcast_rows_op{
    .name = "broadcast_rows",
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check(in.shape[0][0] == 1, in.op, "the input must be a row (1, C): it is ", in.shape[0]);
          return Shape{get<Repeats>(in.constants).times, in.shape[0][1]};
        },
    .forward = [](const Tape& t, const TapeLine& l,
                  real* y) { fill_rows(in0(t, l), l.shape[0], l.shape[1], y); },
    .vjp = [](const RuleView&, Var g, CotangentSink& to) { to(0, sum_rows(g)); },
    .constants = Repeats{},
    .describe = "",
};

constexpr Op sum_cols_op{
    .name = "sum_cols",
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          return Shape{in.shape[0][0], 1};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          const Shape s = t.line(l.in[0]).shape;
          for (std::int64_t r = 0; r < s[0]; ++r) y[r] = sum(in0(t, l) + r * s[1], s[1]);
        },
    .vjp = [](const RuleView& v, Var g,
              CotangentSink& to) { to(0, broadcast_cols(g, v.in(0).shape()[1])); },
    .flops = per_input<1>,
};

constexpr Op broadcast_cols_op{
    .name = "broadcast_cols",
    .shape =
        [](const OpInputs& in) {
          check_matrix(in);
          check(in.shape[0][1] == 1, in.op, "the input must be a column (R, 1): it is ",
                in.shape[0]);
          return Shape{in.shape[0][0], get<Repeats>(in.constants).times};
        },
    .forward =
        [](const Tape& t, const TapeLine& l, real* y) {
          for (std::int64_t r = 0; r < l.shape[0]; ++r) {
            std::fill_n(y + r * l.shape[1], l.shape[1], in0(t, l)[r]);
          }
        },
    .vjp = [](const RuleView&, Var g, CotangentSink& to) { to(0, sum_cols(g)); },
    .constants = Repeats{},
    .describe = "",
};

constexpr const Op* kReduceOps[] = {
    &sum_op, &broadcast_op, &sum_rows_op, &broadcast_rows_op, &sum_cols_op, &broadcast_cols_op};

real count(const Operand& x, int axis) { return static_cast<real>(x.var.shape()[axis]); }

}  // namespace

Var sum(Operand x) { return apply(sum_op, {x}); }
Var sum_rows(Operand x) { return apply(sum_rows_op, {x}); }
Var sum_cols(Operand x) { return apply(sum_cols_op, {x}); }
Var mean(Operand x) { return sum(x) / static_cast<real>(x.var.shape().size()); }
Var mean_rows(Operand x) { return sum_rows(x) / count(x, 0); }
Var mean_cols(Operand x) { return sum_cols(x) / count(x, 1); }
Var broadcast(Operand x, Shape shape) { return apply(broadcast_op, {x}, NewShape{shape}); }
Var broadcast_rows(Operand x, int rows) { return apply(broadcast_rows_op, {x}, Repeats{rows}); }
Var broadcast_cols(Operand x, int cols) { return apply(broadcast_cols_op, {x}, Repeats{cols}); }
Var mse(Operand a, Operand b) { return mean(square(a - b)); }

std::span<const Op* const> reduce_ops() { return kReduceOps; }

}  // namespace pushforward::inline PF_REAL
