// Tests the full text of every op's errors for wrong operands and shapes.
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/rules.h"
#include "tests/tools/catch.h"

namespace pushforward::inline PF_REAL {
namespace {

struct ErrorRow {
  const char* op;
  std::function<Var(Tape&)> make;
  const char* text;
};

Var zeros(Tape& t, Shape s) { return t.full(s, 0); }
// Returns a call of op(x, w, bias) for zeros of these shapes.
std::function<Var(Tape&)> layer(Var (*op)(Operand, Operand, Operand), Shape x, Shape w,
                                Shape bias) {
  return [=](Tape& t) { return op(zeros(t, x), zeros(t, w), zeros(t, bias)); };
}

// Returns true for ops that accept operands of any shape: leaves (ops without inputs), sum, and ops
// with one input whose output has the same shape.
bool takes_any_shape(const Op& op) {
  return op.inputs == 0 ||
         (op.inputs == 1 && (op.shape == rules::same_shape || op.shape == rules::equal_shapes)) ||
         op.name == std::string("sum");
}

const std::vector<int> kErrorRows{0, 3, -1};

const ErrorRow kErrorShapes[] = {
    {"add",
     [](Tape& t) {
       return zeros(t, {256, 2}) + zeros(t, {256, 1});
     },
     "[add] shapes differ: (256, 2) and (256, 1); broadcast the smaller one explicitly"},
    {"sub",
     [](Tape& t) {
       return zeros(t, {3}) - zeros(t, {1, 3});
     },
     "[sub] shapes differ: (3) and (1, 3); broadcast the smaller one explicitly"},
    {"mul", [](Tape& t) { return zeros(t, {}) * zeros(t, {1}); },
     "[mul] shapes differ: () and (1); broadcast the smaller one explicitly"},
    {"div",
     [](Tape& t) {
       return zeros(t, {2, 3}) / zeros(t, {3, 2});
     },
     "[div] shapes differ: (2, 3) and (3, 2); broadcast the smaller one explicitly"},
    {"silu_vjp", [](Tape& t) { return silu_vjp(zeros(t, {2}), zeros(t, {3})); },
     "[silu_vjp] shapes differ: (2) and (3); broadcast the smaller one explicitly"},
    {"selu_vjp",
     [](Tape& t) {
       return selu_vjp(zeros(t, {2}), zeros(t, {2, 1}));
     },
     "[selu_vjp] shapes differ: (2) and (2, 1); broadcast the smaller one explicitly"},
    {"maximum",
     [](Tape& t) {
       return maximum(zeros(t, {2, 2}), zeros(t, {2, 1}));
     },
     "[maximum] shapes differ: (2, 2) and (2, 1); broadcast the smaller one explicitly"},
    {"greater",
     [](Tape& t) {
       return greater(zeros(t, {2, 2}), zeros(t, {4}));
     },
     "[greater] shapes differ: (2, 2) and (4); broadcast the smaller one explicitly"},
    {"where", [](Tape& t) { return where(zeros(t, {2}), zeros(t, {2}), zeros(t, {1})); },
     "[where] shapes differ: (2) and (1); broadcast the smaller one explicitly"},
    {"where", [](Tape& t) { return where(zeros(t, {1}), zeros(t, {2}), zeros(t, {2})); },
     "[where] shapes differ: (1) and (2); broadcast the smaller one explicitly"},
    {"clamp", [](Tape& t) { return clamp(zeros(t, {2}), 1, -1); },
     "[clamp] the lower bound 1 is above the upper bound -1"},
    {"inside", [](Tape& t) { return inside(zeros(t, {2}), real(0.5), real(0.25)); },
     "[inside] the lower bound 0.5 is above the upper bound 0.25"},
    {"matmul",
     [](Tape& t) {
       return matmul(zeros(t, {256, 64}), zeros(t, {32, 64}));
     },
     "[matmul] (256, 64) x (32, 64): inner sizes 64 and 32 differ"},
    {"matmul",
     [](Tape& t) {
       return matmul(zeros(t, {4, 2}), zeros(t, {3, 5}), true, true);
     },
     "[matmul] (4, 2)^T x (3, 5)^T: inner sizes 4 and 5 differ"},
    {"matmul",
     [](Tape& t) {
       return matmul(zeros(t, {2, 3, 4}), zeros(t, {3, 4, 5}));
     },
     "[matmul] (2, 3, 4) x (3, 4, 5): batches 2 and 3 differ"},
    {"matmul",
     [](Tape& t) {
       return matmul(zeros(t, {3, 4}), zeros(t, {1, 4, 5}));
     },
     "[matmul] (3, 4) x (1, 4, 5): both must be of rank 2, "
     "or both of rank 3 with equal batches; reshape first"},
    {"matmul", [](Tape& t) { return matmul(zeros(t, {3}), zeros(t, {3})); },
     "[matmul] (3) x (3): both must be of rank 2, "
     "or both of rank 3 with equal batches; reshape first"},
    {"linear", layer(linear, Shape{5}, Shape{2, 5}, Shape{1, 2}),
     "[linear] x (5) and weight (2, 5) must be matrices (R, in) and (out, in)"},
    {"linear", layer(linear, Shape{4, 3}, Shape{2, 5}, Shape{1, 2}),
     "[linear] x (4, 3) and weight (2, 5): inner sizes 3 and 5 differ"},
    {"linear", layer(linear, Shape{4, 3}, Shape{2, 3}, Shape{2}),
     "[linear] bias (2) and weight (2, 3): the bias must be (1, 2)"},
    {"linear_silu", layer(linear_silu, Shape{4, 3}, Shape{2, 5}, Shape{1, 2}),
     "[linear_silu] x (4, 3) and weight (2, 5): inner sizes 3 and 5 differ"},
    {"linear_silu_slope", layer(linear_silu_slope, Shape{4, 3}, Shape{2, 3}, Shape{2}),
     "[linear_silu_slope] bias (2) and weight (2, 3): the bias must be (1, 2)"},
    {"sum_rows",
     [](Tape& t) {
       return sum_rows(zeros(t, {2, 3, 4}));
     },
     "[sum_rows] a matrix (R, C) is needed, input 0 is (2, 3, 4); reshape it first"},
    {"sum_cols", [](Tape& t) { return sum_cols(zeros(t, {3})); },
     "[sum_cols] a matrix (R, C) is needed, input 0 is (3); reshape it first"},
    {"sum_rows", [](Tape& t) { return mean_rows(zeros(t, {})); },
     "[sum_rows] a matrix (R, C) is needed, input 0 is (); reshape it first"},
    {"broadcast",
     [](Tape& t) {
       return broadcast(zeros(t, {1, 2}), {4, 2});
     },
     "[broadcast] the input must have one element: it is (1, 2); "
     "see broadcast_rows and broadcast_cols"},
    {"broadcast_rows",
     [](Tape& t) {
       return broadcast_rows(zeros(t, {2, 3}), 4);
     },
     "[broadcast_rows] the input must be a row (1, C): it is (2, 3)"},
    {"broadcast_rows", [](Tape& t) { return broadcast_rows(zeros(t, {3}), 4); },
     "[broadcast_rows] a matrix (R, C) is needed, input 0 is (3); reshape it first"},
    {"broadcast_rows",
     [](Tape& t) {
       return broadcast_rows(zeros(t, {1, 3}), -1);
     },
     "[shape] size -1 of axis 0 is negative"},
    {"broadcast_cols",
     [](Tape& t) {
       return broadcast_cols(zeros(t, {2, 3}), 4);
     },
     "[broadcast_cols] the input must be a column (R, 1): it is (2, 3)"},
    {"concat",
     [](Tape& t) {
       return concat(zeros(t, {2, 3}), zeros(t, {3, 2}), 0);
     },
     "[concat] (2, 3) and (3, 2) differ beside axis 0"},
    {"concat",
     [](Tape& t) {
       return concat(zeros(t, {2, 3}), zeros(t, {2, 3, 1}), 1);
     },
     "[concat] (2, 3) and (2, 3, 1) differ beside axis 1"},
    {"concat",
     [](Tape& t) {
       return concat(zeros(t, {2, 3}), zeros(t, {2, 3}), 2);
     },
     "[concat] axis 2 of shape (2, 3) does not exist"},
    {"concat",
     [](Tape& t) {
       return concat(zeros(t, {2, 3}), zeros(t, {2, 3}), -3);
     },
     "[concat] axis -3 of shape (2, 3) does not exist"},
    {"slice",
     [](Tape& t) {
       return slice(zeros(t, {2, 3}), 1, 2, 2);
     },
     "[slice] [2, 4) of axis 1 reaches outside of (2, 3)"},
    {"slice",
     [](Tape& t) {
       return slice(zeros(t, {2, 3}), -1, -1, 2);
     },
     "[slice] [-1, 1) of axis 1 reaches outside of (2, 3)"},
    {"slice",
     [](Tape& t) {
       return slice(zeros(t, {2, 3}), 0, 2147483647, 2147483647);
     },
     "[slice] [2147483647, 4294967294) of axis 0 reaches outside of (2, 3)"},
    {"slice", [](Tape& t) { return slice(zeros(t, {}), 0, 0, 1); },
     "[slice] axis 0 of shape () does not exist"},
    {"pad",
     [](Tape& t) {
       return pad(zeros(t, {2, 3}), 1, 2, 4);
     },
     "[pad] (2, 3) at 2 of axis 1 does not fit into 4"},
    {"pad",
     [](Tape& t) {
       return pad(zeros(t, {2, 3}), 0, -1, 4);
     },
     "[pad] (2, 3) at -1 of axis 0 does not fit into 4"},
    {"pad",
     [](Tape& t) {
       return pad(zeros(t, {2, 3}), 5, 0, 4);
     },
     "[pad] axis 5 of shape (2, 3) does not exist"},
    {"reshape",
     [](Tape& t) {
       return reshape(zeros(t, {2, 3}), {4, 2});
     },
     "[reshape] (2, 3) has 6 elements and (4, 2) has 8"},
    {"gather_rows",
     [](Tape& t) {
       return gather_rows(zeros(t, {3, 2}), kErrorRows);
     },
     "[gather_rows] row number 3 at place 1 is outside of [0, 3)"},
    {"gather_rows",
     [](Tape& t) {
       return gather_rows(zeros(t, {4, 2}), kErrorRows);
     },
     "[gather_rows] row number -1 at place 2 is outside of [0, 4)"},
    {"gather_rows", [](Tape& t) { return gather_rows(zeros(t, {4}), kErrorRows); },
     "[gather_rows] a matrix (R, C) is needed, input 0 is (4); reshape it first"},
    {"scatter_add_rows",
     [](Tape& t) {
       return scatter_add_rows(zeros(t, {2, 2}), kErrorRows, 9);
     },
     "[scatter_add_rows] 3 row numbers for the rows of (2, 2); give one for each"},
    {"scatter_add_rows",
     [](Tape& t) {
       return scatter_add_rows(zeros(t, {3, 2}), kErrorRows, 3);
     },
     "[scatter_add_rows] row number 3 at place 1 is outside of [0, 3)"},
    {"pick_cols",
     [](Tape& t) {
       return pick_cols(zeros(t, {2, 5}), kErrorRows);
     },
     "[pick_cols] 3 column numbers for 2 rows; give one for each"},
    {"pick_cols",
     [](Tape& t) {
       return pick_cols(zeros(t, {3, 3}), kErrorRows);
     },
     "[pick_cols] column number 3 of row 1 is outside of [0, 3)"},
    {"put_cols",
     [](Tape& t) {
       return put_cols(zeros(t, {3, 2}), kErrorRows, 4);
     },
     "[put_cols] the input must be a column (R, 1): it is (3, 2)"},
    {"put_cols",
     [](Tape& t) {
       return put_cols(zeros(t, {3, 1}), kErrorRows, 2);
     },
     "[put_cols] column number 3 of row 1 is outside of [0, 2)"},
    {"put_cols",
     [](Tape& t) {
       return put_cols(zeros(t, {3, 1}), kErrorRows, -1);
     },
     "[put_cols] -1 columns; at least 0 are needed"},
    {"swap_axes",
     [](Tape& t) {
       return swap_axes(zeros(t, {3, 2}), 0, 2);
     },
     "[swap_axes] axes 0 and 2 of shape (3, 2) do not both exist"},
    {"swap_axes",
     [](Tape& t) {
       return swap_axes(zeros(t, {3, 2}), -3, 1);
     },
     "[swap_axes] axes -3 and 1 of shape (3, 2) do not both exist"},
    {"attention",
     [](Tape& t) {
       return attention(zeros(t, {5, 6}), 2, 1);
     },
     "[attention] (5, 6) cannot be cut into sequences of 2 rows"},
    {"attention",
     [](Tape& t) {
       return attention(zeros(t, {4, 6}), 2, 4);
     },
     "[attention] (4, 6): the columns are queries, keys and values of 4 heads; "
     "their number must be a multiple of 12"},
    {"attention_vjp",
     [](Tape& t) {
       return attention_vjp(zeros(t, {4, 6}), zeros(t, {4, 6}), 2, 1);
     },
     "[attention_vjp] the cotangent is (4, 6), and attention of (4, 6) gives (4, 2)"},
    {"rotary",
     [](Tape& t) {
       return rotary(zeros(t, {5, 4}), 2, 2, 4);
     },
     "[rotary] (5, 4) cannot be cut into sequences of 2 rows"},
    {"rotary",
     [](Tape& t) {
       return rotary(zeros(t, {4, 6}), 2, 3, 6);
     },
     "[rotary] a head has 3 columns; pairs are rotated, so the number must be even and positive"},
    {"rotary",
     [](Tape& t) {
       return rotary(zeros(t, {4, 6}), 2, 4, 6);
     },
     "[rotary] 6 columns of (4, 6) cannot be divided into heads of 4"},
    {"softmax", [](Tape& t) { return softmax(zeros(t, {})); },
     "[softmax] the last axis must have size 1 or more: the input is ()"},
    {"log_softmax",
     [](Tape& t) {
       return log_softmax(zeros(t, {3, 0}));
     },
     "[log_softmax] the last axis must have size 1 or more: the input is (3, 0)"},
    {"logsumexp", [](Tape& t) { return logsumexp(zeros(t, {0})); },
     "[logsumexp] the last axis must have size 1 or more: the input is (0)"},
    {"normalize", [](Tape& t) { return normalize(zeros(t, {}), 1); },
     "[normalize] the last axis must have size 1 or more: the input is ()"},
    {"normalize_vjp",
     [](Tape& t) {
       return normalize_vjp(zeros(t, {2, 0}), zeros(t, {2, 0}), 1);
     },
     "[normalize_vjp] the last axis must have size 1 or more: the input is (2, 0)"},
    {"normalize_vjp", [](Tape& t) { return normalize_vjp(zeros(t, {2}), zeros(t, {3}), 1); },
     "[normalize_vjp] shapes differ: (2) and (3); broadcast the smaller one explicitly"},
};

// Lists every op with an operand that must be a matrix. `make` calls the op with arguments that
// would be valid if x were a matrix.
const struct {
  const char* op;
  Var (*make)(Var x);
} kMatrixOps[] = {
    {"sum_rows", [](Var x) { return sum_rows(x); }},
    {"sum_cols", [](Var x) { return sum_cols(x); }},
    {"broadcast_rows", [](Var x) { return broadcast_rows(x, 4); }},
    {"broadcast_cols", [](Var x) { return broadcast_cols(x, 4); }},
    {"gather_rows", [](Var x) { return gather_rows(x, kErrorRows); }},
    {"scatter_add_rows", [](Var x) { return scatter_add_rows(x, kErrorRows, 9); }},
    {"pick_cols", [](Var x) { return pick_cols(x, kErrorRows); }},
    {"put_cols", [](Var x) { return put_cols(x, kErrorRows, 4); }},
    {"rotary", [](Var x) { return rotary(x, 1, 2, 2); }},
    {"attention", [](Var x) { return attention(x, 1, 1); }},
    {"attention_vjp", [](Var x) { return attention_vjp(x, x, 1, 1); }},
};

Var apply_with(Tape& t, const Op& op, Var x, int inputs) {
  switch (inputs) {
    case 0: return t.apply(op, {});
    case 1: return t.apply(op, {x});
    case 2: return t.apply(op, {x, x});
    case 3: return t.apply(op, {x, x, x});
    default: return t.apply(op, {x, x, x, x});
  }
}

// Applies `op` with x as every operand.
Var apply_to(Tape& t, const Op& op, Var x) { return apply_with(t, op, x, op.inputs); }

}  // namespace

TEST_CASE("the error of every op names the shapes that do not fit", "[errors]") {
  for (const ErrorRow& row : kErrorShapes) {
    Tape t;
    CAPTURE(row.op);
    CHECK_THROWS_WITH(row.make(t), row.text);
  }
}

TEST_CASE("every op accepts all shapes, or its error text is in the table", "[errors]") {
  std::set<std::string> listed, registered;
  for (const ErrorRow& row : kErrorShapes) listed.insert(row.op);
  for (const Op* op : all_ops()) {
    registered.insert(op->name);
    INFO(
        "op \""
        << op->name
        << "\" has no error text; write its row in kErrorShapes of tests/autograd/errors_test.cpp");
    CHECK((takes_any_shape(*op) || listed.count(op->name) == 1));
  }
  for (const std::string& op : listed) CHECK(registered.count(op) == 1);
}

TEST_CASE("every op that needs matrices refuses other ranks", "[errors]") {
  for (const auto& [op, make] : kMatrixOps) {
    for (const Shape& shape : {Shape{}, Shape{6}, Shape{1, 6, 1}, Shape{1, 2, 3, 1}}) {
      Tape t;
      CAPTURE(op);
      std::ostringstream text;
      text << '[' << op << "] a matrix (R, C) is needed, input 0 is " << shape
           << "; reshape it first";
      CHECK_THROWS_WITH(make(zeros(t, shape)), text.str());
    }
  }
}

TEST_CASE("every op refuses a wrong number of inputs", "[errors]") {
  for (const Op* op : all_ops()) {
    for (int inputs = 0; inputs <= kMaxInputs + 1; ++inputs) {
      if (inputs == op->inputs && inputs > 0) continue;
      Tape t;
      CHECK_THROWS_WITH(apply_with(t, *op, t.full({2, 2}, 1), inputs),
                        "[" + std::string(op->name) + "] " + std::to_string(inputs) +
                            " inputs are given to an op of " + std::to_string(op->inputs));
    }
  }
}

TEST_CASE("an op that fails leaves the tape unchanged", "[errors]") {
  for (const ErrorRow& row : kErrorShapes) {
    Tape t;
    const Var kept = t.input({2}, {1, 2});
    CHECK_THROWS(row.make(t));
    const Var y = kept + kept;
    CHECK(y.values()[1] == 4);
  }
}

TEST_CASE("every op refuses null, stale and foreign operands, and the error says what to do",
          "[errors]") {
  for (const Op* op : all_ops()) {
    if (op->inputs == 0) continue;
    Tape t, other;
    const std::string at = "[" + std::string(op->name) + "] ";
    CHECK_THROWS_WITH(apply_to(t, *op, Var{}),
                      at + "the value is null; a null value stands for zero and is no operand");
    CHECK_THROWS_WITH(apply_to(t, *op, other.full({2, 2}, 1)),
                      at + "value #0 is of another tape; copy its numbers over with input");
    Var stale;
    {
      const Scope scope(t);
      stale = t.full({2, 2}, 1);
    }
    const std::string text =
        at + "stale value #0: the tape was rewound past it; copy it out before rewinding";
    CHECK_THROWS_WITH(apply_to(t, *op, stale), text);
    // `stale` refers to a line of the tape that was removed. It stays invalid when a new value gets
    // the same line number.
    t.full({2, 2}, 1);
    CHECK_THROWS_WITH(apply_to(t, *op, stale), text);
  }
}

TEST_CASE("functions refuse null operands in every position", "[errors]") {
  const std::string text = "] the value is null; a null value stands for zero and is no operand";
  Tape t;
  const Var x = t.full({2, 2}, 1), null;
  CHECK_THROWS_WITH(null + x, "[add" + text);
  CHECK_THROWS_WITH(x + null, "[add" + text);
  CHECK_THROWS_WITH(-null, "[neg" + text);
  CHECK_THROWS_WITH(real(2) * null, "[scale" + text);
  CHECK_THROWS_WITH(exp(null), "[exp" + text);
  CHECK_THROWS_WITH(slice(null, -1, 0, 1), "[slice" + text);
  CHECK_THROWS_WITH(concat(x, null, 0), "[concat" + text);
  CHECK_THROWS_WITH(concat(null, x, -1), "[concat" + text);
  CHECK_THROWS_WITH(reshape(null, {4}), "[reshape" + text);
  CHECK_THROWS_WITH(gather_rows(null, kErrorRows), "[gather_rows" + text);
  CHECK_THROWS_WITH(scatter_add_rows(null, kErrorRows, 4), "[scatter_add_rows" + text);
  CHECK_THROWS_WITH(pick_cols(null, kErrorRows), "[pick_cols" + text);
  CHECK_THROWS_WITH(put_cols(null, kErrorRows, 4), "[put_cols" + text);
  CHECK_THROWS_WITH(swap_axes(null, -1, 0), "[swap_axes" + text);
  CHECK_THROWS_WITH(where(x, x, null), "[where" + text);
  CHECK_THROWS_WITH(linear(x, x, null), "[linear" + text);
}

}  // namespace pushforward::inline PF_REAL
