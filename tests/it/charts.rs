//! Charts: their numbers against the other commands, their place on pages, slides and shared files.

use std::io::Read;

use crate::program::{json, qiancun};
use crate::survey::{copied, path};

#[test]
fn bars_are_the_summary_and_the_worst_villages_those_of_the_table() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let of = |kind: &str| {
        json(&[
            "chart",
            &project,
            "--kind",
            kind,
            "--theme",
            "sewage_treatment_pct",
            "--year",
            "2023",
            "--lang",
            "zh",
            "--json",
        ])
        .0
    };
    let (summary, _) = json(&["summary", &project, "--by", "town", "--year", "2023", "--json"]);
    let rows = summary["rows"].as_array().expect("rows");
    let chart = of("groups");
    let bars = chart["bars"].as_array().expect("bars");
    assert_eq!(bars.len(), rows.len());
    for bar in bars {
        let row = rows.iter().find(|r| r["name"] == bar["name"]).expect("the town");
        assert_eq!(row["indicators"]["sewage_treatment_pct"]["value"], bar["value"]);
    }
    // Best first, and the last one is named.
    let values: Vec<f64> = bars.iter().map(|b| b["value"].as_f64().expect("a value")).collect();
    assert!(values.is_sorted_by(|a, b| a >= b));
    assert!(
        chart["sentence"]
            .as_str()
            .expect("words")
            .starts_with(bars.last().expect("one")["name"].as_str().expect("a name"))
    );
    // The ten worst, from the table itself.
    let table = std::fs::read_to_string(path(&dir, "indicators.csv")).expect("the table");
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    let heads: Vec<&str> = lines.next().expect("heads").split(',').collect();
    let column =
        |name: &str| heads.iter().position(|h| *h == name || h.starts_with(&format!("{name} "))).expect("a column");
    let (code, year, rate) = (column("code"), column("year"), column("sewage_treatment_pct"));
    let mut known: Vec<(f64, String)> = lines
        .map(|l| l.split(',').collect::<Vec<_>>())
        .filter(|c| c[year] == "2023")
        .filter_map(|c| Some((c[rate].parse().ok()?, c[code].to_owned())))
        .collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let ranking = of("ranking");
    let worst: Vec<f64> = ranking["bars"]
        .as_array()
        .expect("bars")
        .iter()
        .take(10)
        .map(|b| b["value"].as_f64().expect("a value"))
        .collect();
    assert_eq!(worst, known.iter().take(10).map(|k| k.0).collect::<Vec<_>>());
    // All villages are points.
    let dots = of("dots");
    let points: usize =
        dots["dots"].as_array().expect("rows").iter().map(|d| d["values"].as_array().map_or(0, Vec::len)).sum();
    let known: u64 =
        rows.iter().map(|r| r["indicators"]["sewage_treatment_pct"]["known"].as_u64().expect("known")).sum();
    assert_eq!(points as u64, known);
    assert_eq!(qiancun(&["chart", &project, "--kind", "pie"]).status.code(), Some(2));
}

#[test]
fn a_chart_stands_on_the_page_on_the_slide_and_in_the_shared_file() {
    let dir = copied();
    let project = path(&dir, "haidian.qiancun");
    let text = std::fs::read_to_string(&project).expect("the project");
    let with = text.replacen("[[scene]]", "[[scene]]\nchart = \"target\"", 1);
    let own = path(&dir, "charts.qiancun");
    let with = match with.contains("\n[page]\n") {
        true => with.replacen("\n[page]\n", "\n[page]\nchart = \"groups\"\n", 1),
        false => format!("{with}\n[page]\nchart = \"groups\"\n"),
    };
    std::fs::write(&own, with).expect("written");
    let sentence = json(&["chart", &own, "--lang", "zh", "--json"]).0["sentence"].as_str().expect("words").to_owned();
    let svg = path(&dir, "page.svg");
    assert!(qiancun(&["render", &own, "-o", &svg, "--lang", "zh"]).status.success());
    let begins: String = sentence.chars().take(8).collect();
    assert!(std::fs::read_to_string(&svg).expect("a page").contains(&begins), "{begins}");
    let pptx = path(&dir, "s.pptx");
    assert!(qiancun(&["share", &own, "-o", &pptx, "--lang", "zh"]).status.success());
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&pptx).expect("slides")).expect("an archive");
    let mut slide = String::new();
    archive.by_name("ppt/slides/slide1.xml").expect("a slide").read_to_string(&mut slide).expect("text");
    assert!(slide.contains("name=\"Bar\"") && slide.contains("达标的村"));
    let html = path(&dir, "s.html");
    assert!(qiancun(&["share", &own, "-o", &html]).status.success());
    let html = std::fs::read_to_string(&html).expect("a page");
    assert!(html.contains("\"charts\":[{") && html.len() < 3_000_000, "{} bytes", html.len());
}
