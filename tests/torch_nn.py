#!/usr/bin/env python3
"""A trained network goes to PyTorch and back and gives the same velocities to 1e-6.

torch_nn.py PROGRAM FOLDER: PROGRAM is the C++ half (torch_nn.cpp). Exit code 77: PyTorch is missing.
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


def network():
    return torch.nn.Sequential(torch.nn.Linear(3, 64), torch.nn.SiLU(),
                               torch.nn.Linear(64, 64), torch.nn.SiLU(),
                               torch.nn.Linear(64, 64), torch.nn.SiLU(),
                               torch.nn.Linear(64, 2))


def compare(net, points, what):
    rows = torch.tensor([[float(v) for v in line.split(",")]
                         for line in points.read_text().splitlines()])
    with torch.no_grad():
        u = net(rows[:, :3])
    error = ((u - rows[:, 3:]).abs() / (1 + u.abs())).max().item()
    print(f"{what}: largest difference {error:.2e}, velocities up to {u.abs().max().item():.2f}")
    if not error <= 1e-6:
        sys.exit(f"{what}: the velocities differ by {error:.2e}, more than 1e-6")


def main():
    torch.manual_seed(0)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    model, points = folder / "model.safetensors", folder / "points.csv"
    net = network()

    subprocess.run([program, "train", str(model), str(points)], check=True)
    net.load_state_dict(load_safetensors(model))
    compare(net, points, "trained here, loaded into PyTorch")

    net = network()
    save_safetensors(model, net.state_dict())
    subprocess.run([program, "evaluate", str(model), str(points)], check=True)
    compare(net, points, "made by PyTorch, loaded here")


if __name__ == "__main__":
    main()
