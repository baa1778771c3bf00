//! Observations kept back for validation, by whole sampling unit: aircraft by flight,
//! quasi-continuous records by day, flasks by sample, passes of a satellite by pass. Whether a unit
//! is kept back depends on (seed, site, kind, unit) alone, so a site added changes no other.

use super::{Observation, Observations};
use crate::error::{Error, Result};
use crate::random;
use rand_distr::{Distribution, StandardUniform};

/// The share of units to keep back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoldOut {
    fraction: f64,
    seed: u64,
}

impl HoldOut {
    /// A fraction from 0 to 1, and a seed.
    ///
    /// # Errors
    /// A fraction outside 0 to 1.
    pub fn new(fraction: f64, seed: u64) -> Result<Self> {
        if !(0.0..=1.0).contains(&fraction) {
            return Err(
                Error::new("the fraction to hold out must lie between 0 and 1")
                    .expected("0 to 1")
                    .got(fraction)
                    .hint("0.05"),
            );
        }
        Ok(HoldOut { fraction, seed })
    }

    /// Whether an observation's unit is kept back.
    pub fn holds(&self, o: &Observation) -> bool {
        // FNV-1a over what names the unit.
        let name = o
            .site
            .bytes()
            .chain([0])
            .chain(o.kind.bytes())
            .chain([0])
            .chain(o.unit.to_le_bytes());
        let unit = name.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let u: f64 = StandardUniform.sample(&mut random::generator(self.seed, "hold-out", unit));
        u < self.fraction
    }

    /// (kept, held out), each with all source names.
    pub fn split(&self, all: &Observations) -> (Observations, Observations) {
        let (held, kept): (Vec<usize>, Vec<usize>) =
            (0..all.len()).partition(|k| self.holds(&all.rows[*k]));
        (all.take(&kept), all.take(&held))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::point;

    fn table(sites: &[&str]) -> Observations {
        let rows = sites
            .iter()
            .flat_map(|s| {
                (0..2000).map(|k| Observation {
                    site: (*s).into(),
                    unit: k / 8,
                    ..point(0.0, 0.0, 0.0)
                })
            })
            .collect();
        Observations {
            sources: vec!["in_situ".into()],
            rows,
            ..Observations::default()
        }
    }

    #[test]
    fn whole_units_are_held_out_at_the_stated_rate() {
        let hold = HoldOut::new(0.05, 1).unwrap();
        let (kept, held) = hold.split(&table(&["A", "B", "C", "D"]));
        assert_eq!(kept.len() + held.len(), 8000);
        assert!((held.len() as f64 / 8000.0 - 0.05).abs() < 0.02);
        assert!(held.rows.chunks(8).all(|unit| {
            unit.len() == 8
                && unit
                    .iter()
                    .all(|o| (&o.site, o.unit) == (&unit[0].site, unit[0].unit))
        }));
    }

    #[test]
    fn a_site_added_changes_no_other() {
        let hold = HoldOut::new(0.1, 7).unwrap();
        let (_, alone) = hold.split(&table(&["B"]));
        let (_, both) = hold.split(&table(&["A", "B"]));
        assert_eq!(alone.rows, both.filter(|o| &*o.site == "B").rows);
        assert!(HoldOut::new(1.5, 1).is_err());
    }
}
