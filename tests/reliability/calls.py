#!/usr/bin/env python3
"""Makes each system call on files fail in turn, in every verb that writes. Start it with scripts/reliability calls.

The library of tests/program/faulty_calls.cpp is preloaded into the program. For each call and each error, the first call
fails, in the next run the second, and so on until there is none left. The program must not crash, must end with exit code
0 or 4, and after 4 must name a file of the folder in question. Each file must be complete: the old one or the new one. A
training, a resumed training and a sweep are then continued, and must end with the bits of the run in which no call failed.
"""
import argparse
import datetime
import errno
import itertools
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

from trial import Program, Trouble, check_run, machine, must, same_run, temporaries, write_section

# The errors that each call is made to fail with. "short" writes half of the bytes.
WRITING = ["ENOSPC", "EIO", "EDQUOT", "EROFS"]
ERRORS = {"open": [*WRITING, "EINTR", "EMFILE"], "write": [*WRITING, "EINTR", "short"], "fsync": ["EIO", "ENOSPC", "EDQUOT", "EINTR"],
          "close": ["EIO", "ENOSPC", "EDQUOT", "EINTR"], "rename": WRITING, "mkdir": WRITING, "unlink": ["EIO", "EROFS"],
          "ftruncate": ["EIO", "EINTR"]}
# After these the program must do its work as if nothing had happened.
HARMLESS = ("EINTR", "short")

CONFIG = {"name": "tiny", "data": {"type": "moons"}, "model": {"hidden": [4]}, "sampler": {"type": "euler", "steps": 2},
          "train": {"steps": 6, "batch": 8, "checkpoint_every": 3, "log_every": 1, "keep": 1, "threads": 1}}

# Verb, arguments, and whether the outputs are a run. "here" is the folder whose files fail. Old files are in it already.
TRIALS = [
    ("train", ["train", "tiny.json", "-q", "--out", "here/run"]),
    ("train --resume", ["train", "tiny.json", "-q", "--out", "here/run", "--resume"]),
    ("train --overwrite", ["train", "tiny.json", "-q", "--out", "here/run", "--overwrite"]),
    ("sample --labels", ["sample", "classes", "-n", "9", "--threads", "1", "--out", "here/x.npy", "--labels", "here/l.csv"]),
    ("sample --out x.csv", ["sample", "run", "-n", "9", "--threads", "1", "--out", "here/x.csv"]),
    ("sample --trajectory", ["sample", "run", "-n", "9", "--threads", "1", "--out", "here/x.npy", "--trajectory", "here/t.npy"]),
    ("loglik", ["loglik", "run", "--points", "p.npy", "--threads", "1", "--out", "here/l.npy", "--gradient", "here/g.npy"]),
    ("encode", ["encode", "run", "--points", "p.npy", "--threads", "1", "--out", "here/z.npy"]),
    ("decode", ["decode", "run", "--points", "p.npy", "--threads", "1", "--out", "here/x.csv"]),
    ("velocity", ["velocity", "run", "--points", "p.npy", "--t", "0.5", "--out", "here/u.npy"]),
    ("interpolate", ["interpolate", "run", "--from", "p.npy", "--to", "p.npy", "--out", "here/i.npy"]),
    ("impute", ["impute", "run", "--points", "holes.csv", "--steps", "3", "--particles", "4", "--threads", "1", "--out",
                "here/filled.csv"]),
    ("data", ["data", "moons", "-n", "9", "--out", "here/d.npy"]),
    ("data --out d.csv", ["data", "moons", "-n", "9", "--out", "here/d.csv"]),
    ("eval", ["eval", "here/run", "-n", "20", "--threads", "1"]),
    ("plot", ["plot", "run", "--only", "samples,loss", "-n", "20", "--threads", "1", "--out", "here/plots"]),
    ("report", ["report", "run", "-n", "20", "--threads", "1", "--out", "here/report.html"]),
    ("inspect --out", ["inspect", "run", "--out", "here/tape.txt"]),
    ("sweep", ["sweep", "tiny.json", "seed=0,1", "--jobs", "1", "--quiet", "--out", "here/sweep"]),
]
# These verbs end with a run or runs that can be continued.
CONTINUED = {"train": "run", "train --resume": "run", "train --overwrite": "run", "sweep": "sweep"}


class Calls:
    def __init__(self, program, library):
        self.program, self.library, self.folder = program, library, program.folder
        self.trials = {}

    def prepare(self):
        self.write("tiny.json", json.dumps(CONFIG))
        self.write("classes.json", json.dumps({**CONFIG, "data": {"type": "csv", "path": "classes.csv", "label": "kind"},
                                                "model": {**CONFIG["model"], "label": {"type": "embedding", "dim": 2}}}))
        self.write("classes.csv", "x,y,kind\n" + "".join(f"{k % 7},{k % 5},{'ab'[k % 2]}\n" for k in range(40)))
        self.write("holes.csv", "1,\n,0.5\n0.1,0.2\n")
        self.program.good(["train", "classes.json", "-q", "--out", "classes"])
        self.program.good(["train", "tiny.json", "-q", "--out", "run"])
        self.program.good(["train", "tiny.json", "-q", "--out", "part", "--max-steps", "4"])
        self.program.good(["train", "tiny.json", "-q", "--out", "other", "seed=5"])
        self.program.good(["sample", "run", "-n", "5", "--out", "p.npy"])

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def fresh(self, name, arguments):
        """Makes the folder as it is before the verb runs: with an old file for each output."""
        here = self.folder / "here"
        shutil.rmtree(here, ignore_errors=True)
        here.mkdir()
        source = {"train --resume": "part", "train --overwrite": "other", "eval": "run"}.get(name)
        if source:
            shutil.copytree(self.folder / source, here / "run")
        for word in arguments:
            if word.startswith("here/") and pathlib.Path(word).suffix:
                (self.folder / word).write_text("" if word.endswith(".html") else "old\n")

    def content(self):
        """Returns the bytes of each file of the folder, without temporary files."""
        here = self.folder / "here"
        left = set(temporaries(here))
        return {p.relative_to(here).as_posix(): p.read_bytes() for p in here.rglob("*")
                if p.is_file() and p.as_posix() not in left}

    def attempt(self, name, arguments, call, at, error):
        """Runs the verb once with one failing call. Returns whether that call was made."""
        self.fresh(name, arguments)
        old = self.content()
        mark = self.folder / "mark"
        mark.unlink(missing_ok=True)
        number = error if error == "short" else str(getattr(errno, error))
        code, text = self.program.run(arguments, {
            "LD_PRELOAD": str(self.library), "FAULT_PATH": "here", "FAULT_CALL": call, "FAULT_AT": str(at), "FAULT_ERROR": number,
            "FAULT_MARK": str(mark)})
        if not mark.exists():
            must(code == 0, f"exit {code} although no call failed\n{text}")
            return False
        must(code in (0, 4), f"exit {code}\n{text}")
        must(code == 0 or "here" in text, f"the message names no file\n{text}")
        must(code == 0 or error not in HARMLESS, f"exit {code} after {error}, which needs only another try\n{text}")
        if call != "unlink":
            must(not temporaries(self.folder / "here"), f"temporary files are left: {temporaries(self.folder / 'here')}")
        if name in CONTINUED:
            self.check_continued(name, arguments, call)
        else:
            self.check_outputs(old, code)
        return True

    def check_outputs(self, old, code):
        now = self.content()
        for path in old:
            must(path in now, f"{path} is lost")
        for path, data in now.items():
            whole = self.expected.get(path)
            must(data == whole or data == old.get(path) or not self.same_each_time(path), f"{path} is neither the old nor the new file")
            if code == 0:
                must(data == whole or not self.same_each_time(path), f"exit 0, but {path} is the old file")

    def same_each_time(self, path):
        return path not in self.varying

    def check_continued(self, name, arguments, call):
        here = self.folder / "here"
        for run in [p.parent for p in here.rglob("config.json")]:
            check_run(run)
        if name == "sweep":
            self.program.good(arguments)
            for seed in (0, 1):
                run, same = (next(place.glob(f"sweep/*seed={seed}*/config.json")).parent for place in (here, self.folder / "whole"))
                # An old checkpoint that could not be removed stays, as the run is complete and not trained again.
                if call == "unlink":
                    for path in set(run.glob("checkpoints/step-*")) - {run / p.relative_to(same) for p in same.glob("checkpoints/step-*")}:
                        path.unlink()
                same_run(run, same)
            return
        run = here / "run"
        begun = (run / "config.json").exists()
        words = [word for word in arguments if not word.startswith("--over") and not word.startswith("--res")]
        same = self.folder / "whole/run"
        if name == "train --overwrite" and begun and json.loads((run / "config.json").read_text())["seed"] == 5:
            # The old run was kept. Its checkpoints may be gone, but its bits must not be mixed with new ones.
            words, same = [*words, "seed=5"], self.folder / "other"
        self.program.good([*words, "--resume"] if begun else [*words, "--overwrite"] if run.exists() else words)
        same_run(run, same)

    def verb(self, name, arguments, small):
        """Tries all calls of a verb. The result without a failing call is kept for the comparison."""
        self.fresh(name, arguments)
        self.program.good(arguments)
        self.expected = self.content()
        shutil.rmtree(self.folder / "whole", ignore_errors=True)
        shutil.move(self.folder / "here", self.folder / "whole")
        # Files with a time in them differ each time.
        self.fresh(name, arguments)
        self.program.good(arguments)
        self.varying = {path for path, data in self.content().items() if self.expected.get(path) != data}
        self.trials[name] = 0
        for number, (call, errors) in enumerate(ERRORS.items()):
            for error in [errors[(number + len(name)) % len(errors)]] if small else errors:
                for at in itertools.count(1):
                    try:
                        hit = self.attempt(name, arguments, call, at, error)
                    except Trouble as trouble:
                        raise Trouble(f"{name}: call {at} of {call} fails with {error}: {trouble}") from None
                    if not hit:
                        break
                    self.trials[name] += 1


def section(calls, seconds, small):
    rows = "\n".join(f"| `{name}` | {count} |" for name, count in calls.trials.items())
    errors = "; ".join(f"`{call}`: {', '.join(names)}" for call, names in ERRORS.items())
    return f"""
{sum(calls.trials.values())} failures on {datetime.date.today()} in {seconds / 60:.0f} minutes ({machine()}):

| verb | failing calls that were tried |
|---|---|
{rows}

Errors: {errors}.{" This run tried one of them for each call and verb (--small)." if small else ""}

After each failure the program ended with exit code 0, or with 4 and a message that names the file. No file was incomplete, and no temporary
file was left, except where removing it was the call that failed. After EINTR and after a short write the work was done as if nothing had
happened. Each training and each sweep was continued afterwards and ended with the bits of a run without failures.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--library", required=True, help="faulty_calls.so")
    parser.add_argument("--small", action="store_true", help="one error for each call instead of all")
    parser.add_argument("--only", help="only verbs whose name has one of these parts, separated by commas")
    parser.add_argument("--page", help="write the section of this page")
    options = parser.parse_args()
    begin = time.monotonic()
    # Each run waits for its files to be safe, which takes no time in memory.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="pushforward-calls-", dir=place) as folder:
        calls = Calls(Program(options.program, folder), pathlib.Path(options.library).resolve())
        troubles = []
        calls.prepare()
        for name, arguments in TRIALS:
            if options.only and not any(part in name for part in options.only.split(",")):
                continue
            try:
                calls.verb(name, arguments, options.small)
                if options.page and not troubles:  # after each verb, so that a stopped run has written what it tried
                    write_section(options.page, "calls", section(calls, time.monotonic() - begin, options.small))
            except Trouble as trouble:
                troubles.append(str(trouble))
                print(trouble, file=sys.stderr)
    seconds = time.monotonic() - begin
    print(f"{sum(calls.trials.values())} failures in {seconds:.0f} s: {calls.trials}")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
