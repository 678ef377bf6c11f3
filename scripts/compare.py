#!/usr/bin/env python3
"""Measures our programs and those of the peers in turn and writes docs/performance.md. Start it with scripts/compare."""
import argparse
import json
import math
import os
import pathlib
import statistics
import struct
import subprocess
import sys
import time

from compare_report import picture, page, readme

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "bench" / "peers"
SECTIONS = ["step", "sample", "log_density", "ot_step", "tokens", "job", "start", "memory"]
TRANSFORMERS = ["64 2 16 64", "128 3 64 32", "256 4 64 32"]  # width, blocks, length, rows
JOB_WIDTH, JOB_STEPS, JOB_POINTS = 128, 2000, 10000
# How far the check of a peer may be from ours: relative, or for log_density absolute. It is the mean loss of some training
# steps, the mean |x|^2 of samples, or the mean ln p of the same points by the same weights.
TOLERANCES = {"step": 0.15, "ot_step": 0.2, "sample": 0.05, "log_density": 0.01, "tokens": 0.15, "job": 0.15}


def settings(threads):
    """Returns what a process gets to run on `threads` threads: its cores and its environment."""
    allowed = sorted(os.sched_getaffinity(0))
    cores = allowed[-threads:]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), JAX_PLATFORMS="cpu")
    environment["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    return {"env": environment, "preexec_fn": lambda: os.sched_setaffinity(0, cores)}


class Server:
    """A program that answers lines with JSON objects, as bench/compare_bench.cpp and bench/peers/serve.py do."""

    def __init__(self, command, threads):
        self.command = [str(c) for c in command]
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **settings(threads))
        self.versions = self.answer()["versions"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(self.command)} ended without an answer; its message is above")
        return json.loads(line)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def prepare(self, case):
        return self.ask("case " + case)

    def seconds(self, at_least):
        return {"": self.ask(f"time {at_least}")["seconds"]}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class TokenServer:
    """bench/token_step_bench.cpp, which measures a step and its products alone."""

    def __init__(self, program, threads):
        self.program, self.threads, self.process = program, threads, None

    def prepare(self, case):
        self.close()
        self.process = subprocess.Popen([self.program, *case.split()[1:], str(self.threads)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, **settings(self.threads))
        self.once = self.steps(1)[0]
        return {}

    def steps(self, count):
        self.process.stdin.write(struct.pack("i", count))
        self.process.stdin.flush()
        return struct.unpack("dd", self.process.stdout.read(16))

    def seconds(self, at_least):
        step, products = self.steps(max(1, round(at_least / self.once)))
        # The products of this program run on one thread.
        return {"": step, "products": products} if self.threads == 1 else {"": step}

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait()
        self.process = None


class Bench:
    def __init__(self, options):
        self.options = options
        self.results = options.keep / "results.jsonl"
        options.keep.mkdir(parents=True, exist_ok=True)
        lines = self.results.read_text().splitlines() if self.results.exists() else []
        self.rows = [json.loads(line) for line in lines]

    def add(self, **row):
        self.rows.append(row)
        with self.results.open("a") as file:
            file.write(json.dumps(row) + "\n")
        times = "  ".join(f"{who} {1e3 * statistics.median(t):.3f}" for who, t in row.get("times", {}).items())
        print(f"{row['case']:24} threads {row['threads']}  {times or row['checks']}", flush=True)

    def has(self, case, threads):
        return any(r["case"] == case and r["threads"] == threads and r["rounds"] == self.options.rounds for r in self.rows)

    def program(self, name):
        return self.options.build / name

    # --- cases that servers measure ------------------------------------------------------------------------------

    def cases(self, threads):
        """Yields the section, the case, the servers that take it, and the number of rounds."""
        few = max(1, self.options.rounds // 2)
        if self.wants("step"):
            for rows, hidden in [(256, 64), (256, 128), (256, 256), (256, 512)] + [(b, h) for b in (64, 1024) for h in (64, 128, 256)]:
                if threads == 1 or rows == 256:
                    yield "step", f"step {rows} {hidden}", ["ours", "JAX", "PyTorch"], self.options.rounds
        if self.wants("sample"):
            for hidden in (64, 128, 256):
                yield "sample", f"sample {hidden}", ["ours", "JAX", "PyTorch"], few
        if self.wants("log_density"):
            for method in ("dopri5", "euler"):
                yield "log_density", f"log_density 128 {method}", ["ours", "PyTorch"], few
        if self.wants("ot_step"):
            for hidden in (64, 128):
                yield "ot_step", f"ot_step 256 {hidden}", ["ours", "PyTorch"], self.options.rounds
        if self.wants("tokens"):
            for sizes in TRANSFORMERS:
                yield "tokens", f"tokens {sizes}", ["tokens", "PyTorch"], few

    def wants(self, section):
        return section in self.options.sections

    def serve(self, threads):
        """Measures the cases of `threads` threads. All programs run during all of it, and take turns."""
        left = [c for c in self.cases(threads) if not self.has(c[1], threads)]
        if not left:
            return
        ours = [self.program("bench/compare_bench"), self.options.keep, threads]
        servers = {"ours": Server(ours, threads), "products": Server(ours, threads),
                   "tokens": TokenServer(self.program("bench/token_step_bench"), threads),
                   "JAX": Server([sys.executable, "-B", PEERS / "jax_peer.py", self.options.keep], threads),
                   "PyTorch": Server([sys.executable, "-B", PEERS / "torch_peer.py", self.options.keep, threads], threads)}
        versions = {k: v for name in ("ours", "JAX", "PyTorch") for k, v in servers[name].versions.items()}
        for hidden in (64, 128, 256):
            if not (self.options.keep / f"mlp{hidden}.f32").exists():
                servers["ours"].prepare(f"save {hidden}")
        for section, case, takers, rounds in left:
            floor = {"step": "products", "sample": "sample_products"}.get(section) if threads == 1 else None
            lines = {name: case for name in takers}
            if floor:
                lines["products"] = case.replace(section, floor)
            answers = {name: servers[name].prepare(line) for name, line in lines.items()}
            self.check(section, case, answers)
            times = {}
            for _ in range(rounds):
                for name in lines:
                    for part, seconds in servers[name].seconds(self.options.seconds).items():
                        times.setdefault(part or {"tokens": "ours"}.get(name, name), []).append(seconds)
            self.add(case=case, threads=threads, rounds=self.options.rounds, times=times, versions=versions,
                     checks={n: a["check"] for n, a in answers.items() if "check" in a and n != "products"},
                     notes={n: a["note"] for n, a in answers.items() if "note" in a})
        for server in servers.values():
            server.close()

    def check(self, section, case, answers):
        """Stops unless every program has computed what ours has."""
        right = math.log(32) / 2 if section == "tokens" else answers["ours"]["check"]
        for name, answer in answers.items():
            if name == "products" or "check" not in answer:
                continue
            off = abs(answer["check"] - right) / (1 if section == "log_density" else abs(right))
            if not off <= TOLERANCES[section]:
                sys.exit(f"case {case}: {name} has {answer['check']:.4f}, but {right:.4f} is right. A program computes something else")

    # --- whole processes -----------------------------------------------------------------------------------------

    def timed(self, threads, *commands):
        begin = time.perf_counter()
        for command in commands:
            done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **settings(threads))
            if done.returncode != 0:
                sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
        return time.perf_counter() - begin

    def interleave(self, case, threads, contestants, rounds, checks=None):
        """contestants[name] is a list of commands, which are run one after the other."""
        if self.has(case, threads):
            return
        times = {name: [] for name in contestants}
        for _ in range(rounds):
            for name, commands in contestants.items():
                times[name].append(self.timed(threads, *commands))
        self.add(case=case, threads=threads, rounds=self.options.rounds, times=times, checks=checks() if checks else {}, notes={})

    def job(self, threads):
        import numpy

        keep = self.options.keep
        outs = {name: keep / f"{name}.npy" for name in ("ours", "JAX", "PyTorch")}
        config = keep / "job.json"
        config.write_text(json.dumps({
            "data": {"type": "moons"}, "model": {"type": "mlp", "hidden": [JOB_WIDTH] * 3, "time": {"type": "raw"}},
            "optimizer": {"type": "adamw", "lr": 1e-3}, "schedule": {"type": "constant"}, "ema": {"decay": 0.999},
            "train": {"steps": JOB_STEPS, "batch": 256, "clip_norm": 1.0}, "sampler": {"type": "euler", "steps": 100}}))
        program, run = self.program("pushforward"), keep / "job"

        def moments():
            found = {name: float((numpy.load(out).astype(float) ** 2).sum(1).mean()) for name, out in outs.items()}
            self.check("job", "job", {name: {"check": value} for name, value in found.items()})
            return found
        self.interleave("job", threads, {
            "ours": [[program, "train", config, "--out", run, "--overwrite", "-q", "--threads", threads],
                     [program, "sample", run, "-n", JOB_POINTS, "--out", outs["ours"], "--threads", threads]],
            "JAX": [[sys.executable, "-B", PEERS / "jax_peer.py", "job", JOB_WIDTH, JOB_STEPS, outs["JAX"]]],
            "PyTorch": [[sys.executable, "-B", PEERS / "torch_peer.py", "job", JOB_WIDTH, JOB_STEPS, threads, outs["PyTorch"]]],
        }, max(1, self.options.rounds // 3), moments)

    def start(self):
        self.interleave("start", 1, {"ours": [[self.program("pushforward"), "--version"]],
                                     "JAX": [[sys.executable, "-c", "import jax"]],
                                     "PyTorch": [[sys.executable, "-c", "import torch"]]}, self.options.rounds)

    def memory(self):
        if not self.has("memory", 1):
            server = Server([self.program("bench/compare_bench"), self.options.keep, 1], 1)
            self.add(case="memory", threads=1, rounds=self.options.rounds, checks=server.prepare("memory"))
            server.close()

    def measure(self):
        kept = sum(r["rounds"] == self.options.rounds for r in self.rows)
        if kept:
            print(f"{kept} results of {self.options.rounds} rounds are in {self.results} and are not measured again; remove it to measure them")
        for threads in (1, 2):
            if threads > len(os.sched_getaffinity(0)):
                print("this machine has one core, so two threads are not measured")
                break
            self.serve(threads)
            if self.wants("job"):
                self.job(threads)
        if self.wants("start"):
            self.start()
        if self.wants("memory"):
            self.memory()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--sections", type=lambda text: text.split(","), default=SECTIONS)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "compare")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "performance.md")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    for section in options.sections:
        if section not in SECTIONS:
            parser.error(f'there is no section "{section}"; choose some of {", ".join(SECTIONS)}')
    if options.rounds < 1:
        parser.error(f"--rounds {options.rounds} measures nothing; give at least 1")
    began, bench = time.perf_counter(), Bench(options)
    if not (options.report or options.readme):
        bench.measure()
        print(f"measured in {(time.perf_counter() - began) / 60:.1f} minutes")
    if not bench.rows:
        sys.exit(f"there are no results in {bench.results}; start scripts/compare without --report and --readme")
    if options.readme:
        print(readme(bench.rows))
        return
    options.out.parent.joinpath("pictures").mkdir(parents=True, exist_ok=True)
    (options.out.parent / "pictures" / "performance.svg").write_text(picture(bench.rows))
    options.out.write_text(page(bench.rows))
    print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
