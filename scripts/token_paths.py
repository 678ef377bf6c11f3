#!/usr/bin/env python3
"""Trains flows of levels on several discrete paths and writes docs/token_paths.md. Start it with scripts/token_paths."""
import argparse
import json
import pathlib
import random
import statistics
import sys
import time

from measurements import Measurements

ROOT = pathlib.Path(__file__).resolve().parent.parent
EVAL_SEED = 12345
UNIFORM = {"type": "uniform_tokens"}
# The source and path of each run, and the settings in which a run differs from its config.
PATHS = {
    "mask": {},
    "three_part": {"path": {"type": "three_part"}},
    "uniform": {"source": UNIFORM},
    "absolute": {"source": UNIFORM, "path": {"type": "metric", "distance": {"type": "absolute"}}},
    "squared": {"source": UNIFORM, "path": {"type": "metric", "distance": {"type": "squared"}}},
}
SETS = {
    "checkerboard_tokens": {"steps": 3000, "points": 4000, "three_part": {"noise": 1}, "absolute": {"c": 0.25, "a": 1.5},
                            "squared": {"c": 0.02, "a": 2.5}},
    "digits_tokens": {"steps": 400, "points": 179, "three_part": {"noise": 1}, "absolute": {"c": 0.5, "a": 1},
                      "squared": {"c": 0.1, "a": 1.5}},
}
SAMPLES = 20000  # of the board, for its total variation
BLOCK, BLOCKS, SQUARE = 4, 32, 8  # tokens in a block's side, blocks in the board's side, blocks in a square's side


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


def variation(tokens):
    """Returns the total variation distance of pairs of tokens, in blocks of 4 x 4 cells, from the law of the board, and their share off it."""
    counts = [[0] * BLOCKS for _ in range(BLOCKS)]
    for x, y in tokens:
        counts[x // BLOCK][y // BLOCK] += 1
    live = [[(x // SQUARE + y // SQUARE) % 2 == 0 for y in range(BLOCKS)] for x in range(BLOCKS)]
    law = 1 / sum(map(sum, live))
    both = [(counts[x][y] / len(tokens), live[x][y]) for x in range(BLOCKS) for y in range(BLOCKS)]
    return sum(abs(share - law * on) for share, on in both) / 2, sum(share for share, on in both if not on)


def floor():
    """Returns the total variation distance of as many exact draws of the board, in the same blocks."""
    draw = random.Random(0)
    tokens = []
    while len(tokens) < SAMPLES:
        x, y = draw.randrange(BLOCKS * BLOCK), draw.randrange(BLOCKS * BLOCK)
        if (x // BLOCK // SQUARE + y // BLOCK // SQUARE) % 2 == 0:
            tokens.append((x, y))
    return variation(tokens)[0]


class Bench(Measurements):
    def cell(self, name, path, seed):
        """Trains and measures one run."""
        key = {"set": name, "path": path, "seed": seed}
        if self.has(key):
            return
        run = self.options.keep / f"{name}-{path}-{seed}"
        file = self.options.keep / f"{name}-{path}.json"
        config = config_of(name, path, seed, self.options)
        file.write_text(json.dumps(config))
        begin = time.perf_counter()
        self.call("train", file, "--out", run, "--overwrite", "-q", "--threads", self.options.threads)
        seconds = time.perf_counter() - begin
        points = SETS[name]["points"]
        report = json.loads(self.call("eval", run, "-n", points, "--seed", EVAL_SEED, "--json", "--threads",
                                      self.options.threads))
        bound, samples = report["likelihood"], report["samples"]
        row = {**key, "seconds": seconds, "steps": config["train"]["steps"], "points": points,
               "bits": bound["bits_per_token"], "error": bound["nats_per_token_error"],
               "impossible": bound["rows_of_probability_0"], "sampling": samples.get("sampling_seconds")}
        if name == "checkerboard_tokens":
            out = self.options.keep / "samples.csv"
            self.call("sample", run, "-n", SAMPLES, "--seed", EVAL_SEED, "--tokens", "--out", out, "--threads", self.options.threads)
            lines = out.read_text().splitlines()
            tokens = [tuple(int(float(cell)) for cell in line.split(",")) for line in lines if line[:1].isdigit()]
            row["variation"], row["off"] = variation(tokens)
        self.add(row)
        print(json.dumps(row), flush=True)


def spread(values, digits=4):
    text = f"{statistics.mean(values):.{digits}f}"
    return text + (f" +- {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def page(bench):
    if not bench.rows:
        sys.exit(f"{bench.results} has no results; run scripts/token_paths without --report first")
    version = bench.call("--version").strip()
    text = ["# Discrete paths for levels", "",
            f"<!-- Written by scripts/token_paths from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "Levels of a number have an order. The path `metric` uses it, and the paths `mixture` and `three_part` do not "
            "([the equations](theory.md#the-metric-induced-path)). This page compares them, with the same network, the same "
            "steps of training and the same sampler. `scripts/token_paths` makes it.", "",
            "| | |", "|---|---|",
            "| bits | the bound on -log2 p of a token (a coordinate, or a pixel), from fresh or held-out rows: mean over seeds, "
            "+- standard deviation. For the exact posterior, the bound is tight from masks only, so it says most about runs of one path |",
            f"| total variation | of {SAMPLES:,} samples from the law of the board, both in blocks of 4 x 4 cells. That of as many exact draws "
            f"is {floor():.4f} |",
            "| off the board | the share of these samples in cells that the data never has |",
            "| seeds | as many as the column says, from 0 on; none that was trained is left out |",
            "| seconds | the median time of a training, on one thread at low priority on a machine with other work |",
            f"| program | {version} |"]
    for name in SETS:
        mine = [row for row in bench.rows if row["set"] == name]
        if not mine:
            continue
        board = name == "checkerboard_tokens"
        text += ["", f"## {name}", "",
                 f"`data/configs/{name}.json` with {mine[0]['steps']:,} steps, evaluated on {mine[0]['points']:,} rows."
                 + (" Its entropy is log2(8192) / 2 = 6.5 bits, and no bound is below it." if board else ""), "",
                 "| path | settings | seeds | bits |" + (" total variation | off the board |" if board else "") + " seconds |",
                 "|---|---|---|---|" + ("---|---|" if board else "") + "---|"]
        for path in PATHS:
            rows = [row for row in mine if row["path"] == path]
            if not rows:
                continue
            settings = {**PATHS[path]}
            if "path" in settings:
                settings["path"] = {**settings["path"], **SETS[name][path]}
            line = f"| {path} | `{json.dumps(settings)}` | {len(rows)} | {spread([row['bits'] for row in rows])} |"
            if board:
                line += f" {spread([row['variation'] for row in rows])} | {spread([row['off'] for row in rows])} |"
            text.append(line + f" {statistics.median([row['seconds'] for row in rows]):.0f} |")
    text += ["", "## Sequences of any length", "",
             "All sequences of a run have one length here. Words of different lengths are padded to the longest, and the class of a word is its "
             "length. Edit flows (Havasi et al. 2025, arXiv 2506.09018) insert, delete and substitute tokens instead. They would need a state "
             "whose length changes, an alignment of each pair of source and data sequences with blank tokens, three heads of the network at "
             "each position (rates of insertion, deletion and substitution, with tokens for two of them), a loss that is summed over all edits "
             "which lead to the same sequence, and batches of sequences of different lengths. The program has none of these.", ""]
    bench.options.out.write_text("\n".join(text))
    print(f"wrote {bench.options.out}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--paths", type=lambda text: text.split(","), default=list(PATHS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=0, help="steps of training (default: those of SETS)")
    parser.add_argument("--threads", type=int, default=1)
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
