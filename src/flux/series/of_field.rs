//! A field read as a series of flux maps.

use super::per_cell::{Scale, flux_scale};
use super::{Beyond, Calendar, Series};
use crate::error::{Error, Result, Warning};
use crate::field::{Coordinate, Dimension, Field};
use crate::flux::months::MONTH_DAYS;
use crate::flux::{MapStamp, intervals, said_stamp};
use crate::grid::MapLayout;
use crate::time::{DAY, Time};

/// What has to be known to read numbers as a flux.
#[derive(Debug, Clone, Copy, Default)]
pub struct SeriesReading {
    /// Molar mass of the gas \[kg mol-1\], for fluxes in kg of it.
    pub molar_mass: Option<f64>,
    /// Where in their intervals the dates of maps lie, if it is said.
    pub time: Option<MapStamp>,
    /// What holds before the first and after the last interval.
    pub beyond: Beyond,
}

impl SeriesReading {
    /// When the maps along a dimension hold: `month` of twelve, or dates.
    ///
    /// # Errors
    /// Another dimension, other than twelve months, dates that do not say what they stand for.
    pub fn calendar(&self, along: &Dimension, said: Option<MapStamp>) -> Result<Calendar> {
        match (along.name.as_str(), &along.coordinate) {
            (_, Coordinate::Times(times)) => {
                Calendar::intervals(intervals(times, self.time, said)?, self.beyond)
            }
            ("month", _) if along.len() == 12 => Ok(Calendar::Months),
            ("month", _) => Err(Error::new("a monthly flux needs a map for each month")
                .expected(12)
                .got(along.len())),
            (name, _) => Err(Error::new("a flux changes by month or from dates on")
                .expected("a first dimension \"month\", or one of dates")
                .got(format!("\"{name}\""))),
        }
    }

    /// A map (lat, lon), or maps (month, lat, lon) or (time, lat, lon), on the grid of its own
    /// latitudes and longitudes. Missing values count as zero, with a warning.
    ///
    /// # Errors
    /// No latitudes or longitudes, a unit that is no flux, a map without any value; what
    /// [`SeriesReading::calendar`] refuses.
    pub fn series(&self, field: &Field) -> Result<Series> {
        let layout = MapLayout::of(field)?;
        let scale = flux_scale(&field.unit, self.molar_mass)?;
        let turned = lat_lon_last(field)?;
        let calendar = match turned.dimensions() {
            [_, _] => Calendar::Always,
            [first, _, _] => self.calendar(first, said_stamp(field))?,
            other => {
                let names: Vec<&str> = other.iter().map(|d| d.name.as_str()).collect();
                return Err(Error::new("a flux is made of maps")
                    .expected("a field (lat, lon), (month, lat, lon) or (time, lat, lon)")
                    .got(format!("({})", names.join(", "))));
            }
        };
        let n = field.dimension("lat")?.len() * field.dimension("lon")?.len();
        let values: Vec<f64> = turned.data().iter().copied().collect();
        let seconds = lengths(&calendar);
        let mut holes = Holes::default();
        let maps = values.chunks(n.max(1)).zip(&seconds).map(|(map, seconds)| {
            let map = holes.filled(layout.ordered(map), field)?;
            Ok(densities(&scale, &layout, map, *seconds))
        });
        let maps = maps.collect::<Result<Vec<_>>>()?;
        let synthetic = field.attributes.contains_key("synthetic");
        let series = Series::of_maps(&field.name, layout.grid.clone(), calendar, maps)?;
        Ok(series
            .made_up(synthetic)
            .with_warnings(holes.warning(field).into_iter().collect()))
    }
}

/// A field with its latitudes and longitudes last.
fn lat_lon_last(field: &Field) -> Result<Field> {
    let names = field.dimensions().iter().map(|d| d.name.as_str());
    let leading: Vec<&str> = names.filter(|n| *n != "lat" && *n != "lon").collect();
    field.transpose(&[&leading[..], &["lat", "lon"]].concat())
}

/// The seconds of each map's interval; of maps for any time one.
pub(in crate::flux) fn lengths(calendar: &Calendar) -> Vec<f64> {
    match calendar {
        Calendar::Always => vec![1.0],
        Calendar::Months => MONTH_DAYS.iter().map(|days| days * DAY).collect(),
        Calendar::Intervals(held, _) => held.iter().map(|[a, b]: &[Time; 2]| b.since(*a)).collect(),
    }
}

/// A map in kg C m-2 s-1.
pub(in crate::flux) fn densities(
    scale: &Scale,
    layout: &MapLayout,
    mut map: Vec<f64>,
    seconds: f64,
) -> Vec<f64> {
    let n = layout.grid.n_lon();
    for (k, value) in map.iter_mut().enumerate() {
        *value = scale.density(*value, layout.grid.area(k / n), seconds);
    }
    map
}

/// Missing values of maps, which count as no flux.
#[derive(Debug, Default)]
pub(in crate::flux) struct Holes {
    most: usize,
    cells: usize,
}

impl Holes {
    /// A map with zero for what is missing.
    pub fn filled(&mut self, mut map: Vec<f64>, of: &Field) -> Result<Vec<f64>> {
        let missing = map.iter().filter(|v| v.is_nan()).count();
        if missing == map.len() {
            return Err(
                Error::new(format!("a map of \"{}\" has no values at all", of.name))
                    .expected("a flux in some cell"),
            );
        }
        self.cells = map.len();
        self.most = self.most.max(missing);
        map.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = 0.0);
        Ok(map)
    }

    /// What is to be said of them.
    pub fn warning(&self, of: &Field) -> Option<Warning> {
        let share = 100.0 * self.most as f64 / self.cells.max(1) as f64;
        (self.most > 0).then(|| {
            let message = format!(
                "of the {} cells of \"{}\" {} ({share:.1} %) have no value; they count as no flux",
                self.cells, of.name, self.most
            );
            Warning::new("missing_flux", message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::CoordinateValues;
    use crate::grid::LatLonGrid;
    use crate::units::Unit;
    use ndarray::ArrayD;

    fn monthly(unit: &str, attribute: Option<&str>) -> Field {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let times: CoordinateValues<Time> = ["2015-01-01", "2015-02-01"]
            .iter()
            .map(|t| t.parse().unwrap())
            .collect();
        let [lat, lon] = grid.dimensions();
        let shape = vec![2, lat.len(), lon.len()];
        let data = ArrayD::from_shape_fn(shape, |k| 1.0 + k[0] as f64);
        let dimensions = vec![Dimension::times(times), lat, lon];
        let field = Field::new("nee", Unit::parse(unit).unwrap(), dimensions, data).unwrap();
        match attribute {
            Some(stamp) => field.with_attribute("time_stamp", stamp),
            None => field,
        }
    }

    fn emitted(field: &Field, reading: SeriesReading) -> Result<f64> {
        let at = |t: &str| t.parse().unwrap();
        reading
            .series(field)?
            .emitted(at("2015-01-01"), at("2015-03-01"))
    }

    #[test]
    fn a_monthly_amount_is_spread_over_the_days_of_its_month() {
        // 1 g in January and 2 g in February on the whole sphere of 6371 km.
        let sphere = 4.0 * std::f64::consts::PI * crate::constants::EARTH_RADIUS.powi(2);
        let start = SeriesReading {
            time: Some(MapStamp::Start),
            ..SeriesReading::default()
        };
        let rate = emitted(&monthly("gC m-2 month-1", None), start).unwrap();
        assert!((rate / (3e-3 * sphere) - 1.0).abs() < 1e-9, "{rate}");
        let rate = emitted(&monthly("gC m-2 d-1", None), start).unwrap();
        assert!(
            (rate / ((31.0 + 56.0) * 1e-3 * sphere) - 1.0).abs() < 1e-9,
            "{rate}"
        );
    }

    #[test]
    fn dates_that_do_not_say_what_they_stand_for_are_asked_about() {
        let none = SeriesReading::default();
        let asked = emitted(&monthly("gC m-2 d-1", None), none)
            .unwrap_err()
            .to_string();
        assert!(asked.contains("time: \"start\""), "{asked}");
        assert!(emitted(&monthly("gC m-2 d-1", Some("start")), none).is_ok());
    }

    #[test]
    fn missing_cells_count_as_no_flux_with_a_warning() {
        let field = monthly("gC m-2 d-1", Some("start"));
        let holes = field.map(|v| if v == 1.0 { v } else { f64::NAN });
        let start = SeriesReading {
            time: Some(MapStamp::Start),
            ..SeriesReading::default()
        };
        let all = start.series(&holes).unwrap_err().to_string();
        assert!(all.contains("no values at all"), "{all}");
        let mut data = field.data().to_owned();
        data[[0, 3, 4]] = f64::NAN;
        let one = Field::new("nee", field.unit.clone(), field.dimensions().to_vec(), data).unwrap();
        let series = start.series(&one).unwrap();
        assert_eq!(series.warnings()[0].name, "missing_flux");
    }
}
