//! What every reader of soundings can be told.

use crate::observation::Thinning;
use crate::observation::operator::Vertical;
use crate::time::Time;

/// How soundings are read, whatever the format.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The name of their source, in place of the format's own.
    pub source: Option<String>,
    /// Whether each kind is a source of its own: `oco2_nadir_land`, ...
    pub by_kind: bool,
    /// Soundings before this instant are left out.
    pub start: Option<Time>,
    /// Soundings at this instant or later are left out.
    pub end: Option<Time>,
    /// In what their levels are matched with the model's.
    pub vertical: Vertical,
    /// How the soundings of each file are joined.
    pub thinning: Option<Thinning>,
}
