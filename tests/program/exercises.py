"""Checks that docs/exercises.md has a section and a command for each file of docs/exercises/, and that the files with
blanks to fill in do not contain the solution.

usage: exercises.py ROOT COMPILER
"""

import re
import subprocess
import sys
from pathlib import Path

root, compiler = Path(sys.argv[1]), sys.argv[2]
page = (root / "docs/exercises.md").read_text(encoding="utf-8")
listed = subprocess.run([root / "scripts/exercise"], capture_output=True, text=True, check=True).stdout.splitlines()
names = [line.split()[0] for line in listed]
wrong = []

files = sorted(p.stem for p in (root / "docs/exercises").iterdir() if p.suffix in (".cpp", ".py"))
if sorted(names) != files:
    wrong.append(f"scripts/exercise lists {sorted(names)}, and docs/exercises/ has {files}")
if [line.split()[1] for line in listed] != [f"{k}:" for k in range(1, len(names) + 1)]:
    wrong.append("the exercises are not numbered 1, 2, 3, ...")

sections = re.findall(r"^## (\d+)\. .*?(?=^## |\Z)", page, re.M | re.S)
if sections != [str(k) for k in range(1, len(names) + 1)]:
    wrong.append(f"docs/exercises.md has the sections {sections}, there are {len(names)} exercises")
for name in names:
    if f"scripts/exercise {name}" not in page:
        wrong.append(f"docs/exercises.md does not say: scripts/exercise {name}")
    blank = subprocess.run([root / "scripts/exercise", name, "--blank"], capture_output=True, text=True, check=True).stdout
    path = next((root / "docs/exercises").glob(name + ".*"))
    solution = path.read_text(encoding="utf-8")
    if "your part: " not in blank or len(blank) + 100 > len(solution):
        wrong.append(f"the blank of {name} still has its solution, or does not say what to write")
    if path.suffix == ".cpp":
        command = [compiler, "-std=c++20", "-fsyntax-only", "-DPUSHFORWARD_REAL=64", "-I", str(root), "-x", "c++", "-"]
        if subprocess.run(command, input=blank, capture_output=True, text=True).returncode == 0:
            wrong.append(f"the blank of {name} compiles: nothing in it asks for the reader's part")
if wrong:
    sys.exit("[exercises] " + "\n".join(wrong))
print(f"{len(names)} exercises, each with its section, its command and a blank")
