//! What is made from layers, tables, project and view: each value with the key that it was made for.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::card::{CardKey, VillageCard};
use super::chosen::{Chosen, ChosenKey};
use super::covered::{CoverageKey, Covered, Shares};
use super::derived::Derived;
use super::facts::{Facts, FactsKey};
use super::gap_change::{ChangeKey, EarlierGaps};
use super::gaps::{FoundGaps, GapKey, ListKey, ListedGaps};
use super::join::DistrictKey;
use super::look::{FocusKey, Focused};
use super::photos::PhotosMade;
use super::rolled::{Rolled, RolledKey};
use super::round::{PlannedRound, RoundKey};
use super::search::{Hits, SearchKey};
use super::sheet::{Sheet, SheetKey};
use super::state::Session;
use super::survey::ListedVisits;
use super::symbols::{SymbolKey, Symbols};
use crate::district::District;
use crate::model::{FeatureId, Generation};
use crate::project::Focus;

/// Everything derived. [`Session`] has a question for each; the app brings them up to date once a frame.
#[derive(Default)]
pub struct Made {
    /// Villages, tables and facilities joined; `None` inside where no layer has villages.
    pub district: Derived<DistrictKey, Option<Arc<District>>>,
    /// Villages of the town or group in focus.
    pub focused: Derived<FocusKey, Option<Focused>>,
    /// Sums of what is in focus.
    pub rolled: Derived<RolledKey, Arc<Rolled>>,
    /// The selected villages, each once, by the villages' data and the selection.
    pub chosen_villages: Derived<(Generation, Vec<FeatureId>), Vec<FeatureId>>,
    /// What the selected villages come to.
    pub chosen: Derived<ChosenKey, Arc<Chosen>>,
    /// The area within the radius of a clinic.
    pub covered: Derived<CoverageKey, Arc<Covered>>,
    /// Whom it reaches.
    pub shares: Derived<(CoverageKey, Option<Focus>), Shares>,
    /// What the rules found.
    pub gaps: Derived<GapKey, Arc<FoundGaps>>,
    /// Which of it is listed.
    pub listed_gaps: Derived<ListKey, ListedGaps>,
    /// What became of gaps since a year, or against another project.
    pub change: Derived<ChangeKey, Arc<EarlierGaps>>,
    /// The visits that count.
    pub visits: Derived<Generation, ListedVisits>,
    /// The card of the selected village.
    pub card: Derived<CardKey, Arc<VillageCard>>,
    /// Size and means of the feature on the card.
    pub facts: Derived<FactsKey, Facts>,
    /// The table.
    pub sheet: Derived<SheetKey, Arc<Sheet>>,
    /// Facilities as they are drawn.
    pub symbols: Derived<SymbolKey, Arc<Symbols>>,
    /// Photos of the village on the card, and pictures of photos.
    pub photos: PhotosMade,
    /// The round that is being planned.
    pub round: Derived<RoundKey, Arc<PlannedRound>>,
    /// What answers the search.
    pub hits: Derived<SearchKey, Hits>,
    /// The preview of the page that is put together, by all that it depends on.
    pub preview: Derived<String, super::preflight::PagePreview>,
    /// Small pictures of scenes, by all that each depends on.
    pub thumbnails: FxHashMap<String, Derived<(), egui::ColorImage>>,
}

impl Session {
    /// Villages, tables and facilities joined, once they are; `None` where the project has neither tables nor facilities.
    pub fn district(&self) -> Option<&Arc<District>> {
        self.made.district.last().and_then(Option::as_ref)
    }

    /// Whether they are being joined.
    pub fn is_joining(&self) -> bool {
        self.made.district.is_making()
    }

    /// The town or group in focus, and its villages.
    pub fn focused(&self) -> Option<&Focused> {
        self.made.focused.last().and_then(Option::as_ref)
    }

    /// What is in focus, as keys hold it.
    pub(super) fn focus_key(&self) -> Option<Focus> {
        self.focused().map(|f| f.focus.clone())
    }

    /// Sums of what is in focus.
    pub fn rolled(&self) -> Option<&Arc<Rolled>> {
        self.made.rolled.last()
    }

    /// Whom the area within the radius of a clinic reaches.
    pub fn shares(&self) -> Option<&Shares> {
        self.made.shares.last()
    }

    /// The gaps that are listed.
    pub fn listed_gaps(&self) -> Option<&ListedGaps> {
        self.made.listed_gaps.last()
    }

    /// The card of the selected village.
    pub fn card(&self) -> Option<&Arc<VillageCard>> {
        self.made.card.last()
    }

    /// The table.
    pub fn sheet(&self) -> Option<&Arc<Sheet>> {
        self.made.sheet.last()
    }

    /// Facilities as they are drawn under the present theme.
    pub fn symbols(&self) -> Option<&Arc<Symbols>> {
        self.made.symbols.last()
    }

    /// Everything that is made, for another session that shows the same.
    pub fn share_made(&self) -> Made {
        let made = &self.made;
        Made {
            district: made.district.share(),
            focused: made.focused.share(),
            rolled: made.rolled.share(),
            covered: made.covered.share(),
            gaps: made.gaps.share(),
            listed_gaps: made.listed_gaps.share(),
            ..Made::default()
        }
    }
}
