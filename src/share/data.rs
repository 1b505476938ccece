//! What the page of a shared file knows: shapes, figures, maps, gaps, scenes, in both languages, as one JSON value.

use serde_json::{Map, Value, json};

use super::LeftOut;
use crate::colouring::LegendClass;
use crate::district::{By, District, MapSpec, choropleth};
use crate::geo::{GridPos, WorldPos};
use crate::index::readings_of;
use crate::lang::Lang;
use crate::model::{FeatureId, Indicator, Role, Theme};
use crate::page::chart_svg;
use crate::project::{ChartKind, hex_of, in_language};
use crate::render::{Level, LevelShape};
use crate::rules::{GapSeverity, Rules, find_gaps};
use crate::session::{Loaded, Session, ShareOptions, SymbolKind};

/// Steps along the longer side of the map: 30 km in steps of half a metre, a country in steps of 60 m.
const STEPS: f64 = 65_536.0;
/// Most positions of all borders.
const MOST_POSITIONS: usize = 450_000;
/// Most figures: beyond them earlier years stay out.
const MOST_FIGURES: usize = 1_200_000;
/// Most photos of a village.
const MOST_PHOTOS: usize = 4;
/// Most facilities and gaps.
const MOST_PLACES: usize = 60_000;

/// Width of a chart in layout pixels.
const CHART_WIDE: f32 = 460.0;
/// Villages that are drawn as points at most.
const MOST_DOTS: usize = 600;

/// Words of the page, from the language files.
const WORDS: [&str; 18] = [
    "charts",
    "unknown",
    "missing",
    "measure",
    "year",
    "search",
    "in",
    "out",
    "fit",
    "village",
    "story",
    "gaps",
    "all",
    "choose",
    "before",
    "next",
    "end",
    "more-gaps",
];

/// Both languages beside each other.
fn both(of: impl Fn(Lang) -> String) -> Value {
    let (zh, en) = (of(Lang::Zh), of(Lang::En));
    if zh == en { Value::String(zh) } else { json!({ "zh": zh, "en": en }) }
}

/// Where positions of the map lie in the file's own steps.
struct Grid {
    corner: WorldPos,
    scale: f64,
    size: [i64; 2],
}

impl Grid {
    fn over(loaded: &Loaded) -> Option<Self> {
        let [west, south, east, north] = loaded.bounds_deg()?.sides();
        let a = WorldPos::from_lonlat(crate::geo::LonLat::new(west, north));
        let b = WorldPos::from_lonlat(crate::geo::LonLat::new(east, south));
        let (w, h) = ((b.x - a.x).max(1e-9), (b.y - a.y).max(1e-9));
        let scale = STEPS / w.max(h);
        Some(Self { corner: a, scale, size: [(w * scale).ceil() as i64, (h * scale).ceil() as i64] })
    }

    fn of(&self, at: WorldPos) -> [i64; 2] {
        [((at.x - self.corner.x) * self.scale).round() as i64, ((at.y - self.corner.y) * self.scale).round() as i64]
    }

    fn of_lonlat(&self, at: crate::geo::LonLat) -> [i64; 2] {
        self.of(WorldPos::from_lonlat(at))
    }
}

/// What is being put together.
struct Sharing<'a> {
    session: &'a mut Session,
    district: std::sync::Arc<District>,
    options: &'a ShareOptions,
    villages: Vec<FeatureId>,
    /// The number of a village in the file, by feature.
    number: rustc_hash::FxHashMap<FeatureId, usize>,
    grid: Grid,
    /// The session in Chinese and in English, for its words.
    words: [Session; 2],
    left_out: Vec<LeftOut>,
}

/// Everything that goes into the file, and what does not.
pub(super) fn data(session: &mut Session, options: &ShareOptions) -> Option<(Value, Vec<LeftOut>)> {
    let district = session.district()?.clone();
    let loaded = session.village_layer()?.loaded()?.clone();
    let villages: Vec<FeatureId> = district.village_list().collect();
    let number = villages.iter().enumerate().map(|(i, v)| (*v, i)).collect();
    let grid = Grid::over(&loaded)?;
    let words = [Lang::Zh, Lang::En].map(|lang| {
        let mut still = session.still();
        still.lang = lang;
        still
    });
    let mut sharing = Sharing { session, district, options, villages, number, grid, words, left_out: Vec::new() };
    let shapes = sharing.shapes(&loaded);
    let of_villages = sharing.of_villages();
    let (indicators, years) = sharing.indicators();
    let values: Vec<Value> = indicators.iter().map(|i| sharing.values(*i, &years)).collect();
    let (maps, first) = sharing.maps(&indicators, &years);
    let scenes = sharing.scenes(&maps, &indicators);
    let mut themes = Map::new();
    for indicator in &indicators {
        let Some(theme) = sharing.district.indicators.all().get(*indicator).map(|i| i.theme) else { continue };
        themes.entry(theme.key()).or_insert_with(|| sharing.theme_name(theme));
    }
    let maps: Vec<Value> = maps.into_iter().map(|m| m.1).collect();
    let (facilities, gaps) = (sharing.facilities(), sharing.gaps());
    let photos = sharing.photos();
    let charts = sharing.charts(&indicators);
    let project = sharing.session.document.project.clone();
    let own = |zh: &str, en: &str| both(|lang| in_language(zh, en, lang).to_owned());
    let words: Map<String, Value> = WORDS
        .iter()
        .map(|w| ((*w).to_owned(), both(|l| l.find(&format!("share.{w}")).unwrap_or(w).to_owned())))
        .collect();
    let ink = |s: GapSeverity| sharing.words[0].gap_ink(s);
    let severity = |s: GapSeverity| {
        let name = both(|l| l.find(&format!("severity.{}", s.key())).unwrap_or(s.key()).to_owned());
        let [r, g, b, _] = ink(s).to_array();
        (s.key().to_owned(), json!({ "name": name, "colour": hex_of([r, g, b]) }))
    };
    let severities: Map<String, Value> = GapSeverity::ALL.into_iter().map(severity).collect();
    let year = sharing.session.year().map(|y| y.to_string()).unwrap_or_default();
    let title = if project.title.is_empty() {
        own(&sharing.session.map_title(), "")
    } else {
        own(&project.title, &project.title_en)
    };
    let value = json!({
        "v": 1, "lang": if sharing.session.lang == Lang::En { "en" } else { "zh" },
        "title": as_text(&title), "notice": own(&project.notice, &project.notice_en),
        "stamp": project.page.stamp.clone().map_or_else(|| both(|l| l.t("page.stamp").to_owned()), Value::String),
        "source": both(|l| {
            let words = if l == Lang::En { &sharing.words[1] } else { &sharing.words[0] };
            l.with("page.source", &[("n", &words.source_words())])
        }),
        "date": year, "size": sharing.grid.size, "shapes": shapes, "villages": of_villages, "indicators": values,
        "themes": themes, "maps": maps, "first": first, "facilities": facilities, "gaps": gaps, "severities": severities,
        "scenes": scenes, "photos": photos, "charts": charts, "words": words,
    });
    Some((value, sharing.left_out))
}

/// A drawing as part of a page: it needs no names of namespaces there, and nothing of the page looks like an address.
fn in_page(svg: &str) -> String {
    let head = svg.find("viewBox").unwrap_or(0);
    format!("<svg {}", svg.get(head..).unwrap_or_default())
}

/// A title always has both languages, so that the page's head can take one.
fn as_text(title: &Value) -> Value {
    match title {
        Value::String(text) => json!({ "zh": text, "en": text }),
        other => other.clone(),
    }
}

impl Sharing<'_> {
    fn theme_name(&self, theme: Theme) -> Value {
        both(|lang| match theme {
            Theme::Base => lang.t("topic.base").to_owned(),
            theme => self.district.indicators.themes().name(theme, lang),
        })
    }

    /// The rings of each village, positions as differences from the one before: borders that neighbours share are simplified together.
    fn shapes(&mut self, loaded: &Loaded) -> Vec<Value> {
        loaded.chunks.find_topology();
        let of_level = |level: Level| -> Vec<LevelShape> {
            loaded
                .chunks
                .list
                .iter()
                .map(|chunk| LevelShape::new(&loaded.chunks, chunk, level, &loaded.towns))
                .collect()
        };
        let mut level = Level::FULL;
        let mut shapes = of_level(level);
        while shapes.iter().map(|s| s.points.len()).sum::<usize>() > MOST_POSITIONS {
            let Some(coarser) = level.coarser() else { break };
            level = coarser;
            shapes = of_level(level);
        }
        let mut rings: Vec<Vec<Value>> = vec![Vec::new(); self.villages.len()];
        for shape in &shapes {
            for (i, part) in shape.parts.iter().enumerate() {
                let village = self.district.members.village_of(part.feature);
                let slot = village.and_then(|v| self.number.get(&v)).and_then(|n| rings.get_mut(*n));
                let Some(slot) = slot else { continue };
                slot.extend(shape.rings(i).filter_map(|ring| self.deltas(ring)));
            }
        }
        rings.into_iter().map(Value::from).collect()
    }

    fn deltas(&self, ring: &[GridPos]) -> Option<Value> {
        let mut out: Vec<i64> = Vec::with_capacity(ring.len() * 2);
        let mut last = [0, 0];
        for position in ring {
            let at = self.grid.of(position.to_world());
            if !out.is_empty() && at == last {
                continue;
            }
            out.extend([at[0] - last[0], at[1] - last[1]]);
            last = at;
        }
        (out.len() >= 6).then(|| Value::from(out))
    }

    /// Name, code, town, group, readings of the name, and where the name stands.
    fn of_villages(&self) -> Vec<Value> {
        let one = |v: &FeatureId| {
            let name = self.district.villages.display_name(*v);
            let at = self.district.stand(*v).map_or([0, 0], |p| self.grid.of_lonlat(p));
            json!([
                name,
                self.district.text(*v, Role::Code),
                self.district.town_name(*v),
                self.district.text(*v, Role::Group),
                readings_of(&name),
                at[0],
                at[1],
            ])
        };
        self.villages.iter().map(one).collect()
    }

    /// The indicators that go in, and the years.
    fn indicators(&mut self) -> (Vec<usize>, Vec<i32>) {
        let all = self.district.indicators.all();
        let is_wanted = |i: &Indicator| self.options.figures.is_empty() || self.options.figures.contains(&i.id);
        let known = |at: &usize| self.district.observations.has(*at);
        let list: Vec<usize> = (0..all.len()).filter(known).collect();
        let (wanted, others): (Vec<usize>, Vec<usize>) =
            list.into_iter().partition(|at| all.get(*at).is_some_and(is_wanted));
        if !others.is_empty() {
            let why = "not-asked";
            self.left_out.push(LeftOut { what: "figures", count: others.len(), why });
        }
        let mut years = self.district.observations.years().to_vec();
        let figures = wanted.len() * self.villages.len();
        let kept = if !self.options.all_years || figures * years.len() > MOST_FIGURES {
            1.min(years.len())
        } else {
            years.len()
        };
        if kept < years.len() {
            let why = if self.options.all_years { "too-large" } else { "not-asked" };
            self.left_out.push(LeftOut { what: "years", count: years.len() - kept, why });
            years.drain(..years.len() - kept);
        }
        (wanted, years)
    }

    /// An indicator with its values, by year; once where they are the same in all of them.
    fn values(&self, position: usize, years: &[i32]) -> Value {
        let Some(indicator) = self.district.indicators.all().get(position) else { return Value::Null };
        let scale = 10f64.powi(i32::from(indicator.decimals.max(2)));
        let number = |x: f64| {
            let x = (x * scale).round() / scale;
            if x.fract() == 0.0 && x.abs() < 9e15 { Value::from(x as i64) } else { Value::from(x) }
        };
        let of = |year: Option<i32>| -> Vec<Value> {
            let value = |v: &FeatureId| self.district.value(position, year, *v).map_or(Value::Null, number);
            self.villages.iter().map(value).collect()
        };
        let mut values = Map::new();
        let lists: Vec<Vec<Value>> = years.iter().map(|y| of(Some(*y))).collect();
        match lists.first() {
            Some(first) if lists.iter().any(|l| l != first) => {
                values.extend(years.iter().map(ToString::to_string).zip(lists.into_iter().map(Value::from)));
            }
            Some(first) => {
                values.insert(String::new(), Value::from(first.clone()));
            }
            None => {
                values.insert(String::new(), Value::from(of(None)));
            }
        }
        let categories: Vec<Value> = indicator
            .values
            .iter()
            .map(|c| both(|l| if l == Lang::En { c.en.clone() } else { c.zh.clone() }))
            .collect();
        json!({
            "id": indicator.id, "name": both(|l| indicator.name(l).to_owned()), "unit": both(|l| indicator.unit(l).to_owned()),
            "theme": indicator.theme.key(), "decimals": indicator.decimals,
            "categories": if categories.is_empty() { Value::Null } else { Value::from(categories) }, "values": values,
        })
    }

    /// The maps: an indicator in a year, with its classes. Each with what it was made from; and which is shown first.
    fn maps(&self, indicators: &[usize], years: &[i32]) -> (Vec<(MapSpec, Value)>, usize) {
        let district = &self.district;
        let years: Vec<Option<i32>> =
            if years.is_empty() { vec![None] } else { years.iter().map(|y| Some(*y)).collect() };
        let mut maps = Vec::new();
        let themes: Vec<Theme> = district.indicators.themes().maps().collect();
        for theme in themes {
            for (measure, position) in indicators.iter().enumerate() {
                if district.indicators.all().get(*position).is_none_or(|i| i.theme != theme) {
                    continue;
                }
                for year in &years {
                    let spec = MapSpec { indicator: *position, year: *year, since: None, free_classes: false };
                    maps.extend(self.map(&spec, theme, measure).map(|m| (spec, m)));
                }
            }
        }
        let shown = self.session.map_spec();
        let is_shown = |m: &(MapSpec, Value)| shown.is_some_and(|s| (s.indicator, s.year) == (m.0.indicator, m.0.year));
        let first = maps.iter().position(is_shown).unwrap_or(0);
        (maps, first)
    }

    fn map(&self, spec: &MapSpec, theme: Theme, measure: usize) -> Option<Value> {
        let colouring = choropleth(&self.district, spec, self.session.indicator_look(spec.indicator), &|_| true)?;
        let only = colouring.legend.len() == 1;
        let class = |v: &FeatureId| {
            colouring
                .class_of(*v)
                .filter(|c| *c < colouring.legend.len())
                .and_then(|c| char::from_u32(48 + c as u32))
                .unwrap_or('-')
        };
        let classes: String = self.villages.iter().map(class).collect();
        if classes.chars().all(|c| c == '-') {
            return None;
        }
        let label = |lang: Lang, class: &LegendClass| {
            let of = if lang == Lang::En { &self.words[1] } else { &self.words[0] };
            of.legend_text(class, only, false)
        };
        let legend: Vec<Value> = colouring
            .legend
            .iter()
            .map(|r| json!({ "colour": hex_of(r.colour), "label": both(|l| label(l, &r.class)), "count": r.count }))
            .collect();
        let year = spec.year.map(|y| y.to_string()).unwrap_or_default();
        Some(json!({
            "theme": theme.key(), "measure": measure, "year": year, "legend": legend, "missing": colouring.missing, "classes": classes,
        }))
    }

    /// Facilities in use, by kind.
    fn facilities(&mut self) -> Value {
        let district = self.district.clone();
        if !self.options.facilities {
            if !district.facilities.is_empty() {
                self.left_out.push(LeftOut { what: "facilities", count: district.facilities.len(), why: "not-asked" });
            }
            return json!({ "kinds": [], "points": [] });
        }
        let year = self.session.year();
        let mut kinds: Vec<(SymbolKind, usize)> = Vec::new();
        let mut points: Vec<Value> = Vec::new();
        let (mut not_drawn, mut beyond) = (0, 0);
        for facility in &district.facilities {
            let Some(kind) = SymbolKind::of(facility, year) else {
                not_drawn += 1;
                continue;
            };
            if points.len() >= MOST_PLACES {
                beyond += 1;
                continue;
            }
            let at = kinds.iter().position(|(k, _)| *k == kind).unwrap_or_else(|| {
                kinds.push((kind, 0));
                kinds.len() - 1
            });
            if let Some(slot) = kinds.get_mut(at) {
                slot.1 += 1;
            }
            let [x, y] = self.grid.of_lonlat(facility.at);
            points.push(json!([at, facility.name, x, y]));
        }
        for (count, why) in [(not_drawn, "not-drawn"), (beyond, "too-large")] {
            if count > 0 {
                self.left_out.push(LeftOut { what: "facilities", count, why });
            }
        }
        let kind = |(k, count): &(SymbolKind, usize)| {
            let name = both(|l| l.find(&format!("symbol.{}", k.key())).unwrap_or(k.key()).to_owned());
            json!({ "name": name, "colour": hex_of(k.colour()), "theme": k.theme().key(), "count": count })
        };
        json!({ "kinds": kinds.iter().map(kind).collect::<Vec<Value>>(), "points": points })
    }

    /// The gaps of the year shown.
    fn gaps(&mut self) -> Vec<Value> {
        let rules = Rules::with(&self.session.document.project.rules);
        let list = find_gaps(&self.district, self.session.year(), &rules);
        let all = list.gaps.len();
        if !self.options.gaps || all > MOST_PLACES {
            let why = if self.options.gaps { "too-large" } else { "not-asked" };
            if all > 0 {
                self.left_out.push(LeftOut { what: "gaps", count: all, why });
            }
            return Vec::new();
        }
        let one = |gap: &crate::rules::Gap| {
            let rule = rules.get(&gap.rule);
            let village = gap.village.and_then(|v| self.number.get(&v)).map_or(-1, |n| *n as i64);
            let at = gap.at.map(|p| self.grid.of_lonlat(p));
            json!({
                "v": village, "s": gap.severity.key(), "rule": both(|l| rule.map_or_else(|| gap.rule.clone(), |r| r.name(l).to_owned())),
                "why": both(|l| gap.reason(&self.district, rule, l)), "x": at.map(|a| a[0]), "y": at.map(|a| a[1]),
            })
        };
        list.gaps.iter().map(one).collect()
    }

    /// The scenes, each with the map that it shows.
    fn scenes(&mut self, maps: &[(MapSpec, Value)], indicators: &[usize]) -> Vec<Value> {
        let scenes = self.session.document.project.scenes.clone();
        let (mut list, mut without_map) = (Vec::new(), 0);
        for scene in &scenes {
            let mut still = self.session.still();
            still.view = scene.view.clone();
            let spec = still.map_spec();
            let map = spec.and_then(|s| maps.iter().position(|(m, _)| (m.indicator, m.year) == (s.indicator, s.year)));
            // Of an indicator or a year that is not in the file.
            without_map += usize::from(
                spec.is_some() && map.is_none() || spec.is_some_and(|s| !indicators.contains(&s.indicator)),
            );
            let [w, h] = scene.map_size.unwrap_or([1000.0, 700.0]);
            let look = scene.camera.map(|c| {
                let camera = crate::session::Camera::from_project(c);
                let px = camera.points_per_world();
                let corner = |dx: f64, dy: f64| {
                    self.grid.of(WorldPos { x: camera.centre.x + dx / px, y: camera.centre.y + dy / px })
                };
                let ([x0, y0], [x1, y1]) = (corner(-w / 2.0, -h / 2.0), corner(w / 2.0, h / 2.0));
                [x0, y0, x1, y1]
            });
            let is_it = |v: &FeatureId| {
                scene.selected.as_ref().is_some_and(|wanted| {
                    [Role::Code, Role::Name].into_iter().any(|r| self.district.text(*v, r) == *wanted)
                })
            };
            let village = self.villages.iter().position(is_it).map_or(-1, |n| n as i64);
            let own = |of: fn(&crate::project::SceneEntry, Lang) -> &str| both(|l| of(scene, l).to_owned());
            list.push(json!({
                "name": own(|s, l| s.name_in(l)), "title": own(|s, l| s.title_in(l)), "note": own(|s, l| s.note_in(l)),
                "map": map, "box": look, "village": village,
            }));
        }
        if without_map > 0 {
            let why = "no-map";
            self.left_out.push(LeftOut { what: "scenes", count: without_map, why });
        }
        list
    }

    /// Charts of each indicator in the latest year, as SVG in both languages.
    fn charts(&mut self, indicators: &[usize]) -> Vec<Value> {
        let has_few = self.villages.len() <= MOST_DOTS;
        let mut charts = Vec::new();
        for (measure, position) in indicators.iter().enumerate() {
            let Some((theme, id)) = self.district.indicators.all().get(*position).map(|i| (i.theme, i.id.clone()))
            else {
                continue;
            };
            for words in &mut self.words {
                words.view.theme = Some(theme);
                words.view.measures.insert(theme.key().to_owned(), id.clone());
                words.view.focus = None;
                words.find_focus();
                words.roll();
                if self.options.gaps {
                    words.find_gaps();
                }
            }
            for kind in ChartKind::ALL.into_iter().filter(|k| has_few || *k != ChartKind::Dots) {
                let [zh, en] = self.words.each_ref().map(|words| {
                    // Another indicator of the theme is not what was asked about.
                    let is_meant = words.map_spec().is_some_and(|m| m.indicator == *position);
                    let chart = words.chart(kind, By::Town).filter(|_| is_meant)?;
                    Some(in_page(&chart_svg(&chart, CHART_WIDE, words.lang)))
                });
                if let (Some(zh), Some(en)) = (zh, en) {
                    let name = both(|l| l.find(&format!("chart.{}", kind.key())).unwrap_or(kind.key()).to_owned());
                    charts.push(json!({ "measure": measure, "name": name, "svg": { "zh": zh, "en": en } }));
                }
            }
        }
        charts
    }

    /// Photos of villages, made small, as addresses of data.
    fn photos(&mut self) -> Value {
        use base64::Engine as _;
        let mut of: Map<String, Value> = Map::new();
        let placed = self.session.photos_by_village();
        let all: usize = placed.iter().map(|(_, list)| list.len()).sum();
        let Some(side_px) = self.options.photos_px else {
            if all > 0 {
                self.left_out.push(LeftOut { what: "photos", count: all, why: "not-asked" });
            }
            return Value::Object(of);
        };
        let mut put = 0;
        for (village, list) in placed {
            let Some(number) = self.number.get(&village) else { continue };
            let mut pictures = Vec::new();
            for photo in list.iter().take(MOST_PHOTOS) {
                let Some(picture) = crate::survey::picture_of(&photo.file, side_px) else { continue };
                let rgb = image::DynamicImage::ImageRgba8(picture).to_rgb8();
                let mut bytes = Vec::new();
                let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 72);
                if rgb.write_with_encoder(encoder).is_ok() {
                    let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
                    pictures.push(Value::String(format!("data:image/jpeg;base64,{text}")));
                }
            }
            put += pictures.len();
            of.insert(number.to_string(), Value::from(pictures));
        }
        if put < all {
            let why = "four";
            self.left_out.push(LeftOut { what: "photos", count: all - put, why });
        }
        Value::Object(of)
    }
}
