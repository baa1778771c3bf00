//! One record of the files on the model's grid.

use super::source::LevelsFiles;
use crate::constants::GRAVITY;
use crate::error::{Error, Result};
use crate::io::netcdf::Dataset;
use crate::meteorology::files::{FileLevels, Variable};
use crate::meteorology::mean_state::scale_to_dry_mean;
use ndarray::{Array2, Array3, Axis, Zip};

/// A variable in the air, with its levels.
pub type Aloft = (Variable, FileLevels);

/// One record on the model's grid.
#[derive(Debug)]
pub struct Record {
    pub(super) east: Array3<f64>,
    pub(super) north: Array3<f64>,
    pub(super) surface_pressure: Array2<f64>,
    pub(super) temperature: Option<Array3<f64>>,
    pub(super) layer_height: Option<Array2<f64>>,
    /// At level edges.
    pub(super) updraft: Option<Array3<f64>>,
}

/// The variable with the levels of its first file.
pub(super) fn aloft(mut variable: Variable) -> Result<Aloft> {
    let path = &variable.records[0].path;
    let Some((dimension, n)) = &variable.levels else {
        return Err(
            Error::new(format!("{} has no levels", variable.quantity.what))
                .at(format!("variable \"{}\"", variable.name))
                .at(format!("file \"{}\"", path.display())),
        );
    };
    let levels = FileLevels::read(&Dataset::open(path)?, dimension, *n)?;
    variable.top_first = levels.top_first;
    Ok((variable, levels))
}

impl LevelsFiles {
    /// Reads record `k`.
    pub(super) fn read(&self, k: usize) -> Result<Record> {
        let (moist, mut dry) = self.pressures(k)?;
        let mut surface_pressure = self.faces.cell_means(dry.view());
        dry *= scale_to_dry_mean(&self.grid, &mut surface_pressure);
        let momentum = |wind: &Aloft| -> Result<Array3<f64>> {
            let mut wind = self.on_model_levels(wind, k, &moist)?;
            Zip::indexed(&mut wind).par_for_each(|(k, j, i), u| {
                *u *= self.grid.levels.thickness(k, dry[[j, i]]) / GRAVITY
            });
            Ok(wind)
        };
        let (east, north) = self
            .faces
            .fluxes([&momentum(&self.winds[0])?, &momentum(&self.winds[1])?]);
        let temperature = self
            .temperature
            .as_ref()
            .map(|t| self.on_model_levels(t, k, &moist))
            .transpose()?;
        let layer_height = self
            .layer_height
            .as_ref()
            .map(|h| h.read(k, |_, _, _| false))
            .transpose()?;
        let (n, edge) = (self.grid.levels.len(), |k: usize, ps: f64| {
            self.grid.levels.edge(k, ps)
        });
        let updraft = self
            .updraft
            .as_ref()
            .map(|u| self.at_pressures(u, k, &moist, (n + 1, &edge)))
            .transpose()?;
        let levelled =
            |values: Option<Array3<f64>>| values.map(|v| self.faces.cell_means_of_levels(&v));
        Ok(Record {
            east,
            north,
            surface_pressure,
            temperature: levelled(temperature),
            layer_height: layer_height.map(|h| self.faces.cell_means(h.index_axis(Axis(0), 0))),
            updraft: levelled(updraft),
        })
    }

    /// Moist and dry surface pressure of a record on the file's cells \[Pa\].
    fn pressures(&self, record: usize) -> Result<(Array2<f64>, Array2<f64>)> {
        let moist = match &self.surface_pressure {
            Some(ps) => ps
                .read(record, |_, _, _| false)?
                .index_axis_move(Axis(0), 0),
            None => self.own_pressure.clone(),
        };
        let mut dry = moist.clone();
        if let Some(q) = &self.humidity {
            let q = self.on_model_levels(q, record, &moist)?;
            dry -= &Zip::indexed(&moist).map_collect(|(j, i), ps| {
                (0..q.dim().0)
                    .map(|k| q[[k, j, i]] * self.grid.levels.thickness(k, *ps))
                    .sum::<f64>()
            });
        }
        Ok((moist, dry))
    }

    /// A record of a variable at the middles of the model's levels.
    fn on_model_levels(
        &self,
        variable: &Aloft,
        record: usize,
        moist: &Array2<f64>,
    ) -> Result<Array3<f64>> {
        self.at_pressures(
            variable,
            record,
            moist,
            (self.grid.levels.len(), &|k, ps| {
                self.grid.levels.middle(k, ps)
            }),
        )
    }

    /// A record of a variable at `n` pressures of each column, over the cells of the file. Levels
    /// of constant pressure may lack values below the ground: the lowest value above it stands for
    /// them.
    fn at_pressures(
        &self,
        (variable, levels): &Aloft,
        record: usize,
        moist: &Array2<f64>,
        (n, pressure): (usize, &(dyn Fn(usize, f64) -> f64 + Sync)),
    ) -> Result<Array3<f64>> {
        let mut values = variable.read(record, |k, j, i| {
            levels.pressure(k, moist[[j, i]]) > moist[[j, i]]
        })?;
        for mut column in values.lanes_mut(Axis(0)) {
            for k in (0..column.len() - 1).rev() {
                if column[k].is_nan() {
                    column[k] = column[k + 1];
                }
            }
        }
        let mut out = Array3::zeros((n, moist.nrows(), moist.ncols()));
        Zip::indexed(out.lanes_mut(Axis(0))).par_for_each(|(j, i), mut column| {
            let (ps, mut low) = (moist[[j, i]], 0);
            for (k, value) in column.iter_mut().enumerate() {
                let weight;
                (low, weight) = levels.bracket(pressure(k, ps).max(1.0), ps, low);
                *value = values[[low, j, i]] * (1.0 - weight) + values[[low + 1, j, i]] * weight;
            }
        });
        Ok(out)
    }
}
