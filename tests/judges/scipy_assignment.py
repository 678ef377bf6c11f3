#!/usr/bin/env python3
"""Compares the assignment solver with scipy.optimize.linear_sum_assignment on 1,000 random and degenerate matrices.

usage: scipy_assignment.py PROGRAM

PROGRAM is built from scipy_assignment.cpp. The costs must be equal: exactly if they are whole numbers, else up to the
rounding of their sum. Exits with 77 if scipy is missing.
"""
import subprocess
import sys

try:
    import numpy as np
    from scipy.optimize import linear_sum_assignment
except ImportError:
    print("skipped: this Python has no scipy (Debian: python3-scipy)")
    sys.exit(77)

COUNT = 1000


def points(rng, n, kind):
    if kind == "moons":
        angle, low = np.pi * rng.random(n), rng.random(n) < 0.5
        return np.stack([np.where(low, 1 - np.cos(angle), np.cos(angle)),
                         np.where(low, 0.5 - np.sin(angle), np.sin(angle))], 1) + 0.05 * rng.normal(size=(n, 2))
    return rng.normal(size=(n, kind))


def distances(a, b):
    return ((a[:, None] - b[None]) ** 2).sum(-1)


KINDS = [
    lambda rng, n: rng.random((n, n)),
    lambda rng, n: rng.normal(size=(n, n)),
    lambda rng, n: rng.integers(0, 4, (n, n)).astype(float),
    lambda rng, n: rng.integers(-10**12, 10**12, (n, n)).astype(float),
    lambda rng, n: np.full((n, n), -2.5),
    lambda rng, n: np.tile(rng.random(n), (n, 1)),
    lambda rng, n: np.tile(rng.random((n, 1)), (1, n)),
    lambda rng, n: rng.random((n, 1)) + rng.random(n),
    lambda rng, n: np.outer(np.arange(1., n + 1), np.arange(1., n + 1)),
    lambda rng, n: np.outer(rng.random(n), -rng.random(n)),
    lambda rng, n: np.where(rng.random((n, n)) < 0.1, rng.random((n, n)), 1e9),
    lambda rng, n: rng.random((n, n)) * 1e250,
    lambda rng, n: rng.random((n, n)) * 1e-250,
    lambda rng, n: np.exp(20 * rng.normal(size=(n, n))),
    lambda rng, n: distances(points(rng, n, 2), points(rng, n, "moons")),
    lambda rng, n: distances(points(rng, n, 20), points(rng, n, 20) + 1),
    lambda rng, n: distances(rng.integers(0, 3, (n, 2)), rng.integers(0, 3, (n, 2))).astype(float),
    lambda rng, n: distances(1e6 + 1e-3 * points(rng, n, 1), 1e6 + 1e-3 * points(rng, n, 1)),
]


def main():
    rng = np.random.default_rng(0)
    matrices = []
    for k in range(COUNT):
        n = 200 if k % 50 == 49 else int(rng.integers(1, 60))
        matrices.append(KINDS[k % len(KINDS)](rng, n))
    asked = b"".join(np.int32(len(c)).tobytes() + np.ascontiguousarray(c, dtype=float).tobytes() for c in matrices)
    answer = subprocess.run([sys.argv[1]], input=asked, stdout=subprocess.PIPE, check=True).stdout
    at, wrong = 0, 0
    for k, c in enumerate(matrices):
        n = len(c)
        columns = np.frombuffer(answer, np.int32, n, at)
        cost = np.frombuffer(answer, np.float64, 1, at + 4 * n)[0]
        at += 4 * n + 8
        best = c[linear_sum_assignment(c)].sum()
        whole = np.array_equal(c, np.round(c)) and np.abs(c).max() < 2**52 / n
        slack = 0 if whole else 4 * np.finfo(float).eps * n * np.abs(c).max()
        ours = c[np.arange(n), columns].sum()
        if sorted(columns) != list(range(n)) or abs(ours - best) > slack or abs(cost - best) > slack:
            print(f"matrix {k} (kind {k % len(KINDS)}, n {n}): cost {cost!r}, by its columns {ours!r}, scipy {best!r}")
            wrong += 1
    if at != len(answer) or wrong:
        sys.exit(f"{wrong} of {COUNT} assignments differ from scipy's")
    print(f"{COUNT} assignments cost what scipy's do")


main()
