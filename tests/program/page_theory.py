#!/usr/bin/env python3
"""Checks that the page's help finds its sections in docs/theory.md and can read their equations.

usage: page_theory.py ROOT
"""

import json
import sys
from pathlib import Path

SECTION = """## 1. Words

### A claim

With $x_t$, see [the page](page.md), `code` and **more**.

```math
\\frac{d}{dt}\\phi_t(x) = \\sum_{k=1}^n \\text{if } a_k
```

- **Computed by** nothing

### Another claim

$y$
"""


def fails(what, words):
    try:
        what()
    except ValueError as error:
        assert words in str(error), error
        return
    raise AssertionError(f"nothing says {words!r}")


def main():
    root = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(root / "apps/page"))
    import theory

    sections = json.loads(theory.of_help())
    assert len(sections) >= 10, f"the help has {len(sections)} sections of the theory"
    for place, section in sections.items():
        kinds = json.dumps(section["parts"])
        assert '"p"' in kinds and '"math"' in kinds, f"{place} has no text or no equation"

    one = theory.read_sections(SECTION, {"a-claim"})
    words, equation = one["a-claim"]["parts"]
    assert words == ["p", "With ", ["math", ["msub", ["mi", "x"], ["mi", "t"]]], ", see the page, code and more."], words
    assert equation[:3] == ["math", {"display": "block"}, ["mfrac", ["mi", "d"], ["mrow", ["mi", "d"], ["mi", "t"]]]], equation
    assert equation[3:5] == [["msub", ["mi", "ϕ"], ["mi", "t"]], ["mo", {"stretchy": "false"}, "("]], equation
    low = ["mrow", ["mi", "k"], ["mo", "="], ["mn", "1"]]
    assert ["munderover", ["mo", "∑"], low, ["mi", "n"]] in equation and ["mtext", "if "] in equation, equation
    fails(lambda: theory.read_sections(SECTION, {"a-claim", "no-claim"}), "docs/theory.md has no section no-claim")
    fails(lambda: theory.Equation("\\begin{pmatrix}").read(), "does not know \\begin")
    fails(lambda: theory.Equation("{x").read(), "} is missing")
    print(f"the help has {len(sections)} sections of docs/theory.md")


if __name__ == "__main__":
    main()
