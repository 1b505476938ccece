"""A round goes to QGIS and comes back: project, layers, form and relation are as meant; a visit is added, changed and deleted."""
import json, os, subprocess, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsProject, QgsVectorLayerUtils

program, project, folder = sys.argv[1:4]
app = QgsApplication([], False)
app.initQgis()
qgis = QgsProject.instance()
assert qgis.read(os.path.join(folder, "round.qgz")), "the project opens"
layers = {l.source().split("layername=")[-1] if "layername" in l.source() else os.path.basename(l.source()): l for l in qgis.mapLayers().values()}
assert all(l.isValid() for l in layers.values()), {k: l.isValid() for k, l in layers.items()}
assert set(layers) == {"visits", "gaps", "facilities", "villages", "ground.mbtiles"}, sorted(layers)
visits, gaps = layers["visits"], layers["gaps"]
kind = lambda name: visits.editorWidgetSetup(visits.fields().indexOf(name)).type()
assert {n: kind(n) for n in ("key", "result", "photo", "at")} == {
    "key": "RelationReference", "result": "ValueMap", "photo": "ExternalResource", "at": "DateTime"}
choices = visits.editorWidgetSetup(visits.fields().indexOf("result")).config()["map"]
assert [list(c.values())[0] for c in choices] == ["confirmed", "closed", "wrong", "unreachable"], choices
assert all(r.isValid() for r in qgis.relationManager().relations().values()) and qgis.relationManager().relations()
assert gaps.renderer().type() == "categorizedSymbol" and gaps.labelsEnabled() and layers["villages"].labelsEnabled()
assert not qgis.snappingConfig().enabled()
features = list(gaps.getFeatures())
assert features and all(f["person"] and f["day"] for f in features), "everybody knows where to go"

def visit(gap, result):
    feature = QgsVectorLayerUtils.createFeature(visits, gap.geometry())
    feature["key"], feature["result"], feature["by"] = gap["gap"], result, "王"
    return feature

assert visits.startEditing()
first, second, third = (visit(g, r) for g, r in zip(features[:3], ("closed", "confirmed", "wrong")))
assert visits.addFeatures([first, second, third]) and visits.commitChanges(), visits.commitErrors()
assert visits.startEditing()
rows = sorted(visits.getFeatures(), key=lambda f: f.id())
visits.changeAttributeValue(rows[1].id(), visits.fields().indexOf("note"), "下月再看")
visits.deleteFeature(rows[2].id())
assert visits.commitChanges(), visits.commitErrors()
keys = [f["gap"] for f in features[:2]]
count = len(features)
# Each person's own project shows that person's gaps only.
own = 0
people = [p for p in range(1, 10) if os.path.exists(os.path.join(folder, f"round-{p}.qgz"))]
assert people and people == list(range(1, len(people) + 1)), people
for person in people:
    qgis.clear()
    assert qgis.read(os.path.join(folder, f"round-{person}.qgz"))
    mine = [l for l in qgis.mapLayers().values() if "layername=gaps" in l.source()][0]
    assert mine.isValid() and all(f["person"] == person for f in mine.getFeatures())
    own += sum(1 for _ in mine.getFeatures())
assert own == count, (own, count)
app.exitQgis()

run = lambda *a: json.loads(subprocess.run([program, *a, "--json"], capture_output=True, check=True).stdout)
back = run("field", "import", project, folder)
assert back["files"][0]["recorded"] == 2, back
again = run("field", "import", project, folder)
assert again["files"][0]["recorded"] == 0 and again["left_out"][0]["count"] == 2, again
listed = {v["gap"]: v for v in run("survey", "list", project)["visits"]}
assert listed[keys[0]]["result"] == "closed" and listed[keys[1]]["note"] == "下月再看", listed
assert len(listed) == 2 and all(v["rule"] and v["by"] == "王" for v in listed.values()), listed
print("ok:", count, "gaps")
