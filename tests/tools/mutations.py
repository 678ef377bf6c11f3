"""The mutants of a C++ source: the source with one change each. tests/tools/mutate.py tries them.

These changes are made:
  - an arithmetic operator becomes its inverse: + and -, * and /, ++ and --, += and -=, *= and /=; a minus sign is removed
  - a comparison moves its bound, < and <=, or turns round, < and >=; == and !=; && and ||; std::min and std::max; true and false
  - the constant 0 becomes 1; 1 becomes 0 and 2; another whole number one more; any other number twice itself
  - a condition of `if` or `while` is negated
  - a statement is removed: a call, an assignment, `break` or `continue`

Comments, texts, preprocessor lines, compile-time assertions, types in templates and the parts of an error message stay.
"""
import re
from dataclasses import dataclass

LEFT_ALONE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])\'|^[ \t]*#[^\n]*'
    r'|\bstatic_assert\([^;]*;|\btemplate <[^>]*>|\boperator[^\s(]+|\bthrow\b[^;]*;',
    re.S | re.M)
# Calls with the parts of an error message, and the number of arguments before these parts.
MESSAGES = re.compile(r"\b(?P<name>check|fail)\((?!bool\b|const\b)")
BEFORE_MESSAGE = {"check": 1, "fail": 0}

OPERATORS = {
    " < ": [" <= ", " >= "], " <= ": [" < ", " > "], " > ": [" >= ", " <= "], " >= ": [" > ", " < "],
    " == ": [" != "], " != ": [" == "], " && ": [" || "], " || ": [" && "],
    " + ": [" - "], " - ": [" + "], " * ": [" / "], " / ": [" * "], " % ": [" / "],
    " += ": [" -= "], " -= ": [" += "], " *= ": [" /= "], " /= ": [" *= "],
    "++": ["--"], "--": ["++"], "std::min(": ["std::max("], "std::max(": ["std::min("], "true": ["false"], "false": ["true"]}
# An operator may end a line.
OPERATOR = re.compile("|".join(
    rf"(?<![\w:]){re.escape(old)}(?!\w)" if old[0].isalpha() else re.escape(old.rstrip()) + r"(?=\s)" if old[0] == " " else
    re.escape(old) for old in OPERATORS))
SIGN = re.compile(r"(?:(?<=[(\[{,=?:<>*/+] )|(?<=[(\[{])|(?<=\breturn ))-(?=[\w(])")
CONSTANT = re.compile(r"(?<![\w.'])(?:\d+\.\d*(?:e[-+]?\d+)?|\d+(?:e[-+]?\d+)?)(?![\w.'])")
CONDITION = re.compile(r"\b(?:if(?: constexpr)?|while) \(")
# A statement at the start of a line or after an `if` or `for` in the same line. A declaration has a space between its type and
# its name, and so has `return x`.
STATEMENT = re.compile(
    r"^(?P<lead>[ \t]+(?:(?:if|for|while) \([^{}\n]*\) |else )?)(?P<word>(?:\+\+|--)?\*?[A-Za-z_][\w.:>\-]*(?:\[[^\n=;]*?\])*"
    r"(?=\(| (?:[-+*/|&^]|<<|>>)?= |\+\+|--|;))", re.M)
NO_STATEMENT = {"return", "if", "for", "while", "switch", "static_assert", "sizeof", "default", "public", "private", "else", "do",
                "try", "catch", "defined", "alignas"}


@dataclass(frozen=True)
class Mutant:
    source: str
    begin: int
    end: int
    new: str

    def of(self, text):
        return text[:self.begin] + self.new + text[self.end:]

    def line(self, text):
        return text.count("\n", 0, self.begin) + 1

    def lines(self, text):
        """Returns the lines that change, before and after, each as one line."""
        first = text.rfind("\n", 0, self.begin) + 1
        last = text.find("\n", self.end)
        last = len(text) if last < 0 else last
        after = text[first:self.begin] + self.new + text[self.end:last]
        return " ".join(text[first:last].split()), " ".join(after.split())


def bracket_end(code, begin, stops=()):
    """Returns the place of the first of `stops` or of a closing bracket, outside of brackets that open after `begin`."""
    depth = 0
    for at in range(begin, len(code)):
        letter = code[at]
        if depth == 0 and (letter in stops or letter in ")]}"):
            return at
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(letter, 0)
    return len(code)


def blank(code, begin, end):
    return code[:begin] + re.sub(r"[^\n]", " ", code[begin:end]) + code[end:]


def code_of(text):
    """Returns the text with blanks in place of all that no mutant changes."""
    code = LEFT_ALONE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    for m in list(MESSAGES.finditer(code)):
        at = m.end()
        for _ in range(BEFORE_MESSAGE[m["name"]]):
            at = bracket_end(code, at, ",") + 1
        code = blank(code, at, bracket_end(code, at))
    return code


def of_constant(word):
    if word.isdigit():
        value = int(word)
        return ["1"] if value == 0 else ["0", "2"] if value == 1 else [str(value + 1)]
    value = float(word)
    return ["1.0" if value == 0 else repr(2 * value)]


def mutants_of(source, text):
    """Returns all mutants of a source, in the order of their places."""
    code = code_of(text)
    found = []

    def add(begin, end, new):
        found.append(Mutant(source, begin, end, new))

    for m in OPERATOR.finditer(code):
        key = m[0] if m[0] in OPERATORS else m[0] + " "
        for new in OPERATORS[key]:
            add(m.start(), m.end(), new if m[0] in OPERATORS else new.rstrip())
    for m in SIGN.finditer(code):
        add(m.start(), m.end(), "")
    for m in CONSTANT.finditer(code):
        for new in of_constant(m[0]):
            add(m.start(), m.end(), new)
    for m in CONDITION.finditer(code):
        begin, end = m.end(), bracket_end(code, m.end())
        while (at := bracket_end(code, begin, ";")) < end:  # if (auto x = f(); x > 0)
            begin = at + 1
        while begin < end and code[begin].isspace():
            begin += 1
        if not re.match(r"(?:const )?(?:auto|[\w:]+)[&*]* \*?\w+ = ", code[begin:end]):  # a declaration that is tested
            add(begin, end, f"!({text[begin:end]})")
    for m in STATEMENT.finditer(code):
        if m["word"] in NO_STATEMENT or m["word"].startswith("static_cast"):
            continue
        before = code[:m.start() + len(m["lead"])].rstrip()
        if not before or before[-1] not in ";{})" and not before.endswith("else"):
            continue  # the continuation of a longer expression
        if code[m.end():m.end() + 1] == "(" and re.match(
                r"\s*(?:[:{]|const\b|noexcept\b)", code[bracket_end(code, m.end() + 1) + 1:][:40]):
            continue  # the definition of a constructor
        end = bracket_end(code, m.start("word"), ";")
        if end < len(code) and code[end] == ";":
            add(m.start("word"), end, "")
    return sorted(set(found), key=lambda one: (one.begin, one.end, one.new))


def selftest():
    """Compares the mutants of a small source with those that are expected of it."""
    text = """\
#include "a.h"  // 1 + 1
real f(const real* x, int n) {
  check(n > 0, "f", "there are ", n + 1, " numbers");
  real sum = 0;
  for (int i = 0; i < n; ++i) sum += x[i];
  if (n == 3 && !empty()) clear("a - b");
  throw Failure("a + b", 1 - n);
  return -sum * 0.5;
}
"""
    found = {tuple(mutant.lines(text)) for mutant in mutants_of("f.cpp", text)}
    expected = {
        "check(n > 0, \"f\", \"there are \", n + 1, \" numbers\");": [
            "check(n >= 0, \"f\", \"there are \", n + 1, \" numbers\");", "check(n <= 0, \"f\", \"there are \", n + 1, \" numbers\");",
            "check(n > 1, \"f\", \"there are \", n + 1, \" numbers\");", ";"],
        "real sum = 0;": ["real sum = 1;"],
        "for (int i = 0; i < n; ++i) sum += x[i];": [
            "for (int i = 1; i < n; ++i) sum += x[i];", "for (int i = 0; i <= n; ++i) sum += x[i];",
            "for (int i = 0; i >= n; ++i) sum += x[i];", "for (int i = 0; i < n; --i) sum += x[i];",
            "for (int i = 0; i < n; ++i) sum -= x[i];", "for (int i = 0; i < n; ++i) ;"],
        "if (n == 3 && !empty()) clear(\"a - b\");": [
            "if (n != 3 && !empty()) clear(\"a - b\");", "if (n == 4 && !empty()) clear(\"a - b\");",
            "if (n == 3 || !empty()) clear(\"a - b\");", "if (!(n == 3 && !empty())) clear(\"a - b\");",
            "if (n == 3 && !empty()) ;"],
        "return -sum * 0.5;": ["return sum * 0.5;", "return -sum / 0.5;", "return -sum * 1.0;"]}
    wanted = {(before, after) for before, all_after in expected.items() for after in all_after}
    for pair in sorted(wanted ^ found):
        print("[mutations] " + ("not made: " if pair in wanted else "not expected: ") + " -> ".join(pair))
    return 1 if wanted != found else 0


if __name__ == "__main__":
    raise SystemExit(selftest())
