#!/usr/bin/env python3
"""Checks that the names in the project's documents exist.

usage: documents.py ROOT [PROGRAM]   PROGRAM is the built pushforward; without it verbs and flags are not checked

Documents are the README.md of each folder, HACKING.md and docs/*.md. Everything in `backticks` and each line of a
shell block is checked:
- A path, which has a / or an ending of ENDINGS, must exist, relative to the root or to the document's folder. `*` and
  {a,b} mean what they mean in a shell, and words in capitals stand for anything. A name without a folder is searched in
  the document's own folder and below it; for documents in the root or in docs/, in the whole tree.
- Of a command in scripts/, the script must exist and know its flags. For `pushforward`, or a verb with flags or words
  in capitals, the program must know the verb and the flags. For `ctest`, some test must have the label or match the name.
- Code is a call, Some::name, CamelCase, snake_case or a span of one word. Its words must occur in the code of the
  tree. C++ blocks are checked in the same way. After `word` (path), that file must have the word. After
  "a test" (tests/file.cpp), that file must have the test.
Links must lead to files and headings that exist. Numbers of tests, files or lines, and places like file.cpp:81, become
outdated, so documents must not contain them except in printouts. Files that comments name are checked in the same way.
HACKING.md must have a row for each folder of sources, the README of each room (autograd, nn, flow, apps) the map that
scripts/map prints for it, and data/README.md the name of each config. docs/reference.md must be what scripts/reference
writes.
ALLOWED lists exceptions with their reasons.
"""

import fnmatch
import re
import subprocess
import sys
from pathlib import Path

from type_names import NO_CODE

ROOMS = ["autograd", "nn", "flow", "apps"]
PLACES = [*ROOMS, "tests", "bench", "scripts", "cmake", "data", "docs", ".ci"]
ENDINGS = (".h", ".cpp", ".py", ".cmake", ".md", ".sh", ".json", ".npy", ".csv", ".svg", ".png")
CODE = (".h", ".cpp", ".py", ".cmake", ".sh")
# Other people's modules. Their names cannot be looked up in this tree.
OTHERS = r"^(std|torch|nn|scipy|sklearn|numpy|np|boost|CMAKE)(::|\.)"
# Words or paths that documents may contain although they are not in the tree, with the reason.
ALLOWED = {
    "u_theta": "the network of the formulas",
    "q_t": "a distribution of the formulas",
    "softsign_op": "what the recipe of autograd/README.md adds to a copy of the tree",
    "softsign_kernel": "what the recipe of autograd/README.md adds to a copy of the tree",
    "p_t": "a distribution of the formulas",
    "runs/": "what the program writes",
    "build/": "what a build writes",
}


class Tree:
    """The files of the project, the words in its code, and its tests."""

    def __init__(self, root):
        self.root = root
        self.files = [p.name for p in root.iterdir() if p.is_file()]
        for place in PLACES:
            for path in (root / place).rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    self.files.append(path.relative_to(root).as_posix())
        self.files.sort()
        self.folders = {f[:i] for f in self.files for i, c in enumerate(f) if c == "/"}
        self.texts = {f: self.read(f) for f in self.files if self.is_code(f)}
        self.words_of = {f: set(re.findall(r"[A-Za-z_]\w*", self.without_prose(f))) for f in self.texts}
        self.words = set().union(*self.words_of.values(), *(re.split(r"\W+", f) for f in self.files))
        self.documents = [
            f for f in self.files if f.endswith("README.md") or f == "HACKING.md" or fnmatch.fnmatch(f, "docs/*.md")
        ]
        self.tests, self.labels = self.read_tests()

    def is_code(self, file):
        return file.endswith((*CODE, ".json", "CMakeLists.txt", ".in")) or file.startswith(("scripts/", ".ci/", "bench/"))

    def read(self, file):
        return (self.root / file).read_text(encoding="utf-8", errors="replace")

    def without_prose(self, file):
        """Returns the code of a file. String literals with a blank are prose, like comments, and are left out."""
        if not file.endswith((".h", ".cpp")):
            return self.texts[file]

        def kept(m):
            return " " if m[0].startswith(("//", "/*")) or (m[0][0] == '"' and " " in m[0]) else m[0]

        return NO_CODE.sub(kept, self.texts[file])

    def read_tests(self):
        """Returns {file: names of its tests}, with CTest's own tests under "", and the labels of all tests."""
        tests, labels = {"": []}, {f[6:] for f in self.folders if f.startswith("tests/")}
        for file, text in self.texts.items():
            if not file.startswith("tests/"):
                continue
            labels.add(re.sub(r"(_test)?\.(cpp|cmake)$", "", file[6:]))
            if file.endswith(".cpp"):
                whole = re.sub(r'"\s*\n\s*"', "", text)
                tests[file] = re.findall(r'\bTEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?"((?:\\.|[^"\\])*)"', whole)
            elif file.endswith((".cmake", "CMakeLists.txt")):
                tests[""] += re.findall(r'add_test\(NAME "?([^"\n]+?)"?\n', text)
                tests[""] += re.findall(r'compile_headers\("([^"]+)"', text)
                for found in re.findall(r'LABELS "?([\w;]+)"?', text):
                    labels.update(found.split(";"))
        return tests, labels


class Program:
    """The program's verbs with their words and flags, read from its completion."""

    def __init__(self, path=None, verbs=None):
        self.path, self.verbs, self.asked = path, verbs or {}, {}
        if path:
            text = subprocess.run([path, "completion", "bash"], capture_output=True, text=True, check=True).stdout
            self.verbs = {m[1]: set(m[2].split()) for m in re.finditer(r'^ +(\w+)\) words="([^"$]*)" ;;', text, re.M)}

    def knows(self, verb, words, flag):
        """Returns whether a verb, or this verb with a word of its own (config schema), has the flag."""
        if flag in self.verbs.get(verb, ()) or flag in ("--help", "--version"):
            return True
        inner = next((w for w in words if w in self.verbs.get(verb, ())), None)
        if self.path and inner and (verb, inner) not in self.asked:
            asked = subprocess.run([self.path, verb, inner, "--help"], capture_output=True, text=True)
            self.asked[verb, inner] = asked.stdout
        return flag in self.asked.get((verb, inner), "")

    def has_flag(self, flag):
        return flag in ("--help", "--version") or any(flag in words for words in self.verbs.values())


def expanded(pattern):
    """Returns the patterns for which {a,b} stands."""
    m = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    if not m:
        return [pattern]
    return [p for part in m[1].split(",") for p in expanded(pattern[: m.start()] + part + pattern[m.end() :])]


def allowed(name):
    return any(name == a or (a.endswith("/") and name.startswith(a)) for a in ALLOWED)


class Checker:
    """Checks one document and collects its faults."""

    def __init__(self, tree, program, document):
        self.tree, self.program, self.document = tree, program, document
        self.folder = document.rpartition("/")[0]
        self.found, self.line = [], 0

    def fault(self, words):
        self.found.append(f"{self.document}:{self.line}: {words}")

    # --- checks of file names
    # ----------------------------------------------------------------------------

    def is_path(self, name):
        if re.search(r"[^\w./*{},+-]", name) or name.startswith(("/", ".", "-")) or re.fullmatch(r"[\d./]+", name):
            return False
        top = name.split("/")[0]
        if "/" in name:
            return top in PLACES or name.endswith(ENDINGS + ("/",)) or top + "/" in ALLOWED
        return any(p.endswith(ENDINGS) for p in expanded(name)) or bool(re.fullmatch(r"[a-z]\w*\*", name))

    def exists(self, pattern):
        pattern = re.sub(r"\b[A-Z]{2,}\b|<\w+>", "*", pattern.rstrip("/"))
        if re.fullmatch(r"[A-Z*]\.\w+", pattern):
            return True  # words in capitals stand for anything, as in FILE.npy
        names = self.tree.folders | set(self.tree.files)
        if pattern in names:
            return True
        tries = [pattern, f"{self.folder}/{pattern}"]
        if "/" not in pattern:
            top = "" if self.folder in ("", "docs") else self.folder + "/"
            return any(n.startswith(top) and fnmatch.fnmatch(n.rpartition("/")[2], pattern) for n in names)
        return any(fnmatch.fnmatch(n, t) for t in tries for n in names)

    def check_path(self, name):
        if allowed(name):
            return
        for pattern in expanded(name):
            if self.exists(pattern):
                continue
            data = not pattern.endswith(CODE) and "/" not in pattern
            if data and any(f'"{pattern}' in text or f"/{pattern}" in text for text in self.tree.texts.values()):
                continue  # a file that the program writes
            self.fault(f"there is no file {pattern}")

    # --- checks of names in code
    # -------------------------------------------------------------------------

    def check_word(self, name):
        parts = name.split("::")
        if allowed(name) or re.match(OTHERS, name) or len(name) < 3:
            return
        if not any(all(p in words for p in parts) for words in self.tree.words_of.values()) and name not in self.tree.words:
            self.fault(f"nothing in the code is called {name}")

    def code_words(self, text):
        """Finds words that have the form of code."""
        for m in re.finditer(r"(?<![\w.~-])(?P<name>[A-Za-z_]\w*(?:(?:::|\.)\w+)*)(?P<call>\s*\()?", text):
            name = m["name"]
            if re.match(OTHERS, name):
                continue
            for part in re.split(r"\.", name):
                shaped = "::" in part or "_" in part.strip("_") or re.search(r"[a-z][A-Z]", part)
                if shaped or (m["call"] and part == name.split(".")[-1]):
                    yield part

    def check_block(self, text):
        """Checks a line of a C++ block: its calls, and the members and types that it names."""
        text = re.sub(r'"(?:\\.|[^"\\])*"|//.*', " ", text)
        if re.match(r"\s*#\s*include", text):
            return
        for name in {*self.code_words(text), *re.findall(r"(?:\.|->)([a-z]\w{2,})", text), *re.findall(r"\b[A-Z][a-z]\w+", text)}:
            if not re.search(r"\bstd(::\w+)*::" + re.escape(name), text):
                self.check_word(name)

    # --- checks of commands
    # ------------------------------------------------------------------------------

    def check_script(self, name, words):
        if name not in self.tree.files:
            self.fault(f"there is no script {name}")
            return
        text = self.tree.texts[name] + "".join(self.tree.texts.get(f, "") for f in (name + ".py",))
        if name == "scripts/test":
            self.check_ctest(words)
            for word in words[: next((i for i, w in enumerate(words) if w.startswith("-")), len(words))]:
                if word.islower() and word not in self.tree.labels:
                    self.fault(f"there is no folder tests/{word}")
            words = [w for w in words if w.startswith("--")]
        for word in words:
            flag = word.split("=")[0]
            if re.fullmatch(r"--?[a-z][\w-]*", flag) and flag not in text:
                self.fault(f"{name} has no {flag}")

    def check_ctest(self, words):
        for option, value in zip(words, words[1:]):
            value = value.strip("'\"")
            if option == "-L" and value not in self.tree.labels:
                self.fault(f"no test has the label {value}")
            if option == "-R":
                names = [n for of_file in self.tree.tests.values() for n in of_file]
                if not any(re.search(value, n) for n in names):
                    self.fault(f"no test has a name that matches {value}")

    def check_program(self, words):
        if not self.program.verbs:
            return
        verb, rest = words[0], words[1:]
        if verb.isupper() or (verb.startswith("-") and self.program.has_flag(verb)):
            return
        if verb not in self.program.verbs:
            self.fault(f"pushforward has no verb {verb}")
            return
        for word in rest:
            flag = word.split("=")[0].strip("[]")
            if re.fullmatch(r"--[a-z][\w-]*", flag) and not self.program.knows(verb, rest, flag):
                self.fault(f"pushforward {verb} has no {flag}")
            if re.fullmatch(r"[\w./-]+\.json", word) and self.is_path(word):
                self.check_path(word)

    def check_command(self, line):
        """Returns whether the line is a command that can be checked, after checking it."""
        line = re.sub(r"\s+#.*| [|;&].*", "", line.strip())
        line = re.sub(r"^source <\((.*)\)$", r"\1", line)
        words = line.split()
        if not words:
            return False
        first, rest = words[0], words[1:]
        if first in ("bash", "python3") and rest:
            first, rest = rest[0], rest[1:]
        if first.startswith(("scripts/", ".ci/", "bench/")) or first.endswith(".py"):
            self.check_script(first, rest)
        elif re.fullmatch(r"(build/)?pushforward", first) and rest:
            self.check_program(rest)
        elif first == "ctest":
            self.check_ctest(rest)
        elif first.startswith("build/"):
            self.check_target(first.rpartition("/")[2])
        elif first in ("cmake", "ninja", "pip", "apt-get", "g++", "git", "cd", "mpirun"):
            for option, value in zip(rest, rest[1:]):
                if option == "--target":
                    self.check_target(value)
        elif first.islower() and any(re.fullmatch(r"\[?(--[a-z][\w-]*|[A-Z]{2,}(\.\w+)?)\]?", w) for w in rest):
            self.check_program(words)
        else:
            return False
        return True

    def check_target(self, name):
        tests = re.fullmatch(r"(\w+)_tests_(f32|f64|once)", name)
        if not (tests and f"tests/{tests[1]}" in self.tree.folders) and name not in self.tree.words:
            self.fault(f"the build has no target {name}")

    # --- the check of a whole document
    # -------------------------------------------------------------------

    def check_span(self, span):
        span = span.replace("\\|", "|").strip()
        if self.is_path(span) and not re.match(r"build/\w", span):
            self.check_path(span)
        elif re.fullmatch(r"--[a-z][\w-]*", span):
            scripts = (t for f, t in self.tree.texts.items() if f.startswith(("scripts/", "bench/")))
            if self.program.verbs and not self.program.has_flag(span) and not any(span in t for t in scripts):
                self.fault(f"neither pushforward nor a script has {span}")
        elif not self.check_command(span):
            words = set(self.code_words(span))
            if re.fullmatch(r"[A-Za-z_]\w+", span):
                words.add(span)
            for name in sorted(words):
                self.check_word(name)

    def check_pairs(self, text):
        for name, path in re.findall(r"`([\w:]+)(?:\([^`]*\))?` \(([\w/]+\.(?:h|cpp|py))\)", text):
            last = name.rpartition(":")[2]
            if path not in self.tree.texts:
                self.fault(f"there is no file {path}")
            elif last not in self.tree.words_of[path]:
                self.fault(f"{path} has no {name}")
        for name, path in re.findall(r'"([^"\n]+)" \((tests/[\w/]+\.cpp)\)', text):
            if name not in self.tree.tests.get(path, ()):
                self.fault(f'{path} has no test "{name}"')

    def check_links(self, text):
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, heading = target.partition("#")
            file = Path(self.folder, path).as_posix() if path else self.document
            parts = []
            for part in file.split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part]
            file = "/".join(p for p in parts if p != ".")
            if file not in self.tree.files and file not in self.tree.folders:
                self.fault(f"the link {target} leads nowhere")
            elif heading and heading not in headings(self.tree.read(file)):
                self.fault(f"{file} has no heading #{heading}")

    def check_numbers(self, text):
        text = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)
        if m := re.search(r"\b\d[\d,]* (\w+ )?(tests|test cases|files|headers|sources|lines of code)\b", text):
            self.fault(f'"{m[0]}" goes stale: leave the number out, or let a script print it')
        if re.match(r"\|.*\| *(lines|files|tests) *\|", text):
            self.fault("a column of counts goes stale: leave it out, or let a script print it")
        if m := re.search(r"\b[\w/]+\.(h|cpp|py|cmake):\d+", text):
            self.fault(f'the place "{m[0]}" goes stale: name the file and the function')

    def check(self):
        block = None
        text = self.tree.read(self.document)
        for self.line, line in enumerate(text.split("\n"), 1):
            if fence := re.match(r"\s*(?:```|~~~)\s*(\w*)", line):
                block = fence[1] if block is None else None
            elif block in ("sh", "bash", "console"):
                self.check_command(re.sub(r"^\$ ", "", line))
            elif block == "cpp":
                self.check_block(line)
            elif block is None:
                if line.startswith("    scripts/"):
                    self.check_command(line)
                for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", line):
                    self.check_span(span)
                self.check_pairs(line)
                self.check_links(re.sub(r"`[^`]*`", "", line))
                self.check_numbers(line)
        return self.found


def headings(text):
    """Returns the anchors of a Markdown file in GitHub's notation."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ +(.*?) *$", text, re.M)}


def check_comments(tree):
    """Checks the files that comments and messages of the program name. All of a script is checked like a comment."""
    for file, text in tree.texts.items():
        if file.endswith((".h", ".cpp")):
            opens = ("//", "/*") if file.startswith("tests/") else ("//", "/*", '"')
            parts = [(m.start(), m[0]) for m in NO_CODE.finditer(text) if m[0].startswith(opens)]
        elif file.startswith(("scripts/", "bench/", "tests/judges/")) and not file.endswith(".json"):
            parts = [(0, text)]
        else:
            continue
        for start, part in parts:
            for m in re.finditer(r"(?<![\w./<{}*$-])([a-z][\w/]*\.(?:h|cpp|cmake|py))\b(?!\w)", part):
                if not m[1].startswith(("hwy/", "lemon/")) and not any(f"/{f}".endswith(f"/{m[1]}") for f in tree.files):
                    line = text.count("\n", 0, start + m.start()) + 1
                    yield f"{file}:{line}: {m[1]} is named here, and there is no such file"


def check_maps(tree):
    """Checks the folders in HACKING.md and the headers in each room's README, as scripts/map writes them."""
    rows = re.findall(r"^\| `([\w./]+)/` \|", tree.read("HACKING.md") if "HACKING.md" in tree.files else "", re.M)
    for folder in sorted({f.rpartition("/")[0] for f in tree.texts if f.startswith(tuple(f"{room}/" for room in ROOMS))}):
        if folder not in rows:
            yield f"HACKING.md:1: the map has no row for {folder}/"
    for room in ROOMS:
        text = tree.read(f"{room}/README.md") if f"{room}/README.md" in tree.files else ""
        for file in tree.texts:
            if file.startswith(f"{room}/") and file.endswith(".h") and f"]({file[len(room) + 1:]})" not in text:
                yield f"{room}/README.md:1: no link to {file}; scripts/map --write renews the maps"
    shown = re.findall(r"`([\w/]+)`", tree.read("data/README.md")) if "data/README.md" in tree.files else []
    for config in (f for f in tree.files if fnmatch.fnmatch(f, "data/configs/*.json")):
        if config[len("data/configs/") : -len(".json")] not in shown:
            yield f"data/README.md:1: nothing is said of {config}"
    for writer in ("scripts/map", "scripts/reference", "apps/page/theory.py"):
        if writer not in tree.files:
            continue
        asked = subprocess.run([sys.executable, "-B", tree.root / writer, "--check"], capture_output=True, text=True)
        if asked.returncode != 0:
            yield f"{writer}:1: {asked.stderr.strip()}"


def check(root, program):
    tree = Tree(root)
    found = [fault for document in tree.documents for fault in Checker(tree, program, document).check()]
    return [*found, *check_comments(tree), *check_maps(tree)], len(tree.documents)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__.split("\n\n")[1])
    found, read = check(Path(sys.argv[1]), Program(*sys.argv[2:]))
    if read == 0:
        sys.exit(f"[documents] no README in {sys.argv[1]}: give the project's root")
    if found:
        sys.exit("\n".join(found) + f"\n[documents] {len(found)} names of things that are not there")
    print(f"{read} documents name only what exists")


if __name__ == "__main__":
    main()
