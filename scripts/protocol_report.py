"""The page of the 2D protocol, docs/protocol.md, from the rows of results.jsonl and nothing else."""
import datetime
import os
import pathlib
import re

import numpy
import scipy
from scipy import stats

NAMES = {"fm": "FM (Lipman)", "icfm": "I-CFM", "otcfm": "OT-CFM", "sbcfm": "SB-CFM"}
LAWS = {"gaussian": "N(0, I)", "8gaussians": "8gaussians", "moons": "moons", "scurve": "scurve"}
CONFIDENCE = 0.99
NPE_BOUND = 0.05  # of OT-CFM, where the source is normal


def title(pair):
    return " to ".join(LAWS[law] for law in pair.split("-"))


def spread(values, digits=3):
    """mean +- standard deviation, or a dash for nothing."""
    if not values:
        return "-"
    text = f"{numpy.mean(values):.{digits}f}"
    return text + (f" +- {numpy.std(values, ddof=1):.{digits}f}" if len(values) > 1 else "")


def cpu_model():
    try:
        return re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return "unknown CPU"


class Page:
    def __init__(self, options, rows):
        self.options = options
        self.rows = [r for r in rows if r["kind"] != "cell" or r["steps"] == options.steps]
        self.verdicts = []  # (pair, method, measure, verdict)

    def cells(self, pair, method, side):
        found = {r["seed"]: r for r in self.rows if r["kind"] == "cell" and r["pair"] == pair and
                 r["method"] == method and r["side"] == side and r["seed"] < self.options.seeds}
        return [found[seed] for seed in sorted(found)]

    def reference(self, pair):
        """W2^2 between source and target: one value for each draw of points."""
        return [r["w2_squared"] for r in self.rows if r["kind"] == "reference" and r["pair"] == pair and
                r["points"] == self.options.points]

    def measure(self, pair, method, side, name):
        cells, w2_squared = self.cells(pair, method, side), self.reference(pair)
        if name == "npe":
            return [abs(c["pe"] / numpy.mean(w2_squared) - 1) for c in cells] if w2_squared else []
        return [c[name] for c in cells]

    def compare(self, pair, method, name):
        """Ours minus theirs seed by seed, with the interval of Student's t for its mean."""
        ours, theirs = (self.measure(pair, method, side, name) for side in ("ours", "theirs"))
        n = min(len(ours), len(theirs))
        if n == 0:
            return "-"
        difference = numpy.array(ours[:n]) - numpy.array(theirs[:n])
        mean = difference.mean()
        if n == 1:
            return f"{mean:+.3f}"
        half = stats.t.ppf((1 + CONFIDENCE) / 2, n - 1) * difference.std(ddof=1) / n ** 0.5
        verdict = "within noise" if abs(mean) <= half else "ours better" if mean < 0 else "ours worse"
        self.verdicts.append((pair, method, name, verdict))
        return f"{mean:+.3f} +- {half:.3f}: {verdict}"

    def table(self, pair):
        floor = [r["w2"] for r in self.rows if r["kind"] == "floor" and r["pair"] == pair and
                 r["seed"] < self.options.seeds]
        lines = [f"## {title(pair)}", "",
                 f"W2^2 between source and target: {spread(self.reference(pair))}. "
                 f"W2 between two true sets (the floor): {spread(floor)}.", "",
                 "| method | W2 ours | W2 theirs | difference in W2 | NPE ours | NPE theirs | difference in NPE "
                 "| path energy ours | theirs | seconds ours | theirs |",
                 "|---|---|---|---|---|---|---|---|---|---|---|"]
        for method in self.options.methods:
            both = {side: {name: spread(self.measure(pair, method, side, name), 1 if name == "seconds" else 3)
                           for name in ("w2", "npe", "pe", "seconds")} for side in ("ours", "theirs")}
            o, t = both["ours"], both["theirs"]
            if o["w2"] == t["w2"] == "-":
                continue
            lines.append(f"| {NAMES[method]} | {o['w2']} | {t['w2']} | {self.compare(pair, method, 'w2')} "
                         f"| {o['npe']} | {t['npe']} | {self.compare(pair, method, 'npe')} "
                         f"| {o['pe']} | {t['pe']} | {o['seconds']} | {t['seconds']} |")
        return lines + [""]

    def summary(self):
        """What the tables say about the two questions that the protocol is run for. After the tables: it counts verdicts."""
        lines = []
        if self.verdicts:
            worse = [f"{NAMES[m]} on {title(p)} ({n.upper()})" for p, m, n, v in self.verdicts if v == "ours worse"]
            better = sum(v == "ours better" for *_, v in self.verdicts)
            lines.append(f"- Of {len(self.verdicts)} comparisons, ours is better beyond the noise in {better} and worse in "
                         f"{len(worse)}" + (": " + ", ".join(worse) if worse else "") + ".")
        for side in ("ours", "theirs"):
            npe = {p: self.measure(p, "otcfm", side, "npe") for p in self.options.pairs if p.startswith("gaussian-")}
            said = [f"{title(p)} {numpy.mean(v):.3f}" for p, v in npe.items() if v]
            if said:
                above = sum(float(numpy.mean(v)) > NPE_BOUND for v in npe.values() if v)
                lines.append(f"- OT-CFM's NPE, {side}: {', '.join(said)}; {above or 'none'} of them above {NPE_BOUND}.")
        return lines


def write(options, rows, version, peer, sizes):
    page = Page(options, rows)
    tables = [line for pair in options.pairs for line in page.table(pair)]
    seeds = [len(page.cells(p, m, s)) for p in options.pairs for m in options.methods for s in ("ours", "theirs")]
    expected = options.seeds
    unfinished = [n for n in seeds if 0 < n < expected]
    threads = len(os.sched_getaffinity(0))
    command = f"scripts/protocol --steps {options.steps} --seeds {options.seeds} --jobs {options.jobs}"
    theirs = ", ".join(f"{name} {v}" for name, v in peer.items()) if peer else "not installed: only our side ran"
    text = [
        "# The 2D protocol", "",
        f"<!-- Written by scripts/protocol from its results, {datetime.date.today()}. -->", "",
        "Conditional flow matching by four methods between four pairs of laws in the plane, as in the minibatch-OT paper (Tong et "
        "al., arXiv 2302.00482): our flows beside torchcfm's own matchers, trained in the same run and measured by the same code. "
        f"`{command}` makes this page.", "",
        *page.summary(), "",
        "| | |", "|---|---|",
        f"| network, optimizer | MLP of 3 x 64 SELU on (x, t), as PyTorch initialises it; AdamW, rate 1e-3, weight decay 1e-5; "
        f"{options.steps:,} steps of {sizes['batch']} |",
        f"| points | {sizes['training']:,} to train on, drawn once a seed, the same for both sides; {options.seeds} seeds |",
        "| methods | sigma 0.1; OT-CFM and SB-CFM with exact minibatch transport; Lipman's FM has a normal source by definition, "
        "so it has no row where the source is moons |",
        "| laws | 8gaussians: radius 5, std 1; moons: noise 0.05, times 2, minus 1; scurve: noise 0.05, times 1.5 |",
        f"| samples | {sizes['euler']} Euler steps from the same starting points for both sides; from moons, they are rows of the "
        "training set |",
        f"| W2 | exact, the root, {sizes['test']:,} samples against {sizes['test']:,} fresh points; the floor is the same between "
        "two fresh sets |",
        f"| path energy | mean of the integral of \\|v\\|^2 over {sizes['samples']:,} samples |",
        f"| NPE | \\|path energy - W2^2\\| / W2^2, W2^2 exact between {options.points:,} points of source and of target, without "
        "the path's noise |",
        f"| difference | ours minus theirs, seed by seed: mean and the {CONFIDENCE:.0%} interval of Student's t; beyond it is "
        "beyond the noise |",
        "| +- | standard deviation over the seeds |",
        f"| seconds | the training loop, one thread each ({options.jobs} cell{'s' if options.jobs > 1 else ''} at a time); ours "
        "couples the next batch on a thread of its own meanwhile |",
        f"| machine | {cpu_model()}, {threads} cores |",
        f"| versions | pushforward {version}; {theirs}; NumPy {numpy.__version__}, SciPy {scipy.__version__} |",
        "",
        *([f"Unfinished: some cells have {min(unfinished)} of {expected} seeds.", ""] if unfinished else []),
        *tables]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join(text).rstrip() + "\n")
