"""Compares the training step of step_bench with the same step in ordinary PyTorch, in turn. Times are float32 medians.

usage: peer_torch.py BUILD/bench [THREADS] [ROUNDS]   (needs PyTorch; never run by tests)
"""

import json
import os
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

SECONDS = 0.15  # duration of each measurement


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


def ours(folder, hidden, threads):
    """Returns the seconds of the matrix products alone on one thread, and of our whole step."""
    names = f"matrix_products/{hidden}/|training_step/{hidden}/{threads}/"
    free = {name: value for name, value in os.environ.items() if name not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    out = subprocess.run([os.path.join(folder, "step_bench"), f"--benchmark_filter={names}", f"--benchmark_min_time={SECONDS}",
                          "--benchmark_format=json"], env=free, capture_output=True, check=True).stdout
    runs = json.loads(out)["benchmarks"]
    return [run["real_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}[run["time_unit"]] for run in runs]


def theirs(step):
    count, begin = 0, time.perf_counter()
    while (seconds := time.perf_counter() - begin) < SECONDS or count < 2:
        step()
        count += 1
    return seconds / count


def main():
    folder = sys.argv[1]
    threads, rounds = (int(sys.argv[k]) if len(sys.argv) > k else default for k, default in ((2, 1), (3, 15)))
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    print(f"PyTorch {torch.__version__}, threads: {threads}; milliseconds per step, medians of {rounds} rounds")
    print("  H   products      ours   ours / products   PyTorch   PyTorch / ours")
    for hidden in (64, 128, 256, 512):
        step = make_step(hidden)
        theirs(step)  # warm-up
        times = [(*ours(folder, hidden, threads), theirs(step)) for _ in range(rounds)]
        a, b, c = (1e3 * statistics.median(column) for column in zip(*times))
        print(f"{hidden:3d}   {a:8.3f}  {b:8.3f}   {b / a:15.2f}   {c:7.3f}   {c / b:14.2f}")


main()
