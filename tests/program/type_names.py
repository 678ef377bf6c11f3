#!/usr/bin/env python3
"""Finds types that have the same name and could be confused.

usage: type_names.py ROOT        reads the headers and sources of autograd/ nn/ flow/ apps/ tests/ bench/
       type_names.py --selftest  plants such pairs and checks that each is reported

Definitions of a struct, class, enum or union at namespace scope count, also in anonymous namespaces. Two definitions of
one name are a violation if one's namespace contains the other's: pushforward::Field and pushforward::app::Field, or the
same namespace in two files. Inline and anonymous namespaces count as the namespace around them. Tests are separate
programs: tests in different folders of tests/ may use the same name, unless it is in a file that both include.
"""

import re
import sys
import tempfile
from pathlib import Path

PLACES = ["autograd", "nn", "flow", "apps", "tests", "bench"]

# Text that is not code, in one pattern, so that a quote in a comment or a // in a string opens nothing.
NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s"]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'|^[ \t]*#(?:[^\n\\]|\\.)*?(?:\\\n(?:[^\n\\]|\\.)*?)*$",
    re.S | re.M,
)
NAMESPACE = re.compile(r"\bnamespace\b\s*(?P<name>[\w:\s]*)$")
TYPE = re.compile(r"\b(?:struct|class|union|enum(?:\s+class|\s+struct)?)\s+(?:\[\[.*?\]\]\s*)?(?P<name>\w+)\s*(?:final\s*)?(?::[^:].*)?$", re.S)


def code_of(text):
    """Returns the text with comments, strings and preprocessor lines removed. Line breaks are kept."""
    return NO_CODE.sub(lambda m: "\n" * m[0].count("\n"), text)


def types_of(text):
    """Yields (namespace, name, line) of each type that is defined at namespace scope."""
    code = code_of(text)
    scopes, begin = [], 0  # for each open brace the name of the namespace, or None
    for m in re.finditer(r"[{};]", code):
        head, at = code[begin : m.start()], m.start()
        begin = m.end()
        if m[0] == ";":
            continue
        if m[0] == "}":
            if scopes:
                scopes.pop()
            continue
        opened = None
        if None not in scopes:
            if namespace := NAMESPACE.search(head):
                name = re.sub(r"\binline\s+\w+|\s", "", namespace["name"])
                opened = name.strip(":")
            elif (found := TYPE.search(head)) and "(" not in head[: found.start()] and "=" not in head:
                path = "::".join(scope for scope in scopes if scope)
                yield path, found["name"], code.count("\n", 0, at - len(head) + found.start("name")) + 1
        scopes.append(opened)


def may_meet(a, b):
    """Returns whether code of one program could mean either of two types, given as (file, namespace)."""
    tests = [file.split("/")[1] for file, _ in (a, b) if file.startswith("tests/") and file.endswith(".cpp")]
    if len(set(tests)) == 2 or {a[0].split("/")[0], b[0].split("/")[0]} == {"tests", "bench"}:
        return False
    inner, outer = sorted((a[1], b[1]), key=len, reverse=True)
    return outer == "" or inner == outer or inner.startswith(outer + "::")


def check(root):
    """Returns the violations, and the number of types."""
    places = {}
    for place in PLACES:
        for path in sorted((root / place).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                file = path.relative_to(root).as_posix()
                for namespace, name, line in types_of(path.read_text(encoding="utf-8")):
                    places.setdefault(name, []).append((file, namespace, line))
    violations = []
    for name, found in sorted(places.items()):
        for i, (file, namespace, line) in enumerate(found):
            for other, its_namespace, its_line in found[:i]:
                if may_meet((file, namespace), (other, its_namespace)):
                    violations.append(
                        f"{file}:{line}: {namespace}::{name} is also defined at {other}:{its_line}, "
                        f"in {its_namespace or 'the global namespace'}: give one of them a word of its own"
                    )
    return violations, sum(len(found) for found in places.values())


# A tree without violations. Tests of two folders share a name. Nested types and forward declarations are no definitions,
# nor are those in comments and strings. Names in one namespace do not conflict with names in a namespace beside it.
RIGHT = {
    "autograd/tape.h": "namespace pushforward::inline PF_REAL {\nclass Var;\nclass Tape {\n  struct Line {};\n};\n}\n",
    "flow/path/path.h": "// struct Tape {};\nnamespace pushforward {\nstruct Path {\n  struct Line {};\n};\n}\n",
    "flow/theory/tools.h": "namespace pushforward::equations {\nstruct Moments {};\n}\n",
    "apps/run/folder.cpp": 'namespace pushforward::app {\nnamespace {\nenum class State { open };\n}\nauto s = R"(\nstruct Path {\n)";\n}\n',
    "tests/nn/a_test.cpp": "namespace pushforward {\nnamespace {\nstruct Case {};\n}\n}\n",
    "tests/flow/b_test.cpp": "namespace pushforward {\nnamespace {\nstruct Case {};\n}\n}\n",
}
# (file, text added at its end, expected message)
PLANTED = [
    ("apps/run/folder.cpp", "namespace pushforward::app {\nstruct Path final {};\n}\n",
     "apps/run/folder.cpp:10: pushforward::app::Path is also defined at flow/path/path.h:3, in pushforward: give one"),
    ("nn/module.cpp", "namespace pushforward::inline PF_REAL {\nnamespace {\nclass Path {};\n}\n}\n",
     "flow/path/path.h:3: pushforward::Path is also defined at nn/module.cpp:3, in pushforward"),
    ("apps/run/lock.cpp", "namespace pushforward::app {\nnamespace {\nenum class State : int { shut };\n}\n}\n",
     "apps/run/lock.cpp:3: pushforward::app::State is also defined at apps/run/folder.cpp:3"),
    ("flow/path/path.h", "namespace pushforward {\ntemplate <class T>\nstruct [[nodiscard]] Tape : T {};\n}\n",
     "flow/path/path.h:9: pushforward::Tape is also defined at autograd/tape.h:3"),
    ("tests/tools/desk.h", "namespace pushforward {\nstruct Case {};\n}\n", "tests/tools/desk.h:2: pushforward::Case is also"),
    ("tests/nn/c_test.cpp", "namespace pushforward {\nstruct Case {};\n}\n", "tests/nn/c_test.cpp:2: pushforward::Case is"),
    ("bench/step.cpp", "struct Path {};\n", "bench/step.cpp:1: ::Path is also defined at flow/path/path.h:3, in pushforward"),
]


def judge(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return check(Path(folder))[0]


def selftest():
    failures = []
    if said := judge(RIGHT):
        failures.append("a right tree is refused:\n  " + "\n  ".join(said))
    for file, text, expected in PLANTED:
        said = judge({**RIGHT, file: RIGHT.get(file, "") + text})
        if len(said) == 0 or not any(expected in words for words in said):
            failures.append(f"not caught: {text!r} in {file}\n  expected: {expected}\n  said: {said}")
    if failures:
        sys.exit("\n".join(failures) + f"\n[types] {len(failures)} trees were judged wrongly")
    print(f"a right tree passes, and each of {len(PLANTED)} planted types is named")


def main():
    if sys.argv[1:] == ["--selftest"]:
        return selftest()
    if len(sys.argv) != 2:
        sys.exit(__doc__.split("\n\n")[1])
    violations, count = check(Path(sys.argv[1]))
    if count == 0:
        sys.exit(f"[types] no types in {sys.argv[1]}: give the project's root")
    if violations:
        sys.exit("\n".join(violations) + f"\n[types] {len(violations)} names mean two things")
    print(f"{count} types, and no name means two of them")


if __name__ == "__main__":
    main()
