"""The training step of step_bench written in PyTorch as its users would, timed on the same machine in float32.

usage: peer_torch.py [THREADS]   (needs PyTorch; never run by tests)
"""

import statistics
import sys
import time

import torch
from torch import nn


def make_step(hidden, batch=256):
    net = nn.Sequential(nn.Linear(3, hidden), nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(),
                        nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, 2))
    parameters = list(net.parameters())
    average = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, foreach=True)

    def step():
        angle = torch.rand(batch) * torch.pi
        lower = torch.rand(batch) < 0.5
        x1 = torch.stack([torch.where(lower, 1 - torch.cos(angle), torch.cos(angle)),
                          torch.where(lower, 0.5 - torch.sin(angle), torch.sin(angle))], 1)
        x1 = x1 + 0.05 * torch.randn(batch, 2)
        x0, t = torch.randn(batch, 2), torch.rand(batch, 1)
        xt = t * x1 + (1 - t) * x0
        loss = ((net(torch.cat([xt, t], 1)) - (x1 - x0)) ** 2).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_mul_(average, 0.999)
            torch._foreach_add_(average, parameters, alpha=0.001)

    return step


def main():
    torch.manual_seed(0)
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    torch.set_num_threads(threads)
    print(f"PyTorch {torch.__version__}, threads: {threads}")
    steps = {hidden: make_step(hidden) for hidden in (64, 128, 256, 512)}
    times = {hidden: [] for hidden in steps}
    for _ in range(40):  # interleaved, so that a busy moment hits all sizes
        for hidden, step in steps.items():
            count = max(2, 1024 // hidden)
            begin = time.perf_counter()
            for _ in range(count):
                step()
            times[hidden].append((time.perf_counter() - begin) / count)
    for hidden, seconds in times.items():
        print(f"H = {hidden:3d}: {statistics.median(seconds) * 1e3:7.3f} ms a step")


main()
