"""Writes the page of the 2D protocol, docs/protocol.md, from the rows of results.jsonl."""
import datetime
import os
import pathlib
import re

import numpy
import scipy
from scipy import stats

NAMES = {"fm": "FM (Lipman)", "icfm": "I-CFM", "otcfm": "OT-CFM", "sbcfm": "SB-CFM"}
DISTRIBUTIONS = {"gaussian": "N(0, I)", "8gaussians": "8gaussians", "moons": "moons", "scurve": "scurve"}
PAIRS = ["gaussian-8gaussians", "gaussian-moons", "gaussian-scurve", "moons-8gaussians"]
SIDES = ("ours", "theirs")
CONFIDENCE = 0.99
NPE_BOUND = 0.05  # bound of the NPE (normalised path energy) for OT-CFM with a normal source


def title(pair):
    return " to ".join(DISTRIBUTIONS[distribution] for distribution in pair.split("-"))


def spread(values, digits=3):
    """Returns "mean +- standard deviation", or a dash without values."""
    if not len(values):
        return "-"
    text = f"{numpy.mean(values):.{digits}f}"
    return text + (f" +- {numpy.std(values, ddof=1):.{digits}f}" if len(values) > 1 else "")


def cpu_model():
    try:
        return re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return "unknown CPU"


class Page:
    def __init__(self, rows, points):
        self.rows = rows
        self.points = points
        self.verdicts = []  # (pair, method, steps, measure, verdict)

    def of(self, kind, **key):
        return [r for r in self.rows if r["kind"] == kind and all(r[k] == v for k, v in key.items())]

    def all_steps(self):
        return sorted({r["steps"] for r in self.of("cell")})

    def reference(self, pair):
        """Returns W2^2 between source and target for each draw of points."""
        return [r["w2_squared"] for r in self.of("reference", pair=pair, points=self.points)]

    def measure(self, pair, method, steps, side, name):
        """Returns {seed: value}."""
        cells = {r["seed"]: r for r in self.of("cell", pair=pair, method=method, steps=steps, side=side)}
        if name != "npe":
            return {seed: cells[seed][name] for seed in sorted(cells)}
        w2_squared = numpy.mean(self.reference(pair)) if self.reference(pair) else numpy.nan
        return {seed: abs(cells[seed]["pe"] / w2_squared - 1) for seed in sorted(cells)}

    def compare(self, pair, method, steps, name):
        """Returns ours minus theirs on common seeds as text: mean, half of Student's t interval, and the verdict."""
        ours, theirs = (self.measure(pair, method, steps, side, name) for side in SIDES)
        difference = numpy.array([ours[seed] - theirs[seed] for seed in ours if seed in theirs])
        if len(difference) < 2:
            return "-" if len(difference) == 0 else f"{difference[0]:+.3f}"
        n, mean = len(difference), difference.mean()
        half = stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * difference.std(ddof=1) / n ** 0.5
        verdict = "within noise" if abs(mean) <= half else "ours better" if mean < 0 else "ours worse"
        self.verdicts.append((pair, method, steps, name, verdict))
        return f"{mean:+.3f} +- {half:.3f}: {verdict}"

    def table(self, pair):
        if not self.of("cell", pair=pair):
            return []
        lines = [f"## {title(pair)}", "",
                 f"W2^2 between source and target: {spread(self.reference(pair))}. W2 between two fresh sets of the target (the floor): "
                 f"{spread([r['w2'] for r in self.of('floor', pair=pair)])}.", "",
                 "| method | steps | seeds | W2 ours | theirs | difference | NPE ours | theirs | difference | path energy ours "
                 "| theirs | seconds ours | theirs |", "|---|---|---|---|---|---|---|---|---|---|---|---|---|"]
        for method in NAMES:
            for steps in self.all_steps():
                count = [len(self.measure(pair, method, steps, side, "w2")) for side in SIDES]
                if not any(count):
                    continue
                def both(name, digits=3):
                    return [spread(list(self.measure(pair, method, steps, side, name).values()), digits) for side in SIDES]
                row = [NAMES[method], f"{steps:,}", str(count[0]) if count[0] == count[1] else f"{count[0]}, {count[1]}",
                       *both("w2"), self.compare(pair, method, steps, "w2"),
                       *both("npe"), self.compare(pair, method, steps, "npe"), *both("pe"), *both("cpu_seconds", 1)]
                lines.append("| " + " | ".join(row) + " |")
        return lines + [""]

    def summary(self):
        """Returns the summary of the tables. Call it after the tables are built, because it counts their verdicts."""
        lines = []
        if self.verdicts:
            worse = [f"{NAMES[m]}, {title(p)}, {s:,} steps ({n.upper()})" for p, m, s, n, v in self.verdicts if v == "ours worse"]
            better = sum(v == "ours better" for *_, v in self.verdicts)
            lines.append(f"- There are {len(self.verdicts)} comparisons of W2 and NPE (normalised path energy). Ours is better beyond the "
                         f"noise in {better} of them, and worse in {len(worse)}" + (": " + "; ".join(worse) if worse else "") + ".")
        for steps in self.all_steps():
            for side in SIDES:
                npe = {p: list(self.measure(p, "otcfm", steps, side, "npe").values()) for p in PAIRS if p.startswith("gaussian-")}
                said = [f"{title(p)} {spread(v)}" for p, v in npe.items() if v]
                if said:
                    above = sum(float(numpy.mean(v)) > NPE_BOUND for v in npe.values() if v)
                    lines.append(f"- OT-CFM's NPE after {steps:,} steps, {side}: {', '.join(said)}; {above or 'none'} of them above "
                                 f"{NPE_BOUND}.")
        return lines


def write(out, rows, version, peer, sizes):
    page = Page(rows, sizes["points"])
    tables = [line for pair in PAIRS for line in page.table(pair)]
    commands = list(dict.fromkeys(r["command"] for r in page.of("command")))
    theirs = ", ".join(f"{name} {v}" for name, v in peer.items()) if peer else "torchcfm was not there"
    if not page.of("cell", side="theirs"):
        theirs += "; only our side ran"
    text = [
        "# The 2D protocol", "",
        f"<!-- Written by scripts/protocol from its results, {datetime.date.today()}. -->", "",
        "This page compares pushforward (\"ours\") with torchcfm (\"theirs\"): conditional flow matching by four methods between four pairs of "
        "distributions in the plane, as in the minibatch-OT paper (Tong et al., arXiv 2302.00482). Both are trained in the same run and measured by the same code.",
        "", *page.summary(), "",
        "| | |", "|---|---|",
        "| network | MLP of 3 x 64 SELU on (x, t), initialised as in PyTorch |",
        f"| training | AdamW, rate 1e-3, weight decay 1e-5, {sizes['batch']} rows per step; {sizes['training']:,} points, drawn once per "
        "seed, the same for both sides |",
        "| methods | sigma 0.1; OT-CFM and SB-CFM with exact transport within the batch; Lipman's FM is defined for a "
        "normal source, so it has no row for moons as source |",
        "| distributions | 8gaussians: radius 5, std 1; moons: noise 0.05, scaled by 2 and shifted by -1; scurve: noise 0.05, scaled by 1.5 |",
        f"| samples | {sizes['euler']} Euler steps from the same points for both sides; from moons, these are rows of the training "
        "set |",
        f"| W2 | exact W2 (the root) between {sizes['test']:,} samples and {sizes['test']:,} fresh points. The floor is W2 between "
        "fresh sets |",
        f"| path energy | mean over {sizes['samples']:,} samples of the integral of \\|v\\|^2 |",
        f"| NPE | \\|path energy - W2^2\\| / W2^2. W2^2 between source and target is exact, for {sizes['points']:,} points of each, and a mean "
        "over independent draws |",
        f"| difference | ours minus theirs for each seed: mean and {CONFIDENCE:.0%} interval of Student's t. It is within noise if the "
        "interval contains 0 |",
        "| +- | in the other columns, the standard deviation over seeds or draws |",
        "| seconds | CPU seconds of the training, on one thread |",
        f"| machine | {cpu_model()}, {len(os.sched_getaffinity(0))} cores |",
        f"| versions | pushforward {version}; {theirs}; NumPy {numpy.__version__}, SciPy {scipy.__version__} |",
        f"| run | {'; '.join(f'`{c}`' for c in commands)} |",
        "", *tables]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(text).rstrip() + "\n")
