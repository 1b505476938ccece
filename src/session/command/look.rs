//! Commands about how the district is looked at: theme, year, focus, divider.

use crate::lang::Lang;
use crate::model::Theme;
use crate::project::Focus;
use crate::session::meeting::Left;

/// What a person can do about how the district is looked at: theme, year, focus, divider.
#[derive(Clone, Debug, PartialEq)]
pub enum LookCommand {
    /// Show the map of a theme; `None`: layers show their own fields.
    SetTheme(Option<Theme>),
    /// Show the map of the project's own theme at this place in their order.
    SetOwnTheme(usize),
    /// Which indicator a theme's map shows.
    SetMeasure(Theme, String),
    /// The year shown.
    SetYear(i32),
    /// The next or previous year.
    StepYear(i32),
    /// Let the years pass, or stop.
    PlayYears,
    /// Show the change since a year; `None`: the figures themselves.
    ShowChange(Option<i32>),
    /// Whether class bounds follow the year.
    SetFreeClasses(bool),
    /// Radius around clinics in metres.
    SetRadius(f64),
    /// Draw the area within the radius or not.
    ShowCoverage(bool),
    /// Show or hide symbols of a kind under the present theme.
    ShowSymbols(String, bool),
    /// Narrow everything to a town or group; `None`: to nothing.
    SetFocus(Option<Focus>),
    /// Show something else on the left of a divider, or beside.
    Divide(Left),
    /// Move the divider by a share of the map's width.
    MoveDivider(f32),
    /// How long a year stands while the years pass, in seconds.
    SetPace(f64),
    /// Take a figure of a town, a group or all villages apart, by the indicator's position.
    Unfold(usize, Option<Focus>),
    /// Language of the villages' names; `None` follows the interface.
    SetNameLanguage(Option<Lang>),
}

impl LookCommand {
    /// The command's words in the language files.
    pub fn key(&self) -> &'static str {
        match self {
            Self::SetTheme(_) | Self::SetOwnTheme(_) => "command.topic",
            Self::SetMeasure(..) => "command.measure",
            Self::SetYear(_) => "command.year",
            Self::StepYear(n) if *n > 0 => "command.next-year",
            Self::StepYear(_) => "command.previous-year",
            Self::PlayYears => "command.play",
            Self::ShowChange(_) => "command.change",
            Self::SetFreeClasses(_) => "command.free-classes",
            Self::SetRadius(_) => "command.radius",
            Self::ShowCoverage(_) => "command.coverage",
            Self::ShowSymbols(..) => "command.symbols",
            Self::SetFocus(_) => "command.focus",
            Self::Unfold(..) => "command.unfold",
            Self::SetNameLanguage(_) => "command.name-language",
            Self::SetPace(_) => "meeting.pace",
            Self::Divide(_) | Self::MoveDivider(_) => "meeting.divide",
        }
    }
}
