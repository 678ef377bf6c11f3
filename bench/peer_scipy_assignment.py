#!/usr/bin/env python3
"""Compares exact optimal transport of batches here and by scipy.optimize.linear_sum_assignment, in turn on the same batches.

usage: peer_scipy_assignment.py BUILD/bench [BATCHES]   (needs python3-scipy; never run by tests)

A batch pairs normal noise with moons (noise 0.05). scipy's time is for the assignment alone, with a given cost matrix. Our time is
given with and without the squared distances. Then whole training steps, including the coupling, are compared with scipy's assignment
alone: after some training steps, scipy solves the batches of these steps. All times are medians.
"""
import struct
import subprocess
import sys
import time

import numpy as np
from scipy.optimize import linear_sum_assignment


def moons(rng, n):
    angle, low = np.pi * rng.random(n), rng.random(n) < 0.5
    points = np.stack([np.where(low, 1 - np.cos(angle), np.cos(angle)),
                       np.where(low, 0.5 - np.sin(angle), np.sin(angle))], 1)
    return points + 0.05 * rng.normal(size=(n, 2))


def assignments(folder, batches):
    program = subprocess.Popen([folder + "/assignment_bench"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    rng = np.random.default_rng(0)
    print("batch   scipy, assignment   ours, distances too   ours, assignment   scipy / ours (with distances)")
    for n in (64, 128, 256, 512, 1024):
        theirs, ours, alone = [], [], []
        for k in range(max(3, batches * 256 // max(n, 256)) + 1):
            x0, x1 = rng.normal(size=(n, 2)), moons(rng, n)
            cost = ((x0[:, None] - x1[None]) ** 2).sum(-1)
            begin = time.perf_counter()
            rows, columns = linear_sum_assignment(cost)
            seconds = time.perf_counter() - begin
            program.stdin.write(struct.pack("ii", n, 2) + x0.tobytes() + x1.tobytes())
            program.stdin.flush()
            total, both, one = struct.unpack("ddd", program.stdout.read(24))
            best = cost[rows, columns].sum()
            if abs(total - best) > 1e-9 * best:
                sys.exit(f"n {n}, batch {k}: ours costs {total!r}, scipy's {best!r}")
            if k > 0:
                theirs.append(seconds), ours.append(both), alone.append(one)
        a, b, c = (1e3 * np.median(t) for t in (theirs, ours, alone))
        print(f"{n:5d}   {a:14.3f} ms   {b:16.3f} ms   {c:13.3f} ms   {a / b:6.1f}")
    program.stdin.close()
    program.wait()


def steps(folder, rounds, size=256):
    print(f"\nstep, B = {size}    width   threads   ours, whole step   scipy, assignment alone   scipy / ours")
    for hidden in (64, 128):
        for threads in (1, 2):
            program = subprocess.Popen([folder + "/ot_step_bench", str(size), str(hidden), str(threads)],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            ours, theirs = [], []
            for k in range(rounds + 1):
                count = 20
                program.stdin.write(struct.pack("i", count))
                program.stdin.flush()
                seconds, = struct.unpack("d", program.stdout.read(8))
                points = np.frombuffer(program.stdout.read(count * 2 * size * 16)).reshape(count, 2, size, 2)
                for x0, x1 in points:
                    cost = ((x0[:, None] - x1[None]) ** 2).sum(-1)
                    begin = time.perf_counter()
                    linear_sum_assignment(cost)
                    if k > 0:
                        theirs.append(time.perf_counter() - begin)
                if k > 0:
                    ours.append(seconds)
            program.stdin.close()
            program.wait()
            a, b = 1e3 * np.median(ours), 1e3 * np.median(theirs)
            print(f"{hidden:21d}   {threads:7d}   {a:13.3f} ms   {b:20.3f} ms   {b / a:12.1f}")


def main():
    folder, batches = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 60
    assignments(folder, batches)
    steps(folder, max(3, batches // 3))


main()
