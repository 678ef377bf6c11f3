"""The transformer over tokens of bench/token_step_bench.cpp in ordinary PyTorch.

The network is that of nn/networks/transformer.h (DiT blocks, four heads, learned positions, raw time).
"""
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
        seen = F.scaled_dot_product_attention(q, k, v)
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


class TokenLoss:
    """The cross-entropy of the masked tokens of a new batch."""

    def __init__(self, width, blocks, length, batch):
        self.network, self.shape = Transformer(width, blocks, length), (batch, length)

    def __call__(self):
        x1, t = torch.randint(VOCABULARY, self.shape), torch.rand(self.shape[0], 1)
        masked = torch.rand(self.shape) >= t
        logits = self.network(torch.where(masked, VOCABULARY, x1), t)
        return (F.cross_entropy(logits.transpose(1, 2), x1, reduction="none") * masked).mean()
