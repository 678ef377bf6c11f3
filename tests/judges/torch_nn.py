#!/usr/bin/env python3
"""Compares networks with PyTorch. A trained network moved to PyTorch and back gives the same velocities to 1e-6.
A transformer made by PyTorch gives the same logits and gradients here.

usage: torch_nn.py PROGRAM FOLDER

PROGRAM is the C++ part (torch_nn.cpp). Exits with 77 if PyTorch is missing.
"""
import json
import pathlib
import struct
import subprocess
import sys

try:
    import torch
except ImportError:
    print("skipped: this Python has no torch (Debian: python3-torch)")
    sys.exit(77)


def load_safetensors(path):
    data = open(path, "rb").read()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    tensors = {}
    for name, t in header.items():
        if name != "__metadata__":
            begin, end = (start + offset for offset in t["data_offsets"])
            kind = {"F32": torch.float32, "F64": torch.float64}[t["dtype"]]
            tensors[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=kind).reshape(t["shape"])
    return tensors


def save_safetensors(path, tensors):
    header, buffer = {}, b""
    for name in sorted(tensors):
        values = tensors[name].detach().flatten().tolist()
        begin = len(buffer)
        buffer += struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape),
                        "data_offsets": [begin, len(buffer)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + buffer)


def waves(z, frequencies, noise=torch.zeros(1, 1)):
    """Cosines and sines, averaged over normal noise on z with this standard deviation, as in the README."""
    angle = 2 * torch.pi * z @ frequencies
    kept = torch.exp(-2 * (torch.pi * noise * frequencies.norm(dim=0)) ** 2)
    return torch.cat([kept * angle.cos(), kept * angle.sin()], 1)


class Network(torch.nn.Module):
    """An MLP of x, the Fourier features of x and those of t, as in the README."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(2 + 16 + 8, 64), torch.nn.SiLU(),
                                       torch.nn.Linear(64, 64), torch.nn.SiLU(),
                                       torch.nn.Linear(64, 64), torch.nn.SiLU(),
                                       torch.nn.Linear(64, 2))
        self.x_waves, self.t_waves = 0.3 * torch.randn(2, 8), torch.randn(4)

    def load(self, tensors):
        self.x_waves, self.t_waves = tensors.pop("input_features.frequencies"), tensors.pop("time.frequencies")
        self.net.load_state_dict(tensors)

    def tensors(self):
        return {**self.net.state_dict(), "input_features.frequencies": self.x_waves,
                "time.frequencies": self.t_waves}

    def forward(self, rows):
        x, t = rows[:, :2], rows[:, 2:]
        return self.net(torch.cat([x, waves(x, self.x_waves, 2 * (1 - t)), waves(t, self.t_waves[None])], 1))


def compare(net, points, what):
    rows = torch.tensor([[float(v) for v in line.split(",")]
                         for line in points.read_text().splitlines()])
    with torch.no_grad():
        u = net(rows[:, :3])
    error = ((u - rows[:, 3:]).abs() / (1 + u.abs())).max().item()
    print(f"{what}: largest difference {error:.2e}, velocities up to {u.abs().max().item():.2f}")
    if not error <= 1e-6:
        sys.exit(f"{what}: the velocities differ by {error:.2e}, more than 1e-6")


def rotated(x):
    """Rotates pair i of x (B, heads, L, d) at position p by the angle p 10000^(-2i / d)."""
    length, d = x.shape[-2:]
    angle = torch.arange(length)[:, None] * 10000.0 ** (-torch.arange(0, d, 2) / d)
    u, v = x[..., 0::2], x[..., 1::2]
    cos, sin = torch.cos(angle), torch.sin(angle)
    return torch.stack([u * cos - v * sin, u * sin + v * cos], -1).flatten(-2)


class Block(torch.nn.Module):
    def __init__(self, width, heads, rotary):
        super().__init__()
        self.attn = torch.nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = torch.nn.Sequential(torch.nn.Linear(width, 2 * width), torch.nn.SiLU(),
                                       torch.nn.Linear(2 * width, width))
        self.modulation = torch.nn.Linear(width, 6 * width)
        self.rotary = rotary

    def attention(self, x):
        if not self.rotary:
            return self.attn(x, x, x, need_weights=False)[0]
        qkv = torch.nn.functional.linear(x, self.attn.in_proj_weight, self.attn.in_proj_bias)
        q, k, v = (part.unflatten(2, (self.attn.num_heads, -1)).transpose(1, 2)
                   for part in qkv.chunk(3, 2))
        q, k = rotated(q), rotated(k)
        weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
        return self.attn.out_proj((weights @ v).transpose(1, 2).flatten(2))

    def forward(self, h, c):
        b1, s1, g1, b2, s2, g2 = self.modulation(c)[:, None].chunk(6, 2)
        norm = lambda x: torch.nn.functional.layer_norm(x, x.shape[-1:], eps=1e-6)
        h = h + g1 * self.attention((1 + s1) * norm(h) + b1)
        return h + g2 * self.mlp((1 + s2) * norm(h) + b2)


class Transformer(torch.nn.Module):
    def __init__(self, rotary, width=16, heads=4):
        super().__init__()
        self.token = torch.nn.Embedding(7, width)
        self.position = None if rotary else torch.nn.Embedding(5, width)
        self.label = torch.nn.Embedding(3, 4)
        self.embed = torch.nn.Sequential(torch.nn.Linear(5, width), torch.nn.SiLU(),
                                         torch.nn.Linear(width, width), torch.nn.SiLU())
        self.blocks = torch.nn.ModuleList(Block(width, heads, rotary) for _ in range(2))
        self.modulation = torch.nn.Linear(width, 2 * width)
        self.output = torch.nn.Linear(width, 6)

    def forward(self, states, t, labels):
        c = self.embed(torch.cat([t, self.label(labels)], 1))
        h = self.token(states)
        if self.position is not None:
            h = h + self.position.weight
        for block in self.blocks:
            h = block(h, c)
        b, s = self.modulation(c)[:, None].chunk(2, 2)
        return self.output((1 + s) * torch.nn.functional.layer_norm(h, h.shape[-1:], eps=1e-6) + b)


def compare_transformers(program, folder, positions):
    net = Transformer(positions == "rotary")
    model, logits = folder / f"{positions}.safetensors", folder / f"{positions}.csv"
    save_safetensors(model, net.state_dict())
    subprocess.run([program, positions, str(model), str(logits)], check=True)
    ours = torch.tensor([[float(v) for v in line.split(",")]
                         for line in logits.read_text().splitlines()])
    k = torch.arange(15)
    theirs = net(((5 * k + 3) % 7).reshape(3, 5), torch.tensor([[0.125], [0.5], [0.75]]),
                 torch.tensor([0, 2, 1])).reshape(15, 6)
    torch.nn.functional.cross_entropy(theirs, (5 * k + 1) % 6).backward()
    error = (theirs - ours).abs().max().item()
    print(f"transformer, {positions} positions: logits differ by {error:.2e}, "
          f"up to {theirs.abs().max().item():.2f}")
    if not error <= 1e-5:
        sys.exit(f"transformer, {positions} positions: the logits differ by {error:.2e}")
    gradients = load_safetensors(f"{logits}.gradients")
    worst, names = 0, dict(net.named_parameters())
    if set(gradients) != set(names):
        sys.exit(f"the names differ: {sorted(set(gradients) ^ set(names))}")
    for name, parameter in names.items():
        size = parameter.grad.abs().max().item()
        worst = max(worst, (gradients[name] - parameter.grad).abs().max().item() / max(size, 1e-3))
    print(f"transformer, {positions} positions: gradients differ by {worst:.2e}")
    if not worst <= 1e-4:
        sys.exit(f"transformer, {positions} positions: the gradients differ by {worst:.2e}")


def main():
    torch.manual_seed(0)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    model, points = folder / "model.safetensors", folder / "points.csv"
    net = Network()

    subprocess.run([program, "train", str(model), str(points)], check=True)
    net.load(load_safetensors(model))
    compare(net, points, "trained here, loaded into PyTorch")

    net = Network()
    save_safetensors(model, net.tensors())
    subprocess.run([program, "evaluate", str(model), str(points)], check=True)
    compare(net, points, "made by PyTorch, loaded here")

    for positions in ("learned", "rotary"):
        compare_transformers(program, folder, positions)


if __name__ == "__main__":
    main()
