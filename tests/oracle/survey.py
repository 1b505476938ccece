#!/usr/bin/env python3
"""The survey log as other programs see it: survey.py QIANCUN [FOLDER]

A copy of the demonstration is visited; then
 - GDAL lists the log's layers, reads the visits with their places, changes one, adds one and deletes one, and all three
   come back as events;
 - openpyxl fills a field sheet, choosing from the drop-down list that it finds in it, and the results come back;
 - GDAL fills the GeoPackage made for QField, and those come back too.

Made with GDAL 3.6.2 (ogrinfo, ogr2ogr) and openpyxl 3.1.5. Prints what it did; ends with an error where something differs.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl

DEMO = Path(__file__).resolve().parents[2] / "maps" / "haidian-demo"
FILES = ["haidian.qiancun", "villages.geojson", "facilities.geojson", "indicators.csv"]


def run(*command):
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr}{done.stdout}")
    return done.stdout


def main():
    program = sys.argv[1]
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    for name in FILES:
        shutil.copy(DEMO / name, folder / name)
    project, log = folder / "haidian.qiancun", folder / "haidian.survey.gpkg"

    def listed():
        return json.loads(run(program, "survey", "list", project, "--json"))["visits"]

    gaps = json.loads(run(program, "gaps", project, "--json"))["gaps"]
    located = [g for g in gaps if g["lon"] is not None]
    for gap in located[:4]:
        run(program, "survey", "add", project, "--gap", gap["key"], "--result", "confirmed", "--by", "甲")

    layers = run("ogrinfo", "-so", "-al", log)
    assert "Layer name: visits" in layers and "Geometry: Point" in layers, layers
    assert "Layer name: events" in layers, layers
    seen = json.loads(run("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", log, "visits"))["features"]
    by_id = {f["properties"]["id"]: f for f in seen}
    for visit in listed():
        lon, lat = by_id[visit["id"]]["geometry"]["coordinates"]
        assert abs(lon - visit["lon"]) < 1e-6 and abs(lat - visit["lat"]) < 1e-6, visit

    ids = [v["id"] for v in listed()]
    run("ogrinfo", log, "-sql", f"UPDATE visits SET result = 'closed', note = 'by GDAL' WHERE id = '{ids[0]}'")
    run("ogrinfo", log, "-sql", f"DELETE FROM visits WHERE id = '{ids[1]}'")
    extra = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"gap": located[5]["key"], "result": "wrong", "surveyor": "乙", "note": "added by GDAL"},
                "geometry": {"type": "Point", "coordinates": [116.21, 40.11]},
            }
        ],
    }
    (folder / "extra.geojson").write_text(json.dumps(extra))
    run("ogr2ogr", "-append", "-update", "-nln", "visits", log, folder / "extra.geojson")
    after = {v["id"]: v for v in listed()}
    assert after[ids[0]]["result"] == "closed" and after[ids[0]]["note"] == "by GDAL"
    assert ids[1] not in after
    added = [v for v in after.values() if v["note"] == "added by GDAL"]
    assert len(added) == 1 and added[0]["gap"] == located[5]["key"] and added[0]["lon"] == 116.21, added
    history = json.loads(run(program, "survey", "list", project, "--history", "--json"))["visits"]
    assert len(next(v for v in history if v["id"] == ids[0])["history"]) == 2
    print(f"GDAL: {len(seen)} visits read; one changed, one deleted, one added: all events")

    sheet = folder / "sheet.xlsx"
    run(program, "gaps", project, "-o", sheet, "--lang", "zh", "--by-town")
    book = openpyxl.load_workbook(sheet)
    filled = 0
    for page in book.worksheets:
        heads = [cell.value for cell in page[1]]
        column = {name: heads.index(name) + 1 for name in ("key", "result", "note", "by", "at")}
        choices = page.data_validations.dataValidation[0].formula1.strip('"').split(",")
        assert len(choices) == 4, choices
        for row in range(2, page.max_row + 1, 3):
            page.cell(row, column["result"], choices[row % 4])
            page.cell(row, column["note"], "表格填写")
            page.cell(row, column["by"], "丙")
            page.cell(row, column["at"], "2026-11-20 10:15")
            filled += 1
    book.save(folder / "filled.xlsx")
    before = len(listed())
    done = json.loads(run(program, "survey", "import", project, folder / "filled.xlsx", "--json"))["files"][0]
    assert done["recorded"] == filled and len(listed()) == before + filled, (done["recorded"], filled)
    print(f"openpyxl: {filled} rows on {len(book.worksheets)} sheets filled, all recorded")

    field = folder / "field.gpkg"
    run(program, "gaps", project, "-o", field)
    assert "result" in run("ogrinfo", "-so", field, "gaps")
    key = located[7]["key"].replace("'", "''")
    run("ogrinfo", field, "-sql", f"UPDATE gaps SET result = 'unreachable', note = 'road flooded' WHERE key = '{key}'")
    done = json.loads(run(program, "survey", "import", project, field, "--json"))["files"][0]
    assert done["recorded"] == 1, done
    print("GeoPackage filled by GDAL: recorded")


if __name__ == "__main__":
    main()
