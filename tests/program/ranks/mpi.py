"""Tests trainings that mpirun shares between processes: their bits, errors and signals.

usage: mpi.py PROGRAM CASE
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
    return [*start, program, *arguments, *(["--threads", "1"] if arguments[0] == "train" else [])]


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
    """The weights, and the metrics without times and speeds."""
    rows = [json.loads(line) for line in (folder / name / "metrics.jsonl").read_text().splitlines()]
    for row in rows:
        row.pop("time_s", None)
        row.pop("steps_per_s", None)
    return (folder / name / "model.safetensors").read_bytes(), rows


def expect_same(name, other):
    if result(name) != result(other):
        sys.exit(f"{name} and {other} differ")


def contains(text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f'"{part}" is missing in:\n{text}')


def started(name, step):
    """Waits until the run has logged a step."""
    for _ in range(300):
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


def other_verbs():
    said = run(2, "list", "data", code=2)
    contains(said, "only `train` shares its work", "pushforward list")


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


CASES = {f.__name__: f for f in (same_bits, tokens, other_number, wrong_config, dead_process, stopped, other_verbs, sweep_shards)}
CASES[case]()
subprocess.run(["rm", "-rf", folder], check=True)
