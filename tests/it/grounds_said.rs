//! What stands beside a ground or in its own facts says how it is to be taken: systems, datums, rows from the north, endings of files.

use qiancun::geo::{ChinaShift, LonLat, System};

use crate::grounds::{
    AREA, ZOOMS, check, colour, drawn, graded, lies, mbtiles, placed, png, project, tile, tiles, view,
};
use crate::program::{Folder, json};

#[test]
fn the_system_that_gdal_keeps_beside_a_picture_holds() {
    let folder = Folder::new();
    graded(&folder, "ortho.png");
    // Beijing 1954 / 3-degree Gauss-Krüger zone 39 (EPSG:2415): a datum that is good to tens of metres.
    let (west, north, side) = (39_434_000.0, 4_435_000.0, 5.0);
    placed(&folder, "ortho.pgw", [west, north], [side; 2]);
    let system = System::of_epsg(2415).expect("a definition");
    let wkt = System::wkt_of(2415).expect("a text").replace('"', "&quot;");
    folder.write(
        "ortho.png.aux.xml",
        format!("<PAMDataset>\n  <SRS dataAxisToSRSAxisMapping=\"2,1\">{wkt}</SRS>\n</PAMDataset>\n"),
    );
    let project = project(&folder, "path = \"ortho.png\"");
    let mut middle = [[west + 200.0 * side, north - 150.0 * side]];
    system.to_degrees(&mut middle);
    lies(&folder, &project, middle[0], |at| {
        let mut own = [[at.lon_deg, at.lat_deg]];
        system.of_degrees(&mut own);
        [(own[0][0] - west) / side, (north - own[0][1]) / side]
    });
    // And it is told how well that is.
    let (said, told) = json(&["check", &folder.text("ortho.png"), "--json"]);
    let entry = &said["files"][0];
    assert_eq!(entry["crs"], "EPSG:2415", "{said} {told}");
    assert_eq!(entry["problems"][0]["code"], "datum-beijing-54", "{said}");
    assert!(entry["problems"][0]["message"].as_str().is_some_and(|m| m.contains("EPSG:2415")), "{said}");
}

#[test]
fn a_picture_cut_out_of_a_shifted_map_lies_where_it_belongs() {
    for (datum, shift) in [("gcj02", ChinaShift::Gcj02), ("bd09", ChinaShift::Bd09)] {
        let folder = Folder::new();
        graded(&folder, "cut.png");
        // Pixels of some five metres, in degrees of the shifted map.
        let (west, north, [x, y]) = (116.23, 40.05, [0.00006, 0.000045]);
        placed(&folder, "cut.pgw", [west, north], [x, y]);
        let project = project(&folder, &format!("path = \"cut.png\"\ndatum = \"{datum}\""));
        let middle = shift.undo(LonLat::new(west + 200.0 * x, north - 150.0 * y));
        lies(&folder, &project, [middle.lon_deg, middle.lat_deg], |at| {
            let there = shift.of(at);
            [(there.lon_deg - west) / x, (north - there.lat_deg) / y]
        });
    }
}

#[test]
fn rows_are_counted_from_where_they_lie_whatever_the_file_says() {
    let folder = Folder::new();
    let bounds = AREA.map(|v| v.to_string()).join(",");
    // The specification counts from the south; `xyz` says otherwise, and is true of some files only.
    for (name, is_turned) in [("said.mbtiles", false), ("done.mbtiles", true)] {
        mbtiles(&folder.path(name), "");
        let c = rusqlite::Connection::open(folder.path(name)).expect("a database");
        c.execute("INSERT INTO metadata VALUES('scheme', 'xyz'), ('bounds', ?1)", [&bounds]).expect("said");
        if is_turned {
            c.execute_batch(
                "DROP INDEX i; UPDATE tiles SET tile_row = (1 << zoom_level) - 1 - tile_row;
                 CREATE UNIQUE INDEX i ON tiles(zoom_level, tile_column, tile_row);",
            )
            .expect("turned");
        }
        drop(c);
        let project = project(&folder, &format!("path = \"{name}\""));
        for zoom in [8, 12] {
            let (bounds, at) = view(zoom);
            check(&drawn(&folder, &project, bounds), zoom, at, None);
        }
    }
}

#[test]
fn a_folder_of_tiles_may_have_files_of_several_endings() {
    let folder = Folder::new();
    for (z, x, y) in ZOOMS.flat_map(tiles) {
        let column = folder.path("tiles").join(z.to_string()).join(x.to_string());
        std::fs::create_dir_all(&column).expect("a folder");
        let fine = || png(&image::RgbImage::from_pixel(512, 512, image::Rgb(colour(z, x, y))));
        match (x + y) % 3 {
            0 => std::fs::write(column.join(format!("{y}.png")), tile(z, x, y)),
            1 => std::fs::write(column.join(format!("{y}@2x.png")), fine()),
            // The name is wrong, the picture is not.
            _ => std::fs::write(column.join(format!("{y}.JPG")), tile(z, x, y)),
        }
        .expect("a tile");
    }
    let project = project(&folder, "path = \"tiles\"");
    for zoom in [7, 12, 14] {
        let (bounds, at) = view(zoom);
        check(&drawn(&folder, &project, bounds), zoom, at, None);
    }
}
