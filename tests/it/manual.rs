//! The manual says what there is: every command, button and key that it names exists.

use std::path::Path;

use crate::program::qiancun;

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a text")
}

/// What stands between two marks.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|p| p.split(close).next()).collect()
}

#[test]
fn commands_named_in_the_manual_exist() {
    for name in ["docs/manual.zh-CN.md", "docs/manual.en.md", "README.md"] {
        let text = text(name);
        let commands = text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("qiancun "));
        let mut seen = 0;
        for command in commands.filter_map(|c| c.split_whitespace().next()).filter(|c| !c.starts_with('-')) {
            seen += 1;
            let known = matches!(command, "help" | "COMMAND") || qiancun(&[command, "--help"]).status.success();
            assert!(known, "{name}: there is no command {command}");
        }
        assert!(seen >= 2, "{name}");
    }
}

#[test]
fn buttons_named_in_the_manual_have_these_words() {
    for (manual, language, [open, close]) in [
        ("docs/manual.zh-CN.md", "assets/lang/zh-CN.toml", ["“", "”"]),
        ("docs/manual.en.md", "assets/lang/en.toml", ["*", "*"]),
    ] {
        let (manual_text, words) = (text(manual), text(language));
        let values: Vec<&str> = words.lines().filter_map(|l| l.split_once(" = \"")?.1.strip_suffix('"')).collect();
        let plain = |t: &str| t.trim_end_matches('…').trim_end_matches('.').to_owned();
        let mut seen = 0;
        for button in between(&manual_text, open, close).into_iter().filter(|b| b.ends_with('…')) {
            seen += 1;
            let is_there = values.iter().any(|v| plain(v) == plain(button));
            assert!(is_there, "{manual}: nothing in the window says {button}");
        }
        assert!(seen >= 6, "{manual}: {seen}");
    }
}

#[test]
fn keys_named_in_the_manual_do_something() {
    let offered: Vec<String> = qiancun::session::offered()
        .iter()
        .flat_map(|o| o.shortcuts.iter().map(|s| format!("{}{}", modifiers(s.modifiers), s.logical_key.name())))
        .collect();
    for name in ["docs/manual.zh-CN.md", "docs/manual.en.md"] {
        let text = text(name);
        let keys: Vec<String> = text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|k| k.starts_with("Ctrl ") || k.starts_with("Shift ") || (k.len() <= 3 && k.starts_with('F')))
            .map(|k| k.replace("Ctrl Shift ", "Ctrl+Shift+").replace("Ctrl ", "Ctrl+").replace("Shift ", "Shift+"))
            .collect();
        assert!(keys.len() >= 8, "{keys:?}");
        for key in keys {
            // F2 is of the table alone.
            assert!(key == "F2" || offered.contains(&key), "{name}: {key} does nothing; there are {offered:?}");
        }
    }
}

fn modifiers(m: egui::Modifiers) -> String {
    format!("{}{}", if m.command || m.ctrl { "Ctrl+" } else { "" }, if m.shift { "Shift+" } else { "" })
}
