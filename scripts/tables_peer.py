#!/usr/bin/env python3
"""scikit-learn's side of scripts/tables: the likelihood of held-out rows under Gaussians, and filled cells.

usage: tables_peer.py FOLDER

FOLDER has train.csv, test.csv, the same test rows with missing cells in gaps.csv, and kinds.json with the kind of each column.
The result is one JSON object on stdout. Rows are encoded as the program encodes them (docs/tables.md): a whole number gets
uniform noise on (0, 1), and a category becomes one number for each value, uniform on (0, 1), plus 1 for the value of the row.
The likelihoods are therefore the same quantity on both sides: a density, or a lower bound where columns are whole.
"""
import csv
import json
import pathlib
import sys
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.mixture import GaussianMixture

NOISES = 5
MOST_COMPONENTS = 12


def read(path):
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


class Code:
    """The columns of a table as numbers. With `reduced`, a category has no number for its last value: the numbers of all values
    add up to 1, from which a chain of linear regressions would always predict the number that it began with."""

    def __init__(self, kinds, rows, reduced=False):
        self.kinds, self.reduced = kinds, reduced
        self.values = [sorted({row[k] for row in rows}) if kind == "category" else None for k, kind in enumerate(kinds)]

    def encode(self, rows, random=None):
        """Returns the code of the rows, without noise if `random` is None. Missing cells are NaN."""
        columns = []
        for k, kind in enumerate(self.kinds):
            cells = [row[k] for row in rows]
            if kind == "category":
                for value in self.values[k][:-1] if self.reduced else self.values[k]:
                    columns.append([float("nan") if cell == "" else float(cell == value) for cell in cells])
            else:
                columns.append([float("nan") if cell == "" else float(cell) for cell in cells])
        code = numpy.array(columns).T
        if random is not None:
            code[:, self.whole()] += random.uniform(size=(len(rows), int(self.whole().sum())))
        return code

    def whole(self):
        return numpy.array([kind in ("category", "integer") for k, kind in enumerate(self.kinds)
                            for _ in (self.values[k] or [None])])

    def decode(self, code):
        """Returns the numbers of each row, and of a category the place of the largest number."""
        columns, at = [], 0
        for values in self.values:
            width = len(values) - self.reduced if values else 1
            numbers = code[:, at:at + width]
            if values and self.reduced:
                numbers = numpy.hstack([numbers, 1 - numbers.sum(1, keepdims=True)])
            columns.append(numbers.argmax(1) if values else numbers[:, 0])
            at += width
        return numpy.array(columns, float).T


def likelihoods(code, train, test):
    """Returns the mean negative log-likelihood of test rows under a Gaussian and under a mixture chosen by BIC."""
    random = numpy.random.default_rng(0)
    known = code.encode(train, random)
    mean, std = known.mean(0), known.std(0)
    known = (known - mean) / std
    asked = [(code.encode(test, random) - mean) / std for _ in range(NOISES)]
    fits = []
    for shape in ("full", "diag"):
        for components in range(1, MOST_COMPONENTS + 1):
            mixture = GaussianMixture(components, covariance_type=shape, random_state=0, n_init=2, max_iter=300).fit(known)
            fits.append((mixture.bic(known), shape, components, mixture))
    one = next(mixture for _, shape, components, mixture in fits if shape == "full" and components == 1)
    best = min(fits, key=lambda fit: fit[0])
    nll = lambda mixture: float(numpy.log(std).sum() - numpy.mean([mixture.score(rows) for rows in asked]))
    return {"gaussian_nll": nll(one), "mixture_nll": nll(best[3]), "mixture": f"{best[2]} {best[1]}"}


def main():
    folder = pathlib.Path(sys.argv[1])
    warnings.simplefilter("ignore", ConvergenceWarning)
    names, train = read(folder / "train.csv")
    test, gaps = read(folder / "test.csv")[1], read(folder / "gaps.csv")[1]
    kinds = json.loads((folder / "kinds.json").read_text())
    code = Code(kinds, train)
    result = likelihoods(code, train, test)
    code = Code(kinds, train, reduced=True)
    known, given = code.encode(train), code.encode(gaps)
    means = numpy.where(numpy.isnan(given), known.mean(0), given)
    chained = IterativeImputer(random_state=0, max_iter=30).fit(known).transform(given)
    result["mean"] = code.decode(means).tolist()
    result["iterative"] = code.decode(chained).tolist()
    result["values"] = code.values
    print(json.dumps(result))


if __name__ == "__main__":
    main()
