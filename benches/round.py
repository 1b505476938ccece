#!/usr/bin/env python3
"""Rounds of `qiancun field plan` against pyvrp (PyPI) on seeded instances: the same stops, hours and seconds, one core each.

    python3 benches/round.py PROGRAM STOPS SEED SECONDS PEOPLE DAYS

Prints both totals on one matrix of great circles (IUGG mean radius) and their ratio; with SECONDS 0 only how long a first plan takes.
Needs numpy and pyvrp 0.14, except with SECONDS 0. On one core: `taskset -c 0 python3 benches/round.py …`.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

program, stops, seed, seconds, people, days = sys.argv[1], *map(int, sys.argv[2:7])
START, MINUTES, HOURS, SPEED, FACTOR = (116.25, 40.05), 15, 8, 30, 1.3

random.seed(seed)
features = []
for i in range(stops):
    x, y, s = 116.0 + random.random() * 0.5, 39.9 + random.random() * 0.35, 0.001
    ring = [[x, y], [x + s, y], [x + s, y + s], [x, y + s], [x, y]]
    # Below what is asked for: one gap each.
    features.append({"type": "Feature", "properties": {"name": f"村{i}", "code": str(100000 + i), "sewage_treatment_pct": 50},
                     "geometry": {"type": "Polygon", "coordinates": [ring]}})
folder = tempfile.TemporaryDirectory()
with open(os.path.join(folder.name, "v.geojson"), "w") as f:
    json.dump({"type": "FeatureCollection", "features": features}, f)
project = os.path.join(folder.name, "p.qiancun")
with open(project, "w") as f:
    f.write('version = 1\n[[layer]]\npath = "v.geojson"\n')

command = [program, "field", "plan", project, "--people", str(people), "--days", str(days), "--start", f"{START[0]},{START[1]}",
           "--hours", str(HOURS), "--minutes", str(MINUTES), "--speed", str(SPEED), "--factor", str(FACTOR), "--json"]
began = time.time()
plan = json.loads(subprocess.run(command + (["--seconds", str(seconds)] if seconds else []), capture_output=True, check=True).stdout)
took = time.time() - began
seen = [s for r in plan["routes"] for s in r["stops"]]
print(f"qiancun: {len(seen)} stops in {len(plan['routes'])} tours, {len(plan['left'])} left, {plan['total_m']:.0f} m, {took:.1f} s")
if not seconds:
    sys.exit()

import numpy as np
from pyvrp import Model
from pyvrp.stop import MaxRuntime

radians = np.radians(np.array([START] + [(s["lon"], s["lat"]) for s in seen]))
lon, lat = radians[:, 0], radians[:, 1]
half = np.sin((lat[:, None] - lat[None]) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat[None]) * np.sin((lon[:, None] - lon[None]) / 2) ** 2
metres = 2 * 6371008.8 * np.arcsin(np.sqrt(half))
number = {s["gap"]: i + 1 for i, s in enumerate(seen)}
own = 0.0
for route in plan["routes"]:
    tour = [0] + [number[s["gap"]] for s in route["stops"]] + [0]
    own += sum(metres[a, b] for a, b in zip(tour, tour[1:]))

model, tenth = Model(), 10
places = [model.add_location(0, 0) for _ in range(len(metres))]
model.add_depot(places[0])
for place in places[1:]:
    model.add_client(place, service_duration=MINUTES * 60 * tenth)
model.add_vehicle_type(num_available=people * days, shift_duration=HOURS * 3600 * tenth)
for i, a in enumerate(places):
    for j, b in enumerate(places):
        if i != j:
            secs = metres[i, j] * FACTOR / (SPEED * 1000) * 3600
            model.add_edge(a, b, distance=round(metres[i, j]), duration=int(secs * tenth))
other = model.solve(stop=MaxRuntime(seconds), seed=1, display=False)
assert other.is_feasible()
print(f"pyvrp:   {other.cost()} m; qiancun on the same matrix {own:.0f} m, ratio {own / other.cost():.4f}")
