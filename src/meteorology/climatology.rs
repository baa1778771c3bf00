//! The embedded climatological winds, temperature and surface
//! (`src/data/files/winds.npz`).
//!
//! Source: NCEP/NCAR reanalysis (Kalnay et al. 1996), June climatology and January 1988, regridded
//! and rounded by `src/data/files/derive_winds.py`.

use crate::data;
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use ndarray::{
    Array1, Array2, Array3, Array4, Array5, ArrayView2, Axis, Ix0, Ix1, Ix2, Ix4, Ix5, OwnedRepr,
};
use ndarray_npy::{NpzReader, ReadableElement};
use std::io::Cursor;

/// January and June means on points from the south pole and from 180 degrees west, level 0 lowest.
#[derive(Debug, Clone)]
pub struct Climatology {
    /// Pressure of the levels \[Pa\].
    pub pressure: Array1<f64>,
    /// (season, component, level, lat, lon) \[m s-1\]; season 0 January, 1 June; component 0
    /// eastward, 1 northward.
    pub wind: Array5<f64>,
    /// (season, level, lat, lon) \[K\], on coarser points.
    pub temperature: Array4<f64>,
    /// (lat, lon) \[Pa\], moist.
    pub surface_pressure: Array2<f64>,
    /// (lat, lon) \[m\].
    pub surface_height: Array2<f64>,
}

impl Climatology {
    /// Reads the data inside the program.
    pub fn load() -> Result<Self> {
        let mut file = NpzReader::new(Cursor::new(data::winds())).map_err(unreadable)?;
        let (wind, scale) = (
            get::<i16, Ix5>(&mut file, "wind")?,
            number(&mut file, "wind_scale")?,
        );
        let temperature = get::<i16, Ix4>(&mut file, "temperature")?;
        let (t_scale, t_offset) = (
            number(&mut file, "temperature_scale")?,
            number(&mut file, "temperature_offset")?,
        );
        let pressure = get::<i16, Ix2>(&mut file, "surface_pressure")?;
        let (p_scale, p_offset) = (
            number(&mut file, "surface_pressure_scale")?,
            number(&mut file, "surface_pressure_offset")?,
        );
        Ok(Climatology {
            pressure: get::<f64, Ix1>(&mut file, "pressure")?,
            wind: wind.mapv(|v| scale * f64::from(v)),
            temperature: temperature.mapv(|v| t_offset + t_scale * f64::from(v)),
            surface_pressure: pressure.mapv(|v| p_offset + p_scale * f64::from(v)),
            surface_height: get::<i16, Ix2>(&mut file, "surface_height")?.mapv(f64::from),
        })
    }

    /// Where `pressure` \[Pa\] lies between levels: the lower one and the weight of the next one
    /// up, linear in ln p; the outermost levels are kept beyond them.
    pub fn level(&self, pressure: f64) -> (usize, f64) {
        let n = self.pressure.len();
        let above = self
            .pressure
            .iter()
            .position(|p| *p < pressure)
            .unwrap_or(n - 1)
            .clamp(1, n - 1);
        let (low, high) = (self.pressure[above - 1].ln(), self.pressure[above].ln());
        (
            above - 1,
            ((pressure.ln() - low) / (high - low)).clamp(0.0, 1.0),
        )
    }

    /// A climatological field (level, lat, lon) at the pressures (level, lat, lon) \[Pa\] of points
    /// `lat` x `lon` \[degrees\].
    pub fn at_points(
        &self,
        field: ndarray::ArrayView3<f64>,
        lat: &[f64],
        lon: &[f64],
        pressure: &Array3<f64>,
    ) -> Array3<f64> {
        let columns: Vec<Array2<f64>> = field
            .axis_iter(Axis(0))
            .map(|f| horizontal(f, lat, lon))
            .collect();
        Array3::from_shape_fn(pressure.dim(), |(k, j, i)| {
            let (low, weight) = self.level(pressure[[k, j, i]]);
            columns[low][[j, i]] * (1.0 - weight) + columns[low + 1][[j, i]] * weight
        })
    }
}

/// Bilinear interpolation from points equally spaced from pole to pole and around.
pub fn horizontal(field: ArrayView2<f64>, lat: &[f64], lon: &[f64]) -> Array2<f64> {
    let (n_lat, n_lon) = field.dim();
    let position =
        |x: f64, first: f64, step: f64| ((x - first) / step, ((x - first) / step).floor());
    Array2::from_shape_fn((lat.len(), lon.len()), |(j, i)| {
        let (y, south) = position(lat[j], -90.0, 180.0 / (n_lat - 1) as f64);
        let (x, west) = position(
            (lon[i] + 180.0).rem_euclid(360.0),
            0.0,
            360.0 / n_lon as f64,
        );
        let j0 = (south as usize).min(n_lat - 2);
        let (i0, i1) = (west as usize % n_lon, (west as usize + 1) % n_lon);
        let (v, u) = (y - j0 as f64, x - west);
        let row = |j: usize| field[[j, i0]] * (1.0 - u) + field[[j, i1]] * u;
        row(j0) * (1.0 - v) + row(j0 + 1) * v
    })
}

/// The latitudes used for cell centres when interpolating: a polar cell is its pole.
pub(crate) fn centre_lats(grid: &LatLonGrid) -> Vec<f64> {
    let n = grid.n_lat();
    (0..n)
        .map(|j| {
            if j == 0 {
                -90.0
            } else if j == n - 1 {
                90.0
            } else {
                grid.lat()[j]
            }
        })
        .collect()
}

type File<'a> = NpzReader<Cursor<&'a [u8]>>;

fn get<T: ReadableElement, D: ndarray::Dimension>(
    file: &mut File,
    name: &str,
) -> Result<ndarray::ArrayBase<OwnedRepr<T>, D>> {
    file.by_name::<OwnedRepr<T>, D>(name)
        .map_err(|e| unreadable(e).at(name))
}

fn number(file: &mut File, name: &str) -> Result<f64> {
    Ok(get::<f64, Ix0>(file, name)?.into_scalar())
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::new("the climatological winds inside the program cannot be read")
        .at("src/data/files/winds.npz")
        .hint(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jets_and_the_surface_are_where_they_should_be() {
        let c = Climatology::load().unwrap();
        let (k, _) = c.level(25_000.0);
        let jet = |season: usize, rows: std::ops::Range<usize>| {
            rows.map(|j| {
                c.wind
                    .index_axis(Axis(0), season)
                    .index_axis(Axis(0), 0)
                    .index_axis(Axis(0), k)
                    .row(j)
                    .mean()
                    .unwrap()
            })
            .fold(0.0, f64::max)
        };
        assert!(
            jet(0, 28..34) > 25.0,
            "the northern winter jet blows between 22 and 42 north"
        );
        assert!(
            jet(1, 13..20) > 25.0,
            "the southern winter jet blows between 14 and 38 south"
        );
        let tibet = horizontal(c.surface_height.view(), &[33.0], &[88.0])[[0, 0]];
        let pacific = horizontal(c.surface_height.view(), &[0.0], &[-150.0])[[0, 0]];
        assert!(tibet > 3500.0 && pacific < 60.0, "{tibet} {pacific}");
        let cold = c
            .temperature
            .index_axis(Axis(0), 1)
            .iter()
            .copied()
            .fold(f64::MAX, f64::min);
        assert!((175.0..200.0).contains(&cold), "{cold}");
    }

    #[test]
    fn a_level_between_two_is_weighted_by_the_logarithm() {
        let c = Climatology::load().unwrap();
        let (low, weight) = c.level((1.0e5f64 * 8.5e4).sqrt());
        assert_eq!(low, 0);
        assert!((weight - 0.5).abs() < 1e-12);
        assert_eq!(c.level(2.0e5), (0, 0.0));
        assert_eq!(c.level(1.0), (c.pressure.len() - 2, 1.0));
    }
}
