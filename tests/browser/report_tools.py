"""Tools for tests of the pages that `pushforward report` writes: they train runs, write reports and open them."""

import argparse
import json
import shutil
import subprocess
import tempfile
import traceback
from pathlib import Path

from page_test import Visit
from playwright.sync_api import sync_playwright

# The pixels of a canvas that differ from its first one, as a share: an empty picture has none.
INK = """(selector) => {
  const canvas = document.querySelector(selector);
  const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
  const context = copy.getContext('2d', { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let k = 0; k < data.length; k += 4)
    if (data[k] !== data[0] || data[k + 1] !== data[1] || data[k + 2] !== data[2] || data[k + 3] !== data[3]) count++;
  return count / (data.length / 4);
}"""


def call(t, *words):
    """Runs the program in the folder of the test."""
    done = subprocess.run([t.path, *words], cwd=t.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"pushforward {' '.join(words)}:\n{done.stdout}{done.stderr}"


def write_report(t, config, evaluate=False):
    """Trains a run of this config and writes its report. Returns the file."""
    name = t.name
    (t.folder / f"{name}.json").write_text(json.dumps({"name": name, **config}), encoding="utf-8")
    call(t, "train", f"{name}.json", "-q", "--out", name)
    if evaluate:
        call(t, "eval", name, "-n", "200")
    call(t, "report", name)
    return t.folder / name / "report.html"


def make_report(t, config, evaluate=False):
    """Writes the report of a run of this config, and returns a visit to it."""
    return Visit(t.browser, write_report(t, config, evaluate), size=(1280, 1000)).ready()


def flow_config(data, steps=300, **more):
    return {
        "data": data,
        "model": {"hidden": [48, 48]},
        "optimizer": {"lr": 4e-3},
        "train": {"steps": steps, "batch": 128, "log_every": 5},
        **more,
    }


def token_config(data, steps=60, **more):
    return {
        "data": data,
        "model": {"type": "token_mlp", "embed": 8, "hidden": [32]},
        "train": {"steps": steps, "batch": 64, "log_every": 5},
        "sampler": {"steps": 32},
        **more,
    }


def check_common(v, sections=("evaluation", "tape", "config", "commands", "environment")):
    """Checks what every report has: no words of an error, its panels with a sentence each, curves, and the tape."""
    assert v.tab.is_hidden("#words"), v.words()
    for section in sections:
        assert v.tab.text_content(f"#{section} .says").endswith("."), section
    for curve in ("#loss", "#gradient", "#rate"):
        assert v.js(INK, curve) > 0.003, f"{curve} is empty"
    v.tab.wait_for_selector("#tape tr[data-line='1']")
    v.tab.click("#tape tr[data-line='1']")
    v.tab.wait_for_selector("#tape .values td")
    size = v.tab.viewport_size
    v.tab.set_viewport_size({"width": 390, "height": 844})
    wide = v.js("() => document.documentElement.scrollWidth")
    assert wide <= 390, f"the page is {wide} pixels wide on a phone of 390"
    v.tab.set_viewport_size(size)


class ReportTests:
    """What a test gets: the browser, the program, a folder for runs, where pictures go, the test's name, and the live page."""

    def __init__(self, browser, path, folder, out, name, page=None):
        self.browser, self.path, self.folder, self.out, self.name, self.page = browser, path, folder, out, name, page

    def picture(self, visit, name):
        if self.out:
            visit.tab.screenshot(path=self.out / f"{name}.png", full_page=True)


def run(functions, doc, with_page=False):
    """Runs those of the functions whose names begin with test_, as the command line says. Returns the exit code."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("program", type=Path)
    if with_page:
        parser.add_argument("page", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
    tests = [(k, f) for k, f in functions.items() if k.startswith("test_") and given.only in k]
    failed = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, test in tests:
            try:
                page = given.page.resolve() if with_page else None
                test(ReportTests(browser, given.program.resolve(), Path(folder), given.out, name[5:], page))
                print(f"passed  {name[5:]}", flush=True)
            except Exception:  # a failed test must not hide the others
                failed.append(name)
                print(f"FAILED  {name[5:]}\n{traceback.format_exc()}", flush=True)
        browser.close()
    print(f"{len(tests) - len(failed)} of {len(tests)} tests passed")
    return 1 if failed or not tests else 0
