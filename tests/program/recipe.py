#!/usr/bin/env python3
"""Follows the recipe "Adding an op" of autograd/README.md exactly in a copy of the tree, and examines the op there.

usage: recipe.py ROOT SCRATCH [CMAKE OPTIONS...]
       recipe.py ROOT --places    only finds the place of each block; nothing is copied or built

In the README, a comment above each block of code says where the block belongs:

    <!-- recipe: FILE before "LINE" -->    above the one line of FILE that begins with LINE
    <!-- recipe: FILE after "LINE" -->     below this line

First only the blocks for autograd/ are inserted. The tests must then name the files in which something is missing. Then
all blocks are inserted, and the examination must pass. If PyTorch is installed, the comparison with PyTorch must pass
too. SCRATCH is kept for the next time.
"""

import re
import subprocess
import sys
from pathlib import Path

root, scratch = Path(sys.argv[1]), Path(sys.argv[2])
only_places = sys.argv[2] == "--places"
tree, build = scratch / "tree", scratch / "build"
PARTS = ["CMakeLists.txt", "LICENSE", "autograd", "nn", "flow", "cmake", "tests"]
BLOCK = re.compile(r'<!-- recipe: (\S+) (before|after) "([^\n]*)" -->\n```\w+\n(.*?)```\n', re.S)
# What a new op still lacks, and the test that reports it: (test program, its test, the message).
LACKING = [
    ("exam_tests", "every op of the registry has entries*",
     'op "softsign" has no entry; write one in tests/exam/op_cases.cpp'),
    ("autograd_tests_f64", "every op is in a table of special values*",
     'op "softsign" is in no table; write its row in tests/autograd/special_test.cpp'),
    ("autograd_tests_f64", "the operations of every op*",
     'op "softsign" is not counted; write its row in kFlopTable of tests/autograd/flops_test.cpp'),
]


def stop(text):
    sys.exit(f"[recipe] {text}")


def run(*command, fails=False):
    """Returns a command's output. It must succeed, or with `fails` exit as Catch2 does for failed tests."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if (done.returncode != 0) != fails or done.returncode < 0:
        stop(f"{' '.join(map(str, command))}\nexit {done.returncode}; it printed\n{done.stdout[-6000:]}")
    return done.stdout


def with_block(text, file, where, line, block):
    """Returns the text of a file with a block of the recipe inserted."""
    lines = text.splitlines(keepends=True)
    at = [k for k, other in enumerate(lines) if other.lstrip().startswith(line)]
    if len(at) != 1:
        stop(f'{len(at)} lines of {file} begin with "{line}"; a recipe needs exactly one')
    at = at[0] + (where == "after")
    return "".join(lines[:at] + [block] + lines[at:])


def write_tree(blocks):
    """Copies the tree with these blocks inserted. Unchanged files keep their time, so they are not rebuilt."""
    texts = {}
    for part in PARTS:
        for path in [root / part] if (root / part).is_file() else (root / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                texts[path.relative_to(root).as_posix()] = path.read_bytes()
    for file, where, line, block in blocks:
        texts[file] = with_block(texts[file].decode(), file, where, line, block).encode()
    for path in tree.rglob("*"):
        if path.is_file() and path.relative_to(tree).as_posix() not in texts:
            path.unlink()
    for file, text in texts.items():
        path = tree / file
        if not path.is_file() or path.read_bytes() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)


def make(*targets):
    """Builds the copy for one instruction set, barely optimised, and only the tests that involve every op."""
    run("cmake", "-S", tree, "-B", build, "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_FLAGS=-O1 -DHWY_COMPILE_ONLY_STATIC",
        "-DPUSHFORWARD_APP=OFF", "-DPUSHFORWARD_INSTALL=OFF", "-DPUSHFORWARD_TEST_KINDS=f64",
        "-DPUSHFORWARD_TEST_FILES=/autograd/(special|errors|flops)_test", *sys.argv[3:])
    run("cmake", "--build", build, "--parallel", "2", "--target", *targets)


blocks = BLOCK.findall((root / "autograd/README.md").read_text(encoding="utf-8"))
if len(blocks) < 8:
    stop(f"autograd/README.md has {len(blocks)} blocks with a recipe comment; there were 8")
if only_places:
    texts = {}
    for file, where, line, block in blocks:
        texts[file] = with_block(texts.get(file) or (root / file).read_text(encoding="utf-8"), file, where, line, block)
    sys.exit()

write_tree([b for b in blocks if b[0].startswith("autograd/")])
make("exam_tests", "autograd_tests_f64")
for program, test, message in LACKING:
    said = run(build / "tests" / program, test, fails=True)
    # Catch2 may break long lines anywhere, so white space is ignored.
    if "".join(message.split()) not in "".join(said.split()):
        stop(f"{program} says that something is wrong, but not: {message}\n{said}")

write_tree(blocks)
make("exam_tests", "autograd_tests_f64", "torch_autograd")
for program, tests in [("exam_tests", "[exam]"), ("autograd_tests_f64", "[special],[errors],[flops]")]:
    print(run(build / "tests" / program, tests).strip().splitlines()[-1])
judge = subprocess.run([sys.executable, tree / "tests/judges/torch_autograd.py", build / "tests/torch_autograd"])
if judge.returncode not in (0, 77):
    stop("PyTorch does not agree, as printed above")
