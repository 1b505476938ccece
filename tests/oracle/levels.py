#!/usr/bin/env python3
"""Judges the levels of detail of whole files with GEOS.

    python3 tests/oracle/levels.py FILE...

Per file `cargo test --test it levels_for_geos` writes the polygons of every level, in steps of its grid. Against those of
the full level, per level: no ground as wide as a pixel of its own inside the union (the uncovered area, half a pixel off
its border, is empty), and the overlap of two different villages that did not overlap before nowhere as wide as a pixel.
Prints a line per level; exit code 1 where anything differs.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import shapely
from shapely.geometry import Polygon


def parts(document):
    out = {}
    for feature, rings in document["parts"]:
        rings = [r for r in rings if len(r) >= 4]
        polygon = Polygon(rings[0], rings[1:]) if rings else Polygon()
        out.setdefault(feature, []).append(shapely.make_valid(polygon))
    return {f: shapely.union_all(p) for f, p in out.items()}


def overlap(villages, least_width):
    """Pairs that overlap by more than a strip of this width, and the area of the widest such strip's core."""
    names, shapes = list(villages), list(villages.values())
    tree = shapely.STRtree(shapes)
    pairs = {}
    for a, b in zip(*tree.query(shapes, predicate="intersects")):
        if a < b:
            core = shapely.intersection(shapes[a], shapes[b]).buffer(-least_width / 2)
            if not core.is_empty:
                pairs[(names[a], names[b])] = core.area
    return pairs


def main():
    bad = False
    for file in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            env = dict(os.environ, QIANCUN_LEVELS_OF=str(pathlib.Path(file).resolve()), QIANCUN_LEVELS_OUT=folder)
            command = ["cargo", "test", "-q", "--test", "it", "levels_for_geos", "--", "--ignored"]
            subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            documents = [json.loads(p.read_text()) for p in sorted(pathlib.Path(folder).iterdir())]
        full = parts(next(d for d in documents if d["full"]))
        whole = shapely.union_all(list(full.values()))
        for number, document in enumerate(documents):
            pixel = document["pixel"]
            drawn = parts(document)
            bare = shapely.difference(whole, shapely.union_all(list(drawn.values())))
            core = bare.buffer(-pixel / 2)
            before = overlap(full, pixel)
            new = {p: a for p, a in overlap(drawn, pixel).items() if p not in before}
            positions = sum(len(r) for _, rings in document["parts"] for r in rings)
            verdict = "ok" if core.is_empty and not new else "BAD"
            bad |= verdict == "BAD"
            print(f"{pathlib.Path(file).name} level {number}: {positions} positions, bare {bare.area / pixel**2:.2f} px\u00b2, "
                  f"as wide as a pixel {core.area / pixel**2:.3f}, new overlaps {len(new)} "
                  f"({max([a / pixel**2 for a in new.values()], default=0):.2f} px\u00b2) {verdict}", flush=True)
    sys.exit(bad)


if __name__ == "__main__":
    main()
