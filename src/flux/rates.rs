//! What the built-in prior emits in each month: of factors within TransCom regions, of fire, of
//! fossil.

use super::budget::Emission;
use super::eco_regions::{EcoRegions, Surface, one_degree};
use super::months::seconds_by_month;
use super::{Module, PriorFlux};
use crate::data;
use crate::time::Time;
use ndarray::{Array1, Array2};

/// Rates \[kg C s-1\] by month: of the parts of factors (month, part), of what layers of factors
/// leave out or count twice, of fire and of fossil by region.
pub(super) struct Rates {
    /// The parts, in order.
    parts: Vec<Part>,
    rate: Array2<f64>,
    /// Land and sea (month, region).
    beside: [Array2<f64>; 2],
    fire: Array2<f64>,
    fossil: Array1<f64>,
}

/// A factor's flux in one TransCom region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    factor: usize,
    /// From 0.
    transcom: usize,
    /// Whether it is net ecosystem exchange.
    land: bool,
}

impl Rates {
    /// The rates of a flux, from 1 x 1 degree.
    pub(super) fn new(flux: &PriorFlux) -> Self {
        let (modules, transcom) = (flux.modules(), &data::world().transcom);
        let at = parts_at(flux);
        let mut parts: Vec<Part> = at.iter().flatten().copied().collect();
        parts.sort_unstable();
        parts.dedup();
        let mut rates = Rates {
            rate: Array2::zeros((12, parts.len())),
            parts,
            beside: [Array2::zeros((12, 23)), Array2::zeros((12, 23))],
            fire: Array2::zeros((12, 23)),
            fossil: Array1::zeros(23),
        };
        let eco = EcoRegions::carbontracker();
        for ((j, i), factors_of_cell) in at.indexed_iter() {
            let (area, region) = (one_degree().area(j), usize::from(transcom[[j, i]]) - 1);
            rates.fossil[region] += area * modules.fossil[[j, i]];
            let surface = eco.map()[[j, i]].map(|k| eco.factors()[k].surface);
            let factors_of_cell: Vec<usize> = factors_of_cell
                .iter()
                .filter_map(|p| rates.parts.binary_search(p).ok())
                .collect();
            for m in 0..12 {
                rates.fire[[m, region]] += area * modules.fire[[m, j, i]];
                let flux = match surface {
                    Some(Surface::Land) => area * modules.nee[[m, j, i]],
                    Some(Surface::Ocean) => area * modules.ocean[[m, j, i]],
                    None => continue,
                };
                factors_of_cell
                    .iter()
                    .for_each(|k| rates.rate[[m, *k]] += flux);
                if factors_of_cell.len() != 1 {
                    let sea = usize::from(surface == Some(Surface::Ocean));
                    rates.beside[sea][[m, region]] += flux * (1.0 - factors_of_cell.len() as f64);
                }
            }
        }
        rates
    }

    /// What is emitted in an interval.
    pub(super) fn emissions(&self, start: Time, end: Time) -> Vec<Emission> {
        let seconds = Array1::from(seconds_by_month(start, end).to_vec());
        let of_months = |of, rates: &Array2<f64>| fixed(of, seconds.dot(rates));
        let mut emissions = of_months(Module::Wildfire, &self.fire);
        emissions.extend(fixed(Module::Fossil, seconds.sum() * &self.fossil));
        let [land, sea] = &self.beside;
        // Nothing is added where every flux has one factor, so that totals keep their bits.
        let beside = of_months(Module::Nee, land)
            .into_iter()
            .chain(of_months(Module::Ocean, sea));
        emissions.extend(beside.filter(|e| e.mass != 0.0));
        let scaled = self.parts.iter().zip(seconds.dot(&self.rate));
        emissions.extend(scaled.map(|(part, mass)| Emission {
            of: if part.land {
                Module::Nee
            } else {
                Module::Ocean
            },
            transcom: part.transcom,
            factor: Some(part.factor),
            mass,
        }));
        emissions
    }
}

/// Emissions of every TransCom region that no factor scales.
fn fixed(of: Module, masses: Array1<f64>) -> Vec<Emission> {
    let masses = masses.into_iter().enumerate();
    masses
        .map(|(transcom, mass)| Emission {
            of,
            transcom,
            factor: None,
            mass,
        })
        .collect()
}

/// The factors' parts that each 1 x 1 degree cell belongs to, one for each layer that has a factor.
fn parts_at(flux: &PriorFlux) -> Array2<Vec<Part>> {
    let transcom = &data::world().transcom;
    Array2::from_shape_fn(transcom.dim(), |(j, i)| {
        let mut offset = 0;
        let mut parts = vec![];
        for layer in flux.layers() {
            if let Some(k) = layer.map()[[j, i]] {
                parts.push(Part {
                    factor: offset + k,
                    transcom: usize::from(transcom[[j, i]]) - 1,
                    land: layer.factors()[k].surface == Surface::Land,
                });
            }
            offset += layer.n_factors();
        }
        parts
    })
}
