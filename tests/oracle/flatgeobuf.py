#!/usr/bin/env python3
"""FlatGeobuf against GDAL: flatgeobuf.py QIANCUN FILE.geojson…

Each file is written as FlatGeobuf twice, by `qiancun convert` and by GDAL (pyogrio). GDAL must read in ours what it reads in the
GeoJSON: the same features by their code, geometry bit for bit, the same values; the tree must find in a rectangle what a scan
finds. `qiancun convert` of GDAL's file back to GeoJSON must give the same again.

`flatgeobuf.py --fixture FOLDER NAME…` prints how many features meet rectangles of each file by their envelope (shapely), which
is what tests/fixtures/flatgeobuf.json holds.

Made with GDAL 3.12.4 (pyogrio), shapely 2. Prints what it did; ends with an error where something differs.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas
import pyogrio
import shapely


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout


def table(path):
    """Fields and geometry as WKB, in an order that does not depend on the file's."""
    meta, _, geometry, values = pyogrio.raw.read(path)
    frame = pandas.DataFrame({n: v for n, v in zip(meta["fields"], values)})
    frame["geometry"] = [None if g is None or shapely.from_wkb(g).is_empty else bytes(g) for g in geometry]
    # Not the writer's promotion of single parts: the same polygons.
    frame["geometry"] = [g and shapely.to_wkb(shapely.multipolygons(shapely.get_parts(shapely.from_wkb(g))))
                         if g and shapely.from_wkb(g).geom_type in ("Polygon", "MultiPolygon") else g for g in frame["geometry"]]
    frame = frame.reindex(sorted(frame.columns), axis=1)
    key = [repr([r[c] if not isinstance(r[c], float) or r[c] == r[c] else None for c in frame.columns]) for _, r in frame.iterrows()]
    return frame.assign(key=key).sort_values("key").drop(columns="key").reset_index(drop=True), meta


def same(a, b, what):
    assert list(a.columns) == list(b.columns), (what, list(a.columns), list(b.columns))
    assert len(a) == len(b), (what, len(a), len(b))
    for column in a.columns:
        for i, (x, y) in enumerate(zip(a[column], b[column])):
            nothing = lambda v: v is None or v != v
            assert (nothing(x) and nothing(y)) or x == y, (what, column, i, x, y)


def rectangles(w, s, e, n):
    """Five rectangles across the bounds."""
    return [(w + (e - w) * k / 7, s + (n - s) * k / 9, w + (e - w) * (k + 2) / 7, s + (n - s) * (k + 2) / 9) for k in range(5)]


def fixture(folder, names):
    found = {}
    for name in names:
        _, _, geometry, _ = pyogrio.raw.read(Path(folder) / name)
        boxes = [shapely.from_wkb(g).bounds for g in geometry if g is not None]
        whole = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
        meets = lambda b, r: b[0] <= r[2] and b[2] >= r[0] and b[1] <= r[3] and b[3] >= r[1]
        found[name] = [{"box": r, "features": sum(meets(b, r) for b in boxes)} for r in rectangles(*whole)]
    print(json.dumps(found, indent=1))


def main():
    if sys.argv[1] == "--fixture":
        return fixture(sys.argv[2], sys.argv[3:])
    program, folder = sys.argv[1], Path(tempfile.mkdtemp())
    for name in sys.argv[2:]:
        source = Path(name)
        ours, theirs, back = (folder / f for f in ("ours.fgb", "theirs.fgb", "back.geojson"))
        run(program, "convert", source, ours)
        a, _ = table(source)
        b, meta = table(ours)
        same(a, b, f"{source.name}: GDAL on our file")
        assert meta["crs"] in ("EPSG:4326", None) or "4490" in meta["crs"], meta["crs"]
        # The tree: what a rectangle finds.
        found = pyogrio.read_info(source, force_total_bounds=True)["total_bounds"]
        for box in rectangles(*found):
            _, _, hits, _ = pyogrio.raw.read(ours, bbox=box)
            _, _, scan, _ = pyogrio.raw.read(source, bbox=box)
            assert sorted(shapely.from_wkb(h).bounds for h in hits) == sorted(shapely.from_wkb(h).bounds for h in scan), box
        # The other way: GDAL writes, we read.
        # GDAL leaves out what has no geometry.
        run("ogr2ogr", "-f", "FlatGeobuf", theirs, source)
        run(program, "convert", theirs, back)
        c, _ = table(back)
        placed = a[a["geometry"].notna()].reset_index(drop=True)
        same(placed, c, f"{source.name}: we on GDAL's file")
        info = json.loads(run(program, "check", theirs, "--json"))["files"][0]
        assert info["format"] == "flatgeobuf" and info["features"] == len(placed), info
        print(f"{source.name}: {len(a)} features the same both ways, 5 rectangles")


if __name__ == "__main__":
    main()
