#!/usr/bin/env python3
"""Finished pages as other programs see them: pages.py QIANCUN

Poppler says what size the pages have (pdfinfo), that every font is an embedded subset (pdffonts), and finds title, legend and
village names as text (pdftotext); pictures have the sizes they promise; colours on the page are those of `classify`.

Made with Poppler 22.12.0 and Pillow 12. Prints what it did; ends with an error where something differs.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

DEMO = Path(__file__).resolve().parents[2] / "maps" / "haidian-demo"
SIZES = {  # points, pixels
    "a4": ((841.89, 595.276), (3508, 2480)),
    "a3": ((1190.55, 841.89), (4961, 3508)),
    "a4-portrait": ((595.276, 841.89), (2480, 3508)),
    "a3-portrait": ((841.89, 1190.55), (3508, 4961)),
    "1080p": ((960.0, 540.0), (1920, 1080)),
    "4k": ((960.0, 540.0), (3840, 2160)),
}
Image.MAX_IMAGE_PIXELS = None


def run(*command):
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr}")
    return done.stdout


def only_embedded_subsets(pdf):
    """How many fonts a PDF has; all must be embedded subsets with a map to Unicode."""
    rows = run("pdffonts", pdf).splitlines()[2:]
    for row in rows:
        name, flags = row.split()[0], row.split()[-5:-2]
        assert name[6] == "+" and flags == ["yes", "yes", "yes"], row
    return len(rows)


def main():
    program, folder = sys.argv[1], Path(tempfile.mkdtemp())
    project = DEMO / "haidian.qiancun"
    for page, (points, pixels) in SIZES.items():
        pdf, png = folder / f"{page}.pdf", folder / f"{page}.png"
        run(program, "render", project, "-o", pdf, "--page", page, "--lang", "zh")
        run(program, "render", project, "-o", png, "--page", page, "--lang", "zh")
        size = next(line for line in run("pdfinfo", pdf).splitlines() if line.startswith("Page size"))
        width, height = float(size.split()[2]), float(size.split()[4])
        assert abs(width - points[0]) < 0.01 and abs(height - points[1]) < 0.01, size
        fonts = only_embedded_subsets(pdf)
        text = run("pdftotext", pdf, "-")
        for said in ["海淀示范污水处理率", "无数据", "车耳营", "苏家坨镇", "99.1%", "来源"]:
            assert said in text, (page, said)
        picture = Image.open(png)
        assert picture.size == pixels, picture.size
        print(f"{page}: {width} × {height} pt, {fonts} fonts, {pixels[0]} × {pixels[1]} px")
    classes = json.loads(
        run(program, "classify", DEMO / "villages.geojson", "--field", "sewage_treatment_pct", "--method", "manual",
            "--classes", "5", "--breaks", "60,80,90,99", "--json")
    )["classes"]
    colours = {c for _, c in Image.open(folder / "1080p.png").convert("RGB").getcolors(1 << 24)}
    for row in classes:
        rgb = tuple(int(row["colour"][i : i + 2], 16) for i in (1, 3, 5))
        assert rgb in colours, row
    atlas = folder / "atlas.pdf"
    run(program, "atlas", project, "-o", atlas, "--lang", "zh")
    pages = next(line for line in run("pdfinfo", atlas).splitlines() if line.startswith("Pages"))
    assert pages.split()[1] == "72", pages
    only_embedded_subsets(atlas)
    text = run("pdftotext", atlas, "-")
    for said in ["目录", "车耳营", "一村一页 · 71 / 71", "缺口", "历年"]:
        assert said in text, said
    twice = folder / "again.pdf"
    run(program, "atlas", project, "-o", twice, "--lang", "zh")
    assert atlas.read_bytes() == twice.read_bytes()
    print(f"atlas: {pages}, the same bytes twice; colours of the page are those of classify")


if __name__ == "__main__":
    main()
