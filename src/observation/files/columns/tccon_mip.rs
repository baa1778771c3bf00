//! TCCON for the OCO-2 model intercomparison project (`tccon_timeavg_YYYYMMDD.nc4`): averages over
//! half an hour or so at each station, in the group `CO2`.
//!
//! | variable | meaning |
//! |---|---|
//! | `cdate` | (n, 6) year, month, day, hour, minute, second UTC |
//! | `obs_num`, `station_id`, `latitude`, `longitude` | |
//! | `column_mixing`, `sigma_column_mixing` | \[ppm\] |
//! | `avg_kernel`, `prior_mixing` | at `p_levels_prior` \[Pa\], from the surface up; the kernel may have `p_levels_ak` |
//! | `prior_h2o` | mole fraction of water in wet air |
//! | `p_surf` | \[Pa\] |
//!
//! `prior_mixing` is of dry air (`prior_mixing_tccon` is the wet profile it was made of). No
//! weights are in the file: they are those of dry air, the integral over pressure of (1 - h2o) per
//! mass of wet air with everything linear in pressure between levels. The prior column is the
//! weighted sum of the prior.

use super::mip::of_parts;
use super::records::Records;
use super::soundings::Format;
use crate::error::{Error, Result};
use crate::table::Column;
use crate::units::{MOLAR_MASS_DRY_AIR, Unit};
use ndarray::{Array2, ArrayView1, Zip};

/// Molar mass of water \[kg mol-1\].
const MOLAR_MASS_WATER: f64 = 18.015_28e-3;

/// All averages of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TcconMip;

/// Pressure weights of dry air of a profile that is linear between levels of `pressure`, falling
/// from below or above a surface at `surface`; they add up to one. Beyond the ends it is constant.
fn weights(pressure: ArrayView1<f64>, water: ArrayView1<f64>, surface: f64) -> Vec<f64> {
    let n = pressure.len();
    // Moles of dry air per kilogram of wet air.
    let dry = |x: f64| (1.0 - x) / (MOLAR_MASS_DRY_AIR * (1.0 - x) + MOLAR_MASS_WATER * x);
    let mut weight = vec![0.0; n];
    for k in 0..n {
        let (low, high) = (
            pressure[k].min(surface),
            pressure.get(k + 1).map_or(0.0, |p| p.min(surface)),
        );
        let thick = (low - high).max(0.0);
        let amount = thick * dry(water[k]);
        match pressure.get(k + 1) {
            // The mean of the layer, linear from level k to k + 1.
            Some(above) if pressure[k] > *above => {
                let middle = 0.5 * (low + high);
                let share = (middle - above) / (pressure[k] - above);
                weight[k] += share * amount;
                weight[k + 1] += (1.0 - share) * amount;
            }
            _ => weight[k] += amount,
        }
    }
    weight[0] += (surface - pressure[0]).max(0.0) * dry(water[0]);
    let total: f64 = weight.iter().sum();
    weight.iter().map(|w| w / total).collect()
}

/// The weights of all records (record, level).
fn all_weights(file: &Records) -> Result<Array2<f64>> {
    let in_unit = |name: &str, unit: &str| {
        let (values, unit_read) = file.profiles(&format!("CO2/{name}"), unit)?;
        Ok::<_, Error>(values * unit_read.factor_to(&Unit::parse(unit)?)?)
    };
    let pressure = in_unit("p_levels_prior", "Pa")?;
    let water = in_unit("prior_h2o", "mol mol-1")?;
    let surface = in_unit("p_surf", "Pa")?;
    if pressure.dim() != water.dim() {
        return Err(
            Error::new("the levels of pressure and water differ in number").got(format!(
                "{:?} and {:?}",
                pressure.dim(),
                water.dim()
            )),
        );
    }
    let mut all = Array2::zeros(pressure.dim());
    Zip::from(all.rows_mut())
        .and(pressure.rows())
        .and(water.rows())
        .and(surface.column(0))
        .for_each(|mut row, p, h2o, surface| {
            row.assign(&ArrayView1::from(&weights(p, h2o, *surface)));
        });
    Ok(all)
}

impl Format for TcconMip {
    fn name(&self) -> &str {
        "TCCON averages of the OCO-2 MIP"
    }
    fn source(&self) -> &str {
        "tccon"
    }
    fn is_named(&self, file: &str) -> bool {
        file.starts_with("tccon_timeavg") && file.ends_with(".nc4")
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        let width = file
            .file()
            .shape("CO2/cdate")
            .and_then(|s| s.get(1).copied());
        let times = of_parts(&file.file().all_stored("CO2/cdate")?, width.unwrap_or(1));
        file.begin_at("CO2/latitude", "CO2/longitude", times)?;
        file.number("value", "CO2/column_mixing", "ppm")?;
        file.number("sd", "CO2/sigma_column_mixing", "ppm")?;
        file.profile("pressure", "CO2/p_levels_prior", "Pa")?;
        file.profile("prior", "CO2/prior_mixing", "ppm")?;
        file.profile("kernel", "CO2/avg_kernel", "1")?;
        if file.has("CO2/p_levels_ak") {
            file.profile("kernel_pressure", "CO2/p_levels_ak", "Pa")?;
        }
        let weights = all_weights(file)?;
        file.put_profiles("weight", weights, Unit::none());
        file.number("surface_pressure", "CO2/p_surf", "Pa")?;
        file.identifiers("CO2/obs_num")?;
        let (stations, _) = file.values("CO2/station_id", "1")?;
        file.put(
            "site",
            Column::text(stations.iter().map(|s| format!("tccon_{s:.0}"))),
        )
    }
}
