//! What a closure is told of where it is, and its memory.

use crate::error::Result;
use crate::innovation::{About, Memory};
use crate::script::Options;
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

/// Where a script says that a scheme is used: the options `region`, `window`, `start` and
/// `memory`.
pub fn about_from(o: &mut Options) -> Result<About> {
    Ok(About {
        region: o.or("region", String::new())?,
        window: o.or("window", 0)?,
        start: o.find("start")?,
        memory: o
            .handle::<Memory>("memory", "a memory, such as analysis::memory()")?
            .unwrap_or_default(),
    })
}
