//! Components of a prescribed flow, and the air through faces that each of them is.

use super::Prescribed;
use crate::constants::{EARTH_RADIUS, GRAVITY};
use crate::error::{Error, Result};
use ndarray::{Array2, Array3, ArrayD, ArrayView2, Ix2, Ix3};

/// The strongest wind taken for one \[m s-1\].
const STRONGEST: f64 = 200.0;
/// The same of a streamfunction or of mass fluxes, by which idealised flows of tests are given that
/// are faster than any air, over the poles above all \[m s-1\].
const FASTEST: f64 = 1000.0;

/// A component of the flow. A field without levels holds for all of them.
#[derive(Debug, Clone)]
pub enum Flow {
    /// At the corners of cells (\[level,\] lat + 1, lon or lon + 1) \[m2 s-1\].
    Streamfunction(ArrayD<f64>),
    /// Eastward at west faces (\[level,\] lat, lon) and northward at south faces (\[level,\] lat +
    /// 1, lon), up to 200 either way \[m s-1\].
    Winds(ArrayD<f64>, ArrayD<f64>),
    /// Air eastward through west faces (level, lat, lon) and northward through south faces (level,
    /// lat + 1, lon) \[kg s-1\].
    Fluxes(ArrayD<f64>, ArrayD<f64>),
}

/// Air through west and through south faces \[kg s-1\].
type Fluxes = (Array3<f64>, Array3<f64>);

impl Prescribed {
    /// Air through faces \[kg s-1\]; none in polar rows and at the poles.
    pub(super) fn fluxes(&self, flow: Flow, pressure: &Array2<f64>) -> Result<Fluxes> {
        let (_, n_lat, n_lon) = self.grid.shape();
        let inside = |j: usize| j > 0 && j < n_lat - 1;
        let (mut east, mut north) = match flow {
            Flow::Streamfunction(psi) => {
                let fluxes = self.of_streamfunction(psi, pressure)?;
                self.limited("streamfunction", fluxes, pressure)?
            }
            Flow::Winds(u, v) => self.of_winds(u, v, pressure)?,
            Flow::Fluxes(east, north) => {
                let east = self.levelled("east", east, (n_lat, n_lon), f64::MAX)?;
                let north = self.levelled("north", north, (n_lat + 1, n_lon), f64::MAX)?;
                self.limited("flux of air", (east, north), pressure)?
            }
        };
        east.indexed_iter_mut()
            .filter(|((_, j, _), _)| !inside(*j))
            .for_each(|(_, f)| *f = 0.0);
        north
            .indexed_iter_mut()
            .filter(|((_, j, _), _)| *j == 0 || *j == n_lat)
            .for_each(|(_, f)| *f = 0.0);
        Ok((east, north))
    }

    fn of_streamfunction(&self, psi: ArrayD<f64>, pressure: &Array2<f64>) -> Result<Fluxes> {
        let (n, n_lat, n_lon) = self.grid.shape();
        let columns = if psi.shape().last() == Some(&(n_lon + 1)) {
            n_lon + 1
        } else {
            n_lon
        };
        let psi = self.levelled("streamfunction", psi, (n_lat + 1, columns), f64::MAX)?;
        let at = |k: usize, j: usize, i: usize| psi[[k, j, i % n_lon]];
        let east = Array3::from_shape_fn((n, n_lat, n_lon), |(k, j, i)| {
            -self.air_west(pressure, (k, j, i)) * (at(k, j + 1, i) - at(k, j, i))
        });
        let north = Array3::from_shape_fn((n, n_lat + 1, n_lon), |(k, j, i)| {
            self.air_south(pressure, (k, j, i)) * (at(k, j, i + 1) - at(k, j, i))
        });
        Ok((east, north))
    }

    /// Refuses air through faces that is more than the strongest wind brings; polar rows and poles,
    /// through which none flows, are not asked.
    fn limited(&self, name: &str, fluxes: Fluxes, pressure: &Array2<f64>) -> Result<Fluxes> {
        let n_lat = pressure.nrows();
        let [across, along] = self.widths();
        let west = |at: (usize, usize, usize)| self.air_west(pressure, at) * across[at.1];
        let south = |at: (usize, usize, usize)| self.air_south(pressure, at) * along[at.1];
        let calm = |wind: f64| wind.abs() <= FASTEST;
        let strong = |(at, flux): &((usize, usize, usize), &f64)| {
            at.1 > 0 && at.1 < n_lat - 1 && !calm(*flux / west(*at))
        };
        if let Some((at, flux)) = fluxes.0.indexed_iter().find(strong) {
            let error = self.bad_value(&format!("u of the {name}"), flux / west(at), n_lat, at);
            return Err(error.expected(format!("-{FASTEST} to {FASTEST} m s-1")));
        }
        let strong = |(at, flux): &((usize, usize, usize), &f64)| {
            at.1 > 0 && at.1 < n_lat && !calm(*flux / south(*at))
        };
        match fluxes.1.indexed_iter().find(strong) {
            Some((at, flux)) => {
                let name = format!("v of the {name}");
                let error = self.bad_value(&name, flux / south(at), n_lat + 1, at);
                Err(error.expected(format!("-{FASTEST} to {FASTEST} m s-1")))
            }
            None => Ok(fluxes),
        }
    }

    /// Lengths of the west faces and of the south faces of each row \[m\].
    fn widths(&self) -> [Vec<f64>; 2] {
        let h = &self.grid.horizontal;
        let d_lon = 2.0 * std::f64::consts::PI / h.n_lon() as f64;
        let edges: Vec<f64> = h.lat_edges().iter().map(|lat| lat.to_radians()).collect();
        let across = edges.windows(2).map(|w| EARTH_RADIUS * (w[1] - w[0]));
        let along = edges.iter().map(|lat| EARTH_RADIUS * lat.cos() * d_lon);
        [across.collect(), along.collect()]
    }

    fn of_winds(&self, u: ArrayD<f64>, v: ArrayD<f64>, pressure: &Array2<f64>) -> Result<Fluxes> {
        let (_, n_lat, n_lon) = self.grid.shape();
        let mut u = self.levelled("u", u, (n_lat, n_lon), STRONGEST)?;
        let mut v = self.levelled("v", v, (n_lat + 1, n_lon), STRONGEST)?;
        let [across, along] = self.widths();
        u.indexed_iter_mut()
            .for_each(|(at, u)| *u *= self.air_west(pressure, at) * across[at.1]);
        v.indexed_iter_mut()
            .for_each(|(at, v)| *v *= self.air_south(pressure, at) * along[at.1]);
        Ok((u, v))
    }

    /// Air of a level at a west face \[kg m-2\].
    fn air_west(&self, pressure: &Array2<f64>, (k, j, i): (usize, usize, usize)) -> f64 {
        let n_lon = pressure.ncols();
        let (one, other) = (pressure[[j, i]], pressure[[j, (i + n_lon - 1) % n_lon]]);
        self.grid.levels.thickness(k, 0.5 * (one + other)) / GRAVITY
    }

    /// Air of a level at a south face \[kg m-2\].
    fn air_south(&self, pressure: &Array2<f64>, (k, j, i): (usize, usize, usize)) -> f64 {
        let n_lat = pressure.nrows();
        let (one, other) = (pressure[[j.max(1) - 1, i]], pressure[[j.min(n_lat - 1), i]]);
        self.grid.levels.thickness(k, 0.5 * (one + other)) / GRAVITY
    }

    /// A field with levels, from one with or without, of values between `-most` and `most`.
    fn levelled(
        &self,
        name: &str,
        field: ArrayD<f64>,
        (rows, columns): (usize, usize),
        most: f64,
    ) -> Result<Array3<f64>> {
        let n = self.grid.levels.len();
        let shape = field.shape().to_vec();
        let wrong = || {
            Error::new(format!(
                "the {name} of the meteorology has another shape than the grid"
            ))
            .expected(format!("({rows}, {columns}) or ({n}, {rows}, {columns})"))
            .got(format!("{shape:?}"))
        };
        let faces = match field.ndim() {
            2 => {
                let level: ArrayView2<f64> = field
                    .view()
                    .into_dimensionality::<Ix2>()
                    .map_err(|_| wrong())?;
                Array3::from_shape_fn((n, level.nrows(), level.ncols()), |(_, j, i)| level[[j, i]])
            }
            _ => field.into_dimensionality::<Ix3>().map_err(|_| wrong())?,
        };
        if faces.dim() != (n, rows, columns) {
            return Err(wrong());
        }
        match faces
            .indexed_iter()
            .find(|(_, v)| !(-most..=most).contains(*v))
        {
            None => Ok(faces),
            Some((location, v)) => Err(self.bad_value(name, *v, rows, location)),
        }
    }

    /// The error of a value at (level, row, column) of a field at west faces, or where rows are one
    /// more, at south faces or corners.
    fn bad_value(
        &self,
        name: &str,
        value: f64,
        rows: usize,
        (k, j, i): (usize, usize, usize),
    ) -> Error {
        let h = &self.grid.horizontal;
        let lat = if rows == h.n_lat() {
            h.lat()[j]
        } else {
            h.lat_edges()[j]
        };
        let lon = if name.starts_with('v') || name == "north" {
            h.lon()[i]
        } else {
            h.lon_edges()[i]
        };
        let location = format!("{lat} north, {lon} east, level {k} from the ground");
        let error = if value.is_finite() {
            Error::new(format!("the {name} of the meteorology is out of range"))
                .expected(format!("-{STRONGEST} to {STRONGEST} m s-1"))
                .got(value)
        } else {
            Error::new(format!("the {name} of the meteorology is not a number")).got(value)
        };
        error.at(location)
    }
}
