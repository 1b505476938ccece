#!/usr/bin/env python3
"""Compares the built program with GEOS and PROJ on whole files, through its commands.

    python3 tests/oracle/against.py target/release/qiancun FILE...

Per file (GeoJSON FeatureCollection, or TopoJSON by its own decoder here): features and vertices counted by the json
module; 2,000 seeded points, half anywhere in the bounds, half within 1e-4 degrees of a vertex, by `pick` against
shapely.STRtree over valid polygons and make_valid ones; every valid polygon's area and perimeter by `info` against
pyproj.Geod; every point of `info` inside its polygon by GEOS. Prints a line per file; exit code 1 where anything differs.
"""
import json
import random
import subprocess
import sys
import tempfile

import pyproj
import shapely
from shapely.geometry import shape

from geometry import size


def topojson(doc):
    t = doc.get("transform")
    arcs = []
    for arc in doc["arcs"]:
        out, x, y = [], 0, 0
        for p in arc:
            if t:
                x, y = x + p[0], y + p[1]
                out.append([x * t["scale"][0] + t["translate"][0], y * t["scale"][1] + t["translate"][1]])
            else:
                out.append(p)
        arcs.append(out)

    def line(indices):
        out = []
        for i in indices:
            part = arcs[i] if i >= 0 else arcs[~i][::-1]
            out += part[1:] if out else part
        return out

    def convert(g):
        kind = g.get("type")
        if kind == "Polygon":
            return {"type": kind, "coordinates": [line(r) for r in g["arcs"]]}
        if kind == "MultiPolygon":
            return {"type": kind, "coordinates": [[line(r) for r in p] for p in g["arcs"]]}
        return None

    return [{"geometry": convert(g)} for o in doc["objects"].values() for g in o["geometries"]]


def count(c):
    return 1 if c and not isinstance(c[0], list) else sum(count(x) for x in c)


def make_valid(geometry):
    try:
        return shapely.make_valid(geometry)
    except shapely.errors.GEOSException:
        return None


def command(*args):
    out = subprocess.run(args, capture_output=True, check=True)
    return json.loads(out.stdout)


def main(binary, files):
    geod = pyproj.Geod(ellps="WGS84")
    bad = False
    for path in files:
        doc = json.load(open(path, encoding="utf-8-sig"))
        features = topojson(doc) if doc["type"] == "Topology" else doc["features"]
        check = command(binary, "check", path, "--json")["files"][0]
        geometries = [f.get("geometry") or {} for f in features]
        vertices = sum(count(g["coordinates"]) for g in geometries if g.get("coordinates"))
        faults = []
        if (check["features"], check["vertices"]) != (len(features), vertices):
            faults.append(f"counts {check['features']} {check['vertices']} for {len(features)} {vertices}")
        shapes = {}
        for i, g in enumerate(geometries):
            if "Polygon" in g.get("type", ""):
                rings = [g["coordinates"]] if g["type"] == "Polygon" else g["coordinates"]
                if all(len(r) >= 4 for p in rings for r in p):
                    s = shape(g)
                    if not s.is_empty:
                        shapes[i] = s
        valid = {i: s for i, s in shapes.items() if s.is_valid}
        mended = {i: m for i, s in shapes.items() if (m := valid.get(i) or make_valid(s)) is not None}
        unmended = set(shapes) - set(mended)
        info = command(binary, "info", path, "--json")["villages"]
        worst = 0.0
        for i, s in valid.items():
            area, length = size(geod, s)
            mine = info[i]["area_km2"] * 1e6, info[i]["perimeter_km"] * 1e3
            off = abs(mine[0] - area)
            worst = max(worst, off)
            if off > max(1e-9 * area, 0.001) or abs(mine[1] - length) > max(1e-9 * length, 0.001):
                faults.append(f"size of {i}: {mine} for {area} {length}")
            if info[i]["repaired"]:
                faults.append(f"{i} is valid by GEOS and repaired")
        for i, s in mended.items():
            point = info[i]["point"]
            if s.area > 0 and (point is None or not s.contains(shapely.Point(point))):
                faults.append(f"point of {i} not inside: {point}")
        keys = list(mended)
        tree = shapely.STRtree([mended[i] for i in keys])
        rng = random.Random(77)
        w, s, e, n = map(float, shapely.total_bounds(list(mended.values())))
        points = []
        while len(points) < 2000:
            if len(points) % 2:
                x, y = rng.choice(shapely.get_coordinates(mended[rng.choice(keys)]).tolist())
                points.append((x + rng.uniform(-1, 1) * 1e-4, y + rng.uniform(-1, 1) * 1e-4))
            else:
                points.append((rng.uniform(w, e), rng.uniform(s, n)))
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as csv:
            csv.write("lon,lat\n" + "".join(f"{x!r},{y!r}\n" for x, y in points))
            csv.flush()
            picks = command(binary, "pick", path, "--points", csv.name, "--json")["points"]
        hits = 0
        for (x, y), pick in zip(points, picks, strict=True):
            theirs = sorted(keys[int(j)] for j in tree.query(shapely.Point(x, y), predicate="covered_by"))
            hits += len(theirs)
            if [f for f in pick["features"] if f not in unmended] != theirs:
                faults.append(f"pick at {x!r} {y!r}: {pick['features']} for {theirs}")
        print(f"{path}: {len(features)} features, {vertices} vertices, {len(valid)} sizes (worst {worst:.2e} m²), "
              f"{len(mended)} points, 2000 picks ({hits} hits), "
              f"{len(unmended)} that GEOS cannot mend, {len(faults)} differences")
        for fault in faults[:10]:
            print("   ", fault)
        bad |= bool(faults)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
