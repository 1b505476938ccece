//! Notes as a layer of their own, for other programs.

use serde_json::{Value, json};

use super::state::Session;
use crate::geo::LonLat;
use crate::model::{Dataset, FeatureId};
use crate::project::{NoteEntry, NoteShape};
use crate::read::{Progress, read_bytes};

impl Session {
    /// The notes that are drawn: none where they are hidden.
    pub fn shown_notes(&self) -> &[NoteEntry] {
        if self.view.hide_notes { &[] } else { &self.document.project.notes }
    }

    /// The village at a place.
    pub fn village_at(&self, at: LonLat) -> Option<FeatureId> {
        let loaded = self.village_layer()?.loaded()?;
        let found = loaded.spatial().at_point(&loaded.dataset.geometry, at);
        loaded.members().village_of(*found.first()?)
    }
}

/// The notes as a dataset, one feature each: points, lines and areas with title, text, colour, day and the photo's name. `None` where there
/// are none, or none at a place on earth.
///
/// # Examples
/// ```
/// use qiancun::project::{NoteEntry, NoteShape};
/// let note = NoteEntry { text: "塌方".into(), lon: 116.1, lat: 40.0, ..NoteEntry::default() };
/// let line = NoteEntry { shape: NoteShape::Arrow, points: vec![[116.0, 40.0], [116.1, 40.0]], ..note.clone() };
/// let dataset = qiancun::session::notes_dataset(&[note, line]).expect("two notes");
/// assert_eq!(dataset.len(), 2);
/// ```
pub fn notes_dataset(notes: &[NoteEntry]) -> Option<Dataset> {
    let features: Vec<Value> =
        notes.iter().filter(|n| n.positions().iter().all(|p| p.is_valid())).map(feature).collect();
    if features.is_empty() {
        return None;
    }
    let text = json!({ "type": "FeatureCollection", "features": features }).to_string();
    read_bytes("notes.geojson".as_ref(), text.as_bytes(), &Progress::new()).ok()
}

fn feature(note: &NoteEntry) -> Value {
    let places: Vec<[f64; 2]> = note.positions().iter().map(|p: &LonLat| [p.lon_deg, p.lat_deg]).collect();
    let geometry = match (note.shape, places.as_slice()) {
        (NoteShape::Area, [first, ..]) if places.len() > 2 => {
            let ring: Vec<[f64; 2]> = places.iter().chain([first]).copied().collect();
            json!({ "type": "Polygon", "coordinates": [ring] })
        }
        (_, [one]) => json!({ "type": "Point", "coordinates": one }),
        (_, line) => json!({ "type": "LineString", "coordinates": line }),
    };
    let text = |t: &str| if t.is_empty() { Value::Null } else { json!(t) };
    let photo = note.photo.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    json!({
        "type": "Feature",
        "properties": {
            "id": note.id, "name": text(note.words()), "text": text(&note.text), "shape": note.shape.key(),
            "colour": text(&note.colour), "written_on": text(&note.written_on), "photo": text(&photo),
        },
        "geometry": geometry,
    })
}
