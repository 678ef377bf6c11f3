#!/usr/bin/env python3
"""PyTorch's side of scripts/quality: trains the network of a run again in PyTorch, by the recipe in the run's config.

usage: quality_peer.py PROGRAM RUN SEED

The new weights replace those in RUN/model.safetensors, so that the program measures both sides with the same code. This
script supports only what the recipes of scripts/quality use, and stops at anything else.
"""
import json
import math
import pathlib
import struct
import subprocess
import sys

import numpy
import torch
from torch import nn


def read_safetensors(path):
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {name: torch.frombuffer(bytearray(data[start + t["data_offsets"][0]:start + t["data_offsets"][1]]),
                                      dtype=torch.float32).reshape(t["shape"]) for name, t in header.items()}
    return tensors, metadata


def write_safetensors(path, tensors, metadata):
    header, buffer = {"__metadata__": metadata}, b""
    for name in sorted(tensors):
        values = tensors[name].detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(buffer), len(buffer) + len(values)]}
        buffer += values
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + buffer)


def waves(z, frequencies, noise=None):
    """Cosines and sines, averaged over normal noise on z with this standard deviation (R, 1)."""
    angle = 2 * math.pi * z @ frequencies
    both = torch.cat([torch.cos(angle), torch.sin(angle)], 1)
    if noise is None:
        return both
    kept = torch.exp(-2 * (math.pi * noise * frequencies.norm(dim=0)) ** 2)
    return both * torch.cat([kept, kept], 1)


class Velocity(nn.Module):
    """An MLP of x, the Fourier features of x and those of t."""

    def __init__(self, model, frequencies, time_frequencies):
        super().__init__()
        # The frequencies are those that the run has drawn.
        self.frequencies, self.time_frequencies = frequencies, time_frequencies[None]
        self.blur = 2 if model["input"].get("blur", "auto") == "auto" else model["input"]["blur"]
        width = 2 + 2 * frequencies.shape[1] + 2 * time_frequencies.shape[0]
        layers = []
        for hidden in model["hidden"]:
            layers += [nn.Linear(width, hidden), nn.SiLU()]
            width = hidden
        self.net = nn.Sequential(*layers, nn.Linear(width, 2))

    def forward(self, x, t):
        return self.net(torch.cat([x, waves(x, self.frequencies, self.blur * (1 - t)), waves(t, self.time_frequencies)], 1))


def need(condition, what):
    if not condition:
        sys.exit(f"quality_peer.py does not know {what}")


def draw_times(law, rows):
    if law["type"] == "uniform":
        return torch.rand(rows, 1)
    need(law["type"] == "logit_normal", f"the time law {law['type']}")
    return torch.sigmoid(law["mean"] + law["std"] * torch.randn(rows, 1))


def main():
    program, run, seed = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
    config = json.loads((run / "config.json").read_text())
    model, optimizer, schedule, train = config["model"], config["optimizer"], config["schedule"], config["train"]
    need(model["type"] == "mlp" and model["activation"] == "silu" and model["condition"] == "concat"
         and model["input"]["type"] in ("auto", "fourier", "positional") and config["source"] == {"type": "gaussian", "std": 1} and model["time"]["type"] == "fourier", "this network")
    need(config["path"]["type"] == "cond_ot" and config["coupling"]["type"] == "independent"
         and config["prediction"] == "velocity", "this path")
    need(optimizer["type"] == "adamw" and schedule["type"] == "cosine" and config["ema"]["warmup"], "this optimizer")
    torch.manual_seed(seed)
    steps, batch = train["steps"], train["batch"]
    # The program draws the data: a million points, from which each batch takes random rows.
    points = run / "points.npy"
    subprocess.run([program, "data", run / "config.json", "-n", "1000000", "--seed", str(seed), "--out", points], check=True,
                   stdout=subprocess.DEVNULL)
    data = torch.from_numpy(numpy.load(points).astype(numpy.float32))
    points.unlink()

    tensors, metadata = read_safetensors(run / "model.safetensors")
    net = Velocity(model, tensors["input_features.frequencies"], tensors["time.frequencies"])
    parameters = list(net.parameters())
    average = [p.detach().clone() for p in parameters]
    adam = torch.optim.AdamW(parameters, lr=optimizer["lr"], betas=(optimizer["beta1"], optimizer["beta2"]),
                             eps=optimizer["eps"], weight_decay=optimizer["weight_decay"], foreach=True)
    warmup = schedule["warmup"]

    def factor(step):
        if step < warmup:
            return (step + 1) / warmup
        done = (step - warmup) / max(1, steps - warmup)
        return schedule["final"] + (1 - schedule["final"]) * (1 + math.cos(math.pi * done)) / 2

    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = optimizer["lr"] * factor(step)
        x1, x0 = data[torch.randint(len(data), (batch,))], torch.randn(batch, 2)
        t = draw_times(config["loss"]["time"], batch)
        loss = ((net(t * x1 + (1 - t) * x0, t) - (x1 - x0)) ** 2).mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        if train["clip_norm"] > 0:
            nn.utils.clip_grad_norm_(parameters, train["clip_norm"])
        adam.step()
        decay = min(config["ema"]["decay"], (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 1 - decay)
    names = [name.removeprefix("net.") for name, _ in net.named_parameters()]
    tensors.update(zip(names, average))
    write_safetensors(run / "model.safetensors", tensors, metadata)


if __name__ == "__main__":
    main()
