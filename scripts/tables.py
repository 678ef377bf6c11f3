#!/usr/bin/env python3
"""Trains flows on three tables, compares them with scikit-learn and writes docs/tables.md. Start it with scripts/tables."""
import argparse
import csv
import json
import math
import pathlib
import random
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tables.md"
TEST_SHARE, MISSING_SHARE = 0.25, 0.2
NOISES = 5  # draws of noise for the likelihood of whole columns
DRAWS, PARTICLES, STEPS = 20, 32, 40  # of `impute`
BEGIN, END = "<!-- Written by scripts/tables. -->", "<!-- The end of what scripts/tables writes. -->"

TRAIN = {"steps": 3000, "batch": 256, "holdout": 0.15, "valid_every": 100, "patience": 8, "model": "best"}
# Each table: its file, the columns that are used (empty: all), and the settings of the flow. They were chosen by valid/loss,
# which rows of training that are held out of it give (--validate).
TABLES = {
    "quakes": {"file": "data/tables/quakes.csv", "columns": ["lat", "long", "depth", "stations"],
               "config": {"model": {"hidden": [128, 128], "dropout": 0.2}}},
    "penguins": {"file": "data/penguins.csv", "columns": [], "config": {"model": {"hidden": [128, 128], "dropout": 0.2}}},
    "tumours": {"file": "data/tables/tumours.csv", "columns": [], "config": {"model": {"hidden": [128, 128], "dropout": 0.1}}},
}


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

    def split(self, name, seed, folder):
        """Writes train.csv, test.csv, and gaps.csv with missing cells in the rows of test.csv."""
        with (ROOT / TABLES[name]["file"]).open(newline="") as file:
            table = list(csv.reader(file))
        names = TABLES[name]["columns"] or table[0]
        places = [table[0].index(column) for column in names]
        rows = [[row[k] for k in places] for row in table[1:] if not {"NA", ""} & {row[k] for k in places}]
        chance = random.Random(f"{name} {seed}")
        chance.shuffle(rows)
        count = round(TEST_SHARE * len(rows))
        test, train = rows[:count], rows[count:]
        gaps = [[("" if chance.random() < MISSING_SHARE else cell) for cell in row] for row in test]
        # A row without any known cell says nothing, so it keeps its first one.
        gaps = [row if any(row) else [test[k][0], *row[1:]] for k, row in enumerate(gaps)]
        for file, content in (("train", train), ("test", test), ("gaps", gaps)):
            with (folder / f"{file}.csv").open("w", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows([names, *content])
        return names, train, test, gaps

    def train(self, name, seed, folder):
        """Trains a flow on train.csv. Returns the kinds of the columns and the rest of what the program reports."""
        config = {"seed": seed, "data": {"type": "csv", "path": "train.csv"}, "train": dict(TRAIN)}
        for key, value in TABLES[name]["config"].items():
            config[key] = {**config.get(key, {}), **value} if isinstance(value, dict) else value
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        said = self.call("train", "config.json", "--out", "run", "--overwrite", "--json", "--threads", self.options.threads, cwd=folder)
        return json.loads(said.splitlines()[-1])["read"][0]["kinds"]

    def nll(self, folder):
        """Returns the mean negative log-likelihood of the test rows over several draws of the code's noise."""
        sums = []
        for noise in range(NOISES):
            self.call("loglik", "run", "--points", "test.csv", "--out", "p.csv", "--seed", noise, cwd=folder)
            with (folder / "p.csv").open(newline="") as file:
                sums += [-float(row[-1]) for row in list(csv.reader(file))[1:]]
        return statistics.mean(sums)

    def filled(self, folder, kinds, values):
        """Returns the rows of gaps.csv filled by the mean of the draws, and by the most frequent text."""
        self.call("impute", "run", "--points", "gaps.csv", "--out", "filled.csv", "-n", DRAWS, "--particles", PARTICLES, "--steps", STEPS,
                  cwd=folder)
        with (folder / "filled.csv").open(newline="") as file:
            names, *draws = csv.reader(file)
        assert names[:2] == ["row", "draw"], names
        draws = [row[2:] for row in draws]
        rows = []
        for first in range(0, len(draws), DRAWS):
            cells = list(zip(*draws[first:first + DRAWS]))
            rows.append([values[k].index(statistics.mode(cells[k])) if kind == "category" else statistics.mean(map(float, cells[k]))
                         for k, kind in enumerate(kinds)])
        return rows

    def cell(self, name, seed):
        if any(row["table"] == name and row["seed"] == seed for row in self.rows):
            return
        folder = self.options.keep / f"{name}-{seed}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _, train, test, gaps = self.split(name, seed, folder)
        kinds = self.train(name, seed, folder)
        metrics = [json.loads(line) for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()]
        best = min((row["valid/loss"], row["step"]) for row in metrics if "valid/loss" in row)
        if self.options.validate:
            print(f"{name:9} seed {seed}  valid/loss {best[0]:.4f} at step {best[1]}", flush=True)
            return
        (folder / "kinds.json").write_text(json.dumps(kinds))
        done = subprocess.run([self.options.peer, ROOT / "scripts" / "tables_peer.py", folder], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"tables_peer.py failed:\n{done.stderr}")
        theirs = json.loads(done.stdout)
        values = theirs["values"]
        row = {"table": name, "seed": seed, "rows": len(train), "test": len(test), "kinds": kinds, "valid_loss": best[0], "step": best[1],
               "ours_nll": self.nll(folder), **{key: theirs[key] for key in ("gaussian_nll", "mixture_nll", "mixture")}}
        for side, filled in (("ours", self.filled(folder, kinds, values)), ("mean", theirs["mean"]), ("iterative", theirs["iterative"])):
            row[f"{side}_rmse"], row[f"{side}_wrong"] = errors(kinds, values, train, test, gaps, filled)
        self.rows.append(row)
        with self.results.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


def errors(kinds, values, train, test, gaps, filled):
    """Returns the RMSE of filled numbers, where each column has standard deviation 1, and the share of wrong categories."""
    squares, wrong = [], []
    for k, kind in enumerate(kinds):
        std = 1 if kind == "category" else statistics.pstdev(float(row[k]) for row in train)
        for true, given, row in zip(test, gaps, filled):
            if given[k] != "":
                continue
            if kind == "category":
                wrong.append(values[k].index(true[k]) != row[k])
            else:
                squares.append(((float(true[k]) - row[k]) / std) ** 2)
    return math.sqrt(statistics.mean(squares)), statistics.mean(wrong) if wrong else None


def spread(values, digits):
    text = f"{statistics.mean(values):.{digits}f}"
    return text + (f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def page(bench):
    lines = ["| table | rows for training, test | splits | NLL: flow | NLL: one Gaussian | NLL: mixture by BIC |", "|---|---|---|---|---|---|"]
    filled = ["| table | RMSE of numbers: flow | column mean | IterativeImputer | wrong categories: flow | most frequent | IterativeImputer |",
              "|---|---|---|---|---|---|---|"]
    for name in TABLES:
        mine = [row for row in bench.rows if row["table"] == name]
        if not mine:
            continue
        column = lambda key: [row[key] for row in mine]
        lines.append(f"| {name} | {mine[0]['rows']}, {mine[0]['test']} | {len(mine)} | {spread(column('ours_nll'), 2)} "
                     f"| {spread(column('gaussian_nll'), 2)} | {spread(column('mixture_nll'), 2)} |")
        share = lambda side: "" if mine[0][f"{side}_wrong"] is None else spread([100 * x for x in column(f"{side}_wrong")], 1) + " %"
        filled.append(f"| {name} | " + " | ".join(spread(column(f"{side}_rmse"), 3) for side in ("ours", "mean", "iterative")) + " | "
                      + " | ".join(share(side) for side in ("ours", "mean", "iterative")) + " |")
    text = PAGE.read_text()
    if BEGIN not in text or END not in text:
        sys.exit(f"{PAGE} has no lines {BEGIN} and {END}, between which the result is written")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    PAGE.write_text(before + "\n".join([BEGIN, "", *lines, "", *filled, "", END]) + after)
    print(f"wrote {PAGE}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=lambda text: pathlib.Path(text).absolute(), required=True)
    parser.add_argument("--peer")
    parser.add_argument("--tables", type=lambda text: text.split(","), default=list(TABLES))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--keep", type=lambda text: pathlib.Path(text).absolute(), default=ROOT / "build" / "tables")
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    for name in options.tables:
        if name not in TABLES:
            parser.error(f'there is no table "{name}"; choose some of {", ".join(TABLES)}')
    if not options.peer and not options.report and not options.validate:
        parser.error("--peer is missing: the path of a Python that has scikit-learn")
    bench = Bench(options)
    if not options.report:
        for name in options.tables:
            for seed in range(options.seeds):
                bench.cell(name, seed)
    if not options.validate:
        page(bench)


if __name__ == "__main__":
    main()
