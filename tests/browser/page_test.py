#!/usr/bin/env python3
"""Tests the page in headless Chromium, opened from disk as a user opens it.

usage: page_test.py PAGE.html [--out FOLDER] [--only NAME]     writes pictures of the views to FOLDER

Needs Playwright and Chromium; scripts/page --test installs both and runs this.
"""

import argparse
import base64
import gzip
import json
import math
import re
import shutil
import statistics
import struct
import sys
import tempfile
import time
import traceback
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "apps/page"))
import fuse  # noqa: E402

FRAMES = """() => new Promise((done) => {
  const times = [];
  let before = performance.now();
  page.setTime(0);
  page.playing = true;
  const next = (now) => {
    times.push(now - before);
    before = now;
    if (times.length < 90) requestAnimationFrame(next);
    else { page.playing = false; done(times.slice(5)); }
  };
  requestAnimationFrame(next);
})"""
PLACES = "() => Array.from(page.stage.places(page.stage.flow).slice(0, 400))"
HOSTILE = "<img src=x onerror=window.hacked=1>"


class Visit:
    """A tab with the page. It records every error of the console and every request."""

    def __init__(self, browser, path, address="", size=(1280, 1000), script=None):
        self.tab = browser.new_page(viewport={"width": size[0], "height": size[1]}, accept_downloads=True)
        self.errors, self.requests = [], []
        # The tests read the canvas often, which the page never does, and Chromium warns of that.
        self.tab.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning")
                    and "willReadFrequently" not in m.text else None)
        self.tab.on("pageerror", lambda e: self.errors.append(str(e)))
        self.tab.on("request", lambda r: self.requests.append(r.url))
        if script:
            self.tab.add_init_script(script)
        self.tab.goto(path.as_uri() + address)

    def ready(self, seconds=60):
        self.tab.wait_for_selector("html[data-ready=yes]", timeout=1000 * seconds)
        return self

    def js(self, text, *arguments):
        return self.tab.evaluate(text, *arguments)

    def words(self):
        return self.tab.text_content("#words")

    def wait(self, text, seconds=60):
        self.tab.wait_for_function(text, timeout=1000 * seconds)

    def shows(self, words):
        """Waits until the address has these words. Playwright's own `url` follows the page's address with a delay."""
        self.tab.wait_for_function("(words) => location.href.includes(words)", arg=words, timeout=10000)

    def train(self, steps):
        """Trains until the page has taken this many steps, then pauses."""
        self.tab.click("#train")
        self.wait(f"() => page.step >= {steps}", 120)
        self.js("() => page.setTraining(false)")
        self.wait("() => !page.busy")

    def close(self):
        here = [u for u in self.requests if not u.startswith(("file:", "blob:", "data:"))]
        assert not here, f"the page made requests: {here}"
        assert not self.errors, f"the console has errors: {self.errors}"
        self.tab.close()


def test_trains_moons(t):
    v = t.visit().ready()
    first = v.js("() => performance.getEntriesByName('first-picture')[0].startTime") / 1000
    t.figure("first picture", f"{first:.2f} s")
    assert first <= 2 or t.busy, f"the first picture of the flow comes after {first:.2f} s"
    start = time.time()
    losses = v.js("async () => { await page.trainSteps(300); return page.curve.loss; }")
    t.figure("300 steps of moons at 3 x 64", f"{time.time() - start:.2f} s")
    assert len(losses) == 300
    # The steps a second are those of the time that training took.
    shown = float(v.tab.text_content("[data-figure='steps a second']").replace(",", ""))
    assert 0.8 * 300 / shown < v.js("() => page.spent") < 1.2 * 300 / shown
    assert statistics.mean(losses[-50:]) < 0.85 * statistics.mean(losses[:20]), "the loss did not fall"
    # The same seed gives the stored numbers: the float32 of the first losses, on any machine with WebAssembly.
    again = t.visit().ready()
    assert again.js("async () => { await page.trainSteps(50); return page.curve.loss; }") == losses[:50]
    stored = json.loads((Path(__file__).parent / "moons_losses.json").read_text(encoding="utf-8"))
    for got, wanted in zip(losses[:100], stored, strict=True):
        assert math.isclose(got, wanted, rel_tol=1e-4), f"loss {got} instead of {wanted}"
    again.close()
    v.close()


def test_fused_multiply_adds(t):
    text = t.path.read_text(encoding="utf-8")
    packed = re.search(r'<script id="engine"[^>]*>\s*([A-Za-z0-9+/=]+)\s*</script>', text)[1]
    whole = gzip.decompress(base64.b64decode(packed))
    count = struct.unpack_from("<I", whole)[0]
    places, module = struct.unpack_from(f"<{count}I", whole, 4), whole[4 + 4 * count :]
    assert list(places) == fuse.multiply_adds(module) and count > 200
    wanted = fuse.fused(module, places)
    assert len(wanted) == len(module)
    t.figure("multiply-adds that are fused", f"{count} of {module.count(fuse.MUL)}")
    v = t.visit().ready()
    # The worker changes the module as fuse.py does, and the browser accepts it.
    part = "const kOfRelaxedSimd", "const unpack"
    worker = v.tab.text_content("#worker")
    code = worker[worker.index(part[0]) : worker.index(part[1])]
    same = """async ([code, module, places, wanted]) => {
        const { fuse, known } = new Function(`${code}; return { fuse, known: kOfRelaxedSimd };`)();
        const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const mine = bytes(module), other = bytes(wanted);
        fuse(mine, places);
        return [mine.every((b, k) => b === other[k]), WebAssembly.validate(mine), WebAssembly.validate(known)];
    }"""
    assert v.js(same, [code, base64.b64encode(module).decode(), list(places), base64.b64encode(wanted).decode()]) == [True, True, True]
    # Without fused multiply-adds the losses are the same up to rounding.
    losses = """async (plain) => {
        const worker = document.getElementById('worker'), text = worker.textContent;
        if (plain) worker.textContent = text.replace('WebAssembly.validate(kOfRelaxedSimd)', 'false');
        const link = new page.link.constructor();
        await link.open();
        const changed = worker.textContent !== text;
        worker.textContent = text;
        await link.ask({ ask: 'open', config: page.exportedConfig(), name: 'config', folder: '/page' });
        const { arrays } = await link.ask({ ask: 'train', steps: 100 });
        link.worker.terminate();
        return [changed, Array.from(arrays.loss.values)];
    }"""
    (fused, with_fma), (plain, without) = v.js(losses, False), v.js(losses, True)
    assert plain and not fused and with_fma != without
    worst = max(abs(a - b) / b for a, b in zip(with_fma, without, strict=True))
    t.figure("largest relative difference of losses without fused multiply-adds, over 100 steps", f"{worst:.1e}")
    assert worst < 1e-4
    v.close()


def test_slider_moves_points(t):
    v = t.visit("#steps=1000").ready()
    v.train(200)
    before = v.js(PLACES)
    v.tab.fill("#t", "0.25")
    assert v.tab.text_content("#t-words") == "t = 0.25"
    after = v.js(PLACES)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) > 5
    v.shows("t=0.25")
    v.close()


def test_frames(t):
    v = t.visit("#steps=1000").ready()
    assert v.js("() => page.stage.flow.points.shape[1]") == 5000
    frames = v.js(FRAMES)
    median = statistics.median(frames)
    t.figure("frame time with 5,000 points", f"median {median:.1f} ms")
    # Headless Chromium draws on the processor, at most 60 times a second. A busy machine is slower.
    assert median <= 17.5 or t.busy, f"a frame takes {median:.1f} ms"
    v.close()


def test_tape_shows_the_engines_values(t):
    v = t.visit("#steps=1000").ready()
    v.tab.click("[data-tab=tape]")
    v.tab.wait_for_selector("tr[data-line='6']")
    v.tab.click("tr[data-line='6']")
    v.tab.wait_for_selector(".values td")
    wanted = v.js("async () => (await page.ask({ask: 'line', id: 6})).arrays.values.values[0]")
    shown = float(v.tab.text_content(".values td"))
    assert math.isclose(shown, wanted, rel_tol=0.005, abs_tol=1e-6), f"{shown} instead of {wanted}"
    t.picture(v, "tape")
    v.close()


def test_posterior_pairs_and_exact(t):
    v = t.visit("#data=mixture&steps=1000&show=flow,field,exact&t=0.6").ready()
    v.train(500)
    learned, exact = v.js("() => [Array.from(page.stage.field.learned), Array.from(page.stage.field.exact)]")
    size = math.sqrt(sum(x * x for x in exact))
    away = math.sqrt(sum((a - b) ** 2 for a, b in zip(learned, exact, strict=True)))
    assert 0 < away < 0.6 * size, f"the learned field is {away / size:.2f} of the exact one away from it"
    t.picture(v, "field_and_exact")
    v.tab.click("#stage", position={"x": 300, "y": 200})
    v.wait("() => page.stage.chosen !== null")
    assert abs(sum(v.js("() => Array.from(page.stage.chosen.weights.values)"))) <= 1.001
    assert "posterior" in v.tab.text_content("#caption")
    t.picture(v, "posterior")
    v.tab.keyboard.press("Escape")
    crossings = []
    for coupling in ("independent", "ot"):
        v.tab.select_option("#c-coupling", coupling)
        v.wait(f"() => page.about.config.coupling.type === '{coupling}' && page.stage.flow")
        v.js("async () => { await page.askPairs(); }")
        crossings.append(v.js("() => page.crossings"))
    assert crossings[1] < crossings[0] / 5, f"crossings: {crossings}"
    assert v.tab.is_disabled("[data-layer=exact]"), "the exact answer is offered for another coupling"
    v.close()


def test_solvers(t):
    v = t.visit("#steps=1000").ready()
    v.tab.click("[data-tab=solvers]")
    v.wait("() => document.getElementById('solver-words').textContent.includes('64 evaluations')")
    v.tab.select_option("#panel select", "dopri5")
    v.wait("() => document.getElementById('solver-words').textContent.includes('at most')")
    v.shows("solver=dopri5")
    v.close()


def test_address_and_files(t):
    v = t.visit("#data=rings&layers=2&width=32&steps=1000&seed=5").ready()
    config = json.loads(v.js("() => page.exportedConfig()"))
    assert config["data"]["type"] == "rings" and config["seed"] == 5 and config["model"]["hidden"] == [32, 32]
    v.tab.click("[data-tab=files]")
    with v.tab.expect_download() as got:
        v.tab.get_by_text("Save config.json").click()
    saved = t.folder / "config.json"
    got.value.save_as(saved)
    assert json.loads(saved.read_text(encoding="utf-8")) == config
    v.js("async () => { await page.trainSteps(20); }")
    with v.tab.expect_download() as got:
        v.tab.get_by_text("Save checkpoint").click()
    checkpoint = t.folder / "checkpoint.safetensors"
    got.value.save_as(checkpoint)
    then = v.js("async () => { await page.trainSteps(5); return page.curve.loss.slice(-5); }")
    v.tab.click("#again")
    v.wait("() => page.step === 0 && page.stage.flow")
    v.tab.set_input_files("#open-file", checkpoint)
    v.wait("() => page.step === 20")
    assert v.js("async () => { await page.trainSteps(5); return page.curve.loss; }") == then
    t.picture(v, "files")
    v.close()


def test_own_data(t):
    v = t.visit("#steps=1000&width=32").ready()
    v.tab.click("[data-set=drawn]")
    box = v.tab.locator("#stage").bounding_box()
    v.tab.mouse.move(box["x"] + 200, box["y"] + 200)
    v.tab.mouse.down()
    for k in range(40):
        v.tab.mouse.move(box["x"] + 200 + 6 * k, box["y"] + 200 + 3 * (k % 9))
    v.tab.mouse.up()
    v.train(20)
    assert v.js("() => page.about.config.data.type") == "csv"
    table = t.folder / "mine.csv"
    table.write_text(f'"{HOSTILE}",b\n' + "".join(f"{math.sin(k)},{math.cos(k) * k}\n" for k in range(60)), encoding="utf-8")
    v.tab.click("[data-tab=files]")
    v.tab.set_input_files("#open-file", table)
    v.wait("() => page.about.config.data.type === 'standardize'")
    assert v.js("() => page.about.names[0]") == HOSTILE
    assert v.js("() => window.hacked === undefined && !document.querySelector('img')")
    v.close()


def npy(rows, kind="<f4"):
    """Returns the bytes of an NPY file with rows of numbers."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    letter = {"<f4": "f", "<f8": "d"}[kind]
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"".join(struct.pack(f"<{len(row)}{letter}", *row) for row in rows)


def give(v, event, files=(), text=""):
    """Drops or pastes files (name, bytes) or a text on the page."""
    v.js("() => page.say('')")
    v.js("""([event, files, text]) => {
        const transfer = new DataTransfer();
        for (const [name, bytes] of files) transfer.items.add(new File([Uint8Array.from(bytes)], name));
        if (text) transfer.setData('text/plain', text);
        const made = event === 'drop' ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
            : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true });
        document.body.dispatchEvent(made);
    }""", [event, [[name, list(content)] for name, content in files], text])


def test_dropped_and_pasted_tables(t):
    v = t.visit("#steps=1000&layers=1&width=16").ready()
    columns = "() => [page.about.config.data.of && page.about.config.data.of.type, page.stage.data.shape.join(), page.about.names.join('|')]"
    rows = [[math.sin(k), math.cos(2 * k)] for k in range(50)]
    for kind in ("<f4", "<f8"):
        count = 50 if kind == "<f4" else 40
        give(v, "drop", [("points.npy", npy(rows[:count], kind))])
        v.wait(f"() => page.about.config.data.of && page.about.config.data.of.type === 'npy' && page.stage.data.shape[0] === {count}")
        shown = v.js("() => Array.from(page.stage.data.values)")
        wanted = [x for row in rows[:count] for x in row]
        assert all(math.isclose(a, b, abs_tol=1e-5) for a, b in zip(shown, wanted, strict=True))
    assert json.loads(v.js("() => page.exportedConfig()"))["data"]["of"]["path"] == "data.npy"
    text = f"{HOSTILE};b\n" + "".join(f"{x:.3f};{y:.3f}\n" for x, y in rows[:30])
    give(v, "drop", [("half.csv", text.encode())])
    v.wait("() => page.about.config.data.of.type === 'csv' && page.stage.data.shape[0] === 30")
    assert v.js(columns)[2] == f"{HOSTILE}|b"
    give(v, "paste", text="x\ty\n" + "".join(f"{x:.3f}\t{y:.3f}\n" for x, y in rows[:25]))
    v.wait("() => page.stage.data.shape[0] === 25")
    assert v.js(columns)[2] == "x|y"
    v.js("async () => { await page.trainSteps(2); }")
    # What is no table has its words, and the training that was there stays.
    for event, files, said, wanted in [
        ("drop", [("photo.png", b"\x89PNG\r\n")], "", "photo.png is none of the files that the page opens: tables"),
        ("drop", [("bad.npy", b"\x93NUMPY\x01\x00")], "", "npy"),
        ("drop", [("text.npy", b"1,2\n3,4\n")], "", "npy"),
        ("drop", [("flat.npy", npy([[math.nan, 1.0]] * 9))], "", "nan"),
        ("drop", [("empty.csv", b"")], "", "empty.csv is empty"),
        ("drop", [("binary.csv", bytes(range(256)))], "", "["),
        ("drop", [(f"{HOSTILE}.exe", b"MZ")], "", f"{HOSTILE}.exe is none of the files"),
        ("drop", [("a.json", b"{}"), ("b.json", b"{}")], "", "a.json and b.json are of one kind"),
        ("paste", [], "love and other things", "holds no table"),
    ]:
        give(v, event, files, said)
        v.wait("() => !document.getElementById('words').hidden")
        assert wanted.lower() in v.words().lower(), f"{files or said}: {v.words()}"
        assert v.js(columns)[1] == "25,2", "the earlier data is gone"
        v.js("async () => { await page.trainSteps(1); }")
    # A paste into a field of the page is not data.
    v.tab.click("[data-tab=program]")
    v.tab.wait_for_selector("#program-text")
    v.js("() => page.say('')")
    v.js("""() => { const transfer = new DataTransfer(); transfer.setData('text/plain', '1,2\\n3,4\\n5,6');
        document.getElementById('program-text').dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })); }""")
    v.js("async () => { await page.trainSteps(1); }")
    assert v.js(columns)[1] == "25,2"
    assert v.js("() => window.hacked === undefined && !document.querySelector('img')")
    v.close()


def test_words_for_every_failure(t):
    v = t.visit("#steps=1000&width=16").ready()
    v.tab.click("[data-tab=files]")
    for name, text, words in [
        ("words.csv", "all,about\nlove,and\nother,things\n", "number"),
        ("broken.json", '{"version": 1,', "error"),
        ("other.json", '{"version": 1, "data": {"type": "moon"}}', "moons"),
        ("noise.safetensors", "this is no safetensors file", "safetensors"),
    ]:
        bad = t.folder / name
        bad.write_text(text, encoding="utf-8")
        v.js("() => page.say('')")
        v.tab.set_input_files("#open-file", bad)
        v.wait("() => !document.getElementById('words').hidden")
        assert words in v.words(), f"{name}: {v.words()}"
        v.js("async () => { await page.trainSteps(1); }")  # the page still works
    v.close()
    v = t.visit().ready()
    v.js("""async () => {
        page.configText = JSON.stringify({version: 1, data: {type: 'moons'}, model: {type: 'mlp', hidden: [8]},
                                          optimizer: {type: 'sgd', lr: 1000}, train: {clip_norm: 0}});
        await page.open();
    }""")
    v.tab.click("#train")
    v.wait("() => /smaller step size/.test(document.getElementById('words').textContent)")
    assert v.tab.text_content("#train") == "Train"
    v.close()
    v = t.visit(script="delete window.WebAssembly;")
    v.wait("() => /no WebAssembly/.test(document.getElementById('words').textContent)")
    v.close()


def test_looks(t):
    for dark in (False, True):
        v = t.visit("#steps=2000&show=flow,trails,data&t=0.7").ready()
        if dark:
            v.tab.click("#dark")
        v.train(1500)
        v.js("async () => { await page.refresh(true); }")
        time.sleep(0.3)
        t.picture(v, "moons_dark" if dark else "moons_light")
        v.close()
    v = t.visit("#data=8gaussians&steps=1000&show=flow,density", size=(390, 844)).ready()
    wide = v.js("() => document.documentElement.scrollWidth")
    assert wide <= 390, f"the page is {wide} pixels wide on a phone of 390"
    t.picture(v, "phone")
    v.tab.click(".ask")
    assert v.tab.is_visible("#help")
    v.tab.keyboard.press("Escape")
    assert not v.tab.is_visible("#help")
    v.close()


class Tests:
    """What the tests share: the browser, the page's file, a folder for files, and where pictures go."""

    def __init__(self, browser, path, folder, out, busy):
        self.browser, self.path, self.folder, self.out, self.busy = browser, path, folder, out, busy

    def visit(self, address="", **more):
        return Visit(self.browser, self.path, address, **more)

    def figure(self, name, text):
        print(f"   {name}: {text}")

    def picture(self, visit, name):
        if self.out:
            visit.tab.screenshot(path=self.out / f"{name}.png")


def run(functions, doc):
    """Runs those of the functions whose names begin with test_, as the command line says. Returns the exit code."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--busy", action="store_true", help="do not fail because frames are slow")
    given = parser.parse_args()
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
    tests = [(k, f) for k, f in functions.items() if k.startswith("test_") and given.only in k]
    failed = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, test in tests:
            try:
                test(Tests(browser, given.page.resolve(), Path(folder), given.out, given.busy))
                print(f"passed  {name[5:]}", flush=True)
            except Exception:  # a failed test must not hide the others
                failed.append(name)
                print(f"FAILED  {name[5:]}\n{traceback.format_exc()}", flush=True)
        browser.close()
    print(f"{len(tests) - len(failed)} of {len(tests)} tests passed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(run(globals(), __doc__))
