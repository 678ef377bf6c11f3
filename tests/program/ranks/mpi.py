"""Tests trainings, samples and log-densities that mpirun shares between processes: their bits, errors and signals.

usage: mpi.py PROGRAM CASE
"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

program, case = sys.argv[1:]
folder = Path(tempfile.mkdtemp(prefix="pushforward-mpi-"))
environment = dict(
    os.environ,
    OMPI_ALLOW_RUN_AS_ROOT="1",
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
    OMPI_MCA_rmaps_base_oversubscribe="1",
    OMPI_MCA_btl_vader_single_copy_mechanism="none",  # containers may forbid reading another process's memory
    OPENBLAS_NUM_THREADS="1",
)

# 9 parts of up to 128 rows in each step.
FLOW = {
    "name": "run",
    "data": {"type": "moons"},
    "model": {"hidden": [24, 24]},
    "ema": {"decay": 0.9},
    "train": {"steps": 60, "batch": 1100, "checkpoint_every": 20, "log_every": 5, "holdout": 0},
    "sampler": {"type": "euler", "steps": 4},
}
TOKENS = {
    "name": "run",
    "data": {"type": "quantize", "of": {"type": "moons"}, "levels": 8},
    "train": {"steps": 12, "batch": 300, "checkpoint_every": 6, "log_every": 2},
}


def command(processes, *arguments):
    start = ["mpirun", "-n", str(processes)] if processes else []
    shares = arguments[0] in ("train", "sample", "loglik", "eval")
    return [*start, program, *arguments, *(["--threads", "1"] if shares else [])]


def run(processes, *arguments, code=0):
    done = subprocess.run(
        command(processes, *arguments), cwd=folder, env=environment, capture_output=True, text=True, timeout=150
    )
    if done.returncode != code:
        sys.exit(f"{arguments} in {processes} processes: exit {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def config(values, **changes):
    values = json.loads(json.dumps(values))
    for path, value in changes.items():
        section = values
        *above, key = path.split("__")
        for name in above:
            section = section.setdefault(name, {})
        section[key] = value
    (folder / "config.json").write_text(json.dumps(values))


def result(name):
    """The weights with their header, without the checksum of the config, which names the data; the metrics without times and speeds."""
    rows = [json.loads(line) for line in (folder / name / "metrics.jsonl").read_text().splitlines()]
    for row in rows:
        row.pop("time_s", None)
        row.pop("steps_per_s", None)
    model = (folder / name / "model.safetensors").read_bytes()
    begin = 8 + int.from_bytes(model[:8], "little")
    header = json.loads(model[8:begin])
    header["__metadata__"].pop("config")
    return header, model[begin:], rows


def expect_same(name, other):
    if result(name) != result(other):
        sys.exit(f"{name} and {other} differ")


def contains(text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f'"{part}" is missing in:\n{text}')


def started(name, step):
    """Waits until the run has logged a step, up to a minute where other work takes the cores."""
    for _ in range(1200):
        metrics = folder / name / "metrics.jsonl"
        if metrics.exists() and f'"step":{step},' in metrics.read_text().replace(" ", ""):
            return
        time.sleep(0.05)
    sys.exit(f"{name} did not reach step {step}")


def descendants(pid):
    """The processes of the program below mpirun, in the order of their numbers."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:  # it has ended meanwhile
            continue
        if name == "pushforward" and int(rest.split()[1]) == pid:
            found.append(int(stat.parent.name))
    return sorted(found)


def same_bits():
    for precision in ("float32", "float64"):
        config(FLOW, precision=precision)
        run(0, "train", "config.json", "--out", f"alone_{precision}")
        for processes in (2, 4):
            said = run(processes, "train", "config.json", "--out", f"{precision}_{processes}")
            contains(said, f"{processes} processes share each step")
            if said.count("trained step") != 1:
                sys.exit(f"more than one process reports:\n{said}")
            expect_same(f"{precision}_{processes}", f"alone_{precision}")
    # Fewer parts than processes: said, and the same bits.
    config(FLOW, train__batch=200)
    run(0, "train", "config.json", "--out", "alone_small")
    contains(run(4, "train", "config.json", "--out", "small"), "a step has 2 parts", "2 of 4 processes")
    expect_same("small", "alone_small")


def tokens():
    config(TOKENS)
    run(0, "train", "config.json", "--out", "alone")
    run(2, "train", "config.json", "--out", "shared")
    expect_same("shared", "alone")


def other_number():
    config(FLOW)
    run(0, "train", "config.json", "--out", "alone")
    run(2, "train", "config.json", "--out", "shared", "--max-steps", "30")
    run(4, "train", "config.json", "--out", "shared", "--resume", "--max-steps", "50")
    run(0, "train", "config.json", "--out", "shared", "--resume")
    expect_same("shared", "alone")


def wrong_config():
    config(FLOW, model__hiden=[3])
    said = run(2, "train", "config.json", "--out", "shared", code=2)
    if said.count("hiden") == 0 or said.count("unknown key") > 1:
        sys.exit(f"the error stands not once in:\n{said}")


def dead_process():
    config(FLOW, train__steps=100000, train__checkpoint_every=200)
    job = subprocess.Popen(command(3, "train", "config.json", "--out", "shared"), cwd=folder, env=environment,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    started("shared", 300)
    os.kill(descendants(job.pid)[-1], signal.SIGKILL)
    began = time.monotonic()
    said = job.communicate(timeout=60)[0]
    if time.monotonic() - began > 20 or job.returncode == 0:
        sys.exit(f"after a process died: exit {job.returncode} after {time.monotonic() - began:.1f} s\n{said}")
    # The checkpoint is whole: the run goes on, and equals one without the accident.
    run(0, "train", "config.json", "--out", "shared", "--resume", "--max-steps", "700")
    run(0, "train", "config.json", "--out", "alone", "--max-steps", "700")
    if result("shared")[0] != result("alone")[0]:
        sys.exit("the weights after the accident differ")


def stopped():
    config(FLOW, train__steps=100000)
    job = subprocess.Popen(command(2, "train", "config.json", "--out", "shared"), cwd=folder, env=environment,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    started("shared", 20)
    job.send_signal(signal.SIGINT)
    said = job.communicate(timeout=60)[0]
    if job.returncode == 0:
        sys.exit(f"an interrupted training exits with 0:\n{said}")
    run(2, "train", "config.json", "--out", "shared", "--resume", "--max-steps", "400")


def early_end():
    # Validations may end the training after any of them, and steps that fail are skipped: both
    # must happen in all processes after the same step.
    config(FLOW, train__holdout=0.2, train__valid_every=7, train__patience=1, data={"type": "geyser"},
           optimizer={"lr": 0.3}, train__steps=400, train__batch=300)
    said = run(0, "train", "config.json", "--out", "alone")
    contains(said, "patience")
    run(3, "train", "config.json", "--out", "shared")
    expect_same("shared", "alone")


def same_files(processes, name, *arguments):
    """Runs a verb alone and shared, with files in the folders alone/ and shared/, and compares these."""
    both = []
    for count, where in ((0, "alone"), (processes, "shared")):
        (folder / where).mkdir(exist_ok=True)
        said = run(count, *(a.replace("@", f"{where}/{name}") for a in arguments))
        both.append(said)
    if f"{processes} processes share the" not in both[1] and "--json" not in arguments:
        sys.exit(f"the processes did not share {arguments}:\n{both[1]}")
    files = sorted((folder / "alone").glob(f"{name}*"))
    if not files:
        sys.exit(f"{arguments} wrote no files")
    for file in files:
        other = folder / "shared" / file.name
        if file.read_bytes() != other.read_bytes():
            sys.exit(f"{file.name} of {processes} processes differs")
    return both


def rows():
    config(FLOW)
    run(0, "train", "config.json", "--out", "run")
    for processes in (2, 4):
        same_files(processes, "s", "sample", "run", "-n", "1000", "--out", "@.npy", "--loglik", "@-log.npy")
        same_files(processes, "b", "sample", "run", "-n", "700", "--out", "@.csv")
        same_files(processes, "t", "sample", "run", "-n", "500", "--out", "@.npy", "--trajectory", "@-way.npy", "--times", "4")
        same_files(processes, "v", "sample", "run", "--from", "alone/s.npy", "--begin", "0.4", "--out", "@.npy")
        same_files(processes, "l", "loglik", "run", "--points", "alone/s.npy", "--out", "@.npy", "--gradient", "@-score.npy")
        same_files(processes, "e", "loglik", "run", "--points", "alone/s.npy", "--out", "@.npy", "--divergence",
                   "rademacher", "--error", "@-error.npy", "--solver", "euler", "--steps", "5")
    # Fewer parts of 128 rows than processes; and one answer on the standard output.
    said = same_files(4, "few", "sample", "run", "-n", "200", "--out", "@.npy")[1]
    contains(said, "the rows have 2 parts of up to 128, so 2 of 4 processes have nothing to do")
    answer = json.loads(subprocess.run(command(3, "sample", "run", "-n", "300", "--json"), cwd=folder, env=environment,
                                       capture_output=True, text=True, timeout=150).stdout)
    if answer["n"] != 300:
        sys.exit(f"not 300 samples: {answer}")


def without_seconds(report):
    if isinstance(report, dict):
        return {k: without_seconds(v) for k, v in report.items() if not k.endswith("seconds")}
    return report


def evaluations():
    config(FLOW)
    run(0, "train", "config.json", "--out", "flow")
    config(TOKENS)
    run(0, "train", "config.json", "--out", "tokens")
    for name in ("flow", "tokens"):
        found = []
        for processes in (0, 2, 4):
            said = run(processes, "eval", name, "-n", "300")
            found.append(without_seconds(json.loads((folder / name / "eval.json").read_text())))
            if processes:
                contains(said, f"{processes} processes share the samples and the likelihood")
        if found[0] != found[1] or found[0] != found[2]:
            sys.exit(f"evaluations of {name} differ: {found}")
    for processes in (2, 4):
        same_files(processes, "s", "sample", "tokens", "-n", "500", "--tokens", "--out", "@.npy", "--trajectory", "@-way.npy",
                   "--times", "3")
        same_files(processes, "l", "loglik", "tokens", "--points", "alone/s.npy", "--tokens", "--out", "@.npy", "--error", "@-error.npy")


def anonymous_memory(pid):
    """The memory of a process that is not that of files, in bytes; 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)


def mapped():
    # An NPY file of this size is mapped, and its compressed copy is read. Standardized or not, the bits are the same, and a process
    # that maps the file needs a small part of its size, besides what it needs for a small file.
    numpy.save(folder / "small.npy", numpy.random.default_rng(1).normal(size=(1000, 8)).astype("<f4"))
    rows = numpy.random.default_rng(1).normal(size=(1 << 16, 8)).astype("<f4")
    numpy.save(folder / "large.npy", numpy.concatenate([rows + k for k in range(48)]))
    size = (folder / "large.npy").stat().st_size
    with open(folder / "large.npy", "rb") as plain, gzip.open(folder / "large.npy.gz", "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed)

    def peak(name, **changes):
        config(FLOW, train__steps=300, data={"type": "npy", "path": name}, **changes)
        job = subprocess.Popen(command(2, "train", "config.json", "--out", "run", "--overwrite"), cwd=folder, env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        most = 0
        while job.poll() is None:
            most = max([most, *map(anonymous_memory, descendants(job.pid))])
            time.sleep(0.002)
        if job.returncode != 0:
            sys.exit(f"exit {job.returncode}:\n{job.communicate()[0]}")
        return most

    few = peak("small.npy")
    much = peak("large.npy")
    if size < 100e6 or much - few > size / 5:
        sys.exit(f"a process needs {much / 1e6:.0f} MB for a mapped file of {size / 1e6:.0f} MB, and {few / 1e6:.0f} MB for a small one")
    for share in (0, 0.1):
        for standardized in (False, True):
            for processes, name in ((0, "large.npy"), (2, "large.npy"), (0, "large.npy.gz")):
                data = {"type": "npy", "path": name}
                if standardized:
                    data = {"type": "standardize", "of": data}
                config(FLOW, train__steps=20, train__holdout=share, data=data)
                run(processes, "train", "config.json", "--out", f"{name}-{processes}", "--overwrite")
            expect_same("large.npy-2", "large.npy-0")
            expect_same("large.npy-2", "large.npy.gz-0")


def row_errors():
    config(FLOW)
    run(0, "train", "config.json", "--out", "run")

    def once(text, code, *arguments):
        said = run(2, *arguments, code=code)
        if said.count(text) != 1:
            sys.exit(f'"{text}" is not once in:\n{said}')

    # Faults of the command line, before the rows, in the engine, and of writing, which is that of process 0 alone.
    once("--nonsense", 2, "sample", "run", "--nonsense")
    once("no-such-run is not a run", 4, "sample", "no-such-run")
    once("takes no labels", 2, "sample", "run", "--label", "7")
    once("no-such-folder", 4, "sample", "run", "-n", "300", "--out", "no-such-folder/s.npy")
    run(0, "sample", "run", "-n", "300", "--out", "s.npy")
    once("no-such-folder", 4, "loglik", "run", "--points", "s.npy", "--out", "no-such-folder/l.npy")
    # A process that dies ends the others.
    job = subprocess.Popen(command(3, "sample", "run", "-n", "50000000", "--out", "many.npy"), cwd=folder, env=environment,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for _ in range(200):
        time.sleep(0.05)
        if list(folder.glob(".pushforward-*")):
            break
    else:
        sys.exit("no block was written")
    os.kill(descendants(job.pid)[-1], signal.SIGKILL)
    began = time.monotonic()
    said = job.communicate(timeout=60)[0]
    if time.monotonic() - began > 20 or job.returncode == 0 or (folder / "many.npy").exists():
        sys.exit(f"after a process died: exit {job.returncode} after {time.monotonic() - began:.1f} s\n{said}")


def other_verbs():
    said = run(2, "list", "data", code=2)
    contains(said, "only `train`, `sample`, `loglik` and `eval` share their work", "pushforward list")
    if said.count("pushforward list") != 1:
        sys.exit(f"more than one process reports:\n{said}")


def sweep_shards():
    config(FLOW)
    script = (f"{program} sweep config.json seed=0,1 --jobs 1 --out all "
              "--shard $((OMPI_COMM_WORLD_RANK + 1))/$OMPI_COMM_WORLD_SIZE")
    done = subprocess.run(["mpirun", "-n", "2", "sh", "-c", script], cwd=folder, env=environment, capture_output=True,
                          text=True, timeout=150)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    for seed in (0, 1):
        config(FLOW, seed=seed)
        run(0, "train", "config.json", "--out", f"alone_{seed}")
        expect_same(f"all/seed={seed}", f"alone_{seed}")


CASES = {f.__name__: f for f in (same_bits, tokens, other_number, wrong_config, dead_process, stopped, early_end, rows, evaluations, mapped,
                                 row_errors, other_verbs, sweep_shards)}
CASES[case]()
subprocess.run(["rm", "-rf", folder], check=True)
