#!/usr/bin/env python3
"""Runs the program in a terminal of its own, and under signals, closed streams, odd names and another locale. Start it with
scripts/reliability terminal.

Each trial is a function; its first sentence is what the page says about it.
"""
import argparse
import datetime
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from trial import Program, Trouble, check_run, must, same_run, write_section

CONFIG = {"name": "terminal", "seed": 3, "data": {"type": "moons"}, "model": {"hidden": [8]},
          "train": {"steps": 60, "batch": 32, "checkpoint_every": 20, "log_every": 5, "threads": 1}}
LONG = ["train", "t.json", "train.steps=100000000", "train.checkpoint_every=100000000", "train.log_every=1000"]
# What the program itself draws on a terminal: the line of progress is erased and coloured.
OWN = re.compile(rb"\r\x1b\[K|\x1b\[36m|\x1b\[0m|\r\n")
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")


class Terminal:
    def __init__(self, program):
        self.program, self.folder = program, program.folder
        (self.folder / "t.json").write_text(json.dumps(CONFIG))
        self.program.good(["train", "t.json", "-q", "--out", "whole"])

    def shown(self, arguments, seconds=60):
        """Returns the exit code and all bytes that a command sends to a terminal."""
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.environ.update(TERM="xterm", OPENBLAS_NUM_THREADS="1")
            os.environ.pop("CI", None)
            os.execv(self.program.path, [os.fsencode(self.program.path), *map(os.fsencode, arguments)])
        text, until = b"", time.monotonic() + seconds
        while time.monotonic() < until:
            if not select.select([master], [], [], 0.5)[0]:
                continue
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            text += part
        _, status = os.waitpid(pid, 0)
        os.close(master)
        return os.waitstatus_to_exitcode(status), text

    def training(self, name, arguments=None, **options):
        """Starts a training, and returns it when its first metrics are written."""
        child = self.program.start([*(arguments or LONG), "--out", name], **options)
        metrics = self.folder / name / "metrics.jsonl"
        for _ in range(200):
            if metrics.exists() and metrics.stat().st_size > 0:
                return child
            time.sleep(0.05)
        child.kill()
        raise Trouble(f"{name}: no metrics after 10 s")

    def ends(self, child, code, what):
        try:
            text = child.communicate(timeout=20)[0].decode(errors="replace") if child.stdout else str(child.wait(20))
        except subprocess.TimeoutExpired:
            child.kill()
            raise Trouble(f"{what}: still running after 20 s") from None
        must(child.returncode == code, f"{what}: exit {child.returncode}, not {code}\n{text}")

    def signals(self):
        """SIGINT, SIGTERM and SIGHUP end a training with exit code 130 and a checkpoint, from which it can be resumed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            child = self.training(number.name)
            child.send_signal(number)
            self.ends(child, 130, number.name)
            check_run(self.folder / number.name)
            must((self.folder / number.name / "checkpoints/LATEST").read_text() != "", f"{number.name}: no checkpoint")

    def sampling_stopped(self):
        """A signal while samples are written ends the program with exit code 130; the old file is kept, and no temporary file is left."""
        (self.folder / "here").mkdir()
        (self.folder / "here/x.csv").write_text("old\n")
        child = self.program.start(["sample", "whole", "-n", "100000000", "--out", "here/x.csv"])
        until = time.monotonic() + 30
        while len(list((self.folder / "here").iterdir())) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        child.send_signal(signal.SIGTERM)
        self.ends(child, 130, "SIGTERM while sampling")
        must([p.name for p in (self.folder / "here").iterdir()] == ["x.csv"], "a temporary file is left")
        must((self.folder / "here/x.csv").read_text() == "old\n", "the old samples are lost")

    def computing_stopped(self):
        """A signal ends eval, compare, loglik, encode, plot and report within two seconds with exit code 130, whatever they compute."""
        self.program.good(["data", "moons", "-n", "100000", "--out", "a.npy"])
        self.program.good(["data", "moons", "-n", "100000", "--seed", "1", "--out", "b.npy"])
        slow = ["--solver", "rk4", "--steps", "5000"]
        for arguments in (["eval", "whole", "-n", "1000000"], ["compare", "a.npy", "b.npy", "--max", "100000"],
                          ["loglik", "whole", "--points", "a.npy", *slow, "--out", "l.npy"],
                          ["encode", "whole", "--points", "a.npy", *slow, "--out", "z.npy"],
                          ["plot", "whole", "-n", "1000000", *slow, "--only", "samples", "--out", "plots"],
                          ["report", "whole", "-n", "100000", *slow, "--out", "r.html"]):
            for number, wait in ((signal.SIGTERM, 3), (signal.SIGINT, 1)):
                child = self.program.start(arguments)
                time.sleep(wait)
                child.send_signal(number)
                begin = time.monotonic()
                self.ends(child, 130, f"{number.name} while {arguments[0]} computes")
                seconds = time.monotonic() - begin
                must(seconds < 2, f"{arguments[0]}: still running {seconds:.1f} s after {number.name}")
        for name in ("l.npy", "z.npy", "r.html"):
            must(not (self.folder / name).exists(), f"{name} was written although a signal came")

    def suspended(self):
        """SIGTSTP suspends a training and SIGCONT continues it; it then ends with the same bits."""
        arguments = ["train", "t.json", "train.steps=20000", "train.checkpoint_every=5000", "train.log_every=100"]
        self.program.good([*arguments, "-q", "--out", "not-suspended"])
        child = self.training("suspended", arguments)
        for _ in range(3):
            child.send_signal(signal.SIGTSTP)
            time.sleep(0.1)
            state = open(f"/proc/{child.pid}/stat").read().rsplit(")", 1)[1].split()[0]
            must(state in "TZ", f"after SIGTSTP the state is {state}, not stopped")
            child.send_signal(signal.SIGCONT)
            time.sleep(0.05)
        self.ends(child, 0, "SIGTSTP and SIGCONT")
        same_run(self.folder / "suspended", self.folder / "not-suspended")

    def closed(self):
        """Closed or full streams, and pipes that nobody reads, never change what is trained; a result that cannot be printed is exit code 4."""
        for name, streams, code in [("no-stdout", ">&-", 4), ("no-stderr", "2>&-", 0), ("none", "<&- >&- 2>&-", 4),
                                    ("full", ">/dev/full 2>/dev/full", 4)]:
            done = subprocess.run(["sh", "-c", f'"$0" train t.json --out {name} {streams}', self.program.path],
                                  cwd=self.folder, capture_output=True)
            must(done.returncode == code, f"train {streams}: exit {done.returncode}, not {code}\n{done.stderr}")
            same_run(self.folder / name, self.folder / "whole")
        # SIGPIPE: the reader of the pipe ends before the first line is written.
        done = subprocess.run(["bash", "-c", '"$0" train t.json --out pipe 2>&1 | true; exit "${PIPESTATUS[0]}"', self.program.path],
                              cwd=self.folder, capture_output=True)
        must(done.returncode in (0, 4), f"train into a closed pipe: exit {done.returncode}")
        same_run(self.folder / "pipe", self.folder / "whole")
        for verb in (["list", "data"], ["doctor"], ["config", "schema"], ["sample", "whole", "-n", "3", "--json"]):
            done = subprocess.run(["sh", "-c", '"$0" "$@" >&-', self.program.path, *verb], cwd=self.folder, capture_output=True)
            must(done.returncode == 4, f"{verb} >&-: exit {done.returncode}, not 4")

    def control(self):
        """Control characters in names of files, runs, columns, classes, keys and verbs reach no terminal."""
        evil = "e\x1b[31m\x07\x9b\u202e\r"
        rows = "\n".join(f"{k % 7},{k % 5},{'a' + evil.strip() if k % 2 else 'b'}" for k in range(40))
        (self.folder / f"{evil}.csv").write_bytes(f'"x{evil[:-1]}",y,kind\n{rows}\n'.encode())
        csv = f"{evil}.csv"
        config = {**CONFIG, "name": "e", "data": {"type": "csv", "path": csv, "label": "kind"}}
        (self.folder / f"{evil}.json").write_text(json.dumps(config))
        commands = [
            [evil], ["train", f"{evil}.json", "--out", f"run{evil}"], ["train", f"{evil}.json", "--out", f"run{evil}"],
            ["train", f"{evil}.json", f"train.{evil}=3"], ["train", f"{evil}.json", f"name={evil}"], ["train", f"none{evil}"],
            ["train", f"{evil}.json", "--resume", "--out", f"none{evil}"],
            ["sample", f"run{evil}", "-n", "5", "--out", f"s{evil}.csv"], ["sample", f"run{evil}", "--label", evil],
            ["sample", f"run{evil}", "-n", "5", "--given", f"x={evil}"], ["sample", f"run{evil}", "-n", "5", "--json"],
            ["loglik", f"run{evil}", "--points", csv, "--out", f"l{evil}.csv"], ["eval", f"run{evil}", "-n", "20"],
            ["plot", f"run{evil}", "-n", "20", "--only", "samples,loss", "--out", f"p{evil}"],
            ["report", f"run{evil}", "-n", "20", "--out", f"r{evil}.html"], ["inspect", f"run{evil}"],
            ["compare", csv, csv], ["compare", f"none{evil}", csv], ["data", "csv", f"path={csv}", "--out", f"d{evil}.npy"],
            ["data", evil, "--out", "d.npy"], ["list", evil], ["list", "runs"], ["config", "check", f"{evil}.json"],
            ["config", "show", f"{evil}.json"], ["completion", evil],
            ["sweep", f"{evil}.json", "seed=0,1", "--out", f"w{evil}"],
        ]
        for arguments in commands:
            _, text = self.shown(arguments)
            left = OWN.sub(b"", text)
            found = CONTROL.search(left)
            must(not found and b"\xe2\x80\xae" not in left, f"{arguments}: a terminal gets {left!r}")

    def not_utf8(self):
        """Files and folders whose names are not UTF-8 can be used by train, sweep, sample, loglik, compare, eval, plot and report; JSON about them is valid."""
        odd = b"o\xff\xfe"
        shutil.copy(self.folder / "t.json", os.path.join(os.fsencode(self.folder), odd + b".json"))
        for arguments in [[b"train", odd + b".json", b"-q", b"--json", b"--out", odd], [b"sample", odd, b"-n", b"5", b"--json"],
                          [b"sample", odd, b"-n", b"5", b"--json", b"--out", odd + b".csv"],
                          [b"loglik", odd, b"--points", odd + b".csv", b"--json", b"--out", odd + b".npy"],
                          [b"compare", odd + b".csv", odd + b".csv", b"--json"], [b"eval", odd, b"-n", b"20", b"--json"],
                          [b"plot", odd, b"-n", b"20", b"--only", b"samples", b"--out", odd + b"p"],
                          [b"report", odd, b"-n", b"20", b"--out", odd + b".html"],
                          [b"train", odd + b".json", b"--resume", b"-q", b"--json", b"--out", odd],
                          [b"sweep", odd + b".json", b"seed=0,1", b"--out", odd + b"w", b"--quiet"]]:
            done = subprocess.run([os.fsencode(self.program.path), *arguments], cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL)
            must(done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
            if b"--json" in arguments:
                json.loads(done.stdout.decode())

    def locale(self):
        """A locale with decimal commas changes no weights, metrics, samples or pictures, and no number of `config show`."""
        locales = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
        comma = next((name for name in locales if name.startswith(("de_", "fr_", "nl_"))), None)
        made, texts = {}, {}
        if comma is None:  # a locale is compiled for this trial, if its sources are installed
            place = self.folder / "locales"
            place.mkdir()
            subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", str(place / "de_DE.UTF-8")], capture_output=True)
            must((place / "de_DE.UTF-8").exists(), "there is no locale with decimal commas, and localedef cannot make de_DE; install locales")
            comma, made = "de_DE.UTF-8", {"LOCPATH": str(place)}
        for number, environment in enumerate([{"LC_ALL": "C"}, {"LC_ALL": comma, "LANG": comma, **made}]):
            run = f"locale-{number}"
            for arguments in [["train", "t.json", "-q", "--out", run], ["sample", "whole", "-n", "20", "--out", f"{run}.csv"],
                              ["plot", "whole", "-n", "20", "--only", "samples,loss", "--out", f"{run}-plots"],
                              ["report", "whole", "-n", "20", "--out", f"{run}.html"],
                              ["eval", "whole", "-n", "20"], ["config", "show", "t.json", "optimizer.lr=0.0015"]]:
                code, text = self.program.run(arguments, environment)
                must(code == 0, f"{arguments} in {environment}: exit {code}\n{text}")
                if arguments[0] == "config":
                    must(texts.setdefault("config", text) == text, f"{arguments}: another text in {comma}")
        same_run(self.folder / "locale-1", self.folder / "locale-0")
        for name in ("{}.csv", "{}-plots/loss.svg", "{}-plots/samples.svg"):
            must((self.folder / name.format("locale-0")).read_bytes() == (self.folder / name.format("locale-1")).read_bytes(),
                 f"{name}: other bytes in {comma}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--only", help="only the trial of this name")
    parser.add_argument("--page", help="write the section of this page")
    options = parser.parse_args()
    trials = [Terminal.signals, Terminal.sampling_stopped, Terminal.computing_stopped, Terminal.suspended, Terminal.closed, Terminal.control,
              Terminal.not_utf8, Terminal.locale]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="pushforward-terminal-") as folder:
        terminal = Terminal(Program(options.program, folder))
        for trial in trials:
            if options.only and trial.__name__ != options.only:
                continue
            try:
                trial(terminal)
                print(f"{trial.__name__}: passed")
            except Trouble as trouble:
                failed += 1
                print(f"{trial.__name__}: {trouble}", file=sys.stderr)
    if options.page and not failed and not options.only:
        lines = "\n".join(f"- {trial.__doc__}" for trial in trials)
        write_section(options.page, "terminal", f"Each of these was tried on {datetime.date.today()} and held:\n\n{lines}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
