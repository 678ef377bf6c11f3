"""What the trials of the program share: running it, reading what it left behind, and writing a section of the page.

A run is read here without the program: the header of a safetensors file by the rules of its format, rows of metrics as JSON.
"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys

# Fields of metrics that differ from run to run, because they are measured times.
TIMES = ("time_s", "steps_per_s")
# The names of temporary files (nn/checkpoint/file.h).
TEMPORARY = re.compile(r"^\.pushforward-.*\.tmp$")


def like_a_job():
    """Makes a new process a job of a shell: signals end it, also under nohup, and it can be stopped."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.setpgid(0, 0)


class Trouble(Exception):
    """Something that must not happen: what was found, and where."""


def must(holds, what):
    if not holds:
        raise Trouble(what)


class Program:
    """The program with its working folder. Commands run without a terminal and on one thread of BLAS."""

    def __init__(self, path, folder):
        self.path, self.folder = str(pathlib.Path(path).resolve()), pathlib.Path(folder)

    def start(self, arguments, environment=None, **options):
        return subprocess.Popen([self.path, *map(str, arguments)], cwd=self.folder, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=like_a_job,
                                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **(environment or {})}, **options)

    def run(self, arguments, environment=None, seconds=120):
        """Returns the exit code (-N after signal N) and all text of a command."""
        child = self.start(arguments, environment)
        try:
            text, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise Trouble(f"{' '.join(map(str, arguments))}: still running after {seconds} s") from None
        return child.returncode, text.decode(errors="replace")

    def good(self, arguments):
        code, text = self.run(arguments)
        must(code == 0, f"{' '.join(map(str, arguments))}: exit {code}\n{text}")
        return text


def check_safetensors(path):
    """Fails unless the file is complete: a header of JSON whose offsets end where the file ends."""
    data = pathlib.Path(path).read_bytes()
    must(len(data) >= 8, f"{path}: {len(data)} bytes, too few for a header")
    size = int.from_bytes(data[:8], "little")
    must(8 + size <= len(data), f"{path}: the header ends after the file")
    header = json.loads(data[8:8 + size])
    ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
    must(8 + size + max(ends, default=0) == len(data), f"{path}: the tensors do not end where the file ends")


def metrics_rows(path, last_may_be_cut=False):
    """Returns the rows of metrics.jsonl without times. Every line must be a whole object."""
    rows = []
    lines = pathlib.Path(path).read_bytes().split(b"\n")
    for number, line in enumerate(lines):
        if line == b"" and number == len(lines) - 1:
            break
        try:
            row = json.loads(line)
        except ValueError:
            must(last_may_be_cut and number == len(lines) - 1, f"{path}: line {number + 1} is no JSON: {line[:80]!r}")
            break
        rows.append({key: value for key, value in row.items() if key not in TIMES})
    return rows


def check_run(folder):
    """Fails unless all files of a run are complete. Its last row of metrics may be cut off, as resuming removes it."""
    folder = pathlib.Path(folder)
    for path in folder.rglob("*"):
        if TEMPORARY.match(path.name) or not path.is_file():
            continue
        if path.suffix == ".safetensors":
            check_safetensors(path)
        if path.suffix == ".json":
            json.loads(path.read_text())
        if path.name == "metrics.jsonl":
            metrics_rows(path, last_may_be_cut=True)


def same_run(folder, whole):
    """Fails unless a run has the same bits as another: weights, checkpoints, and metrics without times."""
    folder, whole = pathlib.Path(folder), pathlib.Path(whole)
    names = lambda run: sorted(p.relative_to(run).as_posix() for p in run.rglob("*.safetensors"))
    must(names(folder) == names(whole), f"{folder}: files {names(folder)}, not {names(whole)}")
    for name in names(whole):
        must((folder / name).read_bytes() == (whole / name).read_bytes(), f"{folder / name}: other bits than {whole / name}")
    must(metrics_rows(folder / "metrics.jsonl") == metrics_rows(whole / "metrics.jsonl"),
         f"{folder}/metrics.jsonl: other rows than those of {whole}")
    must(not temporaries(folder), f"{folder}: temporary files are left: {temporaries(folder)}")


def temporaries(folder):
    return [path.as_posix() for path in pathlib.Path(folder).rglob("*") if TEMPORARY.match(path.name)]


def machine():
    """Returns one line about the machine, for the page."""
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown CPU")
    memory = int(re.search(r"MemTotal:\s+(\d+)", open("/proc/meminfo").read())[1]) / 2**20
    import os
    return f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB"


def write_section(page, name, text):
    """Replaces the text between the marks of a section of the page."""
    page = pathlib.Path(page)
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    old = page.read_text()
    at, to = old.find(begin), old.find(end)
    if at < 0 or to < at:
        sys.exit(f"{page} has no section between {begin} and {end}; put both lines back")
    page.write_text(old[:at + len(begin)] + "\n" + text.strip() + "\n" + old[to:])
