#!/usr/bin/python3
"""Compares the exported JSON Schema with the parser on random configs, valid and mutated.

usage: schema_agreement.py VERDICTS [COUNT [SEED]]

VERDICTS is the program built from schema_verdicts.cpp. The configs are drawn from the schema itself. Half of
them are then mutated one to three times. A schema cannot compare two values, such as a warm-up with the number of
steps, or the lengths of two arrays. If such a comparison fails, the parser says "beyond". Configs that are drawn as
valid avoid these faults. Mutated configs with such a fault must be valid by the schema, and are not counted.
Exits with 77 if python3-jsonschema is missing.
"""
import copy
import json
import random
import subprocess
import sys

from schema_drawer import Drawer

try:
    import jsonschema
    Validator = jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    print("skipped: python3-jsonschema (4 or newer) is missing")
    sys.exit(77)

JUNK = [None, True, False, "", "x", "moons", "a\x00b", "../up", -1, 0, 1, 2, 3, 3.7, -0.0, 0.5, 1.0, 64.0, 5e9,
        5_000_000_000, 1e-9, 1e300, 2**53, 2**53 + 1, 2**64, 10**30, [], [1], [1, 1], [0], ["x"], [[1, 2], [3, 4]],
        [[]], [1, "x"], [None], {}, {"type": "moons"}, {"type": "gaussian"}, {"type": 3}, {"x": 1}]


class Mutator:
    """Changes a config in one of many small ways. Most results are invalid."""

    def __init__(self, drawer):
        self.drawer, self.rng = drawer, drawer.rng

    def places(self, node, found):
        """Returns every (container, key) below a node."""
        for key in (node if isinstance(node, dict) else range(len(node))):
            found.append((node, key))
            if isinstance(node[key], (dict, list)):
                self.places(node[key], found)
        return found

    def mutate(self, config):
        config = copy.deepcopy(config)
        for _ in range(self.rng.randint(1, 3)):
            places = self.places(config, [])
            if not places:
                break
            # Choose a container first, so that deep keys are changed often.
            container, key = self.rng.choice(places)
            self.rng.choice([self.junk, self.remove, self.rename, self.add, self.nudge, self.retype, self.wrap,
                             self.swap, self.nudge, self.junk])(container, key, places)
        return config

    def junk(self, container, key, _):
        container[key] = copy.deepcopy(self.rng.choice(JUNK))

    def remove(self, container, key, _):
        del container[key]

    def rename(self, container, key, _):
        if isinstance(container, dict):
            new = self.rng.choice([key[:-1], key + "s", key[1:] + key[:1], self.rng.choice(self.drawer.keys)])
            container[new] = container.pop(key)

    def add(self, container, _, __):
        value = copy.deepcopy(self.rng.choice(JUNK))
        if isinstance(container, dict):
            container[self.rng.choice(self.drawer.keys)] = value
        else:
            container.append(value)

    def nudge(self, container, key, _):
        value = container[key]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return
        container[key] = self.rng.choice([-value, value + 1, value - 1, value * 2, value + 0.5, value / 3, 0, 1,
                                          float(value), value * 10**6])

    def retype(self, container, _, __):
        if isinstance(container, dict):
            some = self.rng.choice([d for d in self.drawer.schema["$defs"].values()
                                    if "enum" in d["properties"].get("type", {})])
            container["type"] = self.rng.choice(some["properties"]["type"]["enum"])

    def wrap(self, container, key, _):
        container[key] = self.rng.choice([[container[key]], {"of": container[key]}, {"type": container[key]},
                                          {"type": "standardize", "of": container[key]}])

    def swap(self, container, key, places):
        other, place = self.rng.choice(places)
        container[key] = copy.deepcopy(other[place])


def main():
    verdicts = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    schema = json.loads(subprocess.run([verdicts, "schema"], check=True, capture_output=True, text=True).stdout)
    Validator.check_schema(schema)
    validator = Validator(schema)
    drawer = Drawer(schema, rng)
    mutator = Mutator(drawer)

    seen = {"valid": 0, "wrong": 0, "beyond": 0}
    disagree = 0
    while seen["valid"] + seen["wrong"] < count:
        drawn = [drawer.config() for _ in range(count // 2)]
        configs = drawn + [mutator.mutate(config) for config in drawn]
        lines = "".join(json.dumps(config, allow_nan=False) + "\n" for config in configs)
        said = subprocess.run([verdicts], input=lines, check=True, capture_output=True, text=True).stdout.split("\n")
        for number, config in enumerate(configs):
            verdict = said[number]
            valid = validator.is_valid(config)
            kind = "beyond" if verdict.startswith("beyond") else "valid" if valid else "wrong"
            seen[kind] += 1
            right = verdict == "ok" or verdict.startswith("beyond")
            # A steep grid close to t = 1 can have two times that round to one number, which no drawing rule foresees.
            rounded = "the time grid goes from" in verdict
            drawn_wrong = number < len(drawn) and verdict != "ok" and not rounded
            if right != valid or drawn_wrong:
                disagree += 1
                if disagree <= 10:
                    why = [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(config)][:3]
                    print(f"disagree: {json.dumps(config)}\n  parser: {verdict}\n  schema: {why or 'valid'}")
            if seen["valid"] + seen["wrong"] == count:
                break
    print(f"{seen['valid']} valid, {seen['wrong']} wrong, {seen['beyond']} beyond a schema: {disagree} disagreements")
    ok = disagree == 0 and seen["valid"] > count // 4 and seen["wrong"] > count // 4 and seen["beyond"] < count // 20
    sys.exit(0 if ok else 1)


main()
