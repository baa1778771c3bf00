//! Numbers by name, as maps of a script give them: `#{ in_situ: 2.0, satellite: 0.5 }`.

use crate::error::Error;
use crate::script::bridge::value::{FromScript, read};
use rhai::Dynamic;
use std::collections::BTreeMap;

impl FromScript for BTreeMap<String, f64> {
    fn expected() -> String {
        "a map of numbers".into()
    }
    fn from_script(value: &Dynamic) -> Option<Self> {
        let map = value.as_map_ref().ok()?;
        let number = |v| f64::from_script(v);
        map.iter()
            .map(|(name, v)| Some((name.to_string(), number(v)?)))
            .collect()
    }
    fn reason(value: &Dynamic) -> Option<Error> {
        let map = value.as_map_ref().ok()?;
        map.iter()
            .find_map(|(name, v)| read::<f64>(&format!("the value of {name}"), v).err())
    }
    fn shown(&self) -> String {
        let all: Vec<String> = self.iter().map(|(k, v)| format!("{k}: {v}")).collect();
        match all[..] {
            [] => "#{}".into(),
            _ => format!("#{{ {} }}", all.join(", ")),
        }
    }
}
