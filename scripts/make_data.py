#!/usr/bin/python3
"""Rebuilds the stored data sets of data/ from the Debian packages that ship them, or checks them.

    scripts/make_data.py            writes data/digits.npy, data/digits_labels.npy, data/geyser.csv
    scripts/make_data.py --check    compares the stored files with the packages' data; exits 1 if they differ

Needs python3-sklearn (the digits) and r-base-core (the geyser): apt-get install python3-sklearn r-base-core.
The build and the tests do not need them. The script documents where the files come from.
"""
import argparse
import io
import pathlib
import subprocess
import sys

import numpy as np
from sklearn.datasets import load_digits

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


def npy(array):
    """Returns the bytes of an NPY 1.0 file."""
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return file.getvalue()


def digits():
    """Returns (1797, 64) uint8 pixels 0..16, row by row, and (1797,) uint8 labels, in scikit-learn's order."""
    bunch = load_digits()
    pixels = bunch.data.astype(np.uint8)
    labels = bunch.target.astype(np.uint8)
    assert pixels.shape == (1797, 64) and pixels.max() == 16 and (pixels == bunch.data).all()
    assert labels.shape == (1797,) and labels.max() == 9
    return pixels, labels


def geyser():
    """Returns R's `faithful`, 272 rows: length of an eruption and waiting time to the next one, both in minutes."""
    run = subprocess.run(
        ["Rscript", "--vanilla", "-e", "write.csv(faithful, row.names = FALSE, quote = FALSE)"],
        check=True, capture_output=True, text=True)
    lines = run.stdout.splitlines()
    assert lines[0] == "eruptions,waiting" and len(lines) == 273
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the stored files and write nothing")
    check = parser.parse_args().check

    pixels, labels = digits()
    files = {"digits.npy": npy(pixels), "digits_labels.npy": npy(labels), "geyser.csv": geyser().encode("ascii")}
    differ = 0
    for name, content in files.items():
        path = DATA / name
        if not check:
            path.write_bytes(content)
            print(f"wrote {path} ({len(content)} bytes)")
        elif not path.exists() or path.read_bytes() != content:
            print(f"{path} differs from the packages' data; run scripts/make_data.py", file=sys.stderr)
            differ = 1
        else:
            print(f"{path}: equal to the packages' data")
    return differ


if __name__ == "__main__":
    sys.exit(main())
