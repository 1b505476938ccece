"""Slates as telephones photograph them: the codes of a printed sheet with perspective, blur, shadow, grain, turned and shrunk by a messenger.

usage: slates.py QIANCUN PROJECT ROUND FOLDER COUNT, where ROUND holds what `field export` wrote and `plan.json` of the same options

Each picture shows one slate of the sheet and what stands around it; behind each slate come two pictures of the spot. Prints one JSON document:
{"slates": n, "read": n, "wrong": n, "photos": n, "sorted": n}.
"""

import glob
import json
import os
import random
import subprocess
import sys

import numpy as np
from PIL import Image, ImageFilter

DPI = 220
# As `page/round_sheet.rs` lays a sheet out, in pixels of 1/96 inch.
WIDTH, MARGIN, STOP, CODE = 793.7, 40.0, 193.0, 72.0


def coefficients(to, of):
    """The eight numbers of the projective map that PIL wants: from the corners of the picture to those of the paper."""
    rows, right = [], []
    for (x, y), (u, v) in zip(to, of):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.linalg.solve(np.array(rows, float), np.array(right, float))


def slates_of(pages):
    """Page and middle of each slate, in pixels of the rendered pages, in the order of the stops."""
    scale = DPI / 96
    for number, page in enumerate(pages):
        image = np.asarray(page.convert("L"))
        x = WIDTH - MARGIN - CODE / 2
        top = 0
        # A stop begins with a line from margin to margin; its slate stands below its other code.
        for y in range(int(80 * scale), image.shape[0] - int(STOP * scale)):
            row = image[y, int((MARGIN + 2) * scale) : int((WIDTH - MARGIN - 2) * scale)]
            if row.max() < 200 and y - top > 40 * scale:
                top = y
                middle = y / scale + 8 + CODE + 19 + CODE / 2
                yield number, (x * scale, middle * scale)


def photo(page, at, chance, size):
    """One slate as a telephone sees it."""
    scale = DPI / 96
    # The sheet's neighbours stay out of the picture: half a stop on either side.
    half = chance.uniform(0.62, 0.98) * (STOP - CODE) * 0.92 * scale
    wide = half * 4 / 3
    x, y = at[0] + chance.uniform(-0.25, 0.1) * wide, at[1] + chance.uniform(-0.12, 0.12) * half
    corners = [(x - wide, y - half), (x + wide, y - half), (x + wide, y + half), (x - wide, y + half)]
    shaken = [(a + chance.uniform(-0.09, 0.09) * wide, b + chance.uniform(-0.09, 0.09) * half) for a, b in corners]
    width, height = size, size * 3 // 4
    frame = [(0, 0), (width, 0), (width, height), (0, height)]
    paper = page.transform(
        (width, height), Image.PERSPECTIVE, coefficients(frame, shaken), Image.BICUBIC, fillcolor=(188, 176, 160)
    )
    paper = paper.filter(ImageFilter.GaussianBlur(chance.uniform(0.4, size / 800)))
    pixels = np.asarray(paper).astype(float)
    gx, gy = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle = chance.uniform(0, 2 * np.pi)
    light = 0.72 + 0.24 * (np.cos(angle) * gx + np.sin(angle) * gy)
    # The shadow of a hand: an edge somewhere across the picture.
    edge = np.cos(angle + 1) * gx + np.sin(angle + 1) * gy - chance.uniform(-0.5, 0.5)
    light *= 1 - 0.35 / (1 + np.exp(-edge * 14))
    pixels = pixels * light[..., None] + np.random.default_rng(chance.randrange(1 << 30)).normal(0, 6, pixels.shape)
    out = Image.fromarray(pixels.clip(0, 255).astype("uint8"))
    return out.rotate(chance.choice([0, 0, 90, 180, 270]), expand=True)


def spot(chance, size):
    """A picture of a spot: something, and no code."""
    noise = np.random.default_rng(chance.randrange(1 << 30)).integers(60, 200, (9, 12, 3)).astype("uint8")
    return Image.fromarray(noise).resize((size, size * 3 // 4), Image.BICUBIC)


def main():
    program, project, exported, folder, count = *sys.argv[1:5], int(sys.argv[5])
    sheets = os.path.join(exported, "sheets-1.pdf")
    os.makedirs(folder, exist_ok=True)
    base = os.path.join(folder, "..", "page")
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", sheets, base], check=True)
    pages = [Image.open(p).convert("RGB") for p in sorted(glob.glob(base + "-*.png"))]
    routes = json.load(open(os.path.join(exported, "plan.json")))["routes"]
    stops = [s["gap"] for r in routes if r["person"] == 1 for s in r["stops"]]
    found = list(slates_of(pages))
    assert len(found) == len(stops), f"{len(found)} slates on paper, {len(stops)} stops"
    chance, expected, number = random.Random(7), {}, 0
    for i in range(count):
        which = i % len(found)
        page, at = found[which]
        size = chance.choice([1600, 1600, 1280])
        photo(pages[page], at, chance, size).save(os.path.join(folder, f"mmexport{number:05}.jpg"), quality=chance.choice([45, 60, 75]))
        number += 1
        for _ in range(2):
            name = f"mmexport{number:05}.jpg"
            spot(chance, 640).save(os.path.join(folder, name), quality=60)
            expected[name] = stops[which]
            number += 1
    done = subprocess.run([program, "field", "photos", project, folder, "--dry-run", "--json"], capture_output=True, check=True)
    said = json.loads(done.stdout)
    got = {os.path.basename(p): g["gap"] for g in said["gaps"] for p in g["photos"]}
    wrong = sum(1 for name, gap in got.items() if expected.get(name) != gap)
    # A slate that was not read leaves its photos to the one before: those are the wrong ones.
    print(json.dumps({
        "slates": count, "read": said["slates"], "wrong": wrong, "photos": len(expected), "sorted": len(got) - wrong,
        "asked": len(said["asked"]), "left": len(said["left"]),
    }))


main()
