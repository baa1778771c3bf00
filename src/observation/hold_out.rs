//! Observations kept back for validation, by whole sampling unit: aircraft by flight,
//! quasi-continuous records by day, flasks by sample, passes of a satellite by pass. Whether a unit
//! is kept back depends on (seed, site, kind, unit) alone, so a site added changes no other.
//!
//! What a data set itself keeps back comes first: CarbonTracker's `ct_assim` and the
//! `assimilate_flag` of the OCO-2 MIP are 1 for what is assimilated, 2 for what is held out and 0
//! for neither.

use super::{Observations, attributes};
use crate::error::{Error, Result, Warning};
use crate::random;
use crate::table::{Column, Table};
use rand_distr::{Distribution, StandardUniform};
use std::collections::{BTreeMap, BTreeSet};

/// Attributes by which data sets say what they hold out.
const FLAGS: [&str; 2] = ["ct_assim", "assimilate_flag"];

/// What is held out or kept as a whole.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Unit {
    /// The unit of each observation within its site and kind: a flight, a day, a sample.
    #[default]
    Own,
    /// All observations of a site.
    Site,
    /// A day of a site.
    Day,
    /// A sample: one site, kind and time.
    Sample,
    /// Observations that agree in these attributes, such as campaign and flight; where all are
    /// missing, the unit of its own.
    Attributes(Vec<String>),
}

/// The share of units to keep back.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldOut {
    fraction: f64,
    seed: u64,
    unit: Unit,
    flagged: bool,
}

/// What was kept and what was held out.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// To be assimilated.
    pub kept: Observations,
    /// For validation.
    pub held_out: Observations,
    /// Neither, by the flags of a data set.
    pub unused: Observations,
    /// By source and kind: units and observations kept and held out, and how many units are in
    /// both, which is none unless the flags of a data set divide one.
    pub units: Table,
    /// The same in a sentence.
    pub proof: String,
    /// A unit that is in both.
    pub warning: Option<Warning>,
}

/// Where an observation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Kept,
    HeldOut,
    Unused,
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
        Ok(HoldOut {
            fraction,
            seed,
            unit: Unit::Own,
            flagged: true,
        })
    }

    /// By another unit; and whether the flags of data sets count.
    pub fn by(self, unit: Unit, flagged: bool) -> Self {
        HoldOut {
            unit,
            flagged,
            ..self
        }
    }

    /// What names the unit of observation `k`.
    fn unit_of(&self, all: &Observations, k: usize) -> Result<Vec<u8>> {
        let o = &all.rows[k];
        let parts = |parts: &[&[u8]]| parts.join(&0u8);
        let (site, kind) = (o.site.as_bytes(), o.kind.as_bytes());
        let alone = || parts(&[site, kind, &o.unit.to_le_bytes()]);
        Ok(match &self.unit {
            Unit::Own => alone(),
            Unit::Site => site.to_vec(),
            Unit::Day => parts(&[site, o.time.date().as_bytes()]),
            Unit::Sample => parts(&[site, kind, o.time.to_string().as_bytes()]),
            Unit::Attributes(names) => {
                let text = |name: &String| Ok(attributes::in_full(all.attribute(name)?, k));
                let texts = names.iter().map(text).collect::<Result<Vec<String>>>()?;
                match texts.iter().all(String::is_empty) {
                    true => alone(),
                    false => texts.join("\0").into_bytes(),
                }
            }
        })
    }

    fn holds(&self, unit: &[u8]) -> bool {
        // FNV-1a over what names the unit.
        let unit = unit.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let u: f64 = StandardUniform.sample(&mut random::generator(self.seed, "hold-out", unit));
        u < self.fraction
    }

    /// Where the flags of its data set send observation `k`, if they say so.
    fn flag(&self, all: &Observations, k: usize) -> Option<Part> {
        let of = |name: &&str| match all.attributes.numbers(name) {
            Ok(values) if values[k].is_finite() => Some(values[k]),
            _ => None,
        };
        let flag = FLAGS.iter().find_map(of).filter(|_| self.flagged)?;
        Some(match flag {
            1.0 => Part::Kept,
            2.0 => Part::HeldOut,
            _ => Part::Unused,
        })
    }

    /// What is kept and what is held out, each with all source names.
    ///
    /// # Errors
    /// No such attribute.
    pub fn split(&self, all: &Observations) -> Result<Parts> {
        let mut of = Vec::with_capacity(all.len());
        let mut units = Units::new();
        for (k, o) in all.rows.iter().enumerate() {
            let unit = self.unit_of(all, k)?;
            let drawn = || match self.holds(&unit) {
                true => Part::HeldOut,
                false => Part::Kept,
            };
            let part = self.flag(all, k).unwrap_or_else(drawn);
            if part != Part::Unused {
                let entry = units.entry((o.source, o.kind.clone())).or_default();
                let (names, n) = &mut entry[part as usize];
                names.insert(unit);
                *n += 1;
            }
            of.push(part);
        }
        let part = |part| all.take(&all.positions(|k| of[k] == part));
        let units = self.table(all, &units)?;
        let (proof, warning) = self.proof(&units)?;
        Ok(Parts {
            kept: part(Part::Kept),
            held_out: part(Part::HeldOut),
            unused: part(Part::Unused),
            units,
            proof,
            warning,
        })
    }

    fn table(&self, all: &Observations, units: &Units) -> Result<Table> {
        let numbers = |of: &dyn Fn(&Counts) -> usize| {
            let values = units.values().map(|entry| of(entry) as f64);
            Column::numbers(values.collect::<Vec<_>>())
        };
        let sources = units.keys().map(|(source, _)| &all.sources[*source]);
        Table::new()
            .with("source", Column::text(sources))?
            .with("kind", Column::text(units.keys().map(|(_, kind)| kind)))?
            .with("units_kept", numbers(&|e| e[0].0.len()))?
            .with("units_held_out", numbers(&|e| e[1].0.len()))?
            .with(
                "units_in_both",
                numbers(&|e| e[0].0.intersection(&e[1].0).count()),
            )?
            .with("kept", numbers(&|e| e[0].1))?
            .with("held_out", numbers(&|e| e[1].1))
    }

    fn proof(&self, units: &Table) -> Result<(String, Option<Warning>)> {
        let sum = |name: &str| Ok(units.numbers(name)?.iter().sum::<f64>());
        let (kept, held) = (sum("units_kept")?, sum("units_held_out")?);
        let both = sum("units_in_both")?;
        let verdict = match both {
            0.0 => "no unit is in both".to_string(),
            n => format!("{n} units are in both"),
        };
        let proof = format!(
            "held out {held} of {} units, {} of {} observations ({} % of units, seed {}); {verdict}",
            kept + held - both,
            sum("held_out")?,
            sum("held_out")? + sum("kept")?,
            100.0 * self.fraction,
            self.seed,
        );
        let text = || format!("{both} units are both kept and held out by the flags of their data");
        let warning = (both > 0.0).then(|| Warning::new("unit_in_both", text()));
        Ok((proof, warning))
    }
}

/// By source and kind: the units and the number of observations kept and held out.
type Units = BTreeMap<(usize, std::sync::Arc<str>), Counts>;

/// Names of units and number of observations, kept and held out.
type Counts = [(BTreeSet<Vec<u8>>, usize); 2];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Observation;
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
        let parts = hold.split(&table(&["A", "B", "C", "D"])).unwrap();
        let (kept, held) = (parts.kept, parts.held_out);
        assert!(
            parts.proof.ends_with("no unit is in both"),
            "{}",
            parts.proof
        );
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
        let held = |sites: &[&str]| hold.split(&table(sites)).unwrap().held_out;
        let (alone, both) = (held(&["B"]), held(&["A", "B"]));
        assert_eq!(alone.rows, both.filter(|o| &*o.site == "B").rows);
        assert!(HoldOut::new(1.5, 1).is_err());
    }

    #[test]
    fn units_are_flights_days_samples_or_sites() {
        let all = table(&["A", "B"]);
        let flight = |k: usize| format!("flight {}", k / 500);
        let flights = Column::text((0..all.len()).map(flight));
        let all = all.with_attribute("flight", flights).unwrap();
        let n = |unit: Unit| {
            let parts = HoldOut::new(0.5, 3)
                .unwrap()
                .by(unit, true)
                .split(&all)
                .unwrap();
            assert_eq!(parts.units.numbers("units_in_both").unwrap(), [0.0]);
            let sum = |name: &str| parts.units.numbers(name).unwrap()[0];
            sum("units_kept") + sum("units_held_out")
        };
        let flight = Unit::Attributes(vec!["flight".into()]);
        assert_eq!((n(Unit::Own), n(Unit::Site), n(flight)), (500.0, 2.0, 8.0));
        assert_eq!((n(Unit::Day), n(Unit::Sample)), (2.0, 2.0)); // all at one time
        let missing = Unit::Attributes(vec!["fligth".into()]);
        assert!(
            HoldOut::new(0.5, 3)
                .unwrap()
                .by(missing, true)
                .split(&all)
                .is_err()
        );
    }

    #[test]
    fn the_flags_of_a_data_set_come_first() {
        let flag = |k: usize| [0.0, 1.0, 2.0, f64::NAN][k % 4];
        let all = table(&["A"]);
        let flags = Column::numbers((0..all.len()).map(flag).collect::<Vec<_>>());
        let all = all.with_attribute("ct_assim", flags).unwrap();
        let hold = HoldOut::new(0.0, 1).unwrap();
        let parts = hold.split(&all).unwrap();
        let n = |of: &Observations| of.len();
        assert_eq!(
            (n(&parts.kept), n(&parts.held_out), n(&parts.unused)),
            (1000, 500, 500)
        );
        assert_eq!(parts.warning.unwrap().name, "unit_in_both"); // the flags cut units of eight
        let parts = hold.by(Unit::Own, false).split(&all).unwrap();
        assert_eq!((n(&parts.kept), n(&parts.unused)), (2000, 0));
    }
}
