use super::*;

#[test]
fn reserved_names_and_kinds_of_later_versions_survive_a_save() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("p.qiancun");
    let text = "version = 1 # kept\n[[page]]\ntitle = \"A\"\nid = \"one\"\n[[page]]\nid = \"two\"\n[[note]]\nid = \"n\"\nlon = 116.1\nlat = 40.1\n\
                [[person]]\nid = \"p\"\n[[decision]]\nid = \"d\"\n[[layer]]\npath = \"v.geojson\"\nkind = \"hologram\"\n";
    std::fs::write(&path, text).expect("written");
    let mut original = open(&path).expect("opened");
    assert!(original.not_understood.is_empty(), "{:?}", original.not_understood);
    assert_eq!(original.project.page.title, "A");
    assert_eq!(original.project.layers[0].kind, Some(crate::model::LayerKind::Other("hologram".into())));
    original.project.page.title = "B".into();
    save(&path, &original.project).expect("saved");
    let now = std::fs::read_to_string(&path).expect("read");
    assert_eq!(now, text.replace("\"A\"", "\"B\""));
}

#[test]
fn paths_written_on_windows_are_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let found = with_slashes(Path::new("data\\v.geojson"), folder.path());
    assert_eq!(found, if cfg!(windows) { Path::new("data\\v.geojson") } else { Path::new("data/v.geojson") });
    assert_eq!(with_slashes(Path::new("data/v.geojson"), folder.path()), Path::new("data/v.geojson"));
}

#[test]
fn what_is_no_text_is_told_with_its_line() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("a.qiancun");
    // As an editor saves it in GBK.
    std::fs::write(&path, b"version = 1\ntitle = \"\xba\xa3\xb5\xed\"\n").expect("written");
    let told = load(&path).expect_err("refused").to_string();
    assert!(told.contains("line 2 is not text in UTF-8"), "{told}");
}

#[test]
fn there_and_back_with_unknown_keys() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("a.qiancun");
    let source = "version = 1\ntitle = \"试\"\nfuture = 3\n\n[[layer]]\npath = \"../data/v.geojson\"\nglow = true\n\n[layer.theme]\nfield = \"x\"\nspin = \"left\"\n";
    std::fs::write(&path, source).expect("written");
    let project = load(&path).expect("opens");
    assert!(project.layers[0].path.is_absolute());
    assert!(!project.layers[0].path.to_string_lossy().contains(".."));
    save(&path, &project).expect("saved");
    let text = std::fs::read_to_string(&path).expect("read");
    for kept in ["future = 3", "glow = true", "spin = \"left\"", "path = \"../data/v.geojson\""] {
        assert!(text.contains(kept), "{kept} in\n{text}");
    }
    assert_eq!(load(&path).expect("opens again"), project);
}

#[test]
fn what_the_file_held_stays_where_it_stood() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("a.qiancun");
    let source = "# 海淀\nversion = 1 # format\n# the title\ntitle = \"a\" # kept\n\n[[edit]] # first\nvillage = \"V1\"\nwhat = \"population\"\nyear = 2023\nvalue = \"5\"\nfuture = [1, 2]\n\n# the second\n[[edit]]\nvillage = \"V2\"\nwhat = \"population\"\nvalue = \"6\"\n\n[[edit]]\nwhat = \"population\"\nvalue = 7 # no text\n\n[[layer]]\npath = \"./v.geojson\" # here\nglow = true\n\n[layer.theme]\nfield = \"x\"\n\n[[decision]]\nwho = \"甲\" # a later version\n";
    std::fs::write(&path, source).expect("written");
    let original = open(&path).expect("opens");
    assert_eq!(original.not_understood.len(), 1);
    let same = save_unseen(&path, &original.project, Some(&original), Some(source)).expect("saved");
    assert_eq!(same.text, source, "nothing changed");
    let mut project = original.project.clone();
    project.title = "b".into();
    project.edits.remove(0);
    project.edits.push(crate::model::Edit { village: "V3".into(), what: "x".into(), ..Default::default() });
    project.layers[0].opacity = 0.5;
    let saved = save_unseen(&path, &project, Some(&original), Some(source)).expect("saved");
    for kept in [
        "# 海淀",
        "# format",
        "# the title\ntitle = \"b\" # kept",
        "# the second",
        "value = 7 # no text",
        "path = \"./v.geojson\" # here",
        "glow = true",
        "who = \"甲\" # a later version",
        "opacity = 0.5",
    ] {
        assert!(saved.text.contains(kept), "{kept} in\n{}", saved.text);
    }
    assert!(!saved.text.contains("V1") && saved.text.contains("V3"));
    assert_eq!(saved.project, project);
    // Elsewhere, paths lead to the same files.
    std::fs::create_dir(dir.path().join("sub")).expect("made");
    let other = dir.path().join("sub/b.qiancun");
    let elsewhere = save_unseen(&other, &project, Some(&saved), Some("")).expect("saved");
    assert_eq!(elsewhere.project, project);
    assert!(elsewhere.text.contains("../v.geojson") && elsewhere.text.contains("# the second"));
    // Written by another meanwhile.
    std::fs::write(&path, "version = 1\n").expect("written");
    assert!(matches!(save_unseen(&path, &project, Some(&saved), Some(&saved.text)), Err(ProjectError::Changed { .. })));
    assert_eq!(std::fs::read_to_string(&path).expect("read"), "version = 1\n");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Whatever is taken out, moved, changed or added: the file says what was meant, and comments of what stays stay.
    #[test]
    fn saving_says_what_was_meant(order in proptest::collection::vec(0..8_usize, 0..8), values in proptest::collection::vec("[a-z]{0,3}", 8), title in "[a-z\"#\n]{0,6}") {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("a.qiancun");
        let mut source = "version = 1\n".to_owned();
        for i in 0..8 {
            source += &format!("# about {i}\n[[edit]]\nvillage = \"V{i}\"\nwhat = \"x\"\nvalue = \"{i}\"\nown = {i} # tail {i}\n");
            source += &format!("[[scene]]\nname = \"s{i}\" # scene {i}\n[scene.view]\nyear = 20{i}0\n");
        }
        std::fs::write(&path, &source).expect("written");
        let original = open(&path).expect("opens");
        let mut project = original.project.clone();
        let mut order = order;
        order.dedup();
        let mut seen = Vec::new();
        order.retain(|i| !seen.contains(i) && { seen.push(*i); true });
        project.edits = order.iter().map(|i| { let mut e = original.project.edits[*i].clone(); if *i % 2 == 1 { e.value = values[*i].clone(); } e }).collect();
        project.scenes = order.iter().rev().map(|i| original.project.scenes[*i].clone()).collect();
        project.title = title;
        let saved = save_unseen(&path, &project, Some(&original), None).expect("saved");
        proptest::prop_assert_eq!(&saved.project, &project);
        for i in order {
            proptest::prop_assert!(saved.text.contains(&format!("# tail {i}")) && saved.text.contains(&format!("# scene {i}")), "{} in\n{}", i, saved.text);
        }
    }
}

#[test]
fn a_project_of_a_later_format_opens_as_far_as_it_is_understood_and_is_not_damaged() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("a.qiancun");
    let text = "version = 99\ntitle = \"千村\"\nhologram = true\n[[layer]]\npath = \"v.geojson\"\nspin = 3\n";
    std::fs::write(&path, text).expect("written");
    let original = open(&path).expect("a project");
    assert_eq!((original.project.title.as_str(), original.project.layers.len()), ("千村", 1));
    assert_eq!(original.not_understood.first().map(|n| n.place.as_str()), Some("version"));
    let mut project = original.project.clone();
    project.title = "村".into();
    for _ in 0..2 {
        let saved = save_unseen(&path, &project, Some(&original), None).expect("saved");
        for kept in ["version = 99", "hologram = true", "spin = 3", "title = \"村\""] {
            assert!(saved.text.contains(kept), "{kept} in {}", saved.text);
        }
    }
    assert_eq!(std::fs::read_to_string(dir.path().join("a.before-1.qiancun")).expect("kept"), text);
    assert!(!dir.path().join("a.before-2.qiancun").exists());
}

#[test]
fn what_is_no_project_is_said() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("a.qiancun");
    std::fs::write(&path, "{}").expect("written");
    assert!(matches!(load(&path), Err(ProjectError::Syntax { .. })));
    assert!(matches!(load(&dir.path().join("none")), Err(ProjectError::Io { .. })));
}
