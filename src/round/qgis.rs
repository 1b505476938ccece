//! A QGIS project as XML: only what QField's documentation names, in the words of QGIS 3.22 and later.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::qgis_style::{labels, renderer};
use crate::geo::BoundsDeg;

/// How a value is typed or chosen.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Widget {
    /// A line.
    #[default]
    Text,
    /// Several lines.
    Lines,
    /// One of these: words, value.
    Choice(Vec<(String, String)>),
    /// A photo that the phone takes, its path relative to the project.
    Photo,
    /// Day and time.
    Time,
    /// A feature of another layer, by a field of it.
    Relation {
        /// The other layer.
        layer: String,
        /// Its field.
        field: String,
    },
    /// Not shown.
    Hidden,
}

/// A field of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Its name in the file.
    pub name: String,
    /// Its name for people.
    pub alias: String,
    /// How it is filled in.
    pub widget: Widget,
    /// Whether it must be filled in.
    pub must_be: bool,
    /// Whether it is only shown.
    pub is_read_only: bool,
    /// An expression for new features; none where empty.
    pub default: String,
}

/// What a layer's features are coloured by: a field, and per value the words and the colour.
pub type Classes = (String, Vec<(String, String, [u8; 3])>);

/// A layer of the package.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its table.
    pub table: String,
    /// Its name for people.
    pub title: String,
    /// Whether it holds areas; points else.
    pub is_areas: bool,
    /// Its colour.
    pub colour: [u8; 3],
    /// What it is coloured by instead.
    pub classes: Option<Classes>,
    /// The field that stands beside features; none where empty.
    pub label: String,
    /// The field that names a feature in lists.
    pub display: String,
    /// Its fields; those not named are as QGIS has them.
    pub fields: Vec<Field>,
    /// A condition in SQL that features shown have to meet; all are shown where empty.
    pub subset: String,
}

impl Layer {
    /// A layer of points.
    pub fn points(table: &str, colour: [u8; 3]) -> Self {
        let table = table.to_owned();
        let [title, label, display, subset] = [const { String::new() }; 4];
        Self { table, title, is_areas: false, colour, classes: None, label, display, fields: Vec::new(), subset }
    }

    /// A layer of areas, drawn as outlines.
    pub fn areas(table: &str) -> Self {
        Self { is_areas: true, ..Self::points(table, [0x5b, 0x6b, 0x63]) }
    }

    fn id(&self) -> String {
        format!("qiancun_{}", self.table)
    }
}

/// A project.
pub struct QgisProject {
    /// Its title.
    pub title: String,
    /// The GeoPackage beside it.
    pub package: String,
    /// Its layers, the uppermost first.
    pub layers: Vec<Layer>,
    /// MBTiles beside it, the uppermost first.
    pub grounds: Vec<String>,
    /// A relation: layer and field that refer, layer and field that are referred to.
    pub relation: Option<(String, String, String, String)>,
    /// What is shown first.
    pub bounds: Option<BoundsDeg>,
}

pub(super) type Xml = Writer<Vec<u8>>;

pub(super) fn open(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())))
}

pub(super) fn close(xml: &mut Xml, name: &str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}

pub(super) fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.write_event(Event::Empty(BytesStart::new(name).with_attributes(attributes.iter().copied())))
}

fn text(xml: &mut Xml, name: &str, content: &str) -> io::Result<()> {
    open(xml, name, &[])?;
    xml.write_event(Event::Text(BytesText::new(content)))?;
    close(xml, name)
}

pub(super) fn option(xml: &mut Xml, kind: &str, name: &str, value: &str) -> io::Result<()> {
    empty(xml, "Option", &[("type", kind), ("name", name), ("value", value)])
}

/// WGS 84 longitude and latitude, as QGIS writes it.
fn wgs84(xml: &mut Xml) -> io::Result<()> {
    open(xml, "spatialrefsys", &[])?;
    for (name, content) in [
        ("proj4", "+proj=longlat +datum=WGS84 +no_defs"),
        ("srsid", "3452"),
        ("srid", "4326"),
        ("authid", "EPSG:4326"),
        ("description", "WGS 84"),
        ("projectionacronym", "longlat"),
        ("ellipsoidacronym", "EPSG:7030"),
        ("geographicflag", "true"),
    ] {
        text(xml, name, content)?;
    }
    close(xml, "spatialrefsys")
}

impl QgisProject {
    /// The project as `.qgs` has it.
    ///
    /// # Errors
    /// None in practice: it is written into memory.
    pub fn to_xml(&self) -> io::Result<Vec<u8>> {
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        xml.write_event(Event::DocType(BytesText::from_escaped("qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'")))?;
        open(&mut xml, "qgis", &[("projectname", &self.title), ("version", "3.22.0-Białowieża")])?;
        empty(&mut xml, "homePath", &[("path", "")])?;
        text(&mut xml, "title", &self.title)?;
        open(&mut xml, "projectCrs", &[])?;
        wgs84(&mut xml)?;
        close(&mut xml, "projectCrs")?;
        self.tree(&mut xml)?;
        let snapping = [("enabled", "0"), ("mode", "2"), ("type", "1"), ("tolerance", "12"), ("unit", "1")];
        empty(&mut xml, "snapping-settings", &snapping)?;
        self.relations(&mut xml)?;
        self.canvas(&mut xml)?;
        open(&mut xml, "projectlayers", &[])?;
        for layer in &self.layers {
            self.layer(&mut xml, layer)?;
        }
        for ground in &self.grounds {
            raster(&mut xml, ground)?;
        }
        close(&mut xml, "projectlayers")?;
        open(&mut xml, "layerorder", &[])?;
        for layer in &self.layers {
            empty(&mut xml, "layer", &[("id", &layer.id())])?;
        }
        close(&mut xml, "layerorder")?;
        open(&mut xml, "properties", &[])?;
        open(&mut xml, "Paths", &[])?;
        open(&mut xml, "Absolute", &[("type", "bool")])?;
        xml.write_event(Event::Text(BytesText::new("false")))?;
        close(&mut xml, "Absolute")?;
        close(&mut xml, "Paths")?;
        close(&mut xml, "properties")?;
        close(&mut xml, "qgis")?;
        Ok(xml.into_inner())
    }

    fn source(&self, layer: &Layer) -> String {
        let subset = if layer.subset.is_empty() { String::new() } else { format!("|subset={}", layer.subset) };
        format!("./{}|layername={}{subset}", self.package, layer.table)
    }

    fn tree(&self, xml: &mut Xml) -> io::Result<()> {
        open(xml, "layer-tree-group", &[])?;
        for layer in &self.layers {
            let source = self.source(layer);
            let attributes = [
                ("id", layer.id()),
                ("name", layer.title.clone()),
                ("providerKey", "ogr".to_owned()),
                ("source", source),
                ("checked", "Qt::Checked".to_owned()),
                ("expanded", "1".to_owned()),
            ];
            empty(xml, "layer-tree-layer", &attributes.each_ref().map(|(k, v)| (*k, v.as_str())))?;
        }
        for ground in &self.grounds {
            let (id, source) = (ground_id(ground), format!("./{ground}"));
            let name = ground.trim_end_matches(".mbtiles");
            let attributes = [
                ("id", id.as_str()),
                ("name", name),
                ("providerKey", "gdal"),
                ("source", &source),
                ("checked", "Qt::Checked"),
            ];
            empty(xml, "layer-tree-layer", &attributes)?;
        }
        close(xml, "layer-tree-group")
    }

    fn relations(&self, xml: &mut Xml) -> io::Result<()> {
        open(xml, "relations", &[])?;
        if let Some((layer, field, other, key)) = &self.relation {
            let (from, to) = (format!("qiancun_{layer}"), format!("qiancun_{other}"));
            let attributes = [
                ("id", "qiancun_relation"),
                ("name", layer),
                ("referencingLayer", &from),
                ("referencedLayer", &to),
                ("strength", "Association"),
            ];
            open(xml, "relation", &attributes)?;
            empty(xml, "fieldRef", &[("referencingField", field), ("referencedField", key)])?;
            close(xml, "relation")?;
        }
        close(xml, "relations")
    }

    fn canvas(&self, xml: &mut Xml) -> io::Result<()> {
        open(xml, "mapcanvas", &[("name", "theMapCanvas"), ("annotationsVisible", "1")])?;
        text(xml, "units", "degrees")?;
        if let Some([w, s, e, n]) = self.bounds.map(|b| b.sides()) {
            open(xml, "extent", &[])?;
            for (name, value) in [("xmin", w), ("ymin", s), ("xmax", e), ("ymax", n)] {
                text(xml, name, &value.to_string())?;
            }
            close(xml, "extent")?;
        }
        text(xml, "rotation", "0")?;
        open(xml, "destinationsrs", &[])?;
        wgs84(xml)?;
        close(xml, "destinationsrs")?;
        close(xml, "mapcanvas")
    }

    fn layer(&self, xml: &mut Xml, layer: &Layer) -> io::Result<()> {
        let labelled = if layer.label.is_empty() { "0" } else { "1" };
        let geometry = if layer.is_areas { "Polygon" } else { "Point" };
        let attributes = [
            ("type", "vector"),
            ("geometry", geometry),
            ("autoRefreshEnabled", "0"),
            ("hasScaleBasedVisibilityFlag", "0"),
            ("labelsEnabled", labelled),
        ];
        open(xml, "maplayer", &attributes)?;
        text(xml, "id", &layer.id())?;
        text(xml, "datasource", &self.source(layer))?;
        text(xml, "layername", &layer.title)?;
        open(xml, "srs", &[])?;
        wgs84(xml)?;
        close(xml, "srs")?;
        open(xml, "provider", &[("encoding", "UTF-8")])?;
        xml.write_event(Event::Text(BytesText::new("ogr")))?;
        close(xml, "provider")?;
        open(xml, "flags", &[])?;
        for (flag, value) in [("Identifiable", "1"), ("Removable", "0"), ("Searchable", "1")] {
            text(xml, flag, value)?;
        }
        close(xml, "flags")?;
        renderer(xml, layer)?;
        labels(xml, layer)?;
        self.form(xml, layer)?;
        text(xml, "previewExpression", &format!("\"{}\"", layer.display))?;
        close(xml, "maplayer")
    }

    /// Fields: how they are filled in, their names, what they begin with, what they must be.
    fn form(&self, xml: &mut Xml, layer: &Layer) -> io::Result<()> {
        open(xml, "fieldConfiguration", &[])?;
        for field in &layer.fields {
            open(xml, "field", &[("name", &field.name), ("configurationFlags", "None")])?;
            self.widget(xml, &field.widget)?;
            close(xml, "field")?;
        }
        close(xml, "fieldConfiguration")?;
        open(xml, "aliases", &[])?;
        for (i, field) in layer.fields.iter().enumerate() {
            empty(xml, "alias", &[("field", &field.name), ("index", &i.to_string()), ("name", &field.alias)])?;
        }
        close(xml, "aliases")?;
        open(xml, "defaults", &[])?;
        for field in layer.fields.iter().filter(|f| !f.default.is_empty()) {
            empty(xml, "default", &[("field", &field.name), ("expression", &field.default), ("applyOnUpdate", "0")])?;
        }
        close(xml, "defaults")?;
        open(xml, "constraints", &[])?;
        for field in layer.fields.iter().filter(|f| f.must_be) {
            let of = [
                ("field", field.name.as_str()),
                ("constraints", "1"),
                ("notnull_strength", "1"),
                ("unique_strength", "0"),
                ("exp_strength", "0"),
            ];
            empty(xml, "constraint", &of)?;
        }
        close(xml, "constraints")?;
        open(xml, "editable", &[])?;
        for field in &layer.fields {
            let editable = if field.is_read_only { "0" } else { "1" };
            empty(xml, "field", &[("name", &field.name), ("editable", editable)])?;
        }
        close(xml, "editable")
    }

    fn widget(&self, xml: &mut Xml, widget: &Widget) -> io::Result<()> {
        let kind = match widget {
            Widget::Text | Widget::Lines => "TextEdit",
            Widget::Choice(_) => "ValueMap",
            Widget::Photo => "ExternalResource",
            Widget::Time => "DateTime",
            Widget::Relation { .. } => "RelationReference",
            Widget::Hidden => "Hidden",
        };
        open(xml, "editWidget", &[("type", kind)])?;
        open(xml, "config", &[])?;
        open(xml, "Option", &[("type", "Map")])?;
        match widget {
            Widget::Text | Widget::Hidden => {}
            Widget::Lines => option(xml, "bool", "IsMultiline", "true")?,
            Widget::Choice(list) => {
                open(xml, "Option", &[("type", "List"), ("name", "map")])?;
                for (words, value) in list {
                    open(xml, "Option", &[("type", "Map")])?;
                    option(xml, "QString", words, value)?;
                    close(xml, "Option")?;
                }
                close(xml, "Option")?;
            }
            Widget::Photo => {
                // A picture, its path relative to the project's folder.
                for (kind, name, value) in [
                    ("int", "DocumentViewer", "1"),
                    ("bool", "FileWidget", "true"),
                    ("bool", "FileWidgetButton", "true"),
                    ("int", "RelativeStorage", "1"),
                    ("int", "StorageMode", "0"),
                    ("QString", "DefaultRoot", ""),
                ] {
                    option(xml, kind, name, value)?;
                }
            }
            Widget::Time => {
                for (kind, name, value) in [
                    ("bool", "allow_null", "true"),
                    ("bool", "calendar_popup", "true"),
                    ("QString", "display_format", "yyyy-MM-dd HH:mm:ss"),
                    ("QString", "field_format", "yyyy-MM-dd HH:mm:ss"),
                ] {
                    option(xml, kind, name, value)?;
                }
            }
            Widget::Relation { layer, field } => {
                let id = format!("qiancun_{layer}");
                let source = format!("./{}|layername={layer}", self.package);
                for (kind, name, value) in [
                    ("QString", "Relation", "qiancun_relation"),
                    ("QString", "ReferencedLayerId", &id),
                    ("QString", "ReferencedLayerDataSource", &source),
                    ("QString", "ReferencedLayerProviderKey", "ogr"),
                    ("QString", "ReferencedLayerName", layer),
                    ("QString", "ReferencedField", field),
                    ("bool", "AllowNULL", "false"),
                    ("bool", "OrderByValue", "true"),
                    ("bool", "ShowForm", "false"),
                ] {
                    option(xml, kind, name, value)?;
                }
            }
        }
        close(xml, "Option")?;
        close(xml, "config")?;
        close(xml, "editWidget")
    }
}

fn ground_id(ground: &str) -> String {
    format!("qiancun_{}", ground.replace(['.', '-'], "_"))
}

fn raster(xml: &mut Xml, ground: &str) -> io::Result<()> {
    open(xml, "maplayer", &[("type", "raster")])?;
    text(xml, "id", &ground_id(ground))?;
    text(xml, "datasource", &format!("./{ground}"))?;
    text(xml, "layername", ground.trim_end_matches(".mbtiles"))?;
    text(xml, "provider", "gdal")?;
    close(xml, "maplayer")
}
