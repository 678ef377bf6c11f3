#!/usr/bin/env python3
"""Exercise 9: the tour of the tape in PyTorch, held to the numbers that docs/autograd-tour.md prints.

usage: tour_in_torch.py TOUR    TOUR is that document; exit 0 when PyTorch says the same, 77 where it is not installed
"""

import re
import sys
from pathlib import Path

try:
    import torch
except ImportError:
    print("PyTorch is not installed (Debian: python3-torch): nothing compared")
    sys.exit(77)

TOUR = Path(sys.argv[1]).read_text(encoding="utf-8")
torch.set_default_dtype(torch.float64)


def printed(program):
    """What the tour prints of one program."""
    return re.search(rf"<!-- prints: {program} -->\n```text\n(.*?)```", TOUR, re.S)[1]


def values(program, line):
    """The numbers in brackets, or the one number, that line #line of a printout holds."""
    row = re.search(rf"^ *#{line} .*$", printed(program), re.M)[0]
    text = re.search(r"\[([^]]*)\]", row)
    return [float(x) for x in (re.split(r"[; ]+", text[1]) if text else [row.split()[-2]])]


# your part: three_ops(), gradient(), along(), derivatives()
def three_ops(w):
    x = torch.tensor([[0.5, -1], [1.5, 2]])
    return torch.tanh(x @ w).sum()


def gradient(w):
    """Section 3: one sweep down gives the gradient."""
    return torch.autograd.grad(three_ops(w), w)[0]


def along(w, t):
    """Section 4: one sweep up gives the derivative along t."""
    return torch.autograd.functional.jvp(three_ops, w, t)[1]


def derivatives(x):
    """Section 5: y = x^3 and its three derivatives, each a gradient of the one before."""
    out = [x * x * x]
    for _ in range(3):
        out.append(torch.autograd.grad(out[-1], x, create_graph=True)[0])
    return out
# end of your part


wrong = 0


def expect(what, got, want):
    # The tour prints six digits.
    global wrong
    ok = len(got) == len(want) and all(abs(a - b) <= 1e-5 * (1 + abs(b)) for a, b in zip(got, want))
    wrong += not ok
    print("ok   " if ok else "WRONG", f" {what}: {got}, and {want} is right")


w = torch.tensor([[0.8], [0.3]], requires_grad=True)
expect("the gradient of section 3", gradient(w).flatten().tolist(), values("down", 11))
expect("the tangent of section 4", [along(w, torch.tensor([[1.0], [0.0]])).item()], values("up", 11))
numbers = [float(x) for x in re.findall(r"= ([-\d.]+)", printed("twice"))]
expect("the derivatives of section 5", [d.item() for d in derivatives(torch.tensor(2.0, requires_grad=True))], numbers)
sys.exit(1 if wrong else 0)
