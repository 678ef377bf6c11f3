"""What an exact minimiser of the OT-CFM loss would do: the floor of OT-CFM's figures, which no network is to blame for.

The loss is least for u(x, t) = E[x1 - x0 | xt = x], xt = (1 - t) x0 + t x1 + sigma z with (x0, x1) coupled within batches. Over
a finite pool of pairs that is a kernel average of their displacements, with weights exp(-|x - (1 - t) x0 - t x1|^2 / 2 sigma^2).
"""
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

BATCHES = 24  # whose pairs make the pool
NEIGHBOURS = 400  # pairs that a point looks at; the weights of others are negligible


def coupled_pairs(source, target, batch, generator):
    """The pool: (x0, x1) of BATCHES batches, source(n) and target(n) drawing n points."""
    pairs = []
    for _ in range(BATCHES):
        x0, x1 = source(batch), target(batch)
        _, partner = linear_sum_assignment(cdist(x0, x1, "sqeuclidean"))
        pairs.append((x0, x1[partner]))
    return tuple(np.concatenate(side) for side in zip(*pairs))


def velocity(x, t, x0, x1, sigma):
    """The exact marginal velocity of the pool at points x (n, D)."""
    distance, pair = cKDTree((1 - t) * x0 + t * x1).query(x, k=NEIGHBOURS)
    weight = np.exp((distance[:, :1] ** 2 - distance ** 2) / (2 * sigma ** 2))
    weight /= weight.sum(1, keepdims=True)
    return np.einsum("nk,nkd->nd", weight, (x1 - x0)[pair])


def trajectory(start, pairs, sigma, steps):
    """Euler from the starting points: (times, n, D)."""
    x, points = start.astype(np.float64), [start.astype(np.float64)]
    for k in range(steps):
        x = x + velocity(x, k / steps, *pairs, sigma) / steps
        points.append(x)
    return np.stack(points)
