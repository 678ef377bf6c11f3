#!/usr/bin/env python3
"""Plants one violation at a time in a small tree, which check.py must report. A tree without violations must pass.

usage: selftest.py
"""

import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import check  # noqa: E402

# A tree without violations. It contains the exceptions that the rules allow.
RIGHT = {
    "autograd/tensor/check.h": "#include <string>\n",
    "autograd/tensor/real.h": "",
    "autograd/tensor/math.h": "",
    "autograd/tensor/kernels.h": '#include "autograd/tensor/real.h"\n',
    "autograd/tensor/kernels_simd.cpp": '#include <hwy/highway.h>\n#include "autograd/tensor/kernels.h"\n',
    "autograd/tensor/blas.cpp": '#include <cblas.h>\n#include "autograd/tensor/check.h"\n',
    "autograd/tensor/workers.h": "",
    "autograd/arena.h": '#include "autograd/tensor/check.h"\n',
    "autograd/tape.h": '#include <vector>\n#include "autograd/arena.h"\n',
    "autograd/op.h": "",
    "autograd/ops.h": '#include "autograd/tape.h"\n',
    "autograd/ops_linear.cpp": '#include "autograd/ops.h"\n',
    "autograd/sweep.h": '#include "autograd/tape.h"\n',
    "autograd/derivatives.h": '#include "autograd/sweep.h"\n',
    "autograd/inspect/listing.h": '#include "autograd/tape.h"\n',
    "nn/module.h": '#include "autograd/tape.h"\n// not an #include "flow/path/path.h"\n',
    "nn/layers/linear.h": '#include "nn/module.h"\n',
    "nn/networks/mlp.h": '#include "nn/layers/linear.h"\n',
    "nn/training/update_simd.cpp": "#include <hwy/highway.h>\n",
    "nn/checkpoint/file.h": "",
    "nn/checkpoint/checkpoint.cpp": '#include <nlohmann/json.hpp>\n#include "nn/module.h"\n',
    "flow/field.h": '#include "autograd/tape.h"\n',
    "flow/path/path.h": '#include "flow/field.h"\n',
    "flow/solve/sampler.h": '#include "flow/path/path.h"\n',
    "flow/coupling/cost_rows_simd.cpp": "#include <hwy/highway.h>\n",
    "flow/measure/coverage.h": '#include "autograd/tensor/check.h"\n',
    "flow/discrete/sampler.h": '#include "flow/path/path.h"\n',
    "flow/oracle/oracle.h": "",
    "flow/oracle/exact_field.h": '#include "flow/field.h"\n#include "flow/oracle/oracle.h"\n',
    "apps/failure.h": "",
    "apps/requests.h": '#include "apps/formats/npy.h"\n',
    "apps/main.cpp": '#include "apps/cli/program.h"\n',
    "apps/cli/program.h": "",
    "apps/cli/program.cpp": '#include "apps/engine/engine.h"\n#include "apps/failure.h"\n',
    "apps/cli/options.cpp": '#include <CLI/CLI.hpp>\n',
    "apps/engine/engine.h": '#include "apps/from_config/path.h"\n#include "apps/requests.h"\n',
    "apps/from_config/path.h": '#include "apps/config/config.h"\n#include "flow/path/path.h"\n',
    "apps/config/config.h": '#include "apps/failure.h"\n#include "apps/json/json.h"\n',
    "apps/json/json.h": "#include <nlohmann/json.hpp>\n",
    "apps/formats/npy.h": '#include <zlib.h>\n#include "apps/failure.h"\n#include "nn/checkpoint/file.h"\n',
    "apps/draw/canvas.cpp": '#include <cairo.h>\n#include "nn/checkpoint/file.h"\n',
    "apps/draw/axes.h": '#include "autograd/tensor/check.h"\n',
    "apps/figures/data.h": '#include "apps/draw/axes.h"\n#include "apps/formats/npy.h"\n',
}

# (file, line added at its end, expected message)
PLANTED = [
    # violations of the rules between the folders autograd, nn, flow and apps
    ("autograd/tape.h", '#include "nn/module.h"', "autograd/tape.h:3: autograd may not include nn/module.h: autograd"),
    ("nn/module.h", '  #  include "flow/field.h"', "nn/module.h:3: nn may not include flow/field.h: nn includes auto"),
    ("flow/path/path.h", '#include "nn/module.h"', "flow/path/path.h:2: flow may not include nn/module.h"),
    ("flow/path/path.h", '#include "apps/main.cpp"', "flow may not include apps/main.cpp"),
    ("apps/main.cpp", '#include "tests/tools/catch.h"', "apps may not include tests/tools/catch.h"),
    ("apps/main.cpp", '#include "../build/paths.h"', "apps may not include ../build/paths.h"),
    ("apps/main.cpp", '#include "nn/gone.h"', "nn/gone.h does not exist"),
    ("apps/main.cpp", "#include <nn/module.h>", 'write "nn/module.h" in quotes'),
    ("nn/module.h", '#include "checkpoint.cpp"', 'write "nn/checkpoint.cpp": includes start at'),
    # violations of the rules about other libraries
    ("autograd/tape.h", "#include <nlohmann/json.hpp>", "may not include nlohmann/json.hpp: JSON is read in apps/"),
    ("flow/path/path.h", "#include <nlohmann/json.hpp>", "flow/path/path.h:2: may not include nlohmann/json.hpp: JSON"),
    ("nn/module.h", "#include <nlohmann/json.hpp>", "nn/module.h:3: may not include nlohmann/json.hpp: in nn only"),
    ("nn/checkpoint/file.h", "#include <nlohmann/json.hpp>", "may not include nlohmann/json.hpp: in nn only"),
    ("nn/module.h", "#include <fmt/core.h>", "may not include fmt/core.h: command line, formatting, drawing"),
    ("flow/path/path.h", "#include <zlib.h>", "may not include zlib.h: command line, formatting, drawing and gzip"),
    ("apps/engine/engine.h", "#include <CLI/CLI.hpp>", "engine.h:3: may not include CLI/CLI.hpp: the command line is"),
    ("apps/main.cpp", "#include <CLI/CLI.hpp>", "apps/main.cpp:2: may not include CLI/CLI.hpp: the command line is"),
    ("apps/cli/program.cpp", "#include <CLI/CLI.hpp>", "program.cpp:3: may not include CLI/CLI.hpp: the command line is"),
    ("apps/config/config.h", "#include <nlohmann/json_fwd.hpp>", "may not include nlohmann/json_fwd.hpp: JSON's text is"),
    ("apps/figures/data.h", "#include <cairo-svg.h>", "may not include cairo-svg.h: pictures are drawn in apps/draw/"),
    ("apps/cli/program.h", "#include <webp/mux.h>", "may not include webp/mux.h: pictures are drawn in apps/draw/"),
    ("apps/draw/axes.h", "#include <zlib.h>", "may not include zlib.h: gzip is read in apps/formats/"),
    ("flow/path/path.h", "#include <cblas.h>", "may not include cblas.h: matrix products"),
    ("flow/path/path.h", "#include <hwy/highway.h>", "may not include hwy/highway.h: vectorised passes"),
    ("nn/layers/linear.h", "#include <hwy/highway.h>", "may not include hwy/highway.h: vectorised passes"),
    ("autograd/tape.h", "#include <fstream>", "may not include fstream: files are opened in apps/"),
    ("flow/path/path.h", "#include <unistd.h>", "may not include unistd.h: files are opened in apps/"),
    # violations of the layers within autograd
    ("autograd/tensor/workers.h", '#include "autograd/tape.h"', "may not include autograd/tape.h: tensors know no tape"),
    ("autograd/tensor/workers.h", '#include "autograd/inspect/listing.h"', "tensors know no tape"),
    ("autograd/tensor/kernels.h", '#include "autograd/tensor/workers.h"', "workers.h: kernels stand on cpp20.h"),
    ("autograd/arena.h", '#include "autograd/tape.h"', "may not include autograd/tape.h: memory knows no tape"),
    ("autograd/tape.h", '#include "autograd/sweep.h"', "may not include autograd/sweep.h: the tape is below"),
    ("autograd/op.h", '#include "autograd/ops.h"', "may not include autograd/ops.h: the tape is below"),
    ("autograd/ops_linear.cpp", '#include "autograd/sweep.h"', "may not include autograd/sweep.h: an op is below"),
    # violations of the layers within flow, by any chain of includes
    ("flow/measure/coverage.h", '#include "autograd/tape.h"', "coverage.h:2: may not include autograd/tape.h: measures"),
    ("flow/measure/coverage.h", '#include "flow/field.h"', "may not include flow/field.h -> autograd/tape.h: measures"),
    ("flow/oracle/oracle.h", '#include "flow/field.h"', "oracle.h:1: may not include flow/field.h -> autograd/tape.h: of"),
    ("flow/discrete/sampler.h", '#include "flow/solve/sampler.h"', "may not include flow/solve/sampler.h: discrete flows"),
    ("flow/path/path.h", '#include "flow/solve/sampler.h"', "flow/path/path.h -> flow/solve/sampler.h: discrete flows"),
    # violations of the layers within apps
    ("apps/from_config/path.h", '#include "apps/engine/engine.h"', "path.h:3: may not include apps/engine/engine.h: data and"),
    ("apps/draw/axes.h", '#include "apps/figures/data.h"', "may not include apps/figures/data.h: drawing sees numbers"),
    ("apps/draw/axes.h", '#include "nn/module.h"', "may not include nn/module.h: drawing sees numbers"),
    ("apps/figures/data.h", '#include "flow/field.h"', "may not include flow/field.h: a picture is a function of plain"),
    ("apps/figures/data.h", '#include "nn/module.h"', "may not include nn/module.h: a picture is a function of plain"),
    ("apps/figures/data.h", '#include "apps/engine/engine.h"', "may not include apps/engine/engine.h: a picture is a"),
    ("apps/json/json.h", '#include "apps/config/config.h"', "may not include apps/config/config.h: files and JSON"),
    ("apps/formats/npy.h", '#include "apps/engine/engine.h"', "may not include apps/engine/engine.h: files and JSON"),
    # cycles of includes between folders
    (
        "nn/layers/linear.h",
        '#include "nn/networks/mlp.h"',
        "nn/layers/linear.h:2: folders form a circle, nn/layers -> nn/networks -> nn/layers: this includes nn/networks/mlp.h",
    ),
    ("nn/layers/linear.h", '#include "nn/networks/mlp.h"', "nn/networks/mlp.h:1: folders form a circle"),
    ("nn/module.h", '#include "nn/networks/mlp.h"', "nn/module.h:3: folders form a circle, nn -> nn/networks -> nn/layers -> nn:"),
    ("autograd/tape.h", '#include "autograd/inspect/listing.h"', "folders form a circle, autograd -> autograd/inspect ->"),
    ("apps/config/config.h", '#include "apps/cli/program.h"', "folders form a circle, apps/cli -> apps/engine -> apps/fr"),
    ("apps/failure.h", '#include "apps/config/config.h"', "folders form a circle, apps/config -> apps/failure -> apps/"),
    ("apps/cli/program.h", '#include "apps/main.cpp"', "folders form a circle, apps/cli -> apps/main -> apps/cli"),
    # files that are too long
    ("flow/path/path.h", "\n" * 460, "flow/path/path.h:462: the file has 462 lines; 450 are the most"),
    ("tests/flow/path/path_test.cpp", "\n" * 451, "the file has 452 lines; 450 are the most"),
    ("scripts/packages", "\n" * 451, "scripts/packages:452: the file has 452 lines"),
]


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def judge(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, files)
        return check.check(root)[0]


def main():
    failures, heard = [], []
    if said := judge(RIGHT):
        failures.append("a right tree is refused:\n  " + "\n  ".join(said))
    for file, line, expected in PLANTED:
        said = judge({**RIGHT, file: RIGHT.get(file, "") + line + "\n"})
        heard += said
        if not any(expected in words for words in said):
            failures.append(f"not caught: {line.strip()} in {file}\n  expected: {expected}\n  said: {said}")
    many = {f"flow/path/p{i}.h": "" for i in range(check.MAX_FILES)}
    if "flow/path:1: the folder has 46 files; 45 are the most, split it by topic" not in judge({**RIGHT, **many}):
        failures.append("a folder of 46 files passes")
    for rule in [*check.RULES, *check.UNREACHABLE]:
        if not any(rule.reason in words for words in heard):
            failures.append(f"no planted violation breaks the rule: {rule.reason}")
    if failures:
        sys.exit("\n".join(failures) + f"\n[includes] {len(failures)} trees were judged wrongly")
    print(f"a right tree passes, and each of {len(PLANTED) + 1} planted violations is named")


if __name__ == "__main__":
    main()
