//! The analysis changes the concentrations of a member as no flux does, so its carbon no longer
//! closes. This closes it: the global mass of each member becomes the forecast's plus what the
//! analysed factors emit beyond the forecast's.
//!
//! `M_a(k) = M_f(k) + E(lambda_a(k)) - E(lambda_f(k))` \[kg C\], one number per member, spread as
//!
//! - `Uniform`: one mole fraction added to every cell, which leaves all gradients of the analysis;
//! - `ByIncrement`: in proportion to `|x_a - x_f|`, which leaves what the observations did not
//!   touch.
//!
//! Not part of the paper, whose analysis updates concentrations without this constraint.

use crate::ensemble::{Concentrations, LANES, Real};
use crate::error::{Error, Result, Warning};
use crate::meteorology::air_masses;
use crate::transport::global_mass;
use crate::units::{MOLAR_MASS_CARBON, MOLAR_MASS_DRY_AIR};
use ndarray::Array2;
use std::fmt;

/// How the missing mass of a member is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MassClosure {
    /// The same mole fraction everywhere.
    Uniform,
    /// In proportion to the size of the increment.
    ByIncrement,
}

/// What the closure did, per member \[kg C\].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MassCorrection {
    /// Mass after the analysis alone.
    pub analysed: Vec<f64>,
    /// Mass that it should have.
    pub wanted: Vec<f64>,
    /// Mass after the closure; differs from the one wanted by rounding of the stored
    /// concentrations.
    pub closed: Vec<f64>,
    /// `no_increment`: members without an increment were corrected uniformly.
    pub warnings: Vec<Warning>,
}

impl MassCorrection {
    /// Mass added to each member \[kg C\].
    pub fn added(&self) -> Vec<f64> {
        self.wanted
            .iter()
            .zip(&self.analysed)
            .map(|(w, a)| w - a)
            .collect()
    }
    /// The largest |added| of any member as a mean mole fraction \[mol mol-1\].
    pub fn largest(&self, air_mass: f64) -> f64 {
        self.added().iter().fold(0.0f64, |a, x| a.max(x.abs())) / carbon_of(air_mass)
    }
}

/// Carbon \[kg\] of a mole fraction of one in this much dry air \[kg\].
fn carbon_of(air_mass: f64) -> f64 {
    air_mass * MOLAR_MASS_CARBON / MOLAR_MASS_DRY_AIR
}

/// Adds to each member a mole fraction everywhere, and one per unit of its increment; `apart` is
/// what increments are counted from.
fn add<T: Real>(
    analysis: &mut Concentrations<T>,
    forecast: &Concentrations<T>,
    [plain, shaped, apart]: [&[f64]; 3],
) {
    for (b, (block, before)) in analysis
        .blocks_mut()
        .iter_mut()
        .zip(forecast.blocks())
        .enumerate()
    {
        let of = b * LANES..(b * LANES + LANES).min(plain.len());
        let (plain, shaped, apart) = (&plain[of.clone()], &shaped[of.clone()], &apart[of]);
        for (cell, before) in block
            .values
            .chunks_mut(block.width)
            .zip(before.values.chunks(block.width))
        {
            for (k, value) in cell.iter_mut().take(plain.len()).enumerate() {
                let increment = value.to_f64() - before[k].to_f64() + apart[k];
                *value = T::from_f64(value.to_f64() + plain[k] + shaped[k] * increment.abs());
            }
        }
    }
}

impl MassClosure {
    /// Closes the mass of `analysis`, in place. `forecast` is the state before the update,
    /// `flux_change` (m) what the analysed factors emit beyond the forecast's over the step \[kg
    /// C\], `surface_pressure` (lat, lon) dry \[Pa\].
    ///
    /// # Errors
    /// States that differ in grid or members, another number of flux changes, or one that is not
    /// finite.
    pub fn apply<T: Real>(
        &self,
        analysis: &mut Concentrations<T>,
        forecast: &Concentrations<T>,
        flux_change: &[f64],
        surface_pressure: &Array2<f64>,
    ) -> Result<MassCorrection> {
        check(analysis, forecast, flux_change, surface_pressure)?;
        let wanted: Vec<f64> = global_mass(forecast, surface_pressure)
            .iter()
            .zip(flux_change)
            .map(|(m, e)| m + e)
            .collect();
        let mut correction = MassCorrection {
            analysed: global_mass(analysis, surface_pressure),
            wanted,
            ..MassCorrection::default()
        };
        let air = air_masses(analysis.grid(), surface_pressure);
        let air = air.as_slice().expect("freshly made arrays are contiguous");
        let total = carbon_of(air.iter().sum());
        let apart = apart(analysis, forecast);
        let shape = match self {
            MassClosure::Uniform => vec![0.0; flux_change.len()],
            MassClosure::ByIncrement => increment_mass(analysis, forecast, &apart, air),
        };
        // Mole fraction to add everywhere, and per unit of increment.
        let added = correction.added();
        let plain: Vec<f64> = added
            .iter()
            .zip(&shape)
            .map(|(a, s)| if *s > 0.0 { 0.0 } else { a / total })
            .collect();
        let shaped: Vec<f64> = added
            .iter()
            .zip(&shape)
            .map(|(a, s)| if *s > 0.0 { a / s } else { 0.0 })
            .collect();
        let without = shape.iter().filter(|s| **s <= 0.0).count();
        if *self == MassClosure::ByIncrement && without > 0 {
            correction.warnings.push(Warning::new(
                "no_increment",
                format!("{without} members have no increment; their mass was closed uniformly"),
            ));
        }
        add(analysis, forecast, [&plain, &shaped, &apart]);
        correction.closed = global_mass(analysis, surface_pressure);
        Ok(correction)
    }
}

/// By how much the background of the analysis exceeds the forecast's, per member \[mol mol-1\].
fn apart<T: Real>(analysis: &Concentrations<T>, forecast: &Concentrations<T>) -> Vec<f64> {
    analysis
        .background()
        .iter()
        .zip(forecast.background())
        .map(|(a, f)| a - f)
        .collect()
}

/// Carbon of |x_a - x_f| of every member \[kg C\].
fn increment_mass<T: Real>(
    analysis: &Concentrations<T>,
    forecast: &Concentrations<T>,
    apart: &[f64],
    air: &[f64],
) -> Vec<f64> {
    let mut sums = vec![0.0; analysis.n_members()];
    let members = sums.chunks_mut(LANES).zip(apart.chunks(LANES));
    for ((a, f), (sums, apart)) in analysis.blocks().iter().zip(forecast.blocks()).zip(members) {
        for ((a, f), air) in a
            .values
            .chunks(a.width)
            .zip(f.values.chunks(f.width))
            .zip(air)
        {
            sums.iter_mut()
                .enumerate()
                .for_each(|(k, s)| *s += air * (a[k].to_f64() - f[k].to_f64() + apart[k]).abs());
        }
    }
    sums.into_iter().map(carbon_of).collect()
}

fn check<T: Real>(
    analysis: &Concentrations<T>,
    forecast: &Concentrations<T>,
    flux_change: &[f64],
    pressure: &Array2<f64>,
) -> Result<()> {
    let (_, n_lat, n_lon) = analysis.grid().shape();
    if analysis.grid() != forecast.grid() || analysis.n_members() != forecast.n_members() {
        return Err(Error::new("analysis and forecast must be of one ensemble")
            .expected(forecast)
            .got(analysis));
    }
    if flux_change.len() != analysis.n_members() {
        return Err(Error::new("every member needs its change of flux")
            .expected(analysis.n_members())
            .got(flux_change.len()));
    }
    if let Some(k) = flux_change.iter().position(|e| !e.is_finite()) {
        return Err(Error::new("a change of flux is not finite")
            .got(flux_change[k])
            .at(format!("member {k}")));
    }
    if pressure.dim() != (n_lat, n_lon) || pressure.iter().any(|p| !(p.is_finite() && *p > 0.0)) {
        return Err(
            Error::new("the surface pressure must be positive and on the grid")
                .expected(format!("{n_lat} x {n_lon}"))
                .got(format!("{} x {}", pressure.nrows(), pressure.ncols())),
        );
    }
    Ok(())
}

impl fmt::Display for MassClosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MassClosure::Uniform => write!(f, "analysis::uniform_closure()"),
            MassClosure::ByIncrement => write!(f, "analysis::increment_closure()"),
        }
    }
}
