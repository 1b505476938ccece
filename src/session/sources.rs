//! Where the figures of a table are from, as a sheet beside it: file, sheet, row, column, or the correction with its author and day.

use super::sheet::{Sheet, SheetColumn};
use super::state::Session;
use crate::district::District;
use crate::model::{FeatureId, Role};
use crate::output::{Grid, GridCell, GridHead};

/// Most figures that are listed one by one; more are too many for a sheet that people look at.
const MOST: usize = 300_000;

impl Session {
    /// The sources of the figures of a table as it is shown. `None` where it has none, and where there are too many for a sheet.
    pub fn table_sources(&self, sheet: &Sheet) -> Option<Grid> {
        let district = self.district()?;
        let shown = self.arranged(sheet);
        let figures: Vec<usize> = shown
            .iter()
            .filter_map(|c| match sheet.columns.get(*c) {
                Some(SheetColumn::Indicator(i)) => Some(*i),
                _ => None,
            })
            .collect();
        self.sources(district, &sheet.rows, &figures, &[self.year()])
    }

    /// The sources of all figures of all years.
    pub fn figure_sources(&self) -> Option<Grid> {
        let district = self.district()?;
        let villages: Vec<FeatureId> = district.village_list().filter(|v| self.is_in_focus(*v)).collect();
        let figures: Vec<usize> = (0..district.indicators.all().len()).collect();
        let mut years: Vec<Option<i32>> = district.observations.years().iter().map(|y| Some(*y)).collect();
        if years.is_empty() {
            years.push(None);
        }
        self.sources(district, &villages, &figures, &years)
    }

    fn sources(
        &self,
        district: &District,
        villages: &[FeatureId],
        figures: &[usize],
        years: &[Option<i32>],
    ) -> Option<Grid> {
        if villages.len().saturating_mul(figures.len()).saturating_mul(years.len()) > MOST {
            return None;
        }
        let lang = self.lang;
        let heads =
            ["village", "code", "figure", "year", "value", "file", "sheet", "row", "column", "head", "by", "on"];
        let mut rows = Vec::new();
        for village in villages {
            for (figure, year) in figures.iter().flat_map(|f| years.iter().map(move |y| (*f, *y))) {
                rows.extend(self.source_row(district, *village, figure, year));
            }
        }
        let head = |key: &&str| GridHead {
            name: lang.find(&format!("sources.{key}")).unwrap_or(key).to_owned(),
            ..Default::default()
        };
        let name = lang.t("sources.title").to_owned();
        (!rows.is_empty()).then(|| Grid { name, heads: heads.iter().map(head).collect(), rows })
    }

    fn source_row(
        &self,
        district: &District,
        village: FeatureId,
        figure: usize,
        year: Option<i32>,
    ) -> Option<Vec<GridCell>> {
        let indicator = district.indicators.all().get(figure).filter(|i| !i.is_computed())?;
        let value = district.value(figure, year, village)?;
        let origin = district.observations.origin(figure, year, village).unwrap_or_default();
        let text = |t: &str| if t.is_empty() { GridCell::Empty } else { GridCell::Text(t.to_owned()) };
        let number = |n: Option<f64>| n.map_or(GridCell::Empty, GridCell::Number);
        let shown = match indicator.is_category() {
            true => GridCell::Text(indicator.show(value, self.lang)),
            false => GridCell::Number(value),
        };
        let place = district.place_of(figure, year, village).filter(|_| !origin.edited);
        let place = place.as_ref();
        let name = |p: &std::path::Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let file = match (origin.edited, place) {
            (true, _) => self.lang.t("origin.correction").to_owned(),
            (false, Some(place)) => place.file.clone(),
            (false, None) => name(&district.villages.source.path),
        };
        let letters = place.map(|p| p.cell.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned());
        Some(vec![
            text(&district.villages.display_name(village)),
            text(&district.text(village, Role::Code)),
            text(indicator.name(self.lang)),
            number(year.map(f64::from)),
            shown,
            text(&file),
            text(place.map_or("", |p| &p.sheet)),
            number(place.map(|p| f64::from(p.line))),
            text(letters.as_deref().unwrap_or_default()),
            text(place.map_or(indicator.id.as_str(), |p| &p.head)),
            text(&origin.by),
            text(&origin.on),
        ])
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::Lang;
    use crate::output::GridCell;
    use crate::session::testing::session;

    #[test]
    fn every_figure_says_where_it_is_from() {
        let session = session(Lang::Zh);
        let grid = session.figure_sources().expect("figures");
        assert_eq!((grid.name.as_str(), grid.heads.len(), grid.heads[0].name.as_str()), ("来源", 12, "所属村"));
        // Residents and sewage of three villages, without years, from the file of boundaries.
        assert_eq!(grid.rows.len(), 6);
        assert!(grid.rows.iter().all(|r| r.len() == 12 && matches!(&r[5], GridCell::Text(t) if !t.is_empty())));
    }
}
