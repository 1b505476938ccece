//! Commands about finished pages.

use std::path::PathBuf;

use crate::district::By;
use crate::project::ChartKind;
use crate::session::{FoundPage, ShareOptions};

/// What a person can do about finished pages.
#[derive(Clone, Debug, PartialEq)]
pub enum PageCommand {
    /// Put a page together.
    PageDialogue,
    /// Copy the page as the text of an SVG.
    CopySvg,
    /// Copy the table of the page as cells.
    CopyTable,
    /// Ask where the page is to go.
    SavePageDialogue,
    /// Write the page: SVG, PNG or PDF by the file's ending.
    SavePageTo(PathBuf),
    /// Hand the page to the system for printing.
    PrintPage,
    /// Ask where the atlas is to go; by town or by village.
    AtlasDialogue(bool),
    /// Write the atlas.
    SaveAtlasTo(PathBuf, bool),
    /// Stop making the atlas.
    CancelAtlas,
    /// Ask for a folder for a picture of every year.
    YearSeriesDialogue,
    /// Write a picture of the page for every year into a folder.
    SaveYearSeriesTo(PathBuf),
    /// Ask what goes into a file for anyone.
    ShareDialogue,
    /// Ask where that file is to go.
    AskShare(ShareOptions),
    /// Write a file for anyone.
    ShareTo(ShareOptions, PathBuf),
    /// Ask where the scenes are to go as slides.
    AskSlides,
    /// Write the scenes as slides.
    SlidesTo(PathBuf),
    /// Look for the page of a code, of the text of a QR code, or of a picture of it.
    BackTo(String),
    /// Show a page again.
    ShowPage(Box<FoundPage>),
    /// Copy a chart as a picture.
    CopyChart(ChartKind, By),
    /// Ask where a chart is to go.
    ChartDialogue(ChartKind, By),
    /// Write a chart: SVG or PNG by the file's ending.
    SaveChartTo(PathBuf, ChartKind, By),
    /// Say why a page was not found.
    PageLost(String),
}

impl PageCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::PageDialogue => "page.dialogue",
            Self::SavePageDialogue | Self::SavePageTo(_) => "page.save",
            Self::PrintPage => "page.print",
            Self::CopySvg => "page.copy-svg",
            Self::CopyTable => "page.copy-table",
            Self::AtlasDialogue(_) | Self::SaveAtlasTo(..) => "page.atlas",
            Self::CancelAtlas => "command.cancel",
            Self::CopyChart(..) | Self::ChartDialogue(..) | Self::SaveChartTo(..) => "chart.title",
            Self::BackTo(_) | Self::ShowPage(_) | Self::PageLost(_) => "page.code",
            Self::ShareDialogue | Self::AskShare(_) | Self::ShareTo(..) | Self::AskSlides | Self::SlidesTo(_) => {
                "share.title"
            }
            Self::YearSeriesDialogue | Self::SaveYearSeriesTo(_) => "page.years-series",
        }
    }
}
