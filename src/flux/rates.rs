//! What the built-in prior emits in each month, by factor and TransCom region.

use super::budget::Emission;
use super::eco_regions::{Surface, one_degree};
use super::months::seconds_by_month;
use super::{Module, PriorFlux};
use crate::data;
use crate::time::Time;
use ndarray::{Array1, Array2};

/// Rates \[kg C s-1\]: of factors by month (month, factor), of fire and fossil by region.
pub(super) struct Rates {
    factor: Array2<f64>,
    fire: Array2<f64>,
    fossil: Array1<f64>,
}

impl Rates {
    pub(super) fn new(flux: &PriorFlux) -> Self {
        let (modules, eco, transcom) = (flux.modules(), flux.regions(), &data::world().transcom);
        let mut rates = Rates {
            factor: Array2::zeros((12, eco.n_factors())),
            fire: Array2::zeros((12, 23)),
            fossil: Array1::zeros(23),
        };
        for ((j, i), factor) in eco.map().indexed_iter() {
            let (area, region) = (one_degree().area(j), usize::from(transcom[[j, i]]) - 1);
            rates.fossil[region] += area * modules.fossil[[j, i]];
            for m in 0..12 {
                rates.fire[[m, region]] += area * modules.fire[[m, j, i]];
                if let Some(k) = factor {
                    let map = if eco.factors()[*k].surface == Surface::Land {
                        &modules.nee
                    } else {
                        &modules.ocean
                    };
                    rates.factor[[m, *k]] += area * map[[m, j, i]];
                }
            }
        }
        rates
    }
}

impl Rates {
    /// What is emitted in an interval.
    pub(super) fn emissions(&self, flux: &PriorFlux, start: Time, end: Time) -> Vec<Emission> {
        let seconds = Array1::from(seconds_by_month(start, end).to_vec());
        let (fire, mass) = (seconds.dot(&self.fire), seconds.dot(&self.factor));
        let whole = seconds.sum();
        let fixed = |of, transcom, mass| Emission {
            of,
            transcom,
            factor: None,
            mass,
        };
        let fire = fire.into_iter().enumerate();
        let fossil = self.fossil.iter().enumerate();
        let factors = flux.regions().factors().iter().zip(mass).enumerate();
        fire.map(|(r, mass)| fixed(Module::Wildfire, r, mass))
            .chain(fossil.map(|(r, rate)| fixed(Module::Fossil, r, whole * rate)))
            .chain(factors.map(|(k, (factor, mass))| Emission {
                of: match factor.surface {
                    Surface::Land => Module::Nee,
                    Surface::Ocean => Module::Ocean,
                },
                transcom: factor.transcom - 1,
                factor: Some(k),
                mass,
            }))
            .collect()
    }
}
