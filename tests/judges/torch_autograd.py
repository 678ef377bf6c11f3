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


def pad(x, c):
    axis = c["axis"] % x.dim()
    sizes = list(x.shape)
    sizes[axis] = c["begin"]
    before = x.new_zeros(sizes)
    sizes[axis] = c["total"] - c["begin"] - x.shape[axis]
    return torch.cat([before, x, x.new_zeros(sizes)], axis)


def rotary(x, c):
    length, head, cols = c["length"], c["head"], c["cols"]
    position = torch.arange(x.shape[0], dtype=torch.float64) % length
    angle = position[:, None] * 10000 ** (-torch.arange(0, head, 2, dtype=torch.float64) / head)
    pairs = x[:, :cols].reshape(x.shape[0], cols // head, head // 2, 2)
    u, v = pairs.unbind(-1)
    cos, sin = torch.cos(angle)[:, None], torch.sin(angle)[:, None]
    turned = torch.stack([u * cos - v * sin, u * sin + v * cos], -1)
    return torch.cat([turned.reshape(x.shape[0], cols), x[:, cols:]], 1)


def attention(qkv, c):
    length, heads = c["length"], c["heads"]
    parts = qkv.reshape(-1, length, 3, heads, qkv.shape[1] // 3 // heads)
    q, k, v = parts.permute(2, 0, 3, 1, 4)
    p = F.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
    return (p @ v).transpose(1, 2).reshape(qkv.shape[0], qkv.shape[1] // 3)


def attention_vjp(qkv, g, c):
    return torch.autograd.functional.vjp(lambda x: attention(x, c), qkv, g, create_graph=True)[1]


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


# Each op in PyTorch. x are its inputs and c its constants by name (autograd/constants.h, tests/exam/program.h).
OPS = {
    "constant": lambda x, c: torch.full(c["shape"], c["value"], dtype=torch.float64),
    "add": lambda x, c: x[0] + x[1],
    "sub": lambda x, c: x[0] - x[1],
    "mul": lambda x, c: x[0] * x[1],
    "div": lambda x, c: x[0] / x[1],
    "neg": lambda x, c: -x[0],
    "scale": lambda x, c: c["value"] * x[0],
    "shift": lambda x, c: x[0] + c["value"],
    "exp": lambda x, c: torch.exp(x[0]),
    "log": lambda x, c: torch.log(x[0]),
    "log1p": lambda x, c: torch.log1p(x[0]),
    "sqrt": lambda x, c: torch.sqrt(x[0]),
    "square": lambda x, c: torch.square(x[0]),
    "abs": lambda x, c: torch.abs(x[0]),
    "sign": lambda x, c: torch.sign(x[0]),
    "heaviside": lambda x, c: step_function(x[0]),
    "reciprocal": lambda x, c: torch.reciprocal(x[0]),
    "tanh": lambda x, c: torch.tanh(x[0]),
    "sigmoid": lambda x, c: torch.sigmoid(x[0]),
    "silu": lambda x, c: F.silu(x[0]),
    "silu_vjp": lambda x, c: x[1] * sigmoid_slope(x[0]),
    "selu": lambda x, c: F.selu(x[0]),
    "selu_vjp": lambda x, c: x[1] * selu_slope(x[0]),
    "gelu": lambda x, c: F.gelu(x[0]),
    "normal_cdf": lambda x, c: torch.special.ndtr(x[0]),
    "relu": lambda x, c: F.relu(x[0]),
    "softplus": lambda x, c: F.softplus(x[0], threshold=1000),
    "sin": lambda x, c: torch.sin(x[0]),
    "cos": lambda x, c: torch.cos(x[0]),
    "pow": lambda x, c: torch.pow(x[0], c["value"]),
    "clamp": lambda x, c: torch.clamp(x[0], c["low"], c["high"]),
    "inside": lambda x, c: ((x[0] >= c["low"]) & (x[0] <= c["high"])).to(x[0]),
    "maximum": lambda x, c: torch.maximum(x[0], x[1]),
    "greater": lambda x, c: step_function(x[0] - x[1]),
    "where": lambda x, c: torch.where(x[0] != 0, x[1], x[2]),
    "matmul": lambda x, c: transposed(x[0], c["first"]) @ transposed(x[1], c["second"]),
    "linear": lambda x, c: F.linear(x[0], x[1], x[2][0]),
    "linear_silu": lambda x, c: F.silu(F.linear(x[0], x[1], x[2][0])),
    "linear_silu_slope": lambda x, c: sigmoid_slope(F.linear(x[0], x[1], x[2][0])),
    "sum": lambda x, c: x[0].sum(),
    "sum_rows": lambda x, c: x[0].sum(0, keepdim=True),
    "sum_cols": lambda x, c: x[0].sum(1, keepdim=True),
    "broadcast": lambda x, c: x[0].reshape(()).expand(c["shape"]),
    "broadcast_rows": lambda x, c: x[0].expand(c["times"], -1),
    "broadcast_cols": lambda x, c: x[0].expand(-1, c["times"]),
    "concat": lambda x, c: torch.cat([x[0], x[1]], c["axis"]),
    "slice": lambda x, c: torch.narrow(x[0], c["axis"], c["begin"], c["end"] - c["begin"]),
    "pad": lambda x, c: pad(x[0], c),
    "reshape": lambda x, c: x[0].reshape(c["shape"]),
    "gather_rows": lambda x, c: x[0][c["numbers"]],
    "scatter_add_rows": lambda x, c: x[0].new_zeros(c["total"], x[0].shape[1]).index_add(
        0, torch.tensor(c["numbers"], dtype=torch.long), x[0]),
    "pick_cols": lambda x, c: x[0].gather(1, torch.tensor(c["numbers"])[:, None]),
    "put_cols": lambda x, c: x[0].new_zeros(x[0].shape[0], c["total"]).scatter(
        1, torch.tensor(c["numbers"])[:, None], x[0]),
    "swap_axes": lambda x, c: x[0].transpose(c["first"], c["second"]),
    "attention": lambda x, c: attention(x[0], c),
    "attention_vjp": lambda x, c: attention_vjp(x[0], x[1], c),
    "rotary": lambda x, c: rotary(x[0], c),
    "softmax": lambda x, c: F.softmax(x[0], -1),
    "log_softmax": lambda x, c: F.log_softmax(x[0], -1),
    "logsumexp": lambda x, c: torch.logsumexp(x[0], -1, keepdim=True),
    "normalize": lambda x, c: normalize(x[0], c["value"]),
    "normalize_vjp": lambda x, c: normalize_vjp(x[0], x[1], c["value"]),
    "stop_gradient": lambda x, c: x[0].detach(),
}


def run(program, leaves):
    """Returns the value of the last step."""
    values = []
    for step in program["steps"]:
        inputs = [leaves[-1 - k] if k < 0 else values[k] for k in step["in"]]
        if step["op"] not in OPS:
            sys.exit(f"[torch] op \"{step['op']}\" has no words of PyTorch's; "
                     "write them in OPS of tests/judges/torch_autograd.py")
        values.append(OPS[step["op"]](inputs, step["constants"]))
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
