#!/usr/bin/env python3
"""Tests what a report of points shows about a clicked place and about its solver, in headless Chromium.

usage: report_layers.py PROGRAM [--out FOLDER] [--only NAME]     PROGRAM is build/pushforward; writes pictures to FOLDER

Needs Playwright and Chromium; scripts/page --test installs both and runs this.
"""

import math
import random
import sys

from report_pages import INK, check_common, flow_config, make_report, move, run


def test_posterior_and_solver(t):
    draw = random.Random(3)
    rows = [(draw.gauss(0, 1), draw.gauss(0, 2) + 3) for _ in range(40)]
    (t.folder / "forty.csv").write_text("a,b\n" + "".join(f"{a:.5f},{b:.5f}\n" for a, b in rows), encoding="utf-8")
    data = {"type": "standardize", "of": {"type": "csv", "path": "forty.csv"}}
    v = make_report(t, flow_config(data, steps=600, coupling={"type": "independent"}, sampler={"type": "dopri5", "rtol": 1e-3, "atol": 1e-3}))
    check_common(v)
    move(v, 0.4)
    v.tab.click("#stage", position={"x": 250, "y": 300})
    assert "weighted by their posterior" in v.tab.text_content("#caption") and "stand for the data" not in v.tab.text_content("#caption")
    chosen = v.js("() => { const c = report.view.stage.chosen; return {x: c.x, t: c.t, points: Array.from(c.points.values), weights: Array.from(c.weights.values), velocity: Array.from(c.velocity.values)}; }")
    # The posterior by its definition, in the units of the flow.
    shown = v.js("() => Array.from(report.view.stage.data.values)")
    points = list(zip(shown[::2], shown[1::2], strict=True))
    assert len(points) == 40
    mean = [sum(p[j] for p in points) / 40 for j in (0, 1)]
    spread = [math.sqrt(sum((p[j] - mean[j]) ** 2 for p in points) / 40) for j in (0, 1)]
    unit = lambda p: [(p[j] - mean[j]) / spread[j] for j in (0, 1)]  # noqa: E731
    x = unit(chosen["x"])
    weights = [math.exp(-sum((x[j] - 0.4 * unit(p)[j]) ** 2 for j in (0, 1)) / (2 * 0.36)) for p in points]
    wanted = sorted((w / sum(weights) for w in weights), reverse=True)
    assert all(abs(a - b) < 1e-4 for a, b in zip(chosen["weights"], wanted, strict=True))
    velocity = [sum(w * (unit(p)[j] - x[j]) for w, p in zip(weights, points, strict=True)) / sum(weights) / 0.6 * spread[j] for j in (0, 1)]
    assert all(math.isclose(a, b, rel_tol=2e-3, abs_tol=1e-3) for a, b in zip(chosen["velocity"], velocity, strict=True)), f"{chosen['velocity']} and {velocity}"
    t.picture(v, "report_posterior")
    v.tab.keyboard.press("Escape")
    assert v.js("() => report.view.stage.chosen === null")
    # The steps of the run's own adaptive solver, and the error of its ends.
    solver = v.js("() => ({...report.view.stage.solver.head, from: Array.from(report.view.stage.solver.arrays.from.values), to: Array.from(report.view.stage.solver.arrays.to.values), row: Array.from(report.view.stage.solver.arrays.row.values), accepted: Array.from(report.view.stage.solver.arrays.accepted.values)})")
    assert solver["rows"] == 24 and solver["rejected"] == len(solver["accepted"]) - sum(solver["accepted"])
    for row in range(24):
        at = 0
        for k in (k for k, r in enumerate(solver["row"]) if r == row):
            assert abs(solver["from"][k] - at) < 1e-6
            at = solver["to"][k] if solver["accepted"][k] else at
        assert at > 0.99
    assert "evaluations of the field and" in v.tab.text_content("#solver")
    assert v.js(INK, "#solver canvas") > 0.003
    move(v, 1)
    for layer in ("error", "steps", "streams"):
        v.tab.click(f"[data-layer={layer}]")
    v.js("() => report.view.draw()")
    assert "root mean square" in v.tab.text_content("#caption")
    assert v.js("() => report.view.stage.lines.all.size") == 1
    t.picture(v, "report_solver")
    v.tab.click("#dark")
    v.js("() => report.view.draw()")
    t.picture(v, "report_solver_dark")
    for place in ("#layers [data-help=shown]", "#layers [data-help=beside]", "#solver [data-help]", "#density [data-help]", "#tape [data-help]"):
        v.tab.click(f"{place} >> nth=0")
        assert v.tab.is_visible("#help h3"), place
        v.tab.keyboard.press("Escape")
    v.close()


def test_report_without_posterior_or_steps(t):
    config = flow_config({"type": "moons"}, steps=60, source={"type": "uniform"})
    v = make_report(t, config)
    v.tab.click("#stage", position={"x": 250, "y": 300})
    assert "Where a point can be going is not known here: the source is neither a Gaussian nor a mixture of Gaussians." in v.tab.text_content("#caption")
    v.close()
    t.name += "_of_an_sde"
    v = make_report(t, flow_config({"type": "moons"}, steps=60, coupling={"type": "independent"}, sampler={"type": "euler_maruyama"}))
    assert v.tab.locator("[data-layer=steps]").count() == 0
    assert "The steps cannot be shown: [page] only solvers of an ODE take steps" in v.tab.text_content("#solver")
    v.close()


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__))
