#!/usr/bin/env python3
"""Trains and measures flow maps on four synthetic sets and writes docs/few_steps.md. Start it with scripts/few_steps."""
import argparse
import json
import math
import os
import pathlib
import random
import statistics
import sys
import time

from measurements import Measurements

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETS = ["8gaussians", "moons", "checkerboard", "rings"]
# The set of Cheng and Schwing (2025, arXiv 2503.10636): from eight Gaussians to two moons with uniform noise, times 3 minus 1.
PAPER_SET, PAPER_ROWS = "8gaussians_to_moons", 50000
# W2 squared there by one Euler step, without conditions: a flow by optimal transport; and with conditions: C2OT.
PAPER_FIGURES = {"OT": 0.072, "C2OT": 0.048}
EVAL_SEED = 12345
POINTS, PAPER_POINTS = 2000, 5000  # in W2; the paper's figures need more points, since its floor is lower
# Settings of the flow maps: the loss of each method, and what all have in common. Each map starts from a plain flow.
METHODS = {
    "lagrangian": {"type": "lagrangian"},
    "improved_mean_flow": {"type": "eulerian", "diagonal": 0.75},
    "mean_flow": {"type": "eulerian", "tangent": "sample", "diagonal": 0.75},
    "shortcut": {"type": "semigroup"},
    "split_mean_flow": {"type": "semigroup", "middle": "uniform"},
    "alpha_flow": {"type": "alpha_flow"},
    "terminal_velocity_matching": {"type": "lagrangian", "teacher": "average", "end_velocity": True},
}
MAP = {"optimizer": {"type": "adamw", "lr": 1e-3, "beta2": 0.95}, "train": {"steps": 20000, "batch": 256}}
COUNTS = ["by_1", "by_2", "by_4", "by_8", "ode"]


class Bench(Measurements):
    def train(self, name, config, seed, run):
        """Trains a run and returns the seconds of processor time, which other work on the machine changes little."""
        path = self.options.keep / f"{name}.json"
        path.write_text(json.dumps(config))
        begin = os.times()
        self.call("train", path, f"seed={seed}", "--out", run, "--overwrite", "-q", "--threads", self.options.threads)
        end = os.times()
        return end.children_user + end.children_system - begin.children_user - begin.children_system

    def problem(self, name):
        """Returns the sections of a config that say what is learned."""
        if name != PAPER_SET:
            return {"data": {"type": name}}
        path = self.options.keep / f"{name}.csv"
        if not path.exists():
            draw = random.Random(0)
            lines = ["x,y"]
            for k in range(PAPER_ROWS):
                angle, noise = math.pi * draw.random(), 0.2 * draw.random()
                x, y = (math.cos(angle), math.sin(angle)) if k % 2 == 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
                lines.append(f"{3 * (x + noise) - 1:.7g},{3 * (y + noise) - 1:.7g}")
            path.write_text("\n".join(lines) + "\n")
        return {"data": {"type": "csv", "path": str(path), "scale": "none"}, "coupling": {"type": "ot"},
                "source": {"type": "data", "of": {"type": "8gaussians", "radius": 5, "std": 0.562, "scale": 1}}}

    def recipe(self):
        """Returns the settings that all flow maps have in common."""
        steps = self.options.steps or MAP["train"]["steps"]
        return {**MAP, "train": {**MAP["train"], "steps": steps}}

    def plain(self, name, seed):
        run = self.options.keep / f"plain-{name}-{seed}"
        if not (run / "model.safetensors").exists() or not any(r["side"] == "plain" and r["set"] == name and r["seed"] == seed
                                                               for r in self.rows):
            config = self.problem(name)
            if self.options.steps:
                config["train"] = {"steps": self.options.steps}
            self.add({"side": "plain", "set": name, "seed": seed, "cpu": self.train(f"plain-{name}", config, seed, run)})
        return run

    def cell(self, method, name, seed):
        """Trains and measures one flow map."""
        key = {"side": "map", "method": method, "set": name, "seed": seed}
        if self.has(key):
            return
        start = self.plain(name, seed)
        run = self.options.keep / f"{method}-{name}-{seed}"
        config = {**self.problem(name), "from": str(start), "loss": METHODS[method], **self.recipe()}
        cpu = self.train(f"{method}-{name}", config, seed, run)
        report = json.loads(self.call("eval", run, "-n", PAPER_POINTS if name == PAPER_SET else POINTS, "--seed", EVAL_SEED, "--json"))
        w2 = {count: report["jumps"][count]["w2"] for count in COUNTS}
        off = {count: report["jumps"][count]["off"] for count in COUNTS}
        self.add({**key, "cpu": cpu, "w2": w2, "off": off, "floor": report["samples"]["w2_floor"]})
        print(f"{method:20} {name:13} seed {seed} W2 " + " ".join(f"{w2[c]:.3f}" for c in COUNTS)
              + f"  floor {report['samples']['w2_floor']:.3f}  {cpu:.1f} s", flush=True)


def spread(values):
    text = f"{statistics.median(values):.3f}"
    return text + (f" +- {statistics.stdev(values):.3f}" if len(values) > 1 else "")


def seconds(rows):
    """Returns the processor time of each row; results of older versions have none."""
    return [r["cpu"] for r in rows if "cpu" in r] or [math.nan]


def page(bench):
    rows = [r for r in bench.rows if r["side"] == "map"]
    if not rows:
        sys.exit(f"{bench.results} has no results of flow maps; run scripts/few_steps without --report first")
    plain = [r for r in bench.rows if r["side"] == "plain"]
    seeds = sorted({r["seed"] for r in rows})
    version = bench.call("--version").strip()
    text = ["# Samples in few steps", "", f"<!-- Written by scripts/few_steps from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "A flow map samples by jumps, each of one evaluation of the network ([the equations](theory.md#8-flow-maps)). This page shows how "
            "far such samples are from the data, beside those of the ODE of the same network. `scripts/few_steps` makes it.", "",
            "| | |", "|---|---|",
            f"| W2 | the exact 2-Wasserstein distance (its root) between {POINTS:,} samples and as many fresh points: the median over seeds, "
            "+- the standard deviation. The floor is W2 between two sets of fresh points |",
            "| ratio | W2 by one evaluation divided by W2 by dopri5 of the same run: the median over seeds, then the greatest |",
            f"| seeds | at most {len(seeds)}, as the tables say; none is left out |",
            f"| seconds | of processor time for training a flow map after its plain flow, median {statistics.median(seconds(rows)):.0f}, "
            f"at most {max(seconds(rows)):.0f}; a plain flow, median {statistics.median(seconds(plain)):.0f} |",
            "| recipe | a plain flow by a config that names only its data; then a flow map `from` it, by "
            f"`{json.dumps(bench.recipe())}` and the `/loss` of the table below |",
            f"| program | {version} |", "", "| method | /loss |", "|---|---|"]
    methods = [m for m in METHODS if any(r["method"] == m for r in rows)]
    text += [f"| {m} | `{json.dumps(METHODS[m])}` |" for m in methods]
    for name in [*SETS, PAPER_SET]:
        mine = [r for r in rows if r["set"] == name]
        if not mine:
            continue
        text += ["", f"## {name}", "", f"Floor: {statistics.median([r['floor'] for r in mine]):.3f}.", ""]
        if name == PAPER_SET:
            text += ["From eight Gaussians to two moons with uniform noise, paired by optimal transport, as in Cheng and Schwing 2025 "
                     f"(arXiv 2503.10636). The paper's W2 squared by one Euler step is {PAPER_FIGURES['OT']} for a flow by optimal transport, and "
                     f"{PAPER_FIGURES['C2OT']} with conditions, on 10,000 samples. Here it is "
                     + ", ".join(f"{spread([r['w2']['by_1']**2 for r in mine if r['method'] == m])} ({m})"
                                 for m in methods if any(r["method"] == m for r in mine)) + f", on {PAPER_POINTS:,} samples; between two sets of as many rows of the data it is "
                     f"{statistics.median([r['floor']**2 for r in mine]):.3f}.", ""]
        text += ["| method | seeds | W2, 1 evaluation | 2 | 4 | 8 | dopri5 | ratio | off the ODE by, 1 evaluation |",
                 "|---|---|---|---|---|---|---|---|---|"]
        for method in methods:
            cells = [r for r in mine if r["method"] == method]
            if not cells:
                continue
            ratios = [r["w2"]["by_1"] / r["w2"]["ode"] for r in cells]
            text.append(f"| {method} | {len(cells)} | " + " | ".join(spread([r["w2"][c] for r in cells]) for c in COUNTS)
                        + f" | {statistics.median(ratios):.2f}, {max(ratios):.2f} | {spread([r['off']['by_1'] for r in cells])} |")
    bench.options.out.write_text("\n".join(text) + "\n")
    print(f"wrote {bench.options.out}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--methods", type=lambda text: text.split(","), default=list(METHODS))
    parser.add_argument("--sets", type=lambda text: text.split(","), default=[*SETS, PAPER_SET])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "few_steps")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "few_steps.md")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    for given, known, what in ((options.methods, METHODS, "method"), (options.sets, [*SETS, PAPER_SET], "set")):
        for name in given:
            if name not in known:
                parser.error(f'there is no {what} "{name}"; choose some of {", ".join(known)}')
    bench = Bench(options)
    if not options.report:
        for seed in range(options.seeds):
            for method in options.methods:
                for name in options.sets:
                    bench.cell(method, name, seed)
    page(bench)


if __name__ == "__main__":
    main()
