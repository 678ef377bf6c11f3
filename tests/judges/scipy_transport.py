#!/usr/bin/env python3
"""Compares partial and unbalanced transport with SciPy on random matrices, and with POT where it is installed.

usage: scipy_transport.py PROGRAM

PROGRAM is built from scipy_transport.cpp. A partial plan is the solution of a linear program, whose vertices are
matchings. An unbalanced plan minimises a convex function, which L-BFGS minimises in the logarithms of the plan.
Exits with 77 if scipy is missing.
"""
import subprocess
import sys

try:
    import numpy as np
    from scipy.optimize import linprog, minimize
    from scipy.sparse import identity, kron, vstack
except ImportError:
    print("skipped: this Python has no scipy (Debian: python3-scipy)")
    sys.exit(77)
try:
    import ot
    import ot.partial
    import ot.unbalanced
except ImportError:
    ot = None


def partial_cost(cost, count):
    n = len(cost)
    rows = vstack([kron(identity(n), np.ones((1, n))), kron(np.ones((1, n)), identity(n))])
    found = linprog(cost.ravel(), A_ub=rows, b_ub=np.ones(2 * n), A_eq=np.ones((1, n * n)), b_eq=[count], bounds=(0, 1),
                    method="highs")
    assert found.status == 0, found.message
    return found.fun


def divergence(p, q):
    return np.sum(p * np.log(p / q) - p + q)


def unbalanced_objective(plan, cost, reg, mass_cost):
    n = len(cost)
    return (np.sum(plan * cost) + reg * divergence(plan, 1 / n**2) +
            mass_cost * (divergence(plan.sum(1), 1 / n) + divergence(plan.sum(0), 1 / n)))


def objective_slope(plan, cost, reg, mass_cost):
    n = len(cost)
    return (cost + reg * np.log(plan * n**2) +
            mass_cost * (np.log(plan.sum(1) * n)[:, None] + np.log(plan.sum(0) * n)[None]))


def unbalanced_plan(cost, reg, mass_cost):
    n = len(cost)

    def both(logs):
        plan = np.exp(logs.reshape(n, n))
        slope = objective_slope(plan, cost, reg, mass_cost)
        return unbalanced_objective(plan, cost, reg, mass_cost), (slope * plan).ravel()

    start = np.log(np.full(n * n, 1 / n**2)) - cost.ravel() / (reg + mass_cost)
    found = minimize(both, start, jac=True, method="L-BFGS-B", bounds=[(-60, 3)] * n**2,
                     options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-15, "gtol": 1e-11})
    return np.exp(found.x.reshape(n, n))


def main():
    rng = np.random.default_rng(0)
    problems = []
    for k in range(66):
        n = int(rng.integers(1, 8)) if k < 60 else 10 * (k - 59)  # up to 60
        points = rng.normal(size=(2, n, 2)) + np.array([[[0, 0]], [[1, 0.5]]])
        cost = ((points[0][:, None] - points[1][None])**2).sum(-1)
        if k % 5 == 4:
            cost = rng.integers(0, 4, (n, n)).astype(float)
        problems.append((cost, int(rng.integers(1, n + 1)), float(rng.uniform(0.2, 2)), float(rng.uniform(0.2, 5))))
    asked = b"".join(
        np.array([len(c), count], np.int32).tobytes() + np.array([reg, mass]).tobytes() + np.ascontiguousarray(c).tobytes()
        for c, count, reg, mass in problems)
    answer = subprocess.run([sys.argv[1]], input=asked, stdout=subprocess.PIPE, check=True).stdout
    at, wrong, early = 0, 0, 0
    for k, (cost, count, reg, mass_cost) in enumerate(problems):
        n = len(cost)
        ours = np.frombuffer(answer, np.float64, 1, at)[0]
        plan = np.frombuffer(answer, np.float64, n * n, at + 8).reshape(n, n)
        at += 8 + 8 * n * n
        best = partial_cost(cost, count)
        if abs(ours - best) > 1e-7 * (1 + abs(best)):
            print(f"problem {k}: the partial plan of {count} of {n} pairs costs {ours!r}, and SciPy's {best!r}")
            wrong += 1
        if n > 8:  # SciPy's minimiser would take minutes; the slope of the convex objective must be 0 instead
            slope = objective_slope(plan, cost, reg, mass_cost)
            if np.abs(slope).max() > 1e-6:
                print(f"problem {k}: the objective's slope is {np.abs(slope).max():.2g} in an entry of the plan of {n} rows")
                wrong += 1
        theirs = unbalanced_plan(cost, reg, mass_cost) if n <= 8 else plan
        # SciPy's minimiser may stop early, above ours; then its plan says nothing. It seldom does.
        higher = unbalanced_objective(plan, cost, reg, mass_cost) - unbalanced_objective(theirs, cost, reg, mass_cost)
        early += higher < -1e-8
        if higher > 1e-9 or (higher > -1e-8 and np.abs(plan - theirs).max() > 1e-3):
            print(f"problem {k}: the objective is {higher:.2g} above SciPy's, plans differ by {np.abs(plan - theirs).max():.2g}")
            wrong += 1
        if ot is not None:
            whole = np.full(n, 1 / n)
            if abs(ot.partial.partial_wasserstein2(np.ones(n), np.ones(n), cost, m=count) - ours) > 1e-6 * (1 + abs(best)):
                print(f"problem {k}: POT's partial plan has another cost")
                wrong += 1
            pot = ot.unbalanced.sinkhorn_unbalanced(whole, whole, cost, reg, mass_cost, reg_type="kl", stopThr=1e-12,
                                                    numItermax=100000)
            if np.abs(pot - plan).max() > 1e-5:
                print(f"problem {k}: POT's unbalanced plan differs by {np.abs(pot - plan).max():.2g}")
                wrong += 1
    if at != len(answer) or wrong or early > 6:
        sys.exit(f"{wrong} plans differ, and SciPy stopped early in {early} of {len(problems)} problems")
    print(f"{len(problems)} partial and unbalanced plans agree with SciPy" + (" and POT" if ot else ""))


main()
