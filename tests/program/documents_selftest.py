#!/usr/bin/env python3
"""Plants one wrong name at a time in small documents, which documents.py must report. Right documents must pass.

usage: documents_selftest.py
"""

import sys
import tempfile
from pathlib import Path

import documents

PROGRAM = {
    "train": {"--resume", "--out"},
    "sample": {"--out", "--label", "-n"},
    "config": {"show", "check"},
}
RIGHT = {
    "autograd/README.md": "# The tape\n\n[tape.h](tape.h)\n",
    "autograd/tape.h": "// The tape of ops_linear.cpp, see autograd/tape.h.\nclass Tape {\n  int line_count(int x);\n};\nconstexpr int kLines = 3;\n",
    "autograd/ops_linear.cpp": '// Products.\nconst char* kName = "matmul_op";  // it was called mat_product\n',
    "nn/README.md": "[layer.h](layers/layer.h)\n",
    "nn/layers/layer.h": '// A layer.\nstruct SelfAttention { int heads; };\nconst char* kFile = "model.safetensors";\n',
    "flow/README.md": "",
    "apps/README.md": "",
    "scripts/test": "#!/bin/sh\n# --werror --build\n",
    "scripts/demo": "#!/bin/sh\n# --out\n",
    "tests/nn/layers/layer_test.cpp": 'TEST_CASE("a layer has "\n          "heads") {}\n',
    "tests/program/tree.cmake": 'add_test(NAME "tree: sizes"\n  COMMAND x)\nset_tests_properties(x PROPERTIES LABELS "program;tree")\n',
    "data/configs/moons.json": "{}\n",
    "data/README.md": "`moons`\n",
    "HACKING.md": "| `autograd/` | x |\n| `nn/layers/` | x |\n",
    "README.md": """# Right, and *all* of it

`autograd/tape.h`, `tape.h`, `ops_*.cpp`, `autograd/ops_{linear,linear}.cpp`, `tests/nn/`, `data/configs/NAME.json`, `model.safetensors`, `runs/moons`
`Tape`, `Tape::line_count`, `line_count(3)`, `kLines`, `SelfAttention`, `torch.nn.NoSuchLayer`, `u_theta(x, t)`, `matmul_op`, `t = 0`
`scripts/test --werror`, `scripts/test nn/layers`, `scripts/test -L tree`, `ctest --test-dir build -R "a layer"`, `A.npy`
`pushforward train CONFIG.json --resume`, `sample RUN -n N --out FILE.npy`, `--label`, `config show\\|check`, `--werror`
`line_count` (autograd/tape.h), "a layer has heads" (tests/nn/layers/layer_test.cpp), [a heading](#right-and-all-of-it), [nn](nn/README.md)
We tried 10,000 configs in 3 ms.

```sh
build/pushforward train data/configs/moons.json train.steps=5 --out x   # --not-a-flag
scripts/demo --out x
build/tests/nn_tests_f64
```

```cpp
#include <nowhere/at_all.h>
Tape tape;  // not_there()
int n = tape.line_count(std::max_element(2));
```

```text
autograd/tape.h:81 has 5 files
```
""",
}

# Text that is put at the end of a document, and what the check has to say.
PLANTED = [
    ("README.md", "`autograd/gone.h`", "README.md:25: there is no file autograd/gone.h"),
    ("README.md", "`gone.cpp`", "there is no file gone.cpp"),
    ("README.md", "`ops_*.h`", "there is no file ops_*.h"),
    ("README.md", "`tape.{h,cpp}`", "there is no file tape.cpp"),
    ("README.md", "`verb_*`", "there is no file verb_*"),
    ("README.md", "`gone.safetensors.json`", "there is no file gone.safetensors.json"),
    ("nn/README.md", "`tape.h`", "nn/README.md:2: there is no file tape.h"),
    ("README.md", "`scripts/gone`", "there is no file scripts/gone"),
    ("README.md", "`scripts/gone --out x`", "there is no script scripts/gone"),
    ("README.md", "`scripts/demo --werror`", "scripts/demo has no --werror"),
    ("README.md", "`scripts/test flow/solve`", "there is no folder tests/flow/solve"),
    ("README.md", "`ctest -L gone`", "no test has the label gone"),
    ("README.md", "`scripts/test -R rotary`", "no test has a name that matches rotary"),
    ("README.md", "```sh\nscripts/demo --gone\n```", "README.md:26: scripts/demo has no --gone"),
    ("README.md", "`pushforward fly`", "pushforward has no verb fly"),
    ("README.md", "`fly RUN --out FILE.npy`", "pushforward has no verb fly"),
    ("README.md", "`pushforward train x.json --label 3`", "pushforward train has no --label"),
    ("README.md", "`--gone`", "neither pushforward nor a script has --gone"),
    ("README.md", "```sh\npushforward train data/configs/gone.json\n```", "there is no file data/configs/gone.json"),
    ("README.md", "```sh\ncmake --build build --target gone\n```", "the build has no target gone"),
    ("README.md", "`build/tests/gone_tests_f64`", "the build has no target gone_tests_f64"),
    ("README.md", "`SelfAtention`", "nothing in the code is called SelfAtention"),
    ("README.md", "`mat_product`", "nothing in the code is called mat_product"),
    ("README.md", "`Gone`", "nothing in the code is called Gone"),
    ("README.md", "`line_cuont(3) + 1`", "nothing in the code is called line_cuont"),
    ("README.md", "`Tape::heads`", "nothing in the code is called Tape::heads"),
    ("README.md", "```cpp\ntape.line_cuont(3);\n```", "README.md:26: nothing in the code is called line_cuont"),
    ("README.md", "```cpp\noptions.meaning = 3;\n```", "nothing in the code is called meaning"),
    ("README.md", "`kLines` (nn/layers/layer.h)", "nn/layers/layer.h has no kLines"),
    ("README.md", '"a layer has tails" (tests/nn/layers/layer_test.cpp)', 'layer_test.cpp has no test "a layer has tails"'),
    ("README.md", "[x](docs/gone.md)", "the link docs/gone.md leads nowhere"),
    ("README.md", "[x](HACKING.md#gone)", "HACKING.md has no heading #gone"),
    ("README.md", "It has 397 tests.", '"397 tests" goes stale'),
    ("README.md", "It has 1,200 header files.", '"1,200 header files" goes stale'),
    ("README.md", "| file | lines |", "a column of counts goes stale"),
    ("README.md", "See autograd/tape.h:81.", 'the place "autograd/tape.h:81" goes stale'),
    ("autograd/tape.h", "// See gone_files.cpp.", "autograd/tape.h:6: gone_files.cpp is named here, and"),
    ("autograd/tape.h", "/* See nn/tape.h. */", "nn/tape.h is named here, and there"),
    ("autograd/tape.h", 'fail("write it into gone.cpp");', "autograd/tape.h:6: gone.cpp is named here, and there is no such"),
    ("scripts/demo", "# As tests/gone_test.cpp does.", "scripts/demo:3: tests/gone_test.cpp is named here, and there"),
    ("autograd/rules.h", "// Rules.", "autograd/README.md:1: no link to autograd/rules.h"),
    ("data/configs/rings.json", "{}", "data/README.md:1: nothing is said of data/configs/rings.json"),
    ("nn/training/ema.cpp", "// Averages.", "HACKING.md:1: the map has no row for nn/training/"),
]


def judge(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return documents.check(root, documents.Program(verbs=PROGRAM))[0]


def main():
    failures = []
    if said := judge(RIGHT):
        failures.append("right documents are refused:\n  " + "\n  ".join(said))
    for file, text, expected in PLANTED:
        said = judge({**RIGHT, file: RIGHT.get(file, "") + text + "\n"})
        if not any(expected in words for words in said):
            failures.append(f"not caught: {text!r} in {file}\n  expected: {expected}\n  said: {said}")
    if failures:
        sys.exit("\n".join(failures) + f"\n[documents] {len(failures)} documents were judged wrongly")
    print(f"right documents pass, and each of {len(PLANTED)} planted names is found")


if __name__ == "__main__":
    main()
