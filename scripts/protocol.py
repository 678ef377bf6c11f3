#!/usr/bin/python3
"""Runs the 2D protocol cell by cell and appends the measurements to results.jsonl. Start it with scripts/protocol.

A cell is a pair of distributions, a method, a seed and a side, ours or torchcfm's. Both sides train on the same 10,000
points, start from the same points and are measured by the code below against the same test points.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

import protocol_report

# Each distribution: the arguments of `pushforward data`, and the scale and shift of its points.
DISTRIBUTIONS = {
    "gaussian": (["gaussian"], 1, 0),
    "8gaussians": (["8gaussians", "radius=5", "std=1", "scale=1"], 1, 0),
    "moons": (["moons", "noise=0.05"], 2, -1),
    "scurve": (["scurve", "noise=0.05", "scale=1.5"], 1, 0),
}
PAIRS = {f"{source}-{target}": (source, target) for source, target in [
    ("gaussian", "8gaussians"), ("gaussian", "moons"), ("gaussian", "scurve"), ("moons", "8gaussians")]}

SIGMA = 0.1
# The sections of our config that define each method. protocol_peer.py has torchcfm's matchers for the same
# methods.
METHODS = {
    "fm": {"path": {"type": "cond_ot", "sigma_min": SIGMA}},
    "icfm": {"path": {"type": "cond_ot", "noise": {"type": "constant", "scale": SIGMA}}},
    "otcfm": {"path": {"type": "cond_ot", "noise": {"type": "constant", "scale": SIGMA}},
              "coupling": {"type": "ot"}},
    "sbcfm": {"path": {"type": "cond_ot", "noise": {"type": "brownian", "scale": SIGMA}},
              "coupling": {"type": "schroedinger_bridge", "sigma": SIGMA, "method": "exact"}},
}

BATCH = 512
TRAINING = 10_000  # training points, drawn once for each seed
STEPS = 100  # Euler steps for each sample
TEST = 1_000  # points for the W2 distance between samples and target
REFERENCES = 4  # independent sets of points for the W2^2 between source and target
SAMPLES = 10_000  # samples for the path energy; the first TEST of them are used for the W2

ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
HERE = pathlib.Path(__file__).resolve().parent


def w2_squared(a, b):
    """Returns the exact squared 2-Wasserstein distance of sets of equal size: the mean cost of the best assignment."""
    cost = cdist(a, b, "sqeuclidean")
    return float(cost[linear_sum_assignment(cost)].mean())


def path_energy(trajectory):
    """Returns the mean over samples of the integral of |v|^2 over [0, 1], from Euler trajectories (times, n, D)."""
    steps = np.diff(trajectory.astype(np.float64), axis=0)
    return float((steps ** 2).sum(axis=(0, 2)).mean() * len(steps))


def has_source(method, pair):
    """Returns whether the method is defined for the pair: Lipman's path needs a normal source."""
    return method != "fm" or PAIRS[pair][0] == "gaussian"


class Results:
    """The lines of results.jsonl. Results in this file are not computed again."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def find(self, **key):
        return next((row for row in self.rows if all(row.get(k) == v for k, v in key.items())), None)

    def add(self, row):
        with self.lock:
            self.rows.append(row)
            with open(self.path, "a") as file:
                file.write(json.dumps(row) + "\n")
                file.flush()


class Protocol:
    def __init__(self, options):
        self.options = options
        self.program = str(options.program)
        self.keep = options.keep
        (self.keep / "points").mkdir(parents=True, exist_ok=True)
        self.results = Results(self.keep / "results.jsonl")
        self.data_lock = threading.Lock()
        self.began = time.monotonic()
        self.done = 0
        self.peer = self.peer_versions()

    def peer_versions(self):
        """Returns the versions of torchcfm's side. If it is missing, prints so and returns None."""
        if self.options.peer == "none":
            return None
        try:
            found = subprocess.run([self.options.peer, HERE / "protocol_peer.py", "--versions"], capture_output=True, text=True)
        except OSError as error:
            sys.exit(f"--peer {self.options.peer}: {error.strerror}; give a Python that has PyTorch and torchcfm, or leave --peer out")
        if found.returncode == 0:
            return json.loads(found.stdout)
        reason = (found.stderr.strip().splitlines() or [f"exit {found.returncode}"])[-1]
        print(f"{self.options.peer} lacks PyTorch or torchcfm, so only our side runs ({reason})", flush=True)
        return None

    def run(self, command, **kwargs):
        """Runs a command on one thread. Returns (its standard output, its CPU seconds)."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=err, env=ONE_THREAD, **kwargs)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0), err.seek(0)
            if process.returncode != 0:
                raise RuntimeError(f"{' '.join(map(str, command))}\nexit {process.returncode}: {err.read()}")
            return out.read(), usage.ru_utime + usage.ru_stime

    def points(self, distribution, n, seed):
        """Returns a file with n points of a distribution. Every use of points has its own seed."""
        path = self.keep / "points" / f"{distribution}-{n}-{seed}.npy"
        with self.data_lock:
            if not path.exists():
                words, scale, shift = DISTRIBUTIONS[distribution]
                plain = path.with_suffix(".plain.npy")
                self.run([self.program, "data", *words, "-n", n, "--seed", seed, "--out", plain])
                np.save(path.with_suffix(".new.npy"), scale * np.load(plain) + shift)
                path.with_suffix(".new.npy").rename(path)
                plain.unlink()
        return path

    def training(self, pair, seed):
        """Returns (source file, target file). The source file is None for a normal source, which is drawn anew."""
        source, target = PAIRS[pair]
        return (None if source == "gaussian" else self.points(source, TRAINING, 1000 + seed),
                self.points(target, TRAINING, 2000 + seed))

    def test_points(self, pair, seed, other=False):
        return np.load(self.points(PAIRS[pair][1], TEST, (4000 if other else 3000) + seed))

    # --- one side of a cell: trains, samples, and returns (trajectory, {"seconds", "cpu_seconds"})

    def ours(self, pair, method, seed, steps, folder):
        source, target = self.training(pair, seed)
        config = {
            "version": 1, "name": "cell", "seed": seed, "precision": "float32",
            "data": {"type": "npy", "path": str(target)},
            "source": {"type": "data", "of": {"type": "npy", "path": str(source)}} if source else {"type": "gaussian"},
            **METHODS[method],
            "model": {"type": "mlp", "hidden": [64, 64, 64], "activation": "selu", "time": {"type": "raw"}},
            "loss": {"type": "mse", "time": {"type": "uniform"}},
            "optimizer": {"type": "adamw", "lr": 1e-3, "weight_decay": 1e-5},
            "schedule": {"type": "constant"},
            "ema": {"decay": 0},
            "train": {"steps": steps, "batch": BATCH, "clip_norm": 0, "checkpoint_every": 0,
                      "log_every": 1000},
            "sampler": {"type": "euler", "steps": STEPS},
        }
        (folder / "cell.json").write_text(json.dumps(config, indent=2))
        run = folder / "run"
        report, cpu = self.run([self.program, "train", folder / "cell.json", "--out", run, "--threads", 1, "--quiet", "--json"])
        self.run([self.program, "sample", run, "-n", SAMPLES, "--seed", 5000 + seed, "--solver", "euler", "--steps", STEPS,
                  "--trajectory", folder / "trajectory.npy", "--times", STEPS + 1, "--threads", 1,
                  "--out", folder / "samples.npy"])
        return np.load(folder / "trajectory.npy"), {"seconds": json.loads(report)["seconds"], "cpu_seconds": cpu}

    def theirs(self, pair, method, seed, steps, folder):
        source, target = self.training(pair, seed)
        job = {"method": method, "source": source and str(source), "target": str(target), "sigma": SIGMA, "seed": seed,
               "steps": steps, "batch": BATCH, "sampling_steps": STEPS,
               "start": str(self.start(pair, seed)), "trajectory": str(folder / "trajectory.npy")}
        (folder / "job.json").write_text(json.dumps(job))
        report, _ = self.run([self.options.peer, HERE / "protocol_peer.py", folder / "job.json"])
        return np.load(folder / "trajectory.npy"), json.loads(report)

    def start(self, pair, seed):
        """Returns the file with the starting points of both sides. Our sampler draws them from the seed alone."""
        return self.keep / "points" / f"start-{pair}-{seed}.npy"

    def cell(self, pair, method, seed, steps):
        """Runs our side, then theirs, unless the result exists already."""
        sides = ["ours"] + ["theirs"] * (self.peer is not None and steps <= self.options.peer_steps)
        for side in sides:
            key = {"kind": "cell", "pair": pair, "method": method, "seed": seed, "side": side, "steps": steps}
            if self.results.find(**key) is None:
                with tempfile.TemporaryDirectory(dir=self.keep) as folder:
                    train = self.ours if side == "ours" else self.theirs
                    trajectory, timing = train(pair, method, seed, steps, pathlib.Path(folder))
                if side == "ours":
                    np.save(self.start(pair, seed), trajectory[0])
                w2 = w2_squared(trajectory[-1][:TEST], self.test_points(pair, seed)) ** 0.5
                row = {**key, "w2": w2, "pe": path_energy(trajectory), **timing}
                self.results.add(row)
                self.progress(f"{pair} {method} seed {seed} {steps} steps {side}: W2 {w2:.3f}, path energy {row['pe']:.3f}, "
                              f"{row['cpu_seconds']:.1f} s")

    def reference(self, pair, points):
        """Computes for each seed W2 of two fresh target sets (the floor), then W2^2 between source and target."""
        for seed in range(self.options.seeds):
            key = {"kind": "floor", "pair": pair, "seed": seed}
            if self.results.find(**key) is None:
                w2 = w2_squared(self.test_points(pair, seed), self.test_points(pair, seed, other=True)) ** 0.5
                self.results.add({**key, "w2": w2})
        for draw in range(REFERENCES):
            key = {"kind": "reference", "pair": pair, "points": points, "draw": draw}
            if self.results.find(**key) is None:
                source, target = (self.points(distribution, points, seed + draw) for distribution, seed in zip(PAIRS[pair], (6000, 7000)))
                report, _ = self.run([self.program, "compare", source, target, "--projections", 1, "--threads", 1, "--json"])
                row = {**key, "w2_squared": json.loads(report)["w2"] ** 2}
                self.results.add(row)
                self.progress(f"{pair}: W2^2 between source and target {row['w2_squared']:.4f} of {points} points")

    def progress(self, text):
        print(f"[{time.monotonic() - self.began:7.1f} s] {text}", flush=True)

    def all(self):
        self.results.add({"kind": "command", "command": " ".join(["scripts/protocol", *said(self.options)])})
        cells = [(pair, method, seed, steps) for steps in self.options.steps for seed in range(self.options.seeds)
                 for pair in self.options.pairs for method in self.options.methods if has_source(method, pair)]
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            work = [pool.submit(self.reference, pair, self.options.points) for pair in self.options.pairs]
            work += [pool.submit(self.cell, *c) for c in cells]
            try:
                for one in concurrent.futures.as_completed(work):
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def said(options):
    """Returns the options that change results, as typed on the command line."""
    words = ["--steps", ",".join(map(str, options.steps)), "--seeds", options.seeds]
    for name, all_names in (("pairs", PAIRS), ("methods", METHODS)):
        if getattr(options, name) != list(all_names):
            words += [f"--{name}", ",".join(getattr(options, name))]
    if options.peer_steps < max(options.steps):
        words += ["--peer-steps", options.peer_steps]
    return map(str, words)


def numbers(text):
    try:
        return [int(word) for word in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a list of whole numbers') from None


def some_of(names):
    def parse(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in names:
                raise argparse.ArgumentTypeError(f'"{name}" is unknown; choose from: {",".join(names)}')
        return chosen
    return parse


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--peer", default=os.environ.get("PROTOCOL_PEER", "/usr/bin/python3"))
    parser.add_argument("--steps", type=numbers, default=[20_000])
    parser.add_argument("--peer-steps", type=int, default=10 ** 9)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--pairs", type=some_of(PAIRS), default=list(PAIRS))
    parser.add_argument("--methods", type=some_of(METHODS), default=list(METHODS))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--keep", type=pathlib.Path, default=HERE.parent / "build" / "protocol")
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent / "docs" / "protocol.md")
    parser.add_argument("--report", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    protocol = Protocol(options)
    if not options.report:
        protocol.all()
    version, _ = protocol.run([options.program, "--version"])
    sizes = {"batch": BATCH, "training": TRAINING, "euler": STEPS, "test": TEST, "samples": SAMPLES, "points": options.points}
    protocol_report.write(options.out, protocol.results.rows, version.strip(), protocol.peer, sizes)
    print(options.out)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted; start again with the same options to continue")
    except RuntimeError as error:
        sys.exit(str(error))
