//! Finished pages: one vector page as SVG, and from that PNG and PDF. What is on the page is what is on the screen: the same
//! classes, colours, hatch and order, taken from the same session.

mod atlas;
mod chart;
mod compose;
mod content;
mod format;
mod ground;
mod joined;
mod labels;
mod layers;
mod map;
mod metrics;
mod notes;
mod order_sheet;
mod others;
mod output;
mod photos;
mod round_sheet;
mod svg;
mod village;

pub use crate::project::{Arrangement, PageOptions, PageWithout};
pub use atlas::{AtlasProgress, atlas};
pub use chart::{ChartAnchor, ChartDrawing, ChartInk, ChartMark, chart_drawing, chart_height, chart_svg};
pub use compose::{map_frame, map_svg, page_mark, page_svg, title_is_cut};
pub use content::PageContent;
pub use format::PageFormat;
pub use map::{MapFrame, scale_bar_of};
pub use metrics::missing_glyphs;
pub use order_sheet::order_sheets;
pub use output::{PageError, grey, to_pdf, to_png, write_page};
pub use photos::{PhotoJpeg, photo_jpeg};
pub use round_sheet::{SheetStop, SheetTour, round_sheets, tour_name};
