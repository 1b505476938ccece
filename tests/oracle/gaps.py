#!/usr/bin/env python3
"""Looks for the gaps of the demonstration district, and of random copies of it, by its own means (pandas, shapely, pyproj).

    python3 tests/oracle/gaps.py [COPIES]

In a copy figures are changed or blanked, facilities closed, moved, or left without status, class or type. Per rule the
set of (village, facility, indicator) is compared with `qiancun gaps`, distances to a decimetre. QIANCUN names the binary,
target/debug/qiancun by default; `point` of `qiancun info` is taken for the villages' middles (its being inside is checked
elsewhere against GEOS). Prints a line per copy; exit code 1 where anything differs.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry import Point, shape

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "maps/haidian-demo"
PROGRAM = os.environ.get("QIANCUN", str(ROOT / "target/debug/qiancun"))
GEOD = pyproj.Geod(ellps="WGS84")
RATES = ["sewage_treatment_pct", "sewage_coverage_pct", "toilets_class3_pct", "household_toilets_pct"]
CUMULATIVE = ["demolished_m2", "dry_rebuilt", "flush_improved", "clinics_built"]
YEAR = 2023


def isna(v):
    return v is None or pd.isna(v)


def away(a, b):
    return GEOD.inv(a[0], a[1], b[0], b[1])[2]


class District:
    def __init__(self, folder):
        features = json.loads((folder / "villages.geojson").read_text())["features"]
        self.codes = [f["properties"]["code"] for f in features]
        self.group = {f["properties"]["code"]: f["properties"]["group"] for f in features}
        self.shape = {f["properties"]["code"]: shape(f["geometry"]) for f in features}
        self.points = [dict(f["properties"], at=f["geometry"]["coordinates"]) for f in json.loads((folder / "facilities.geojson").read_text())["features"]]
        table = pd.read_csv(folder / "indicators.csv", dtype={"code": str}, encoding="utf-8-sig", keep_default_na=False, na_values=[""])
        self.table = table[table.code.isin(self.codes)].set_index(["code", "year"])
        self.columns = [c for c in self.table.columns if c not in ("name", "town")]
        info = json.loads(subprocess.run([PROGRAM, "info", folder / "villages.geojson", "--json"], capture_output=True, check=True).stdout)
        self.middle = {v["code"]: v["point"] for v in info["villages"]}
        for p in self.points:
            inside = [c for c in self.codes if self.shape[c].intersects(Point(p["at"]))]
            p["inside"] = inside
            p["village"] = p["village_code"] if p["village_code"] in self.shape else (inside or [None])[0]

    def value(self, code, column, year=YEAR):
        return self.table.at[(code, year), column] if (code, year) in self.table.index else None

    def of(self, kind, code=None, status=("in_use",)):
        fits = lambda p: p["kind"] == kind and p["status"] in status and p["built_year"] <= YEAR
        return [p for p in self.points if fits(p) and (code is None or p["village"] == code)]

    def metres_from_area(self, code, at):
        plane = pyproj.Proj(proj="aeqd", lon_0=at[0], lat_0=at[1], ellps="WGS84")
        area = shapely.transform(self.shape[code], lambda c: np.column_stack(plane(c[:, 0], c[:, 1])))
        return area.distance(Point(0, 0))

    def nearest(self, kind, code, status=("in_use",)):
        return min((away(self.middle[code], p["at"]) for p in self.of(kind, None, status)), default=float("inf"))

    def gaps(self):
        found = {r: {} for r in "T1 T2 T3 T4 T5 H1 S1 W1 C1 C2 C3 D1 D2 D3 D4 D5 E1".split()}
        maybe = ("in_use", None)

        def add(rule, village, facility=None, indicator=None, detail="", severity=None, distance=None):
            found[rule][(village, facility, indicator, detail)] = (severity, distance)

        possible = self.of("public_toilet", None, maybe)
        served = {c for p in self.of("clinic") for c in (p["serves"] or "").split(";")}
        for code in self.codes:
            near = [p for p in possible if self.shape[code].distance(Point(p["at"])) < 0.01 and self.metres_from_area(code, p["at"]) <= 100]
            if not near:
                add("T1", code, severity="high", distance=self.nearest("public_toilet", code))
            d = self.nearest("public_toilet", code)
            if self.nearest("public_toilet", code, maybe) > 500:
                add("T4", code, severity="medium", distance=d)
            people = self.value(code, "population")
            use, may = len(self.of("public_toilet", code)), len(self.of("public_toilet", code, maybe))
            if use and not isna(people) and people / may > 600:
                add("T5", code, severity="medium")
            share = self.value(code, "household_toilets_pct")
            if not isna(share) and share < 100:
                add("H1", code, severity="high" if share < 95 else "medium")
            rate, sewer = self.value(code, "sewage_treatment_pct"), self.value(code, "sewage_coverage_pct")
            nothing = not isna(sewer) and sewer == 0 and not self.of("sewage_station", code, maybe)
            if nothing or (not isna(rate) and rate < 99):
                add("S1", code, severity="high" if nothing or rate < 90 else "medium")
            waste = self.value(code, "waste_collections_per_day")
            if (not isna(waste) and waste < 1) or not self.of("waste_point", code, maybe):
                add("W1", code, severity="high")
            status = self.value(code, "clinic")
            has = self.of("clinic", code) or code in served or status in ("shared", "township")
            if not has and (status == "none" or (status == "own" and not self.of("clinic", code, maybe))):
                add("C1", code, severity="high", distance=self.nearest("clinic", code))
            d = self.nearest("clinic", code)
            if self.nearest("clinic", code, maybe) > 2000:
                add("C2", code, severity="high" if d > 5000 else "medium", distance=d)
            for column in self.columns:
                if isna(self.value(code, column)):
                    needs = {"toilets_class3_pct": ("public_toilets", lambda v: v > 0), "clinic_area_m2": ("clinic", lambda v: v != "none"), "doctors_per_1000": ("clinic", lambda v: v != "none")}.get(column)
                    asked = needs is None or (not isna(self.value(code, needs[0])) and needs[1](self.value(code, needs[0])))
                    if asked:
                        add("D4", code, None, column, severity="data")
            for column in CUMULATIVE + RATES:
                last = None
                for year in range(2018, YEAR + 1):
                    now = self.value(code, column, year)
                    if isna(now):
                        continue
                    if last and ((column in CUMULATIVE and now < last[1]) or (column in RATES and last[0] + 1 == year and last[1] - now >= 5 - 1e-9)):
                        add("D5", code, None, column, str(year), severity="data")
                    last = (year, now)
            for column, fits in (
                ("dry_rebuilt", lambda p: p["kind"] == "public_toilet" and p["action"] == "rebuilt" and p["action_year"] <= YEAR),
                ("flush_improved", lambda p: p["kind"] == "public_toilet" and p["action"] == "improved" and p["action_year"] <= YEAR),
                ("clinics_built", lambda p: p["kind"] == "clinic" and p["level"] == "village" and p["built_year"] <= YEAR),
            ):
                # Nothing is left out of the count by when it was built: the action has its own year.
                count = sum(1 for p in self.points if p["status"] == "in_use" and p["village"] == code and fits(p))
                told = self.value(code, column)
                if not isna(told) and told != count:
                    add("D3", code, None, column, severity="data")
        for p in self.of("public_toilet"):
            if p["class"] not in ("1", "2", "3"):
                add("T2", p["village"], p["id"], severity="high" if p["class"] == "below" else "data")
            if p["type"] == "dry" and p["action"] != "rebuilt":
                add("T3", p["village"], p["id"], severity="high")
        for p in self.of("clinic"):
            villages = [p["village"]] + [c for c in (p["serves"] or "").split(";") if c]
            people = [self.value(c, "population") for c in villages]
            own = (lambda c: None) if p["level"] == "township" else (lambda c: self.value(p["village"], c))
            area = p["area_m2"] if not isna(p["area_m2"]) else own("clinic_area_m2")
            known = not isna(p["doctors"]) and not any(isna(n) for n in people) and sum(people) > 0
            doctors = 1000 * p["doctors"] / sum(people) if known else own("doctors_per_1000")
            if (not isna(area) and area < 60) or (not isna(doctors) and doctors < 1):
                add("C3", p["village"], p["id"], severity="medium")
        for p in self.points:
            if p["village_code"] not in p["inside"]:
                add("D1", p["village_code"], p["id"], severity="data")
            # What was removed needs no visit.
            if p["status"] != "removed" and (pd.Timestamp(f"{YEAR}-12-31") - pd.Timestamp(p["checked_on"])).days > 365:
                add("D4", p["village"], p["id"], severity="data")
        by_kind = {}
        for p in self.points:
            by_kind.setdefault(p["kind"], []).append(p)
        for list_ in by_kind.values():
            for i, a in enumerate(list_):
                for b in list_[i + 1 :]:
                    if abs(a["at"][0] - b["at"][0]) < 0.001 and abs(a["at"][1] - b["at"][1]) < 0.001:
                        d = away(a["at"], b["at"])
                        if d < 15:
                            add("D2", a["village"], a["id"], None, b["id"], severity="data", distance=d)
        now = self.table.xs(YEAR, level="year").copy()
        now["group"] = [self.group[c] for c in now.index]
        for column in RATES + ["elderly_care", "schools"]:
            figures = []
            for _, part in now.groupby("group"):
                if column in RATES:
                    known = part[part[column].notna() & part.households.notna()]
                    if known.households.sum() > 0:
                        figures.append((known[column] * known.households).sum() / known.households.sum())
                else:
                    known = part[part[column].notna() & part.population.notna()]
                    if known.population.sum() > 0:
                        figures.append(1000 * known[column].sum() / known.population.sum())
            if len(figures) > 1:
                low, high = min(figures), max(figures)
                if high - low >= 10 if column in RATES else (high > 0 and high >= 1.5 * low):
                    add("E1", None, None, column, severity="district")
        return found


def copy(seed, folder):
    """The demonstration with a seeded tenth of everything changed."""
    rng = random.Random(seed)
    for name in ("haidian.qiancun", "villages.geojson"):
        shutil.copy(DEMO / name, folder / name)
    table = pd.read_csv(DEMO / "indicators.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    for column in table.columns[4:]:
        for row in range(len(table)):
            if rng.random() < 0.04:
                old = table.at[row, column]
                if rng.random() < 0.4 or old == "":
                    table.at[row, column] = ""
                elif column == "clinic":
                    table.at[row, column] = rng.choice(["own", "shared", "township", "none"])
                elif "." in old:
                    table.at[row, column] = f"{max(0.0, float(old) * rng.uniform(0.5, 1.0)):.1f}"
                else:
                    table.at[row, column] = str(max(0, int(old) + rng.randint(-3, 3)))
    table.to_csv(folder / "indicators.csv", index=False, encoding="utf-8-sig")
    points = json.loads((DEMO / "facilities.geojson").read_text())
    for f in points["features"]:
        p, c = f["properties"], f["geometry"]["coordinates"]
        if rng.random() < 0.12:
            p["status"] = rng.choice(["closed", "removed", "building", None])
        if rng.random() < 0.06:
            f["geometry"]["coordinates"] = [round(c[0] + rng.uniform(-0.02, 0.02), 7), round(c[1] + rng.uniform(-0.02, 0.02), 7)]
        if p["kind"] == "public_toilet" and rng.random() < 0.08:
            p["class"] = rng.choice(["below", "ungraded", None, "1"])
        if p["kind"] == "public_toilet" and rng.random() < 0.05:
            p["type"], p["action"], p["action_year"] = rng.choice(["dry", "flush"]), None, None
        if p["kind"] == "clinic" and rng.random() < 0.3:
            p[rng.choice(["area_m2", "doctors"])] = rng.choice([None, 1, 40])
        if rng.random() < 0.03:
            p["checked_on"] = f"2022-{rng.randint(1, 12):02}-15"
    (folder / "facilities.geojson").write_text(json.dumps(points, ensure_ascii=False))


def compare(folder, name):
    expected = District(folder).gaps()
    out = subprocess.run([PROGRAM, "gaps", folder / "haidian.qiancun", "--json"], capture_output=True, check=True).stdout
    found = {}
    for g in json.loads(out)["gaps"]:
        detail = g["key"].rsplit("/", 1)[1]
        key = (g["village"] and g["village"]["code"], g["facility"], g["indicator"], detail)
        found.setdefault(g["rule"], {})[key] = (g["severity"], g["distance_m"])
    bad, total = [], 0
    for rule, gaps in expected.items():
        have = found.get(rule, {})
        total += len(gaps)
        bad += [f"{rule} missing {k}" for k in gaps.keys() - have.keys()] + [f"{rule} too many {k}" for k in have.keys() - gaps.keys()]
        for key in gaps.keys() & have.keys():
            (severity, distance), (mine, metres) = gaps[key], have[key]
            if severity != mine:
                bad.append(f"{rule} {key}: {mine}, not {severity}")
            if distance not in (None, float("inf")) and (metres is None or abs(metres - distance) > 0.1):
                bad.append(f"{rule} {key}: {metres} m, not {distance}")
    print(f"{name}: {total} gaps, {len(bad)} differences", flush=True)
    for line in bad[:30]:
        print("  ", line)
    return not bad


def main():
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    good = compare(DEMO, "demonstration")
    for seed in range(copies):
        with tempfile.TemporaryDirectory() as folder:
            copy(seed, Path(folder))
            good &= compare(Path(folder), f"copy {seed}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
