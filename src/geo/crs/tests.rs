use super::*;

/// Made with GDAL 3.6.2 and its PROJ (`gdaltransform -s_srs EPSG:n -t_srs EPSG:4326 -output_xy`, `PROJ_NETWORK=OFF`, axes in the
/// traditional order).
#[test]
fn zones_agree_with_proj_and_come_back() {
    for (code, at, (lon, lat)) in ORACLE {
        let system = System::of_epsg(code).expect("a definition");
        let mut there = [at];
        assert_eq!(system.to_degrees(&mut there), 0);
        let far = super::super::distance_m(LonLat::new(there[0][0], there[0][1]), LonLat::new(lon, lat));
        assert!(far < 1e-3, "EPSG:{code}: {there:?} is {far} m off");
        assert_eq!(system.of_degrees(&mut there), 0);
        assert!((there[0][0] - at[0]).abs() < 1e-3 && (there[0][1] - at[1]).abs() < 1e-3, "EPSG:{code}: {there:?}");
    }
}

/// Code, easting and northing, longitude and latitude.
const ORACLE: [(u32, [f64; 2], (f64, f64)); 28] = [
    (4498, [20423234.746, 4438800.069], (116.100000005079, 40.0799999978356)),
    (4509, [423234.746, 4438800.069], (116.100000005079, 40.0799999978356)),
    (4527, [39427499.538, 4438758.131], (116.150000003648, 40.0799999967308)),
    (4528, [40495202.51, 3381085.864], (119.949999997493, 30.5500000024763)),
    (4548, [427499.538, 4438758.131], (116.150000003648, 40.0799999967308)),
    (4549, [495202.51, 3381085.864], (119.949999997493, 30.5500000024763)),
    (4513, [25525840.986, 4362954.646], (75.2999999963378, 39.4000000006075)),
    (4533, [45477655.704, 5329590.265], (134.699999994522, 48.0999999979229)),
    (4534, [525840.986, 4362954.646], (75.2999999963378, 39.4000000006075)),
    (4554, [477655.704, 5329590.265], (134.699999994521, 48.0999999979229)),
    (4491, [13543068.379, 4363030.986], (75.4999999963257, 39.3999999977978)),
    (4501, [23462687.372, 5318548.586], (134.499999998829, 47.9999999995558)),
    (4502, [543068.379, 4363030.986], (75.4999999963257, 39.3999999977978)),
    (4512, [462687.372, 5318548.586], (134.499999998829, 47.9999999995558)),
    (32650, [427528.538, 4436982.628], (116.150000001459, 40.0799999979617)),
    (32651, [347564.774, 3452870.047], (121.399999997218, 31.2000000025103)),
    (32750, [406445.057, 9060323.115], (116.15000000445, -8.49999999837281)),
    (3857, [12929758.856, 4877574.481], (116.150000003245, 40.0800000016447)),
    (2154, [652301.565, 6861302.726], (2.35000000229807, 48.8500000009157)),
    (3035, [4356776.775, 2998754.271], (10.5000000038288, 50.0999999944567)),
    (5186, [200000.0, 544504.123], (127.0, 37.4999999956247)),
    (6677, [-12065.989, -33275.346], (139.699999995726, 35.6999999974185)),
    (3826, [300470.412, 2765870.634], (121.499999996918, 25.0000000029213)),
    (2443, [0.0, 0.0], (129.5, 33.0)),
    (23830, [255621.212, 1721135.808], (94.9999999986425, 1.99999999579273)),
    (5070, [0.0, 1662824.761], (-96.0, 37.9999999991957)),
    (3414, [29856.493, 31372.92], (103.850000004266, 1.30000000321261)),
    (4674, [-47.0, -15.0], (-47.0, -15.0)),
];

#[test]
fn names_of_all_kinds() {
    let name = |text: &str| System::of_name(text).map(|s| s.name().to_owned());
    for text in [
        "EPSG:4326",
        "WGS 84",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "OGC:CRS84",
        "http://www.opengis.net/def/crs/EPSG/0/4326",
    ] {
        assert_eq!(name(text).as_deref(), Some("EPSG:4326"), "{text}");
    }
    assert_eq!(name("urn:ogc:def:crs:EPSG:6.9:4674").as_deref(), Some("EPSG:4674"));
    assert_eq!(name("EPSG:900913").as_deref(), Some("EPSG:3857"));
    assert_eq!(name("gcj02").as_deref(), Some("GCJ-02"));
    assert_eq!(name("BD-09").as_deref(), Some("BD-09"));
    for text in ["", "nothing", "EPSG:", "EPSG:1", "?", "local 2000 grid", "x.prj"] {
        assert_eq!(name(text), None, "{text}");
    }
}

#[test]
fn texts_of_esri_find_their_codes() {
    let gk = |name: &str, geogcs: &str, easting: f64, meridian: f64| {
        format!(
            "PROJCS[\"{name}\",{geogcs},\
             PROJECTION[\"Gauss_Kruger\"],PARAMETER[\"False_Easting\",{easting}],PARAMETER[\"False_Northing\",0.0],\
             PARAMETER[\"Central_Meridian\",{meridian}],PARAMETER[\"Scale_Factor\",1.0],PARAMETER[\"Latitude_Of_Origin\",0.0],\
             UNIT[\"Meter\",1.0]]"
        )
    };
    let china = "GEOGCS[\"GCS_China_Geodetic_Coordinate_System_2000\",DATUM[\"D_China_2000\",\
                 SPHEROID[\"CGCS2000\",6378137.0,298.257222101]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
    let of = |text: &str| System::of_wkt(text).map(|s| s.name().to_owned());
    for (name, easting, code) in [
        ("CGCS2000_3_Degree_GK_Zone_39", 39_500_000.0, "EPSG:4527"),
        ("CGCS2000_3_Degree_GK_CM_117E", 500_000.0, "EPSG:4548"),
        ("CGCS2000_GK_Zone_20", 20_500_000.0, "EPSG:4498"),
        ("CGCS2000_GK_CM_117E", 500_000.0, "EPSG:4509"),
    ] {
        assert_eq!(of(&gk(name, china, easting, 117.0)).as_deref(), Some(code), "{name}");
    }
    let wgs = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
    assert_eq!(of(wgs).as_deref(), Some("EPSG:4326"));
    assert!(of("PROJCS[\"x\"]").is_none() && of("LOCAL_CS[\"x\",UNIT[\"m\",1]]").is_none());
}

#[test]
fn what_has_no_place_is_told_and_stops_nothing() {
    let zone = System::of_epsg(4527).expect("a definition");
    let mut at = [[39_427_500.0, 4_438_758.0], [f64::NAN, 0.0], [39_427_500.0, 4_438_758.0]];
    assert_eq!(zone.to_degrees(&mut at), 1);
    assert_eq!(at[0], at[2]);
    assert!(System::of_epsg(4267).is_some_and(|s| s.accuracy() == Accuracy::SomeMetres));
    assert_eq!(System::of_epsg(4610).map(|s| s.accuracy()), Some(Accuracy::Unknown));
    assert_eq!(System::of_epsg(2333).map(|s| s.accuracy()), Some(Accuracy::Unknown));
}

/// A position in a text's system as degrees.
fn place(wkt: &str, at: [f64; 2]) -> [f64; 2] {
    let system = System::of_wkt(wkt).unwrap_or_else(|| panic!("{wkt}"));
    let mut there = [at];
    assert_eq!(system.to_degrees(&mut there), 0);
    there[0]
}

const WGS: &str = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],\
                   UNIT[\"Degree\",0.0174532925199433]]";

/// The degrees are GDAL 3.6.2's (`ogr2ogr -t_srs EPSG:4326`).
#[test]
fn odd_texts_are_where_gdal_has_them() {
    let near = |wkt: &str, at: [f64; 2], right: [f64; 2]| {
        let there = place(wkt, at);
        let far = super::super::distance_m(LonLat::new(there[0], there[1]), LonLat::new(right[0], right[1]));
        assert!(far < 1.0, "{wkt}: {there:?} is {far} m from {right:?}");
    };
    // The parallel that is true to scale stands where others have the origin.
    let polar = format!(
        "PROJCS[\"sps\",{WGS},PROJECTION[\"Polar_Stereographic\"],PARAMETER[\"latitude_of_origin\",71],PARAMETER[\"central_meridian\",100],\
         PARAMETER[\"scale_factor\",1],PARAMETER[\"false_easting\",0],PARAMETER[\"false_northing\",0],UNIT[\"metre\",1]]"
    );
    near(&polar, [600_000.0, -3_000_000.0], [111.309_932_474_02, 62.368_851_405_002_2]);
    // Web Mercator on a sphere, as ArcGIS 9 wrote it, and with a meridian of its own.
    let sphere = "PROJCS[\"WGS_1984_Web_Mercator\",GEOGCS[\"s\",DATUM[\"D_WGS_1984_Major_Auxiliary_Sphere\",SPHEROID[\"s\",6378137.0,0.0]],\
                  PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Mercator\"],PARAMETER[\"Central_Meridian\",0.0],\
                  PARAMETER[\"Standard_Parallel_1\",0.0],UNIT[\"Meter\",1.0]]";
    near(sphere, [12_929_758.856, 4_877_574.481], [116.150_000_003_245, 40.080_000_001_644_7]);
    let moved = format!(
        "PROJCS[\"PDC\",{WGS},PROJECTION[\"Mercator_Auxiliary_Sphere\"],PARAMETER[\"Central_Meridian\",150.0],UNIT[\"Meter\",1.0]]"
    );
    near(&moved, [0.0, 4_877_574.481], [150.0, 40.080_000_001_644_7]);
    let said = "PROJCS[\"Google Maps Global Mercator\",GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563]],\
                PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Mercator_2SP\"],PARAMETER[\"standard_parallel_1\",0],\
                UNIT[\"Meter\",1],EXTENSION[\"PROJ4\",\"+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs\"]]";
    assert_eq!(System::of_wkt(said).map(|s| s.name().to_owned()).as_deref(), Some("EPSG:3857"));
    assert_eq!(System::of_epsg(3587).map(|s| s.name().to_owned()).as_deref(), Some("EPSG:3587"));
}

#[test]
fn units_of_angles_count_and_what_is_not_computed_is_not_guessed() {
    // NTF (Paris) / Lambert zone II (EPSG:27572) in grads, as ESRI writes it.
    let lambert = "PROJCS[\"NTF_Paris_Lambert_Zone_II\",GEOGCS[\"GCS_NTF_Paris\",DATUM[\"D_NTF\",SPHEROID[\"Clarke_1880_IGN\",6378249.2,293.4660212936265]],\
                   PRIMEM[\"Paris\",2.33722917],UNIT[\"Grad\",0.01570796326794897]],PROJECTION[\"Lambert_Conformal_Conic\"],\
                   PARAMETER[\"False_Easting\",600000.0],PARAMETER[\"False_Northing\",2200000.0],PARAMETER[\"Central_Meridian\",0.0],\
                   PARAMETER[\"Standard_Parallel_1\",52.0],PARAMETER[\"Scale_Factor\",0.99987742],PARAMETER[\"Latitude_Of_Origin\",52.0],UNIT[\"Meter\",1.0]]";
    let [lon, lat] = place(lambert, [600_000.0, 2_200_000.0]);
    assert!((lon - 2.3372).abs() < 0.01 && (lat - 46.8).abs() < 0.01, "{lon} {lat}");
    for wkt in [
        "GEOGCS[\"r\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Radian\",1.0]]",
        "PROJCS[\"k\",GEOGCS[\"GCS_S_JTSK\",DATUM[\"D_S_JTSK\",SPHEROID[\"Bessel_1841\",6377397.155,299.1528128]],PRIMEM[\"Greenwich\",0.0],\
         UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Krovak\"],PARAMETER[\"X_Scale\",-1.0],UNIT[\"Meter\",1.0]]",
    ] {
        assert!(System::of_wkt(wkt).is_none(), "{wkt}");
    }
    assert!(System::of_epsg(3167).is_none());
    // Without public parameters nothing ties a datum on another ellipsoid to WGS 84.
    assert_eq!(System::of_epsg(5174).map(|s| s.accuracy()), Some(Accuracy::Unknown));
}

/// For `tests/oracle/crs.py`: positions of the file `QIANCUN_ORACLE` (label, x, y, text; tabs between) as degrees, on standard output.
#[test]
#[ignore = "called by tests/oracle/crs.py with a file"]
fn places_for_the_oracle() {
    let Some(path) = std::env::var_os("QIANCUN_ORACLE") else { return };
    for line in std::fs::read_to_string(path).expect("the oracle's file").lines() {
        let mut parts = line.splitn(4, '\t');
        let (Some(label), Some(x), Some(y), Some(text)) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let Some(system) = System::of_name(text) else {
            println!("@{label}\tnone");
            continue;
        };
        let mut at = [[x.parse().expect("x"), y.parse().expect("y")]];
        system.to_degrees(&mut at);
        println!("@{label}\t{}\t{}\t{:?}\t{}", at[0][0], at[0][1], system.accuracy(), system.name());
    }
}
