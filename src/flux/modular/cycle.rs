//! A cycle within the day that is added to maps of whole days or months, whose daily mean it
//! leaves.

use crate::error::{Error, Result};
use crate::field::{Coordinate, Field};
use crate::flux::{Modules, Product, flux_scale, one_degree};
use crate::grid::{LatLonGrid, MapLayout};
use ndarray::{ArrayD, Axis};
use std::fmt;
use std::sync::Arc;

type Departures = Arc<dyn Fn(usize, usize) -> Vec<f64> + Send + Sync>;

/// Departures from the daily mean by month and part of the day \[kg C m-2 s-1\].
#[derive(Clone)]
pub struct Cycle {
    pub(super) grid: LatLonGrid,
    /// Equal parts of the day, from 0 UTC on.
    pub(super) slots: usize,
    departures: Departures,
    synthetic: bool,
}

impl Cycle {
    /// That of the built-in gross production, which follows the sun (see
    /// [`crate::flux::Daylight`]): 120 PgC a year, synthetic.
    pub fn of_production() -> Self {
        let modules = Modules::new(&Product::group_1());
        let departures = move |month: usize, slot: usize| {
            let part = modules.gpp.index_axis(Axis(0), month);
            part.indexed_iter()
                .map(|((j, i), gpp)| -gpp * (modules.daylight.shape(month, j, i, slot) - 1.0))
                .collect()
        };
        Cycle {
            grid: one_degree().clone(),
            slots: 8,
            departures: Arc::new(departures),
            synthetic: true,
        }
    }

    /// That of a climatology (hour, lat, lon) or (month, hour, lat, lon), hours of UTC from
    /// midnight on; its daily mean is taken off.
    ///
    /// # Errors
    /// Other dimensions, hours that do not divide a day, a unit that is no flux, missing values.
    pub fn of_field(field: &Field, molar_mass: Option<f64>) -> Result<Self> {
        let layout = MapLayout::of(field)?;
        let scale = flux_scale(&field.unit, molar_mass)?;
        if scale.per_cell || scale.per_interval {
            return Err(Error::new("a cycle within the day is by area and second").got(&field.unit));
        }
        let slots = hours(field)?;
        let months = field.dimension("month").map_or(1, |d| d.len());
        let dimensions = field.dimensions().len();
        if ![1, 12].contains(&months) || dimensions != 3 + usize::from(months == 12) {
            return Err(Error::new("a cycle within the day has other dimensions")
                .expected("(hour, lat, lon), or twelve months of them")
                .got(format!("{:?}", field.shape())));
        }
        let order = ["month", "hour", "lat", "lon"];
        let turned = field.transpose(&order[usize::from(months == 1)..])?;
        if turned.data().iter().any(|v| !v.is_finite()) {
            return Err(Error::new("a cycle within the day has missing values")
                .hint("fill_missing(field, 0)"));
        }
        let maps = departures(
            turned.data().to_owned(),
            months,
            slots,
            scale.factor,
            &layout,
        );
        Ok(Cycle {
            grid: layout.grid,
            slots,
            departures: Arc::new(move |month, slot| maps[(month % months) * slots + slot].clone()),
            synthetic: field.attributes.contains_key("synthetic"),
        })
    }

    /// The departures of a month (0 is January) and part of the day.
    pub(super) fn map(&self, month: usize, slot: usize) -> Vec<f64> {
        (self.departures)(month, slot)
    }

    /// Whether it is made up.
    pub fn synthetic(&self) -> bool {
        self.synthetic
    }
}

/// Maps less their mean over the day.
fn departures(
    data: ArrayD<f64>,
    months: usize,
    slots: usize,
    factor: f64,
    layout: &MapLayout,
) -> Vec<Vec<f64>> {
    let values: Vec<f64> = data.iter().map(|v| factor * v).collect();
    let size = values.len() / (months * slots).max(1);
    let mut maps = Vec::with_capacity(months * slots);
    for month in values.chunks(size * slots) {
        let mean = |k: usize| month.iter().skip(k).step_by(size).sum::<f64>() / slots as f64;
        let mean: Vec<f64> = (0..size).map(mean).collect();
        for map in month.chunks(size) {
            let departure: Vec<f64> = map.iter().zip(&mean).map(|(v, m)| v - m).collect();
            maps.push(layout.ordered(&departure));
        }
    }
    maps
}

/// The number of equal parts of the day that a field's hours are.
fn hours(field: &Field) -> Result<usize> {
    let dimension = field.dimension("hour")?;
    let n = dimension.len();
    let wrong = || {
        Error::new("the hours of a cycle are not equal parts of a day")
            .expected("hours from 0 UTC on, or their middles, such as 0, 3, ... 21")
            .got(dimension.span())
    };
    if n == 0 || 24 % n != 0 {
        return Err(wrong());
    }
    let step = 24.0 / n as f64;
    match &dimension.coordinate {
        Coordinate::Index(_) => Ok(n),
        Coordinate::Numbers(v, _) => {
            let even = v.windows(2).all(|w| (w[1] - w[0] - step).abs() < 1e-6);
            (even && v[0] >= 0.0 && v[0] < step)
                .then_some(n)
                .ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a cycle of {} parts of the day", self.slots)?;
        if self.synthetic {
            write!(f, " (synthetic)")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
