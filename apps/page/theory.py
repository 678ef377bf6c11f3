#!/usr/bin/env python3
"""Reads docs/theory.md for the page's help: each section as plain parts, its equations as trees of MathML elements.

usage: theory.py --write | --check     writes apps/page/web/theory.json, or fails if the file is not up to date

The bundle of the live page reads the sections anew. The program embeds the file in its reports, since its build needs no Python.
A part is a text, or a list that begins with the name of a MathML element and goes on with its parts; a dictionary gives its
attributes. The page makes elements of them, so no text of the document is read as HTML.
"""

import json
import re
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent / "web"
THEORY = Path(__file__).resolve().parents[2] / "docs" / "theory.md"
# Commands that are one character: letters are identifiers, the others operators.
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "ϕ", "varphi": "φ", "psi": "ψ", "omega": "ω",
    "Phi": "Φ", "Psi": "Ψ", "Sigma": "Σ", "Delta": "Δ", "infty": "∞", "ell": "ℓ", "xi": "ξ", "zeta": "ζ", "ln": "ln\u2009", "exp": "exp", "log": "log\u2009",
    "det": "det", "min": "min", "max": "max", "arg": "arg", "dots": "…", "cdots": "⋯", "ldots": "…", "emptyset": "∅",
}
OPERATORS = {
    "sum": "∑", "int": "∫", "prod": "∏", "nabla": "∇", "partial": "∂", "mid": "|", "sim": "∼", "cdot": "·", "times": "×", "to": "→",
    "le": "≤", "ge": "≥", "ne": "≠", "neq": "≠", "in": "∈", "notin": "∉", "approx": "≈", "propto": "∝", "Vert": "‖", "|": "‖", "{": "{",
    "}": "}", "#": "#", "langle": "⟨", "rangle": "⟩", "circ": "∘", "pm": "±", "top": "⊤", "leftarrow": "←", "rightarrow": "→", "mapsto": "↦",
    "Rightarrow": "⇒", "forall": "∀", "ll": "≪", "gg": "≫", "star": "⋆", "setminus": "∖", "Leftrightarrow": "⇔", "lVert": "‖", "rVert": "‖", "lvert": "|",
    "rvert": "|", "prime": "′", "subset": "⊂", "cup": "∪", "equiv": "≡", "leq": "≤", "geq": "≥", "odot": "⊙",
}
SPACES = {",": "0.17em", ";": "0.28em", ":": "0.22em", " ": "0.25em", "quad": "1em", "qquad": "2em", "!": "-0.17em"}
SIZES = {"bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr", "big", "Big", "left", "right", "displaystyle"}
ACCENTS = {"dot": "˙", "ddot": "¨", "hat": "^", "tilde": "~", "bar": "¯", "overline": "¯"}
STACKED = {"∑", "∏", "min", "max"}  # operators whose limits are below and above
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|[^\s]", re.S)


def operator(text):
    """Returns an operator. Brackets keep their size, whatever is beside them."""
    return ["mo", {"stretchy": "false"}, text] if text in "()[]{}|‖⟨⟩" else ["mo", text]


def double_struck(letter):
    return {"E": "𝔼", "R": "ℝ", "P": "ℙ", "N": "ℕ", "1": "𝟙"}[letter]


def script(letter):
    return {"L": "ℒ", "N": "𝒩", "U": "𝒰", "T": "𝒯", "W": "𝒲", "F": "ℱ", "D": "𝒟"}[letter]


class Equation:
    """Reads the LaTeX of one equation into parts. Raises ValueError for a command that it does not know."""

    def __init__(self, latex):
        self.latex = latex
        self.tokens = TOKEN.findall(latex)
        self.at = 0

    def read(self):
        parts = self.parts(None)
        return parts

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self):
        token = self.peek()
        if token is None:
            raise ValueError(f"the equation {self.latex!r} ends too early")
        self.at += 1
        return token

    def parts(self, end):
        found = []
        while self.peek() is not None and self.peek() != end:
            found.append(self.with_scripts(self.atom()))
        if end is not None:
            if self.peek() is None:
                raise ValueError(f"{end} is missing in {self.latex!r}")
            self.take()
        return [p for p in found if p is not None]

    def group(self):
        """Returns one argument: what is in braces, or one atom."""
        if self.peek() == "{":
            self.take()
            inside = self.parts("}")
            return inside[0] if len(inside) == 1 else ["mrow", *inside]
        return self.atom()

    def with_scripts(self, base):
        low = high = None
        while self.peek() in ("_", "^", "'"):
            token = self.take()
            if token == "_":
                low = self.group()
            elif token == "^":
                high = self.group()
            else:
                high = ["mo", "′"]
        if low is None and high is None:
            return base
        stacked = isinstance(base, list) and isinstance(base[-1], str) and base[-1] in STACKED
        names = ("munder", "mover", "munderover") if stacked else ("msub", "msup", "msubsup")
        if high is None:
            return [names[0], base, low]
        return [names[1], base, high] if low is None else [names[2], base, low, high]

    def text_in_braces(self):
        """Returns the text of an argument as it was written, with its spaces."""
        start = self.latex.index("{", self.place())
        depth, k = 0, start
        while True:
            depth += {"{": 1, "}": -1}.get(self.latex[k], 0)
            k += 1
            if depth == 0:
                break
        inside = self.latex[start + 1 : k - 1]
        for _ in TOKEN.findall(self.latex[start:k]):
            self.take()
        return inside

    def place(self):
        """Returns where the next token begins in the LaTeX."""
        matches = list(TOKEN.finditer(self.latex))
        return matches[self.at].start() if self.at < len(matches) else len(self.latex)

    def atom(self):
        token = self.take()
        if token == "{":
            return ["mrow", *self.parts("}")]
        if token.startswith("\\"):
            return self.command(token[1:])
        if token == "&":
            return None
        if token[0].isdigit():
            return ["mn", token]
        if token.isalpha():
            return ["mi", token]
        return operator({"-": "−", "*": "∗"}.get(token, token))

    def command(self, name):
        if name in LETTERS:
            return ["mi", LETTERS[name]]
        if name in OPERATORS:
            return operator(OPERATORS[name])
        if name in SPACES:
            return ["mspace", {"width": SPACES[name]}]
        if name in SIZES:
            if self.peek() == ".":
                self.take()
            return None
        if name in ("frac", "tfrac", "dfrac"):
            return ["mfrac", self.group(), self.group()]
        if name == "sqrt":
            return ["msqrt", self.group()]
        if name in ACCENTS:
            return ["mover", {"accent": "true"}, self.group(), ["mo", ACCENTS[name]]]
        if name in ("text", "mathrm", "operatorname"):
            inside = self.text_in_braces()
            return ["mtext", inside] if name == "text" else ["mi", {"mathvariant": "normal"}, inside]
        if name == "mathbb":
            return ["mi", double_struck(self.text_in_braces())]
        if name == "mathcal":
            return ["mi", script(self.text_in_braces())]
        if name == "\\":
            return ["mspace", {"linebreak": "newline"}]
        raise ValueError(f"the page's help does not know \\{name}, in {self.latex!r}")


def inline_parts(text):
    """Returns the parts of a paragraph: texts, and equations between dollar signs."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    parts = []
    for k, piece in enumerate(text.split("$")):
        if k % 2:
            parts.append(["math", *Equation(piece).read()])
        elif piece:
            parts.append(piece.replace("`", "").replace("**", ""))
    return parts


def anchor(title):
    """Returns the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def read_sections(text, wanted):
    """Returns the sections with these anchors: {anchor: {title, parts}}. Lists, such as the names of tests, are left out.
    Raises ValueError if a section is missing."""
    sections = {}
    for block in re.split(r"^(?=#{2,3} )", text, flags=re.M)[1:]:
        heading, _, body = block.partition("\n")
        title = heading.lstrip("# ").strip()
        if anchor(title) not in wanted:
            continue
        parts = []
        for piece in re.split(r"(```math\n.*?```)", body, flags=re.S):
            if piece.startswith("```math"):
                parts.append(["math", {"display": "block"}, *Equation(piece[8:-3].strip()).read()])
                continue
            for paragraph in re.split(r"\n\s*\n", piece):
                if paragraph.strip() and not paragraph.lstrip().startswith(("-", "```", "|")):
                    parts.append(["p", *inline_parts(paragraph)])
        sections[anchor(title)] = {"title": title, "parts": parts}
    missing = sorted(set(wanted) - set(sections))
    if missing:
        raise ValueError(f"docs/theory.md has no section {', '.join(missing)}")
    return sections


def of_help():
    """Returns the sections of docs/theory.md that the page's help names, as JSON without the character <."""
    rows = re.findall(r"^  \w+: \[.*, '([a-z-]*)'\],$", (WEB / "help.js").read_text(encoding="utf-8"), re.M)
    sections = read_sections(THEORY.read_text(encoding="utf-8"), {place for place in rows if place})
    return json.dumps(sections, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def main():
    out, text = WEB / "theory.json", of_help() + "\n"
    if sys.argv[1:] == ["--write"]:
        out.write_text(text, encoding="utf-8")
        return 0
    if sys.argv[1:] == ["--check"]:
        if out.is_file() and out.read_text(encoding="utf-8") == text:
            return 0
        print(f"[theory] {out.name} is not what docs/theory.md and help.js make; run apps/page/theory.py --write", file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
