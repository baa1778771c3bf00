//! Trace gases other than the CO2 of Eq. 1: their sources and how fast
//! it decays.

use super::{Given, Maps, SurfaceFlux, fossil_pattern, ice_free_land};
use crate::error::{Error, Result};
use crate::grid::LatLonGrid;
use crate::time::{DAY, YEAR};
use crate::units::{AVOGADRO, MOLAR_MASS_CARBON};
use std::fmt;
use std::sync::Arc;

/// Molar mass of radon-222 \[kg mol-1\] (AME2020).
const MOLAR_MASS_RADON: f64 = 222.018e-3;
/// Half-life of radon-222 \[s\] (Decay Data Evaluation Project, 2010).
const HALF_LIFE_RADON: f64 = 3.8232 * DAY;
/// Radon from land that is free of ice \[atoms m-2 s-1\] (Jacob et al. 1997, doi 10.1029/96JD02955:
/// 1 atom cm-2 s-1).
const RADON_FROM_LAND: f64 = 1e4;
/// Molar mass of SF6 \[kg mol-1\] (IUPAC 2021).
const MOLAR_MASS_SF6: f64 = 146.054e-3;
/// Emission of SF6 around 2018 \[kg s-1\] (Simmonds et al. 2020, doi 10.5194/acp-20-7271-2020: 9.04
/// Gg yr-1).
const SF6_EMISSION: f64 = 9.04e6 / YEAR;

/// A trace gas.
#[derive(Clone)]
pub struct Tracer {
    /// Its name in tables.
    pub name: String,
    /// Molar mass \[kg mol-1\].
    pub molar_mass: f64,
    /// Time after which half is left \[s\]; none for a gas that stays.
    pub half_life: Option<f64>,
    /// Surface flux without factors, as kg of carbon of as many moles \[kg C m-2 s-1\].
    pub source: Arc<dyn SurfaceFlux>,
}

impl Tracer {
    /// A trace gas from its properties.
    ///
    /// # Errors
    /// A molar mass or half-life that is not above zero; a source with free factors.
    pub fn new(
        name: &str,
        molar_mass: f64,
        half_life: Option<f64>,
        source: Arc<dyn SurfaceFlux>,
    ) -> Result<Self> {
        let wrong = |what: &str, value: f64, unit: &str| {
            Error::new(format!("the {what} of \"{name}\" must be above zero"))
                .got(format!("{value} {unit}"))
        };
        if !(molar_mass > 0.0 && molar_mass.is_finite()) {
            return Err(wrong("molar mass", molar_mass, "kg mol-1").hint("\"146 g mol-1\""));
        }
        if let Some(half_life) = half_life.filter(|t| !(*t > 0.0 && t.is_finite())) {
            return Err(wrong("half-life", half_life, "s")
                .hint("no half_life for a gas that does not decay"));
        }
        if source.n_factors() > 0 {
            return Err(
                Error::new("the source of a tracer cannot have free factors")
                    .got(format!("{} factors", source.n_factors()))
                    .hint(".with_factors(windows)"),
            );
        }
        Ok(Tracer {
            name: name.to_string(),
            molar_mass,
            half_life,
            source,
        })
    }

    /// Radon-222: 1 atom cm-2 s-1 from land that is free of ice, half-life 3.8 days.
    pub fn radon(grid: &LatLonGrid) -> Self {
        let flux = RADON_FROM_LAND / AVOGADRO * MOLAR_MASS_CARBON;
        let map = ice_free_land(grid).iter().map(|land| flux * land).collect();
        Tracer {
            name: "Rn-222".into(),
            molar_mass: MOLAR_MASS_RADON,
            half_life: Some(HALF_LIFE_RADON),
            source: constant(grid, map),
        }
    }

    /// Sulphur hexafluoride: 9.04 Gg a year spread as fossil CO2 is; it does not decay.
    pub fn sf6(grid: &LatLonGrid) -> Self {
        let pattern = fossil_pattern(grid);
        let total: f64 = pattern
            .indexed_iter()
            .map(|((j, _), v)| grid.area(j) * v)
            .sum();
        let scale = SF6_EMISSION / total * MOLAR_MASS_CARBON / MOLAR_MASS_SF6;
        Tracer {
            name: "SF6".into(),
            molar_mass: MOLAR_MASS_SF6,
            half_life: None,
            source: constant(grid, pattern.iter().map(|v| scale * v).collect()),
        }
    }

    /// First-order loss \[s-1\]: ln 2 / half-life, 0 for a gas that stays.
    pub fn loss_rate(&self) -> f64 {
        self.half_life
            .map_or(0.0, |half_life| std::f64::consts::LN_2 / half_life)
    }

    /// The account of a run that counted `[before, emitted, decayed, after]` in kilograms of carbon
    /// of as many moles.
    pub fn account(&self, carbon: [f64; 4]) -> TracerAccount {
        let [before, emitted, decayed, after] = carbon.map(|kg| kg * self.per_carbon());
        TracerAccount {
            before,
            emitted,
            decayed,
            after,
        }
    }

    /// Kilograms of the gas for each kilogram of carbon of as many moles.
    pub fn per_carbon(&self) -> f64 {
        self.molar_mass / MOLAR_MASS_CARBON
    }
}

/// What became of a tracer over a run \[kg\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TracerAccount {
    /// In the air at the start.
    pub before: f64,
    /// Emitted.
    pub emitted: f64,
    /// Lost by decay.
    pub decayed: f64,
    /// In the air at the end.
    pub after: f64,
}

impl TracerAccount {
    /// What is not accounted for, `after - before - emitted + decayed`, relative to what was there
    /// or was emitted, whichever is greater; 0 where there was nothing.
    pub fn imbalance(&self) -> f64 {
        match (self.after - self.before - self.emitted + self.decayed).abs() {
            0.0 => 0.0,
            missing => missing / self.before.abs().max(self.emitted.abs()),
        }
    }
}

fn constant(grid: &LatLonGrid, map: Vec<f64>) -> Arc<dyn SurfaceFlux> {
    Arc::new(
        Given::new(grid, Maps::Constant(map)).expect("built-in maps are on the grid and finite"),
    )
}

impl fmt::Display for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:.3} g mol-1", self.name, 1e3 * self.molar_mass)?;
        match self.half_life {
            Some(half_life) => write!(f, ", half-life {:.4} days)", half_life / DAY),
            None => write!(f, ")"),
        }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::FluxBasis;

    /// Emission of the globe \[kg s-1\] of the tracer.
    fn emission(grid: &LatLonGrid, tracer: &Tracer) -> f64 {
        let mut basis = FluxBasis::default();
        tracer
            .source
            .between(
                "2016-01-01".parse().unwrap(),
                "2016-01-02".parse().unwrap(),
                &mut basis,
            )
            .unwrap();
        basis
            .fixed
            .iter()
            .enumerate()
            .map(|(cell, v)| grid.area(cell / grid.n_lon()) * v)
            .sum::<f64>()
            * tracer.per_carbon()
    }

    #[test]
    fn the_built_in_gases_emit_their_stated_totals() {
        let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
        assert!((emission(&grid, &Tracer::sf6(&grid)) * YEAR / 9.04e6 - 1.0).abs() < 1e-12);
        // 1 atom cm-2 s-1 from 1.31e14 m2 of land without ice: 15 kg a year.
        let radon = emission(&grid, &Tracer::radon(&grid)) * YEAR;
        assert!((14.0..16.5).contains(&radon), "{radon}");
        assert!((Tracer::radon(&grid).loss_rate() * 86_400.0 - 0.1813).abs() < 1e-4);
    }

    #[test]
    fn an_account_is_in_kilograms_of_the_gas_and_balances() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let none = Arc::new(Given::none(&grid));
        let gas = Tracer::new("x", 2.0 * MOLAR_MASS_CARBON, None, none).unwrap();
        let account = gas.account([4.0, 2.0, 1.0, 5.0]);
        assert_eq!((account.before, account.after), (8.0, 10.0));
        assert_eq!(account.imbalance(), 0.0);
        assert_eq!(gas.account([4.0, 2.0, 1.0, 6.0]).imbalance(), 0.25);
        assert_eq!(gas.account([0.0; 4]).imbalance(), 0.0);
    }

    #[test]
    fn a_gas_without_mass_or_of_negative_half_life_is_refused() {
        let grid = LatLonGrid::geos(30.0, 30.0).unwrap();
        let of = |mass, half_life| Tracer::new("x", mass, half_life, Arc::new(Given::none(&grid)));
        assert!(
            of(0.0, None)
                .unwrap_err()
                .to_string()
                .contains("molar mass")
        );
        assert!(
            of(0.1, Some(-5.0))
                .unwrap_err()
                .to_string()
                .contains("half-life")
        );
        assert!(of(0.1, Some(f64::NAN)).is_err());
    }
}
