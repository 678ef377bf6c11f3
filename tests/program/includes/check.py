#!/usr/bin/env python3
"""Reads every #include of the project and reports those that are not allowed.

usage: check.py ROOT     ROOT is the folder that contains autograd/ nn/ flow/ apps/

Prints "file:line: reason" for each violation and exits with 1. If there is none, prints how many files it has read.
HACKING.md describes the rooms (autograd, nn, flow, apps) and their folders.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

# The rooms are the top folders of the code. Each may include the rooms in its list.
ROOMS = {
    "autograd": ["autograd"],
    "nn": ["autograd", "nn"],
    "flow": ["autograd", "flow"],
    "apps": ["autograd", "nn", "flow", "apps"],
}
# In these places no folder may have more than MAX_FILES files, and no source more than MAX_LINES
# lines.
PLACES = [*ROOMS, "tests", "bench", "scripts", "cmake", "data", "docs", ".ci"]
MAX_FILES = 45
MAX_LINES = 450
SOURCES = (".h", ".cpp", ".py", ".cmake", ".sh", "CMakeLists.txt")


@dataclass
class Include:
    """One include in the project's sources: #include "name" or <name>."""

    file: str
    line: int
    name: str
    quoted: bool

    def at(self):
        return f"{self.file}:{self.line}"


@dataclass
class Rule:
    """A file whose path matches `files` must not include what matches `includes`, except what matches `allowed`."""

    files: str
    includes: str
    reason: str
    allowed: str = r"(?!)"

    def forbids(self, include):
        return bool(
            re.search(self.files, include.file)
            and re.search(self.includes, include.name)
            and not re.search(self.allowed, include.name)
        )


OWN = r"^(autograd|nn|flow|apps)/"

RULES = [
    # Libraries, each allowed only where it is used.
    Rule(r"^(autograd|flow)/", r"^nlohmann/", "JSON is read in apps/ and in nn's checkpoint files"),
    Rule(
        r"^nn/(?!checkpoint/(checkpoint|safetensors)\.(h|cpp)$)",
        r"^nlohmann/",
        "in nn only checkpoint.* and safetensors.* read JSON",
    ),
    Rule(
        r"^(autograd|nn|flow)/",
        r"^(CLI/|fmt/|cairo|webp/|zlib)",
        "command line, formatting, drawing and gzip belong to apps/",
    ),
    Rule(r"^apps/(?!json/)", r"^nlohmann/", "JSON's text is read and written in apps/json/ alone; Json is the value"),
    Rule(
        r"^apps/(?!cli/(options|usage)\.cpp$)",
        r"^CLI/",
        "the command line is parsed in apps/cli/options.cpp, and what is wrong with it is said in usage.cpp",
    ),
    Rule(r"^apps/(?!draw/)", r"^(cairo|webp/)", "pictures are drawn in apps/draw/ alone"),
    Rule(r"^apps/(?!formats/)", r"^zlib", "gzip is read in apps/formats/ alone"),
    Rule(
        r"^(nn|flow)/(?!.*_simd\.cpp$)",
        r"^hwy/",
        "vectorised passes belong to autograd/ and to the *_simd.cpp of nn and flow",
    ),
    Rule(r"^(nn|flow)/", r"^cblas", "matrix products belong to autograd/"),
    Rule(
        r"^(autograd|flow)/",
        r"^(fstream|filesystem|fcntl\.h|unistd\.h)$",
        "files are opened in apps/ and in nn's checkpoint files",
    ),
    # Layers within autograd: tensors, memory, the tape, the ops on it, the sweeps over it.
    Rule(
        r"^autograd/tensor/",
        r"^autograd/",
        "tensors know no tape: autograd/tensor/ includes nothing above it",
        r"^autograd/tensor/",
    ),
    Rule(
        r"^autograd/tensor/(kernels\w*|gemm\w*|sigmoid_simd|blas|math)\.",
        r"^autograd/",
        "kernels stand on cpp20.h, real.h, check.h, math.h, shape.h and one another",
        r"/(kernels|gemm|sigmoid_simd|blas|math|real|check|shape|cpp20)\.h$",
    ),
    Rule(
        r"^autograd/arena\.",
        r"^autograd/",
        "memory knows no tape: arena.* stands on cpp20.h, check.h and real.h alone",
        r"/(arena|check|real|cpp20)\.h$",
    ),
    Rule(
        r"^autograd/(tape|op)\.h$",
        r"^autograd/(ops|rules|sweep|derivatives)\.h$",
        "the tape is below the ops and the sweeps that use it",
    ),
    Rule(
        r"^autograd/ops\w*\.",
        r"^autograd/(sweep|derivatives)\.h$",
        "an op is below the sweeps: it does not know how it is differentiated",
    ),
    # Layers within apps.
    Rule(
        r"^apps/(data|from_config)/",
        r"^apps/(engine|flows|training)/",
        "data and from_config build the parts that flows/ and training/ put to work",
    ),
    Rule(
        r"^apps/draw/",
        OWN,
        "drawing sees numbers and files only",
        r"^(apps/draw/|apps/[a-z]+\.h$|autograd/tensor/check\.h$|nn/checkpoint/file\.h$)",
    ),
    Rule(
        r"^apps/figures/",
        OWN,
        "a picture is a function of plain tables",
        r"^(apps/(figures|draw|formats)/|apps/[a-z]+\.h$|autograd/tensor/check\.h$)",
    ),
]


@dataclass
class Unreachable:
    """No file that matches `files` may include `target` by any chain of includes."""

    files: str
    target: str
    reason: str


UNREACHABLE = [
    Unreachable(r"^flow/measure/", r"^autograd/tape\.h$", "measures know no tape"),
    Unreachable(
        r"^flow/oracle/(?!exact_field\.)", r"^autograd/tape\.h$", "of the oracle only exact_field.* knows the tape"
    ),
    Unreachable(r"^flow/discrete/", r"^flow/solve/", "discrete flows know nothing of the continuous solvers"),
    Unreachable(
        r"^apps/(json|formats|tables)/",
        r"^apps/(engine|flows|training|data|config|from_config|run|report|plot|cli|figures)/",
        "files and JSON are read without knowing configs, runs or the engine",
    ),
]


def read_includes(root):
    """Returns the includes of each file of the rooms, by the file's path."""
    pattern = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]")
    includes = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            file = path.relative_to(root).as_posix()
            lines = path.read_text(encoding="utf-8").split("\n")
            found = [(number, pattern.match(line)) for number, line in enumerate(lines, 1)]
            includes[file] = [Include(file, number, m[2], m[1] == '"') for number, m in found if m]
    return includes


def room_of(name):
    return name.split("/")[0]


def check_directions(root, include):
    """Returns why this include is not allowed by the rooms and by RULES."""
    room, entered = room_of(include.file), room_of(include.name)
    if entered in ROOMS:
        if entered not in ROOMS[room]:
            yield f"{room} may not include {include.name}: {room} includes {', '.join(ROOMS[room])} only"
        if not include.quoted:
            yield f'write "{include.name}" in quotes: it is the project\'s own'
        if not (root / include.name).is_file():
            yield f"{include.name} does not exist"
    elif entered in ("tests", "bench", "docs", "data", "scripts") or ".." in include.name:
        yield f"{room} may not include {include.name}: the rooms are {', '.join(ROOMS)}"
    elif include.quoted and not include.name.startswith("hwy/"):
        yield f'write "{room}/{include.name}": includes start at the project\'s root'
    for rule in RULES:
        if rule.forbids(include):
            yield f"may not include {include.name}: {rule.reason}"


def check_reach(includes):
    """Returns each target in UNREACHABLE that is reached, with the first include of the shortest chain."""
    for rule in UNREACHABLE:
        for file in includes:
            if not re.search(rule.files, file):
                continue
            chains, seen = [[include] for include in includes[file]], {file}
            for chain in chains:  # the loop appends longer chains, so short ones come first
                name = chain[-1].name
                if re.search(rule.target, name):
                    way = " -> ".join(include.name for include in chain)
                    yield f"{chain[0].at()}: may not include {way}: {rule.reason}"
                    break
                if name in includes and name not in seen:
                    seen.add(name)
                    chains.extend([*chain, include] for include in includes[name])


def node_of(file):
    """Returns the node of a file in the search for cycles: its folder, or itself if it is directly in apps."""
    folder = file.rpartition("/")[0]
    return file.rpartition(".")[0] if folder == "apps" else folder


def shortest_circle(edges, start):
    """Returns a cycle of nodes from `start` back to `start`, or None."""
    ways, seen = [[start]], set()
    for way in ways:
        for node in sorted(edges.get(way[-1], {})):
            if node == start:
                return [*way, start]
            if node not in seen:
                seen.add(node)
                ways.append([*way, node])
    return None


def check_circles(includes):
    """Returns folders of one room that include one another in a cycle: one line for each step of each cycle."""
    edges = {}
    for file, list_of_file in includes.items():
        for include in list_of_file:
            here, there = node_of(file), node_of(include.name)
            if room_of(file) == room_of(include.name) and here != there:
                edges.setdefault(here, {}).setdefault(there, include)
    told = set()
    for node in sorted(edges):
        circle = shortest_circle(edges, node)
        if circle is None or frozenset(circle) in told:
            continue
        told.add(frozenset(circle))
        for here, there in zip(circle, circle[1:]):
            include = edges[here][there]
            yield f"{include.at()}: folders form a circle, {' -> '.join(circle)}: this includes {include.name}"


def check_sizes(root):
    """Returns folders with too many files and sources with too many lines."""
    for place in PLACES:
        for folder in sorted(p for p in [root / place, *(root / place).rglob("*")] if p.is_dir()):
            if folder.name == "__pycache__":
                continue
            files = [p for p in folder.iterdir() if p.is_file()]
            at = folder.relative_to(root).as_posix()
            if len(files) > MAX_FILES:
                yield f"{at}:1: the folder has {len(files)} files; {MAX_FILES} are the most, split it by topic"
            for file in sorted(files):
                if not file.name.endswith(SOURCES) and place not in ("scripts", ".ci"):
                    continue
                lines = file.read_text(encoding="utf-8").count("\n")
                if lines > MAX_LINES:
                    yield f"{at}/{file.name}:{lines}: the file has {lines} lines; {MAX_LINES} are the most, split it"


def check(root):
    """Returns all violations of the tree, and the number of files read."""
    includes = read_includes(root)
    found = [
        f"{include.at()}: {reason}"
        for of_file in includes.values()
        for include in of_file
        for reason in check_directions(root, include)
    ]
    found += check_reach(includes)
    found += check_circles(includes)
    found += check_sizes(root)
    return found, len(includes)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    root = Path(sys.argv[1])
    found, read = check(root)
    if read == 0:
        sys.exit(f"[includes] {root} has no sources in {', '.join(ROOMS)}: give the project's root")
    print("\n".join(found), end="\n" if found else "")
    if found:
        sys.exit(f"[includes] {len(found)} violations; the rooms and folders are described in HACKING.md")
    print(f"{read} files include only what they may")


if __name__ == "__main__":
    main()
