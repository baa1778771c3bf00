//! Writing small files, running the transport, and winds back from mass fluxes.

use mcas::constants::EARTH_RADIUS;
use mcas::constants::GRAVITY;
use mcas::ensemble::Concentrations;
use mcas::grid::Grid;
use mcas::meteorology::{BuiltIn, BuiltInOptions, Forcing, Meteorology};
use mcas::time::Time;
use mcas::transport::{Ledger, Transport, TransportOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A real file, if the folder of real files is known.
pub fn real(name: &str) -> Option<PathBuf> {
    let path =
        std::env::var_os("MCAS_TEST_DATA").map(|folder| Path::new(&folder).join("met").join(name));
    if path.is_none() {
        eprintln!("skipped: MCAS_TEST_DATA is not set, {name} is not read");
    }
    path
}

pub fn at(text: &str) -> Time {
    text.parse().unwrap()
}

pub fn lender(grid: &Arc<Grid>) -> BuiltIn {
    BuiltIn::new(grid, None, BuiltInOptions::default()).unwrap()
}

/// Wind through the west face of a cell \[m s-1\], under the surface pressure at the start.
pub fn wind_east(grid: &Grid, f: &Forcing, (k, j, i): (usize, usize, usize)) -> f64 {
    let h = &grid.horizontal;
    let height = EARTH_RADIUS * (h.lat_edges()[j + 1] - h.lat_edges()[j]).to_radians();
    let west = (i + h.n_lon() - 1) % h.n_lon();
    let ps = 0.25
        * (0..2)
            .map(|t| f.surface_pressure[t][[j, i]] + f.surface_pressure[t][[j, west]])
            .sum::<f64>();
    f.east[[k, j, i]] * GRAVITY / (grid.levels.thickness(k, ps) * height)
}

/// A uniform member of 400 ppm and one with blobs, run from `start` to `end`.
pub fn run(
    met: &Arc<dyn Meteorology>,
    start: Time,
    end: Time,
    step: f64,
) -> (Concentrations<f64>, Ledger) {
    let grid = met.grid().clone();
    let mut c = Concentrations::<f64>::uniform(&grid, 2, 400e-6).unwrap();
    let (n_lev, n_lat, n_lon) = grid.shape();
    for (k, j) in (0..n_lev).flat_map(|k| (0..n_lat).map(move |j| (k, j))) {
        for i in 0..n_lon {
            let column = if j == 0 || j == n_lat - 1 { 0 } else { i };
            c.set(grid.cell(k, j, i), 0, 407e-6);
            c.set(
                grid.cell(k, j, i),
                1,
                if (k + j + 3 * column) % 11 < 4 {
                    410e-6
                } else {
                    400e-6
                },
            );
        }
    }
    let model = Transport::new(
        met.clone(),
        TransportOptions {
            step,
            ..TransportOptions::default()
        },
    )
    .unwrap();
    let ledger = model.advance(&mut c, start, end, None, &mut ()).unwrap();
    (c, ledger)
}

/// A uniform member in single precision, which no winds change by a bit.
pub fn assert_uniform_in_single(met: &Arc<dyn Meteorology>, start: Time, end: Time, step: f64) {
    let grid = met.grid().clone();
    let mut c = Concentrations::<f32>::uniform(&grid, 1, 400e-6).unwrap();
    (0..grid.n_cells()).for_each(|cell| c.set(cell, 0, 407e-6));
    let first = c.get(0, 0);
    let model = Transport::new(
        met.clone(),
        TransportOptions {
            step,
            ..TransportOptions::default()
        },
    )
    .unwrap();
    model.advance(&mut c, start, end, None, &mut ()).unwrap();
    assert!(
        (0..grid.n_cells()).all(|cell| c.get(cell, 0).to_bits() == first.to_bits()),
        "{met}"
    );
}

/// What must hold under any winds: the uniform member stays as it is, the other keeps its carbon
/// and its extrema.
pub fn assert_laws(c: &Concentrations<f64>, ledger: &Ledger, steps: f64) {
    let values = |m: usize| (0..c.grid().n_cells()).map(move |cell| c.get(cell, m));
    assert!(
        values(0).all(|v| v == 407e-6),
        "the uniform member is {:e} off",
        values(0).fold(0.0, |a: f64, v| a.max((v / 407e-6 - 1.0).abs()))
    );
    let (least, most) = values(1).fold((1.0, 0.0), |(a, b): (f64, f64), v| (a.min(v), b.max(v)));
    assert!(
        least > 400e-6 - 1e-15 && most < 410e-6 + 1e-15,
        "{least} to {most}"
    );
    assert!(
        ledger.imbalance() < 1e-13 * steps,
        "{:e}",
        ledger.imbalance()
    );
}

/// A variable of a file to be written: name, dimensions, attributes, values.
pub struct Var<'a> {
    pub name: &'a str,
    pub dimensions: &'a [&'a str],
    pub attributes: &'a [(&'a str, &'a str)],
    pub values: Vec<f64>,
}

pub fn var<'a>(
    name: &'a str,
    dimensions: &'a [&'a str],
    attributes: &'a [(&'a str, &'a str)],
    values: Vec<f64>,
) -> Var<'a> {
    Var {
        name,
        dimensions,
        attributes,
        values,
    }
}

/// The latitudes of a file, under the name of their dimension.
pub fn north(name: &'static [&'static str; 1], values: Vec<f64>) -> Var<'static> {
    var(name[0], name, &[("units", "degrees_north")], values)
}

/// The longitudes of a file, under the name of their dimension.
pub fn east(name: &'static [&'static str; 1], values: Vec<f64>) -> Var<'static> {
    var(name[0], name, &[("units", "degrees_east")], values)
}

/// Writes a NetCDF file of doubles.
pub fn write(path: &Path, dimensions: &[(&str, usize)], variables: &[Var]) {
    write_as(netcdf::Options::NETCDF4, path, dimensions, variables);
}

/// Writes a NetCDF file of doubles in one of the formats.
pub fn write_as(
    format: netcdf::Options,
    path: &Path,
    dimensions: &[(&str, usize)],
    variables: &[Var],
) {
    let mut file = netcdf::create_with(path, format).unwrap();
    for (name, n) in dimensions {
        file.add_dimension(name, *n).unwrap();
    }
    for v in variables {
        let mut variable = file.add_variable::<f64>(v.name, v.dimensions).unwrap();
        for (name, value) in v.attributes {
            variable.put_attribute(name, *value).unwrap();
        }
    }
    // Classic formats take values when all is defined.
    file.enddef().unwrap();
    for v in variables {
        file.variable_mut(v.name)
            .unwrap()
            .put_values(&v.values, ..)
            .unwrap();
    }
    file.close().unwrap();
}

/// Values of a function of (time, level, lat, lon) positions, in that order.
pub fn filled(n: [usize; 4], f: impl Fn([usize; 4]) -> f64) -> Vec<f64> {
    let mut values = Vec::with_capacity(n.iter().product());
    for t in 0..n[0] {
        for k in 0..n[1] {
            for j in 0..n[2] {
                values.extend((0..n[3]).map(|i| f([t, k, j, i])));
            }
        }
    }
    values
}
