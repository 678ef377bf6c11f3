#!/usr/bin/env python3
"""Trains and measures bridges and conditional flows in the plane and writes docs/bridges.md. Start it with scripts/bridges."""
import argparse
import json
import math
import pathlib
import random
import statistics
import sys
import time

from measurements import Measurements

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVAL_SEED = 12345
POINTS = 5000  # the most that `pushforward eval` takes for W2

# --- [SF]2M: from source to data, by the settings of Tong et al. (arXiv 2302.00482, 2307.03672) ---
MOONS = {"type": "affine", "scale": 2, "shift": -1, "of": {"type": "moons", "noise": 0.05}}
GAUSSIANS = {"type": "8gaussians", "radius": 5, "std": 1, "scale": 1}
SCURVE = {"type": "scurve", "noise": 0.05, "scale": 1.5}
PROBLEMS = {
    "N->8gaussians": {"data": GAUSSIANS},
    "moons->8gaussians": {"data": GAUSSIANS, "source": {"type": "data", "of": MOONS}},
    "N->moons": {"data": MOONS},
    "N->scurve": {"data": SCURVE},
}
MLP = {"type": "mlp", "hidden": [64, 64, 64], "activation": "selu", "input": {"type": "none"}, "time": {"type": "raw"}}
AVERAGED = "[SF]2M, averaged"  # not in the paper: the same run with a moving average of the weights
METHODS = {
    "[SF]2M": {"path": {"type": "cond_ot", "noise": {"type": "brownian", "scale": 1}},
               "coupling": {"type": "schroedinger_bridge", "sigma": 1, "method": "exact"},
               "loss": {"type": "score_and_flow"}, "model": {**MLP, "hidden": [90, 90, 90]}},
    AVERAGED: {"path": {"type": "cond_ot", "noise": {"type": "brownian", "scale": 1}},
               "coupling": {"type": "schroedinger_bridge", "sigma": 1, "method": "exact"},
               "loss": {"type": "score_and_flow"}, "model": {**MLP, "hidden": [90, 90, 90]}, "ema": {"decay": 0.999}},
    "OT-CFM": {"path": {"type": "cond_ot", "noise": {"type": "constant", "scale": 0.1}}, "coupling": {"type": "ot"},
               "loss": {"type": "mse", "time": {"type": "uniform"}}, "model": MLP},
    "I-CFM": {"path": {"type": "cond_ot", "noise": {"type": "constant", "scale": 0.1}}, "coupling": {"type": "independent"},
              "loss": {"type": "mse", "time": {"type": "uniform"}}, "model": MLP},
}
TRAINING = {"optimizer": {"type": "adamw", "lr": 1e-3, "weight_decay": 1e-5}, "schedule": {"type": "constant"}, "ema": {"decay": 0}}
# The rows of the paper's table 2: W2, mean and standard deviation over 5 seeds, and the normalised path energy.
PAPER_W2 = {
    "[SF]2M, SDE": ["0.275 +- 0.058", "0.726 +- 0.137", "0.124 +- 0.023", "0.128 +- 0.005"],
    "OT-CFM": ["0.303 +- 0.043", "0.601 +- 0.027", "0.130 +- 0.016", "0.144 +- 0.028"],
    "I-CFM": ["0.373 +- 0.103", "1.557 +- 0.407", "0.178 +- 0.014", "0.242 +- 0.141"],
}
PAPER_NPE = {
    "[SF]2M, SDE": ["0.016", "0.045", "0.053", "0.034"],
    "OT-CFM": ["0.031", "0.015", "0.083", "0.027"],
    "I-CFM": ["0.202", "2.680", "0.891", "0.856"],
}

# --- C2OT: from eight Gaussians to two moons given a class or a coordinate (Cheng, Schwing 2025, arXiv 2503.10636) ---
CONDITIONS = {"class": "the moon (upper or lower)", "coordinate": "the first coordinate of the point"}
COUPLINGS = {
    "FM": {"class": {"type": "independent"}, "coordinate": {"type": "independent"}},
    "OT": {"class": {"type": "ot"}, "coordinate": {"type": "ot"}},
    "C2OT": {"class": {"type": "ot", "within_classes": True}, "coordinate": {"type": "ot", "condition_weight": 100}},
}
CONDITIONAL = {
    "source": {"type": "data", "of": {"type": "8gaussians", "radius": 5, "std": 0.562, "scale": 1}},
    "model": {"type": "res_mlp", "width": 128, "blocks": 3, "input": {"type": "none"}},
    "loss": {"type": "mse", "time": {"type": "uniform"}, "label_dropout": 0},
    "optimizer": {"type": "adamw", "lr": 3e-4}, "schedule": {"type": "constant"}, "ema": {"decay": 0.999},
}
ROWS, HELD_OUT = 50000, 5000
# W2 squared of the paper, by class: one Euler step, adaptive solver.
PAPER_C2OT = {"FM": (2.573, 0.059), "OT": (0.483, 0.462), "C2OT": (0.048, 0.018)}


class Bench(Measurements):
    def add(self, row):
        super().add(row)
        print(json.dumps(row), flush=True)

    def steps(self):
        return self.options.steps or 20000

    def train(self, run, config, batch):
        """Trains a run and returns the seconds."""
        config = {**config, "train": {**config.get("train", {}), "steps": self.steps(), "batch": batch, "clip_norm": 0, "checkpoint_every": 0}}
        file = run.with_suffix(".json")
        file.write_text(json.dumps(config))
        begin = time.perf_counter()
        self.call("train", file, "--out", run, "--overwrite", "-q", "--threads", self.options.threads)
        return time.perf_counter() - begin

    def measure(self, run, solver, steps):
        arguments = ["eval", run, "-n", POINTS, "--seed", EVAL_SEED, "--json", "--threads", self.options.threads, "--solver", solver]
        return json.loads(self.call(*arguments, *(["--steps", steps] if steps else [])))

    def bridge(self, problem, method, seed):
        """Trains and measures one run from source to data."""
        key = {"part": "bridges", "problem": problem, "method": method, "seed": seed}
        if self.has(key):
            return
        run = self.options.keep / f"bridge-{list(PROBLEMS).index(problem)}-{list(METHODS).index(method)}-{seed}"
        seconds = self.train(run, {"seed": seed, **PROBLEMS[problem], **TRAINING, **METHODS[method]}, 512)
        ode = self.measure(run, "euler", 100)
        row = {**key, "seconds": seconds, "steps": self.steps(), "w2_ode": ode["samples"]["w2"], "floor": ode["samples"]["w2_floor"],
               "npe": ode["paths"]["normalised_energy"], "between": ode["paths"]["source_to_data_w2"]}
        if method.startswith("[SF]2M"):
            row["w2_sde"] = self.measure(run, "bridge_sde", 100)["samples"]["w2"]
        self.add(row)

    def table(self, condition):
        """Writes the table of two moons with uniform noise, times 3 minus 1, and returns its data section."""
        path = self.options.keep / f"moons-{condition}.csv"
        if not path.exists():
            draw = random.Random(0)
            lines = ["x,y,given"]
            for k in range(ROWS):
                angle, noise = math.pi * draw.random(), 0.2 * draw.random()
                x, y = (math.cos(angle), math.sin(angle)) if k % 2 == 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
                x, y = 3 * (x + noise) - 1, 3 * (y + noise) - 1
                given = ("upper" if k % 2 == 0 else "lower") if condition == "class" else f"{x:.7g}"
                lines.append(f"{x:.7g},{y:.7g},{given}")
            path.write_text("\n".join(lines) + "\n")
        of = {"label": "given"} if condition == "class" else {"condition": ["given"]}
        return {"type": "csv", "path": str(path), "scale": "none", **of}

    def conditional(self, condition, method, seed):
        """Trains and measures one conditional run."""
        key = {"part": "conditions", "condition": condition, "method": method, "seed": seed}
        if self.has(key):
            return
        run = self.options.keep / f"condition-{condition}-{method}-{seed}"
        config = {"seed": seed, "data": self.table(condition), "coupling": COUPLINGS[method][condition], **CONDITIONAL,
                  "train": {"holdout": HELD_OUT / ROWS, "valid_every": 20000}}
        if condition == "class":
            config["model"] = {**config["model"], "label": {"type": "embedding"}}
        seconds = self.train(run, config, 256)
        one, many = self.measure(run, "euler", 1), self.measure(run, "dopri5", 0)
        self.add({**key, "seconds": seconds, "steps": self.steps(), "one": one["samples"]["w2"]**2, "many": many["samples"]["w2"]**2,
                  "floor": many["samples"]["w2_floor"]**2, "evaluations": many["samples"]["nfe_mean"]})


def spread(values, digits=3):
    text = f"{statistics.mean(values):.{digits}f}"
    return text + (f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def bridge_tables(rows):
    """Returns the text about [SF]2M: W2 and path energies, ours beside the paper's."""
    problems = [p for p in PROBLEMS if any(row["problem"] == p for row in rows)]
    cells = lambda method, problem: [row for row in rows if row["method"] == method and row["problem"] == problem]
    seeds = sorted({len(cells(row["method"], row["problem"])) for row in rows})
    between = [statistics.mean([row["between"]**2 for row in rows if row["problem"] == p]) for p in problems]
    ours = {"[SF]2M, SDE": ("[SF]2M", "w2_sde"), "[SF]2M, ODE": ("[SF]2M", "w2_ode"),
            f"{AVERAGED}, SDE": (AVERAGED, "w2_sde"), f"{AVERAGED}, ODE": (AVERAGED, "w2_ode"), "OT-CFM": ("OT-CFM", "w2_ode"),
            "I-CFM": ("I-CFM", "w2_ode")}
    text = ["## Bridges and flows", "",
            "W2 is the exact 2-Wasserstein distance (its root) between samples by 100 steps of Euler's method (Euler-Maruyama for the SDE) and "
            f"as many fresh points, {POINTS:,} each: mean +- standard deviation over the seeds (their number: {' or '.join(map(str, seeds))}), none "
            "left out. The floor is W2 between two sets of fresh points of this size. Lines in italics are those of table 2 of the paper (5 seeds, 10,000 points).", "",
            "| | " + " | ".join(problems) + " |", "|---|" + "---|" * len(problems)]
    for name, (method, value) in ours.items():
        if any(cells(method, p) for p in problems):
            text.append(f"| {name} | " + " | ".join(spread([row[value] for row in cells(method, p)]) if cells(method, p) else "-"
                                                    for p in problems) + " |")
        if name in PAPER_W2:
            text.append(f"| *{name}, paper* | " + " | ".join(PAPER_W2[name][list(PROBLEMS).index(p)] for p in problems) + " |")
    text += ["| floor | " + " | ".join(f"{statistics.mean([row['floor'] for row in rows if row['problem'] == p]):.3f}"
                                       for p in problems) + " |", "",
             'The rows "averaged" differ from those of [SF]2M in the average of the weights alone: at a constant rate, the noise of the last steps of '
             "training is most of the distance of the others.", "",
             "The normalised path energy (NPE) is |E - W2^2| / W2^2, where E is the mean square velocity along the paths of the ODE, and "
             "W2 is that between source and data, from as many points as above. It is 0 for optimal transport. The paper's column of [SF]2M "
             "stands beside our ODE of the same run.", "", "| | " + " | ".join(problems) + " |", "|---|" + "---|" * len(problems)]
    for method in METHODS:
        if any(cells(method, p) for p in problems):
            text.append(f"| {method} | " + " | ".join(spread([row["npe"] for row in cells(method, p)]) if cells(method, p) else "-"
                                                      for p in problems) + " |")
            name = "[SF]2M, SDE" if method == "[SF]2M" else method
            if name in PAPER_NPE:
                text.append(f"| *{method}, paper* | " + " | ".join(PAPER_NPE[name][list(PROBLEMS).index(p)] for p in problems) + " |")
    text += ["| W2^2 from source to data | " + " | ".join(f"{value:.2f}" for value in between) + " |", "",
             "From moons to eight Gaussians, independent pairs have the mean squared distance 31.25 (in closed form), and the exact flow has no more "
             "energy than its pairs. So its NPE is below 1.6 for I-CFM, and the paper's 2.680 must belong to sets of another scale than these.",
             "",
             "| settings | paper | here |", "|---|---|---|",
             "| networks | an MLP of 3 x 64 SELU; [SF]2M: two of them | the same for OT-CFM and I-CFM; [SF]2M: one MLP of 3 x 90 SELU with "
             "two heads, which has about as many weights as two of 3 x 64 |",
             "| training | AdamW, rate 1e-3, weight decay 1e-5, batch 512, 1,000 epochs of 10,000 points | the same optimizer and batch, "
             f"{max(row['steps'] for row in rows):,} steps, each with new points instead of 10,000 that are drawn once; no average of the weights, "
             'except in the rows "averaged": `"ema": {"decay": 0.999}` |',
             "| noise | sigma 1 for [SF]2M; for the others we know only that of an earlier paper, 0.1 | sigma 1 (Brownian), 0.1 (constant) |",
             "| coupling | exact optimal transport in the batch | the same |",
             f"| points of W2 | 10,000 | {POINTS:,} |",
             f"| seconds of a training | | median {statistics.median([row['seconds'] for row in rows]):.0f}, one thread at low priority on a "
             "machine with other work |", ""]
    return text


def condition_tables(rows):
    """Returns the text about labels and conditions in the cost of transport."""
    text = ["## Labels and conditions in the cost of transport", "",
            "From eight Gaussians to two moons, given a class or a number. Optimal transport within a batch then pairs the source with "
            "the condition, so samples with one condition start from the wrong part of the source. C2OT adds a cost for pairs whose "
            "conditions differ (`label_weight`, `within_classes`, `condition_weight` of [/coupling](config.md#coupling)). The table has W2 "
            f"squared between {HELD_OUT:,} held-out rows and as many samples with the conditions of such rows (mean +- standard deviation over the "
            "seeds), by one step of Euler's method and by dopri5. The floor is that of as many rows of the data.", "",
            "| given | coupling | seeds | one step | paper | dopri5 | paper | floor |", "|---|---|---|---|---|---|---|---|"]
    for condition in CONDITIONS:
        for method in COUPLINGS:
            cells = [row for row in rows if row["condition"] == condition and row["method"] == method]
            if not cells:
                continue
            paper = [f"*{value:.3f}*" for value in PAPER_C2OT[method]] if condition == "class" else ["", ""]
            text.append(f"| {CONDITIONS[condition]} | {method}: `{json.dumps(COUPLINGS[method][condition])}` | {len(cells)} | "
                        f"{spread([row['one'] for row in cells])} | {paper[0]} | {spread([row['many'] for row in cells])} | {paper[1]} | "
                        f"{statistics.mean([row['floor'] for row in cells]):.4f} |")
    text += ["", "| settings | paper | here |", "|---|---|---|",
             "| sets | eight Gaussians (radius 5, std 0.562) to moons with uniform noise, times 3 minus 1 | the same; 50,000 rows of the moons, "
             "drawn once |",
             "| network | 3 residual blocks of width 128 | the same, with the class as a learned vector |",
             f"| training | 20,000 steps, batch 256 out of transported batches of 1,024 | {max(row['steps'] for row in rows):,} steps, batch 256, "
             "transported within its 256 rows; AdamW at a constant rate of 3e-4, EMA 0.999 |",
             f"| samples of W2 | 10,000 | {HELD_OUT:,} |",
             "| weight of a number's condition | chosen by a target for the pairs | 100 |",
             f"| seconds of a training | | median {statistics.median([row['seconds'] for row in rows]):.0f}, one thread at low priority on a "
             "machine with other work |", ""]
    return text


def page(bench):
    if not bench.rows:
        sys.exit(f"{bench.results} has no results; run scripts/bridges without --report first")
    parts = {part: [row for row in bench.rows if row["part"] == part] for part in ("bridges", "conditions")}
    text = ["# Bridges, and transport given conditions", "",
            f"<!-- Written by scripts/bridges from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "This page has two experiments in the plane from papers, run with this program, and the papers' figures beside them. "
            "`scripts/bridges` makes it. [The equations](theory.md#10-bridges-and-couplings-that-leave-mass-out) have their own page. "
            f"Program: {bench.call('--version').strip()}.", ""]
    if parts["bridges"]:
        text += bridge_tables(parts["bridges"])
    if parts["conditions"]:
        text += condition_tables(parts["conditions"])
    text += ["Sources: Tong et al. 2023, arXiv 2307.03672; Tong et al. 2024, arXiv 2302.00482; Cheng, Schwing 2025, arXiv 2503.10636."]
    bench.options.out.write_text("\n".join(text) + "\n")
    print(f"wrote {bench.options.out}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--parts", type=lambda text: text.split(","), default=["bridges", "conditions"])
    parser.add_argument("--methods", type=lambda text: text.split(","), default=[*METHODS, *COUPLINGS])
    parser.add_argument("--problems", type=lambda text: text.split(","), default=[*PROBLEMS, *CONDITIONS])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "bridges")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "bridges.md")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    for given, known, what in ((options.parts, ["bridges", "conditions"], "part"), (options.methods, [*METHODS, *COUPLINGS], "method"),
                               (options.problems, [*PROBLEMS, *CONDITIONS], "problem")):
        for name in given:
            if name not in known:
                parser.error(f'there is no {what} "{name}"; choose some of {", ".join(known)}')
    bench = Bench(options)
    if not options.report:
        for part in options.parts:
            one, methods, problems = (bench.bridge, METHODS, PROBLEMS) if part == "bridges" else (bench.conditional, COUPLINGS, CONDITIONS)
            for seed in range(options.seeds):
                for problem in problems:
                    for method in methods:
                        if problem in options.problems and method in options.methods:
                            one(problem, method, seed)
    page(bench)


if __name__ == "__main__":
    main()
