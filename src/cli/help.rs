//! What the program says of its commands: the list, each command by itself with examples, the manual page, completions for shells. All made of
//! one text.

use std::collections::BTreeSet;

use super::Failure;
use super::say;
use crate::lang::Lang;
use crate::read::formats::READERS;

/// The list of commands; a command's lines begin at its name and end at the next.
pub(super) const HELP: &str = "\
千村 Qiancun: one map of every village

  qiancun [FILE…] [--demo] [--lang zh|en] [--dark]  open the window: files, a project, what was opened lately, or the
          [--safe]                                  demonstration; --safe: without settings and what was kept, drawn by
                                                    a program
  qiancun check FILE[#LAYER]… [--json]              format, encoding, CRS, counts, fields, problems, of every layer
                [--crs C] [--encoding E]            read as you say: EPSG:n, GCJ-02, BD-09, swapped; GBK, Big5, twice
                [--reference VILLAGES]              the coordinate doctor: which shift or system fits the villages
                [--against VILLAGES]                a table: how it is laid out, which rows find their villages
                [--layout FILE.toml]                the layout as you say: sheet, head_rows, first_row, [columns]
  qiancun info FILE [--json]                        per village: area, perimeter, a point inside
  qiancun form fill PROJECT FORM.xlsx -o F.xlsx [--year Y] [--layout L.toml] [--json]
                                                    a form of somebody else, filled with the figures
  qiancun pick FILE (--at LON,LAT | --points CSV) [--json]
  qiancun nearest VILLAGES FACILITIES [--kind K] [--json]
  qiancun classify FILE --field F --method M --classes K [--breaks a,b,…] [--json]
  qiancun shot [FILE|PROJECT] -o F.png|.jpg [--size WxH] [--scale S] [--lang zh|en] [--dark] [--field F]
                 [--show table|summary|gaps|scenes]
  qiancun summary PROJECT [--by town|group|district] [--year Y] [--radius M] [--json]
  qiancun chart PROJECT [--kind groups|years|ranking|target|dots] [--by town|group] [--theme T|INDICATOR] [--year Y]
                 [-o F.svg|.png] [--lang zh|en] [--json]    a chart of what the map shows, with what is to be seen in a sentence
  qiancun gaps PROJECT [--year Y] [--since Y] [--against PROJECT] [--rule R] [--lang zh|en] [--json]
                [-o F.xlsx|.csv|.gpkg|.geojson|.gpx|.kml [--by-town] [--from LON,LAT] [--crs gcj02|bd09]]
                                                    what is missing, where, and why; as a field sheet
  qiancun render PROJECT -o F.png|.svg|.pdf [--theme T] [--year Y] [--page a4|a3|a4-portrait|a3-portrait|1080p|4k]
                 [--lang zh|en] [--title T] [--template NAME] [--grey] [--gaps] [--before YEAR]
                                                    one finished page; with gaps marked; divided against a year
  qiancun atlas PROJECT -o F.pdf [--by-town] [--theme T] [--year Y] [--lang zh|en] [--gaps]
                                                    a page for every village or town
  qiancun survey add PROJECT --gap KEY --result R [--note T] [--photo F[;F…]] [--place LON,LAT] [--by WHO] [--at TIME]
                 [--sure]                           --sure: a time in the future, or long ago, is meant
  qiancun survey add PROJECT --batch                the same, one JSON object a line on standard input
  qiancun survey list PROJECT|LOG [--history] [--json]
  qiancun survey correct PROJECT|LOG ID [--result R] [--note T] [--by WHO] [--at TIME]
  qiancun survey withdraw PROJECT|LOG ID            take a visit back; its events stay
  qiancun survey export PROJECT|LOG -o F.xlsx|.csv|.geojson|.gpkg
  qiancun survey import PROJECT FILE… [--dry-run] [--sure] [--findings] [--json]   filled sheets: XLSX, CSV, GeoJSON,
                                                    GeoPackage; --findings: rows too that are no gap of the map
  qiancun survey merge PROJECT|LOG OTHER… [--dry-run] [--json]  take in what colleagues recorded
  qiancun survey adopt PROJECT LOG                  give a log whose project was renamed the project's name
  qiancun decision add PROJECT --village CODE|--gap KEY --what T [--who W] [--unit U] [--due DAY] [--by WHO]
                                                    record what a meeting decided, in the survey log; prints its id
  qiancun decision list PROJECT|LOG [--on DAY] [--names] [-o F.pdf|.xlsx|.csv] [--json]   late, open and done; PDF: orders on
                                                    paper, a page for each unit; --names: persons are named
  qiancun decision done|reopen|withdraw PROJECT|LOG ID
  qiancun reports import PROJECT TABLE…|FOLDER [--dry-run] [--json]   what residents and grid staff report (hotline, 平安通, a group's table):
                                                    matched to villages and open gaps, each row once
  qiancun reports list PROJECT|LOG [--names] [-o F.xlsx|.csv] [--json]   new, known, settled, wrong; the file answers whoever sent them
  qiancun reports settled|wrong|reopen PROJECT|LOG ID
  qiancun people PROJECT [--from TABLE] [--json]    who answers for what, and villages without anyone; --from: take in a table
  qiancun field plan PROJECT --people N --days D [--start LON,LAT] [--end LON,LAT] [--hours H] [--speed KM/H] [--factor F]
                 [--minutes M|RULE=M,…] [--roads FILE] [--urgent-first] [--seconds S] [--json]   the open gaps divided among
                                                    people and days; --roads: ways on the lines of FILE[#LAYER], as fast as their
                                                    classes let one
  qiancun field export PROJECT -o DIR [--people N --days D …as plan] [--navigate amap|baidu|tencent|geo] [--lang zh|en]
                 [--json]                           a round for phones: GeoPackage and QGIS project, a form for Kobo and ODK;
                                                    for each person sheets for paper, routes for devices and for Ovital
  qiancun field import PROJECT FOLDER|FILE… [--dry-run] [--sure] [--findings] [--json]   what phones bring back
  qiancun field photos PROJECT FOLDER [--result R] [--near] [--by WHO] [--dry-run] [--json]   photos told apart by the
                                                    codes of the sheets, and put to the visits of their gaps
  qiancun convert FILE[#LAYER] OUT [--to-crs EPSG:n|gcj02|bd09] [--crs C] [--encoding E]
                                                    the same layer in another format or system: .gpkg .shp .geojson
                                                    .fgb .kml .gpx .csv .xlsx
  qiancun map PROJECT --bounds W,S,E,N -o F.png [--size WxH] [--theme T] [--year Y] [--lang zh|en] [--dark] [--json]
                                                    the map alone, as the window draws it, between bounds
  qiancun open CODE|PHOTO [--project P] [--json]    the view of a printed page again: by the code on it, or by a photo of it;
                                                    says which data have changed since
  qiancun pack PROJECT -o F.zip [--log] [--notes] [--people] [--no-ground] [--no-photos] [--json]   one archive with project and data, to be
                                                    sent; the survey log and notes go along only where asked for
  qiancun unpack F.zip [-o DIR] [--json]            its folder, beside nothing that is there
  qiancun preflight PROJECT [--lang zh|en] [--json] what an audience would trip over, in every scene and on the page
  qiancun share PROJECT -o F.pptx [--lang zh|en]    the scenes as slides, texts and legend as real shapes
  qiancun share PROJECT -o F.html [--figures ID,ID…] [--latest] [--no-facilities] [--no-gaps] [--photos PX] [--lang zh|en]
                 [--json]                           one file that opens in any browser, without a network
  qiancun bench FILE [--moves N] [--start [--idle S]] [--json]   this machine's figures; --start: of the real window too
  qiancun demo OUT_DIR                              write the demonstration district
  qiancun demo [OUT_DIR] --villages N [--vertices V] write a country of N villages, for measuring

Results of visits: confirmed, closed, wrong, unreachable. Methods: manual, equal, quantile, pretty, fisher-jenks. Exit codes: 0 done, 1 the input could not be used, 2 wrong usage.
";

/// What each command is for, in Chinese; the lines of [`HELP`] say how it is written.
const IN_CHINESE: &[(&str, &str)] = &[
    ("check", "检查文件：格式、编码、坐标系、字段和问题；表格如何对上村庄；坐标医生"),
    ("info", "每个村的面积、周长和村内一点"),
    ("form", "用现有数据填写别人的表格"),
    ("pick", "某点落在哪个村"),
    ("nearest", "每个村最近的设施"),
    ("classify", "按字段分级"),
    ("shot", "把窗口存成图片"),
    ("summary", "按镇街、山前山后或全区汇总"),
    ("chart", "图表，并用一句话说出要点"),
    ("gaps", "缺什么、在哪、为什么；导出核查单"),
    ("render", "一张成品图"),
    ("atlas", "每村或每镇一页的图册"),
    ("survey", "核查记录：添加、列出、更正、撤回、导出、导入、合并"),
    ("decision", "会上决定：记录、列出、交办单"),
    ("reports", "居民诉求（平安通、12345）：导入、列出、办结"),
    ("people", "谁负责什么，哪些村没有负责人"),
    ("field", "外业：排路线、导出到手机、收回结果、分拣照片"),
    ("convert", "换格式或坐标系"),
    ("map", "只要地图，按范围出图"),
    ("open", "由打印页上的码或它的照片回到当时的视图"),
    ("pack", "项目连同数据打成一个包"),
    ("unpack", "解开项目包"),
    ("preflight", "开会前检查：观众会在哪里看不懂"),
    ("share", "导出为网页或幻灯片"),
    ("bench", "测量本机的速度"),
    ("demo", "生成示范区，或若干村的演练数据"),
];

fn in_chinese(command: &str) -> &'static str {
    IN_CHINESE.iter().find(|(name, _)| *name == command).map_or("", |(_, words)| words)
}

/// The list of commands in a language.
fn list(lang: Lang) -> String {
    if lang == Lang::En {
        return format!("{HELP}\nReads:\n{}", formats());
    }
    let commands: String = commands().iter().map(|c| format!("  qiancun {c:<10} {}\n", in_chinese(c))).collect();
    format!(
        "千村 Qiancun：一张图看全所有村庄\n\n  qiancun [文件…]    打开窗口：文件、项目、最近打开的，或示范区（--demo、--dark、--safe、--lang zh|en）\n{commands}\n每个命令的写法：qiancun help 命令。核查结果：confirmed 属实，closed 已解决，wrong 不存在，unreachable 未能到达。\n{}\n\n可读：\n{}",
        codes(lang),
        formats()
    )
}

fn codes(lang: Lang) -> &'static str {
    match lang {
        Lang::En => CODES,
        Lang::Zh => "退出码：0 完成，1 输入不能用，2 写法不对。",
    }
}

/// Commands as people use them.
const EXAMPLES: &[(&str, &[&str])] = &[
    (
        "check",
        &[
            "qiancun check villages.zip",
            "qiancun check villages.gpkg#towns --json",
            "qiancun check figures.xlsx --against villages.geojson",
            "qiancun check toilets.csv --reference villages.geojson",
        ],
    ),
    ("info", &["qiancun info villages.shp --json"]),
    ("form", &["qiancun form fill district.qiancun form.xlsx --year 2025 -o filled.xlsx"]),
    ("pick", &["qiancun pick villages.geojson --at 116.11,40.05"]),
    ("nearest", &["qiancun nearest villages.geojson facilities.geojson --kind clinic"]),
    ("classify", &["qiancun classify villages.geojson --field population --method quantile --classes 5"]),
    ("shot", &["qiancun shot district.qiancun -o window.png --size 1920x1080 --lang zh"]),
    ("summary", &["qiancun summary district.qiancun --by town --json"]),
    ("chart", &["qiancun chart district.qiancun --kind ranking --theme sewage_treatment_pct -o ranking.svg"]),
    (
        "gaps",
        &[
            "qiancun gaps district.qiancun",
            "qiancun gaps district.qiancun -o sheet.xlsx --by-town",
            "qiancun gaps district.qiancun -o gaps.kml --crs gcj02",
        ],
    ),
    (
        "render",
        &[
            "qiancun render district.qiancun -o page.pdf --page a3 --theme toilets",
            "qiancun render district.qiancun -o page.png --gaps --before 2018",
        ],
    ),
    ("atlas", &["qiancun atlas district.qiancun -o atlas.pdf"]),
    (
        "survey",
        &[
            "qiancun survey add district.qiancun --gap KEY --result confirmed --photo spot.jpg --by 王",
            "qiancun survey import district.qiancun filled.xlsx --dry-run",
            "qiancun survey merge district.qiancun colleague.survey.gpkg",
        ],
    ),
    (
        "decision",
        &[
            "qiancun decision add district.qiancun --village 110108029001 --what 改造公厕 --unit 环卫中心 --due 2026-12-31",
            "qiancun decision list district.qiancun -o orders.pdf",
        ],
    ),
    (
        "reports",
        &[
            "qiancun reports import district.qiancun hotline.xlsx --dry-run",
            "qiancun reports list district.qiancun -o answers.xlsx",
        ],
    ),
    ("people", &["qiancun people district.qiancun --from staff.xlsx"]),
    (
        "field",
        &[
            "qiancun field plan district.qiancun --people 3 --days 2",
            "qiancun field plan district.qiancun --people 2 --roads roads.shp --minutes 15,T1=30",
            "qiancun field export district.qiancun -o round --people 3 --days 2 --navigate amap",
            "qiancun field photos district.qiancun photos --result confirmed",
            "qiancun field import district.qiancun round",
        ],
    ),
    (
        "convert",
        &["qiancun convert villages.zip villages.gpkg", "qiancun convert villages.geojson villages.kml --to-crs gcj02"],
    ),
    ("map", &["qiancun map district.qiancun --bounds 116.0,39.9,116.4,40.2 -o map.png --size 1600x1200"]),
    ("open", &["qiancun open K7M2-9QXD --project district.qiancun", "qiancun open photo.jpg"]),
    (
        "pack",
        &["qiancun pack district.qiancun -o district.zip", "qiancun pack district.qiancun -o all.zip --log --notes"],
    ),
    ("unpack", &["qiancun unpack district.zip -o projects"]),
    ("preflight", &["qiancun preflight district.qiancun"]),
    ("share", &["qiancun share district.qiancun -o district.html", "qiancun share district.qiancun -o meeting.pptx"]),
    ("bench", &["qiancun bench villages.geojson --json", "qiancun bench district.qiancun --start"]),
    ("demo", &["qiancun demo demonstration", "qiancun demo country --villages 50000"]),
];

/// The name of the command that a line of the list begins; `None` for lines that go on.
fn command_of(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("  qiancun ")?;
    let name = rest.split([' ', '\t']).next()?;
    name.starts_with(|c: char| c.is_ascii_lowercase()).then_some(name)
}

/// The lines of a command; empty where there is none of that name.
fn lines_of(command: &str) -> Vec<&'static str> {
    let mut lines = Vec::new();
    let mut is_in = false;
    for line in HELP.lines() {
        if line.starts_with("  qiancun ") {
            is_in = command_of(line) == Some(command);
        } else if !line.starts_with("   ") {
            is_in = false;
        }
        if is_in {
            lines.push(line);
        }
    }
    lines
}

/// The names of all commands, in the order of the list.
pub(super) fn commands() -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for name in HELP.lines().filter_map(command_of) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Options that a command's lines name, with their dashes.
fn options_of(command: &str) -> BTreeSet<String> {
    let text = lines_of(command).join(" ");
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.filter(|w| w.starts_with("--") && w.len() > 3 || *w == "-o").map(str::to_owned).collect()
}

fn examples_of(command: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(name, _)| *name == command).map_or(&[], |(_, list)| list)
}

const CODES: &str = "Exit codes: 0 done, 1 the input could not be used, 2 wrong usage.";

/// What one command does, with examples.
fn of(command: &str, lang: Lang) -> String {
    let examples: String = examples_of(command).iter().map(|e| format!("  {e}\n")).collect();
    let (lines, codes) = (lines_of(command).join("\n"), codes(lang));
    match lang {
        Lang::En => format!("{lines}\n\nExamples:\n{examples}\n{codes}\n"),
        Lang::Zh => format!("{}\n\n{lines}\n\n示例：\n{examples}\n{codes}\n", in_chinese(command)),
    }
}

/// What is said after wrong usage: how the command is written, where it is known which.
pub(super) fn after_wrong_usage(arguments: &[std::ffi::OsString]) -> String {
    let command = arguments.first().and_then(|a| a.to_str()).unwrap_or_default();
    match lines_of(command) {
        lines if lines.is_empty() => "qiancun help".to_owned(),
        lines => format!("{}\n\nqiancun help {command}", lines.join("\n")),
    }
}

fn formats() -> String {
    READERS.iter().map(|r| format!("  {}: .{}\n", r.title(), r.endings().join(" ."))).collect()
}

/// The manual page (man 7 groff_man): section 1.
fn manual() -> String {
    let kept = |text: &str| {
        let text = text.replace('\\', "\\e").replace('-', "\\-");
        text.replace("\n.", "\n\\&.").replace("\n'", "\n\\&'")
    };
    let mut out = format!(
        ".TH QIANCUN 1 \"\" \"qiancun {}\" \"User Commands\"\n.SH NAME\nqiancun \\- one map of every village\n.SH SYNOPSIS\n.B qiancun\n[FILE...]\n.br\n.B qiancun\nCOMMAND ...\n",
        env!("CARGO_PKG_VERSION")
    );
    out += ".SH DESCRIPTION\nOpens village boundaries, tables and facilities, and shows what is missing where. Without a command the window opens: on the files given, a project, or the demonstration.\n.SH COMMANDS\n";
    for command in commands() {
        out += &format!(".SS {command}\n.nf\n{}\n.fi\n", kept(&lines_of(command).join("\n")));
        for example in examples_of(command) {
            out += &format!(".PP\n.B {}\n", kept(example));
        }
    }
    out += &format!(".SH FILES THAT ARE READ\n.nf\n{}.fi\n", kept(&formats()));
    out += &format!(".SH EXIT STATUS\n{}\n", kept(CODES));
    out
}

/// Completions for a shell: commands first, then their options and files.
fn completions(shell: &str) -> Result<String, Failure> {
    let commands = commands();
    let words = |command: &str| options_of(command).into_iter().collect::<Vec<_>>().join(" ");
    let list = commands.join(" ");
    Ok(match shell {
        "bash" => {
            let cases: String = commands.iter().map(|c| format!("    {c}) words=\"{}\" ;;\n", words(c))).collect();
            format!(
                "_qiancun() {{\n  local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"{list} help\"; else case \"${{COMP_WORDS[1]}}\" in\n{cases}  esac; fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n  local IFS=$'\\n'\n  COMPREPLY+=($(compgen -f -- \"$word\"))\n}}\ncomplete -o filenames -F _qiancun qiancun\n"
            )
        }
        "zsh" => {
            let cases: String = commands.iter().map(|c| format!("    {c}) compadd -- {} ;;\n", words(c))).collect();
            format!(
                "#compdef qiancun\n_qiancun() {{\n  if (( CURRENT == 2 )); then compadd -- {list} help; _files; return; fi\n  case \"$words[2]\" in\n{cases}  esac\n  _files\n}}\n_qiancun \"$@\"\n"
            )
        }
        "fish" => {
            let mut out = format!("complete -c qiancun -n __fish_use_subcommand -a '{list} help'\n");
            for command in &commands {
                for option in options_of(command).iter().filter_map(|o| o.strip_prefix("--").map(str::to_owned)) {
                    out += &format!("complete -c qiancun -n '__fish_seen_subcommand_from {command}' -l {option}\n");
                }
            }
            out
        }
        other => return Err(Failure::Usage(format!("--completions is one of bash, zsh, fish, not {other}"))),
    })
}

/// `qiancun help [COMMAND]`, `--man`, `--completions SHELL`.
pub(super) fn run(mut parser: lexopt::Parser) -> Result<(), Failure> {
    let text = match parser.next()? {
        None => list(say::lang_said().unwrap_or_else(Lang::of_system)),
        Some(lexopt::Arg::Long("man")) => manual(),
        Some(lexopt::Arg::Long("completions")) => completions(&super::args::text(&mut parser)?)?,
        Some(lexopt::Arg::Value(name)) => {
            let name = name.to_string_lossy().into_owned();
            if name == "help" {
                return run(lexopt::Parser::from_args(Vec::<String>::new()));
            }
            if !commands().contains(&name.as_str()) {
                return Err(Failure::Usage(format!("there is no command {name}; there are {}", commands().join(", "))));
            }
            of(&name, say::lang_said().unwrap_or_else(Lang::of_system))
        }
        Some(other) => return Err(other.unexpected().into()),
    };
    say::say(format_args!("{text}"), "");
    Ok(())
}

/// Says what a command does, where its arguments ask for that.
pub(super) fn asked(arguments: &[std::ffi::OsString]) -> Option<String> {
    let command = arguments.first()?.to_str()?;
    let asks = arguments.iter().skip(1).any(|a| a == "--help" || a == "-h");
    let lang = || say::lang_said().unwrap_or_else(Lang::of_system);
    (asks && commands().contains(&command)).then(|| of(command, lang()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_lines_options_and_examples_that_use_them() {
        let commands = commands();
        assert!(commands.len() > 18, "{commands:?}");
        for command in &commands {
            assert!(!lines_of(command).is_empty() && !examples_of(command).is_empty(), "{command}");
            assert!(!in_chinese(command).is_empty(), "{command}");
            let options = options_of(command);
            for example in examples_of(command) {
                for word in example.split(' ').filter(|w| w.starts_with('-')) {
                    assert!(options.contains(word), "{example}: {word} is not among {options:?}");
                }
            }
        }
        assert!(manual().contains(".SS field") && manual().starts_with(".TH"));
        for shell in ["bash", "zsh", "fish"] {
            assert!(completions(shell).is_ok_and(|c| c.contains("share")));
        }
        assert!(completions("sh").is_err());
    }
}
