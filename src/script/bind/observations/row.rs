//! One observation as a map, for closures.

use crate::observation;
use crate::script::bind::table::row_map;
use rhai::{Dynamic, Map};

/// Observation `k` as a map: its properties and its attributes.
pub fn row(all: &observation::Observations, k: usize) -> Map {
    let o = &all.rows[k];
    let text = |of: &str| Dynamic::from(of.to_string());
    let mut map: Map = row_map(&all.attributes, k);
    map.extend([
        ("source".into(), text(&all.sources[o.source])),
        ("site".into(), text(&o.site)),
        ("kind".into(), text(&o.kind)),
        ("id".into(), text(o.id.as_deref().unwrap_or_default())),
        ("time".into(), Dynamic::from(o.time)),
        ("latitude".into(), o.latitude.into()),
        ("longitude".into(), o.longitude.into()),
        ("altitude".into(), o.altitude.into()),
        ("value_ppm".into(), (o.value * 1e6).into()),
        ("error_ppm".into(), (o.error * 1e6).into()),
        ("operator".into(), text(o.sampling.name())),
        ("block".into(), i64::from(o.block).into()),
        ("unit".into(), i64::from(o.unit).into()),
    ]);
    if let Some(interval) = o.interval {
        map.insert("start".into(), Dynamic::from(interval.start()));
        map.insert("end".into(), Dynamic::from(interval.end()));
    }
    map
}
