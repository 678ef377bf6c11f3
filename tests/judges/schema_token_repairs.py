"""Repairs faults of random configs for tokens that a schema cannot express. schema_agreement.py calls the functions."""


def reconcile_metric(config, rng):
    """Lets a metric-induced path begin at uniform tokens, without what belongs to kappa."""
    path, sampler = config.get("path", {}), config.get("sampler", {})
    if path.get("type") != "metric":
        return
    config["source"] = {"type": "uniform_tokens"}
    config.pop("coupling", None)
    sampler.pop("corrector", None)
    if sampler.get("grid", {}).get("type") == "kappa":
        sampler.pop("grid")
    if sampler.get("type") == "ctmc_adaptive":  # its rates near t = 1 may take too many steps
        sampler["type"] = "ctmc_kernel"
    path["a"], path["c"] = rng.uniform(1, 3), rng.uniform(0.1, 3)
    if "rows" in path.get("distance", {}):
        path["distance"]["rows"] = [[0, 1, 2.5], [1, 0, 1], [2, 1, 0]]


def reconcile_three_parts(config):
    """Lets a three-part path begin elsewhere than at uniform tokens, and leaves out what belongs to the mixture path."""
    path, sampler = config.get("path", {}), config.get("sampler", {})
    if path.get("type") == "three_part":
        if config.get("source", {}).get("type") == "uniform_tokens":
            config["source"] = {"type": "mask"}
        for key in ("corrector", "remasking", "order"):
            sampler.pop(key, None)
    if sampler.get("corrector", {}).get("type") == "exchange" and config.get("source", {}).get("type") != "uniform_tokens":
        sampler.pop("corrector")


def reconcile_unmasking(config):
    """Leaves out remasking, order and top_k where the sampler cannot use them."""
    sampler = config.get("sampler", {})
    masks = config.get("source", {}).get("type", "mask") == "mask"
    if not masks or sampler.get("type", "ctmc_kernel") != "ctmc_kernel":
        for key in ("remasking", "order"):
            sampler.pop(key, None)
    if sampler.get("remasking", {}).get("type", "none") != "none":
        sampler.pop("corrector", None)
    if "remasking" in sampler or "corrector" in sampler:
        sampler.pop("order", None)
    if sampler.get("temperature") == 0:
        sampler.pop("top_k", None)
    if sampler.get("remasking", {}).get("type") == "loop":
        for key in ("grid", "begin", "end"):
            sampler.pop(key, None)
