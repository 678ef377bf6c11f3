#!/usr/bin/env python3
"""Tests the page's tape, programs, differences, second picture, tokens and help in headless Chromium.

usage: layers_test.py PAGE.html [--out FOLDER] [--only NAME]     writes pictures of the views to FOLDER
"""

import json
import math
import sys

from page_test import run

MIXTURE = "#data=mixture&layers=2&width=32&steps=2000&t=0.6"


def dark(v):
    v.tab.click("#dark")
    v.js("() => document.getElementById('panel').scrollIntoView()")


def number(text):
    return float(text.replace("−", "-"))


def test_tape_graph_and_numbers(t):
    v = t.visit("#steps=1000&layers=2&width=16").ready()
    v.tab.click("[data-tab=tape]")
    v.tab.wait_for_selector("[data-node='6']")
    lines = v.js("async () => (await page.ask({ask: 'tape', backward: false})).head.tape.lines")
    assert v.js("() => document.querySelectorAll('.graph .node').length") == len(lines)
    edges = sum(len(set(line.get("in", []))) for line in lines)
    assert v.js("() => document.querySelectorAll('.graph .edge').length") == edges
    # No two boxes of the graph cover one another.
    boxes = v.js("() => [...document.querySelectorAll('.graph .node rect')].map((r) => { const b = r.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })")
    for k, a in enumerate(boxes):
        for b in boxes[:k]:
            assert abs(a[0] - b[0]) >= a[2] - 0.5 or abs(a[1] - b[1]) >= a[3] - 0.5, f"boxes {a} and {b} cover one another"
    last = len(lines) - 1
    v.tab.click(f"[data-node='{last}']")
    v.wait("() => document.querySelectorAll('#tape-detail .values').length === 3")
    answer = v.js(f"async () => {{ const a = await page.ask({{ask: 'line', id: {last}}}); return [a.arrays.values.values[0], a.arrays.cotangent.values[0], a.arrays.tangent.values[0]]; }}")
    shown = [number(c) for c in v.js("() => [...document.querySelectorAll('#tape-detail .values td')].map((c) => c.textContent)")]
    assert shown[1] == 1 and answer[2] < 0
    assert all(math.isclose(a, b, rel_tol=0.005) for a, b in zip(shown, answer, strict=True)), f"{shown} and {answer}"
    facts = v.tab.text_content("#tape-detail .facts")
    assert "formula" in facts and ".cpp:" in facts and "passes down" in facts
    assert v.js(f"() => document.querySelector(\"tr[data-line='{last}']\").classList.contains('lit')")
    t.picture(v, "tape_graph")
    v.close()


def test_tape_passes(t):
    v = t.visit("#steps=1000&layers=1&width=16").ready()
    v.tab.click("[data-tab=tape]")
    v.tab.wait_for_selector("[data-pass=cotangent]")
    count = v.js("() => page.tapeView.lines.length")
    for button, first in (("values", 0), ("cotangent", count - 1), ("tangent", 0)):
        v.tab.click(f"[data-pass={button}]")
        v.wait("() => document.querySelectorAll('.graph .marked').length >= 2")
        assert v.js(f"() => document.querySelector(\"[data-node='{first}']\").classList.contains('marked')"), button
        if button == "cotangent":
            assert v.tab.text_content(f"[data-node='{first}'] .under") == "rms 1"
            dark(v)
            t.picture(v, "tape_pass_dark")
    v.wait("() => /reached every line/.test(document.getElementById('tape-words').textContent)", 120)
    assert v.js("() => document.querySelectorAll('.graph .marked').length") == count
    v.close()


def test_program(t):
    v = t.visit("#steps=1000&width=16").ready()
    v.tab.click("[data-tab=program]")
    v.wait("() => /agree/.test(document.getElementById('program-words').textContent)")
    cells = lambda line: v.js(f"() => [...document.querySelectorAll(\"#panel tr[data-line='{line}'] td\")].map((c) => c.textContent)")  # noqa: E731
    v.tab.fill("#program-text", "x = 2\nh = square(x)\ny = 3 * h")
    v.wait("() => document.querySelectorAll('#panel tr[data-line]').length === 3")
    assert cells(0)[:5] == ["#0", "x", "input", "2", "12"] and math.isclose(number(cells(0)[5]), 12, rel_tol=2e-3)
    assert cells(1)[3:5] == ["4", "3"] and cells(1)[6] == "4" and cells(2)[6] == "12"
    assert v.js("() => document.querySelectorAll('#panel .graph .node').length") == 3
    t.picture(v, "program")
    v.tab.fill("#program-text", "x = 2\ny = sqare(x)")
    v.wait("() => !document.getElementById('program-fault').hidden")
    assert v.tab.text_content("#program-fault") == '[program] line 2: "sqare" is no function; did you mean "square"?'
    v.tab.fill("#program-text", "x = 2\ny = x * stop_gradient(x)")
    v.wait("() => /apart/.test(document.getElementById('program-words').textContent) && document.getElementById('program-fault').hidden")
    v.wait("() => Math.abs(Number(document.getElementById('program-words').dataset.apart) - 1) < 0.05")
    assert "up to" in v.tab.text_content("#program-words")
    v.tab.fill("#program-text", "<img src=x onerror=window.hacked=1> = 2")
    v.wait("() => !document.getElementById('program-fault').hidden")
    assert v.js("() => window.hacked === undefined && !document.querySelector('img')")
    v.close()


def test_difference_and_likelihood(t):
    v = t.visit(MIXTURE + "&show=flow,density,exact,difference,field").ready()
    v.wait("() => page.stage.density && page.stage.density.learned && page.stage.density.exact", 120)
    words = v.tab.text_content("#caption")
    assert "likelihood of the learned flow" in words and "% of the exact one" in words and "densities differ by" in words
    density = v.js("() => ({learned: Array.from(page.stage.density.learned.values), exact: Array.from(page.stage.density.exact.values), limits: page.stage.density.limits})")
    left, right, low, high = density["limits"]
    cell = (right - left) * (high - low) / len(density["exact"])
    for name in ("learned", "exact"):
        assert abs(sum(density[name]) * cell - 1) < 0.08, f"the {name} density adds up to {sum(density[name]) * cell}"
    untrained = v.js("() => page.differences().density")
    v.train(600)
    v.wait("() => page.stage.density && page.stage.density.learned && page.stage.density.step === page.step", 120)
    trained = v.js("() => page.differences()")
    assert trained["density"] < 0.6 * untrained, f"{trained} after {untrained}"
    assert 0 < trained["field"] < 1
    t.picture(v, "difference")
    v.tab.click("#dark")
    t.picture(v, "difference_dark")
    v.tab.select_option("#c-coupling", "ot")
    v.wait("() => page.about.no_exact")
    assert v.tab.is_disabled("[data-layer=difference]")
    v.close()


def test_exact_density_of_points(t):
    v = t.visit("#steps=1000&layers=1&width=16&t=0.7&show=density,exact").ready()
    v.js("async () => { await page.openCsv('x,y\\n' + Array.from({length: 60}, (_, k) => `${Math.cos(k)},${Math.sin(2 * k)}\\n`).join(''), 'file'); }")
    assert v.js("() => page.about.no_exact") == ""
    v.wait("() => /densities differ/.test(document.getElementById('caption').textContent)", 120)
    v.tab.fill("#t", "1")
    v.wait("() => /narrow peak at each point/.test(document.getElementById('caption').textContent)", 120)
    assert "densities differ" not in v.tab.text_content("#caption")
    v.close()


def test_two_pictures(t):
    v = t.visit(MIXTURE + "&show=flow,density&beside=exact").ready()
    assert v.tab.is_visible("#stage-beside")
    assert v.js("() => page.views.second.exactOnly && page.views.second.layers.density")
    assert [v.tab.text_content(f".stage-box:nth-child({k}) .tag") for k in (1, 2)] == ["learned", "exact"]
    v.wait("() => page.stage.density && page.stage.density.learned && page.stage.exactFlow", 120)
    t.picture(v, "side_by_side")
    paint = "() => document.getElementById('stage-beside').toDataURL()"
    v.js("() => { page.setTime(0.2); }")
    v.wait("() => page.stage.density.t === 0.2")
    v.js("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    at_two = v.js(paint)
    # The wheel zooms both pictures, and a double click shows everything again.
    limits = v.js("() => page.stage.limits")
    box = v.tab.locator("#stage-beside").bounding_box()
    v.tab.mouse.move(box["x"] + 50, box["y"] + 50)
    v.tab.mouse.wheel(0, -240)
    v.wait(f"() => page.stage.limits[1] - page.stage.limits[0] < {limits[1] - limits[0] - 0.1}")
    assert v.js("() => page.views.second.limits === page.stage.limits")
    v.js("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert v.js(paint) != at_two
    v.tab.keyboard.press("0")
    assert v.js("() => page.stage.limits") == limits
    for key in ("data", "flow", "trails", "field", "density", "difference"):
        v.tab.select_option("#beside", key)
        v.shows(f"beside={key}")
    v.wait("() => page.stage.field && page.stage.field.exact && page.stage.density && page.stage.density.learned", 120)
    t.picture(v, "beside_difference")
    v.tab.click("#stage-beside", position={"x": 100, "y": 100})
    v.wait("() => page.stage.chosen !== null")
    v.tab.select_option("#beside", "")
    assert not v.tab.is_visible("#stage-beside")
    v.close()
    v = t.visit("#data=moons&steps=1000&width=16&beside=exact").ready()
    assert not v.tab.is_visible("#stage-beside"), "moons have no exact answer, but it is shown"
    v.close()
    v = t.visit("#steps=1000&width=16&show=flow&beside=data", size=(390, 844)).ready()
    assert v.js("() => document.documentElement.scrollWidth") <= 390
    v.close()


def test_zoom_asks_again(t):
    v = t.visit("#steps=1000&width=16&show=field").ready()
    v.wait("() => page.stage.field")
    blank = """() => {
        const stage = document.getElementById('stage'), empty = Object.assign(document.createElement('canvas'), {width: stage.width, height: stage.height});
        return stage.toDataURL() === empty.toDataURL();
    }"""
    v.js("() => { page.stage.dirty = true; page.views.draw(); }")
    assert not v.js(blank)
    # The arrows stay where they belong until those of the new part of the plane come by themselves.
    middle = v.js("() => { const s = page.stage, [l, r, b, t] = s.field.limits; return [(l + r) / 2, (b + t) / 2]; }")
    v.js(f"() => {{ page.views.zoom(2, ...page.stage.toPage({middle[0]}, {middle[1]})); page.stage.drawn_at = []; const s = page.stage, keep = s.toPage; s.toPage = function (x, y) {{ this.drawn_at.push(x); return keep.call(this, x, y); }}; s.draw(); delete s.toPage; }}")
    places = v.js("() => page.stage.drawn_at")
    limits = v.js("() => [page.stage.field.limits, page.stage.limits]")
    assert limits[0] != limits[1] and min(places) < limits[1][0] < limits[1][1] < max(places), "the arrows were moved to the zoomed part"
    v.wait("() => page.stage.field.limits === page.stage.limits")
    v.js("() => { page.views.draw(); }")
    assert not v.js(blank)
    v.close()


# The largest angle, in degrees, between the pieces of the streamlines and the velocity that the engine has in their middles. Near a
# place where the velocity is 0 it has no direction, so slow pieces are left out: below a tenth of the mean speed on the grid.
ANGLE = """async (exact) => {
    const s = page.stage, [left, right, low, high] = s.field.limits;
    const lines = [...s.lines.all.values()][exact ? 1 : 0].filter((line) => line.length > 20);
    const grid = exact ? s.field.exact : s.field.learned, speeds = [];
    for (let i = 0; i < grid.length; i += 2) speeds.push(Math.hypot(grid[i], grid[i + 1]));
    const slow = 0.1 * speeds.reduce((sum, one) => sum + one, 0) / speeds.length;
    let worst = 0;
    for (const line of lines.slice(0, 12)) {
        const k = Math.floor(line.length / 2), a = line[k - 1], b = line[k];
        const x = left + ((a[0] + b[0]) / 2) * (right - left), y = low + ((a[1] + b[1]) / 2) * (high - low), e = 1e-3;
        const { arrays } = await page.ask({ ask: 'field', exact, t: s.field.t, side: 2, limits: [x - e, x + e, y - e, y + e] });
        const [u, v] = arrays.velocity.values;
        if (!(Math.hypot(u, v) >= slow)) continue;
        const turn = Math.abs(Math.atan2(b[1] - a[1], b[0] - a[0]) - Math.atan2(v, u));
        worst = Math.max(worst, Math.min(turn, 2 * Math.PI - turn) * 180 / Math.PI);
    }
    return [lines.length, Number.isFinite(slow) ? worst : 180];
}"""


def test_streamlines(t):
    v = t.visit(MIXTURE.replace("steps=2000", "steps=300") + "&show=streams").ready()  # it ends by itself after 300 steps
    v.train(300)
    v.wait("() => page.stage.field && page.stage.lines.of === page.stage.field")
    lines, angle = v.js(ANGLE, False)
    assert lines > 12 and angle < 12, f"{lines} lines, {angle} degrees away from the velocity"
    # No place of the picture is far from a line.
    cells = v.js("() => { const seen = new Set(); for (const line of [...page.stage.lines.all.values()][0]) for (const [x, y] of line) seen.add(Math.floor(5 * x) + 5 * Math.floor(5 * y)); return seen.size; }")
    assert cells == 25, f"{cells} of 25 squares have a line"
    t.picture(v, "streamlines")
    v.tab.click("[data-layer=exact]")
    v.wait("() => page.stage.field.exact && page.stage.lines.of === page.stage.field && page.stage.lines.all.size === 2")
    order = v.js("() => { page.stage.lines.all.clear(); page.stage.layers.exact = false; page.stage.dirty = true; page.stage.draw(); page.stage.layers.exact = true; page.stage.dirty = true; page.stage.draw(); return page.stage.lines.all.size; }")
    assert order == 2
    lines, angle = v.js(ANGLE, True)
    assert lines > 12 and angle < 12, f"{lines} exact lines, {angle} degrees away from the velocity"
    v.tab.select_option("#beside", "streams")
    v.tab.click("[data-layer=exact]")
    v.tab.click("#dark")
    t.picture(v, "streamlines_dark")
    v.close()


SOLVER = "() => page.stage.solver && ({...page.stage.solver.head, row: Array.from(page.stage.solver.arrays.row.values), from: Array.from(page.stage.solver.arrays.from.values), to: Array.from(page.stage.solver.arrays.to.values), accepted: Array.from(page.stage.solver.arrays.accepted.values)})"


def test_solver_error_and_steps(t):
    v = t.visit("#steps=1000&layers=2&width=32&solver=euler&solverSteps=4&show=error,steps,data").ready()
    v.train(300)
    v.wait("() => page.stage.solver && /root mean square/.test(document.getElementById('caption').textContent)")
    euler = v.js(SOLVER)
    assert euler["rows"] == 24 and euler["accepted"] == [1] * 96 and euler["rejected"] == 0
    assert euler["to"][-1] == 1 and euler["evaluations"] == 4
    assert "4 evaluations of the field and 4 steps" in v.tab.text_content("#caption")
    # The error is the distance between the end and the end of 64 steps of rk4 from the same point.
    errors = v.js("() => { const s = page.stage, f = s.flow.points, [times, n] = f.shape, r = s.solver.arrays.reference.values; return Array.from({length: 1000}, (_, k) => Math.hypot(f.values[2 * ((times - 1) * n + k)] - r[2 * k], f.values[2 * ((times - 1) * n + k) + 1] - r[2 * k + 1])); }")
    fine = v.js("async () => { const a = (await page.ask({ask: 'flow', n: 1000, times: 2, seed: 1, solver: 'rk4', steps: 64})).arrays.points.values; return Array.from(a.slice(2000)); }")
    reference = v.js("() => Array.from(page.stage.solver.arrays.reference.values)")
    assert fine == reference
    rms = math.sqrt(sum(e * e for e in errors) / len(errors))
    shown = float(v.tab.text_content("#caption").split("Runge-Kutta 4 by ")[1].split(" ")[0])
    assert rms > 0.01 and math.isclose(rms, shown, rel_tol=0.01), f"{rms} and {shown}"
    # Points of small and of large errors have other colours; black means that nothing was drawn.
    colours = v.js("""() => { const s = page.stage, flow = s.flow; s.dirty = true; s.layers.steps = s.layers.data = false; s.draw();
        const places = s.places(flow), ratio = window.devicePixelRatio, { width, height } = s.canvas, { data } = s.canvas.getContext('2d').getImageData(0, 0, width, height);
        return Array.from({length: 1000}, (_, k) => { const at = 4 * (Math.round(places[2 * k + 1] * ratio) * width + Math.round(places[2 * k] * ratio)); return Array.from(data.subarray(at, at + 3)); }); }""")
    by_error = sorted(range(1000), key=lambda k: errors[k])
    light = lambda ks: sum(sum(colours[k][:3]) for k in ks) / len(ks)  # noqa: E731
    assert light(by_error[:100]) > light(by_error[-100:]) + 100, "the colours do not follow the error"
    v.js("() => { page.stage.layers.steps = page.stage.layers.data = true; page.stage.dirty = true; }")
    t.picture(v, "solver_euler")
    v.tab.click("[data-tab=solvers]")
    v.wait("() => page.solverPanel && /root mean square/.test(document.getElementById('solver-words').textContent)")
    v.tab.select_option("#panel select", "dopri5")
    v.wait("() => /accepted and .* rejected/.test(document.getElementById('solver-words').textContent) && page.stage.solver && page.stage.solver.head.evaluations > 10")
    adaptive = v.js(SOLVER)
    assert adaptive["rejected"] > 0 and adaptive["rejected"] == len(adaptive["accepted"]) - sum(adaptive["accepted"])
    for row in range(24):
        steps = [k for k, r in enumerate(adaptive["row"]) if r == row]
        at = 0
        for k in steps:
            assert adaptive["from"][k] == at, "a step does not begin where the last accepted one ended"
            at = adaptive["to"][k] if adaptive["accepted"][k] else at
        assert at == 1
    assert shown > 3 * float(v.tab.text_content("#solver-words").split("Runge-Kutta 4 by ")[1].split(" ")[0])
    assert v.js("() => { const c = document.getElementById('solver-sizes'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let k = 3; k < d.length; k += 4) n += d[k] > 0; return n; }") > 300
    v.tab.click("[data-toggle=error]")
    assert v.tab.get_attribute("[data-layer=error]", "aria-pressed") == "false"
    dark(v)
    v.js("() => window.scrollTo(0, 0)")
    t.picture(v, "solver_dopri5_dark")
    v.js("() => document.getElementById('panel').scrollIntoView()")
    t.picture(v, "solver_panel_dark")
    v.close()


def test_posterior_of_points(t):
    v = t.visit("#steps=1000&layers=1&width=16&t=0.4").ready()
    rows = [(-1.0, -1.0), (-1.0, 3.0), (1.0, -1.0), (1.0, 3.0), (0.2, 0.9)] * 3
    v.js("async (text) => { await page.openCsv(text, 'file'); }", "x,y\n" + "".join(f"{a},{b}\n" for a, b in rows))
    v.tab.fill("#t", "0.4")
    v.tab.click("#stage", position={"x": 260, "y": 200})
    v.wait("() => page.stage.chosen !== null")
    chosen = v.js("() => { const c = page.stage.chosen; return {x: c.x, t: c.t, points: Array.from(c.points.values), weights: Array.from(c.weights.values), velocity: Array.from(c.velocity.values), finite: c.finite}; }")
    assert chosen["finite"] and abs(chosen["t"] - 0.4) < 1e-6
    # The posterior by its definition, in the units of the flow: columns of mean 0 and standard deviation 1.
    mean = [sum(r[j] for r in rows) / 15 for j in (0, 1)]
    spread = [math.sqrt(sum((r[j] - mean[j]) ** 2 for r in rows) / 15) for j in (0, 1)]
    unit = lambda p: [(p[j] - mean[j]) / spread[j] for j in (0, 1)]  # noqa: E731
    x = unit(chosen["x"])
    logs = [-sum((x[j] - 0.4 * unit(r)[j]) ** 2 for j in (0, 1)) / (2 * 0.36) for r in rows]
    total = sum(math.exp(g - max(logs)) for g in logs)
    wanted = {r: 0.0 for r in rows}
    velocity = [0.0, 0.0]
    for r, g in zip(rows, logs, strict=True):
        share = math.exp(g - max(logs)) / total
        wanted[r] += share
        for j in (0, 1):
            velocity[j] += share * (unit(r)[j] - x[j]) / 0.6 * spread[j]
    got = {r: 0.0 for r in rows}
    for k, w in enumerate(chosen["weights"]):
        near = min(got, key=lambda r: (r[0] - chosen["points"][2 * k]) ** 2 + (r[1] - chosen["points"][2 * k + 1]) ** 2)
        got[near] += w
    assert all(abs(got[r] - wanted[r]) < 1e-4 for r in wanted), f"{got} and {wanted}"
    assert all(math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-4) for a, b in zip(chosen["velocity"], velocity, strict=True)), f"{chosen['velocity']} and {velocity}"
    assert chosen["weights"] == sorted(chosen["weights"], reverse=True)
    v.tab.select_option("#c-source", "uniform")
    v.wait("() => page.about.config.source.type === 'uniform' && page.stage.flow")
    v.tab.click("#stage", position={"x": 260, "y": 200})
    v.wait("() => /is not known here: the source is neither.* Choose the Gaussian source/.test(document.getElementById('words').textContent)")
    v.close()


def test_tokens(t):
    v = t.visit("#steps=1000&width=16").ready()
    v.tab.click("[data-tab=tokens]")
    v.wait("() => page.tokens && page.tokens.posterior")
    before = v.js("() => page.tokens.good")
    v.tab.click("#tokens-train")
    v.wait("() => page.tokens.step >= 400", 180)
    v.js("() => page.tokens.setTraining(false)")
    v.wait("() => !page.tokens.busy")
    assert v.js("() => page.tokens.good") > max(before, 4), "training filled in no more words"
    assert v.js("() => page.step") == 0, "the tokens trained the points"
    v.tab.fill("#tokens-time", "16")
    shown = v.js("() => [...document.querySelectorAll('.sequence')].map((s) => [...s.children].map((c) => c.textContent))")
    states = v.js("() => Array.from({length: 24}, (_, k) => Array.from(page.tokens.tokens(16, k), (s) => page.tokens.glyph(s)))")
    assert shown == states and any("·" in word for word in shown)
    jumps = v.js("() => document.querySelectorAll('.sequence .jumped').length")
    wanted = v.js("() => { let n = 0; for (let k = 0; k < 24; k++) for (let l = 0; l < page.tokens.about.length; l++) n += page.tokens.tokens(16, k)[l] !== page.tokens.tokens(15, k)[l]; return n; }")
    assert jumps == wanted > 0
    # The bars are the posterior: that of the exact answer for the words that agree with the filled places.
    v.tab.click(".sequence:nth-child(3)")
    v.wait("() => page.tokens.chosen === 2 && document.querySelectorAll('.place').length === page.tokens.about.length")
    exact = v.js("""() => { const tk = page.tokens, [, length, size] = tk.posterior.exact.shape, at = 16 * length * size;
        return Array.from({length}, (_, l) => Array.from(tk.posterior.exact.values.subarray(at + l * size, at + (l + 1) * size))); }""")
    assert all(abs(sum(p) - 1) < 1e-4 for p in exact)
    widest = v.js("() => [...document.querySelectorAll('.place')].map((p) => Math.max(...[...p.querySelectorAll('.exact')].map((b) => parseFloat(b.style.width))))")
    assert all(abs(100 * max(p) - w) < 0.1 for p, w in zip(exact, widest, strict=True)), f"{exact} and {widest}"
    t.picture(v, "tokens_words")
    v.tab.select_option("#panel select >> nth=2", "exact")
    v.wait("() => page.tokens.good >= 18")
    v.tab.select_option("#panel select >> nth=0", "stripes")
    v.wait("() => page.tokens.about.length === 16 && page.tokens.posterior && page.tokens.posterior.learned.shape[1] === 16")
    assert v.js("() => page.tokens.known.size") == 30
    v.tab.fill("#tokens-time", "20")
    dark(v)
    t.picture(v, "tokens_grid_dark")
    v.close()


def test_help_in_place(t):
    v = t.visit("#steps=1000&width=16").ready()
    keys = v.js("() => [...document.querySelectorAll('[data-help]')].map((b) => b.dataset.help)")
    # Each control, the slider, the layers, the second picture and the figures have a help.
    for key in ("data", "source", "path", "coupling", "prediction", "time", "layers", "width", "lr", "batch", "steps", "seed", "shown", "beside", "moment", "training", "figures", "loss"):
        assert key in keys, f"no help for {key}"
    sections = json.loads(v.tab.text_content("#theory"))
    opened = 0
    for key in dict.fromkeys(keys):
        v.tab.click(f"[data-help={key}] >> nth=0")
        assert v.tab.is_visible("#help h3") and len(v.tab.text_content("#help p")) > 30
        if v.tab.locator("#help details").count():
            v.tab.click("#help summary")
            assert v.tab.locator("#help math").count() > 0, f"the theory of {key} has no equation"
            title = v.tab.text_content("#help summary")
            assert any(title == f"The theory: {s['title']}" for s in sections.values())
            opened += 1
        if key == "shown":
            t.picture(v, "help")
        v.tab.keyboard.press("Escape")
        assert not v.tab.is_visible("#help")
    assert opened >= 10
    for tab in ("tape", "program", "tokens", "solvers"):
        v.tab.click(f"[data-tab={tab}]")
        v.tab.wait_for_selector("#panel [data-help]")
    v.close()


def test_phone_and_keyboard(t):
    v = t.visit("#steps=1000&layers=1&width=16", size=(390, 844)).ready()
    for tab, wanted in (("tape", ".graph .node"), ("program", ".graph .node"), ("tokens", ".place")):
        v.tab.click(f"[data-tab={tab}]")
        v.tab.wait_for_selector(wanted)
        wide = v.js("() => document.documentElement.scrollWidth")
        assert wide <= 390, f"with the tab {tab} the page is {wide} pixels wide on a phone of 390"
        v.js("() => document.getElementById('tabs').scrollIntoView()")
        t.picture(v, f"phone_{tab}")
    v.tab.click("[data-tab=tape]")
    v.tab.wait_for_selector("[data-node='2']")
    v.tab.focus("[data-node='2']")
    v.tab.keyboard.press("Space")
    v.wait("() => /^#2 /.test((document.querySelector('#tape-detail h3') || {}).textContent)")
    assert not v.js("() => page.training"), "the space bar on a box of the graph trains"
    v.close()


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__))
