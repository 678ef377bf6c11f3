"""The time of a training step that processes share, as a model of compute, latency and bandwidth (docs/scaling.md)."""
import math

BINS = 16  # GradientBins::kMost
CHUNK = 128  # TrainerOptions::chunk
BYTES = 4  # of a float


def busiest_rows(batch, processes, bins=BINS):
    """The rows of the process that has most. Chunk c belongs to bin c mod bins, and a process has a range of the bins."""
    chunks = math.ceil(batch / CHUNK)
    bins = min(bins, chunks)
    most = 0
    for rank in range(processes):
        first, last = bins * rank // processes, bins * (rank + 1) // processes
        own = sum(len(range(bin_, chunks, bins)) for bin_ in range(first, last))
        most = max(most, own)
    return min(batch, most * CHUNK)


def volume(batch, processes, bins=BINS):
    """The numbers that a process receives in a step, at most, divided by the number of parameters (nn/training/shared_step.h)."""
    if processes == 1:
        return 0
    bins = min(bins, math.ceil(batch / CHUNK))
    arrays = [bins * (r + 1) // processes - bins * r // processes for r in range(processes)]
    arrays[0] = min(arrays[0], 1)
    total = sum(arrays)
    if total in arrays:
        share = [float(a == total) for a in arrays]
    else:
        weights = [1 / (total - a) for a in arrays]
        share = [w / sum(weights) for w in weights]
    return max((total - a) * s + (1 - s) for a, s in zip(arrays, share))


class Compute:
    """The time of a step in one process: fixed + row B seconds, for each width, from the two batches that were measured."""

    def __init__(self, cells):
        self.of = {}
        self.numbers = {c["width"]: c["parameters"] for c in cells}
        for width in sorted({c["width"] for c in cells}):
            times = {c["batch"]: 1 / c["rate"] for c in cells if c["width"] == width and c["processes"] == 1}
            low, high = min(times), max(times)
            row = max((times[high] - times[low]) / (high - low), 1e-12)
            self.of[width] = (max(times[low] - row * low, 0), row)

    def time(self, width, rows):
        fixed, row = self.of[width]
        return fixed + row * rows


def fit(cells, compute):
    """Least squares of the relative error of the step's time, for 2 processes: its time beyond compute is 2 latency + bytes / bandwidth. Both are
    at least 0."""
    points = []
    for c in cells:
        if c["processes"] != 2:
            continue
        beyond = 1 / c["rate"] - compute.time(c["width"], busiest_rows(c["batch"], 2))
        points.append(tuple(c["rate"] * x for x in (2.0, BYTES * c["parameters"] * volume(c["batch"], 2), beyond)))
    aa = sum(a * a for a, _, _ in points)
    ab = sum(a * b for a, b, _ in points)
    bb = sum(b * b for _, b, _ in points)
    at, bt = sum(a * t for a, _, t in points), sum(b * t for _, b, t in points)
    determinant = aa * bb - ab * ab
    latency, inverse = (at * bb - bt * ab) / determinant, (bt * aa - at * ab) / determinant
    if latency < 0:
        latency, inverse = 0.0, max(bt / bb, 0)
    elif inverse < 0:
        latency, inverse = max(at / aa, 0), 0.0
    return latency, inverse


def step_time(compute, width, batch, processes, network, bins=BINS, cores=None, overlap=False, local_steps=1):
    """The seconds of a step. `network` is (latency, seconds per byte, seconds per message). With `cores`, all processes are on one
    machine with so many."""
    crowded = max(1, processes / cores) if cores else 1
    computing = crowded * compute.time(width, busiest_rows(batch, processes, bins))
    if processes == 1:
        return computing
    latency, per_byte, per_message = network
    waiting = 2 * latency + 2 * (processes - 1) * per_message
    passing = per_byte * BYTES * compute.numbers[width] * volume(batch, processes, bins)
    waiting, passing = waiting / local_steps, passing / local_steps
    if overlap:  # the gradients of the last layers are sent while those of the first are computed: two thirds of the step
        passing = max(0, passing - 2 / 3 * computing)
    return computing + waiting + passing
