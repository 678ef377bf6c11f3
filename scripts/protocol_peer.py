#!/usr/bin/env python3
"""torchcfm's side of a cell of the 2D protocol: torchcfm's matcher with PyTorch's network and optimizer, on one thread.

protocol_peer.py --versions   prints the versions; fails if PyTorch or torchcfm is missing
protocol_peer.py JOB.json     trains and samples the job, writes the trajectory and prints the seconds
"""
import json
import pathlib
import sys
import time

import numpy as np
import ot
import torch
import torchcfm
from torchcfm import conditional_flow_matching as matchers

MATCHERS = {
    "fm": matchers.TargetConditionalFlowMatcher,
    "icfm": matchers.ConditionalFlowMatcher,
    "otcfm": matchers.ExactOptimalTransportConditionalFlowMatcher,
    "sbcfm": matchers.SchrodingerBridgeConditionalFlowMatcher,  # ot_method "exact" is its default
}


def network():
    """Returns the MLP that torchcfm uses in the protocol. It maps (x, t) to the velocity."""
    return torch.nn.Sequential(torch.nn.Linear(3, 64), torch.nn.SELU(), torch.nn.Linear(64, 64), torch.nn.SELU(),
                               torch.nn.Linear(64, 64), torch.nn.SELU(), torch.nn.Linear(64, 2))


def train(net, job):
    matcher = MATCHERS[job["method"]](sigma=job["sigma"])
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-5)
    target = torch.from_numpy(np.load(job["target"]).astype(np.float32))
    source = torch.from_numpy(np.load(job["source"]).astype(np.float32)) if job["source"] else None

    def draw(points):
        return points[torch.randint(len(points), (job["batch"],))]

    for _ in range(job["steps"]):
        x1 = draw(target)
        x0 = torch.randn_like(x1) if source is None else draw(source)
        t, xt, ut = matcher.sample_location_and_conditional_flow(x0, x1)
        loss = ((net(torch.cat([xt, t[:, None]], 1)) - ut) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@torch.no_grad()
def sample(net, job):
    """Returns Euler trajectories (times, n, 2) from the job's starting points."""
    x = torch.from_numpy(np.load(job["start"]).astype(np.float32))
    n = job["sampling_steps"]
    trajectory = [x]
    for k in range(n):
        x = x + net(torch.cat([x, torch.full((len(x), 1), k / n)], 1)) / n
        trajectory.append(x)
    return torch.stack(trajectory).numpy()


def main():
    if sys.argv[1] == "--versions":
        version = getattr(torchcfm, "__version__", None)
        if version is None:
            from torchcfm.version import __version__ as version
        print(json.dumps({"torchcfm": version, "PyTorch": torch.__version__, "POT": ot.__version__}))
        return
    job = json.loads(pathlib.Path(sys.argv[1]).read_text())
    torch.set_num_threads(1)
    torch.manual_seed(job["seed"])
    np.random.seed(job["seed"])
    net = network()
    wall, cpu = time.perf_counter(), time.process_time()
    train(net, job)
    timing = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    np.save(job["trajectory"], sample(net, job))
    print(json.dumps(timing))


main()
