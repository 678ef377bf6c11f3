#!/usr/bin/env python3
"""Trains flows of levels on several discrete paths and writes docs/token_paths.md.

usage: token_paths.py --program PROGRAM [--sets LIST] [--paths LIST] [--seeds N] [--threads N] [--keep DIR] [--out FILE] [--report]

It trains the configs checkerboard_tokens and digits_tokens of data/configs/ with fewer steps, on the paths of PATHS, with several
seeds. It measures the bound on the likelihood in bits per token and, on the board, the total variation distance of samples from the
data. The result of each run is appended to results.jsonl in the folder --keep when the run is done. To continue an interrupted
measurement, start it again with the same options. --report trains nothing and writes the page from the existing results.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVAL_SEED = 12345
UNIFORM = {"type": "uniform_tokens"}
# The source and path of each run, and the settings in which a run differs from its config.
PATHS = {
    "mask": {},
    "uniform": {"source": UNIFORM},
    "absolute": {"source": UNIFORM, "path": {"type": "metric", "distance": {"type": "absolute"}}},
    "squared": {"source": UNIFORM, "path": {"type": "metric", "distance": {"type": "squared"}}},
}
SETS = {
    "checkerboard_tokens": {"steps": 800, "points": 4000, "absolute": {"c": 0.25, "a": 1.5}, "squared": {"c": 0.02, "a": 2.5}},
    "digits_tokens": {"steps": 150, "points": 100, "absolute": {"c": 0.5, "a": 1}, "squared": {"c": 0.1, "a": 1.5}},
}


def config_of(name, path, seed, options):
    """Returns the config of a run: the file of the set, with the path, and the training cut short."""
    config = json.loads((ROOT / "data" / "configs" / f"{name}.json").read_text())
    config.pop("$schema", None)
    config.update(json.loads(json.dumps(PATHS[path])))
    if "path" in config:
        config["path"].update(SETS[name][path])
    config["train"]["steps"] = options.steps or SETS[name]["steps"]
    config["seed"] = seed
    return config


class Bench:
    def __init__(self, options):
        self.options = options
        options.keep.mkdir(parents=True, exist_ok=True)
        self.results = options.keep / "results.jsonl"
        lines = self.results.read_text().splitlines() if self.results.exists() else []
        self.rows = [json.loads(line) for line in lines]

    def call(self, *arguments):
        """Runs the program and returns its output."""
        done = subprocess.run([self.options.program, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, arguments))} failed:\n{done.stderr}")
        return done.stdout

    def cell(self, name, path, seed):
        """Trains and measures one run."""
        key = {"set": name, "path": path, "seed": seed}
        if any(all(row.get(k) == v for k, v in key.items()) for row in self.rows):
            return
        run = self.options.keep / f"{name}-{path}-{seed}"
        file = self.options.keep / f"{name}-{path}.json"
        config = config_of(name, path, seed, self.options)
        file.write_text(json.dumps(config))
        begin = time.perf_counter()
        self.call("train", file, "--out", run, "--overwrite", "-q", "--threads", self.options.threads)
        seconds = time.perf_counter() - begin
        points = SETS[name]["points"]
        report = json.loads(self.call("eval", run, "-n", points, "--seed", EVAL_SEED, "--json"))
        bound, samples = report["likelihood"], report["samples"]
        row = {**key, "seconds": seconds, "steps": config["train"]["steps"], "points": points,
               "bits": bound["bits_per_token"], "error": bound["nats_per_token_error"],
               "impossible": bound["rows_of_probability_0"], "variation": samples.get("total_variation"),
               "floor": samples.get("total_variation_of_data")}
        self.rows.append(row)
        with self.results.open("a") as results:
            results.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


def spread(values, digits=4):
    text = f"{statistics.mean(values):.{digits}f}"
    return text + (f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def page(bench):
    version = bench.call("--version").strip()
    text = ["# Discrete paths for levels", "",
            f"<!-- Written by scripts/token_paths.py from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "Levels of a number have an order. The path `metric` uses it, and the path `mixture` does not "
            "([the equations](theory.md#the-metric-induced-path)). This page compares them, with the same network, the same "
            "steps of training and the same sampler. `scripts/token_paths.py` makes it.", "",
            "| | |", "|---|---|",
            "| bits | the bound on -log2 p of a token (a coordinate, or a pixel), from fresh or held-out rows: mean over seeds, "
            "+- standard deviation. The bound is tight from masks only, so it says most about runs of one path |",
            "| total variation | of samples from the data's rows; the floor is that of as many fresh rows of the data |",
            "| seeds | as many as the column says, from 0 on; none that was trained is left out |",
            f"| program | {version} |"]
    for name in SETS:
        mine = [row for row in bench.rows if row["set"] == name]
        if not mine:
            continue
        board = mine[0]["variation"] is not None
        text += ["", f"## {name}", "",
                 f"`data/configs/{name}.json` with {mine[0]['steps']:,} steps, evaluated on {mine[0]['points']:,} rows."
                 + (" Its entropy is log2(8192) / 2 = 6.5 bits, and no bound is below it." if name == "checkerboard_tokens" else ""), "",
                 "| path | settings | seeds | bits |" + (" total variation | floor |" if board else ""),
                 "|---|---|---|---|" + ("---|---|" if board else "")]
        for path in PATHS:
            rows = [row for row in mine if row["path"] == path]
            if not rows:
                continue
            settings = {**PATHS[path]}
            if "path" in settings:
                settings["path"] = {**settings["path"], **SETS[name][path]}
            line = f"| {path} | `{json.dumps(settings)}` | {len(rows)} | {spread([row['bits'] for row in rows])} |"
            if board:
                line += (f" {spread([row['variation'] for row in rows])} |"
                         f" {statistics.mean([row['floor'] for row in rows]):.4f} |")
            text.append(line)
    bench.options.out.write_text("\n".join(text) + "\n")
    print(f"wrote {bench.options.out}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--paths", type=lambda text: text.split(","), default=list(PATHS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=0, help="steps of training (default: those of SETS)")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "token_paths")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "token_paths.md")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    for given, known, what in ((options.paths, PATHS, "path"), (options.sets, SETS, "set")):
        for name in given:
            if name not in known:
                parser.error(f'there is no {what} "{name}"; choose some of {", ".join(known)}')
    bench = Bench(options)
    if not options.report:
        for seed in range(options.seeds):
            for name in options.sets:
                for path in options.paths:
                    bench.cell(name, path, seed)
    page(bench)


if __name__ == "__main__":
    main()
