"""Measurements that can be continued: each result is a row of results.jsonl, written when it is there."""
import json
import pathlib
import subprocess
import sys


class Measurements:
    """`options` has `program`, the program's path (one without a folder is in the working directory), and `keep`, the folder of the results and the runs."""

    def __init__(self, options):
        self.options = options
        options.program = pathlib.Path(options.program).absolute()
        options.keep.mkdir(parents=True, exist_ok=True)
        self.results = options.keep / "results.jsonl"
        lines = self.results.read_text().splitlines() if self.results.exists() else []
        self.rows = [json.loads(line) for line in lines]

    def call(self, *arguments):
        """Runs the program and returns its output. Ends the script if the program fails."""
        done = subprocess.run([self.options.program, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, arguments))} failed:\n{done.stderr}")
        return done.stdout

    def has(self, key):
        """Returns whether there is a result with these values."""
        return any(all(row.get(k) == v for k, v in key.items()) for row in self.rows)

    def add(self, row):
        self.rows.append(row)
        with self.results.open("a") as file:
            file.write(json.dumps(row) + "\n")
