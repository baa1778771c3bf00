//! Fluxes and factors in files that others read: CF, CarbonTracker's layout, HEMCO/COARDS.

use super::{FactorWindow, Module, Prior, one_degree};
use crate::error::{Error, Result};
use crate::field::{Coordinate, CoordinateValues, Dimension, Field};
use crate::grid::LatLonGrid;
use crate::io::netcdf::Writer;
use crate::time::Time;
use crate::units::Unit;
use ndarray::{Array1, Array2, Axis};
use std::path::Path;

/// The parts that are written apart, with the names that CarbonTracker and HEMCO have for them.
const PARTS: [(Module, &str, &str); 4] = [
    (Module::Nee, "bio_flux_opt", "NEE"),
    (Module::Ocean, "ocn_flux_opt", "OCEAN"),
    (Module::Wildfire, "fire_flux_imp", "FIRE"),
    (Module::Fossil, "fossil_flux_imp", "FOSSIL"),
];

/// What a prior emits with the factors of windows, averaged over periods.
#[derive(Clone, Copy)]
pub struct Emitted<'a> {
    /// The prior.
    pub prior: &'a dyn Prior,
    /// The factors, window by window.
    pub windows: &'a [FactorWindow],
    /// The edges of the periods, one more than periods.
    pub edges: &'a [Time],
}

impl Emitted<'_> {
    /// Mean and spread over members of a part on a grid (time, lat, lon) \[kgC m-2 s-1\].
    fn of(&self, module: Module, grid: &LatLonGrid) -> Result<[Field; 2]> {
        let maps = self.prior.maps(self.windows, module, self.edges, grid)?;
        Ok([maps.mean, maps.spread])
    }

    /// The file with the edges of cells and periods, and what is said of all fields.
    fn writer(&self, title: &str, grid: &LatLonGrid) -> Writer {
        let synthetic = if self.prior.synthetic() {
            ", synthetic"
        } else {
            ""
        };
        Writer::new(&format!("{title}{synthetic}"))
            .edges("lat", grid.lat_edges())
            .edges("lon", grid.lon_edges())
            .time_edges(self.edges)
    }

    /// Every part and their sum, mean and standard deviation over members, after CF with the bounds
    /// of periods and cells \[kg C m-2 s-1, upward\].
    ///
    /// # Errors
    /// Windows that do not cover the periods, a folder that cannot be written to.
    pub fn write_cf(&self, path: &Path, grid: &LatLonGrid) -> Result<()> {
        let mut writer = self.writer("Surface fluxes of carbon dioxide", grid);
        let all = PARTS.map(|p| p.0).into_iter().chain([Module::Global]);
        for module in all {
            let [mean, spread] = self.of(module, grid)?;
            let name = module.name();
            let said = |field: Field, name: String, long: String| {
                field
                    .named(&name)
                    .with_attribute("long_name", &long)
                    .with_attribute("cell_methods", "time: area: mean")
            };
            let upward = format!("upward surface flux of carbon dioxide, {name}");
            writer = writer.field(&said(mean, name.to_string(), upward.clone()));
            let sd = format!("{upward}, standard deviation over members");
            writer = writer.field(&said(spread, format!("{name}_sd"), sd));
        }
        writer.save(path)
    }

    /// CarbonTracker's layout: 1 x 1 degree, `bio_flux_opt`, `ocn_flux_opt`, `fire_flux_imp` and
    /// `fossil_flux_imp` \[mol m-2 s-1\], dates in the middle of their intervals, with
    /// `date_components`.
    ///
    /// # Errors
    /// As [`Emitted::write_cf`].
    pub fn write_carbontracker(&self, path: &Path) -> Result<()> {
        let grid = one_degree();
        let middles: Vec<Time> = self
            .edges
            .windows(2)
            .map(|w| w[0].plus(0.5 * w[1].since(w[0])))
            .collect();
        let coordinate =
            Coordinate::Times(CoordinateValues::from(middles.clone()).between(self.edges));
        let mut writer = self.writer("Surface fluxes in the layout of CarbonTracker", grid);
        for (module, name, _) in PARTS {
            let [mean, _] = self.of(module, grid)?;
            let field = mean
                .to_unit(&Unit::parse("mol m-2 s-1")?)?
                .labelled("time", coordinate.clone())?
                .named(name)
                .with_attribute(
                    "long_name",
                    &format!("surface flux of carbon dioxide, {}", module.name()),
                )
                .with_attribute(
                    "standard_name",
                    "surface_upward_mole_flux_of_carbon_dioxide",
                )
                .with_attribute(
                    "comment",
                    "time-interval average, centered on times in the date axis",
                )
                .with_attribute("cell_methods", "time: mean");
            writer = writer.field(&field);
        }
        writer.field(&components(&middles, coordinate)?).save(path)
    }

    /// HEMCO's input, COARDS: kilograms of CO2 a square metre and second, dates at the start of
    /// their intervals. Gives the lines of `HEMCO_Config.rc` that read the file.
    ///
    /// # Errors
    /// As [`Emitted::write_cf`].
    pub fn write_hemco(&self, path: &Path, grid: &LatLonGrid) -> Result<String> {
        let mut writer = self
            .writer("Surface fluxes for HEMCO", grid)
            .attribute("Conventions", "COARDS");
        for (module, _, name) in PARTS {
            let [mean, _] = self.of(module, grid)?;
            let field = mean
                .to_unit(&Unit::parse("kgCO2/m2/s")?)?
                .named(&format!("CO2_{name}"))
                .with_attribute(
                    "long_name",
                    &format!("flux of carbon dioxide, {}", module.name()),
                )
                .with_attribute("cell_methods", "time: mean");
            writer = writer.field(&field);
        }
        writer.save(path)?;
        Ok(self.config(path))
    }

    fn config(&self, path: &Path) -> String {
        let last = self.edges[self.edges.len() - 1].plus(-1.0);
        let years = format!("{}-{}", self.edges[0].year(), last.year());
        let line = |(k, (_, _, name)): (usize, &(Module, &str, &str))| {
            format!(
                "0 MCAS_CO2_{name} {} CO2_{name} {years}/1-12/1-31/0-23 R xy kg/m2/s CO2 - {} 100",
                path.display(),
                k + 1
            )
        };
        let head = "# ExtNr Name sourceFile sourceVar sourceTime C/R/E SrcDim SrcUnit Species ScalIDs Cat Hier";
        let lines = PARTS.iter().enumerate().map(line);
        std::iter::once(head.to_string())
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n")
            + "\n"
    }
}

/// Year, month, day, hour, minute and second of dates (time, component).
fn components(times: &[Time], coordinate: Coordinate) -> Result<Field> {
    let civil = |t: &Time| {
        let c = t.civil();
        [
            f64::from(c.year()),
            f64::from(c.month()),
            f64::from(c.day()),
            f64::from(c.hour()),
            f64::from(c.minute()),
            f64::from(c.second()),
        ]
    };
    let values: Vec<f64> = times.iter().flat_map(civil).collect();
    let data = Array2::from_shape_vec((times.len(), 6), values)
        .map_err(|e| Error::new("dates of the wrong number").got(e))?;
    let time = Dimension {
        name: "time".into(),
        coordinate,
    };
    let dimensions = vec![time, Dimension::index("component", 6)];
    Ok(
        Field::new("date_components", Unit::none(), dimensions, data.into_dyn())?
            .with_attribute(
                "long_name",
                "year, month, day, hour, minute, second of the middle",
            )
            .with_attribute("cell_methods", "time: point"),
    )
}

/// Factors of windows after CF: mean and standard deviation over members (factor, time), with the
/// bounds of windows, and the name and place of each factor.
///
/// # Errors
/// No windows, windows that leave gaps, a folder that cannot be written to.
pub fn write_factors(prior: &dyn Prior, windows: &[FactorWindow], path: &Path) -> Result<()> {
    let n = prior.n_factors();
    let end = windows.last().map(|w| w.end);
    let edges: Vec<Time> = windows.iter().map(|w| w.start).chain(end).collect();
    super::budget::check_windows(n, windows, &edges)?;
    let starts = CoordinateValues::from(edges[..windows.len()].to_vec()).between(&edges);
    let names = Dimension::labels("factor", prior.factor_names());
    let shape = vec![names.clone(), Dimension::times(starts)];
    let of = |name: &str, long: &str, value: &dyn Fn(&FactorWindow) -> Array1<f64>| {
        let columns: Vec<Array1<f64>> = windows.iter().map(value).collect();
        let data = Array2::from_shape_fn((n, windows.len()), |(k, w)| columns[w][k]);
        Ok::<Field, Error>(
            Field::new(name, Unit::none(), shape.clone(), data.into_dyn())?
                .with_attribute("long_name", long)
                .with_attribute("cell_methods", "time: mean"),
        )
    };
    let mean = |w: &FactorWindow| w.factors.mean_axis(Axis(1)).unwrap_or_default();
    let sd = |w: &FactorWindow| match w.factors.ncols() {
        0 | 1 => Array1::zeros(n),
        _ => w.factors.std_axis(Axis(1), 1.0),
    };
    let mut writer = Writer::new("Scaling factors of surface fluxes")
        .time_edges(&edges)
        .field(&of(
            "factor_mean",
            "scaling factor, mean over members",
            &mean,
        )?)
        .field(&of(
            "factor_sd",
            "scaling factor, standard deviation over members",
            &sd,
        )?);
    for field in located(prior, &names)? {
        writer = writer.field(&field);
    }
    writer.save(path)
}

/// Latitude and longitude of each factor; none where they are not known.
fn located(prior: &dyn Prior, names: &Dimension) -> Result<Vec<Field>> {
    let locations = prior.footprints().unwrap_or_default();
    if locations.is_empty() {
        return Ok(vec![]);
    }
    let one = |of: fn(&(f64, f64)) -> f64, name: &str, unit: &str| {
        let values: Vec<f64> = locations.iter().map(|p| of(&p.location)).collect();
        let (data, unit) = (Array1::from(values).into_dyn(), Unit::parse(unit)?);
        let field = Field::new(&format!("factor_{name}"), unit, vec![names.clone()], data)?;
        let long = format!("{name} of the middle of its cells");
        Ok(field
            .with_attribute("standard_name", name)
            .with_attribute("long_name", &long))
    };
    Ok(vec![
        one(|p| p.0, "latitude", "degrees_north")?,
        one(|p| p.1, "longitude", "degrees_east")?,
    ])
}

#[cfg(test)]
mod tests;
