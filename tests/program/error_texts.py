#!/usr/bin/env python3
"""Lists the error texts of the library that no test asserts.

usage: error_texts.py ROOT        reads the sources of autograd/ nn/ flow/, and their tests
       error_texts.py --selftest  plants such texts and checks that each is listed

An error text consists of the string literals in a call of check(ok, where, parts...) or fail(where, parts...). Each
literal of at least eight characters must occur in a string of a test below the same top folder. A new check needs a test
of its full text; a test of a part is not enough.
"""

import re
import sys
import tempfile
from pathlib import Path

ROOMS = ["autograd", "nn", "flow"]
# In flow/theory/ the library checks its own equations. Those messages are for people who add an
# equation, and no test needs to assert them.
NOT_READ = ["flow/theory/"]
# The beginnings of texts that no argument can cause, by file.
NEVER = {
    # This text guards against a bug: by their formulas, a move's probabilities add up to 1.
    "flow/discrete/step.cpp": "between t =",
    # These errors need a system without free threads. tests/program/faults_test.cpp provides it.
    "autograd/tensor/workers.cpp": "the system refuses",
    "flow/train/background.cpp": "the system refuses",
}

CALL = re.compile(r"\b(?:check|fail)\(")
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def without_comments(text):
    """Returns the text without comments and character literals. Strings are kept."""
    kept = r'"(?:[^"\\\n]|\\.)*"'
    return re.sub(kept + r"|//[^\n]*|/\*.*?\*/|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])'",
                  lambda m: m[0] if m[0][0] == '"' else "\n" * m[0].count("\n"), text, flags=re.S)


def strings_of(text):
    """Returns the strings of a text. Adjacent strings are joined, as by the compiler."""
    out, end = [], -1
    for m in STRING.finditer(text):
        if end >= 0 and not text[end : m.start()].strip():
            out[-1] += m[1]
        else:
            out.append(m[1])
        end = m.end()
    return [plain(literal) for literal in out]


def plain(literal):
    return literal.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def arguments_end(text, begin):
    """Returns where the parenthesis closes whose content begins at `begin`."""
    depth, at = 1, begin
    while depth and at < len(text):
        if text[at] == '"':
            at = STRING.match(text, at).end()
            continue
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(text[at], 0)
        at += 1
    return at


def texts_of(source):
    """Yields (line, literals) of each error text."""
    code = without_comments(source)
    for call in CALL.finditer(code):
        inside = strings_of(code[call.end() : arguments_end(code, call.end())])
        yield code.count("\n", 0, call.start()) + 1, [text.strip() for text in inside if len(text.strip()) >= 8]


def sources(folder):
    return sorted(p for p in folder.rglob("*") if p.suffix in (".h", ".cpp"))


def violations(root):
    """Returns the faults, one per line, and the number of texts read."""
    out, read = [], 0
    for room in ROOMS:
        asserted = "\n".join(text for p in sources(root / "tests" / room)
                             for text in strings_of(without_comments(p.read_text(encoding="utf-8"))))
        for path in sources(root / room):
            name = path.relative_to(root).as_posix()
            if any(name.startswith(folder) for folder in NOT_READ):
                continue
            for line, texts in texts_of(path.read_text(encoding="utf-8")):
                if name in NEVER and any(text.startswith(NEVER[name]) for text in texts):
                    continue
                read += len(texts)
                out += [f'{name}:{line}: no test in tests/{room} asserts "{text}"; write its row in an errors test'
                        for text in texts if text not in asserted]
    return out, read


def selftest():
    source = """
// check(ok, "here", "a comment is no text");
void f(int n) {
  check(n > 0, "here", n, " rows are too few; ", '"', "give at "
        "least one");
  if (n > 9) detail::fail("here", "there are \\"too many\\" of them");
  check(n != 5, "here", "short");
}
"""
    test = 'CHECK_THROWS_WITH(f(0), "[here] 0 rows are too few; give at least " + one);\n// there are "too many" of them\n'
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for room in ROOMS:
            (root / room).mkdir()
            (root / "tests" / room).mkdir(parents=True)
        (root / "nn/planted.cpp").write_text(source)
        (root / "tests/nn/planted_test.cpp").write_text(test)
        (root / "tests/flow/other_test.cpp").write_text('"give at least one"')
        found, _ = violations(root)
    wanted = ['nn/planted.cpp:4: no test in tests/nn asserts "give at least one"; write its row in an errors test',
              'nn/planted.cpp:6: no test in tests/nn asserts "there are "too many" of them"; write its row in an errors test']
    if found != wanted:
        sys.exit("[error_texts] of the planted texts it found\n" + "\n".join(found) + "\nand not\n" + "\n".join(wanted))


if sys.argv[1:] == ["--selftest"]:
    selftest()
elif len(sys.argv) == 2:
    found, read = violations(Path(sys.argv[1]))
    if found:
        sys.exit("\n".join(found))
    print(f"{read} error texts, and each is asserted")
else:
    sys.exit(__doc__)
