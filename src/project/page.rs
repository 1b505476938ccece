//! What stands on a page, as a person chose it; kept in the project.

use serde::{Deserialize, Serialize};

/// Where figures, legend and table stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arrangement {
    /// Beside the map; below it on upright pages.
    #[default]
    Side,
    /// Below the map.
    Below,
    /// Over the map's corner, the map as large as the page.
    Over,
}

impl Arrangement {
    /// All.
    pub const ALL: [Self; 3] = [Self::Side, Self::Below, Self::Over];

    /// Stable name; in language files `page.arrangement-<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Side => "side",
            Self::Below => "below",
            Self::Over => "over",
        }
    }
}

/// What a chart shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    /// Bars of towns or groups.
    #[default]
    Groups,
    /// Lines over the years.
    Years,
    /// The ten worst and the ten best villages, with what each lacks.
    Ranking,
    /// How many villages meet what is asked for.
    Target,
    /// All villages as points, a row for each town or group.
    Dots,
}

impl ChartKind {
    /// All.
    pub const ALL: [Self; 5] = [Self::Groups, Self::Years, Self::Ranking, Self::Target, Self::Dots];

    /// Stable name; in language files `chart.<key>`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Years => "years",
            Self::Ranking => "ranking",
            Self::Target => "target",
            Self::Dots => "dots",
        }
    }

    /// The kind of a stable name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.key() == key)
    }
}

/// Parts of a page that are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageWithout {
    /// Whether the headline figures are left out.
    pub no_figures: bool,
    /// Whether the legend is left out.
    pub no_legend: bool,
    /// Whether the table of towns is left out.
    pub no_table: bool,
    /// Whether the names of villages are left out.
    pub no_labels: bool,
    /// Whether facilities are left out.
    pub no_symbols: bool,
    /// Whether scale bar and north arrow are left out.
    pub no_furniture: bool,
    /// Whether the note on classes and distances is left out.
    pub no_note: bool,
    /// Whether notes on the map are left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_marks: bool,
    /// Whether the code that leads back to the view is left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_code: bool,
}

/// What stands on a page. Texts that are empty are made from what is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageOptions {
    /// What the template is called; empty where the project has one only.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its paper, such as `a4-portrait`; the usual where empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Line below it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subtitle: String,
    /// Who made it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub maker: String,
    /// Where the data come from.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Date of the data.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub date: String,
    /// Map approval number; only where there is one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub approval: String,
    /// Stamp; the usual one where absent, none where empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<String>,
    /// Where things stand.
    pub arrangement: Arrangement,
    /// What of the page is left out.
    #[serde(flatten)]
    pub without: PageWithout,
    /// Whether gaps are marked and counted by town, also where the window does not show them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gaps: bool,
    /// An earlier year on the left of a divider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<i32>,
    /// A chart of what the map shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart: Option<ChartKind>,
    /// How many photos stand beside the map, at most four: of the village that is selected, else the latest.
    #[serde(skip_serializing_if = "is_none")]
    pub photos: u8,
    /// Whether it is in shades of grey, as a black-and-white printer would have it.
    #[serde(skip)]
    pub grey: bool,
    /// Keys of the file that this version does not know: kept.
    #[serde(flatten)]
    pub other: toml::Table,
    /// Where the project lists several pages, those behind this one: pages of a later version, kept as they are. `None` where it says one
    /// page, and nothing of a list.
    #[serde(skip)]
    pub more: Option<Vec<toml::Value>>,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            format: String::new(),
            title: String::new(),
            subtitle: String::new(),
            maker: String::new(),
            source: String::new(),
            date: String::new(),
            approval: String::new(),
            stamp: None,
            arrangement: Arrangement::Side,
            without: PageWithout::default(),
            gaps: false,
            before: None,
            chart: None,
            photos: 0,
            grey: false,
            more: None,
            other: toml::Table::new(),
        }
    }
}

impl PageOptions {
    /// Names of the project's pages: the one that is used, then the others; those that a later version wrote in a way that is not understood
    /// are not among them, and stay.
    pub fn templates(&self) -> Vec<String> {
        let others = self.more.iter().flatten().filter_map(|v| v.clone().try_into::<Self>().ok()).map(|p| p.name);
        std::iter::once(self.name.clone()).chain(others).collect()
    }

    /// Uses another of the project's pages, by its place among [`Self::templates`]; this one takes its place.
    pub fn choose(&mut self, at: usize) {
        let mut more = self.more.clone().unwrap_or_default();
        let understood = more.iter().enumerate().filter_map(|(i, v)| Some((i, v.clone().try_into::<Self>().ok()?)));
        let Some((place, chosen)) = at.checked_sub(1).and_then(|n| understood.into_iter().nth(n)) else { return };
        let Ok(own) = toml::Value::try_from(&*self) else { return };
        if let Some(slot) = more.get_mut(place) {
            *slot = own;
            *self = Self { more: Some(more), grey: self.grey, ..chosen };
        }
    }

    /// Begins another page with what this one has.
    pub fn add_template(&mut self, name: &str) {
        let Ok(own) = toml::Value::try_from(&*self) else { return };
        let mut more = self.more.take().unwrap_or_default();
        more.insert(0, own);
        (self.more, self.name) = (Some(more), name.to_owned());
    }

    /// Takes this page away, where there is another one to be used.
    pub fn drop_template(&mut self) {
        if self.templates().len() < 2 {
            return;
        }
        // The one that is chosen leaves its place to this one, which is then taken away from there.
        let is_understood = |v: &toml::Value| v.clone().try_into::<Self>().is_ok();
        let place = self.more.iter().flatten().position(is_understood);
        self.choose(1);
        if let (Some(more), Some(place)) = (&mut self.more, place) {
            more.remove(place);
        }
    }
}

fn is_none(count: &u8) -> bool {
    *count == 0
}

/// A page as a table, or as a list whose first entry it is.
pub(super) mod page_or_list {
    use serde::de::Error as _;
    use serde::ser::SerializeSeq;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::PageOptions;

    pub fn serialize<S: Serializer>(page: &PageOptions, to: S) -> Result<S::Ok, S::Error> {
        let Some(more) = &page.more else { return page.serialize(to) };
        let mut list = to.serialize_seq(Some(1 + more.len()))?;
        list.serialize_element(page)?;
        more.iter().try_for_each(|other| list.serialize_element(other))?;
        list.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PageOptions, D::Error> {
        let page = |value: toml::Value| value.try_into::<PageOptions>().map_err(D::Error::custom);
        match toml::Value::deserialize(from)? {
            toml::Value::Array(list) => {
                let mut list = list.into_iter();
                let first = list.next().map(page).transpose()?.unwrap_or_default();
                Ok(PageOptions { more: Some(list.collect()), ..first })
            }
            other => page(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_pages_are_chosen_among_and_none_is_lost() {
        let mut page = PageOptions { title: "全区".into(), name: "汇报".into(), ..Default::default() };
        page.add_template("张贴");
        page.title = "张贴用".into();
        page.format = "a3-portrait".into();
        assert_eq!(page.templates(), ["张贴", "汇报"]);
        page.choose(1);
        assert_eq!((page.name.as_str(), page.title.as_str(), page.format.as_str()), ("汇报", "全区", ""));
        assert_eq!(page.templates(), ["汇报", "张贴"]);
        page.choose(1);
        assert_eq!(page.title, "张贴用");
        page.drop_template();
        assert_eq!(page.templates(), ["汇报"]);
        page.drop_template();
        assert_eq!(page.templates(), ["汇报"], "the last one stays");
        // One that a later version wrote otherwise is kept.
        page.more = Some(vec![toml::Value::from("of a later version")]);
        page.add_template("b");
        assert_eq!(page.templates(), ["b", "汇报"]);
        page.choose(1);
        assert!(page.more.as_ref().is_some_and(|m| m.contains(&toml::Value::from("of a later version"))));
    }
}
