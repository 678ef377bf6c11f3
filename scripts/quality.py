#!/usr/bin/env python3
"""Trains and measures the nine synthetic sets and writes docs/quality.md. Start it with scripts/quality."""
import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETS = ["moons", "8gaussians", "checkerboard", "swissroll", "scurve", "circles", "rings", "pinwheel", "2spirals"]
RECIPES = {"defaults": "a config that names only its data", "best": "`data/configs/NAME.json`"}
EVAL_SEED = 12345


class Bench:
    def __init__(self, options):
        self.options = options
        self.results = options.keep / "results.jsonl"
        options.keep.mkdir(parents=True, exist_ok=True)
        lines = self.results.read_text().splitlines() if self.results.exists() else []
        self.rows = [json.loads(line) for line in lines]

    def call(self, *arguments, cwd=ROOT):
        """Runs the program and returns its output."""
        done = subprocess.run([self.options.program, *map(str, arguments)], capture_output=True, text=True, cwd=cwd)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, arguments))} failed:\n{done.stderr}")
        return done.stdout

    def config(self, recipe, name):
        if recipe == "best":
            return ROOT / "data" / "configs" / f"{name}.json"
        path = self.options.keep / f"{name}.json"
        path.write_text(json.dumps({"data": {"type": name}}))
        return path

    def add(self, **row):
        self.rows.append(row)
        with self.results.open("a") as file:
            file.write(json.dumps(row) + "\n")

    def has(self, **key):
        return any(all(row[k] == v for k, v in key.items()) for row in self.rows)

    def train(self, recipe, name, seed, run):
        begin = time.perf_counter()
        self.call("train", self.config(recipe, name), f"seed={seed}", "--out", run, "--overwrite", "-q", "--threads",
                  self.options.threads)
        return time.perf_counter() - begin

    def measure(self, run):
        report = json.loads(self.call("eval", run, "-n", self.options.points, "--seed", EVAL_SEED, "--json"))
        likelihood, samples = report["likelihood"], report["samples"]
        return {"nll": likelihood["nll"], "entropy": likelihood["entropy"], "gap": likelihood["above_entropy"],
                "gap_error": likelihood["above_entropy_error"], "w2": samples["w2"], "w2_floor": samples["w2_floor"],
                "w2_points": samples["w2_points"], "evaluations": samples["nfe_mean"]}

    def time(self, recipe, name):
        """Trains the first seed again, only to measure the time."""
        run = self.options.keep / f"{recipe}-{name}-time"
        key = {"recipe": recipe, "set": name, "seed": 0, "points": self.options.points, "side": "time"}
        if not self.has(**key):
            self.add(**key, seconds=self.train(recipe, name, 0, run))
        print(f"{recipe:9} {name:13} {self.rows[-1]['seconds']:.1f} s", flush=True)

    def cell(self, recipe, name, seed):
        """Trains and measures one run with this library and, if requested, with PyTorch."""
        key = {"recipe": recipe, "set": name, "seed": seed, "points": self.options.points}
        run = self.options.keep / f"{recipe}-{name}-{seed}"
        if not self.has(**key, side="ours"):
            seconds = self.train(recipe, name, seed, run)
            self.add(**key, side="ours", seconds=seconds, **self.measure(run))
            self.say(self.rows[-1])
        if self.options.peer and not self.has(**key, side="pytorch"):
            if not (run / "config.json").exists():
                self.train(recipe, name, seed, run)
            theirs = self.options.keep / f"{recipe}-{name}-{seed}-pytorch"
            shutil.rmtree(theirs, ignore_errors=True)
            shutil.copytree(run, theirs)
            begin = time.perf_counter()
            subprocess.run([self.options.peer, ROOT / "scripts" / "quality_peer.py", self.options.program, theirs, str(seed)],
                           check=True)
            self.add(**key, side="pytorch", seconds=time.perf_counter() - begin, **self.measure(theirs))
            self.say(self.rows[-1])

    @staticmethod
    def say(row):
        print(f"{row['recipe']:9} {row['set']:13} seed {row['seed']} {row['side']:8} gap {row['gap']:.4f} +- {row['gap_error']:.4f}  "
              f"W2 {row['w2']:.3f} (floor {row['w2_floor']:.3f})  {row['seconds']:.1f} s", flush=True)


def of_processor():
    found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    wide = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    return f"{found[1] if found else 'unknown processor'}, {os.cpu_count()} cores, {wide}"


def spread(values, digits):
    text = f"{statistics.mean(values):.{digits}f}"
    return text + (f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def table(rows, names, times):
    """Returns the table for one recipe and one side (ours or PyTorch's). `times` are seconds by set, which replace those of the rows."""
    lines = ["| set | NLL | entropy | gap, median | gap, mean +- sd | W2 | W2 of two fresh sets | evaluations per sample | seconds |",
             "|---|---|---|---|---|---|---|---|---|"]
    for name in names:
        mine = sorted((r for r in rows if r["set"] == name), key=lambda r: r["seed"])
        if not mine:
            continue
        column = lambda key: [r[key] for r in mine]
        lines.append(f"| {name} | {statistics.mean(column('nll')):.4f} | {statistics.mean(column('entropy')):.4f} "
                     f"| **{statistics.median(column('gap')):.4f}** | {spread(column('gap'), 4)} | {spread(column('w2'), 3)} "
                     f"| {statistics.mean(column('w2_floor')):.3f} | {statistics.mean(column('evaluations')):.0f} "
                     f"| {times.get(name, statistics.median(column('seconds'))):.1f} |")
    return lines


def page(bench, names):
    everything = [r for r in bench.rows if r["points"] == bench.options.points]
    rows = [r for r in everything if r["side"] != "time"]
    timed = any(r["side"] == "time" for r in everything)
    threads = {0: "all cores", 1: "one thread"}.get(bench.options.threads, f"{bench.options.threads} threads")
    # A seed counts once all sets of its recipe and side are measured.
    done = {}
    for r in rows:
        done.setdefault((r["recipe"], r["side"], r["seed"]), set()).add(r["set"])
    rows = [r for r in rows if done[r["recipe"], r["side"], r["seed"]] >= set(names)]
    seeds = ", ".join(f"{len({r['seed'] for r in rows if r['recipe'] == recipe})} for the recipe {recipe}"
                      for recipe in RECIPES if any(r["recipe"] == recipe for r in rows))
    version = bench.call("--version").strip()
    text = ["# How close to the exact answer", "",
            f"<!-- Written by scripts/quality from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "This page shows the results of training a flow on each synthetic set. It compares the flow's likelihood with the best that any "
            "model can reach. The density of every set is known in closed form or by quadrature, and so is its entropy H. The expected negative "
            "log-likelihood (NLL) of a model is at least H. The gap is NLL - H. It is measured as the mean of ln p(x) - ln q(x) over fresh "
            "points, where p is the data's density and q the flow's. It estimates the Kullback-Leibler divergence of the flow from the data, "
            "in nats.", "",
            "| | |", "|---|---|",
            f"| points | {bench.options.points:,} fresh points for each run, the same for all seeds. ln q is computed with the exact divergence, by dopri5 "
            "with the run's tolerance |",
            f"| W2 | the exact 2-Wasserstein distance between {max(r['w2_points'] for r in rows):,} samples and as many fresh points. The column "
            "beside it is W2 between two sets of fresh points of this size. A W2 below that value cannot distinguish a model from a perfect one |",
            f"| seeds | {seeds}, none left out; sd is the standard deviation over seeds |",
            "| evaluations | the mean number of network evaluations for a sample, with the run's solver |",
            f"| seconds | {'the time' if timed else 'the median time'} of `pushforward train` {'' if timed else f'on {threads}, '}from the start to "
            f"the end of the process{', for the first seed, on all cores, while nothing else ran' if timed else ''} |",
            f"| machine | {of_processor()} |", f"| program | {version} |", ""]
    for recipe, doc in RECIPES.items():
        for side, title in (("ours", ""), ("pytorch", ", the same network trained by PyTorch")):
            mine = [r for r in rows if r["recipe"] == recipe and r["side"] == side]
            times = {r["set"]: r["seconds"] for r in everything if r["recipe"] == recipe and r["side"] == "time" and side == "ours"}
            if mine:
                text += [f"## {recipe.capitalize()}: {doc}{title}", "", *table(mine, names, times), ""]
    pictures = [(name, f"pictures/quality-{name}.png") for name in names]
    shown = [f"| {name} | ![{name}: data, samples, and both]({file}) |" for name, file in pictures
             if (bench.options.out.parent / file).exists()]
    if shown:
        text += ["## Pictures", "", "Each picture shows the data, samples of the first seed, and both.", "", "| set | |", "|---|---|", *shown, ""]
    bench.options.out.write_text("\n".join(text))
    print(f"wrote {bench.options.out}")


def draw(bench, names):
    """Draws samples of the first seed of each set. The pictures are stored beside the page."""
    folder = bench.options.out.parent / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        runs = [bench.options.keep / f"{recipe}-{name}-0" for recipe in reversed(RECIPES)]
        run = next((r for r in runs if (r / "config.json").exists()), None)
        if run:
            # The picture names the run as it is given here.
            bench.call("plot", run.name, "--only", "samples", "--out", "plots", cwd=bench.options.keep)
            shutil.copy(bench.options.keep / "plots" / "samples.png", folder / f"quality-{name}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--recipes", type=lambda text: text.split(","), default=list(RECIPES))
    parser.add_argument("--sets", type=lambda text: text.split(","), default=SETS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--points", type=int, default=20000)
    parser.add_argument("--peer")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "quality")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "quality.md")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--time", action="store_true")
    options = parser.parse_args()
    for given, known, what in ((options.recipes, RECIPES, "recipe"), (options.sets, SETS, "set")):
        for name in given:
            if name not in known:
                parser.error(f'there is no {what} "{name}"; choose some of {", ".join(known)}')
    bench = Bench(options)
    if options.time:
        for recipe in options.recipes:
            for name in options.sets:
                bench.time(recipe, name)
    elif not options.report:
        for seed in range(options.seeds):
            for recipe in options.recipes:
                for name in options.sets:
                    bench.cell(recipe, name, seed)
        draw(bench, options.sets)
    page(bench, SETS)


if __name__ == "__main__":
    main()
