#!/usr/bin/env python3
"""Makes tests/fixtures/summary.json: sums, weighted means, distances and covered shares of the demonstration district,
computed with pandas, pyproj and shapely, and the villages that some filters keep.

    python3 tests/oracle/summary.py > tests/fixtures/summary.json

Nothing of the program is used but its demonstration data and, for distances, `point` of `qiancun info` (whose being
inside is checked elsewhere against GEOS): QIANCUN names the binary, target/debug/qiancun by default. Circles are 720
geodesic corners; areas are those of a local Lambert azimuthal equal-area projection.
"""
import json
import os
import subprocess
from pathlib import Path

import pandas as pd
import pyproj
import shapely
from shapely.geometry import shape
from shapely.ops import transform, unary_union

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "maps/haidian-demo"
PROGRAM = os.environ.get("QIANCUN", str(ROOT / "target/debug/qiancun"))
SUMS = """households population waste_points demolished_m2 public_toilets dry_toilets dry_rebuilt flush_improved
clinics_built parking_spaces pocket_parks fitness_sets roads_km elderly_care schools""".split()
MEANS = """sewage_treatment_pct sewage_coverage_pct waste_collections_per_day toilets_class3_pct household_toilets_pct
clinic_area_m2 doctors_per_1000 property_level nearest_clinic_m""".split()
FILTERS = {
    "sewage_treatment_pct < 99 and clinic = none": lambda d: (d.sewage_treatment_pct < 99) & (d.clinic == "none"),
    "污水处理率 < 99 且 卫生室 = 共用": lambda d: (d.sewage_treatment_pct < 99) & (d.clinic == "shared"),
    "sewage_treatment_pct is unknown": lambda d: d.sewage_treatment_pct.isna(),
    "not sewage_treatment_pct >= 99": lambda d: d.sewage_treatment_pct < 99,
    "nearest_clinic_m > 2000 and group = 山后": lambda d: (d.nearest_clinic_m > 2000) & (d.group == "山后"),
    "town in (温泉镇, 海淀镇) or dry_toilets > 0": lambda d: d.town.isin(["温泉镇", "海淀镇"]) | (d.dry_toilets > 0),
    # A quotient by zero cannot be computed: unknown, which a filter does not keep.
    "population / public_toilets > 600": lambda d: (d.public_toilets > 0) & (d.population / d.public_toilets > 600),
    "doctors_per_1000 is unknown and clinic != none": lambda d: d.doctors_per_1000.isna() & (d.clinic != "none"),
}

villages = json.loads((DEMO / "villages.geojson").read_text())["features"]
points = json.loads((DEMO / "facilities.geojson").read_text())["features"]
table = pd.read_csv(DEMO / "indicators.csv", dtype={"code": str}, encoding="utf-8-sig", keep_default_na=False, na_values=[""])
about = pd.DataFrame([v["properties"] for v in villages])[["code", "name", "town", "group", "district", "population"]]
about = about.rename(columns={"population": "residents"})
geod = pyproj.Geod(ellps="WGS84")
middle = shapely.unary_union([shape(v["geometry"]) for v in villages]).centroid
plane = pyproj.CRS.from_proj4(f"+proj=laea +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84")
flat = pyproj.Transformer.from_crs(4326, plane, always_xy=True).transform
areas = [transform(flat, shape(v["geometry"])) for v in villages]
info = json.loads(subprocess.run([PROGRAM, "info", DEMO / "villages.geojson", "--json"], capture_output=True, check=True).stdout)
stands = {v["code"]: v["point"] for v in info["villages"]}


def clinics(year):
    fits = lambda p: p["kind"] == "clinic" and p["status"] == "in_use" and p["built_year"] <= year
    return [p["geometry"]["coordinates"] for p in points if fits(p["properties"])]


def shares(year, radius_m):
    circles = []
    for lon, lat in clinics(year):
        azimuths = [i / 2 for i in range(720)]
        x, y, _ = geod.fwd([lon] * 720, [lat] * 720, azimuths, [radius_m] * 720)
        circles.append(transform(flat, shapely.Polygon(zip(x, y))))
    union = unary_union(circles)
    return [a.intersection(union).area / a.area for a in areas]


def of_year(year):
    data = about.merge(table[table.year == year].drop(columns=["name", "town", "year"]), on="code", how="left")
    near = lambda code: min(geod.inv(*stands[code], lon, lat)[2] for lon, lat in clinics(year))
    data["nearest_clinic_m"] = data.code.map(near)
    data["dry_all"] = data.dry_rebuilt + data.dry_toilets
    sewage, waste = data.sewage_treatment_pct, data.waste_collections_per_day
    toilets = data.household_toilets_pct
    known = sewage.notna() & waste.notna() & toilets.notna()
    data["revolutions"] = ((sewage >= 99).astype(int) + (waste >= 1) + ((toilets >= 100) & ~(data.dry_toilets > 0))).where(known)
    return data


def totals(data):
    out = {}
    for name in SUMS + MEANS:
        known = data[data[name].notna()]
        if name in SUMS:
            value = known[name].sum() if len(known) else None
        else:
            weighed = known[known.households.notna()]
            weight = weighed.households.sum()
            value = (weighed[name] * weighed.households).sum() / weight if weight > 0 else None
        out[name] = {"value": None if value is None else float(value), "known": len(known), "unknown": len(data) - len(known)}
    for name, part, whole in [
        ("dry_rebuilt_pct", "dry_rebuilt", "dry_all"),
        ("parking_per_100_households", "parking_spaces", "households"),
        ("fitness_per_100_households", "fitness_sets", "households"),
    ]:
        both = data[data[part].notna() & data[whole].notna()]
        value = 100 * both[part].sum() / both[whole].sum() if both[whole].sum() > 0 else None
        out[name] = {"value": None if value is None else float(value)}
    known = data.revolutions.notna()
    out["three_revolutions"] = {"value": None, "known": int(known.sum()), "unknown": int((~known).sum())}
    return out


def rows(data, share, by):
    places = [("海淀区", data)] if by == "district" else data.groupby(by, sort=False)
    result = {}
    for name, part in places:
        weight = part.residents
        covered = {r: float((s[part.index] * weight).sum() / weight.sum()) for r, s in share.items()}
        result[name] = {"indicators": totals(part), "covered": covered}
    return result


def main():
    years = {}
    for year in sorted(table.year.unique()):
        data = of_year(year)
        radii = [1000, 2000, 5000] if year == 2023 else [2000]
        share = {str(r): pd.Series(shares(year, r)) for r in radii}
        years[str(year)] = {by: rows(data, share, by) for by in ["district", "town", "group"]}
        years[str(year)]["nearest_m"] = [float(v) for v in data.nearest_clinic_m]
        years[str(year)]["revolutions"] = [None if pd.isna(v) else int(v) for v in data.revolutions]
    filters = {}
    for year in [2018, 2023]:
        data = of_year(year)
        filters[str(year)] = {text: [str(n) for n in data[keep(data)].name] for text, keep in FILTERS.items()}
    tools = {"pandas": pd.__version__, "pyproj": pyproj.__version__, "PROJ": pyproj.proj_version_str,
             "shapely": shapely.__version__, "GEOS": shapely.geos_version_string}
    print(json.dumps({"tools": tools, "years": years, "filters": filters}, ensure_ascii=False, indent=1))


main()
