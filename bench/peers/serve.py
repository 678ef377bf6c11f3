"""Answers the lines that scripts/compare.py writes to a peer, in the protocol of bench/compare_bench.cpp."""
import json
import pathlib
import sys
import time

import numpy as np

WARM_UP, CHECKED = 200, 100  # training steps before a step is timed; `check` is the mean loss of the last of these
SAMPLES, POINTS, EULER_STEPS, TOLERANCE = 10000, 2000, 100, 1e-5
LEARNING_RATE, WEIGHT_DECAY, CLIP, DECAY = 1e-3, 0.01, 1.0, 0.999


def layers(hidden):
    return [(hidden, 3), (hidden, hidden), (hidden, hidden), (2, hidden)]


def load_weights(folder, hidden):
    """Returns the weights that our program has trained: a list of (weight, bias), a weight of shape (out, in)."""
    values = np.fromfile(pathlib.Path(folder) / f"mlp{hidden}.f32", np.float32)
    pairs, at = [], 0
    for out, width in layers(hidden):
        pairs.append((values[at:at + out * width].reshape(out, width), values[at + out * width:at + out * width + out]))
        at += out * width + out
    assert at == len(values), f"{len(values)} weights, but the network has {at}"
    return pairs


def load_points(folder):
    return np.fromfile(pathlib.Path(folder) / "points.f32", np.float32).reshape(POINTS, 2)


def fastest(choices, make):
    """Returns the choice whose function make(choice) takes the least time, and that function. A first call compiles it."""
    def seconds(once):
        once()
        times = []
        for _ in range(2):
            begin = time.perf_counter()
            once()
            times.append(time.perf_counter() - begin)
        return min(times)
    made = {choice: make(choice) for choice in choices}
    best = min(made, key=lambda choice: seconds(made[choice]))
    return best, made[best]


def seconds_per_unit(once, at_least):
    """`once` returns the number of units of work that it has done, such as training steps."""
    units, begin = 0, time.perf_counter()
    while (took := time.perf_counter() - begin) < at_least or not units:
        units += once()
    return took / units


def serve(versions, cases):
    """cases[name](*arguments) returns the function to time, and what to answer."""
    once = None
    print(json.dumps({"versions": versions}), flush=True)
    for line in sys.stdin:
        verb, *words = line.split()
        if verb == "case":
            once = None  # frees the case before
            once, answer = cases[words[0]](*(int(w) if w.isdigit() else w for w in words[1:]))
        else:
            answer = {"seconds": seconds_per_unit(once, float(words[0]))}
        print(json.dumps(answer), flush=True)
