#include "apps/page/op_formulas.h"

#include <algorithm>
#include <string_view>

#include "autograd/tensor/check.h"

namespace pushforward::app::inline PF_REAL {

const std::vector<OpFormula>& op_formulas() {
  static const std::vector<OpFormula> all{
      {"input", "given", "its cotangent is the result", "its tangent is given"},
      {"parameter", "a weight of the model", "its cotangent is the gradient",
       "its tangent is given"},
      {"constant", "a fixed number in every place", "none", "none"},

      {"add", "a + b", "a: g, b: g", "ȧ + ḃ"},
      {"sub", "a - b", "a: g, b: -g", "ȧ - ḃ"},
      {"mul", "a b", "a: g b, b: g a", "ȧ b + a ḃ"},
      {"div", "a / b", "a: g / b, b: -g y / b", "(ȧ - y ḃ) / b"},
      {"neg", "-x", "-g", "-ẋ"},
      {"scale", "s x, with a number s", "s g", "s ẋ"},
      {"shift", "x + s, with a number s", "g", "ẋ"},

      {"exp", "exp(x)", "g * y", "ẋ y"},
      {"log", "log(x)", "g / x", "ẋ / x"},
      {"log1p", "log1p(x)", "g / (1 + x)", "ẋ / (1 + x)"},
      {"sqrt", "sqrt(x)", "g / (2 * y)", "ẋ / (2 y)"},
      {"square", "square(x)", "g * 2 * x", "2 x ẋ"},
      {"abs", "abs(x)", "g * sign(x)", "ẋ sign(x)"},
      {"reciprocal", "1 / x", "-g * square(y)", "-ẋ y²"},
      {"tanh", "tanh(x)", "g * (1 - square(y))", "ẋ (1 - y²)"},
      {"sigmoid", "1 / (1 + exp(-x))", "g * y * (1 - y)", "ẋ y (1 - y)"},
      {"silu", "x * sigmoid(x)", "g * sigmoid(x) * (1 + x * (1 - sigmoid(x)))",
       "ẋ s (1 + x (1 - s)), with s = sigmoid(x)"},
      {"silu_vjp", "b s (1 + a (1 - s)), with s = sigmoid(a)", "the derivatives of y times g",
       "the derivatives of y times ȧ and ḃ"},
      {"selu", "1.0507 x for x > 0, else 1.7581 (exp(x) - 1)",
       "1.0507 g for x > 0, else 1.7581 exp(x) g", "1.0507 ẋ for x > 0, else 1.7581 exp(x) ẋ"},
      {"selu_vjp", "1.0507 b for a > 0, else 1.7581 exp(a) b", "the derivatives of y times g",
       "the derivatives of y times ȧ and ḃ"},
      {"gelu", "x * normal_cdf(x)", "g * (normal_cdf(x) + x * exp(-square(x) / 2) / 2.5066282746)",
       "ẋ (Φ(x) + x φ(x))"},
      {"normal_cdf", "normal_cdf(x)", "g * exp(-square(x) / 2) / 2.5066282746", "ẋ φ(x)"},
      {"relu", "(x + abs(x)) / 2", "g * heaviside(x)", "ẋ where x > 0, else 0"},
      {"softplus", "log(1 + exp(x))", "g * sigmoid(x)", "ẋ sigmoid(x)"},
      {"sin", "sin(x)", "g * cos(x)", "ẋ cos(x)"},
      {"cos", "cos(x)", "-g * sin(x)", "-ẋ sin(x)"},
      {"sign", "-1, 0 or 1", "0", "0"},
      {"heaviside", "1 where x > 0, else 0", "0", "0"},
      {"pow", "x^s, with a number s", "g s x^(s - 1)", "s x^(s - 1) ẋ"},

      {"matmul", "a b, matrices (transposed where the line says so)", "a: g bᵀ, b: aᵀ g",
       "ȧ b + a ḃ"},
      {"linear", "a bᵀ + c in each row", "a: g b, b: gᵀ a, c: the sum of g over the rows",
       "ȧ bᵀ + a ḃᵀ + ċ"},
      {"linear_silu", "silu(z), with z = a bᵀ + c",
       "with h = g silu'(z), a: h b, b: hᵀ a, c: the sum of h over the rows",
       "silu'(z) (ȧ bᵀ + a ḃᵀ + ċ)"},
      {"linear_silu_slope", "silu'(z), with z = a bᵀ + c",
       "with h = g silu''(z), a: h b, b: hᵀ a, c: the sum of h over the rows",
       "silu''(z) (ȧ bᵀ + a ḃᵀ + ċ)"},

      {"sum", "the sum of all elements", "g in every place", "the sum of ẋ"},
      {"broadcast", "x in every place", "the sum of g", "ẋ in every place"},
      {"sum_rows", "the sum over the rows", "g in every row", "the sum of ẋ over the rows"},
      {"broadcast_rows", "x in every row", "the sum of g over the rows", "ẋ in every row"},
      {"sum_cols", "the sum over the columns", "g in every column",
       "the sum of ẋ over the columns"},
      {"broadcast_cols", "x in every column", "the sum of g over the columns", "ẋ in every column"},

      {"softmax", "exp(x) / the sum of exp(x) in each row", "y (g - the sum of g y)",
       "y (ẋ - the sum of ẋ y)"},
      {"log_softmax", "x - ln of the sum of exp(x) in each row",
       "g - softmax(x) times the sum of g", "ẋ - the sum of softmax(x) ẋ"},
      {"logsumexp", "ln of the sum of exp(x) in each row", "g softmax(x)",
       "the sum of softmax(x) ẋ"},
      {"normalize", "(x - mean) / √(variance + ε) in each row",
       "(g - mean of g - y mean of g y) / √(variance + ε)",
       "(ẋ - mean of ẋ - y mean of ẋ y) / √(variance + ε)"},
      {"normalize_vjp", "(b - mean of b - n mean of b n) / √(variance + ε), with n = normalize(a)",
       "the derivatives of y times g", "the derivatives of y times ȧ and ḃ"},

      {"concat", "a and b beside one another", "a and b: their parts of g", "ȧ and ḃ"},
      {"slice", "a part of x", "g at the part, 0 elsewhere", "the same part of ẋ"},
      {"pad", "x with zeros around it", "the part of g at x", "ẋ with zeros around it"},
      {"reshape", "the same numbers in another shape", "g in the shape of x",
       "ẋ in the shape of y"},
      {"gather_rows", "rows of x by their numbers", "g is added to these rows",
       "the same rows of ẋ"},
      {"scatter_add_rows", "the rows of x are added to rows with these numbers", "these rows of g",
       "the same of ẋ"},
      {"swap_axes", "x with two axes exchanged", "g with the axes exchanged back",
       "ẋ with the axes exchanged"},
      {"pick_cols", "one column of each row", "g in that column, 0 elsewhere",
       "the same columns of ẋ"},
      {"put_cols", "x in one column of each row, 0 elsewhere", "g in that column",
       "ẋ in that column"},
      {"rotary", "pairs of columns rotated by an angle that grows with the position",
       "g rotated back", "ẋ rotated"},

      {"where", "b where a is not 0, else c", "b and c: g where they were chosen",
       "ḃ or ċ, as chosen"},
      {"clamp", "x, kept between two numbers", "g where x is between them, else 0",
       "ẋ where x is between them, else 0"},
      {"inside", "1 where x is between two numbers, else 0", "0", "0"},
      {"maximum", "the larger of a and b", "g to the larger one, halves at a tie",
       "the tangent of the larger one"},
      {"greater", "1 where a > b, 1/2 at a tie, else 0", "0", "0"},
      {"stop_gradient", "x, as a constant", "0", "0"},
      {"attention", "softmax(q kᵀ / √d) v for each head and sequence",
       "q, k and v: by attention_vjp", "by the rules of matmul and softmax"},
      {"attention_vjp", "the cotangents of q, k and v", "the derivatives of y times g",
       "the derivatives of y times ȧ and ḃ"},
  };
  return all;
}

Json formulas_of(const Tape& tape, LineId lines) {
  Json found = Json::object();
  for (LineId k = 0; k < lines; ++k) {
    const std::string_view op = tape.line(k).op->name;
    const auto row = std::find_if(op_formulas().begin(), op_formulas().end(),
                                  [&](const OpFormula& f) { return op == f.op; });
    detail::check(row != op_formulas().end(), "page", "the op ", op, " has no formula");
    found[std::string(op)] = Json::array({row->value, row->down, row->up});
  }
  return found;
}

}  // namespace pushforward::app::inline PF_REAL
