//! Observations as rows of a text table, columns with their profiles, and back.

use super::{ColumnRetrieval, Observation, Observations};
use crate::error::{Error, Result};
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One observation in the units of people, ready for a CSV file. Profiles are numbers separated by
/// spaces, from the surface up; empty for a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Name of the source.
    pub source: String,
    /// Site, orbit or instrument.
    pub site: String,
    /// Sub-kind.
    pub kind: String,
    /// When.
    pub time: Time,
    /// \[degrees north\]
    pub latitude: f64,
    /// \[degrees east\]
    pub longitude: f64,
    /// \[m above sea level\]
    pub altitude: f64,
    /// \[ppm\]
    pub value_ppm: f64,
    /// \[ppm\]
    pub error_ppm: f64,
    /// Block of correlated errors, 0 for none.
    #[serde(default)]
    pub block: u32,
    /// Sampling unit.
    #[serde(default)]
    pub unit: u32,
    /// Levels \[hPa\].
    #[serde(default)]
    pub pressure_hpa: String,
    /// Averaging kernel.
    #[serde(default)]
    pub kernel: String,
    /// Prior profile \[ppm\].
    #[serde(default)]
    pub prior_ppm: String,
    /// Pressure weights.
    #[serde(default)]
    pub weight: String,
    /// Prior column \[ppm\].
    #[serde(default)]
    pub prior_column_ppm: Option<f64>,
}

const PPM: f64 = 1e6;
const HPA: f64 = 0.01;

impl Observations {
    /// The table as rows of text, in order.
    pub fn to_rows(&self) -> Vec<Row> {
        self.rows
            .iter()
            .map(|o| Row::of(o, &self.sources[o.source]))
            .collect()
    }

    /// The table from rows of text; sources are numbered in order of name.
    ///
    /// # Errors
    /// A number that cannot be read or is not finite, a profile that is not whole; the message
    /// gives the row.
    pub fn from_rows(rows: &[Row]) -> Result<Self> {
        let sources: Vec<String> = rows
            .iter()
            .map(|r| r.source.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let read = |(k, row): (usize, &Row)| {
            let source = sources
                .iter()
                .position(|s| *s == row.source)
                .expect("every source was collected");
            row.observation(source)
                .map_err(|e| e.at(format!("row {} (site {})", k + 1, row.site)))
        };
        let mut table = Observations {
            rows: rows.iter().enumerate().map(read).collect::<Result<_>>()?,
            sources: sources.clone(),
        };
        table.sort();
        Ok(table)
    }
}

impl Row {
    fn of(o: &Observation, source: &str) -> Self {
        let list = |values: Option<&Vec<f64>>, scale: f64| {
            values.map_or(String::new(), |v| {
                v.iter()
                    .map(|x| (x * scale).to_string())
                    .collect::<Vec<_>>()
                    .join(" ")
            })
        };
        let column = o.column.as_deref();
        Row {
            source: source.to_string(),
            site: o.site.to_string(),
            kind: o.kind.to_string(),
            time: o.time,
            latitude: o.latitude,
            longitude: o.longitude,
            altitude: o.altitude,
            value_ppm: o.value * PPM,
            error_ppm: o.error * PPM,
            block: o.block,
            unit: o.unit,
            pressure_hpa: list(column.map(|c| &c.pressure), HPA),
            kernel: list(column.map(|c| &c.kernel), 1.0),
            prior_ppm: list(column.map(|c| &c.prior), PPM),
            weight: list(column.map(|c| &c.weight), 1.0),
            prior_column_ppm: column.map(|c| c.prior_column * PPM),
        }
    }

    fn observation(&self, source: usize) -> Result<Observation> {
        let finite = |name: &str, x: f64| {
            if x.is_finite() {
                Ok(x)
            } else {
                Err(Error::new(format!("{name} is not finite")).got(x))
            }
        };
        let error = finite("error_ppm", self.error_ppm)?;
        if error <= 0.0 {
            return Err(Error::new("an observation's stated error")
                .expected("a positive number of ppm")
                .got(error));
        }
        Ok(Observation {
            source,
            site: self.site.as_str().into(),
            kind: self.kind.as_str().into(),
            time: self.time,
            latitude: finite("latitude", self.latitude)?,
            longitude: finite("longitude", self.longitude)?,
            altitude: finite("altitude", self.altitude)?,
            value: finite("value_ppm", self.value_ppm)? / PPM,
            error: error / PPM,
            block: self.block,
            unit: self.unit,
            column: self.retrieval()?.map(Arc::new),
        })
    }

    fn retrieval(&self) -> Result<Option<ColumnRetrieval>> {
        let Some(prior_column) = self.prior_column_ppm else {
            return Ok(None);
        };
        let column = ColumnRetrieval {
            pressure: profile("pressure_hpa", &self.pressure_hpa, HPA)?,
            kernel: profile("kernel", &self.kernel, 1.0)?,
            prior: profile("prior_ppm", &self.prior_ppm, PPM)?,
            weight: profile("weight", &self.weight, 1.0)?,
            prior_column: prior_column / PPM,
        };
        let n = column.pressure.len();
        if [&column.kernel, &column.prior, &column.weight]
            .iter()
            .any(|v| v.len() != n)
        {
            return Err(Error::new("the profiles of a column differ in length")
                .expected(format!("{n} levels")));
        }
        Ok(Some(column))
    }
}

fn profile(name: &str, text: &str, scale: f64) -> Result<Vec<f64>> {
    let number = |t: &str| match t.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok(x / scale),
        _ => Err(
            Error::new(format!("{name} holds something that is not a number"))
                .got(format!("\"{t}\"")),
        ),
    };
    text.split_whitespace().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::point;

    #[test]
    fn a_table_goes_to_text_and_back() {
        let column = ColumnRetrieval {
            pressure: vec![1e5, 5e4],
            kernel: vec![1.0, 0.9],
            prior: vec![4e-4, 3.9e-4],
            weight: vec![0.5, 0.5],
            prior_column: 3.95e-4,
        };
        let rows = vec![
            point(1.0, 2.0, 3.0),
            Observation {
                source: 1,
                column: Some(Arc::new(column)),
                ..point(4.0, 5.0, 6.0)
            },
        ];
        let table = Observations {
            sources: vec!["in_situ".into(), "satellite".into()],
            rows,
        };
        let mut writer = csv::Writer::from_writer(Vec::new());
        table
            .to_rows()
            .iter()
            .for_each(|r| writer.serialize(r).unwrap());
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let read: Vec<Row> = csv::Reader::from_reader(text.as_bytes())
            .deserialize()
            .collect::<std::result::Result<_, _>>()
            .unwrap();
        let back = Observations::from_rows(&read).unwrap();
        assert_eq!(back.sources, table.sources);
        let (a, b) = (
            back.rows[1].column.as_ref().unwrap(),
            table.rows[1].column.as_ref().unwrap(),
        );
        assert!(
            a.prior
                .iter()
                .zip(&b.prior)
                .all(|(x, y)| (x - y).abs() < 1e-18)
        );
        assert!(
            (back.rows[0].value - 4e-4).abs() < 1e-18 && back.rows[0].time == table.rows[0].time
        );
    }

    #[test]
    fn a_bad_row_is_named() {
        let table = Observations {
            sources: vec!["in_situ".into()],
            rows: vec![point(1.0, 2.0, 3.0)],
        };
        let mut rows = table.to_rows();
        rows[0].error_ppm = 0.0;
        let message = Observations::from_rows(&rows).unwrap_err().to_string();
        assert!(
            message.contains("row 1") && message.contains("TST"),
            "{message}"
        );
    }
}
