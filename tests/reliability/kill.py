#!/usr/bin/env python3
"""Kills the program with SIGKILL at random moments of training, sampling and plotting. Start it with scripts/reliability kill.

After each kill all files must be complete. A killed training is resumed, perhaps killed again, and at its end must have the
same bits as a run that nobody killed. A file of samples or a picture must be the old or the new one, byte for byte.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from trial import Program, Trouble, check_run, machine, must, same_run, temporaries, write_section

CONFIG = {"name": "kill", "seed": 3, "data": {"type": "moons"}, "model": {"hidden": [16, 16]}, "ema": {"decay": 0.99},
          "sampler": {"type": "rk4", "steps": 20},
          "train": {"steps": 400, "batch": 32, "checkpoint_every": 20, "log_every": 5, "keep": 2, "threads": 1}}
SHARES = {"training": 3, "sampling": 1, "plotting": 1}


class Killer:
    def __init__(self, program, seed):
        self.program, self.random = program, random.Random(seed)
        self.folder = program.folder
        self.kills = dict.fromkeys(SHARES, 0)
        self.counts = dict.fromkeys(["finished first", "runs", "killed again", "begun anew", "new", "old"], 0)

    def prepare(self):
        (self.folder / "kill.json").write_text(json.dumps(CONFIG))
        self.seconds = {}
        self.seconds["training"] = self.timed(["train", "kill.json", "-q", "--out", "whole"])
        self.sample = ["sample", "whole", "-n", "5000", "--seed", "2", "--threads", "1", "--out"]
        self.plot = ["plot", "whole", "-n", "300", "--only", "samples,loss", "--threads", "1", "--out"]
        # The outputs before and after the command that is killed.
        (self.folder / "old").mkdir()
        self.program.good([*self.sample[:3], "100", *self.sample[4:], "old/x.npy"])
        self.program.good([*self.sample[:3], "100", *self.sample[4:], "old/x.csv"])
        self.program.good([*self.plot, "old"])
        for path in (self.folder / "old").glob("*.svg"):
            path.write_text(path.read_text() + "<!-- the old picture -->\n")
        shutil.copytree(self.folder / "old", self.folder / "new")
        self.seconds["sampling"] = self.timed([*self.sample, "new/x.npy"])
        self.timed([*self.sample, "new/x.csv"])
        self.seconds["plotting"] = self.timed([*self.plot, "new"])
        must(all((self.folder / "old" / p.name).read_bytes() != p.read_bytes() for p in (self.folder / "new").iterdir()
                 if p.suffix != ".png"), "the old and the new files are alike")

    def timed(self, arguments):
        begin = time.monotonic()
        self.program.good(arguments)
        return time.monotonic() - begin

    def kill(self, kind, arguments):
        """Starts a command and kills it at a random moment. Returns whether it still ran then."""
        child = self.program.start(arguments)
        try:
            child.wait(timeout=self.random.uniform(0, 1.05 * self.seconds[kind]))
        except subprocess.TimeoutExpired:
            child.kill()
        text, _ = child.communicate()
        if child.returncode == -9:
            self.kills[kind] += 1
            return True
        must(child.returncode == 0, f"{' '.join(arguments)}: exit {child.returncode}\n{text.decode(errors='replace')}")
        # The commands are faster than before, so the next ones are killed earlier.
        self.seconds[kind] *= 0.9
        self.counts["finished first"] += 1
        return False

    def training(self):
        run = self.folder / "run"
        shutil.rmtree(run, ignore_errors=True)
        killed = self.kill("training", ["train", "kill.json", "-q", "--out", "run"])
        while killed:
            check_run(run)
            begun = (run / "config.json").exists()
            if not begun:
                # The machine is slower than before, so the next ones are killed later.
                self.seconds["training"] *= 1.05
                self.counts["begun anew"] += 1
            again = ["train", "kill.json", "-q", "--out", "run", *(["--resume"] if begun else [])]
            if self.random.random() < 0.5:
                self.program.good(again)
                break
            self.counts["killed again"] += 1
            killed = self.kill("training", again)
        same_run(run, self.folder / "whole")
        self.counts["runs"] += 1

    def output(self, kind, arguments, pattern):
        here = self.folder / "here"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(self.folder / "old", here)
        self.kill(kind, arguments)
        for path in here.glob(pattern):
            is_old, is_new = (path.read_bytes() == (self.folder / side / path.name).read_bytes() for side in ("old", "new"))
            must(is_old or is_new, f"{kind}: {path.name} is neither the old nor the new file")
            self.counts["new" if is_new else "old"] += 1
        must({p.name for p in (self.folder / "old").glob(pattern)} <= {p.name for p in here.iterdir()}, f"{kind}: a file is lost")
        check_run(self.folder / "whole")
        must(not temporaries(self.folder / "whole"), "the run that is sampled has temporary files")

    def sampling(self):
        name = self.random.choice(["x.npy", "x.csv"])
        self.output("sampling", [*self.sample, f"here/{name}"], name)

    def plotting(self):
        self.output("plotting", [*self.plot, "here"], "*.svg")

    def all(self, n):
        while sum(self.kills.values()) < n:
            kind = self.random.choices(list(SHARES), SHARES.values())[0]
            getattr(self, kind)()


def section(killer, seconds):
    k, c = killer.kills, killer.counts
    return f"""
{sum(k.values())} kills on {datetime.date.today()} in {seconds / 60:.0f} minutes ({machine()}):

| what ran | kills |
|---|---|
| training | {k['training']} |
| sampling into an existing NPY or CSV file | {k['sampling']} |
| plotting into existing pictures | {k['plotting']} |

No run was lost. The kills of trainings hit {c['runs']} runs; {c['killed again']} of the resumed commands were to be killed as well, and
{c['begun anew']} kills came before the run had a config, so that it began anew. Each run ended with the weights, the checkpoints and the
metrics of the run that nobody killed, bit for bit. Of the samples and pictures that a killed command was writing, {c['new']} were the
complete new file afterwards and {c['old']} the complete old one. No other state was found.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--n", type=int, default=1000, help="kills (default: 1000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", help="write the section of this page")
    options = parser.parse_args()
    begin = time.monotonic()
    # In memory, no time is spent on waiting for a disk. What a killed process has written stays, on any file system.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="pushforward-kill-", dir=place) as folder:
        killer = Killer(Program(options.program, folder), options.seed)
        try:
            killer.prepare()
            killer.all(options.n)
        except Trouble as trouble:
            print(f"after {killer.kills}: {trouble}", file=sys.stderr)
            return 1
    seconds = time.monotonic() - begin
    print(f"{sum(killer.kills.values())} kills in {seconds:.0f} s: {killer.kills}, {killer.counts}")
    if options.page:
        write_section(options.page, "kill", section(killer, seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
