#!/usr/bin/env python3
"""Measures trainings shared by MPI and writes docs/scaling.md. Start it with scripts/scaling. The model is in scripts/scaling_model.py."""
import argparse
import datetime
import json
import math
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import time

from scaling_report import page

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTHS, WIDE = [64, 128, 256, 512], [1024, 2048]  # measured in 1, 2 and 4 processes, and in 1 process
BATCHES = [256, 1024]
PROCESSES = [1, 2, 4]
ROUNDS = 2
DELAYS = [0, 0.1, 1, 5]  # milliseconds in each direction
NETWORK_WIDTHS, NETWORK_BATCH, NETWORK_STEPS = [64, 256], 1024, 120
GUESSED_SPEED = 2e10  # floating-point operations a second, to choose the number of steps
ENVIRONMENT = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OPENBLAS_NUM_THREADS="1",
                   OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_btl_vader_single_copy_mechanism="none")


def parameters(model):
    """The numbers in a safetensors file."""
    size = struct.unpack("<Q", model[:8])[0]
    header = json.loads(model[8:8 + size])
    return sum(math.prod(entry["shape"]) for name, entry in header.items() if name != "__metadata__")


class Bench:
    def __init__(self, options):
        self.options = options
        options.keep.mkdir(parents=True, exist_ok=True)

    def train(self, width, batch, steps, start, precede=()):
        """Trains by `start`, a command line such as that of mpirun. Returns the steps a second, the weights and what was printed."""
        run = self.options.keep / "run"
        shutil.rmtree(run, ignore_errors=True)
        config = {"name": "scaling", "data": {"type": "moons"}, "model": {"hidden": [width, width]},
                  "train": {"steps": 1000000, "batch": batch, "holdout": 0, "log_every": steps, "checkpoint_every": 1000000}}
        path = self.options.keep / "config.json"
        path.write_text(json.dumps(config))
        command = [*precede, *start, self.options.program, "train", path, "--max-steps", steps, "--out", run, "--threads", 1, "-q"]
        done = subprocess.run(list(map(str, command)), env=ENVIRONMENT, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
        rate = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])["steps_per_s"]
        return rate, (run / "model.safetensors").read_bytes(), done.stdout

    def local(self, width, batch, processes):
        """Measures a training on this machine. Returns the steps a second and the number of parameters."""
        steps = round(self.options.seconds * GUESSED_SPEED / (6 * (width + 8) ** 2 * batch))
        start = ["mpirun", "--bind-to", "none", "-n", processes] if processes > 1 else []
        rate, model, _ = self.train(width, batch, min(max(steps, 6), 3000), start)
        return rate, parameters(model)

    def cells(self):
        cells = [(w, b, n) for w in WIDTHS for b in BATCHES for n in PROCESSES] + [(w, b, 1) for w in WIDE for b in BATCHES]
        best, numbers = {}, {}
        for turn in range(ROUNDS):
            for k, (width, batch, processes) in enumerate(cells):
                print(f"round {turn + 1} of {ROUNDS}, {k + 1} of {len(cells)}: H = {width}, B = {batch}, {processes} processes", flush=True)
                rate, numbers[k] = self.local(width, batch, processes)
                best[k] = max(rate, best.get(k, 0))
        return [{"width": w, "batch": b, "processes": n, "parameters": numbers[k], "rate": best[k]} for k, (w, b, n) in enumerate(cells)]

    def network(self):
        """Measures two processes in two network namespaces, for each delay."""
        rows = []
        start = ["sh", "-c", 'exec mpirun --host 10.77.77.1:1,10.77.77.2:1 --bind-to none --mca plm rsh --mca plm_rsh_agent '
                 '"$PUSHFORWARD_RSH" --mca btl tcp,self --mca btl_tcp_if_include 10.77.77.0/24 --mca oob_tcp_if_include '
                 '10.77.77.0/24 -n 2 "$@"', "sh"]
        for width in NETWORK_WIDTHS:
            alone = self.train(width, NETWORK_BATCH, NETWORK_STEPS, [])
            for delay in DELAYS:
                print(f"network: H = {width}, {delay} ms", flush=True)
                both = self.train(width, NETWORK_BATCH, NETWORK_STEPS, start, [ROOT / "scripts/delayed_network.py", delay])
                trip = float(re.search(r"round_trip (\S+)", both[2]).group(1))
                rows.append({"width": width, "batch": NETWORK_BATCH, "delay": delay, "round_trip": trip, "alone": alone[0],
                             "rate": both[0], "same_bits": both[1] == alone[1]})
        return rows


def machine():
    cpu = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), "unknown")
    mpi = subprocess.run(["mpirun", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return {"cpu": cpu, "cores": len(os.sched_getaffinity(0)), "mpi": mpi, "date": datetime.date.today().isoformat()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build/scaling")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/scaling.md")
    parser.add_argument("--no-network", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    bench = Bench(options)
    results, network = options.keep / "results.json", options.keep / "network.json"
    began = time.monotonic()
    if not options.report:
        if not options.no_network and os.geteuid() != 0:
            sys.exit("a delayed network needs root; give --no-network to leave it out")
        load = os.getloadavg()[0]
        cells = bench.cells()
        results.write_text(json.dumps({"machine": machine(), "load": load, "cells": cells}, indent=1))
        if not options.no_network:
            network.write_text(json.dumps({"load": os.getloadavg()[0], "date": machine()["date"], "rows": bench.network()}, indent=1))
        shutil.rmtree(options.keep / "run", ignore_errors=True)
    if not results.exists():
        sys.exit(f"{results} does not exist; measure without --report first")
    options.out.write_text(page(json.loads(results.read_text()), json.loads(network.read_text()) if network.exists() else None))
    print(f"{options.out} written after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
