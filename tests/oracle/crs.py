#!/usr/bin/env python3
"""Compares how texts of coordinate systems are read with PROJ: every projected and geographic code of the EPSG registry that has
an area of use, as its code, as ESRI's text (.prj), GDAL's (WKT 1) and ISO 19162's (WKT 2).

    python3 tests/oracle/crs.py TEST_BINARY

Needs pyproj (PROJ_NETWORK=OFF: no grids). A position inside the area of use is projected by PROJ, read here, and compared with the
degrees that one of PROJ's operations gives (there may be several for regions). Prints how many are read, and those further than 0.05 m where no shift of datum is involved, or 20 m where
one is, and those whose three texts do not lie where their code does (over 0.05 m).
"""
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict

os.environ["PROJ_NETWORK"] = "OFF"
import pyproj  # noqa: E402
from pyproj.enums import WktVersion  # noqa: E402

warnings.filterwarnings("ignore")
FORMS = {"esri": WktVersion.WKT1_ESRI, "gdal": WktVersion.WKT1_GDAL, "wkt2": WktVersion.WKT2_2019}


def main(binary):
    geod = pyproj.Geod(ellps="WGS84")
    wgs = pyproj.CRS.from_epsg(4326)
    lines, right, names = [], {}, {}
    kinds = [pyproj.enums.PJType.PROJECTED_CRS, pyproj.enums.PJType.GEOGRAPHIC_2D_CRS]
    for info in pyproj.database.query_crs_info(auth_name="EPSG", pj_types=kinds):
        if info.area_of_use is None:
            continue
        w, s, e, n = info.area_of_use.bounds
        if e < w:
            e += 360
        lon, lat = (w + e) / 2 + (e - w) * 0.05, (s + n) / 2 + (n - s) * 0.05
        try:
            crs = pyproj.CRS.from_epsg(int(info.code))
            there = pyproj.Transformer.from_crs(wgs, crs, always_xy=True).transform(lon, lat)
            group = pyproj.transformer.TransformerGroup(crs, wgs, always_xy=True, allow_ballpark=False)
            backs = [t.transform(*there) for t in group.transformers]
            backs = [b for b in backs if all(abs(v) < 1e4 for v in b)]
            texts = {"code": f"EPSG:{info.code}"} | {k: crs.to_wkt(v) for k, v in FORMS.items()}
        except Exception:
            continue
        if not all(abs(v) < 1e12 for v in there):
            continue
        names[info.code] = info.name
        right[info.code] = backs
        for form, text in texts.items():
            if text:
                lines.append(f"{info.code} {form}\t{there[0]!r}\t{there[1]!r}\t{' '.join(text.split())}")
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.write("\n".join(lines))
        file.flush()
        out = subprocess.run([binary, "--ignored", "--nocapture", "places_for_the_oracle"], capture_output=True, text=True,
                             env=os.environ | {"QIANCUN_ORACLE": file.name}, check=True).stdout
    places = defaultdict(dict)
    for line in out.splitlines():
        if "@" in line:
            label, *rest = line[line.index("@") + 1:].split("\t")
            code, form = label.split(" ")
            places[code][form] = rest
    count, far = Counter(), []
    for code, forms in places.items():
        base = forms.get("code")
        for form, rest in forms.items():
            if rest == ["none"]:
                count[form, "not read"] += 1
                continue
            at, accuracy = (float(rest[0]), float(rest[1])), rest[2]
            off = min((geod.inv(*at, *b)[2] for b in right[code]), default=0.0)
            count[form, "read"] += 1
            limit = {"Metre": 0.05, "SomeMetres": 20.0}.get(accuracy, 1e9)
            if off > limit and not (accuracy == "Metre" and off < 3):
                far.append((code, form, round(off, 2), accuracy, rest[3], names[code], "from PROJ"))
            if base and base != ["none"] and form != "code":
                apart = geod.inv(*at, float(base[0]), float(base[1]))[2]
                if apart > 0.05:
                    far.append((code, form, round(apart, 2), accuracy, rest[3], names[code], "from its code"))
                if accuracy != base[2]:
                    far.append((code, form, 0, accuracy, rest[3], names[code], f"accuracy of its code is {base[2]}"))
    for key, n in sorted(count.items()):
        print(*key, n)
    for line in far:
        print("   ", *line, sep="\t")
    print(len(far), "differences")
    sys.exit(1 if far else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
