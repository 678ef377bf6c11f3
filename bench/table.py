"""Prints the table of step_bench: medians of a training step and of its matrix products alone, measured in random order.

usage: table.py RESULTS.json   (Google Benchmark's --benchmark_out)
"""

import json
import statistics
import sys
from collections import defaultdict


def medians(path):
    """Returns {(name, hidden, threads): median seconds} over all repetitions."""
    runs = defaultdict(list)
    with open(path) as file:
        for run in json.load(file)["benchmarks"]:
            if run.get("run_type") == "aggregate":
                continue
            name, *arguments = run["run_name"].split("/")
            numbers = tuple(int(a) for a in arguments if a.isdigit())
            runs[name, *numbers].append(run["real_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3}[run["time_unit"]])
    return {key: statistics.median(times) for key, times in runs.items()}


def main():
    times = medians(sys.argv[1])
    print("MLP 3-H-H-H-2, SiLU, batch 256: a full step (data, noise, loss, backward, clipping, AdamW, average)")
    print("compared with its matrix products alone, one thread, the same BLAS in the same run.\n")
    print("   H   products      step   step/products   two threads   gain")
    for hidden in sorted({key[1] for key in times if key[0] == "training_step"}):
        products, one, two = (times[k] for k in (("matrix_products", hidden), ("training_step", hidden, 1), ("training_step", hidden, 2)))
        print(f"{hidden:4d}  {products * 1e3:7.3f} ms  {one * 1e3:7.3f} ms  {one / products:10.2f}     {two * 1e3:7.3f} ms  {one / two:6.2f}")


main()
