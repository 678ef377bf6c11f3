#!/usr/bin/python3
"""Compares values, gradients and Hessian-vector products of random networks with PyTorch.

usage: torch_autograd.py WRITER

Runs WRITER (tests/judges/torch_autograd.cpp) and computes every program that it writes again with PyTorch in double
precision. The numbers must agree to 1e-10. Exits with 0 if they do, 1 if not, and 77 if PyTorch is missing.
"""

import json
import subprocess
import sys
import tempfile

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("PyTorch is not installed (Debian: python3-torch): nothing compared")
    sys.exit(77)

TOLERANCE = 1e-10


def sigmoid_slope(x):
    s = torch.sigmoid(x)
    return s * (1 + x * (1 - s))


def selu_slope(x):
    scale, alpha = 1.0507009873554804934, 1.6732632423543772848
    return scale * torch.where(x > 0, torch.ones_like(x), alpha * torch.exp(x))


def pad(x, s):
    axis = s["axis"] % x.dim()
    sizes = list(x.shape)
    sizes[axis] = s["begin"]
    before = x.new_zeros(sizes)
    sizes[axis] = s["count"] - s["begin"] - x.shape[axis]
    return torch.cat([before, x, x.new_zeros(sizes)], axis)


def rotary(x, s):
    length, head, cols = s["count"], s["axis"], s["begin"]
    position = torch.arange(x.shape[0], dtype=torch.float64) % length
    angle = position[:, None] * 10000 ** (-torch.arange(0, head, 2, dtype=torch.float64) / head)
    pairs = x[:, :cols].reshape(x.shape[0], cols // head, head // 2, 2)
    u, v = pairs.unbind(-1)
    cos, sin = torch.cos(angle)[:, None], torch.sin(angle)[:, None]
    turned = torch.stack([u * cos - v * sin, u * sin + v * cos], -1)
    return torch.cat([turned.reshape(x.shape[0], cols), x[:, cols:]], 1)


def attention(qkv, s):
    length, heads = s["count"], s["axis"]
    parts = qkv.reshape(-1, length, 3, heads, qkv.shape[1] // 3 // heads)
    q, k, v = parts.permute(2, 0, 3, 1, 4)
    p = F.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
    return (p @ v).transpose(1, 2).reshape(qkv.shape[0], qkv.shape[1] // 3)


def attention_vjp(qkv, g, s):
    return torch.autograd.functional.vjp(lambda x: attention(x, s), qkv, g, create_graph=True)[1]


def transposed(x, yes):
    return x.transpose(-1, -2) if yes else x


def normalize(x, eps):
    return F.layer_norm(x, x.shape[-1:], eps=eps)


def normalize_vjp(x, g, eps):
    r = (x.var(-1, unbiased=False, keepdim=True) + eps).rsqrt()
    y = (x - x.mean(-1, keepdim=True)) * r
    return r * (g - g.mean(-1, keepdim=True) - y * (g * y).mean(-1, keepdim=True))


def step_function(x):
    return (x > 0).to(x)


# Each op in PyTorch. x are the inputs, s is the step, a and b are its numbers.
OPS = {
    "constant": lambda x, s, a, b: torch.full(s["shape"], a, dtype=torch.float64),
    "add": lambda x, s, a, b: x[0] + x[1],
    "sub": lambda x, s, a, b: x[0] - x[1],
    "mul": lambda x, s, a, b: x[0] * x[1],
    "div": lambda x, s, a, b: x[0] / x[1],
    "neg": lambda x, s, a, b: -x[0],
    "scale": lambda x, s, a, b: a * x[0],
    "shift": lambda x, s, a, b: x[0] + a,
    "exp": lambda x, s, a, b: torch.exp(x[0]),
    "log": lambda x, s, a, b: torch.log(x[0]),
    "log1p": lambda x, s, a, b: torch.log1p(x[0]),
    "sqrt": lambda x, s, a, b: torch.sqrt(x[0]),
    "square": lambda x, s, a, b: torch.square(x[0]),
    "abs": lambda x, s, a, b: torch.abs(x[0]),
    "sign": lambda x, s, a, b: torch.sign(x[0]),
    "heaviside": lambda x, s, a, b: step_function(x[0]),
    "reciprocal": lambda x, s, a, b: torch.reciprocal(x[0]),
    "tanh": lambda x, s, a, b: torch.tanh(x[0]),
    "sigmoid": lambda x, s, a, b: torch.sigmoid(x[0]),
    "silu": lambda x, s, a, b: F.silu(x[0]),
    "silu_vjp": lambda x, s, a, b: x[1] * sigmoid_slope(x[0]),
    "selu": lambda x, s, a, b: F.selu(x[0]),
    "selu_vjp": lambda x, s, a, b: x[1] * selu_slope(x[0]),
    "gelu": lambda x, s, a, b: F.gelu(x[0]),
    "normal_cdf": lambda x, s, a, b: torch.special.ndtr(x[0]),
    "relu": lambda x, s, a, b: F.relu(x[0]),
    "softplus": lambda x, s, a, b: F.softplus(x[0], threshold=1000),
    "sin": lambda x, s, a, b: torch.sin(x[0]),
    "cos": lambda x, s, a, b: torch.cos(x[0]),
    "pow": lambda x, s, a, b: torch.pow(x[0], a),
    "clamp": lambda x, s, a, b: torch.clamp(x[0], a, b),
    "inside": lambda x, s, a, b: ((x[0] >= a) & (x[0] <= b)).to(x[0]),
    "maximum": lambda x, s, a, b: torch.maximum(x[0], x[1]),
    "greater": lambda x, s, a, b: step_function(x[0] - x[1]),
    "where": lambda x, s, a, b: torch.where(x[0] != 0, x[1], x[2]),
    "matmul": lambda x, s, a, b: transposed(x[0], s["ta"]) @ transposed(x[1], s["tb"]),
    "linear": lambda x, s, a, b: F.linear(x[0], x[1], x[2][0]),
    "linear_silu": lambda x, s, a, b: F.silu(F.linear(x[0], x[1], x[2][0])),
    "linear_silu_slope": lambda x, s, a, b: sigmoid_slope(F.linear(x[0], x[1], x[2][0])),
    "sum": lambda x, s, a, b: x[0].sum(),
    "sum_rows": lambda x, s, a, b: x[0].sum(0, keepdim=True),
    "sum_cols": lambda x, s, a, b: x[0].sum(1, keepdim=True),
    "broadcast": lambda x, s, a, b: x[0].reshape(()).expand(s["shape"]),
    "broadcast_rows": lambda x, s, a, b: x[0].expand(s["count"], -1),
    "broadcast_cols": lambda x, s, a, b: x[0].expand(-1, s["count"]),
    "concat": lambda x, s, a, b: torch.cat([x[0], x[1]], s["axis"]),
    "slice": lambda x, s, a, b: torch.narrow(x[0], s["axis"], s["begin"], s["count"]),
    "pad": lambda x, s, a, b: pad(x[0], s),
    "reshape": lambda x, s, a, b: x[0].reshape(s["shape"]),
    "gather_rows": lambda x, s, a, b: x[0][s["rows"]],
    "scatter_add_rows": lambda x, s, a, b: x[0].new_zeros(s["count"], x[0].shape[1]).index_add(
        0, torch.tensor(s["rows"], dtype=torch.long), x[0]),
    "pick_cols": lambda x, s, a, b: x[0].gather(1, torch.tensor(s["rows"])[:, None]),
    "put_cols": lambda x, s, a, b: x[0].new_zeros(x[0].shape[0], s["count"]).scatter(
        1, torch.tensor(s["rows"])[:, None], x[0]),
    "swap_axes": lambda x, s, a, b: x[0].transpose(s["axis"], s["begin"]),
    "attention": lambda x, s, a, b: attention(x[0], s),
    "attention_vjp": lambda x, s, a, b: attention_vjp(x[0], x[1], s),
    "rotary": lambda x, s, a, b: rotary(x[0], s),
    "softmax": lambda x, s, a, b: F.softmax(x[0], -1),
    "log_softmax": lambda x, s, a, b: F.log_softmax(x[0], -1),
    "logsumexp": lambda x, s, a, b: torch.logsumexp(x[0], -1, keepdim=True),
    "normalize": lambda x, s, a, b: normalize(x[0], a),
    "normalize_vjp": lambda x, s, a, b: normalize_vjp(x[0], x[1], a),
    "stop_gradient": lambda x, s, a, b: x[0].detach(),
}


def run(program, leaves):
    """Returns the value of the last step."""
    values = []
    for step in program["steps"]:
        inputs = [leaves[-1 - k] if k < 0 else values[k] for k in step["in"]]
        if step["op"] not in OPS:
            sys.exit(f"[torch] op \"{step['op']}\" has no words of PyTorch's; "
                     "write them in OPS of tests/judges/torch_autograd.py")
        values.append(OPS[step["op"]](inputs, step, *step["numbers"]))
    return values[-1]


def flat(tensors, like):
    """Joins gradients to one vector. A gradient of None becomes zeros."""
    parts = [torch.zeros_like(x) if g is None else g for g, x in zip(tensors, like)]
    return torch.cat([p.reshape(-1) for p in parts])


def answers(case):
    program = case["program"]
    leaves = [torch.tensor(leaf["values"], dtype=torch.float64).reshape(leaf["shape"])
              .requires_grad_() for leaf in program["leaves"]]
    y = run(program, leaves)
    weight = torch.tensor(case["weight"], dtype=torch.float64).reshape(y.shape)
    direction = torch.tensor(case["direction"], dtype=torch.float64)
    loss = (y * weight).sum()
    if not loss.requires_grad:
        zero = torch.zeros_like(direction)
        return {"value": y.reshape(-1), "gradient": zero, "curved": zero}
    first = flat(torch.autograd.grad(loss, leaves, create_graph=True, allow_unused=True), leaves)
    slope = (first * direction).sum()
    if slope.requires_grad:
        second = torch.autograd.grad(slope, leaves, allow_unused=True)
    else:
        second = [None] * len(leaves)
    return {"value": y.reshape(-1), "gradient": first, "curved": flat(second, leaves)}


def main():
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        subprocess.run([sys.argv[1], file.name], check=True)
        with open(file.name, encoding="utf-8") as lines:
            cases = [json.loads(line) for line in lines]
    worst, wrong = {}, 0
    for number, case in enumerate(cases):
        for what, theirs in answers(case).items():
            ours = torch.tensor(case[what], dtype=torch.float64)
            size = max(0.125, theirs.abs().max().item() if theirs.numel() else 0)
            off = (ours - theirs.detach()).abs().max().item() / size if ours.numel() else 0
            worst[what] = max(worst.get(what, 0), off)
            if not off <= TOLERANCE:
                wrong += 1
                print(f"program {number}, {what}: off by {off:.3g}")
                print([step["op"] for step in case["program"]["steps"]])
    print(f"{len(cases)} programs against PyTorch {torch.__version__}; largest relative differences:",
          ", ".join(f"{what} {off:.1e}" for what, off in worst.items()))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
