#!/usr/bin/env python3
"""Finds functions that are too long, by matching braces.

usage: function_lengths.py ROOT | --selftest     ROOT is the folder that contains apps/

Reads the C++ files of the folders in MAX_LINES. For each function with more lines than allowed, counted from the first
line of its head to its last brace, it prints "file:line: reason" and exits with 1. If there is none, it prints how many
functions it has read.
"""

import re
import sys
import tempfile
from pathlib import Path

# The maximal number of lines of a function, by folder.
MAX_LINES = {"apps/cli": 60, "apps/plot": 60}

# Comments and literals. Braces in them do not count.
SILENT = re.compile(r"//[^\n]*|/\*.*?\*/|R\"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)\"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.S)
# The text before a brace that opens a scope of declarations, not the body of a function.
SCOPE = re.compile(r"^(inline\s+)?namespace\b|^(template\s*<.*>\s*)?(class|struct|union|enum)\b[^()]*$|^extern\b\s*$", re.S)


def blank(text):
    """Returns the text with comments and literals replaced by blanks. Line breaks are kept."""
    return SILENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def functions(text):
    """Yields name, first line and last line of each function defined in a namespace or class."""
    text = blank(re.sub(r"^[ \t]*#.*", "", text, flags=re.M))
    begin = 0  # where the current declaration begins
    at = 0
    while at < len(text):
        if text[at] == "{":
            head = text[begin:at].strip()
            if SCOPE.search(head):
                begin = at + 1
            else:
                end = closing(text, at)
                # The braces of a variable's initial value follow an equals sign, or a name without
                # parameters. They are no function's.
                named = re.search(r"([~\w]+|operator\s*[^\s\w(]+)\s*\(", head)
                if named and not re.search(r"(^|[^=!<>])=(?!=)", head[: named.start()]):
                    first = begin + len(text[begin:at]) - len(text[begin:at].lstrip())
                    yield named[1], line_of(text, first), line_of(text, end)
                    begin = end + 1
                at = end
        elif text[at] in ";}":
            begin = at + 1
        at += 1


def closing(text, at):
    """Returns the place of the brace that closes the one at `at`, or the end of the text."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text) - 1


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def check(root):
    """Returns the violations, and the number of functions read."""
    violations, count = [], 0
    for folder, most in MAX_LINES.items():
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            for name, first, last in functions(path.read_text(encoding="utf-8")):
                count += 1
                if last - first + 1 > most:
                    violations.append(
                        f"{path.relative_to(root).as_posix()}:{first}: {name} has {last - first + 1} lines; "
                        f"{most} are the most in {folder}, so split it into functions that each do one thing"
                    )
    return violations, count


def body(lines):
    return "".join(f"  step({k});\n" for k in range(lines))


# A tree without violations: the longest allowed function, and code that only looks like a longer
# one.
RIGHT = {
    "apps/cli/a.cpp": "namespace pushforward::app {\nnamespace {\n\n"
    f"int longest(int n) {{\n{body(58)}}}\n\n"
    f"constexpr int kTable[] = {{\n{'  1,' * 1}\n" + "  2,\n" * 80 + "};\n"
    'const char* const kText = R"(\nint open() {\n' + "line\n" * 80 + ')";\n'
    f"// int commented() {{\nstruct Pair {{\n{'  int x = 0;' + chr(10)}" + "  int y;\n" * 80 + "};\n"
    "}  // namespace\n}  // namespace pushforward::app\n",
    "apps/engine/b.cpp": f"int elsewhere() {{\n{body(80)}}}\n",
}
# (file, text to write into it, expected message)
PLANTED = [
    ("apps/cli/b.cpp", f"int longer(int n) {{\n{body(59)}}}\n", "apps/cli/b.cpp:1: longer has 61 lines; 60 are the most in"),
    ("apps/cli/c.h", f"namespace a {{\nstruct S {{\n  int member() const {{\n{body(70)}  }}\n}};\n}}\n", "apps/cli/c.h:3: member has 72"),
    ("apps/cli/d.cpp", f'std::vector<Verb> rows() {{\n  return {{\n    {{"a {{", [] {{\n{body(60)}    }}}},\n  }};\n}}\n',
     "apps/cli/d.cpp:1: rows has 66 lines"),
    ("apps/cli/e.cpp", f"template <class T>\nT\nspread(\n    int a)\n    requires(true) {{\n{body(60)}}}\n", "apps/cli/e.cpp:1: spread has 66"),
    ("apps/cli/f.cpp", f"A::A(int x)\n    : x_(x) {{\n{body(60)}}}\nbool operator==(A a, A b) {{\n{body(61)}}}\n",
     "apps/cli/f.cpp:64: operator== has 63"),
]


def judge(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return check(Path(folder))[0]


def selftest():
    failures = []
    if said := judge(RIGHT):
        failures.append("a right tree is refused:\n  " + "\n  ".join(said))
    for file, text, expected in PLANTED:
        said = judge({**RIGHT, file: text})
        if not any(expected in words for words in said):
            failures.append(f"not caught in {file}\n  expected: {expected}\n  said: {said}")
    if failures:
        sys.exit("\n".join(failures) + f"\n[functions] {len(failures)} trees were judged wrongly")
    print(f"a right tree passes, and each of {len(PLANTED)} planted functions is named")


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    violations, count = check(Path(sys.argv[1]))
    if count == 0:
        sys.exit(f"[functions] no functions in {sys.argv[1]}: give the project's root")
    if violations:
        sys.exit("\n".join(violations) + f"\n[functions] {len(violations)} functions are too long")
    print(f"{count} functions, and none is too long")


if __name__ == "__main__":
    main()
