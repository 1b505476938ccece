//! What commands about the camera do.

use super::qiancun::Qiancun;
use crate::geo::{BoundsDeg, WorldPos};
use crate::session::{Camera, CameraCommand, Dialogue};

impl Qiancun {
    /// Carries out a command about where the map looks.
    pub(super) fn on_camera(&mut self, command: CameraCommand) {
        let session = &mut self.session;
        match command {
            CameraCommand::FitLayer(key) => {
                let layer = session.layers.get(&key);
                let of_data = layer.and_then(|l| l.loaded()).and_then(|l| l.bounds_deg());
                let bounds = of_data.or_else(|| layer.and_then(|l| l.ground()).and_then(|g| g.bounds()));
                self.show_rectangle(bounds);
            }
            CameraCommand::FitAll => self.fit_all(),
            CameraCommand::FitSelection => self.fit_selection(),
            CameraCommand::Zoom(steps, pivot) => session.camera.zoom_by(steps, pivot),
            CameraCommand::Pan(points) => session.camera.pan(points),
            CameraCommand::ShowRectangle(bounds) => self.show_rectangle(Some(bounds)),
            CameraCommand::CameraBack => {
                if let Some(c) = session.history.places.back(session.camera) {
                    session.camera = c;
                }
            }
            CameraCommand::CameraForward => {
                if let Some(c) = session.history.places.forward(session.camera) {
                    session.camera = c;
                }
            }
            CameraCommand::GoToDialogue => session.moment.dialogue = Some(Dialogue::GoTo(String::new(), None)),
            CameraCommand::GoTo(at) => {
                session.camera = Camera { centre: WorldPos::from_lonlat(at), zoom: session.camera.zoom.max(13.0) };
            }
        }
    }

    pub(super) fn fit_selection(&mut self) {
        let Some((key, features)) = &self.session.document.selection else { return };
        let Some(loaded) = self.session.layers.get(key).and_then(|l| l.loaded()) else { return };
        let all = features.iter().filter_map(|f| loaded.dataset.geometry.bounds_of(*f));
        let bounds = all.reduce(BoundsDeg::union);
        // Neighbours belong into the picture: a village is shown with as much room around it again.
        let room = |bounds: BoundsDeg| {
            // A point is shown with the village around it, not by itself on one colour.
            let is_point = bounds.west_deg == bounds.east_deg && bounds.south_deg == bounds.north_deg;
            bounds.with_room(0.9, if is_point { 7e-3 } else { 2e-3 })
        };
        self.show_rectangle(bounds.map(room));
    }

    /// Bounds of the layers shown.
    pub(super) fn bounds_deg(&self) -> Option<BoundsDeg> {
        self.session.all_bounds()
    }

    pub(super) fn fit_all(&mut self) {
        self.show_rectangle(self.bounds_deg());
        self.drawn.fitted = Some((self.session.camera, self.session.map_size_pt));
    }

    pub(super) fn show_rectangle(&mut self, bounds: Option<BoundsDeg>) {
        if let Some(bounds) = bounds {
            self.session.camera = Camera::fitting(bounds, self.session.map_size_pt);
        }
    }
}
