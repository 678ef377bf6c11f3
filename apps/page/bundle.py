#!/usr/bin/env python3
"""Makes one HTML file of the page: its style, its modules and its engine.

usage: bundle.py ENGINE_FOLDER OUT.html     ENGINE_FOLDER holds engine.js and engine.wasm

Modules are joined in the order of their imports. They share one scope, so a name at the top of a module is unique in the page.
"""

import base64
import gzip
import re
import struct
import sys
from pathlib import Path

import fuse
import theory

WEB = Path(__file__).resolve().parent / "web"
MOST_BYTES = 1_500_000
FEWEST_MULTIPLY_ADDS = 200


def shortened(text):
    """Returns a module without the lines of comments and the blanks at the beginning of lines. No text of a module spans lines."""
    lines = text.split("\n")
    if any(line.count("`") % 2 for line in lines):
        raise SystemExit("[bundle] a text in backticks spans lines, whose blanks would be lost; write it on one line")
    return "".join(line.strip() + "\n" for line in lines if line.strip() and not re.match(r"\s*//", line))


def join_modules(name, done):
    """Returns the module and those that it imports, each once, without the words import and export."""
    if name in done:
        return ""
    done.add(name)
    text = (WEB / name).read_text(encoding="utf-8")
    before = "".join(join_modules(m, done) for m in re.findall(r"^import .* from '\./(.*?)';$", text, re.M))
    text = re.sub(r"^import .*;\n", "", text, flags=re.M)
    text = re.sub(r"^export \{.*\};\n", "", text, flags=re.M)
    return before + shortened(text)


def main():
    engine, out = Path(sys.argv[1]), Path(sys.argv[2])
    module = (engine / "engine.wasm").read_bytes()
    places = fuse.multiply_adds(module)
    if len(places) < FEWEST_MULTIPLY_ADDS:
        raise SystemExit(f"[bundle] {len(places)} multiply-adds of the engine can be fused; there must be {FEWEST_MULTIPLY_ADDS} or the matrix product is slow")
    packed = gzip.compress(struct.pack(f"<{1 + len(places)}I", len(places), *places) + module, compresslevel=9, mtime=0)
    worker = (engine / "engine.js").read_text(encoding="utf-8") + "\n" + shortened((WEB / "worker.js").read_text(encoding="utf-8"))
    parts = {
        "STYLE": (WEB / "style.css").read_text(encoding="utf-8"),
        "ENGINE": base64.b64encode(packed).decode("ascii"),
        "WORKER": worker,
        "THEORY": theory.of_help(),
        "PAGE": join_modules("start.js", set()),
    }
    page = (WEB / "index.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        if name != "STYLE" and re.search(r"</script", text, re.I):
            raise SystemExit(f"[bundle] the part {name} contains </script, which would end it early")
        page = page.replace(f"/*@{name}@*/", text)
    size = len(page.encode("utf-8"))
    if size > MOST_BYTES:
        raise SystemExit(f"[bundle] the page has {size:,} bytes, but may have {MOST_BYTES:,}")
    out.write_text(page, encoding="utf-8")
    print(f"{out}: {size:,} bytes")


if __name__ == "__main__":
    main()
