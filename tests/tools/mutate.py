#!/usr/bin/env python3
"""Changes one thing in a source, compiles it, runs its tests, and reports whether they noticed.

usage: mutate.py [options] SOURCE_OR_FOLDER...

  SOURCE_OR_FOLDER  files of the library such as flow/discrete/kappa.cpp, or folders: all their .cpp files
  --sample N        tries N mutants drawn at random (default 20); 0 tries all
  --seed S          the seed of the draw (default 0)
  --only REGEX      of these, tries only those of sources whose name begins with a match
  --list            prints the mutants that would be tried, and changes nothing
  --minutes M       begins no mutant after M minutes; the same command goes on with the others
  --again           tries those again that have survived, after tests were written for them
  --forget          begins anew, without the results of earlier runs
  --build FOLDER    the folder of the build and of the results (default build/mutate)
  --check           instead checks that the sources still have all mutants that tests/tools/mutants.md explains

A mutant is a source with one change (tests/tools/mutations.py lists the changes). Only the mutated source is compiled, in
double precision and with checks of the indices of the standard containers, as CI has them in its build with sanitizers. Its
test programs are linked again. The tests of the file that mirrors the source run first, then those
of its folder, then all tests of the room (autograd, nn or flow), until one fails. The tree itself is never changed.

A mutant is killed if a test fails, crashes, or needs much more time than usual. It survives if all tests pass. Neither
counts if it does not compile, if the compiler makes the same code of it, or if tests/tools/mutants.md explains why no
test can notice it. The exit code is 1 if a mutant survived.
"""

import argparse
import json
import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutations import mutants_of  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "tests/tools/mutants.md"
# The test programs of each room, besides ROOM_tests_f64 and ROOM_tests_once.
MORE_PROGRAMS = {"autograd": ["exam_tests", "exam_allocations"], "nn": [], "flow": []}
# A test program may need ten times its usual processor time and some seconds more; it is then ended. One whose threads wait for
# ever needs none, so its time by the clock is limited too, generously, because the machine may be busy.
FACTOR, SECONDS, CLOCK_FACTOR, CLOCK_SECONDS = 10, 5, 50, 45
MEMORY = 8 << 30  # bytes of addresses


def configure(build):
    if (build / "build.ninja").exists():
        return
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    subprocess.run(["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DPUSHFORWARD_APP=OFF",
                    "-DPUSHFORWARD_UNITY=OFF", "-DPUSHFORWARD_TEST_KINDS=f64;once", *launcher], check=True, stdout=subprocess.DEVNULL)


def blas_core():
    """Returns the name of OpenBLAS's kernels for this CPU. An OpenBLAS that does not know the CPU takes older ones, and the library
    then does without it, so that no test would reach what the library leaves to OpenBLAS elsewhere."""
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text(encoding="utf-8").split()) if info.exists() else set()
    return {"OPENBLAS_CORETYPE": name for name, flag in (("Haswell", "avx2"), ("SkylakeX", "avx512f")) if flag in flags}


def output_of(*command, **options):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def words_without(words, *drop):
    """Returns the words of a compiler's command without these options; True beside an option: it has a word after it."""
    drop, kept = dict(drop), []
    words = iter(words)
    for word in words:
        if word in drop:
            if drop[word]:
                next(words)
        else:
            kept.append(word)
    return kept


def first_failure(said, code):
    """Returns the name of the first test that failed, from what Catch2 printed."""
    m = re.search(r"^-{60,}\n((?:(?!-{60,})\S.*\n)+)", said, re.M)
    name = " ".join(m[1].split()) if m else ""
    end = f"signal {signal.Signals(-code).name}" if code < 0 else ""
    return "; ".join(part for part in (name, end) if part) or f"exit {code}"


class Tests:
    """The test programs of a build folder, linked with a mutant."""

    def __init__(self, build):
        self.build, self.scratch = build, build / "mutant"
        self.compiles = {}  # output: command
        for entry in json.loads(output_of("ninja", "-C", build, "-t", "compdb")):
            if entry["output"].endswith(".o"):
                self.compiles[entry["output"]] = entry["command"]
        self.usual = {}  # processor seconds of each command that passes without a mutant

    def object_of(self, source):
        """Returns the object of a source: that in double, if it is compiled in both precisions."""
        room = source.split("/")[0]
        for target in (f"{room}_f64", f"pushforward_{room}"):
            name = f"CMakeFiles/{target}.dir/{source}.o"
            if name in self.compiles:
                return name
        sys.exit(f"[mutate] {source} is no source of the library; give files below autograd/, nn/ or flow/")

    def compile(self, source, text, to, level="-O1"):
        """Compiles a text in place of a source. Returns whether it compiles. A source that includes itself finds the text too."""
        place = self.scratch / "tree" / source
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        words = shlex.split(self.compiles[self.object_of(source)].split(" && ")[-1])
        if "ccache" in Path(words[0]).name:
            words = words[1:]
        words = words_without(words, ("-o", True), ("-MT", True), ("-MF", True), ("-MD", False), ("-c", True), ("-Werror", False),
                              ("-O3", False), ("-O2", False))
        words[1:1] = ["-I", str(self.scratch / "tree")]
        done = subprocess.run([*words, level, "-w", "-D_GLIBCXX_ASSERTIONS", "-o", str(to), "-c", str(place)], cwd=self.build, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
        place.unlink()
        return done.returncode == 0

    def link(self, program, mutant):
        """Links a test program with the mutant's object. The linker takes no other object of the same source from a library."""
        command = output_of("ninja", "-C", self.build, "-t", "commands", "-s", f"tests/{program}")
        words = shlex.split(command.split(" && ")[1])
        words[words.index("-o") + 1] = str(self.scratch / program)
        words[1:1] = [str(mutant)]
        return subprocess.run([*words, "-fuse-ld=gold"] if shutil.which("ld.gold") else words, cwd=self.build,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def run(self, path, arguments, limit=None, clock=None):
        """Runs a test program until the first failure. Returns its exit code, its text and its processor time."""
        def limits():
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if limit:
                resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 5))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        child = subprocess.Popen([str(path), "--abort", *arguments], cwd=self.scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 stdin=subprocess.DEVNULL, text=True, errors="replace", preexec_fn=limits,
                                 env={**os.environ, "MALLOC_PERTURB_": "85", "OPENBLAS_NUM_THREADS": "1", **blas_core()})
        try:
            said, _ = child.communicate(timeout=clock)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return -signal.SIGXCPU, "", 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return child.returncode, said, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def trial(self, program, arguments):
        """Runs tests with the mutant. Returns None if they pass, else how they ended."""
        key = (program, *arguments)
        if key not in self.usual:
            code, said, seconds = self.run(self.build / "tests" / program, arguments)
            if code:
                sys.exit(f"[mutate] {' '.join(key)} fails without a mutant\n{said[-3000:]}")
            self.usual[key] = seconds
        code, said, _ = self.run(self.scratch / program, arguments, FACTOR * self.usual[key] + SECONDS,
                                 CLOCK_FACTOR * self.usual[key] + CLOCK_SECONDS)
        if code == 0:
            return None
        return "timeout" if code in (-signal.SIGXCPU, -signal.SIGKILL) else first_failure(said, code)


def program_of(test):
    """Returns the program that contains a file of tests."""
    room = test.relative_to(ROOT / "tests").parts[0]
    return f"{room}_tests_{'f64' if 'PF_REAL {' in test.read_text(encoding='utf-8') else 'once'}"


def plan(source):
    """Returns the trials of a source in their order, as (program, arguments of Catch2)."""
    path = Path(source)
    stem = re.sub(r"_(simd|scalar)$", "", path.stem)
    near = sorted((ROOT / "tests" / path.parent).glob("*_test.cpp"))
    mirror = [t for t in near if t.stem == f"{stem}_test"] or [t for t in near if t.stem == f"{stem.split('_')[0]}_test"]
    steps, seen = [], {}
    for test in [*mirror, *near]:
        program, tag = program_of(test), f"[#{test.stem}]"
        if tag not in seen.setdefault(program, []):
            seen[program].append(tag)
            steps.append((program, ["-#", tag]))
    room = path.parts[0]
    for program in [f"{room}_tests_f64", f"{room}_tests_once"]:
        others = "".join("~" + tag for tag in seen.get(program, []))
        steps.append((program, ["-#", others] if others else []))
    return steps + [(program, []) for program in MORE_PROGRAMS[room]]


def explanations():
    """Returns the mutants of tests/tools/mutants.md as (source, line before, line after, which of the equal ones, of how many)."""
    text = KEPT.read_text(encoding="utf-8") if KEPT.exists() else ""
    found = re.finditer(r"^- `([^`\n]+)`(?: \((\d+) of (\d+)\))?:\n  `([^\n]+)`\n  becomes `([^\n]*)`$", text, re.M)
    return {(m[1], m[4], m[5], int(m[2] or 1), int(m[3] or 1)) for m in found}


def named(mutants, text):
    """Returns the name of each mutant of one source in the list of explanations."""
    lines = [mutant.lines(text) for mutant in mutants]
    seen, names = {}, {}
    for mutant, pair in zip(mutants, lines):
        seen[pair] = seen.get(pair, 0) + 1
        names[mutant] = (mutant.source, *pair, seen[pair], lines.count(pair))
    return names


def stale(kept):
    """Returns a line about each explanation of a mutant that its source does not have."""
    lines = []
    for source in sorted({name[0] for name in kept}):
        path = ROOT / source
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        known = set(named(mutants_of(source, text), text).values())
        for name in sorted(kept - known):
            if name[0] == source:
                lines.append(f"[mutate] tests/tools/mutants.md explains a mutant that {source} does not have ({name[3]} of {name[4]}):\n"
                             f"  {name[1]}\n  {name[2]}")
    return lines


class Campaign:
    def __init__(self, build, texts, explained):
        self.tests, self.texts, self.explained = Tests(build), texts, explained
        shutil.rmtree(self.tests.scratch, ignore_errors=True)
        self.tests.scratch.mkdir(parents=True)

    def same_code(self, mutant):
        """Returns whether the compiler makes the same code of the mutant, optimised as usual."""
        objects = [self.tests.scratch / f"{name}.o" for name in ("before", "after")]
        text = self.texts[mutant.source]
        for path, version in zip(objects, (text, mutant.of(text))):
            if not self.tests.compile(mutant.source, version, path, "-O2"):
                return False
        return objects[0].read_bytes() == objects[1].read_bytes()

    def verdict(self, mutant):
        """Returns the verdict and what says it: a test, or nothing."""
        text = self.texts[mutant.source]
        if mutant in self.explained:
            return "explained", ""
        obj = self.tests.scratch / "mutant.o"
        if not self.tests.compile(mutant.source, mutant.of(text), obj):
            return "no build", ""
        linked, compared = set(), False
        for program, arguments in plan(mutant.source):
            # Programs of all tests of a room need long. Before them, the compiler's code is compared.
            if not compared and linked and not any("[#" in word and "~" not in word for word in arguments):
                compared = True
                if self.same_code(mutant):
                    return "same code", ""
            if program not in linked:
                if not self.tests.link(program, obj):
                    return "no build", "the linker refuses it"
                linked.add(program)
            end = self.tests.trial(program, arguments)
            if end:
                return ("timeout" if end == "timeout" else "killed"), f"{program}: {end}"
        return "survived", ""


def told(mutant, text):
    before, after = mutant.lines(text)
    return f"{mutant.source}:{mutant.line(text)}\n    {before}\n    {after}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("places", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--forget", action="store_true")
    parser.add_argument("--build", type=Path, default=ROOT / "build/mutate")
    options = parser.parse_args()

    kept = explanations()
    if lines := stale(kept):
        sys.exit("\n".join(lines))
    if options.check:
        return 0
    if not options.places:
        parser.error("name a source or a folder")

    sources = []
    for place in options.places:
        path = ROOT / place
        if not path.exists():
            sys.exit(f"[mutate] there is no {place} in {ROOT}; give files or folders of the library")
        sources += sorted(p.relative_to(ROOT).as_posix() for p in path.rglob("*.cpp")) if path.is_dir() else [place]
    texts = {source: (ROOT / source).read_text(encoding="utf-8") for source in sources}
    names = {}
    for source, text in texts.items():
        names.update(named(mutants_of(source, text), text))
    mutants = list(names)
    total = len(mutants)
    if options.sample and options.sample < total:
        mutants = random.Random(options.seed).sample(mutants, options.sample)
    mutants = [mutant for mutant in mutants if re.match(options.only, mutant.source)]
    if options.list:
        print("\n".join(told(m, texts[m.source]) for m in mutants))
        return 0

    build = options.build.resolve()
    configure(build)
    rooms = sorted({mutant.source.split("/")[0] for mutant in mutants})
    targets = [f"{room}_tests_{kind}" for room in rooms for kind in ("f64", "once")] + [p for r in rooms for p in MORE_PROGRAMS[r]]
    if subprocess.run(["ninja", "-C", build, *targets], stdout=sys.stderr).returncode:
        sys.exit("[mutate] the tests cannot be built")
    results = build / "mutants.jsonl"
    if options.forget:
        results.unlink(missing_ok=True)
    done = {}
    for line in results.read_text(encoding="utf-8").splitlines() if results.exists() else []:
        row = json.loads(line)
        done[tuple(row["mutant"])] = (row["verdict"], row["by"])

    explained = {mutant for mutant in mutants if names[mutant] in kept}
    campaign, begin, counts = Campaign(build, texts, explained), time.monotonic(), {}
    survivors = []
    for mutant in mutants:
        key = (mutant.source, *mutant.lines(texts[mutant.source]), str(mutant.begin))
        verdict, by = done.get(key, (None, ""))
        if verdict is None or (verdict == "survived" and (options.again or mutant in explained)):
            if options.minutes and time.monotonic() - begin > 60 * options.minutes:
                if verdict is None:
                    continue
            else:
                verdict, by = campaign.verdict(mutant)
                with results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"mutant": key, "verdict": verdict, "by": by}) + "\n")
                print(f"{verdict:9} {told(mutant, texts[mutant.source])}\n    {by}", flush=True)
        counts[verdict] = counts.get(verdict, 0) + 1
        if verdict == "survived":
            survivors.append(mutant)
    killed = counts.get("killed", 0) + counts.get("timeout", 0)
    tried = killed + len(survivors)
    print(f"\n{sum(counts.values())} of {total} mutants (seed {options.seed}): {counts}")
    print(f"{killed} of {tried} killed" + (f": {100 * killed / tried:.1f} %" if tried else ""))
    for mutant in survivors:
        print(f"survived  {told(mutant, texts[mutant.source])}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
