//! Scales of calibration of the values, which must not be mixed: X2019 lies about 0.17 ppm above
//! X2007 at 400 ppm (Hall et al. 2021, doi 10.5194/amt-14-3015-2021).

use super::Observations;
use crate::error::Warning;
use crate::table::{Column, Table};
use std::collections::BTreeMap;

impl Observations {
    /// A warning if the attribute `scale` names several scales, with the number of observations of
    /// each.
    pub fn mixed_scales(&self) -> Option<Warning> {
        let mut scales = BTreeMap::new();
        count(&self.attributes, "scale", scale_name, &mut scales);
        let each = scales.iter().map(|(name, n)| format!("{name} ({n})"));
        let each = each.collect::<Vec<_>>().join(", ");
        let text = format!(
            "the observations are of several scales of calibration: {each}; choose one of them"
        );
        (scales.len() > 1).then(|| Warning::new("mixed_scales", text))
    }
}

/// Adds the numbers of rows by what a column of text says, which may be nothing.
pub(super) fn count(
    table: &Table,
    column: &str,
    name: impl Fn(&str) -> String,
    counts: &mut BTreeMap<String, usize>,
) {
    let Some(Column::Text(texts)) = table.find(column) else {
        return;
    };
    for alike in texts.chunk_by(|a, b| a == b).filter(|c| !c[0].is_empty()) {
        *counts.entry(name(&alike[0])).or_insert(0) += alike.len();
    }
}

/// One name for the spellings of a scale: `CO2_X2019`, `WMO CO2 X2019` are `X2019`.
fn scale_name(text: &str) -> String {
    let upper = text.to_uppercase();
    let word = |c: char| !c.is_ascii_alphanumeric();
    let year = |w: &&str| {
        w.len() >= 3 && w.starts_with('X') && w[1..3].chars().all(|c| c.is_ascii_digit())
    };
    upper
        .split(word)
        .find(year)
        .map_or(upper.clone(), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::series;

    #[test]
    fn spellings_of_one_scale_are_one() {
        let of = |scales: [&str; 2]| {
            let all = series("a", &[0, 1]);
            let all = all.with_attribute("scale", Column::text(scales)).unwrap();
            all.mixed_scales().map(|w| w.message)
        };
        assert_eq!(of(["WMO CO2 X2019", "CO2_X2019"]), None);
        assert_eq!(of(["WMO CO2 X2019", ""]), None);
        let mixed = of(["WMO CO2 X2019", "X2007"]).unwrap();
        assert!(mixed.contains("X2007 (1), X2019 (1)"), "{mixed}");
        assert_eq!(scale_name("SIO 2005A"), "SIO 2005A");
    }
}
