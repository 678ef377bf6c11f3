#!/usr/bin/env python3
"""Writes data/goldens/optimizers.csv and training.csv: the results of PyTorch's optimizers, step by step.

Run it with a Python that has torch (Debian: python3-torch, /usr/bin/python3). The tests optimizer_test.cpp and
trainer_test.cpp in tests/nn/training/ repeat the same steps and compare the results.
"""
import math
import pathlib

import torch

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "data" / "goldens"
STEPS = 20
torch.set_default_dtype(torch.float64)

# Each case: name, optimizer, arguments of the optimizer.
CASES = [
    ("sgd", torch.optim.SGD, dict(lr=0.1)),
    ("sgd_decay", torch.optim.SGD, dict(lr=0.1, weight_decay=0.05)),
    ("momentum", torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
    ("momentum_decay", torch.optim.SGD, dict(lr=0.05, momentum=0.9, weight_decay=0.05)),
    ("nesterov", torch.optim.SGD, dict(lr=0.05, momentum=0.8, nesterov=True)),
    ("nesterov_decay", torch.optim.SGD, dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.05)),
    ("adam", torch.optim.Adam, dict(lr=0.02)),
    ("adam_decay", torch.optim.Adam, dict(lr=0.02, weight_decay=0.1)),
    ("adam_betas", torch.optim.Adam, dict(lr=0.02, betas=(0.5, 0.9), eps=1e-3)),
    ("adamw", torch.optim.AdamW, dict(lr=0.02, weight_decay=0.0)),
    ("adamw_decay", torch.optim.AdamW, dict(lr=0.02, weight_decay=0.1)),
    ("adamw_betas", torch.optim.AdamW, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.01)),
]


def gradient(p, step):
    """Returns the gradient of all cases: element i of step k is (0.3 + 0.1 i) p_i + cos(k + i)."""
    return torch.tensor([(0.3 + 0.1 * i) * float(p[i]) + math.cos(step + i) for i in range(len(p))])


def write(name, lines):
    (FOLDER / name).write_text("\n".join(lines) + "\n")


def optimizers():
    lines = ["# case, step, p0, ..., p4 after the step; made by scripts/goldens/optimizers.py"]
    for name, kind, arguments in CASES:
        p = torch.nn.Parameter(torch.tensor([1.0, -0.5, 0.25, 2.0, 0.0]))
        optimizer = kind([p], **arguments)
        for step in range(STEPS):
            p.grad = gradient(p.detach(), step)
            optimizer.step()
            lines.append(",".join([name, str(step)] + [repr(float(v)) for v in p.detach()]))
    write("optimizers.csv", lines)


def training():
    """A 3-8-8-2 SiLU network on 10 rows: AdamW, gradient clipped to norm 0.1, cosine schedule."""
    net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.SiLU(), torch.nn.Linear(8, 8),
                              torch.nn.SiLU(), torch.nn.Linear(8, 2))
    with torch.no_grad():
        for number, p in enumerate(net.parameters()):
            for k in range(p.numel()):
                p.view(-1)[k] = 0.5 * math.sin(1.3 * k + number)
    x = torch.tensor([[math.sin(3 * r + c) for c in range(3)] for r in range(10)])
    y = torch.tensor([[math.cos(2 * r + c) for c in range(2)] for r in range(10)])
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.02, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS)
    lines = ["# step, loss, gradient norm before clipping, lr; made by scripts/goldens/optimizers.py"]
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(net(x), y)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1)
        lr = optimizer.param_groups[0]["lr"]
        optimizer.step()
        schedule.step()
        lines.append(f"{step},{float(loss)!r},{float(norm)!r},{lr!r}")
    write("training.csv", lines)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    optimizers()
    training()
