#!/usr/bin/env python3
"""Tests the pages that `pushforward report` writes in headless Chromium, opened from disk: one for each kind of run.

usage: report_pages.py PROGRAM [--out FOLDER] [--only NAME]     PROGRAM is build/pushforward; writes pictures to FOLDER

Needs Playwright and Chromium; scripts/page --test installs both and runs this.
"""

import json
import math
import random
import sys
import time

from page_test import Visit
from report_tools import check_common, flow_config, INK, make_report, run, token_config

HOSTILE = "<img src=x onerror=window.hacked=1>"
PLACES = "() => Array.from(report.view.stage.places(report.view.stage.flow).slice(0, 400))"
TEXTS = "() => [...document.querySelectorAll('.report #stage .sequence')].map((line) => line.textContent)"


def move(v, t):
    v.tab.fill("#t", str(t))
    assert v.tab.text_content("#t-words") == f"t = {t:.2f}"
    v.js("() => report.view.draw()")


def test_points(t):
    v = make_report(t, flow_config({"type": "moons"}, steps=1500), evaluate=True)
    check_common(v)
    move(v, 0)
    before = v.js(PLACES)
    move(v, 0.5)
    after = v.js(PLACES)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) > 5, "the slider moves no point"
    v.tab.click("[data-layer=field]")
    v.js("() => report.view.draw()")
    assert "The velocity is that of t = 0.5." in v.tab.text_content("#caption")
    t.picture(v, "report_moons_light")
    v.tab.click("#dark")
    v.tab.click("[data-layer=density]")
    assert "The density counts the dots; at t = 1" in v.tab.text_content("#caption")
    time.sleep(0.3)
    t.picture(v, "report_moons_dark")
    for canvas in ("#samples figure:nth-child(1) canvas", "#samples figure:nth-child(2) canvas", "#density canvas"):
        assert v.js(INK, canvas) > 0.002, f"{canvas} is empty"
    assert "2-Wasserstein" in v.tab.text_content("#evaluation table")
    # The value that a clicked line shows is that of the recording.
    v.tab.click("#tape tr[data-line='6']")
    v.tab.wait_for_function("() => document.querySelector('#tape h3').textContent.startsWith('#6 ')")
    wanted = v.js("async () => (await report.ask({ask: 'line', id: 6})).arrays.values.values[0]")
    assert math.isclose(float(v.tab.text_content("#tape .values td")), wanted, rel_tol=0.005, abs_tol=1e-6)
    # Only what differs from the defaults is listed, until all settings are asked for.
    assert v.tab.locator("#config tbody tr:not(.differs)").count() == 0
    assert "/optimizer/lr" in v.tab.text_content("#config table")
    v.tab.get_by_text("Show all settings").click()
    assert v.tab.locator("#config tbody tr:not(.differs)").count() > 20
    with v.tab.expect_download() as got:
        v.tab.get_by_text("Save config.json").click()
    got.value.save_as(t.folder / "saved.json")
    assert json.loads((t.folder / "saved.json").read_text(encoding="utf-8"))["optimizer"]["lr"] == 4e-3
    # Each help has its section of the theory, as on the live page.
    sections = json.loads(v.tab.text_content("#theory"))
    for key, section in (("figures", "the-density-along-the-flow"), ("loss", "why-the-conditional-loss-is-enough"), ("moment", "the-flow-map")):
        v.tab.click(f"[data-help={key}]")
        v.tab.click("#help summary")
        assert v.tab.text_content("#help summary") == f"The theory: {sections[section]['title']}"
        assert v.tab.locator("#help math").count() > 0
        v.tab.keyboard.press("Escape")
        assert not v.tab.is_visible("#help")
    # It plays by itself.
    move(v, 0)
    v.tab.click("#play")
    v.tab.wait_for_function("() => report.t > 0.05")
    v.tab.keyboard.press("p")
    v.close()


def test_flow_map(t):
    config = flow_config({"type": "moons"}, steps=800)
    config.update(loss={"type": "lagrangian"}, sampler={"type": "jumps", "steps": 1})
    v = make_report(t, config)
    check_common(v)
    # The paths are those of the ODE, and the jumps begin at the same points.
    assert v.js("() => report.view.flow.times.values.length") > 20
    assert "dopri5" in v.tab.text_content("#footer"), v.tab.text_content("#footer")
    jumps = v.js("() => report.recording.all('jumps').map(({ head, arrays }) => ({...head, shape: arrays.points.shape, points: Array.from(arrays.points.values), ode: Array.from(arrays.ode.values)}))")
    assert [one["jumps"] for one in jumps] == [1, 2, 4]
    start, end = v.js("() => { const f = report.view.flow.points, n = 2 * f.shape[1]; return [Array.from(f.values.slice(0, 200)), Array.from(f.values.slice(-n, -n + 200))]; }")
    for one in jumps:
        assert one["shape"][0] == one["jumps"] + 1
        assert all(abs(a - b) < 1e-5 for a, b in zip(one["points"], start, strict=False)), "jumps begin elsewhere than the paths"
        assert all(abs(a - b) < 0.02 for a, b in zip(one["ode"], end, strict=False)), "the ODE ends elsewhere than the paths"
        rows = len(one["ode"]) // 2
        off = math.sqrt(sum((a - b) ** 2 for a, b in zip(one["points"][-2 * rows :], one["ode"], strict=True)) / rows)
        assert math.isclose(off, one["off"], rel_tol=1e-3) and one["compared"] == 500 and abs(one["w2"] - one["w2_of_ode"]) <= off + 0.05
    table = v.js("() => [...document.querySelectorAll('#one-step tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))")
    assert [row[0] for row in table] == ["one jump", "2 jumps", "4 jumps", "the ODE"] and table[0][1] == "1"
    assert math.isclose(float(table[0][3]), jumps[0]["w2"], rel_tol=0.01)
    for k in range(1, 5):
        assert v.js(INK, f"#one-step figure:nth-child({k}) canvas") > 0.002, f"picture {k} is empty"
    v.tab.click("[data-layer=jumps]")
    v.js("() => report.view.draw()")
    assert "Arrows: one jump from noise to data" in v.tab.text_content("#caption")
    # Lines that no derivative goes through show their values without a tangent.
    paused = v.js("() => report.recording.first('tape').head.tape.lines.filter((line) => line.paused).map((line) => line.id)")
    assert paused and v.js("(ids) => ids.every((id) => { const { arrays } = report.recording.lines.get(id); return arrays.values && !arrays.tangent; })", paused)
    v.tab.click("[data-layer=flow]")
    t.picture(v, "report_map")
    v.tab.click("#dark")
    v.tab.select_option("#beside", "jumped")
    time.sleep(0.3)
    t.picture(v, "report_map_dark")
    v.tab.set_viewport_size({"width": 390, "height": 844})
    wide = v.js("() => document.documentElement.scrollWidth")
    assert wide <= 390, f"the page is {wide} pixels wide on a phone of 390"
    v.close()


def test_exact_and_pairs(t):
    mixture = {"type": "mixture", "means": [[-2, 0], [2, 1], [0, -2]], "stds": [0.4, 0.3, 0.5]}
    v = make_report(t, flow_config(mixture, steps=800, coupling={"type": "independent"}))
    check_common(v)
    for layer in ("field", "exact", "pairs"):
        v.tab.click(f"[data-layer={layer}]")
    caption = v.tab.text_content("#caption")
    assert "Green is the exact answer." in caption and "% of the exact one" in caption and "cross" in caption, caption
    field = v.js("() => report.view.stage.field")
    assert field["learned"] and field["exact"]
    assert v.js("() => report.view.stage.exactFlow.points.shape[1]") == 1000
    # Learned and exact samples begin at the same points.
    assert v.js("() => { const s = report.view.stage; return [0, 1, 2, 3].every((k) => Math.abs(s.flow.points.values[k] - s.exactFlow.points.values[k]) < 1e-5); }")
    for layer in ("field", "exact", "pairs"):
        v.tab.click(f"[data-layer={layer}]")
    # The difference is learned minus exact, of the field at each time and of the density at t = 1.
    v.tab.click("[data-layer=difference]")
    caption = v.tab.text_content("#caption")
    assert "densities differ by" in caption, caption
    gap = v.js("""() => {
      const { learned, exact, limits } = report.view.stage.density;
      const cell = ((limits[1] - limits[0]) * (limits[3] - limits[2])) / (learned.side * learned.side);
      return 0.5 * cell * learned.values.reduce((sum, p, k) => sum + Math.abs(p - exact.values[k]), 0);
    }""")
    assert 0 < gap < 0.5 and f"densities differ by {gap:.3g}"[:23] in caption, f"{gap}: {caption}"
    v.js("() => report.view.draw()")
    assert v.js(INK, "#stage") > 0.2
    move(v, 0.4)
    assert "densities differ by" not in v.tab.text_content("#caption")
    # Any two pictures side by side, with one time and one zoom.
    v.tab.click("[data-layer=difference]")
    for key in ("data", "flow", "trails", "field", "streams", "density", "difference", "exact"):
        v.tab.select_option("#beside", key)
        assert v.tab.is_visible("#stage-beside")
        v.js("() => { report.view.stage.dirty = true; report.view.draw(); report.view.update(); report.view.draw(); }")
        assert v.js(INK, "#stage-beside") > 0.002, f"the second picture with {key} is empty"
    assert [v.tab.text_content(f".stage-box:nth-child({k}) .tag") for k in (1, 2)] == ["learned", "exact"]
    limits = v.js("() => report.view.stage.limits")
    v.tab.focus("#stage")
    v.tab.keyboard.press("+")
    assert v.js("() => report.view.stage.limits[1]") < limits[1]
    t.picture(v, "report_beside")
    v.tab.keyboard.press("0")
    assert v.js("() => report.view.stage.limits") == limits
    v.tab.select_option("#beside", "")
    move(v, 1)
    v.tab.click("[data-layer=field]")
    v.tab.click("[data-layer=exact]")
    assert v.tab.locator("#density figure").count() == 3
    assert "pushforward eval" in v.tab.text_content("#evaluation pre")
    t.picture(v, "report_mixture")
    v.close()


def test_classes(t):
    config = flow_config({"type": "8gaussians"}, steps=800)
    config["model"]["label"] = {"type": "embedding"}
    v = make_report(t, config)
    check_common(v)
    v.tab.click("[data-layer=classes]")
    assert "classes" in v.tab.text_content("#caption")
    # The network was trained without labels at times, so its field without a label is known.
    assert v.tab.locator("[data-layer=field]").count() == 1
    t.picture(v, "report_classes")
    v.close()


def test_line(t):
    v = make_report(t, flow_config({"type": "mixture", "means": [[-1.5], [1]], "stds": [0.3, 0.4]}, steps=800))
    check_common(v)
    move(v, 0)
    before = v.js("() => Array.from(report.view.now())")
    move(v, 1)
    after = v.js("() => Array.from(report.view.now())")
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) > 0.3
    for canvas in ("#stage", "#samples canvas", "#density canvas"):
        assert v.js(INK, canvas) > 0.01, f"{canvas} is empty"
    t.picture(v, "report_line")
    v.close()


def test_wide_table_with_hostile_names(t):
    draw = random.Random(1)
    rows = []
    for _ in range(400):
        a, b = draw.gauss(0, 1), draw.gauss(0, 1)
        rows.append(f"{a:.4f},{a + 0.3 * b:.4f},{b:.4f},{a * a:.4f},{50 + 10 * b:.4f},{draw.random():.4f}\n")
    header = f'"{HOSTILE}",near,other,square,"</script><script>window.hacked=2</script>",flat\n'
    (t.folder / "table.csv").write_text(header + "".join(rows), encoding="utf-8")
    data = {"type": "standardize", "of": {"type": "csv", "path": "table.csv"}}
    config = flow_config(data, steps=800)
    config["train"].update(holdout=0.2, valid_every=100)
    v = make_report(t, config)
    check_common(v)
    assert v.tab.is_visible("#held-out") and v.js(INK, "#held-out") > 0.003
    assert v.tab.locator("#column-x option").first.text_content() == HOSTILE
    assert HOSTILE in v.tab.text_content("#samples")
    assert v.js("() => window.hacked === undefined && !document.querySelector('img')")
    before = v.js(PLACES)
    v.tab.select_option("#column-y", "3")
    assert v.js(PLACES) != before, "another column changes nothing"
    assert v.tab.locator("#samples .matrix > *").count() == 25
    # Columns that go together in the data do so in the samples.
    words = v.tab.locator("#samples .cell-words").first.text_content()
    assert "data 0.9" in words, words
    t.picture(v, "report_wide")
    v.close()


def test_table_of_kinds(t):
    draw = random.Random(2)
    rows = []
    for _ in range(300):
        kind = draw.choice(["small", "large", HOSTILE])
        size = draw.gauss(1, 0.3) + (3 if kind == "large" else 0)
        rows.append(f'"{kind}",{size:.2f},{draw.randint(0, 4)},20{draw.randint(10, 20)}-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}\n')
    (t.folder / "kinds.csv").write_text("kind,size,count,day\n" + "".join(rows), encoding="utf-8")
    v = make_report(t, flow_config({"type": "csv", "path": "kinds.csv"}, steps=600))
    check_common(v)
    assert "rows of 4 columns" in v.tab.text_content("#motto"), v.tab.text_content("#motto")
    assert v.tab.locator("#stages figure").count() == 4 and not v.tab.is_visible("#play")
    for k in range(1, 5):
        assert v.js(INK, f"#stages figure:nth-child({k}) canvas") > 0.01, f"column {k} is empty"
    assert v.tab.locator("#samples .matrix > *").count() == 16
    assert v.js(INK, "#samples .matrix > :nth-child(5)") > 0.005, "a pair of columns is empty"
    texts = v.js("() => [...document.querySelectorAll('#rows tbody tr')].map((row) => row.cells[0].textContent)")
    assert len(texts) == 12 and set(texts) <= {"small", "large", HOSTILE}, texts
    days = v.js("() => [...document.querySelectorAll('#rows tbody tr')].map((row) => row.cells[3].textContent)")
    assert all(len(day) == 10 and day.startswith("20") for day in days), days
    assert v.js("() => window.hacked === undefined && !document.querySelector('img')")
    assert "cannot train this run on" in v.tab.text_content("#weights")
    t.picture(v, "report_table")
    v.close()


def test_images(t):
    v = make_report(t, flow_config({"type": "affine", "scale": 0.125, "shift": -1.0, "of": {"type": "digits"}}, steps=600))
    check_common(v)
    move(v, 0.2)
    before = v.js("() => Array.from(report.view.at(report.t).slice(0, 64))")
    move(v, 1)
    after = v.js("() => Array.from(report.view.at(report.t).slice(0, 64))")
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) > 1
    v.tab.click("#stage", position={"x": 300, "y": 300})
    assert v.js("() => report.view.chosen") > 0
    for canvas in ("#stage", "#over-time canvas", "#samples canvas"):
        assert v.js(INK, canvas) > 0.05, f"{canvas} is empty"
    move(v, 0.8)
    t.picture(v, "report_digits")
    v.close()


def test_images_of_tokens(t):
    data = {"type": "quantize", "of": {"type": "digits"}, "levels": 17, "low": -0.5, "high": 16.5}
    v = make_report(t, token_config(data, steps=200))
    check_common(v)
    move(v, 0.4)
    assert v.js("() => Array.from(report.view.at(0.4)).some(Number.isNaN)"), "no pixel is masked"
    assert not v.js("() => Array.from(report.view.at(1)).some(Number.isNaN)"), "a pixel is still masked"
    assert "masks" in v.tab.text_content("#flow-says")
    t.picture(v, "report_digit_tokens")
    v.close()


def test_words(t):
    words = [a + b + c for a in ("b", "d", "st", "tr", "<i") for b in "aeo" for c in ("n", "t", "re", "nd", ">&")]
    (t.folder / "list").write_text("\n".join(words), encoding="utf-8")
    v = make_report(t, token_config({"type": "words", "path": "list", "longest": 5}, steps=400), evaluate=True)
    check_common(v)
    move(v, 0)
    assert set("".join(v.js(TEXTS))) == {"·"}, "words do not begin as masks"
    move(v, 1)
    texts = v.js(TEXTS)
    assert "·" not in "".join(texts) and any(text in words for text in texts), texts[:5]
    assert not v.js("() => document.querySelector('#samples i')"), "a word became an element"
    assert v.js(INK, "#shares canvas") > 0.01
    # A single loss of held-out rows is a number, and no curve.
    assert not v.tab.is_visible("#held-out-box") and "loss of held-out rows" in v.tab.text_content("#figures")
    move(v, 0.6)
    t.picture(v, "report_words")
    v.close()


def test_text(t):
    book = "it was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness. "
    (t.folder / "book.txt").write_text(book * 8, encoding="utf-8")
    data = {"type": "text", "path": "book.txt", "length": 24, "held_out": 0}
    v = make_report(t, token_config(data, steps=200, source={"type": "uniform_tokens"}))
    check_common(v)
    move(v, 0.5)
    assert v.tab.locator("#stage .changed").count() > 0
    # Spaces take their place as other letters do.
    assert v.js("() => [...document.querySelectorAll('.sequence')].every((line) => line.innerText.length === 24)")
    before = v.js(TEXTS)
    move(v, 0.9)
    assert v.js(TEXTS) != before
    t.picture(v, "report_text")
    v.close()


def test_pairs_of_tokens(t):
    data = {"type": "quantize", "of": {"type": "moons"}, "levels": 24, "low": -2, "high": 3}
    v = make_report(t, token_config(data, steps=800))
    check_common(v)
    for canvas in ("#stage", "#samples figure:nth-child(1) canvas", "#samples figure:nth-child(2) canvas"):
        assert v.js(INK, canvas) > 0.01, f"{canvas} is empty"
    move(v, 0.5)
    assert "masked" in v.tab.text_content("#caption")
    t.picture(v, "report_pairs")
    v.close()


def test_phone_and_broken_files(t):
    v = make_report(t, flow_config({"type": "moons"}, steps=20))
    v.tab.set_viewport_size({"width": 390, "height": 844})
    wide = v.js("() => document.documentElement.scrollWidth")
    assert wide <= 390, f"the page is {wide} pixels wide on a phone of 390"
    t.picture(v, "report_phone")
    v.close()
    page = (t.folder / t.name / "report.html").read_text(encoding="utf-8")
    other = t.folder / "other.html"
    other.write_text(page.replace('{"protocol": 1,', '{"protocol": 99,', 1), encoding="utf-8")
    v = Visit(t.browser, other)
    v.wait("() => /protocol 1, but this recording has protocol 99/.test(document.getElementById('words').textContent)")
    v.close()


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__))
