#!/usr/bin/env python3
"""Trains flows on the digits, measures them on held-out images and writes docs/digits.md. Start it with scripts/digits."""
import argparse
import csv
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

from measurements import Measurements

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIDE, LEVELS, SHARE, SAMPLES = 8, 17, 0.1, 500
CONFIGS = {"digits": "samples only: the network predicts the image",
           "digits_density": "a density of grey levels with uniform noise of one level's width",
           "digits_tokens": "64 tokens of 17 levels, unmasked one after the other; given the class of the image"}
# Sample = scale level + shift, and where the report of `eval` has the bits.
UNITS = {"digits": (0.125, -1, None), "digits_density": (2 / LEVELS, 1 / LEVELS - 1, "bits_per_dimension"),
         "digits_tokens": (1, 0, "bits_per_token")}


def roughness(images):
    """Returns the mean absolute difference of neighbouring pixels, in grey levels."""
    total = count = 0
    for image in images:
        for row in range(SIDE):
            for column in range(SIDE):
                here = image[row * SIDE + column]
                if column + 1 < SIDE:
                    total, count = total + abs(here - image[row * SIDE + column + 1]), count + 1
                if row + 1 < SIDE:
                    total, count = total + abs(here - image[(row + 1) * SIDE + column]), count + 1
    return total / count


def levels(path, scale, shift):
    """Returns the images of a CSV file as whole grey levels."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    return [[min(max(round((float(cell) - shift) / scale), 0), LEVELS - 1) for cell in row[:SIDE * SIDE]] for row in rows]


class Bench(Measurements):
    def cell(self, name, seed):
        """Trains and measures one run. The seed also chooses the images that are held out."""
        key = {"side": name, "seed": seed}
        if self.has(key):
            return
        run = self.options.keep / f"{name}-{seed}"
        begin = time.perf_counter()
        short = [f"train.steps={self.options.steps}"] if self.options.steps else []
        self.call("train", ROOT / "data" / "configs" / f"{name}.json", f"seed={seed}", *short, "--out", run, "--overwrite", "-q",
                  "--threads", self.options.threads)
        seconds = time.perf_counter() - begin
        report = json.loads(self.call("eval", run, "--json"))["likelihood"]
        out = self.options.keep / f"{name}-{seed}.csv"
        self.call("sample", run, "-n", SAMPLES, "--seed", 12345, "--out", out)
        scale, shift, bits = UNITS[name]
        bits = report[bits] if bits else None
        self.add({**key, "bits": bits, "roughness": roughness(levels(out, scale, shift)), "seconds": seconds})
        print(f"{name:16} seed {seed} {bits} bits a pixel, {seconds:.0f} s", flush=True)

    def peer(self):
        """Measures Gaussian mixtures of scikit-learn on as many images."""
        if self.has({"side": "mixture"}):
            return
        done = subprocess.run([self.options.peer, ROOT / "scripts" / "digits_peer.py", ROOT / "data" / "digits.npy", str(SHARE),
                               str(self.options.seeds)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"digits_peer.py failed:\n{done.stderr}")
        for line in done.stdout.splitlines():
            self.add(json.loads(line))
            print(line, flush=True)

    def data(self):
        """Measures the roughness of the data."""
        if self.has({"side": "data"}):
            return
        table = self.options.keep / "data.csv"
        self.call("data", "digits", "-n", 5000, "--out", table)
        self.add({"side": "data", "roughness": roughness(levels(table, 1, 0))})


def spread(values):
    text = f"{statistics.mean(values):.3f}"
    return text + (f" +- {statistics.stdev(values):.3f}" if len(values) > 1 else "")


def bits_of(rows):
    return f"**{spread([r['bits'] for r in rows])}**" if rows[0]["bits"] is not None else ""


def page(bench):
    sides = {side: [r for r in bench.rows if r["side"] == side] for side in [*CONFIGS, "mixture", "gaussian", "data"]}
    text = ["# Digits", "", f"<!-- Written by scripts/digits from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "The data are 1,797 handwritten digits of 8 x 8 pixels with the grey levels 0 to 16. This page shows how likely held-out images "
            "are to two flows and to a mixture of Gaussians, and how sharp the samples of the flows are. `scripts/digits` makes it.", "",
            "| | |", "|---|---|",
            "| bits | -log2 p of a pixel, over a tenth of the images, which are held out: mean over seeds, +- standard deviation. Each seed "
            f"holds out other images. Without a model it is log2 {LEVELS} = {math.log2(LEVELS):.2f} |",
            "| density | models of continuous numbers get the levels with uniform noise of one level's width. Their bits are an upper bound "
            "on those of the levels ([Theis et al. 2016](https://arxiv.org/abs/1511.01844)) |",
            "| roughness | the mean difference of neighbouring pixels in whole levels, as a measure of sharpness. That of the data is "
            f"{spread([r['roughness'] for r in sides['data']])} |",
            f"| program | {bench.call('--version').strip()} |", "",
            "| model | seeds | bits | roughness | seconds of training |", "|---|---|---|---|---|"]
    for side, words in (("gaussian", "a Gaussian, by scikit-learn"), ("mixture", "a mixture of Gaussians, by scikit-learn")):
        rows = sides[side]
        if rows:
            text.append(f"| {words} | {len(rows)} | {spread([r['bits'] for r in rows])} | | |")
    for name, words in CONFIGS.items():
        rows = sides[name]
        if rows:
            text.append(f"| `data/configs/{name}.json`: {words} | {len(rows)} | {bits_of(rows)} | "
                        f"{spread([r['roughness'] for r in rows])} | {statistics.median(r['seconds'] for r in rows):.0f} |")
    if sides["mixture"]:
        text += ["", "The number of components (1 to 20) and the number that is added to variances (0.01, 0.1, 1) are those with the best "
                 "likelihood of the held-out images themselves, which favours the mixture: "
                 + ", ".join(sorted({f"{r['components']} and {r['added']}" for r in sides["mixture"]})) + "."]
    return "\n".join(text) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--peer")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", default="0")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--keep", type=pathlib.Path, default=ROOT / "build" / "digits")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "digits.md")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    bench = Bench(options)
    if not options.report:
        bench.data()
        if options.peer:
            bench.peer()
        for seed in range(options.seeds):
            for name in CONFIGS:
                bench.cell(name, seed)
    if not any(row["side"] in CONFIGS for row in bench.rows):
        sys.exit(f"{bench.results} has no results; run scripts/digits without --report first")
    options.out.write_text(page(bench))
    print(options.out)


if __name__ == "__main__":
    main()
