"""Writes the page, the plot and the README's section of scripts/compare from its results."""
import math
import os
import pathlib
import platform
import re
import statistics
import time

PEERS = ("JAX", "PyTorch")
# The ratios aimed at, by case and number of threads: the fastest peer's time divided by ours (at least), and our time divided
# by that of the matrix products alone (at most).
FASTER = {("step 256 64", 1): 1.6, ("step 256 128", 1): 1.25, ("step 256 256", 1): 1.15, ("step 256 512", 1): 1.05,
          ("step 256 64", 2): 2.5, ("step 256 128", 2): 2.0, ("step 256 256", 2): 1.35, ("step 256 512", 2): 1.3,
          ("step 64 64", 1): 2.0,
          **{(f"sample {h}", threads): aim for h in (64, 128, 256) for threads, aim in ((1, 1.1), (2, 1.3))},
          ("tokens 64 2 16 64", 1): 1.7, ("tokens 128 3 64 32", 1): 1.25, ("tokens 256 4 64 32", 1): 1.2,
          **{(case, threads): 5.0 for threads in (1, 2)
             for case in ("log_density 128 dopri5", "log_density 128 euler", "ot_step 256 64", "ot_step 256 128")}}
ABOVE_PRODUCTS = {"step 256 64": 1.18, "step 256 128": 1.10, "step 256 256": 1.07, "step 256 512": 1.10,
                  "sample 64": 1.3, "sample 128": 1.15, "sample 256": 1.08}
START_MILLISECONDS = 20
MEMORY_GROWTH_KIB = 1024  # of 20,000 steps; below it the memory counts as flat


class Results:
    """The last result of each case and number of threads."""

    def __init__(self, rows):
        self.rows = {(r["case"], r["threads"]): r for r in rows}

    def seconds(self, case, threads, who):
        times = self.rows.get((case, threads), {}).get("times", {}).get(who)
        return statistics.median(times) if times else None

    def fastest(self, case, threads):
        """Returns the peer with the smallest median and this median, or None twice."""
        found = [(s, who) for who in PEERS if (s := self.seconds(case, threads, who)) is not None]
        return min(found)[::-1] if found else (None, None)

    def faster(self, case, threads):
        ours, (_, theirs) = self.seconds(case, threads, "ours"), self.fastest(case, threads)
        return theirs / ours if ours and theirs else None

    def above_products(self, case):
        ours, products = self.seconds(case, 1, "ours"), self.seconds(case, 1, "products")
        return ours / products if ours and products else None

    def of(self, start, threads):
        return [case for case, n in self.rows if case.startswith(start) and n == threads]


def milliseconds(seconds):
    """Returns three significant digits, and at most three decimals."""
    if seconds is None:
        return ""
    value = 1e3 * seconds
    return f"{value:,.{max(0, min(3, 2 - math.floor(math.log10(value))))}f}"


def verdict(ratio, aim, holds):
    if ratio is None:
        return ""
    return f"{ratio:.2f}" + ("" if aim is None else f" ({aim:g}: {'yes' if holds else '**no**'})")


def table(results, head, cases, threads, peers=PEERS, products=True):
    """Returns the lines of a table. cases is a list of (first cell, case)."""
    cases = [(cell, case) for cell, case in cases if (case, threads) in results.rows]
    if not cases:
        return []
    products = products and threads == 1
    columns = [head, *(["products alone"] if products else []), "ours", *peers, *(["ours / products"] if products else []),
               "fastest peer / ours"]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for cell, case in cases:
        names = [*(["products"] if products else []), "ours", *peers]
        cells = [cell, *(milliseconds(results.seconds(case, threads, name)) for name in names)]
        if products:
            above, aim = results.above_products(case), ABOVE_PRODUCTS.get(case)
            cells.append(verdict(above, aim, above and aim and above <= aim))
        ratio, aim = results.faster(case, threads), FASTER.get((case, threads))
        cells.append(verdict(ratio, aim, ratio and aim and ratio >= aim))
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def both(results, head, cases, **keywords):
    """Returns the tables for one and for two threads, each under a line that says so."""
    lines = []
    for threads, words in ((1, "One thread"), (2, "Two threads")):
        rows = table(results, head, cases, threads, **keywords)
        if rows:
            lines += [f"{words}, milliseconds:", "", *rows, ""]
    return lines


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*: (.*)", text)
    wide = "AVX-512" if "avx512f" in text else "AVX2" if "avx2" in text else "no AVX2"
    memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())[1]) / 2 ** 20
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores, {wide}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"


def aims(results):
    """Returns (what, measured, aim, holds) for each aim that was measured."""
    found = []
    for case, aim in ABOVE_PRODUCTS.items():
        ratio = results.above_products(case)
        if ratio is not None:
            found.append((f"{named(case)}, one thread: ours / products", f"{ratio:.2f}", f"at most {aim:.2f}", ratio <= aim))
    for (case, threads), aim in FASTER.items():
        ratio = results.faster(case, threads)
        if ratio is not None:
            found.append((f"{named(case)}, {('one thread', 'two threads')[threads - 1]}: {results.fastest(case, threads)[0]} / ours",
                          f"{ratio:.2f}", f"at least {aim:.2f}", ratio >= aim))
    if start := results.seconds("start", 1, "ours"):
        found.append(("start-up", f"{1e3 * start:.1f} ms", f"below {START_MILLISECONDS} ms", 1e3 * start < START_MILLISECONDS))
    if memory := results.rows.get(("memory", 1)):
        growth = memory["checks"]["late"] - memory["checks"]["early"]
        found.append(("memory: growth from step 1,000 to step 20,000", f"{growth} KiB", f"below {MEMORY_GROWTH_KIB} KiB",
                      growth < MEMORY_GROWTH_KIB))
    return found


def named(case):
    kind, *sizes = case.split()
    return {"step": "step, B = {}, H = {}", "ot_step": "OT-CFM step, B = {}, H = {}", "sample": "sampling, H = {}",
            "log_density": "log-density, H = {}, {}", "tokens": "transformer, width {}"}[kind].format(*sizes)


def page(rows):
    results = Results(rows)
    versions, notes = {}, {}
    for row in rows:
        versions.update(row.get("versions", {}))
        for who, note in row.get("notes", {}).items():
            notes.setdefault(who, {})[note] = None
    met = [a for a in aims(results) if a[3]]
    text = ["# Speed beside other programs", "",
            f"<!-- Written by scripts/compare from its results, {time.strftime('%Y-%m-%d')}. -->", "",
            "This page compares the time of training and sampling with PyTorch, JAX, torchcfm and flow_matching on the processor. All programs "
            "compute the same in float32 and take turns: in each round, each of them is measured once. The times are medians over the rounds.", "",
            "| | |", "|---|---|", f"| machine | {machine()} |",
            *(f"| {name} | {version} |" for name, version in versions.items()),
            f"| rounds | {max(r['rounds'] for r in rows)}; half as many for sampling, log-densities and transformers, and a third for the "
            "whole job |",
            "| threads | A process is bound to one core or to two, and `OMP_NUM_THREADS` is their number. PyTorch also gets it by "
            "`torch.set_num_threads`, JAX by XLA's flag `--xla_cpu_multi_thread_eigen`, and our program by its own option. The variables "
            "`OPENBLAS_CORETYPE` and `OPENBLAS_L2_SIZE` are unset |",
            "| PyTorch | runs eagerly, with the fused AdamW and single calls for the other updates of all parameters; samples in inference mode. "
            "`torch.compile` was slower |",
            "| JAX | compiles a `lax.scan` over whole training steps with optax, and a loop over whole samplings; random numbers by `rbg` |",
            "| products alone | the matrix products of our computation, in OpenBLAS or our own kernels as the library chooses, on one thread |",
            *([f"| blocks of sampling | each peer samples in the fastest of three sizes of blocks: "
               + "; ".join(f"{who} {', '.join(found)}" for who, found in notes.items()) + " |"] if notes else []),
            "| check | the programs agree on the mean loss of training steps, on the mean square of samples, and on the mean ln p of the same "
            "points by the same weights; otherwise the script stops |", "",
            f"A number in parentheses is the ratio that we aim at. {len(met)} of {len(aims(results))} aims hold.", "",
            "![Milliseconds of a training step against H, on one and on two threads](pictures/performance.svg)", ""]
    text += ["## A training step", "",
             "The network is an MLP with SiLU and layer sizes 3, H, H, H, 2. A step has B rows of moons and includes data, noise, loss, backward, "
             "clipping, AdamW and averaging of the weights. B is 256 in the first two tables.", "",
             *both(results, "H", [(str(h), f"step 256 {h}") for h in (64, 128, 256, 512)])]
    sizes = table(results, "B, H", [(f"{b}, {h}", f"step {b} {h}") for b in (64, 1024) for h in (64, 128, 256)], 1)
    if sizes:
        text += ["Other sizes of the batch, one thread, milliseconds:", "", *sizes, ""]
    sections = [
        ("Sampling", "10,000 points by 100 steps of Euler's method, with trained weights that all programs load.",
         both(results, "H", [(str(h), f"sample {h}") for h in (64, 128, 256)])),
        ("Log-density", "ln p of 2,000 points with the exact divergence, H = 128, the same weights: ours and flow_matching's `compute_likelihood`, "
         "which uses PyTorch.",
         both(results, "solver", [("dopri5, tolerance 1e-5", "log_density 128 dopri5"), ("Euler, 100 steps", "log_density 128 euler")],
              peers=("PyTorch",), products=False)),
        ("A training step with exact optimal transport", "The step with B = 256, in which noise and data are paired by exact optimal transport: ours "
         "and torchcfm's `ExactOptimalTransportConditionalFlowMatcher`, which uses POT, in PyTorch's step.",
         both(results, "H", [(str(h), f"ot_step 256 {h}") for h in (64, 128)], peers=("PyTorch",), products=False)),
        ("A training step of a transformer", "DiT blocks with four heads over tokens of a vocabulary of 32, masks, cross-entropy.",
         both(results, "width, blocks, length, rows", [(", ".join(c.split()[1:]), c) for c in results.of("tokens", 1)], peers=("PyTorch",))),
        ("A whole job", "From the start of the process to written samples: 2,000 steps on moons with H = 128 and B = 256, then 10,000 points by 100 "
         "Euler steps from the averaged weights.",
         both(results, "", [("train and sample", "job")], products=False)),
        ("Start-up", "`pushforward --version`, `import jax` and `import torch`.",
         both(results, "", [("start", "start")], products=False)),
    ]
    for title, doc, lines in sections:
        if lines:
            text += [f"## {title}", "", doc, "", *lines]
    if memory := results.rows.get(("memory", 1)):
        text += ["## Memory", "", f"Our process has {memory['checks']['early']:,} KiB of memory after 1,000 training steps with H = 64, and "
                 f"{memory['checks']['late']:,} KiB after 20,000.", ""]
    text += ["## The aims", "", "| what | measured | aim | holds |", "|---|---|---|---|",
             *(f"| {what} | {measured} | {aim} | {'yes' if holds else '**no**'} |" for what, measured, aim, holds in aims(results)), ""]
    return "\n".join(text)


def readme(rows):
    """Returns the part of the README's section "How it compares" that these results support."""
    results = Results(rows)
    names = {"log_density": "ln p of 2,000 points, exact divergence, H = {}, {} (flow_matching)",
             "ot_step": "step with exact optimal transport, B = {}, H = {} (torchcfm)", "sample": "10,000 samples, 100 Euler steps, H = {}",
             "step": "training step, B = {}, H = {}", "tokens": "step of a transformer of width {}"}
    lines = ["The times are medians in milliseconds, measured in turn by `scripts/compare`; [docs/performance.md](docs/performance.md) has all of "
             "them, the versions and the machine. The last column of each number of threads is the fastest peer's time divided by ours.", "",
             "| | ours, 1 thread | fastest peer | ratio | ours, 2 threads | fastest peer | ratio |", "|---|---|---|---|---|---|---|"]
    cases = ([f"step 256 {h}" for h in (64, 128, 256, 512)] + [f"sample {h}" for h in (64, 128, 256)]
             + ["log_density 128 dopri5", "ot_step 256 64", "ot_step 256 128"] + results.of("tokens", 1))
    for case in cases:
        kind, *sizes = case.split()
        cells = [names[kind].format(*sizes)]
        for threads in (1, 2):
            ours, (who, theirs), ratio = results.seconds(case, threads, "ours"), results.fastest(case, threads), results.faster(case, threads)
            cells += [milliseconds(ours), f"{milliseconds(theirs)} ({who})", f"{ratio:.2f}"] if ratio else [""] * 3
        if any(cells[1:]):
            lines.append("| " + " | ".join(cells) + " |")
    start = results.seconds("start", 1, "ours")
    if start:
        others = [f"{milliseconds(results.seconds('start', 1, who))} ms ({who})" for who in PEERS]
        lines += ["", f"The program starts in {milliseconds(start)} ms; importing a peer takes {' and '.join(others)}."]
    return "\n".join(lines)


# --- the plot ----------------------------------------------------------------------------------------------------

COLOURS = {"products": "#6b7280", "ours": "#1d4ed8", "JAX": "#c2410c", "PyTorch": "#15803d"}
WIDTH, HEIGHT, LEFT, TOP, PANEL, TALL = 860, 400, 62, 56, 350, 286
HIDDEN = (64, 128, 256, 512)


def curves(results, threads):
    """Returns {name: [(H, milliseconds)]} for one panel."""
    found = {}
    for name in COLOURS:
        points = []
        for hidden in HIDDEN:
            # On two threads the floor is half of the products' time on one.
            seconds = results.seconds(f"step 256 {hidden}", 1 if name == "products" else threads, name)
            if seconds:
                points.append((hidden, 1e3 * seconds / (threads if name == "products" else 1)))
        if points:
            found[name] = points
    return found


def picture(rows):
    """Returns an SVG: milliseconds of a step against H on logarithmic axes, one panel for each number of threads."""
    results = Results(rows)
    panels = {threads: found for threads in (1, 2) if (found := curves(results, threads)).keys() - {"products"}}
    values = [y for found in panels.values() for points in found.values() for _, y in points] or [1]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']

    def text(x, y, words, anchor="middle", more=""):
        out.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#111827" {more}>{words}</text>')

    for number, (threads, found) in enumerate(panels.items()):
        left = LEFT + number * (PANEL + 50)
        x_of = lambda h: left + 20 + (PANEL - 40) * math.log2(h / HIDDEN[0]) / math.log2(HIDDEN[-1] / HIDDEN[0])
        y_of = lambda v: TOP + TALL * (1 - (math.log10(v) - low) / (high - low))
        text(left + PANEL / 2, TOP - 10, ("one thread", "two threads")[threads - 1], more='font-weight="bold"')
        for power in range(low, high + 1):
            y = y_of(10 ** power)
            out.append(f'<line x1="{left}" x2="{left + PANEL}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d1d5db"/>')
            text(left - 6, y + 4, f"{10.0 ** power:g}", "end")
            for digit in range(2, 10 if power < high else 2):
                y = y_of(digit * 10 ** power)
                out.append(f'<line x1="{left}" x2="{left + 4}" y1="{y:.1f}" y2="{y:.1f}" stroke="#9ca3af"/>')
        out.append(f'<rect x="{left}" y="{TOP}" width="{PANEL}" height="{TALL}" fill="none" stroke="#6b7280"/>')
        for hidden in HIDDEN:
            text(x_of(hidden), TOP + TALL + 18, str(hidden))
        text(left + PANEL / 2, TOP + TALL + 38, "H, the width of the hidden layers")
        for name, points in found.items():
            path = " ".join(f"{x_of(h):.1f},{y_of(v):.1f}" for h, v in points)
            dashes = ' stroke-dasharray="6 4"' if name == "products" else ""
            out.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"{dashes}/>')
            for h, v in points:
                out.append(f'<circle cx="{x_of(h):.1f}" cy="{y_of(v):.1f}" r="3.5" fill="{COLOURS[name]}"/>')
    middle = TOP + TALL / 2
    text(18, middle, "milliseconds of a step, B = 256", more=f'transform="rotate(-90 18 {middle:.1f})"')
    labels = {"products": "matrix products alone, divided by the threads", "ours": "pushforward", "JAX": "JAX", "PyTorch": "PyTorch"}
    x = LEFT
    for name, label in labels.items():
        if any(name in found for found in panels.values()):
            dashes = ' stroke-dasharray="6 4"' if name == "products" else ""
            out.append(f'<line x1="{x}" x2="{x + 26}" y1="20" y2="20" stroke="{COLOURS[name]}" stroke-width="2"{dashes}/>')
            text(x + 32, 24, label, "start")
            x += 56 + 7.2 * len(label)
    return "\n".join([*out, "</svg>", ""])
