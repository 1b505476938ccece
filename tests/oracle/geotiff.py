"""GeoTIFFs of every kind that GDAL writes lie to half a pixel where GDAL says.

    geotiff.py QIANCUN FOLDER

Bands count pixels: red the columns, green the rows, modulo 256. What `qiancun map` draws is compared with the place that GDAL and PROJ give
each pixel of the map; between pixels colours are between theirs, so that half a pixel is half a step.
"""
import math
import os
import subprocess
import sys

import numpy as np
from osgeo import gdal, osr

gdal.UseExceptions()
QIANCUN, FOLDER = sys.argv[1:3]
os.chdir(FOLDER)
WIDTH, HEIGHT = 900, 700
ROWS, COLUMNS = np.mgrid[0:HEIGHT, 0:WIDTH]
RED, GREEN = (COLUMNS % 256).astype("uint8"), (ROWS % 256).astype("uint8")
BLUE = (COLUMNS // 256 * 60).astype("uint8")
ZONE = (39434000.0, 5, 0, 4435000.0, 0, -5)


def system(epsg):
    s = osr.SpatialReference()
    s.ImportFromEPSG(epsg)
    s.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return s


def write(name, epsg, transform, bands, kind=gdal.GDT_Byte, options=(), palette=False):
    file = gdal.GetDriverByName("GTiff").Create(name, WIDTH, HEIGHT, len(bands), kind, list(options))
    file.SetProjection(system(epsg).ExportToWkt())
    file.SetGeoTransform(transform)
    for i, band in enumerate(bands):
        file.GetRasterBand(i + 1).WriteArray(band)
    if palette:
        table = gdal.ColorTable()
        for i in range(256):
            table.SetColorEntry(i, (i, 255 - i, 90, 255))
        file.GetRasterBand(1).SetColorTable(table)
    file = None
    return name


RGB = [RED, GREEN, BLUE]
cases = []
for packing in ("NONE", "LZW", "DEFLATE", "PACKBITS"):
    for tiled in ("NO", "YES"):
        options = [f"COMPRESS={packing}", f"TILED={tiled}"]
        cases.append((write(f"{packing}_{tiled}.tif", 4527, ZONE, RGB, options=options), 4527, ZONE, "rgb"))
cases.append((write("predictor.tif", 4527, ZONE, RGB, options=["COMPRESS=LZW", "PREDICTOR=2"]), 4527, ZONE, "rgb"))
cases.append((write("big.tif", 4527, ZONE, RGB, options=["BIGTIFF=YES"]), 4527, ZONE, "rgb"))
cases.append((write("bands.tif", 4527, ZONE, RGB, options=["INTERLEAVE=BAND", "COMPRESS=LZW"]), 4527, ZONE, "rgb"))
opaque = np.full((HEIGHT, WIDTH), 255, "uint8")
cases.append((write("rgba.tif", 4527, ZONE, RGB + [opaque], options=["ALPHA=YES"]), 4527, ZONE, "rgb"))
cases.append((write("grey.tif", 4527, ZONE, [RED], options=["COMPRESS=LZW"]), 4527, ZONE, "grey"))
cases.append((write("palette.tif", 4527, ZONE, [RED], options=["COMPRESS=LZW"], palette=True), 4527, ZONE, "palette"))
jpeg = ["COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "TILED=YES", "JPEG_QUALITY=95"]
cases.append((write("jpeg.tif", 4527, ZONE, RGB, options=jpeg), 4527, ZONE, "jpeg"))
degrees = (116.2, 0.00005, 0, 40.1, 0, -0.00005)
cases.append((write("degrees.tif", 4490, degrees, RGB), 4490, degrees, "rgb"))
mercator = (12940000.0, 6, 0, 4870000.0, 0, -6)
cases.append((write("mercator.tif", 3857, mercator, RGB), 3857, mercator, "rgb"))
turned = (39434000.0, 4.8, 0.9, 4435000.0, 0.9, -4.8)
cases.append((write("turned.tif", 4527, turned, RGB), 4527, turned, "rgb"))
gdal.Translate("cog.tif", "LZW_YES.tif", format="COG", creationOptions=["COMPRESS=DEFLATE", "BLOCKSIZE=256"])
cases.append(("cog.tif", 4527, ZONE, "rgb"))
overviews = gdal.Open(write("overviews.tif", 4527, ZONE, RGB, options=["TILED=YES"]), 1)
overviews.BuildOverviews("NEAREST", [2, 4])
overviews = None
cases.append(("overviews.tif", 4527, ZONE, "rgb"))

with open("far.geojson", "w") as far:
    far.write('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"x"},"geometry":{"type":"Polygon",'
              '"coordinates":[[[100,30],[100.1,30],[100.1,30.1],[100,30]]]}}]}')

wgs84 = system(4326)
bad = 0
for name, epsg, transform, kind in cases:
    forth = osr.CoordinateTransformation(system(epsg), wgs84)
    back = osr.CoordinateTransformation(wgs84, system(epsg))
    a, b, c, d, e, f = transform
    lon, lat, _ = forth.TransformPoint(a + WIDTH / 2 * b + HEIGHT / 2 * c, d + WIDTH / 2 * e + HEIGHT / 2 * f)
    with open("p.qiancun", "w") as project:
        project.write(f'version = 1\n[[layer]]\npath = "far.geojson"\n[[layer]]\nkind = "ground"\npath = "{name}"\n')
    west, south, east, north = lon - 0.008, lat - 0.005, lon + 0.008, lat + 0.005
    bounds = f"{west},{south},{east},{north}"
    command = [QIANCUN, "map", "p.qiancun", "--bounds", bounds, "--size", "500x400", "-o", "map.png"]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode or "qiancun:" in ran.stderr:
        print(name, ran.stderr[-300:])
        bad += 1
        continue
    drawn = gdal.Open("map.png").ReadAsArray()[:3].astype(float)

    def x(lon_deg):
        return math.radians(lon_deg)

    def y(lat_deg):
        return math.asinh(math.tan(math.radians(lat_deg)))

    middle = x(lon), (y(north) + y(south)) / 2
    scale = min(500 / (x(east) - x(west)), 400 / (y(north) - y(south)))
    worst, looked = 0.0, 0
    for row in range(10, 390, 9):
        for column in range(10, 490, 9):
            lon_deg = math.degrees(middle[0] + (column + 0.5 - 250) / scale)
            lat_deg = math.degrees(math.atan(math.sinh(middle[1] - (row + 0.5 - 200) / scale)))
            easting, northing, _ = back.TransformPoint(lon_deg, lat_deg)
            determinant = b * f - c * e
            px = (f * (easting - a) - c * (northing - d)) / determinant
            py = (b * (northing - d) - e * (easting - a)) / determinant
            inside = 3 < px < WIDTH - 3 and 3 < py < HEIGHT - 3
            if not inside or min(px % 256, 256 - px % 256) < 3 or min(py % 256, 256 - py % 256) < 3:
                continue
            red, green, _ = drawn[:, row, column]
            looked += 1
            off = abs(red + 0.5 - px % 256)
            if kind in ("rgb", "jpeg"):
                off = max(off, abs(green + 0.5 - py % 256))
            elif kind == "palette":
                off = max(off, abs(255 - green + 0.5 - px % 256))
            # A lossy picture is off by what JPEG takes.
            worst = max(worst, off / 6 if kind == "jpeg" else off)
    # Half a pixel, and the half step by which a colour is rounded.
    if looked < 500 or worst > 1.0:
        print(name, looked, worst)
        bad += 1


def coarse(name):
    """The whole picture on 300 × 240 pixels: drawn from its overviews."""
    forth = osr.CoordinateTransformation(system(4527), wgs84)
    corners = [forth.TransformPoint(ZONE[0] + 5 * px, ZONE[3] - 5 * py)[:2] for px in (0, WIDTH) for py in (0, HEIGHT)]
    lons, lats = zip(*corners)
    with open("p.qiancun", "w") as project:
        project.write(f'version = 1\n[[layer]]\npath = "far.geojson"\n[[layer]]\nkind = "ground"\npath = "{name}"\n')
    bounds = f"{min(lons)},{min(lats)},{max(lons)},{max(lats)}"
    ran = subprocess.run([QIANCUN, "map", "p.qiancun", "--bounds", bounds, "--size", "300x240", "-o", "map.png"],
                         capture_output=True, text=True)
    if ran.returncode or "qiancun:" in ran.stderr:
        print(name, ran.stderr[-300:])
    return gdal.Open("map.png").ReadAsArray()[:3].astype(float)


# A picture whose left half is not there, by a mask inside, as orthophotos in JPEG have it: the paper is seen through it.
gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
name = write("masked.tif", 4527, ZONE, [np.full((HEIGHT, WIDTH), v, "uint8") for v in (200, 40, 40)], options=jpeg)
masked = gdal.Open(name, 1)
masked.CreateMaskBand(gdal.GMF_PER_DATASET)
shown = np.full((HEIGHT, WIDTH), 255, "uint8")
shown[:, : WIDTH // 2] = 0
masked.GetRasterBand(1).GetMaskBand().WriteArray(shown)
masked.BuildOverviews("NEAREST", [2, 4])
masked = None
drawn = coarse("masked.tif")
paper, picture = drawn[:, 120, 75], drawn[:, 120, 225]
if np.abs(picture - (200, 40, 40)).max() > 12 or np.abs(paper - picture).max() < 60:
    print("masked.tif", paper, picture)
    bad += 1

# Overviews in a file beside it: they are told from the picture by their colour.
name = write("beside.tif", 4527, ZONE, [np.full((HEIGHT, WIDTH), v, "uint8") for v in (10, 20, 230)], options=["TILED=YES"])
gdal.Open(name).BuildOverviews("NEAREST", [2, 4])
for number in range(2):
    overview = gdal.Open(f"GTIFF_DIR:{number + 1}:beside.tif.ovr", 1)
    for band, value in zip((1, 2, 3), (90, 180, 60)):
        overview.GetRasterBand(band).Fill(value)
    overview = None
drawn = coarse("beside.tif")
if np.abs(drawn[:, 120, 150] - (90, 180, 60)).max() > 3:
    print("beside.tif", drawn[:, 120, 150])
    bad += 1

PAPER = coarse("masked.tif")[:, 120, 75]


def expect(what, drawn, places):
    """Colours at places of the picture on 300 × 240 pixels; None: the paper."""
    global bad
    for (row, column), colour in places:
        off = np.abs(drawn[:, row, column] - (PAPER if colour is None else colour)).max()
        if off > 4:
            print(what, (row, column), drawn[:, row, column], colour)
            bad += 1


# Strips of one row on the map a little coarser than they are: no row is lost.
strips = write("strips.tif", 3857, mercator, [np.full((HEIGHT, WIDTH), v, "uint8") for v in (200, 60, 60)], options=["BLOCKYSIZE=1"])
to = osr.CoordinateTransformation(system(3857), wgs84)
inside = [to.TransformPoint(mercator[0] + 6 * px, mercator[3] - 6 * py)[:2] for px, py in ((20, 680), (880, 20))]
with open("p.qiancun", "w") as project:
    project.write(f'version = 1\n[[layer]]\npath = "far.geojson"\n[[layer]]\nkind = "ground"\npath = "{strips}"\n')
for per_pixel in (1.33, 1.41, 2.7, 4.0):
    size = f"{int(860 / per_pixel)}x{int(660 / per_pixel)}"
    bounds = ",".join(str(v) for v in (*inside[0], *inside[1]))
    subprocess.run([QIANCUN, "map", "p.qiancun", "--bounds", bounds, "--size", size, "-o", "map.png"], check=True, capture_output=True)
    rows = gdal.Open("map.png").ReadAsArray()[:3].astype(float)[:, 3:-3, 3:-3]
    lost = (np.abs(rows - np.array([200, 60, 60]).reshape(3, 1, 1)).max(axis=0) > 3).sum()
    if lost:
        print("strips", per_pixel, lost, "pixels are lost")
        bad += 1

# Values with a sign, fractions, 32 bits: from the darkest to the brightest, whatever their range.
ramp = (COLUMNS / WIDTH * 2000 - 900).astype("float64")
for kind, dtype in ((gdal.GDT_Int16, "int16"), (gdal.GDT_Float32, "float32"), (gdal.GDT_Int32, "int32"), (gdal.GDT_Float64, "float64")):
    drawn = coarse(write(f"{dtype}.tif", 4527, ZONE, [ramp.astype(dtype)], kind=kind))
    expect(dtype, drawn, [((120, 10), (6, 6, 6)), ((120, 150), (128, 128, 128)), ((120, 290), (249, 249, 249))])

# How opaque a pixel is counts, and is no value: grey with it, 16 bits with it.
left_out = np.where(COLUMNS < WIDTH / 2, 0, 255)
drawn = coarse(write("greya.tif", 4527, ZONE, [np.full((HEIGHT, WIDTH), 90, "uint8"), left_out.astype("uint8")], options=["ALPHA=YES"]))
expect("grey with alpha", drawn, [((120, 75), None), ((120, 225), (90, 90, 90))])
wide = [(COLUMNS * 2).astype("uint16")] * 3 + [(left_out * 257).astype("uint16")]
drawn = coarse(write("wide.tif", 4527, ZONE, wide, kind=gdal.GDT_UInt16, options=["ALPHA=YES", "PHOTOMETRIC=RGB"]))
expect("16 bits with alpha", drawn, [((120, 75), None), ((120, 225), (128, 128, 128))])

# White is zero: 0 is drawn white.
drawn = coarse(write("white.tif", 4527, ZONE, [np.where(COLUMNS < WIDTH / 2, 0, 200).astype("uint8")], options=["PHOTOMETRIC=MINISWHITE"]))
expect("white is zero", drawn, [((120, 75), (255, 255, 255)), ((120, 225), (55, 55, 55))])

# A mask in a file beside the picture.
gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "NO")
beside = gdal.Open(write("besides.tif", 4527, ZONE, [np.full((HEIGHT, WIDTH), v, "uint8") for v in (200, 40, 40)]), 1)
beside.CreateMaskBand(gdal.GMF_PER_DATASET)
beside.GetRasterBand(1).GetMaskBand().WriteArray(shown)
beside = None
assert os.path.exists("besides.tif.msk")
expect("a mask beside", coarse("besides.tif"), [((120, 75), None), ((120, 225), (200, 40, 40))])
if bad == 0:
    print("ok:", len(cases) + 2, "kinds of GeoTIFF")
