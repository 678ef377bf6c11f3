"""Compares the instructions of a small fixed training and a small fixed sampling with stored numbers.

usage: instructions.py FIXED_WORK STORED.json [--update]

scripts/instructions builds the program FIXED_WORK (bench/fixed_work.cpp) and calls this. valgrind's
callgrind runs the program and counts only what happens inside of the functions counted_training and
counted_sampling. The count of the program's own code and the count of OpenBLAS are compared
separately. The C library is not counted, because it chooses its functions for the processor.

valgrind shows the program a processor with AVX2 and without AVX-512, so Highway chooses the same
code on all processors with AVX2. OPENBLAS_CORETYPE makes OpenBLAS do so, too. The numbers depend on
the compiler, which is stored with them.

Exits with 1 if a count is more than 5 % above its stored number, and says so for each.
"""

import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile

ALLOWED = 1.05
WORKS = ("training", "sampling")


def self_costs(text):
    """Returns {object: instructions executed in its own code} of a callgrind profile."""
    names, costs, current = {}, {}, ""
    skip = False
    for line in text.splitlines():
        if line.startswith("ob="):
            number, name = re.match(r"ob=\((\d+)\)(?: (.*))?", line).groups()
            names[number] = name or names[number]
            current = names[number]
        elif line.startswith("cob=") or line.startswith("cobj="):
            number, name = re.match(r"cobj?=\((\d+)\)(?: (.*))?", line).groups()
            names[number] = name or names[number]
        elif line.startswith("calls="):
            skip = True  # the next line is the cost of the called function, counted there
        elif re.match(r"[+\-*\d]", line):
            if not skip and len(line.split()) > 1:
                costs[current] = costs.get(current, 0) + int(line.split()[1])
            skip = False
    return costs


def count(program, work):
    """Returns {"own": instructions, "openblas": instructions} of one of the works."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "profile")
        command = ["valgrind", "--tool=callgrind", f"--toggle-collect=*counted_{work}*",
                   f"--callgrind-out-file={out}", program, work]
        variables = {**os.environ, "OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"}
        variables.pop("OPENBLAS_L2_SIZE", None)
        done = subprocess.run(command, env=variables, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"instructions: {' '.join(command)} failed:\n{done.stderr}")
        with open(out) as file:
            costs = self_costs(file.read())
    totals = {"own": 0, "openblas": 0}
    for name, cost in costs.items():
        if os.path.basename(name) == os.path.basename(program):
            totals["own"] += cost
        elif "openblas" in name or "libblas" in name:
            totals["openblas"] += cost
    if totals["own"] == 0:
        sys.exit(f"instructions: callgrind counted nothing in {program}; it saw {sorted(costs)}")
    return totals


def compiler(program):
    """Returns the compiler's own line in the program (".comment")."""
    text = subprocess.run(["readelf", "-p", ".comment", program], capture_output=True, text=True).stdout
    found = re.findall(r"\]\s+(\S.*)", text)
    return found[0] if found else "unknown"


def faults(stored, counts):
    """Returns a line for each count that is more than 5 % above its stored number."""
    lines = []
    for work in WORKS:
        for part, now in counts[work].items():
            before = stored[work][part]
            if now > ALLOWED * before:
                lines.append(f"{work}, {part}: {now} instructions, stored are {before}: "
                             + (f"{100 * (now / before - 1):+.1f} %" if before else "there were none"))
    return lines


def selftest():
    profile = "ob=(1) /a/fixed_work\nfn=(1) f\n10 5\n+2 7\ncob=(2) /lib/libopenblas.so\ncfn=(2) g\ncalls=1 0\n10 100\nob=(2)\nfn=(2)\n0 100\nob=(1)\n* 1\n"
    assert self_costs(profile) == {"/a/fixed_work": 13, "/lib/libopenblas.so": 100}, self_costs(profile)
    same = {work: {"own": 100, "openblas": 0} for work in WORKS}
    assert faults(same, same) == []
    slower = {**same, "sampling": {"own": 106, "openblas": 0}}
    assert faults(same, slower) == ["sampling, own: 106 instructions, stored are 100: +6.0 %"]
    assert faults(same, {**same, "training": {"own": 105, "openblas": 0}}) == []
    print("a planted increase is named")


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    program, path = sys.argv[1:3]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        counts = dict(zip(WORKS, pool.map(lambda work: count(program, work), WORKS)))
    now = {"compiler": compiler(program), **counts}
    if "--update" in sys.argv[3:]:
        with open(path, "w") as file:
            file.write(json.dumps(now, indent=2) + "\n")
        return print(f"stored in {path}: {counts}")
    with open(path) as file:
        stored = json.load(file)
    for work in WORKS:
        print(f"{work}: " + ", ".join(f"{part} {n} ({100 * (n / max(stored[work][part], 1) - 1):+.2f} %)"
                                      for part, n in counts[work].items() if n or stored[work][part]))
    wrong = faults(stored, counts)
    if wrong:
        sys.exit("instructions: more than 5 % above the stored numbers:\n  " + "\n  ".join(wrong)
                 + f"\nThey were counted with {stored['compiler']}, these with {now['compiler']}."
                 + "\nIf the increase is intended, scripts/instructions --update stores the new numbers.")


main()
