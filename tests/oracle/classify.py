#!/usr/bin/env python3
"""Writes tests/fixtures/classify.json: seeded value lists and what mapclassify's Fisher–Jenks makes of them.

Needs `pip install mapclassify==2.10.0 numpy`. Usage: tests/oracle/classify.py > tests/fixtures/classify.json
"""

import json
import platform
from importlib.metadata import version

import mapclassify
import numpy as np


def ssd(values, uppers):
    """Sum of squared deviations from class means; classes are closed above, as mapclassify has them."""
    classes = np.searchsorted(np.asarray(uppers), values, side="left")
    return float(sum(((values[classes == c] - values[classes == c].mean()) ** 2).sum() for c in np.unique(classes)))


def lists(rng):
    """Value lists of the kinds that maps of villages meet."""
    yield "uniform", np.round(rng.uniform(0, 100, 120), 1)
    yield "rates-near-100", np.round(100 - rng.exponential(6, 150).clip(0, 100), 1)
    yield "population", np.floor(np.exp(rng.normal(7, 0.9, 180)))
    yield "three-groups", np.round(np.concatenate([rng.normal(m, 1, 40) for m in (10, 25, 70)]), 2)
    yield "many-ties", rng.integers(0, 9, 160).astype(float)
    yield "offset", np.round(1e6 + rng.normal(0, 1, 80), 3)


def main():
    """Prints the fixture."""
    rng = np.random.default_rng(20260101)
    cases = []
    for name, values in lists(rng):
        for k in (3, 5, 7):
            bins = [float(b) for b in mapclassify.FisherJenks(values, k=k).bins]
            case = {"name": name, "k": k, "uppers": bins, "ssd": ssd(values, bins)}
            cases.append(case)
        cases[-1]["values"] = [float(v) for v in values]
    values = {c["name"]: c.pop("values") for c in cases if "values" in c}
    head = {
        "tool": "mapclassify",
        "version": version("mapclassify"),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "call": "mapclassify.FisherJenks(values, k=k).bins",
        "script": "tests/oracle/classify.py",
    }
    lines = [f'  "{k}": {json.dumps(v)}' for k, v in head.items()]
    lists_ = ",\n".join(f'    "{k}": {json.dumps(v)}' for k, v in values.items())
    cases_ = ",\n".join("    " + json.dumps(c) for c in cases)
    print("{\n" + ",\n".join(lines) + ',\n  "values": {\n' + lists_ + '\n  },\n  "cases": [\n' + cases_ + "\n  ]\n}")


if __name__ == "__main__":
    main()
