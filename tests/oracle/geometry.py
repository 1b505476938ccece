#!/usr/bin/env python3
"""Makes tests/fixtures/geometry.json: what GEOS and PROJ say of the shared boundary files.

    python3 tests/oracle/geometry.py SHARED_DATA_UNPACKED > tests/fixtures/geometry.json

Per file: 2,000 points (half of them anywhere in the bounds, half near vertices) with the features that GEOS says cover
them; per file 60 valid polygons with PROJ's geodesic area and perimeter. Points are seeded; nothing of the files but
these figures is kept. Invalid polygons are repaired by GEOS (make_valid, linework: even-odd) for the points and left out
of the sizes.
"""
import json
import random
import sys
from pathlib import Path

import pyproj
import shapely
from shapely.geometry import shape

FILES = [
    "boundaries/in_goa_villages.geojson",
    "boundaries/in_kerala_villages_simplified.json",
    "boundaries/in_sundarbans_villages_pc11.geojson",
    "boundaries/in_chennai_wards.geojson",
    "boundaries/in_bhubaneswar_wards.geojson",
    "boundaries/br_municipalities.geojson",
    "boundaries/fr_communes_2018.geojson",
    "boundaries/ph_barangays_2023_hires.geojson",
    "china/cn_beijing_districts_datav.geojson",
    "china/cn_beijing_subdistricts_hsar_wgs84.geojson",
]


def ring_area(geod, ring):
    lon, lat = zip(*[c[:2] for c in ring.coords])
    area, length = geod.polygon_area_perimeter(lon, lat)
    return abs(area), length


def size(geod, geometry):
    area = length = 0.0
    for polygon in getattr(geometry, "geoms", [geometry]):
        a, l = ring_area(geod, polygon.exterior)
        area, length = area + a, length + l
        for hole in polygon.interiors:
            a, l = ring_area(geod, hole)
            area, length = area - a, length + l
    return area, length


def main(root):
    geod = pyproj.Geod(ellps="WGS84")
    out = {
        "tools": {"shapely": shapely.__version__, "geos": shapely.geos_version_string, "pyproj": pyproj.__version__,
                  "proj": pyproj.proj_version_str},
        "calls": "shapely.STRtree.query(point, predicate='covered_by') over valid polygons and make_valid ones; "
                 "pyproj.Geod(ellps='WGS84').polygon_area_perimeter ring by ring",
        "files": {},
    }
    for name in FILES:
        features = json.load(open(Path(root) / name, encoding="utf-8-sig"))["features"]
        kept, invalid = [], []
        for i, feature in enumerate(features):
            if not feature.get("geometry") or "Polygon" not in feature["geometry"]["type"]:
                continue
            geometry = shape(feature["geometry"])
            if geometry.is_empty:
                continue
            (kept if geometry.is_valid else invalid).append((i, geometry))
        everything = sorted(kept + [(i, shapely.make_valid(g)) for i, g in invalid], key=lambda x: x[0])
        tree = shapely.STRtree([g for _, g in everything])
        rng = random.Random(20231231)
        w, s, e, n = shapely.total_bounds([g for _, g in kept])
        points = []
        while len(points) < 2000:
            if len(points) % 2:
                g = rng.choice(everything)[1]
                x, y = rng.choice(shapely.get_coordinates(g).tolist())
                x, y = x + rng.uniform(-1, 1) * 1e-4, y + rng.uniform(-1, 1) * 1e-4
            else:
                x, y = rng.uniform(w, e), rng.uniform(s, n)
            x, y = round(x, 6), round(y, 6)
            point = shapely.Point(x, y)
            hits = sorted(int(everything[j][0]) for j in tree.query(point, predicate="covered_by"))
            points.append([x, y, hits])
        sizes = []
        for i, geometry in rng.sample(kept, min(60, len(kept))):
            area, length = size(geod, geometry)
            sizes.append([i, area, length])
        out["files"][name] = {"invalid": len(invalid), "points": points, "sizes": sizes}
    json.dump(out, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main(sys.argv[1])
