//! The region and window that a closure is called for, and its memory.

use crate::innovation::{About, Memory};
use crate::script::bridge::options::options;
use crate::time::Time;
use rhai::{Dynamic, Map};

/// The map `about` that closures of schemes take last: region, window, start, members, memory, and
/// what the scheme adds to it.
pub fn about_map(about: &About, members: usize, more: Vec<(&str, Dynamic)>) -> Dynamic {
    let start = about.start.map_or(Dynamic::UNIT, Dynamic::from);
    let mut map = Map::from_iter([
        ("region".into(), about.region.clone().into()),
        ("window".into(), (about.window as i64).into()),
        ("start".into(), start),
        ("members".into(), (members as i64).into()),
        ("memory".into(), shared_map(&about.memory)),
    ]);
    map.extend(more.into_iter().map(|(key, value)| (key.into(), value)));
    map.into()
}

/// The map kept in a memory; what a closure changes in it is kept.
fn shared_map(memory: &Memory) -> Dynamic {
    memory.get_or(|| Dynamic::from_map(Map::new()).into_shared())
}

options! {
    /// Where a script says that a scheme is used.
    pub struct AboutOptions of "about" {
        /// The name of the region, which is passed to a function of your own.
        region: String = String::new(),
        /// The number of the window, which is passed to a function of your own.
        window: usize = 0,
        /// The date at which the window starts, which is passed to a function of your own.
        start: Option<Time>,
        /// What a function of your own keeps from window to window, made by analysis::memory().
        memory: Option<Memory>,
    }
}

impl AboutOptions {
    /// Region, window and memory.
    pub fn about(self) -> About {
        About {
            region: self.region,
            window: self.window,
            start: self.start,
            memory: self.memory.unwrap_or_default(),
        }
    }
}
