//! Stated errors as practised: the mismatch of model and data that an assimilation assumes.
//!
//! sd = max(floor, factor sqrt(n) sqrt(m^2 + sum a^2))
//!
//! m is that of an attribute (CarbonTracker's `ct_mdm`) where the observation has it, else of the
//! first category of a table that describes it, else the error it states; a are attributes added
//! in quadrature (the OCO-2 MIP's `model_error`); n is the number of values of a day in its data
//! set, for records whose values are as good as repeats of each other.

use super::select::{describing, matches};
use super::{Observation, Observations};
use crate::constants::PPM;
use crate::error::{Error, Result, Warning};
use crate::table::{Column, Table};
use crate::units::Unit;
use std::collections::{BTreeMap, BTreeSet};

/// What errors are made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// Categories: patterns of site, kind, source or attributes, and `sd`, of which the first row
    /// that describes an observation counts.
    pub categories: Table,
    /// The attribute that comes first.
    pub attribute: Option<String>,
    /// Attributes added in quadrature.
    pub add: Vec<String>,
    /// Patterns of kinds whose error grows with the root of the values of a day.
    pub per_day: Vec<String>,
    /// A factor on all.
    pub factor: f64,
    /// The least error \[mol mol-1\].
    pub floor: f64,
    /// Whether errors that are stated stay.
    pub only_missing: bool,
}

impl Default for Mismatch {
    fn default() -> Self {
        Mismatch {
            categories: Table::new(),
            attribute: None,
            add: vec![],
            per_day: vec![],
            factor: 1.0,
            floor: 0.0,
            only_missing: false,
        }
    }
}

impl Mismatch {
    /// The observations with their errors, and a warning of categories that describe none.
    ///
    /// # Errors
    /// Numbers out of range or without a unit, attributes that are not there, observations of which
    /// no error is known.
    pub fn apply(&self, all: &Observations) -> Result<(Observations, Option<Warning>)> {
        self.check()?;
        let sd = self.categories_sd()?;
        let (category, unused) = describing(&self.categories, all)?;
        let given = self.attribute.iter().map(|name| mole_fractions(all, name));
        let given = given.collect::<Result<Vec<_>>>()?;
        let added = self.add.iter().map(|name| mole_fractions(all, name));
        let added = added.collect::<Result<Vec<_>>>()?;
        let counts = self.counts(all);
        let mut with = all.clone();
        let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
        for (k, o) in with.rows.iter_mut().enumerate() {
            if self.only_missing && o.error > 0.0 {
                continue;
            }
            let of_attribute = given.iter().map(|v| v[k]).find(|e| *e > 0.0);
            let of_category = category[k].map(|r| sd[r]);
            let stated = Some(o.error).filter(|e| *e > 0.0);
            let Some(m) = of_attribute.or(of_category).or(stated) else {
                *unknown.entry(o.kind.to_string()).or_insert(0) += 1;
                continue;
            };
            let more = added.iter().map(|v| v[k]).filter(|e| e.is_finite());
            let variance = more.fold(m * m, |sum, e| sum + e * e);
            o.error = (self.factor * (counts[k] * variance).sqrt()).max(self.floor);
        }
        if let Some((kind, _)) = unknown.first_key_value() {
            let n: usize = unknown.values().sum();
            let kinds = unknown.iter().map(|(kind, n)| format!("{kind} {n}"));
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            return Err(
                Error::new(format!("no error is known for {n} observations"))
                    .expected("a category for each kind, or one for all others")
                    .got(kinds)
                    .hint(format!("#{{ {kind}: 2.0, other: 3.0 }}")),
            );
        }
        Ok((with, self.unused(&unused)))
    }

    fn check(&self) -> Result<()> {
        let sound = self.factor > 0.0
            && self.factor.is_finite()
            && self.floor >= 0.0
            && self.floor.is_finite();
        if sound {
            return Ok(());
        }
        Err(Error::new("errors cannot be made with these numbers")
            .expected("a positive factor and a floor of at least 0")
            .got(format!("{} and {}", self.factor, self.floor)))
    }

    /// Of each category \[mol mol-1\].
    fn categories_sd(&self) -> Result<Vec<f64>> {
        if self.categories.rows() == 0 {
            return Ok(vec![]);
        }
        let sd = in_mole_fractions(self.categories.column("sd")?, "sd")?;
        match sd.iter().position(|e| !(*e > 0.0 && e.is_finite())) {
            None => Ok(sd),
            Some(r) => Err(Error::new("the error of a category must be positive")
                .got(format!("{} ppm", sd[r] / PPM))
                .at(format!("row {r} of the table of errors"))),
        }
    }

    /// How many values of its day in its data set each observation counts for.
    fn counts(&self, all: &Observations) -> Vec<f64> {
        let dataset = match all.attributes.column("dataset") {
            Ok(Column::Text(names)) => Some(names),
            _ => None,
        };
        let key = |k: usize, o: &Observation| {
            let name = dataset.map_or("", |names| names[k].as_str());
            let day = o.time.seconds().div_euclid(86_400);
            let record = (o.site.clone(), o.kind.clone(), name.to_string());
            (o.source, record, o.sampling.thinning_key(o), day)
        };
        let grows = |o: &Observation| self.per_day.iter().any(|p| matches(p, &o.kind));
        let mut n: BTreeMap<_, f64> = BTreeMap::new();
        let rows = || all.rows.iter().enumerate();
        for (k, o) in rows().filter(|(_, o)| grows(o)) {
            *n.entry(key(k, o)).or_insert(0.0) += 1.0;
        }
        let count = |(k, o): (usize, &Observation)| match grows(o) {
            true => n.get(&key(k, o)).copied().unwrap_or(1.0),
            false => 1.0,
        };
        rows().map(count).collect()
    }

    fn unused(&self, rows: &[usize]) -> Option<Warning> {
        // A pattern may stand in several rows, of sites and of kinds.
        let patterns = |r: usize| {
            let columns = self.categories.columns().iter().filter(|(n, _)| n != "sd");
            let texts = columns.map(move |(_, c)| super::attributes::in_full(c, r));
            texts
                .filter(|t| !t.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let used = (0..self.categories.rows()).filter(|r| !rows.contains(r));
        let used: BTreeSet<String> = used.map(patterns).collect();
        let idle: BTreeSet<String> = rows.iter().map(|r| patterns(*r)).collect();
        let idle: Vec<&str> = idle.difference(&used).map(String::as_str).collect();
        let idle: Vec<&str> = idle.into_iter().filter(|p| *p != "*").collect();
        (!idle.is_empty()).then(|| {
            let text = format!("errors of no observation: {}", idle.join(", "));
            Warning::new("error_of_nothing", text)
        })
    }
}

/// An attribute in mol mol-1.
fn mole_fractions(all: &Observations, name: &str) -> Result<Vec<f64>> {
    in_mole_fractions(all.attribute(name)?, name)
}

fn in_mole_fractions(column: &Column, name: &str) -> Result<Vec<f64>> {
    let Column::Numbers(values, unit) = column else {
        return Err(Error::new(format!("\"{name}\" is no error"))
            .expected("numbers in units of a mole fraction"));
    };
    if unit.to_string().is_empty() {
        return Err(Error::new(format!("the errors \"{name}\" need a unit"))
            .expected("a unit that converts to mol mol-1")
            .hint(format!("with_unit(\"{name}\", \"ppm\")")));
    }
    let factor = unit
        .factor_to(&Unit::parse("mol mol-1")?)
        .map_err(|e| e.at(name))?;
    Ok(values.iter().map(|v| v * factor).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::series;

    fn towers() -> Observations {
        let mut all = series("a", &[0, 3600, 7200, 90_000]);
        for (o, kind) in all
            .rows
            .iter_mut()
            .zip(["tower", "tower", "flask", "tower"])
        {
            (o.kind, o.error) = (kind.into(), f64::NAN);
        }
        all
    }

    fn ppm(values: &[f64]) -> Column {
        Column::Numbers(values.to_vec(), Unit::parse("ppm").unwrap())
    }

    fn table(kinds: &[&str], sd: &[f64]) -> Table {
        let table = Table::new().with("kind", Column::text(kinds)).unwrap();
        table.with("sd", ppm(sd)).unwrap()
    }

    fn errors(of: &Mismatch, all: &Observations) -> Vec<f64> {
        let (with, _) = of.apply(all).unwrap();
        let ppm = with.rows.iter().map(|o| o.error * 1e6);
        ppm.map(|e| (e * 1e9).round() / 1e9).collect()
    }

    #[test]
    fn categories_grow_with_the_root_of_the_values_of_a_day() {
        let mismatch = Mismatch {
            categories: table(&["tow*", "*"], &[3.0, 1.5]),
            per_day: vec!["tower".into()],
            ..Mismatch::default()
        };
        let root = (3.0 * 2.0_f64.sqrt() * 1e9).round() / 1e9;
        assert_eq!(errors(&mismatch, &towers()), [root, root, 1.5, 3.0]);
        let more = Mismatch {
            factor: 2.0,
            floor: 4e-6,
            per_day: vec![],
            ..mismatch
        };
        assert_eq!(errors(&more, &towers()), [6.0, 6.0, 4.0, 6.0]);
    }

    #[test]
    fn attributes_come_first_or_are_added_in_quadrature() {
        let mdm = Column::Numbers(
            vec![3e-6, f64::NAN, 4e-6, f64::NAN],
            Unit::parse("mol mol-1").unwrap(),
        );
        let all = towers().with_attribute("ct_mdm", mdm).unwrap();
        let all = all
            .with_attribute("model_error", ppm(&[4.0, f64::NAN, 3.0, 0.0]))
            .unwrap();
        let mismatch = Mismatch {
            categories: table(&["*"], &[2.0]),
            attribute: Some("ct_mdm".into()),
            add: vec!["model_error".into()],
            ..Mismatch::default()
        };
        assert_eq!(errors(&mismatch, &all), [5.0, 2.0, 5.0, 2.0]);
        let bare = all
            .with_attribute("ct_mdm", Column::numbers([1.0; 4]))
            .unwrap();
        assert!(
            mismatch
                .apply(&bare)
                .unwrap_err()
                .to_string()
                .contains("need a unit")
        );
    }

    #[test]
    fn what_is_not_known_or_not_positive_is_refused() {
        let mismatch = |kinds: &[&str], sd: &[f64]| Mismatch {
            categories: table(kinds, sd),
            ..Mismatch::default()
        };
        let unknown = mismatch(&["tower"], &[3.0]).apply(&towers()).unwrap_err();
        assert!(unknown.to_string().contains("flask 1"), "{unknown}");
        for bad in [-1.0, 0.0, f64::NAN] {
            assert!(mismatch(&["*"], &[bad]).apply(&towers()).is_err());
        }
        let (_, warning) = mismatch(&["*", "ship"], &[1.0, 1.0])
            .apply(&towers())
            .unwrap();
        assert!(warning.unwrap().message.contains("ship"));
    }
}
