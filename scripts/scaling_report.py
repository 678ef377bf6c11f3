"""The page docs/scaling.md from the results of scripts/scaling.py."""
from scaling_model import BINS, CHUNK, Compute, busiest_rows, fit, step_time, volume

# Networks of several machines. Their figures are assumed, not measured: seconds of latency, seconds per byte, and the seconds that
# one more message of an exchange takes.
NETWORKS = {"Ethernet, 10 Gb/s": (30e-6, 8 / 10e9, 2e-6), "InfiniBand, 100 Gb/s": (2e-6, 8 / 100e9, 0.5e-6)}
NODES = [1, 2, 4, 8, 16, 32, 100, 300, 1000]
BATCH, LARGE_BATCH = 16384, 131072
LOCAL_STEPS = 10
ENOUGH = 0.5  # the efficiency below which a further node counts as wasted


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows])


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ms(seconds):
    return f"{1000 * seconds:.3g}"


def measured(results, compute, network):
    cells = {(c["width"], c["batch"], c["processes"]): c["rate"] for c in results["cells"]}
    cores = results["machine"]["cores"]
    rows = []
    for width, batch in sorted({(w, b) for w, b, n in cells if n == 2}):
        one = cells[width, batch, 1]
        row = [width, number(batch), number(compute.numbers[width]), number(one)]
        for n in (2, 4):
            model = 1 / step_time(compute, width, batch, n, network, cores=cores)
            row += [number(cells[width, batch, n]), f"{cells[width, batch, n] / one:.2f}", f"{model / one:.2f}"]
        rows.append(row)
    return table(["H", "B", "parameters", "1 process", "2 processes", "speed-up", "by the model", "4 processes", "speed-up",
                  "by the model"], rows)


def delayed(network):
    rows, slopes = [], []
    first = {}
    for r in network["rows"]:
        first.setdefault(r["width"], r)
        base = first[r["width"]]
        extra = (r["round_trip"] - base["round_trip"]) / 2
        trips = (1 / r["rate"] - 1 / base["rate"]) / extra if extra > 1e-4 else None
        if r["delay"] == max(x["delay"] for x in network["rows"]):
            slopes.append((r["width"], trips))
        rows.append([r["width"], r["delay"], ms(r["round_trip"]), number(r["rate"]), ms(1 / r["rate"]),
                     "" if trips is None else f"{trips:.1f}", "yes" if r["same_bits"] else "**no**"])
    alone = ", ".join(f"{number(r['alone'])} for H = {r['width']}" for r in first.values())
    return table(["H", "added delay, ms", "round trip, ms", "steps/s", "ms/step", "one-way delays in a step", "same bits"], rows), alone, slopes


def saturation(compute, network, batch, bins, **options):
    """For each width, the speed-up over one node, and the most nodes that are at least half used."""
    rows = []
    for width in compute.of:
        one = step_time(compute, width, batch, 1, network, bins)
        speed = {n: one / step_time(compute, width, batch, n, network, bins, **options) for n in NODES}
        useful = max(n for n in NODES if speed[n] / n >= ENOUGH or n == 1)
        rows.append([width] + [f"{speed[n]:.3g}" for n in NODES] + [useful])
    return table(["H"] + [f"{n:,}" for n in NODES] + ["half used up to"], rows)


def changes(compute, network):
    rows = []
    many = LARGE_BATCH // CHUNK
    for width in compute.of:
        row = [width]
        for n in (16, 100, 1000):
            one = step_time(compute, width, LARGE_BATCH, 1, network)
            row += [f"{one / step_time(compute, width, LARGE_BATCH, n, network, **o):.3g}"
                    for o in ({}, {"bins": many}, {"bins": many, "overlap": True}, {"bins": many, "local_steps": LOCAL_STEPS})]
        rows.append(row)
    head = ["H"] + [f"{n:,} nodes: {what}" for n in (16, 100, 1000) for what in ("now", "more bins", "and overlap", f"{LOCAL_STEPS} local steps")]
    return table(head, rows)


def page(results, network):
    compute = Compute(results["cells"])
    latency, per_byte = fit(results["cells"], compute)
    machine = results["machine"]
    own = (latency, per_byte, 0)
    work = table(["H", "parameters", "fixed, ms", "128 rows, ms", "busiest of 2 at B = 1,024, ms"],
                 [[w, number(compute.numbers[w]), ms(fixed), ms(128 * row), ms(compute.time(w, busiest_rows(1024, 2)))]
                  for w, (fixed, row) in compute.of.items()])
    bandwidth = f"{1e-9 / per_byte:.3g} GB/s" if per_byte > 0 else "too high to be seen"
    volumes = table(["processes"] + [f"{n:,}" for n in NODES[1:]], [["gradients received"] + [f"{volume(BATCH, n):.2f}" for n in NODES[1:]]])
    load = results["load"]
    loaded = (f"Other work ran on the machine (load average {load:.1f} before the measurement), so the figures are lower than "
              "those of a quiet machine." if load > 0.5 else f"Nothing else ran on the machine (load average {load:.2f}).")
    text = f"""# Scaling of shared trainings

`mpirun -n N pushforward train` shares each step between N processes ([docs/training.md](training.md#one-run-in-many-processes)). This page
says what that costs, from measurements on one machine and from a model fitted to them. `scripts/scaling` measures and writes the page.

## What a step sends

A step has two messages from each process to each other one, whatever the network. In the first, each process sends its losses and the
gradients of its bins (a bin is a sixteenth of the batch), cut so that every process gets a part of the parameters from all bins. It adds
them in the order of the bins, so that the sum has the bits of one process. In the second, it gives its sums to all. Process 0 has the
first bins, so it sends their sum; the others must send each bin, because sums of floats depend on the order. That costs bandwidth. The
number of gradients (of all parameters) that the busiest process receives in a step, for B = {BATCH:,}:

{volumes}

## Measured

{machine['cpu']}, {machine['cores']} cores, {machine['mpi']}, {machine['date']}; one thread in each process, float32, two moons, the default features of
points and times with two hidden layers of width H behind them, a batch of B rows. {loaded} Steps per second, the better of two runs. With 4 processes on {machine['cores']} cores
{'each core has more than one process, so they can be no faster than 2' if machine['cores'] < 4 else 'each process has a core'}.

{measured(results, compute, own)}

## The model

    time of a step = fixed(H) + row(H) rows + 2 (latency + (N - 1) message) + bytes / bandwidth

`rows` is the number of rows of the busiest process, and `bytes` are those that it receives. `fixed` is the part that every process does: the
batch, the optimizer, the norm. `fixed` and `row` come from one process with two batches:

{work}

Least squares of the relative errors of the measurements with 2 processes give a latency of {1e6 * latency:.3g} microseconds for each of the two messages, with the
waiting for the slower process, and a bandwidth of {bandwidth}, with the packing and adding of the gradients. With more processes than cores
the computing takes longer by their ratio. The columns "by the model" above have these figures.

"""
    if network:
        rows, alone, slopes = delayed(network)
        said = "; ".join(f"{trips:.1f} for H = {width}" for width, trips in slopes if trips is not None)
        text += f"""## Latency

Two processes in two network namespaces of one machine, by TCP, B = {network['rows'][0]['batch']:,}. A program passes the packets between them and
delays each (`scripts/delayed_network.py`); the round trip is measured. One process alone takes {alone} steps per second. Measured on
{network['date']}, load average {network['load']:.1f}.

{rows}

Two messages that follow one another take two one-way delays. Measured at the longest delay: {said}. TCP adds some for messages that are
longer than its window, which is short again after each pause.

"""
    text += f"""## Where it saturates

The speed-up over one node by the model, for B = {BATCH:,}, and the most nodes that are at least half used. The networks are
assumed, not measured: {'; '.join(f'{name}: latency {1e6 * l:.3g} µs, {1e6 * m:.3g} µs for each further message' for name, (l, _, m) in NETWORKS.items())}.
A node is one process with the measured compute time of one thread here; with faster nodes the network weighs more.

"""
    for name, figures in NETWORKS.items():
        text += f"{name}:\n\n{saturation(compute, figures, BATCH, BINS)}\n\n"
    text += f"""No more than {BINS} nodes have work, because a step has {BINS} bins. With more nodes the speed-up falls, since the others still take part in
the messages. It falls most for small networks, whose steps are short beside the latency.

## What would have to change

For B = {LARGE_BATCH:,} ({LARGE_BATCH // CHUNK:,} chunks of {CHUNK} rows), on {list(NETWORKS)[0]}, the speed-up over one node by the model:

{changes(compute, list(NETWORKS.values())[0])}

- **More bins**: as many as chunks. It changes the bits of all trainings with more than {BINS} chunks once, and the memory of bins grows.
- **Overlap**: the gradients of the last layers are sent while those of the first are still computed. The model hides the bytes, not the
  latency, behind two thirds of the computing. The bits stay.
- **Local steps**: each process takes {LOCAL_STEPS} steps of its own before the weights are averaged. The model divides all communication by
  {LOCAL_STEPS}. That is another training, with other bits and for each number of processes others, and its result is not studied here.

Many independent runs need none of this: a [sweep](training.md#many-runs) has no messages at all.
"""
    return text
