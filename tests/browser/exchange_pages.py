#!/usr/bin/env python3
"""Tests what the live page and the program give one another: reports that the page trains on from, and weights that it exports.

usage: exchange_pages.py PROGRAM PAGE.html [--out FOLDER] [--only NAME]     PROGRAM is build/pushforward

Needs Playwright and Chromium; scripts/page --test installs both and runs this.
"""

import json
import math
import statistics
import sys

from page_test import HOSTILE, Visit
from report_tools import call, flow_config, run, token_config, write_report

FIELD = """async ([t, side, limits]) => Array.from((await page.ask({ask: 'field', t, side, limits})).arrays.velocity.values)"""


def visit(t, address="#steps=1000&layers=1&width=16", **more):
    return Visit(t.browser, t.page, address, **more).ready()


def words_about(v, *paths):
    """Opens files on the page and returns the words that it shows then."""
    v.js("() => page.say('')")
    v.tab.set_input_files("#open-file", list(paths))
    v.wait("() => !document.getElementById('words').hidden", 120)
    return v.words()


def train(v, steps):
    return v.js(f"async () => {{ await page.trainSteps({steps}); return page.curve.loss.slice(-{steps}); }}")


def losses_of(folder):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    return [line["train/loss"] for line in lines if "train/loss" in line]


def close(got, wanted, away):
    return len(got) == len(wanted) and all(math.isclose(a, b, rel_tol=away, abs_tol=away) for a, b in zip(got, wanted, strict=True))


def test_report_goes_on(t):
    config = flow_config({"type": "moons"}, steps=600)
    config["train"]["log_every"] = 1
    report = write_report(t, config)
    r = Visit(t.browser, report, size=(1280, 1000)).ready()
    limits = r.js("() => report.run.limits")
    recorded = r.js("() => report.view.fields[0].map(({head, arrays}) => [head.t, Array.from(arrays.velocity.values)])")
    assert "the training goes on from them" in r.tab.text_content("#weights .says")
    with r.tab.expect_download() as got:
        r.tab.get_by_text("Save model.safetensors").click()
    got.value.save_as(t.folder / "saved.safetensors")
    assert (t.folder / "saved.safetensors").read_bytes() == (report.parent / "model.safetensors").read_bytes()
    r.close()

    v = visit(t)
    fresh = statistics.mean(train(v, 20))
    assert words_about(v, report).startswith(f"Goes on from the weights of {t.name} after step 600.")
    assert "opened config" in v.tab.text_content("#controls.left .caption")
    assert v.js("() => [page.before, page.step, page.about.config.model.hidden.join()]") == [600, 0, "48,48"]
    for at, velocity in recorded:
        assert close(v.js(FIELD, [at, 22, limits]), velocity, 1e-5), f"the field at t = {at} is another one than in the report"
    # The curve begins with that of the run, and goes on near its end and far below its beginning.
    earlier = losses_of(report.parent)
    assert close(v.js("() => page.curve.loss"), earlier, 1e-6)
    losses = train(v, 60)
    assert v.js("() => page.curve.at.slice(-60)") == list(range(601, 661))
    last, first = statistics.mean(earlier[-60:]), statistics.mean(earlier[:20])
    assert statistics.mean(losses) < last + 0.25 * (first - last), f"{statistics.mean(losses)} after {last}; the run began at {first}"
    assert statistics.mean(losses[:20]) < 0.8 * fresh
    assert v.tab.text_content("[data-figure=step]") == "600 + 60"
    t.picture(v, "goes_on")
    # The program trains on likewise, with the config that the page exports.
    exported = v.js("() => page.exportedConfig()")
    assert json.loads(exported)["from"] == t.name
    (t.folder / "exported.json").write_text(exported, encoding="utf-8")
    call(t, "train", "exported.json", "-q", "--out", "again", "train.steps=600", "--max-steps", "60")
    assert close(losses, losses_of(t.folder / "again"), 1e-4), "the program trains on in another way than the page"
    # Restart goes back to the weights of the run, and another choice leaves them.
    v.tab.click("#again")
    v.wait("() => page.step === 0 && page.stage.flow")
    assert train(v, 5) == losses[:5]
    v.tab.select_option("#c-width", "32")
    v.wait("() => page.about.config.model.hidden.join() === '32'")
    assert v.js("() => [page.before, page.about.config.from]") == [0, ""]
    assert v.tab.locator("#controls.left").count() == 0
    v.close()


def test_run_on_a_table(t):
    rows = "".join(f"{math.sin(k)},{math.cos(3 * k) + 2}\n" for k in range(90))
    (t.folder / "two columns.csv").write_text(f'"{HOSTILE}",b\n{rows}', encoding="utf-8")
    report = write_report(t, flow_config({"type": "standardize", "of": {"type": "csv", "path": "two columns.csv"}}, steps=60))
    v = visit(t)
    said = words_about(v, report)
    assert said == f"{t.name} is trained on two columns.csv. Open or drop this file too, and the page goes on.", said
    assert v.js("() => page.about.config.data.type") == "moons", "the earlier training is gone"
    assert words_about(v, t.folder / "two columns.csv").startswith(f"Goes on from the weights of {t.name} after step 60.")
    assert v.js("() => page.about.names[0]") == HOSTILE
    assert json.loads(v.js("() => page.exportedConfig()"))["data"]["of"]["path"].endswith("two columns.csv")
    # The files of a run do the same, opened together.
    folder = report.parent
    said = words_about(v, folder / "config.json", folder / "model.safetensors", t.folder / "two columns.csv")
    assert said.startswith("Goes on from the weights of config.json after step 60."), said
    train(v, 3)
    assert v.js("() => window.hacked === undefined && !document.querySelector('img')")
    v.close()


def test_what_the_page_cannot_train(t):
    v = visit(t)
    words = token_config({"type": "quantize", "of": {"type": "moons"}, "levels": 8, "low": -2, "high": 3}, steps=4)
    report = write_report(t, words)
    assert words_about(v, report) == f"The report of {t.name} holds no weights to go on from: the live page goes on with flows of points, and this is a flow of pairs of tokens."
    folder = report.parent
    assert "is a flow of tokens" in words_about(v, folder / "config.json", folder / "model.safetensors")
    t.name = "other_network"
    folder = write_report(t, flow_config({"type": "moons"}, steps=4)).parent
    said = words_about(v, folder / "model.safetensors")
    assert said.startswith("[from] the network of the opened weights is another one than that of this config: "), said
    # Weights of the network that the page shows are taken alone.
    assert words_about(v, folder / "config.json", folder / "model.safetensors").startswith("Goes on from")
    assert words_about(v, folder / "model.safetensors").startswith("Goes on from the weights of model.safetensors after step 4.")
    t.name = "digits"
    (t.folder / "digits.json").write_text(json.dumps({"data": {"type": "digits"}, "train": {"steps": 4}}), encoding="utf-8")
    assert "the page has no such files" in words_about(v, t.folder / "digits.json")
    report = folder / "report.html"
    text = report.read_text(encoding="utf-8")
    broken = t.folder / "broken.html"
    for content, wanted in [
        (text.replace('"type":"weights"', '"type":"wait"'), "written by an earlier version"),
        (text.replace('{"protocol": 1,', '{"protocol": 99,'), "protocol 99"),
        (text[: len(text) // 2], "broken.html cannot be read"),
        ("<html><script>window.hacked = 1</script></html>", "broken.html is no report of pushforward"),
    ]:
        broken.write_text(content, encoding="utf-8")
        assert wanted in words_about(v, broken), v.words()
        train(v, 1)  # the page still works
    assert v.js("() => window.hacked === undefined")
    v.close()


def test_exported_weights(t):
    v = visit(t, "#data=rings&layers=2&width=32&steps=1000&seed=5")
    train(v, 200)
    v.tab.click("[data-tab=files]")
    folder = t.folder / "exported"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        with v.tab.expect_download() as got:
            v.tab.get_by_text(f"Save {name}").click()
        got.value.save_as(folder / name)
    side, limits = 6, [-2.5, 2.5, -2, 2]
    points = [((i + 0.5) / side * 5 - 2.5, (j + 0.5) / side * 4 - 2) for j in range(side) for i in range(side)]
    (t.folder / "points.csv").write_text("x,y\n" + "".join(f"{x!r},{y!r}\n" for x, y in points), encoding="utf-8")
    for at in (0, 0.4, 1):
        call(t, "velocity", "exported", "--points", "points.csv", "--t", str(at), "--out", "u.csv")
        lines = (t.folder / "u.csv").read_text(encoding="utf-8").splitlines()
        wanted = [float(word) for line in lines if not line[0].isalpha() for word in line.split(",")]
        assert close(v.js(FIELD, [at, side, limits]), wanted, 1e-5), f"the program has other velocities at t = {at}"
    call(t, "sample", "exported", "-n", "40", "--seed", "3", "--solver", "heun", "--steps", "8", "--out", "x.csv")
    lines = (t.folder / "x.csv").read_text(encoding="utf-8").splitlines()
    wanted = [float(word) for line in lines if not line[0].isalpha() for word in line.split(",")[:2]]
    ends = v.js("async () => Array.from((await page.ask({ask: 'flow', n: 40, times: 2, seed: 3, solver: 'heun', steps: 8})).arrays.points.values.slice(80))")
    assert close(ends, wanted, 1e-4), "the program draws other samples"
    # A training of the program starts from the exported run.
    call(t, "train", "exported/config.json", "-q", "--out", "on", "from=exported", "train.steps=3", "schedule.warmup=0")
    v.close()


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__, with_page=True))
