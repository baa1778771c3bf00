//! Observations of any kind from a table of measured data. A row that is no observation (without a
//! value, off the globe, with a stated error that is not positive) is left out, counted and listed;
//! columns that are no property of observations are kept as their attributes.

mod instants;

use super::attributes;
use super::operator::{self, Geometry};
use super::property::{Given, Numbers, Reader};
use super::row::ALTITUDES;
use super::{Observation, ObservationOperator, Observations, Plan, Point};
use crate::error::{Error, Result};
use crate::table::Table;
use instants::Instants;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What the properties of observations are taken from; a property that is not named is taken from
/// the column of its own name, if there is one.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// By property: latitude, longitude, time, or of a mean start and end, or time, interval and
    /// time_is; value, sd, source, site, kind, id, altitude, unit, block, operator, and the columns
    /// of the operator's geometry.
    pub given: BTreeMap<String, Given>,
    /// What all rows are sampled through, where the table does not say it.
    pub operator: Option<Arc<dyn ObservationOperator>>,
}

/// Properties that every table of observations can have.
pub(super) const PROPERTIES: [&str; 17] = [
    "latitude",
    "longitude",
    "time",
    "start",
    "end",
    "interval",
    "time_is",
    "value",
    "sd",
    "source",
    "site",
    "kind",
    "id",
    "altitude",
    "unit",
    "block",
    "operator",
];

impl Observations {
    /// The observations in the rows of a table, in order of time, with the other columns as their
    /// attributes, and which rows were left out for which reason. Where nothing states an error it
    /// is not a number until it is set.
    ///
    /// # Errors
    /// A column that is not there or of the wrong type, numbers without a unit, a property that is
    /// not known, or no row that is an observation.
    pub fn from_table(table: &Table, columns: &Columns) -> Result<Self> {
        let all = read(table, columns, true)?;
        refuse_none(table, all)
    }

    /// The same where a table may hold no observation at all, as that of one of many files may.
    ///
    /// # Errors
    /// As [`Observations::from_table`], but for the last.
    pub(super) fn from_records(table: &Table, columns: &Columns) -> Result<Self> {
        read(table, columns, true)
    }
}

impl Plan {
    /// The schedule in the rows of a table, whose values and stated errors are not read.
    ///
    /// # Errors
    /// Those of [`Observations::from_table`].
    pub fn from_table(table: &Table, columns: &Columns) -> Result<Self> {
        let all = refuse_none(table, read(table, columns, false)?)?;
        Ok(Plan::of_observations(all))
    }
}

fn read(table: &Table, columns: &Columns, measured: bool) -> Result<Observations> {
    let reader = Reader::new(table, &columns.given);
    let rows = Rows::new(&reader, columns, measured)?;
    let mut all = Observations {
        sources: rows.sources.clone(),
        ..Observations::default()
    };
    let (mut shared, mut read_rows) = (HashMap::new(), Vec::new());
    for k in 0..table.rows() {
        match rows.observation(k, &mut shared) {
            Ok(o) => {
                all.rows.push(o);
                read_rows.push(k);
            }
            Err(reason) => all.rejected.record(k, &reason),
        }
    }
    // A plan has no use for what was measured.
    let used = |name: &str| {
        reader.has_used(name) || (!measured && ["value", "sd", "error"].contains(&name))
    };
    let beside = attributes::beside(table, used)?;
    all.attributes = match read_rows.len() == table.rows() {
        true => beside,
        false => beside.take(&read_rows),
    };
    all.sort();
    Ok(all)
}

/// Refuses rows of which none is an observation.
fn refuse_none(table: &Table, all: Observations) -> Result<Observations> {
    if all.is_empty() && table.rows() > 0 {
        return Err(Error::new("no row of the table is an observation")
            .expected("a position, a time, a value and a positive stated error in each row")
            .got(format!("{} rows: {}", table.rows(), all.rejected.summary())));
    }
    Ok(all)
}

/// An operator without its geometry, and where the geometry is.
struct Kind<'a> {
    operator: Arc<dyn ObservationOperator>,
    columns: Vec<(Arc<str>, Numbers<'a>)>,
}

/// The properties of all rows.
struct Rows<'a> {
    sources: Vec<String>,
    source: Vec<usize>,
    site: Vec<Arc<str>>,
    kind: Vec<Arc<str>>,
    id: Vec<Option<Arc<str>>>,
    time: Instants<'a>,
    latitude: Numbers<'a>,
    longitude: Numbers<'a>,
    /// Value and stated standard deviation, where they are read.
    measured: Option<(Numbers<'a>, Option<Numbers<'a>>)>,
    altitude: Option<Numbers<'a>>,
    unit: Option<Numbers<'a>>,
    block: Option<Numbers<'a>>,
    kinds: Vec<Kind<'a>>,
    /// Which of the kinds each row is of.
    of_kind: Vec<usize>,
}

impl<'a> Rows<'a> {
    fn new(reader: &Reader<'a>, columns: &Columns, measured: bool) -> Result<Self> {
        let (kinds, of_kind) = kinds(reader, columns)?;
        refuse_unknown(columns, &kinds)?;
        let source = reader.texts("source")?.ok_or_else(|| {
            let error = Error::new("observations need the name of their source");
            error.hint("source: \"in_situ\"")
        })?;
        let mut sources: Vec<String> = source.iter().map(|s| s.to_string()).collect();
        sources.sort();
        sources.dedup();
        let position = |name: &Arc<str>| sources.binary_search_by(|s| s.as_str().cmp(name));
        let source: Vec<usize> = source.iter().map(|s| position(s).unwrap_or(0)).collect();
        let or = |texts: Option<Vec<Arc<str>>>| match texts {
            Some(texts) => texts,
            None => source.iter().map(|s| sources[*s].as_str().into()).collect(),
        };
        let measured = match measured {
            true => Some((
                reader.required("value", "mol mol-1")?,
                match reader.numbers("sd", "mol mol-1")? {
                    None => reader.numbers("error", "mol mol-1")?,
                    sd => sd,
                },
            )),
            false => None,
        };
        Ok(Rows {
            site: or(reader.texts("site")?),
            kind: or(reader.texts("kind")?),
            id: reader.ids()?,
            time: Instants::read(reader)?,
            latitude: reader.required("latitude", "degrees")?,
            longitude: reader.required("longitude", "degrees")?,
            measured,
            altitude: reader.numbers("altitude", "m")?,
            unit: reader.numbers("unit", "1")?,
            block: reader.numbers("block", "1")?,
            kinds,
            of_kind,
            source,
            sources,
        })
    }

    /// The observation of a row, or why it is none.
    fn observation(
        &self,
        k: usize,
        shared: &mut HashMap<Vec<u64>, Arc<dyn ObservationOperator>>,
    ) -> std::result::Result<Observation, String> {
        let (time, interval) = self.time.of(k)?;
        let (latitude, longitude) = (self.latitude.one(k), self.longitude.one(k));
        let on_the_globe = latitude.abs() <= 90.0 && (-360.0..=360.0).contains(&longitude);
        if !on_the_globe {
            return Err("no position on the globe".into());
        }
        let (value, error) = match &self.measured {
            Some((value, sd)) => (value.one(k), sd.as_ref().map_or(f64::NAN, |sd| sd.one(k))),
            None => (0.0, 1.0),
        };
        if !value.is_finite() {
            return Err("no value".into());
        }
        let positive = error > 0.0 && error.is_finite();
        if !(positive || error.is_nan()) {
            return Err("no positive stated error".into());
        }
        let sampling = self.sampling(k, shared)?;
        let number = |of: &Option<Numbers>| of.as_ref().map(|n| n.one(k)).filter(|x| *x >= 0.0);
        let days = (time.seconds().div_euclid(86_400)).max(0) as u32;
        Ok(Observation {
            source: self.source[k],
            site: self.site[k].clone(),
            kind: self.kind[k].clone(),
            time,
            interval,
            latitude,
            longitude,
            altitude: self.altitude(k, &*sampling)?,
            value,
            error: if self.measured.is_some() { error } else { 0.0 },
            block: number(&self.block).map_or(0, |x| x as u32),
            unit: number(&self.unit).map_or(days, |x| x as u32),
            id: self.id[k].clone(),
            sampling,
        })
    }

    /// Height above sea level \[m\]. That of a point at a pressure is the standard atmosphere's
    /// (ISO 2533), good enough to group by; the model is sampled at the pressure.
    fn altitude(&self, k: usize, sampling: &dyn ObservationOperator) -> Rejectable<f64> {
        match self.altitude.as_ref().map(|a| a.one(k)) {
            Some(z) if ALTITUDES.contains(&z) => return Ok(z),
            Some(z) if z.is_finite() => return Err("an altitude outside -1 to 100 km".into()),
            None if sampling.name() != Point::NAME => return Ok(0.0),
            _ => {}
        }
        let geometry = sampling.geometry();
        let pressure = geometry.number("pressure");
        let standard = pressure.map(|p| 44_330.77 * (1.0 - (p / 101_325.0).powf(0.190_263)));
        let elevation = geometry.number("elevation").unwrap_or(0.0);
        let height = standard.or_else(|_| Ok(geometry.number("height")? + elevation));
        height.map_err(|_: Error| "no altitude".to_string())
    }

    /// What a row is sampled through; rows of one geometry share it.
    fn sampling(
        &self,
        k: usize,
        shared: &mut HashMap<Vec<u64>, Arc<dyn ObservationOperator>>,
    ) -> Rejectable<Arc<dyn ObservationOperator>> {
        let kind = &self.kinds[self.of_kind[k]];
        let mut geometry = Geometry::default();
        let mut length = 0;
        for (name, numbers) in &kind.columns {
            let values = numbers.row(k);
            if !values.iter().all(|v| v.is_nan()) {
                length += values.len();
                geometry = geometry.with(name.clone(), values);
            }
        }
        let make = |geometry: &Geometry| {
            let made = kind.operator.with_geometry(geometry);
            made.map_err(|e| e.report().what.clone())
        };
        // Retrievals hardly ever agree in all numbers: only short geometries are remembered.
        if length > 8 {
            return make(&geometry);
        }
        let numbers = geometry.columns().iter().flat_map(|(_, values)| values);
        let mut key = vec![self.of_kind[k] as u64];
        key.extend(numbers.map(|v| v.to_bits()));
        if let Some(same) = shared.get(&key) {
            return Ok(same.clone());
        }
        let made = make(&geometry)?;
        shared.insert(key, made.clone());
        Ok(made)
    }
}

type Rejectable<T> = std::result::Result<T, String>;

/// The operators of the rows: one for all, or by name in a column; points unless it is said.
fn kinds<'a>(reader: &Reader<'a>, columns: &Columns) -> Result<(Vec<Kind<'a>>, Vec<usize>)> {
    let make = |operator: Arc<dyn ObservationOperator>, implied: bool| {
        let mut geometry = Vec::new();
        for (name, unit) in operator.columns() {
            // A column called "pressure" need not be where a point lies, unless it is stated.
            let wanted = !implied || columns.given.contains_key(name);
            if let Some(numbers) = wanted
                .then(|| reader.numbers(name, unit))
                .transpose()?
                .flatten()
            {
                geometry.push((Arc::from(name), numbers));
            }
        }
        Ok(Kind {
            operator,
            columns: geometry,
        })
    };
    let n = reader.rows();
    if let Some(operator) = &columns.operator {
        return Ok((vec![make(operator.clone(), false)?], vec![0; n]));
    }
    let Some(names) = reader.texts("operator")? else {
        return Ok((vec![make(Point::above_sea(), true)?], vec![0; n]));
    };
    let mut distinct: Vec<Arc<str>> = names.clone();
    distinct.sort();
    distinct.dedup();
    let made = distinct
        .iter()
        .map(|name| make(operator::named(name)?, false));
    let position = |name: &Arc<str>| distinct.binary_search(name).unwrap_or(0);
    Ok((
        made.collect::<Result<_>>()?,
        names.iter().map(position).collect(),
    ))
}

fn refuse_unknown(columns: &Columns, kinds: &[Kind]) -> Result<()> {
    let of_kinds = kinds.iter().flat_map(|k| k.operator.columns());
    let known: Vec<&str> = PROPERTIES
        .into_iter()
        .chain(of_kinds.map(|(n, _)| n))
        .collect();
    match columns.given.keys().find(|k| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some(key) => Err(
            Error::new(format!("observations have no property \"{key}\""))
                .expected(format!("one of {}", known.join(", ")))
                .near(key, known),
        ),
    }
}

#[cfg(test)]
mod tests;
