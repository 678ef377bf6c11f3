#!/usr/bin/env python3
"""Tests the one-step maps of the page in headless Chromium: a map of a trained flow, one from the start, and what shows them.

usage: map_test.py PAGE.html [--out FOLDER] [--only NAME]     writes pictures of the views to FOLDER
"""

import json
import math
import sys

from page_test import run

START = "#steps=2000&layers=2&width=32&show=data"
# The jumps, the ends of the ODE and the flow's first points, as the picture has them.
JUMPS = "() => { const j = page.stage.jumps, f = page.stage.flow.points; return {...j.head, shape: j.arrays.points.shape, points: Array.from(j.arrays.points.values), ode: Array.from(j.arrays.ode.values), start: Array.from(f.values.slice(0, 20))}; }"
# How many pixels of the picture have about the colour of a name.
COLOURED = """(name) => { const s = page.stage, c = document.createElement('canvas').getContext('2d');
    c.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(); c.fillRect(0, 0, 1, 1);
    const [r, g, b] = c.getImageData(0, 0, 1, 1).data, { data } = s.canvas.getContext('2d').getImageData(0, 0, s.canvas.width, s.canvas.height);
    let n = 0;
    for (let k = 0; k < data.length; k += 4) n += data[k + 3] > 150 && Math.abs(data[k] - r) + Math.abs(data[k + 1] - g) + Math.abs(data[k + 2] - b) < 60;
    return n; }"""


def draw(v):
    v.js("() => { page.stage.dirty = true; page.views.draw(); }")


def test_map_of_a_trained_flow(t):
    v = t.visit(START).ready()
    assert v.tab.is_disabled("[data-layer=jumps]") and "make one of this flow" in v.tab.get_attribute("[data-layer=jumps]", "title")
    v.train(400)
    steps = v.js("() => page.step")
    v.js("async () => { await page.refresh(true); }")
    flow = v.js("() => Array.from(page.stage.flow.points.values.slice(-200))")
    v.tab.click("[data-tab=solvers]")
    v.tab.click("#make-map")
    v.wait("() => page.about.map && page.step > 5")
    v.js("() => page.setTraining(false)")
    v.wait("() => !page.busy && page.stage.jumps && page.stage.jumps.head.compared === 500")
    assert v.words().startswith(f"A one-step map is trained, from the weights of the flow after step {steps}."), v.words()
    assert v.tab.text_content("#controls .caption").startswith("A one-step map of the earlier flow is trained.")
    assert v.tab.get_attribute("[data-layer=jumps]", "aria-pressed") == "true"
    v.shows("jumps")
    # It begins with the flow's weights: after a restart, one jump is one step of Euler's method, and its ODE is that of the flow.
    v.tab.click("#again")
    v.wait("() => page.step === 0 && page.stage.jumps && page.stage.jumps.head.compared === 500")
    again = v.js("() => Array.from(page.stage.flow.points.values.slice(-200))")
    assert all(abs(a - b) < 1e-4 for a, b in zip(flow, again, strict=True)), "the map has another flow than the one it was made of"
    euler = v.js("async () => Array.from((await page.ask({ask: 'flow', n: 500, times: 2, seed: 1, solver: 'euler', steps: 1})).arrays.points.values)")
    first = v.js(JUMPS)
    assert first["shape"] == [2, 500, 2] and first["start"] == first["points"][:20]
    assert all(abs(a - b) < 1e-4 for a, b in zip(first["points"], euler, strict=True))
    # Training brings the ends of the jumps near those of the ODE.
    v.js("async () => { await page.trainSteps(1200); await page.refresh(true); }")
    then = v.js(JUMPS)
    apart = math.sqrt(sum((a - b) ** 2 for a, b in zip(then["points"][1000:], then["ode"], strict=True)) / 500)
    t.figure("distance of one jump from the ODE, before and after 1,200 steps", f"{first['off']:.3f}, {then['off']:.3f}")
    t.figure("W2 to the data by one jump, and by the ODE", f"{then['w2']:.3f}, {then['w2_of_ode']:.3f}")
    assert math.isclose(apart, then["off"], rel_tol=1e-4) and then["off"] < 0.6 * first["off"]
    assert then["w2"] < 0.6 * first["w2"]
    # The arrows are black, the paths of the ODE are blue, and the caption has the numbers.
    draw(v)
    assert v.js(COLOURED, "ink") > 300 and v.js(COLOURED, "flow") > 300
    assert f"{then['off']:.3g}"[:4] in v.tab.text_content("#caption") and "W₂ to 500 points of the data" in v.tab.text_content("#caption")
    t.picture(v, "one_step")
    v.tab.select_option("#beside", "jumped")
    v.tab.click("[data-tab=solvers]")
    v.wait("() => /one jump/.test(document.getElementById('jump-words').textContent)")
    v.tab.select_option("#one-step select", "4")
    v.wait("() => page.stage.jumps.head.jumps === 4 && /4 jumps/.test(document.getElementById('jump-words').textContent)")
    four = v.js(JUMPS)
    assert four["shape"] == [5, 500, 2] and four["off"] < then["off"]
    v.shows("jumps=4")
    v.tab.click("#dark")
    draw(v)
    t.picture(v, "one_step_dark")
    # The tape of such a step has constants, which no derivative goes through; each line shows its value.
    v.tab.click("[data-tab=tape]")
    v.tab.wait_for_selector("tr[data-line='6']")
    paused = v.js("async () => (await page.ask({ask: 'tape', backward: false})).head.tape.lines.filter((l) => l.paused).map((l) => l.id)")
    assert paused
    v.tab.click(f"tr[data-line='{paused[0]}']")
    v.wait(f"() => /^#{paused[0]} /.test((document.querySelector('#tape-detail h3') || {{}}).textContent)")
    # The exported config trains such a map from the flow's run.
    config = json.loads(v.js("() => page.exportedConfig()"))
    assert [config["from"], config["name"], config["loss"]["type"], config["sampler"]["type"]] == ["runs/page", "page_map", "lagrangian", "jumps"]
    v.tab.click("[data-tab=files]")
    with v.tab.expect_download() as got:
        v.tab.get_by_text("Save the config.json that it starts from").click()
    got.value.save_as(t.folder / "plain.json")
    plain = json.loads((t.folder / "plain.json").read_text(encoding="utf-8"))
    assert [plain["name"], plain["loss"]["type"]] == ["page", "mse"]
    # A change of a choice leaves the map.
    v.tab.select_option("#c-width", "16")
    v.wait("() => page.about.config.model.hidden.join() === '16,16' && !page.about.map")
    assert v.tab.is_disabled("[data-layer=jumps]") and v.tab.locator("#beside").input_value() == ""
    v.close()


def test_map_from_the_start(t):
    for learns, kind in (("lagrangian", "lagrangian"), ("eulerian", "eulerian")):
        v = t.visit(f"{START},jumps&learns={learns}").ready()
        assert v.js("() => page.about.config.loss.type") == kind and v.tab.input_value("#c-learns") == learns
        before = v.js(JUMPS)["w2"]
        v.js("async () => { await page.trainSteps(500); await page.refresh(true); }")
        after = v.js(JUMPS)["w2"]
        t.figure(f"W2 to the data by one jump, {learns}, before and after 500 steps", f"{before:.3f}, {after:.3f}")
        assert after < 0.6 * before
        v.close()
    v = t.visit(START + "&prediction=data").ready()
    v.tab.select_option("#c-learns", "lagrangian")
    v.wait("() => /a flow map is a mean velocity/.test(document.getElementById('words').textContent)")
    v.tab.click("[data-tab=solvers]")
    v.tab.click("#make-map")
    v.wait("() => /a flow map is a mean velocity/.test(document.getElementById('words').textContent)")
    assert v.js("async () => { await page.trainSteps(1); return page.about.map; }") is False
    v.close()


def test_map_of_a_table(t):
    v = t.visit("#steps=1000&layers=1&width=16").ready()
    rows = "x,y\n" + "".join(f"{math.sin(k):.3f},{3 + math.cos(2 * k):.3f}\n" for k in range(60))
    v.js("async (text) => { await page.openCsv(text, 'file'); await page.trainSteps(20); }", rows)
    v.tab.click("[data-tab=solvers]")
    v.tab.select_option("#one-step select", "eulerian")
    v.tab.click("#make-map")
    v.wait("() => page.about.map && page.step > 2")
    v.js("() => page.setTraining(false)")
    v.wait("() => !page.busy && page.stage.jumps")
    config = json.loads(v.js("() => page.exportedConfig()"))
    assert config["data"]["of"]["path"] == "data.csv" and config["loss"]["type"] == "eulerian"
    # Jumps are in the units of the data.
    jumps = v.js(JUMPS)
    middle = sum(jumps["ode"][1::2]) / 500
    assert 2 < middle < 4, f"the mean of y is {middle}"
    v.close()


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__))
