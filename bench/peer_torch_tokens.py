#!/usr/bin/env python3
"""Compares our training step of a transformer over tokens with PyTorch's and with its own matrix products alone, in turn.

usage: peer_torch_tokens.py BUILD/bench [ROUNDS]   (needs PyTorch; never run by tests)

The network is that of nn/networks/transformer.h (DiT blocks, four heads, learned positions, raw time), in ordinary
PyTorch. A step consists of data, masks, cross-entropy, backward, clipping, AdamW and averaging of the weights. Times are
float32 medians.
"""
import os
import statistics
import struct
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, HEADS = 32, 4


def normalised(h, shift, scale):
    return F.layer_norm(h, h.shape[-1:], eps=1e-6) * (1 + scale[:, None]) + shift[:, None]


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.SiLU(), nn.Linear(4 * width, width))
        self.modulation = nn.Linear(width, 6 * width)

    def forward(self, h, c):
        b, length, width = h.shape
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(c).chunk(6, -1)
        q, k, v = (x.view(b, length, HEADS, -1).transpose(1, 2) for x in self.qkv(normalised(h, shift1, scale1)).chunk(3, -1))
        if hasattr(F, "scaled_dot_product_attention"):
            seen = F.scaled_dot_product_attention(q, k, v)
        else:
            seen = torch.softmax(q @ k.transpose(-1, -2) * (width // HEADS) ** -0.5, -1) @ v
        h = h + gate1[:, None] * self.out(seen.transpose(1, 2).reshape(b, length, width))
        return h + gate2[:, None] * self.mlp(normalised(h, shift2, scale2))


class Transformer(nn.Module):
    def __init__(self, width, blocks, length):
        super().__init__()
        self.token, self.position = nn.Embedding(VOCABULARY + 1, width), nn.Embedding(length, width)
        self.embed = nn.Sequential(nn.Linear(1, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.blocks = nn.ModuleList(Block(width) for _ in range(blocks))
        self.modulation, self.output = nn.Linear(width, 2 * width), nn.Linear(width, VOCABULARY)

    def forward(self, x, t):
        c = self.embed(t)
        h = self.token(x) + self.position.weight
        for block in self.blocks:
            h = block(h, c)
        return self.output(normalised(h, *self.modulation(c).chunk(2, -1)))


def make_step(width, blocks, length, batch):
    net = Transformer(width, blocks, length)
    parameters = list(net.parameters())
    average = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, foreach=True)

    def step():
        x1, t = torch.randint(VOCABULARY, (batch, length)), torch.rand(batch, 1)
        masked = torch.rand(batch, length) >= t
        logits = net(torch.where(masked, VOCABULARY, x1), t)
        loss = (F.cross_entropy(logits.transpose(1, 2), x1, reduction="none") * masked).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_mul_(average, 0.999)
            torch._foreach_add_(average, parameters, alpha=0.001)

    return step


def main():
    folder, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9
    print(f"PyTorch {torch.__version__}; milliseconds per step, medians of {rounds} rounds")
    print("width blocks length batch threads    ours   matrix products   ours / products   PyTorch   PyTorch / ours")
    for width, blocks, length, batch in ((64, 2, 16, 64), (128, 3, 64, 32), (256, 4, 64, 32)):
        for threads in (1, 2):
            torch.manual_seed(0)
            torch.set_num_threads(threads)
            step = make_step(width, blocks, length, batch)
            sizes = [str(n) for n in (width, blocks, length, batch, threads)]
            program = subprocess.Popen([os.path.join(folder, "token_step_bench"), *sizes], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
            count = max(2, 2 ** 22 // (width * width * blocks * length))
            times = []
            for k in range(rounds + 1):
                program.stdin.write(struct.pack("i", count))
                program.stdin.flush()
                ours, products = struct.unpack("dd", program.stdout.read(16))
                begin = time.perf_counter()
                for _ in range(count):
                    step()
                if k > 0:  # the first is a warm-up
                    times.append((ours, products, (time.perf_counter() - begin) / count))
            program.stdin.close()
            program.wait()
            a, b, c = (1e3 * statistics.median(column) for column in zip(*times))
            beside = f"{b:17.2f}   {a / b:15.2f}" if threads == 1 else f"{'':17}   {'':15}"
            print(f"{width:5d} {blocks:6d} {length:6d} {batch:5d} {threads:7d}   {a:5.2f} {beside}   {c:7.2f}   {c / a:14.2f}")


main()
