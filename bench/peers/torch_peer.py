#!/usr/bin/env python3
"""PyTorch's side of scripts/compare, and that of torchcfm and flow_matching, which use PyTorch.

usage: torch_peer.py DIR THREADS               answers lines as bench/compare_bench.cpp does
       torch_peer.py job H STEPS THREADS OUT   trains, samples and writes the samples, from the start to the end of the process

Training runs eagerly, with the fused AdamW and the other updates of the weights as single calls for all parameters. Sampling runs in
inference mode.
"""
import functools
import importlib.metadata
import math
import os
import sys

import numpy as np
import torch
from torch import nn

from serve import (CHECKED, CLIP, DECAY, EULER_STEPS, LEARNING_RATE, SAMPLES, TOLERANCE, WARM_UP, WEIGHT_DECAY, fastest, layers,
                   load_points, load_weights, serve)


def mlp(hidden):
    parts = []
    for out, width in layers(hidden):
        parts += [nn.Linear(width, out), nn.SiLU()]
    return nn.Sequential(*parts[:-1])


def load_mlp(folder, hidden):
    network = mlp(hidden)
    with torch.no_grad():
        for layer, (weight, bias) in zip(network[::2], load_weights(folder, hidden)):
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.copy_(torch.from_numpy(bias))
    return network.requires_grad_(False)


class Training:
    """Steps of a network on the losses of new batches. `loss_of()` returns the loss of one."""

    def __init__(self, network, loss_of):
        self.parameters, self.loss_of = list(network.parameters()), loss_of
        self.average = [p.detach().clone() for p in self.parameters]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, fused=True)

    def step(self):
        loss = self.loss_of()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, CLIP, foreach=True)
        self.optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - DECAY)
        return loss

    def answer(self, warm_up=WARM_UP, checked=CHECKED):
        """Returns the function to time, after a warm-up, and the mean loss of its last steps."""
        losses = [self.step().item() for _ in range(warm_up)]

        def once():
            self.step()
            return 1
        return once, {"check": float(np.mean(losses[-checked:]))}


def draw_ends(rows):
    """Returns noise and moons, each (rows, 2)."""
    angle, lower = torch.rand(rows) * torch.pi, torch.rand(rows) < 0.5
    cos, sin = torch.cos(angle), torch.sin(angle)
    x1 = torch.stack([torch.where(lower, 1 - cos, cos), torch.where(lower, 0.5 - sin, sin)], 1)
    return torch.randn(rows, 2), x1 + 0.05 * torch.randn(rows, 2)


def mlp_training(rows, hidden):
    network = mlp(hidden)

    def loss_of():
        (x0, x1), t = draw_ends(rows), torch.rand(rows, 1)
        return ((network(torch.cat([torch.lerp(x0, x1, t), t], 1)) - (x1 - x0)) ** 2).mean()
    return Training(network, loss_of)


def step_case(rows, hidden):
    return mlp_training(rows, hidden).answer()


def ot_step_case(rows, hidden):
    from torchcfm.conditional_flow_matching import ExactOptimalTransportConditionalFlowMatcher

    network, matcher = mlp(hidden), ExactOptimalTransportConditionalFlowMatcher(sigma=0.0)

    def loss_of():
        t, xt, ut = matcher.sample_location_and_conditional_flow(*draw_ends(rows))
        return ((network(torch.cat([xt, t[:, None]], 1)) - ut) ** 2).mean()
    return Training(network, loss_of).answer()


def tokens_case(width, blocks, length, batch):
    from torch_tokens import TokenLoss

    loss = TokenLoss(width, blocks, length, batch)
    return Training(loss.network, loss).answer(2, 2)


@torch.inference_mode()
def sample(network, x, block, steps):
    """Returns the points that x (n, 2) flow to. Blocks of `block` rows go through all steps, one block after the other."""
    done = []
    for part in x.split(block):
        for k in range(steps):
            t = torch.full((len(part), 1), k / EULER_STEPS)
            part = torch.add(part, network(torch.cat([part, t], 1)), alpha=1 / EULER_STEPS)
        done.append(part)
    return torch.cat(done)


def sample_case(folder, hidden):
    network = load_mlp(folder, hidden)

    def make(block, steps):
        def once():
            sample(network, torch.randn(SAMPLES, 2), block, steps)
            return 1
        return once
    block, _ = fastest((10000, 2000, 500), lambda size: make(size, EULER_STEPS // 10))
    x = sample(network, torch.randn(SAMPLES, 2), block, EULER_STEPS)
    return make(block, EULER_STEPS), {"check": float((x ** 2).sum(1).mean()), "note": f"blocks of {block} rows"}


def log_density_case(folder, hidden, method):
    from flow_matching.solver import ODESolver

    network, points = load_mlp(folder, hidden), torch.from_numpy(load_points(folder))
    solver = ODESolver(lambda x, t: network(torch.cat([x, t.expand(len(x), 1)], 1)))
    step = 1 / EULER_STEPS if method == "euler" else None

    def log_density():
        return solver.compute_likelihood(points.clone(), lambda x: -0.5 * (x ** 2).sum(1) - math.log(2 * math.pi), step, method=method,
                                         rtol=TOLERANCE, atol=TOLERANCE, exact_divergence=True)[1]

    def once():
        log_density()
        return 1
    return once, {"check": float(log_density().mean())}


def job(hidden, steps, out):
    training = mlp_training(256, hidden)
    for _ in range(steps):
        training.step()
    network = mlp(hidden)
    with torch.no_grad():
        for parameter, average in zip(network.parameters(), training.average):
            parameter.copy_(average)
    np.save(out, sample(network, torch.randn(SAMPLES, 2), 2000, EULER_STEPS).numpy())


def main():
    torch.manual_seed(0)
    np.random.seed(0)  # torchcfm draws pairs with it
    if sys.argv[1] == "job":
        torch.set_num_threads(int(sys.argv[4]))
        job(int(sys.argv[2]), int(sys.argv[3]), sys.argv[5])
        return
    torch.set_num_threads(int(sys.argv[2]))
    # POT looks for every array library it knows; here it needs PyTorch's tensors and NumPy only.
    os.environ.update({f"POT_BACKEND_DISABLE_{name}": "1" for name in ("JAX", "CUPY", "TENSORFLOW")})
    names = {"PyTorch": "torch", "torchcfm": "torchcfm", "POT": "POT", "flow_matching": "flow_matching"}
    serve({name: importlib.metadata.version(package) for name, package in names.items()},
          {"step": step_case, "ot_step": ot_step_case, "tokens": tokens_case, "sample": functools.partial(sample_case, sys.argv[1]),
           "log_density": functools.partial(log_density_case, sys.argv[1])})


if __name__ == "__main__":
    main()
