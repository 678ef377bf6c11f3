#!/usr/bin/env python3
"""Changes one thing in a source, rebuilds and runs its tests, and reports whether they noticed.

usage: mutate.py [options] SOURCE...

  SOURCE            files of the library, such as flow/discrete/kappa.cpp
  --tests REGEX     the files of the tests to build; default: those named after the sources, and errors tests beside them
  --sample N        tries N mutants drawn at random (default 20); 0 tries all
  --seed S          the seed of the draw (default 0)
  --list            prints the mutants of the sources and changes nothing
  --scratch FOLDER  the folder for the copy of the tree and its build, which is kept (default build/mutate)

A mutant is the source with one change: a check or a statement that fills memory is removed, a comparison, an operator or a
bound is inverted, or a constant is changed. It is killed if a test fails, crashes or runs into the time limit. It survives
if all tests pass: then no test covers the change, or the change has no effect. A mutant that does not compile is not
counted. The tree itself is never changed. The exit code is 1 if a mutant survived.
"""

import argparse
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["CMakeLists.txt", "LICENSE", "autograd", "nn", "flow", "cmake", "data", "tests"]
SECONDS = 300  # time limit of one run of the tests

# Parts that no mutant changes: comments, strings, preprocessor lines, compile-time assertions and types in
# templates.
LEFT_ALONE = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|^[ \t]*#[^\n]*|\bstatic_assert\([^;]*;|\btemplate <[^>]*>|\boperator[^\s(]+',
    re.S | re.M)
FLIPS = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ", " + ": " - ",
         " - ": " + ", " * ": " / ", " / ": " * ", " && ": " || ", " || ": " && ", " += ": " -= ", " -= ": " += ",
         "std::min(": "std::max(", "std::max(": "std::min(", "true": "false", "false": "true"}
FLIP = re.compile("|".join(rf"(?<![\w:]){re.escape(old)}(?!\w)" if old[0].isalpha() else re.escape(old) for old in FLIPS))
CONSTANT = re.compile(r"(?<![\w.\[])(\d+\.\d*|\d+)(?![\w.\]])")
GUARD = re.compile(r"^[ \t]*(?:detail::)?check(?:_\w+)?\(|^[ \t]*std::(?:ranges::)?(?:fill|fill_n|memset)\(", re.M)


def blanked(text):
    return LEFT_ALONE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def statement_end(code, begin):
    """Returns where the statement that starts at `begin` ends, after its semicolon."""
    depth = 0
    for at in range(begin, len(code)):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(code[at], 0)
        if code[at] == ";" and depth == 0:
            return at + 1
    return len(code)


def mutants_of(text):
    """Yields (begin, end, new) of each mutant of a source."""
    code = blanked(text)
    for m in GUARD.finditer(code):
        yield m.end() - len(m[0].lstrip()), statement_end(code, m.start()), ";"
    for m in FLIP.finditer(code):
        yield m.start(), m.end(), FLIPS[m[0]]
    for m in CONSTANT.finditer(code):
        yield m.start(), m.end(), str(int(m[1]) + 1) if m[1].isdigit() else str(float(m[1]) * 1.5 + 1)


def described(source, text, mutant):
    begin, end, new = mutant
    old = " ".join(text[begin:end].split())
    return f"{source}:{text.count(chr(10), 0, begin) + 1}: {old[:60]!r} -> {new.strip()!r}"


def run(*command, seconds=None):
    try:
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=seconds)
    except subprocess.TimeoutExpired:
        return -1, ""
    return done.returncode, done.stdout


class Copy:
    """A copy of the tree, with a build of the tests to be run."""

    def __init__(self, scratch, room, tests):
        self.tree, self.build = scratch / "tree", scratch / "build"
        self.write()
        code, said = run("cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                         "-DPUSHFORWARD_APP=OFF", "-DPUSHFORWARD_INSTALL=OFF", "-DPUSHFORWARD_UNITY=OFF",
                         "-DPUSHFORWARD_TEST_KINDS=f64;once", f"-DPUSHFORWARD_TEST_FILES={tests}",
                         *(["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []))
        if code:
            sys.exit(f"[mutate] the build cannot be configured\n{said[-3000:]}")
        targets = run("ninja", "-C", self.build, "-t", "targets", "all")[1]
        self.targets = [t for t in (f"{room}_tests_f64", f"{room}_tests_once") if f"\n{t}: " in "\n" + targets]
        if not self.targets:
            sys.exit(f'[mutate] no test matches "{tests}"; give --tests')

    def write(self):
        """Copies the tree again. Unchanged files keep their time, so they are not rebuilt."""
        for part in PARTS:
            for path in [ROOT / part] if (ROOT / part).is_file() else (ROOT / part).rglob("*"):
                to = self.tree / path.relative_to(ROOT)
                if path.is_file() and not (to.is_file() and to.read_bytes() == path.read_bytes()):
                    to.parent.mkdir(parents=True, exist_ok=True)
                    to.write_bytes(path.read_bytes())

    def verdict(self):
        """Returns "no build", "killed" or "survived" for the current content of the copy, and the output."""
        code, said = run("ninja", "-C", self.build, "-j2", *self.targets)
        if code:
            return "no build", said
        for target in self.targets:
            code, said = run(self.build / "tests" / target, "--abort", seconds=SECONDS)
            if code:
                return "killed", said
        return "survived", said


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("sources", nargs="+")
    parser.add_argument("--tests")
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--scratch", type=Path, default=ROOT / "build/mutate")
    options = parser.parse_args()

    texts = {source: (ROOT / source).read_text(encoding="utf-8") for source in options.sources}
    mutants = [(source, m) for source, text in texts.items() for m in mutants_of(text)]
    if options.sample and options.sample < len(mutants):
        mutants = random.Random(options.seed).sample(mutants, options.sample)
    if options.list:
        print("\n".join(described(s, texts[s], m) for s, m in mutants))
        return 0

    rooms = {source.split("/")[0] for source in texts}
    if len(rooms) != 1:
        sys.exit(f"[mutate] the sources are of {len(rooms)} rooms; give those of one, for one test program builds")
    folders = sorted({str(Path(source).parent) for source in texts})
    stems = sorted({Path(source).stem for source in texts} | {"errors"})
    tests = options.tests or f"/({'|'.join(folders)})/({'|'.join(stems)})_test"
    copy = Copy(options.scratch.resolve(), rooms.pop(), tests)
    verdict, said = copy.verdict()
    if verdict != "survived":
        sys.exit(f"[mutate] the tests fail before anything is changed\n{said[-3000:]}")

    counts = {"killed": 0, "survived": 0, "no build": 0}
    for source, mutant in mutants:
        begin, end, new = mutant
        path = copy.tree / source
        path.write_text(texts[source][:begin] + new + texts[source][end:], encoding="utf-8")
        try:
            verdict, _ = copy.verdict()
        finally:
            path.write_text(texts[source], encoding="utf-8")
        counts[verdict] += 1
        print(f"{verdict:8}  {described(source, texts[source], mutant)}", flush=True)
    tried = counts["killed"] + counts["survived"]
    print(f"{counts['killed']} of {tried} killed, {counts['survived']} survived, {counts['no build']} did not compile")
    return 1 if counts["survived"] else 0


sys.exit(main())
