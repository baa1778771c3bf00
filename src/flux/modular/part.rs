//! One module on the model grid.

use super::shares::Shares;
use super::spread::Spread;
use super::{FactorRegions, FluxModule, ModuleFactor};
use crate::ensemble::exponential_covariance;
use crate::error::Result;
use crate::flux::FluxBasis;
use crate::flux::months::shares_of_day;
use crate::grid::{ConservativeRegrid, LatLonGrid};
use crate::time::Time;
use ndarray::Array2;
use std::sync::{Arc, Mutex};

/// Fixed flux of cells and values of terms.
type Values = (Vec<f64>, Vec<f64>);

/// A module, how its maps come to the model grid, and which were wanted last.
#[derive(Debug)]
pub(super) struct Part {
    pub module: FluxModule,
    pub regions: Option<FactorRegions>,
    /// The number of its first factor.
    pub offset: usize,
    pub shares: Shares,
    pub spread: Spread,
    /// Where its terms lie among those of all parts.
    pub index_of_term: Vec<usize>,
    latest: Mutex<Option<(usize, Arc<Values>)>>,
    /// The cycle within the day: month * slots + slot.
    cycle: Vec<Values>,
}

impl Part {
    pub fn new(
        module: FluxModule,
        regions: Option<FactorRegions>,
        offset: usize,
        grid: &LatLonGrid,
    ) -> Self {
        let shares = Shares::new(module.series.grid(), regions.as_ref(), module.of);
        let spread = Spread::new(module.series.grid(), grid, &shares);
        let cycle = module.cycle.as_ref().map_or(vec![], |cycle| {
            let grid_of_flux = module.series.grid();
            let regrid = ConservativeRegrid::new(&cycle.grid, grid_of_flux);
            let shape = (cycle.grid.n_lat(), cycle.grid.n_lon());
            let of = |k: usize| {
                let map = cycle.map(k / cycle.slots, k % cycle.slots);
                let map = Array2::from_shape_vec(shape, map).expect("a map of its own grid");
                spread.of(&regrid.density(map.view()).into_raw_vec_and_offset().0)
            };
            (0..12 * cycle.slots).map(of).collect()
        });
        Part {
            index_of_term: vec![0; spread.n_terms()],
            module,
            regions,
            offset,
            shares,
            spread,
            latest: Mutex::default(),
            cycle,
        }
    }

    pub fn factors(&self) -> Vec<ModuleFactor> {
        let of = |regions: &FactorRegions| {
            let footprints = regions.footprints();
            let names = regions.names().iter().zip(footprints).enumerate();
            names
                .map(|(k, (name, footprint))| ModuleFactor {
                    module: self.module.name.clone(),
                    region: name.clone(),
                    sd: self.module.sd_of(k),
                    location: footprint.location,
                })
                .collect()
        };
        self.regions.as_ref().map_or(vec![], of)
    }

    pub fn covariance(&self) -> Result<Array2<f64>> {
        let factors = self.factors();
        let sd: Vec<f64> = factors.iter().map(|f| f.sd).collect();
        let locations: Vec<(f64, f64)> = factors.iter().map(|f| f.location).collect();
        exponential_covariance(&sd, &locations, &vec![0; sd.len()], self.module.length_km)
    }

    /// A map of the series on the model grid.
    fn values(&self, number: usize) -> Result<Arc<Values>> {
        let mut latest = self.latest.lock().unwrap_or_else(|e| e.into_inner());
        if let Some((_, values)) = latest.as_ref().filter(|(known, _)| *known == number) {
            return Ok(values.clone());
        }
        let values = Arc::new(self.spread.of(&self.module.series.map(number)?));
        *latest = Some((number, values.clone()));
        Ok(values)
    }

    /// Adds its mean over an interval.
    pub fn add(&self, start: Time, end: Time, basis: &mut FluxBasis) -> Result<()> {
        let named = |e: crate::error::Error| e.at(format!("module \"{}\"", self.module.name));
        for (number, share) in self
            .module
            .series
            .calendar()
            .shares(start, end)
            .map_err(named)?
        {
            self.add_values(&*self.values(number)?, share, basis);
        }
        if let Some(cycle) = &self.module.cycle {
            for (month, slot, share) in shares_of_day(start, end, cycle.slots)? {
                self.add_values(&self.cycle[month * cycle.slots + slot], share, basis);
            }
        }
        Ok(())
    }

    fn add_values(&self, (fixed, terms): &Values, share: f64, basis: &mut FluxBasis) {
        let cells = basis.fixed.iter_mut().zip(fixed);
        cells.for_each(|(sum, v)| *sum += share * v);
        for (k, v) in self.index_of_term.iter().zip(terms) {
            basis.value[*k] += share * v;
        }
    }
}
