"""Draws configs from the JSON Schema for schema_agreement.py, and repairs the faults that a schema cannot express."""
import manifold_repairs
from schema_token_repairs import reconcile_metric, reconcile_three_parts, reconcile_unmasking


class Drawer:
    """Draws configs that are valid by the schema."""

    def __init__(self, schema, rng):
        self.schema, self.rng = schema, rng
        self.keys = sorted({key for one in schema["$defs"].values() for key in one["properties"]})

    def config(self):
        kind = self.rng.choice(["then", "else"])  # of tokens, of continuous data
        config = self.object(self.definition(self.schema[kind]["$ref"]), 0)
        # Repair the faults that a schema cannot express.
        if "schedule" in config and "warmup" in config["schedule"]:
            config["schedule"]["warmup"] = self.rng.randint(0, 40)
            if "train" in config and "steps" in config["train"]:
                config["train"]["steps"] = self.rng.randint(41, 10**9)
        self.repair(config)
        if kind == "then":
            self.reconcile_tokens(config)
        else:
            self.reconcile(config)
        self.reconcile_guidance(config)
        self.reconcile_held_out_rows(config)
        return config

    def reconcile_tokens(self, config):
        """Repairs the same faults in configs for tokens."""
        data, source = config["data"], config.get("source", {})
        manifold_repairs.take_inner(data)
        manifold_repairs.take_inner(source)
        for distribution in (data, source.get("of", {})):
            if distribution.get("type") == "quantize":
                distribution["held_out"] = 0
        if source.get("token", -1) != -1:
            source["token"] = self.rng.randint(-1, data.get("vocabulary", 0) - 1)
            if data.get("vocabulary", 2) == 2:
                source["token"] = -1
        if config.get("coupling", {}).get("type") == "paired":
            rows = {"type": "tokens", "path": "a.npy", "vocabulary": 4}
            config["data"], config["source"] = rows, {"type": "data", "of": rows}
        if config.get("source", {}).get("type") == "data":
            config.get("sampler", {}).pop("corrector", None)
        if config["data"]["type"] != "words":
            config.get("model", {}).pop("label", None)
        sampler, kappa = config.get("sampler", {}), config.get("path", {}).get("kappa", {})
        if "power" in kappa:
            kappa["power"] = self.rng.uniform(1, 9)
        for part in (sampler, sampler.get("grid", {})):
            if "power" in part:
                part["power"] = self.rng.uniform(0.1, 9)
        if sampler.get("type") == "ctmc_adaptive" and sampler.get("corrector", {}).get("scale", 0) > 0:
            sampler["corrector"]["scale"] = self.rng.uniform(0, 9)
        reconcile_metric(config, self.rng)
        reconcile_three_parts(config)
        reconcile_unmasking(config)
        model = config.get("model", {})
        if model.get("type", "transformer") == "transformer":
            model["heads"] = self.rng.choice([1, 2, 3])
            model["width"] = model["heads"] * self.rng.choice([2, 4, 64])
            config["model"] = model

    def reconcile(self, config):
        """Changes one of two sections that cannot be combined."""
        self.reconcile_pairs(config)
        manifold_repairs.reconcile(config)
        self.reconcile_map(config)
        path, loss, sampler = (config.get(key, {}) for key in ("path", "loss", "sampler"))
        path_type, sde = path.get("type", "cond_ot"), ("euler_maruyama", "stochastic_heun")
        if config.get("source", {}).get("type", "gaussian") != "gaussian" and path_type == "cond_ot":
            path.pop("sigma_min", None)
        if path.get("noise", {}).get("type", "none") != "none":
            config.pop("prediction", None)
            if loss.get("weight") not in (None, "none", "velocity"):
                del loss["weight"]
            if sampler.get("type") in ("dpm_solver", "edm_heun", *sde):
                sampler = config["sampler"] = {}
            sampler.pop("path", None)
        ends_in_a_point = (path.get("sigma_min", 0) == 0 if path_type == "cond_ot" else
                           path["points"][-1][-1] == 0 if path_type == "table" else path_type not in ("ve", "edm"))
        if config.get("prediction") == "score" and ends_in_a_point:
            config["prediction"] = self.rng.choice(["noise", "data"])
        if loss.get("weight") == "score" and ends_in_a_point and loss.get("most", 0) == 0:
            loss["most"] = self.rng.uniform(1, 1000)
        if (config.get("prediction") in ("score", "edm") or path_type in ("ve", "edm")
                or sampler.get("type") in sde):
            config["source"] = self.rng.choice([{}, {"type": "gaussian"}, {"std": 1}])
        coupling = config.get("coupling", {}).get("type", "independent")
        if sampler.get("type") in sde and coupling != "independent":
            config.pop("coupling")
            coupling = "independent"
        pairs = config["data"]["type"] == "pairs"
        if coupling == "paired" and config.get("source", {}).get("type") != "data" and not pairs:
            del config["coupling"]
        if coupling in ("ot", "sinkhorn", "schroedinger_bridge", "partial", "unbalanced") and config.get("train", {}).get("batch", 16) < 16:
            config["train"]["batch"] = self.rng.randint(16, 1000)
        self.reconcile_built(config, path_type)

    def reconcile_pairs(self, config):
        """Gives pairs the coupling that they have, and takes them from where they cannot be."""
        data, source = config["data"], config.get("source", {})
        inner, of_source = data, source.get("of", {})
        while "of" in inner:
            inner = inner["of"]
        if inner["type"] == "pairs" and inner is not data:
            config["data"] = data = inner
        while "of" in of_source:
            of_source = of_source["of"]
        if of_source.get("type") == "pairs":
            config.pop("source")
        if data["type"] == "pairs":
            config.pop("coupling", None)
            config.get("sampler", {}).pop("diffusion", None)
            if config.get("sampler", {}).get("type") in ("euler_maruyama", "stochastic_heun"):
                config["sampler"] = {}
        if config.get("loss", {}).get("time", {}).get("type") == "start":
            if data["type"] != "pairs" or config["loss"].get("type", "mse") != "mse":
                config["loss"].pop("time")
            else:
                config["sampler"] = {"type": "euler", "steps": 1}
                config["path"] = self.rng.choice([{}, {"type": "cond_ot"}])
                config.pop("prediction", None)
        loss, sampler = config.get("loss", {}), config.get("sampler", {})
        if loss.get("type") == "score_and_flow":
            config.pop("prediction", None)
            config["path"] = {"type": "cond_ot", "noise": {"type": "brownian", "scale": self.rng.uniform(0.1, 9)}}
            data.pop("condition", None)
        elif sampler.get("type") == "bridge_sde":
            config["sampler"] = {"type": "euler"}
        if sampler.get("type") == "bridge_sde":
            sampler.get("guidance", {})["scale"] = 0
        if loss.get("type") == "lagrangian" and config.get("ema", {}).get("decay") == 0:
            loss.pop("teacher", None)
        coupling = config.get("coupling", {})
        if coupling.get("within_classes") and data["type"] not in ("digits", "mixture", "moons"):
            coupling["within_classes"] = False
        if coupling.get("within_classes"):
            coupling["label_weight"] = 0
        if not data.get("condition"):
            coupling.pop("condition_weight", None)

    def reconcile_map(self, config):
        """Gives a flow map a path that it can learn, and takes jumps from samplers of other flows."""
        sampler = config.get("sampler", {})
        if config.get("loss", {}).get("type") in ("lagrangian", "eulerian", "semigroup", "alpha_flow"):
            config.pop("prediction", None)
            config["path"] = self.rng.choice([{}, {"type": "cond_ot"}, {"type": "cosine"}])
            config["data"].pop("condition", None)
            config.get("coupling", {}).pop("condition_weight", None)
            # A sampler without a type would be one of jumps, which has other keys.
            if sampler:
                sampler.setdefault("type", "dopri5")
        elif sampler.get("type") == "jumps":
            config["sampler"] = {"type": "euler"}
        if sampler.get("type") == "jumps":
            sampler.pop("path", None)
            sampler.get("guidance", {})["scale"] = 0
            sampler["steps"] = max(2, sampler.get("steps", 1))  # some grids need two

    def reconcile_held_out_rows(self, config):
        """Removes rows to hold out of data that has none, and keys that need such rows."""
        data, train = config["data"], config.get("train", {})
        if data["type"] in ("words", "text", "tokens", "quantize"):
            train.pop("holdout", None)
            held_out = data.get("held_out", {"words": 0.1, "text": 0.05}.get(data["type"], 0)) != 0
        else:
            while "of" in data:
                data = data["of"]
            holdout, paired = train.get("holdout", 0), config.get("coupling", {}).get("type") == "paired"
            paired = paired or data["type"] == "pairs"
            in_file = data["type"] in ("csv", "npy")
            if not in_file and data["type"] not in ("digits", "geyser", "pairs"):
                train.pop("holdout", None)
            elif isinstance(holdout, str) and (paired or not in_file):
                train["holdout"] = self.rng.choice([0, 0.1, [0, 7]])
            held_out = train.get("holdout", 0) != 0
        if not held_out:
            for key in ("valid_every", "nll_every", "model", "patience"):
                train.pop(key, None)
        if data.get("missing_rows") != "model":
            train.pop("fill_every", None)

    def reconcile_guidance(self, config):
        loss, guidance = config.get("loss", {}), config.get("sampler", {}).get("guidance", {})
        if loss.get("label_dropout") == 1:  # otherwise a network with labels never gets one
            loss["label_dropout"] = self.rng.uniform(0.01, 0.99)
        if guidance.get("scale", 0) != 0:
            if config.get("model", {}).get("label", {}).get("type", "none") == "none":
                guidance["scale"] = 0
            elif loss.get("label_dropout") == 0:
                loss["label_dropout"] = self.rng.uniform(0.01, 1)

    def reconcile_built(self, config, path_type):
        """Replaces path, times and grid if the parser would find a fault only by building them."""
        loss, sampler, coupling = (config.get(key, {}) for key in ("loss", "sampler", "coupling"))
        whole = path_type in ("polynomial", "cosine", "linear_vp")  # their noise levels go from infinity to 0
        if loss.get("weight", "none") != "none" and loss.get("most", 0) == 0:
            loss["most"] = self.rng.uniform(1, 1000)
        if loss.get("time", {}).get("type") == "noise_level" and not whole:
            loss.pop("time")
        if not whole or path_type == "polynomial":
            sampler.pop("path", None)
        elif "path" in sampler:
            sampler["path"] = {"type": self.rng.choice(["own", "cosine", "linear_vp"])}
        kind, grid = sampler.get("type", "dopri5"), sampler.get("grid", {}).get("type", "auto")
        if kind in ("bosh3", "dopri5", "tsit5") and sampler.get("steps", 0) == 0:
            sampler.pop("grid", None)
        elif grid in ("edm", "log_snr", "power", "cosine") or (kind == "edm_heun" and grid == "auto"):
            sampler["grid"] = {"type": grid if path_type in ("cosine", "linear_vp") else "uniform"}
            for key in ("begin", "end", "path"):
                sampler.pop(key, None)
            if "steps" in sampler:
                sampler["steps"] = max(2, sampler["steps"])
        elif grid == "list":
            sampler["grid"]["times"] = [0.01 + 0.98 * t for t in sampler["grid"]["times"]]
        data = config.get("data", {}).get("type")
        labelled = data in ("digits", "mixture", "moons", "pairs")
        if "label_weight" in coupling and not labelled:
            coupling["label_weight"] = 0
        if not labelled:
            config.get("model", {}).pop("label", None)
        if coupling.get("type") == "paired" and config["data"]["type"] != "pairs":
            config["data"] = {"type": "npy", "path": "a.npy"}
            config["source"]["of"] = {"type": "csv", "path": "b.csv"}
            config.get("model", {}).pop("label", None)
        if coupling.get("type") == "schroedinger_bridge":
            noise = config.get("path", {}).get("noise", {})
            straight = path_type == "cond_ot" and config.get("path", {}).get("sigma_min", 0) == 0
            if noise.get("type") == "brownian" and straight:
                coupling["sigma"] = noise.get("scale", 0.1)
            else:
                config["coupling"] = {"type": "sinkhorn"}

    # Pairs of keys of one section of which the first must be below the second, with values that are
    # valid for every type.
    RISING = {("sigma_min", "sigma_max"): (0.02, 80), ("beta_min", "beta_max"): (0.1, 20),
              ("from", "to"): (0, 1), ("begin", "end"): (0, 1)}

    def repair(self, node):
        if not isinstance(node, dict):
            return
        if "means" in node:
            for row in node["means"]:
                row[:] = [row[0] or 1] * 2
            for key in ("stds", "weights", "kappas"):
                if key in node:
                    node[key] = self.rng.choice([[], [self.rng.uniform(0.1, 3) for _ in node["means"]]])
        if isinstance(node.get("of"), dict):  # only a table that is all of the data has conditions
            node["of"].pop("condition", None)
        if node.get("type") == "csv" and node.get("condition"):
            node.pop("label", None)
        if node.get("type") in ("npy", "tokens", "words") and not node.get("labels"):
            node.pop("label", None)  # it is a column of that file
        if node.get("type") == "csv" and "types" in node:
            for name, kind in node["types"].items():
                if isinstance(kind, list):
                    node["types"][name] = [-1, self.rng.uniform(0, 9)]
                elif isinstance(kind, dict):
                    node["types"][name] = self.rng.choice(
                        [{}, {"kind": "category"}, {"kind": "integer", "transform": "log"},
                         {"transform": "logit", "bounds": [0, 1]}, {"bounds": [-1, 0.5]}])
        if node.get("type") == "text" and isinstance(node.get("held_out"), list):  # a text has no rows
            node["held_out"] = 0.1
        if node.get("type") == "quantize":
            node["low"], node["high"] = -self.rng.uniform(0, 9), self.rng.uniform(0.1, 9)
        if node.get("type") == "words":
            node["shortest"], node["longest"] = self.rng.randint(1, 5), self.rng.randint(5, 1000)
        if node.get("type") == "uniform" and ("low" in node or "high" in node):
            node["low"], node["high"] = -self.rng.uniform(0, 9), self.rng.uniform(0.1, 9)
        for (low, high), (least, most) in self.RISING.items():
            if isinstance(node.get(low), str):  # the key `from` of the whole config is no time
                continue
            if low in node and high in node and node[low] > node[high]:
                node[low], node[high] = node[high], node[low]
            if node.get(low, least) >= node.get(high, most):
                node.pop(low, None)
                node.pop(high, None)
        if node.get("type") == "list":
            node["times"] = sorted(set(node["times"])) if len(set(node["times"])) > 1 else [0, 1]
        if node.get("type") == "table" and "points" in node:
            middle, end = self.rng.uniform(0.1, 0.9), self.rng.choice([0, 0.0, 0.05])
            node["points"] = [[0, 0, 1], [middle, middle, 1 - 0.9 * middle], [1, 1.0, end]]
        for child in node.values():
            self.repair(child)

    def definition(self, reference):
        return self.schema["$defs"][reference.rsplit("/", 1)[1]]

    def section(self, schema, depth):
        branches = schema.get("allOf", [])
        if not any("then" in branch for branch in branches):
            return self.object(schema, depth)
        types = schema["properties"]["type"]["enum"]
        if depth > 4:  # no more data sets inside data sets
            types = [t for t in types if "of" not in self.branch(branches, t)["properties"]]
        kind = self.rng.choice(types)
        default = schema["properties"]["type"].get("default")
        section = self.object(self.branch(branches, kind), depth)
        section.pop("type", None)
        if kind != default or self.rng.random() < 0.5:
            section = {"type": kind, **section}
        return section

    def branch(self, branches, kind):
        for branch in branches:
            if branch["if"]["properties"]["type"]["const"] == kind:
                return self.definition(branch["then"]["$ref"])
        raise KeyError(kind)

    def object(self, schema, depth):
        if "properties" not in schema:  # any names, such as those of a table's columns
            return {name: self.value(schema["additionalProperties"], depth + 1)
                    for name in self.rng.sample(["a", "b c", "0"], self.rng.randint(0, 3))}
        required = schema.get("required", [])
        chosen = {}
        for key, value in schema["properties"].items():
            if key in required or self.rng.random() < 0.5:
                chosen[key] = self.value(value, depth + 1)
        if chosen.get("nesterov"):
            chosen["momentum"] = self.rng.uniform(0.1, 0.9)
        items = list(chosen.items())
        self.rng.shuffle(items)
        return dict(items)

    def value(self, schema, depth):
        if "$ref" in schema:
            return self.section(self.definition(schema["$ref"]), depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        if "anyOf" in schema:
            return self.value(self.rng.choice(schema["anyOf"]), depth)
        return getattr(self, schema["type"])(schema, depth)

    def number(self, schema, _):
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        ends = [schema[key] for key in ("minimum", "maximum") if key in schema]
        draw = self.rng.choice(ends + [None] * 4)
        if draw is None:
            draw = low + (min(high, low + 100) - low) * self.rng.uniform(0.001, 0.999)
        if "not" in schema and draw == 0:
            draw = 1.5
        return int(draw) if draw == int(draw) and self.rng.random() < 0.5 else draw

    def integer(self, schema, _):
        low, high, step = schema["minimum"], schema["maximum"], schema.get("multipleOf", 1)
        draw = self.rng.choice([low, high, self.rng.randint(low, high), self.rng.randint(low, min(high, low + 300))])
        draw -= draw % step
        return float(draw) if self.rng.random() < 0.2 else draw

    def boolean(self, _, __):
        return self.rng.random() < 0.5

    def string(self, schema, _):
        length = self.rng.choice([1, 3, 8, 100])
        name = "".join(self.rng.choice("abcXYZ019") for _ in range(length))
        return name if "A-Z" in schema.get("pattern", "") else self.rng.choice([name, "a/b c.csv", "é\n", name])

    def array(self, schema, depth):
        items = [self.value(schema["items"], depth) for _ in range(self.rng.randint(schema.get("minItems", 0), 4))]
        if schema.get("uniqueItems"):
            items = [x for i, x in enumerate(items) if x not in items[:i]]
        return items
