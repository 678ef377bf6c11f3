#!/usr/bin/env python3
"""Compiles every header of the library as C++17. The first error must say that C++20 is needed, with few others after it.

usage: language.py COMPILER ROOT
"""
import pathlib
import subprocess
import sys

TEXT = "pushforward needs C++20 (-std=c++20)"
# Headers that are compiled completely. They use std::span and concepts in their first lines.
WHOLE = ["flow/field.h", "nn/choice.h", "autograd/tensor/rng.h", "flow/solve/sampler.h"]


def errors(compiler: str, root: pathlib.Path, header: str, *flags: str) -> list[str]:
    """Returns the lines with an error that the compiler prints for a header."""
    command = [compiler, "-std=c++17", "-I", str(root), "-x", "c++", *flags, str(root / header)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    return [line for line in done.stderr.splitlines() if "error:" in line]


def main() -> int:
    compiler, root = sys.argv[1], pathlib.Path(sys.argv[2])
    headers = sorted(str(file.relative_to(root)) for room in ("autograd", "nn", "flow") for file in (root / room).rglob("*.h"))
    wrong = 0
    for header in headers:
        found = errors(compiler, root, header, "-E")
        if not found or TEXT not in found[0]:
            print(f'{header}: in C++17 the first error is not "{TEXT}" but {found[:1]}; '
                  'include "autograd/tensor/cpp20.h" first')
            wrong += 1
    for header in WHOLE:
        found = errors(compiler, root, header, "-fsyntax-only")
        if not found or TEXT not in found[0] or len(found) > 2:
            print(f"{header}: compiled as C++17 it has {len(found)} errors, the first {found[:1]}")
            wrong += 1
    print(f"{len(headers)} headers read as C++17, {wrong} of them wrong")
    return 1 if wrong or not headers else 0


sys.exit(main())
