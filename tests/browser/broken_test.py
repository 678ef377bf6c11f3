#!/usr/bin/env python3
"""Tests what the page does with wrong addresses and files, diverging networks, an engine that takes too long, and hasty users.

usage: broken_test.py PAGE.html [--out FOLDER] [--only NAME]     writes pictures of the views to FOLDER
"""

import math
import sys

from page_test import give, run

SMALL = "#steps=1000&layers=1&width=16"
ROWS = "".join(f"anna,{math.sin(k):.3f},{math.cos(k):.3f}\n" for k in range(40))
SAID = "(text) => document.getElementById('words').textContent.includes(text)"


def says(v, text):
    v.tab.wait_for_function(SAID, arg=text, timeout=20000)


def test_wrong_addresses(t):
    for address, said in [
        ("layers=0", "layers = “0”; it must be a whole number from 1 to 8"),
        ("width=1e9&layers=1e9", "layers = “1e9”"),
        ("seed=1.5", "seed = “1.5”; it must be a whole number"),
        ("lr=-1", "lr = “-1”; it must be a number from 0 to 1000"),
        ("data=<img src=x onerror=window.hacked=1>", "data = “<img src=x onerror=window.hacked=1>”; it must be moons, "),
        ("show=flow,nothing", "show = “flow,nothing”"),
        ("learns=__proto__", "it must be velocity, lagrangian, eulerian"),
        ("constructor=1", "“constructor”, which is no choice"),
        ("t=7", "t = “7”"),
        ("beside=nothing", "beside = “nothing”"),
        ("solver=euler_maruyama", "solver = “euler_maruyama”; it must be euler, heun, rk4, dopri5"),
    ]:
        v = t.visit(f"#{address}").ready()
        assert said in v.words(), f"{address}: {v.words()}"
        assert v.js("async () => { await page.trainSteps(1); return page.step; }") == 1
        assert v.js("() => window.hacked === undefined && page.about.config.model.hidden.join() === '64,64,64'")
        v.close()
    v = t.visit("#layers=2&width=48&lr=10").ready()
    assert not v.words() and v.js("() => page.about.config.model.hidden.join()") == "48,48"
    v.close()


def test_address_is_followed(t):
    v = t.visit(SMALL).ready()
    v.js("async () => { await page.trainSteps(3); }")
    v.js("() => { location.hash = '#steps=1000&layers=1&width=16&t=0.3&show=data,trails'; }")
    v.wait("() => page.stage.t === 0.3 && page.stage.layers.trails && !page.stage.layers.flow")
    assert v.js("() => page.step") == 3 and v.tab.input_value("#t") == "0.3", "another view began another training"
    v.js("() => { location.hash = '#data=rings&steps=1000&layers=1&width=16'; }")
    v.wait("() => page.about.config.data.type === 'rings' && page.stage.t === 1")
    assert v.tab.get_attribute("[data-set=rings]", "aria-pressed") == "true"
    v.tab.go_back()
    v.wait("() => page.about.config.data.type === 'moons' && page.stage.t === 0.3")
    v.tab.go_forward()
    v.wait("() => page.about.config.data.type === 'rings' && page.stage.t === 1")
    v.js("() => { location.hash = '#layers=900'; }")
    says(v, "layers = “900”")
    v.close()


def test_files_with_other_contents(t):
    v = t.visit(SMALL).ready()
    give(v, "drop", [("mixed.csv", b"name,x,y\n" + ROWS.encode())])
    says(v, "Only the columns of numbers are taken: x, y.")
    assert v.js("() => page.about.names.join()") == "x,y"
    for name, content, said in [
        ("words.csv", b"name,where\nanna,berlin\nbob,rome\n", "words.csv:2:1: \"anna\""),
        ("zero.csv", bytes(4000), "zero.csv: byte 0 is zero"),
        ("weights.safetensors", (2**62).to_bytes(8, "little") + b"{}", "weights.safetensors: header too large"),
        ("weights.safetensors", b"123", "weights.safetensors is no safetensors file"),
        ("deep.json", b"[" * 100000, "nested more than 64 deep"),
        ("wide.json", b'{"data": {"type": "moons"}, "model": {"type": "mlp", "hidden": [60000, 60000]}}', "there is not enough memory for this; choose a smaller network, batch or table"),
    ]:
        give(v, "drop", [(name, content)])
        says(v, said)
        assert v.js("() => page.about.names.join()") == "x,y", f"{name} replaced the earlier data"
        v.js("async () => { await page.trainSteps(1); }")
    give(v, "drop", [("a.csv", b"1,2\n3,4\n"), ("b.csv", b"1,2\n3,4\n")])
    says(v, "a.csv and b.csv are several tables; open one of them.")
    v.close()


def test_engine_is_stopped(t):
    v = t.visit(SMALL + "&show=data,trails").ready()
    give(v, "drop", [("heavy.json", b'{"data": {"type": "moons"}, "train": {"batch": 1000000}, "model": {"type": "mlp", "hidden": [512, 512, 512]}}')])
    v.tab.wait_for_selector("#busy:not([hidden])", timeout=60000)
    assert "has been computing for" in v.tab.text_content("#busy-words")
    t.picture(v, "busy")
    v.tab.click("#stop-engine")
    says(v, "The engine was stopped. Its training is lost, and the usual one is open.")
    assert v.tab.is_hidden("#busy") and v.js("() => page.stage.layers.trails")
    assert v.js("async () => { await page.trainSteps(2); return page.step; }") == 2
    assert v.js("() => page.about.config.train.batch") == 256
    v.close()


def test_diverging_networks(t):
    v = t.visit("#steps=1000&width=32&lr=10").ready()
    v.tab.click("#train")
    says(v, "the step size is too large. Choose a smaller one.")
    t.picture(v, "diverging")
    v.close()
    v = t.visit("#steps=1000&width=32&lr=1000").ready()
    v.tab.click("#train")
    says(v, "is not a finite number. Choose a smaller step size.")
    v.wait("() => !page.training && !page.busy")
    # The words stay when the flow of such weights is asked for.
    for layer in ("field", "density", "trails"):
        v.tab.click(f"[data-layer={layer}]")
    v.tab.click("[data-tab=solvers]")
    v.js("async () => { await page.ask({ ask: 'path' }); }")
    assert "is not a finite number. Choose a smaller step size." in v.words(), v.words()
    v.tab.select_option("#c-lr", "0.003")
    v.wait("() => page.step === 0 && page.about.config.optimizer.lr === 0.003 && page.stage.flow")
    assert not v.words(), v.words()
    v.js("async () => { await page.trainSteps(30); }")
    assert not v.words(), v.words()
    v.close()


def test_drawing_is_left(t):
    v = t.visit(SMALL).ready()
    v.js("async () => { await page.trainSteps(5); }")
    v.tab.click("#train")
    v.tab.click("[data-set=drawn]")
    assert v.js("() => [page.training, page.stage.drawn.length]") == [False, 0]
    v.tab.keyboard.press("Escape")
    v.wait("() => page.stage.drawn === null && !page.busy")
    assert v.js("() => page.step >= 5 && page.about.config.data.type === 'moons'"), "Escape lost the training"
    v.tab.click("[data-set=drawn]")
    v.tab.click("#train")
    says(v, "Too few points were drawn")
    assert v.js("() => page.stage.drawn === null && !page.training && page.step >= 5")
    v.close()


def test_hasty_user(t):
    v = t.visit(SMALL).ready()
    for name in ("rings", "mixture", "checkerboard", "circles", "8gaussians", "scurve"):
        v.tab.click(f"[data-set='{name}']")
        v.tab.click("#train")
    for width in (1600, 500, 900, 1280):
        v.tab.set_viewport_size({"width": width, "height": 700})
        for layer in ("trails", "field", "density", "error", "steps"):
            v.tab.click(f"[data-layer={layer}]")
    for tab in ("tape", "solvers", "files", "program", "about"):
        v.tab.click(f"[data-tab={tab}]")
    v.wait("() => page.about.config.data.type === 'scurve' && page.step > 0")
    v.js("() => page.setTraining(false)")
    v.wait("() => !page.busy")
    assert v.tab.get_attribute("[data-set=scurve]", "aria-pressed") == "true"
    assert not v.words(), v.words()
    # Two tabs train each for itself.
    other = t.visit(SMALL + "&seed=4").ready()
    both = [one.js("async () => { await page.trainSteps(3); return page.curve.loss.slice(-3); }") for one in (v, other)]
    assert both[0] != both[1]
    other.close()
    v.close()


def test_keyboard_keeps_its_place(t):
    v = t.visit(SMALL).ready()
    v.tab.focus("[data-set=rings]")
    v.tab.keyboard.press("Enter")
    v.wait("() => page.about.config.data.type === 'rings'")
    assert v.js("() => document.activeElement.dataset.set") == "rings"
    v.tab.focus("#c-batch")
    v.tab.keyboard.press("ArrowDown")
    v.wait("() => page.about.config.train.batch === 512")
    assert v.js("() => document.activeElement.id") == "c-batch"
    v.tab.focus("[data-tab=about]")
    v.tab.keyboard.press("ArrowRight")
    assert v.js("() => [document.activeElement.dataset.tab, page.tab, page.stage.t]") == ["solvers", "solvers", 1]
    v.tab.keyboard.press("ArrowLeft")
    v.tab.keyboard.press("ArrowLeft")
    assert v.js("() => [document.activeElement.dataset.tab, page.tab]") == ["files", "files"]
    v.tab.focus("#stage")
    v.tab.keyboard.press("ArrowLeft")
    v.shows("t=0.98")
    v.close()


def test_zoomed_and_small(t):
    for width, height, ratio in ((640, 500, 2), (320, 640, 2)):
        context = t.browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=ratio, reduced_motion="reduce")
        tab = context.new_page()
        tab.goto(t.path.as_uri() + SMALL)
        tab.wait_for_selector("html[data-ready=yes]", timeout=60000)
        for name in ("solvers", "tape", "program", "tokens", "files", "about"):
            tab.click(f"[data-tab={name}]")
            tab.wait_for_timeout(300)
            wide = tab.evaluate("() => document.documentElement.scrollWidth")
            assert wide <= width, f"with the tab {name} the page is {wide} pixels wide on a screen of {width}"
        context.close()


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__))
