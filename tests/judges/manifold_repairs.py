"""Repairs of random configs with data on manifolds, for schema_agreement.py."""

MANIFOLDS = ("vmf_mixture", "wrapped_mixture", "manifold")


def take_inner(data):
    """Replaces data on a manifold that is inside other data."""
    while isinstance(data.get("of"), dict):
        if data["of"].get("type") in MANIFOLDS:
            data["of"] = {"type": "moons"}
        data = data["of"]


def reconcile(config):
    """Gives data on a manifold a source, path and solver that are on it, and takes its sources from other data."""
    data, source = config["data"], config.get("source", {})
    take_inner(data)
    if data["type"] in MANIFOLDS:
        if data["type"] == "manifold":
            config["data"] = {"type": "manifold", "of": {"type": "npy", "path": "a.npy"}, "latlong": [0, 1]}
        for key in ("source", "path", "prediction", "coupling", "sampler", "loss"):
            config.pop(key, None)
    elif source.get("type") in ("vmf", "wrapped") or source.get("of", {}).get("type") in MANIFOLDS:
        config["source"] = {}
    else:
        take_inner(source)
