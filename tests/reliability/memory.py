#!/usr/bin/env python3
"""Measures the peak memory of the program for growing numbers of rows, and asks for more memory than there is. Start it with
scripts/reliability memory.

Samples and rows of data are written block by block, so the peak must not grow with their number. A request that needs
more memory than the machine has must be refused with the amount, within seconds, and must leave nothing behind.
"""
import argparse
import datetime
import json
import os
import sys
import tempfile
import time

from trial import Program, Trouble, machine, must, write_section

CONFIG = {"name": "memory", "data": {"type": "moons"}, "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 1},
          "train": {"steps": 5, "batch": 8, "threads": 1}}
# The growth in MiB that is allowed between the least and the most rows: parts of the last block, buffers.
GROWTH = 8

# Verbs that write row by row. ROWS stands for the number.
CONSTANT = [
    ("sample --out x.npy", ["sample", "run", "-n", "ROWS", "--out", "x.npy"]),
    ("sample --out x.csv", ["sample", "run", "-n", "ROWS", "--out", "x.csv"]),
    ("data --out x.npy", ["data", "moons", "-n", "ROWS", "--out", "x.npy"]),
    ("data --out x.csv", ["data", "moons", "-n", "ROWS", "--out", "x.csv"]),
    ("loglik", ["loglik", "run", "--points", "rows.npy", "--solver", "euler", "--steps", "1", "--out", "x.npy"]),
    ("encode", ["encode", "run", "--points", "rows.npy", "--solver", "euler", "--steps", "1", "--out", "x.npy"]),
    ("decode", ["decode", "run", "--points", "rows.npy", "--solver", "euler", "--steps", "1", "--out", "x.npy"]),
    ("velocity", ["velocity", "run", "--points", "rows.npy", "--t", "0.5", "--out", "x.npy"]),
]
# Verbs that keep all rows in memory, for the page.
GROWING = [
    ("train on an NPY file", ["train", "memory.json", "data.type=npy", "data.path=rows.npy", "-q", "--overwrite", "--out", "big"]),
    ("train on a CSV file", ["train", "memory.json", "data.type=csv", "data.path=rows.csv", "-q", "--overwrite", "--out", "big"]),
]
# Requests that need more memory than there is, and the exit code.
TOO_LARGE = [
    ["train", "memory.json", "model.hidden=[65536,65536,65536,65536]", "--out", "large"],
    ["train", "memory.json", "data.type=gaussian", "data.dim=65536", "train.batch=1000000", "--out", "large"],
    ["train", "memory.json", "coupling.type=ot", "train.batch=1000000", "--out", "large"],
    ["sample", "run", "-n", "100000000", "--out", "x.npy", "--trajectory", "t.npy", "--times", "1001"],
]


def peak(program, arguments):
    """Returns the peak memory in MiB and the seconds of a command."""
    begin = time.monotonic()
    child = program.start(arguments)
    text = child.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    must(child.returncode == 0, f"{' '.join(arguments)}: exit {child.returncode}\n{text}")
    return usage.ru_maxrss / 1024, time.monotonic() - begin


def with_rows(arguments, rows):
    return [str(rows) if word == "ROWS" else word for word in arguments]


class Memory:
    def __init__(self, program, rows):
        self.program, self.rows = program, rows
        self.folder = program.folder
        self.table, self.refusals = {}, []

    def prepare(self):
        (self.folder / "memory.json").write_text(json.dumps(CONFIG))
        self.program.good(["train", "memory.json", "-q", "--out", "run"])

    def measure(self):
        for name, arguments in CONSTANT:
            self.table[name] = [self.peak(arguments, rows) for rows in self.rows]
            least, most = self.table[name][0][0], self.table[name][-1][0]
            must(most - least < GROWTH, f"{name}: the peak grows from {least:.0f} to {most:.0f} MiB")
        for path in self.folder.glob("x.*"):
            path.unlink()
        for name, arguments in GROWING:
            self.table[name] = [self.peak(arguments, rows) for rows in self.rows]
        for path in self.folder.glob("rows.*"):
            path.unlink()

    def peak(self, arguments, rows):
        """Writes the rows that a verb reads, and returns its peak memory and its time."""
        for ending in ("npy", "csv"):
            if f"rows.{ending}" in " ".join(arguments):
                self.program.good(["data", "moons", "-n", str(rows), "--out", f"rows.{ending}"])
        return peak(self.program, with_rows(arguments, rows))

    def refuse(self):
        """Asks for too much. The limit of seconds says that no work was begun."""
        before = sorted(p.name for p in self.folder.iterdir())
        for arguments in TOO_LARGE:
            begin = time.monotonic()
            code, text = self.program.run(arguments, seconds=60)
            seconds = time.monotonic() - begin
            words = " ".join(arguments)
            must(code in (1, 2) and "GiB" in text, f"{words}: exit {code}, and no amount is told\n{text}")
            must(sorted(p.name for p in self.folder.iterdir()) == before, f"{words}: something is left behind")
            message = next(line for line in text.splitlines() if "GiB" in line)
            self.refusals.append((words, message, seconds))
            print(f"{words}: {message} ({seconds:.1f} s)")


def section(memory):
    titles = " | ".join(f"{rows:,} rows" for rows in memory.rows)
    rows = "\n".join(f"| {name} | " + " | ".join(f"{mib:.0f} MiB, {seconds:.1f} s" for mib, seconds in cells) + " |"
                     for name, cells in memory.table.items())
    refusals = "\n".join(f"| `{words}` | {message} | {seconds:.1f} s |" for words, message, seconds in memory.refusals)
    return f"""
Peak memory and time on {datetime.date.today()} ({machine()}):

| | {titles} |
|---|{'---|' * len(memory.rows)}
{rows}

`sample` and `data` write continuous data block by block, and `loglik`, `encode`, `decode` and `velocity` read an NPY file and write block by block. Their
peak does not grow with the number of rows. `train` maps an NPY file of 64 MiB or more, and reads its rows when they are drawn.

A table of text of 64 MiB or more is mapped, too. The places of its lines and cells, an unpacked gzip text, and then the numbers that are trained on
are each put into a temporary file as soon as they need 64 MiB. These files are in `$TMPDIR`, or else in `/var/tmp`. They have no names, so that nothing is
left of them, however the program ends, and the system writes their pages to the disk when it needs the memory. Their place on the disk is taken before it
is used, 24 bytes a line and 16 a cell while the table is read, and 8 a number while it is trained on; a full disk is an error that says how much is needed. In
memory remain, while the table is read, its numbers in float64 (8 bytes each; with held-out rows, 16) and 8 bytes a row (with held-out rows, about 20). `train`
with `missing_rows` `"model"` keeps its rows in memory, since their missing cells change.

The rows are also kept in memory by `sample` with `--loglik`, `--trajectory`, `--from`, `--given` or conditions, by `loglik` with `--gradient`, by `loglik`,
`encode`, `decode` and `velocity` of a table of text, by `interpolate`, `impute` and `compare`, by `eval` of all rows of a file, and by all verbs for tokens.
`compare` needs 8 bytes for each number of its tables, and 16 for each in standard deviations, where a category counts once for each value. If
that is more than there is, it refuses after the tables are read, with the amount.

These requests need more memory than there is. Each was refused, and nothing was left behind:

| request | message | time |
|---|---|---|
{refusals}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--small", action="store_true", help="fewer rows")
    parser.add_argument("--page", help="write the section of this page")
    options = parser.parse_args()
    rows = [200_000, 500_000] if options.small else [100_000, 1_000_000, 10_000_000]
    with tempfile.TemporaryDirectory(prefix="pushforward-memory-") as folder:
        memory = Memory(Program(options.program, folder), rows)
        try:
            memory.prepare()
            memory.measure()
            memory.refuse()
        except Trouble as trouble:
            print(trouble, file=sys.stderr)
            return 1
    for name, cells in memory.table.items():
        print(f"{name}: " + ", ".join(f"{mib:.0f} MiB in {seconds:.1f} s" for mib, seconds in cells))
    if options.page:
        write_section(options.page, "memory", section(memory))
    return 0


if __name__ == "__main__":
    sys.exit(main())
