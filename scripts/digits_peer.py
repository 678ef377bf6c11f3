#!/usr/bin/env python3
"""scikit-learn's side of scripts/digits: bits a pixel of held-out images under Gaussians and mixtures of them.

usage: digits_peer.py FILE SHARE SEEDS

FILE is an array of whole grey levels, a row an image. A share of the rows is held out, by another draw for each seed. Levels get
uniform noise on (-1/2, 1/2). Each result is one JSON object in a line on stdout.
"""
import json
import sys
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

NOISES = 4


def main():
    images = numpy.load(sys.argv[1]).astype(float)
    held_out = round(float(sys.argv[2]) * len(images))
    warnings.simplefilter("ignore", ConvergenceWarning)
    for seed in range(int(sys.argv[3])):
        random = numpy.random.default_rng(seed)
        order = random.permutation(len(images))
        noisy = lambda rows: numpy.concatenate([rows + random.uniform(-0.5, 0.5, rows.shape) for _ in range(NOISES)])  # noqa: E731
        train, test = noisy(images[order[held_out:]]), noisy(images[order[:held_out]])
        fits = [{"components": components, "added": added,
                 "bits": -GaussianMixture(components, reg_covar=added, random_state=0).fit(train).score(test)
                 / images.shape[1] / numpy.log(2)} for components in (1, 5, 10, 20) for added in (0.01, 0.1, 1.0)]
        best = lambda some: min(some, key=lambda fit: fit["bits"])  # noqa: E731
        print(json.dumps({"side": "gaussian", "seed": seed, **best([f for f in fits if f["components"] == 1])}), flush=True)
        print(json.dumps({"side": "mixture", "seed": seed, **best(fits)}), flush=True)


if __name__ == "__main__":
    main()
