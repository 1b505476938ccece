#!/usr/bin/env python3
"""What the users' own programs do to a survey log and to field sheets, and that nothing of it is lost.

    tests/oracle/roundtrip.py qgis QIANCUN PROJECT     QGIS (python3-qgis) adds, edits and deletes visits in the log
    tests/oracle/roundtrip.py office QIANCUN PROJECT   LibreOffice and openpyxl fill a field sheet and send it back

PROJECT lies in a folder of its own that may be written to. Prints `ok` and what was checked; an assertion says what was lost.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(*args):
    done = subprocess.run([str(a) for a in args], capture_output=True, text=True)
    assert done.returncode == 0, f"{args}: {done.stderr}"
    return done.stdout


def visits(qiancun, project):
    return json.loads(run(qiancun, "survey", "list", project, "--json"))["visits"]


def keys(qiancun, project):
    return [g["key"] for g in json.loads(run(qiancun, "gaps", project, "--json"))["gaps"]]


def picture(path, colour):
    """A small PNG, written by hand."""
    import struct
    import zlib

    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([colour, 90, 90]) * 8 for _ in range(8))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def qgis(qiancun, project):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication, QgsFeature, QgsGeometry, QgsPointXY, QgsVectorLayer, edit

    app = QgsApplication([], False)
    app.initQgis()
    folder = project.parent
    gaps = keys(qiancun, project)
    ids = [run(qiancun, "survey", "add", project, "--gap", g, "--result", "confirmed", "--by", "甲", "--note", f"visit {i}",
               "--at", "2026-11-20 09:00").strip() for i, g in enumerate(gaps[:6])]
    log = folder / (project.stem + ".survey.gpkg")
    picture(folder / "DCIM" / "x.png", 10)
    picture(folder / "DCIM" / "y.png", 20)
    layer = QgsVectorLayer(f"{log}|layername=visits", "visits", "ogr")
    assert layer.isValid() and layer.featureCount() == 6, layer.error().message()
    names = [f.name() for f in layer.fields()]
    by_id = {f["id"]: f.id() for f in layer.getFeatures()}
    with edit(layer):
        # Edited: a note, a result, a photo; a time as the form writes it.
        layer.changeAttributeValue(by_id[ids[0]], names.index("note"), "edited in QGIS\nsecond line")
        layer.changeAttributeValue(by_id[ids[1]], names.index("result"), "closed")
        layer.changeAttributeValue(by_id[ids[1]], names.index("visited_at"), "2026-11-21T09:00:00.000")
        layer.changeAttributeValue(by_id[ids[2]], names.index("photo"), "DCIM/x.png")
        layer.changeGeometry(by_id[ids[3]], QgsGeometry.fromPointXY(QgsPointXY(116.25, 40.05)))
        layer.deleteFeature(by_id[ids[5]])
        # Added: with a photo and a time, and without either.
        for gap, photo in ((gaps[6], "DCIM/y.png"), (gaps[7], None)):
            feature = QgsFeature(layer.fields())
            feature["gap"], feature["result"], feature["surveyor"] = gap, "wrong", "乙"
            if photo:
                feature["photo"], feature["visited_at"] = photo, "2026-11-22T10:30:00.000"
            feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(116.2, 40.1)))
            layer.addFeature(feature)
    del layer
    told = {v["id"]: v for v in visits(qiancun, project)}
    assert len(told) == 7, f"{len(told)} of 7"
    assert ids[5] not in told
    assert told[ids[0]]["note"].split() == "edited in QGIS second line".split(), told[ids[0]]
    assert told[ids[0]]["at"], "the time stays through an edit"
    assert told[ids[1]]["result"] == "closed" and told[ids[1]]["at"], told[ids[1]]
    photo = told[ids[2]]["photos"][0]
    assert photo["name"] == "x.png" and (folder / f"{project.stem}.photos" / photo["file"]).is_file(), photo
    assert abs(told[ids[3]]["lon"] - 116.25) < 1e-9
    assert told[ids[4]]["note"] == "visit 4"
    added = [v for v in told.values() if v["by"] == "乙"]
    assert len(added) == 2 and all(v["result"] == "wrong" for v in added)
    with_photo = next(v for v in added if v["photos"])
    assert with_photo["photos"][0]["name"] == "y.png" and with_photo["at"], with_photo
    # QGIS makes a spatial index, whose triggers call functions that SQLite does not have: the log can still be written.
    layer = QgsVectorLayer(f"{log}|layername=visits", "visits", "ogr")
    layer.dataProvider().createSpatialIndex()
    del layer
    run(qiancun, "survey", "add", project, "--gap", gaps[8], "--result", "closed", "--place", "116.3,40.0")
    layer = QgsVectorLayer(f"{log}|layername=visits", "visits", "ogr")
    assert layer.isValid() and layer.featureCount() == 8
    found = sum(1 for f in layer.getFeatures() if f.hasGeometry())
    assert found == 8, found
    del layer
    app.exitQgis()
    assert len(visits(qiancun, project)) == 8
    print("ok: 6 visits, 4 edited, 1 deleted, 2 added, 2 photos, 1 more beside a spatial index: 0 lost")


def office(qiancun, project):
    import openpyxl

    folder = project.parent
    sheet = folder / "sheet.xlsx"
    run(qiancun, "gaps", project, "-o", sheet, "--lang", "zh")
    book = openpyxl.load_workbook(sheet)
    table = book.active
    head = next(r for r in range(1, 12) if any(c.value == "核查结果" for c in table[r]))
    column = {c.value: c.column for c in table[head] if c.value}
    first, words = head + 1, ["已整改", "√", "属实", "数据有误", "无法到达"]
    for i, word in enumerate(words):
        table.cell(first + i, column["核查结果"], word)
        table.cell(first + i, column["核查人"], "李")
        # A time without a day is today's: one that has passed whenever the test runs.
        table.cell(first + i, column["核查时间"], ["2026-11-20", "上午0:00", "11月20日", "20261120", "2026年11月20日 下午3点"][i])
    # A result merged over three rows counts for each.
    table.cell(first + 5, column["核查结果"], "已整改")
    table.merge_cells(start_row=first + 5, end_row=first + 7, start_column=column["核查结果"], end_column=column["核查结果"])
    for i in range(5, 8):
        table.cell(first + i, column["核查人"], "王")
    filled = folder / "filled.xlsx"
    book.save(filled)
    told = json.loads(run(qiancun, "survey", "import", project, filled, "--json"))["files"][0]
    assert told["recorded"] == 8, told
    # LibreOffice opens and saves it in its own way, and as ODS; both are known again, row by row.
    for kind in ("xlsx", "ods"):
        out = folder / kind
        subprocess.run(["soffice", "--headless", "--convert-to", kind, "--outdir", str(out), str(filled)], check=True,
                       capture_output=True, env={**os.environ, "HOME": tempfile.mkdtemp()})
        again = json.loads(run(qiancun, "survey", "import", project, out / f"filled.{kind}", "--json"))["files"][0]
        verdicts = {r["verdict"] for r in again["rows"]}
        assert again["recorded"] == 0 and verdicts == {"known"}, (kind, again)
    # A row corrected in LibreOffice's file corrects its visit.
    book = openpyxl.load_workbook(folder / "xlsx" / "filled.xlsx")
    table = book.active
    table.cell(first + 2, column["核查结果"], "已整改")
    table.cell(first + 2, column["备注"], "复查已整改")
    book.save(folder / "xlsx" / "filled.xlsx")
    mended = json.loads(run(qiancun, "survey", "import", project, folder / "xlsx" / "filled.xlsx", "--json"))["files"][0]
    assert [r["verdict"] for r in mended["rows"] if r["verdict"] != "known"] == ["corrects"], mended
    assert len(visits(qiancun, project)) == 8
    print("ok: 8 rows by openpyxl, the same by LibreOffice as XLSX and ODS, 1 corrected: 0 lost, 0 twice")


if __name__ == "__main__":
    what, qiancun, project = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    {"qgis": qgis, "office": office}[what](qiancun, project)
