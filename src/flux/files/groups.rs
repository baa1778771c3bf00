//! The two groups of priors of Su et al. (2024), each from a folder:
//!
//! | group | fossil | fire | land | ocean |
//! |---|---|---|---|---|
//! | 1 | `cdiac/gridcar.YYYY` | `gfed4.1s/GFED4.1s_YYYY.hdf5` | the same, or `gfed4.1s/*nee*.nc` | `oif/*.nc` |
//! | 2 | `odiac/odiac*_1x1d_YYYY.nc` | `gfed_cms/*fire*.nc` | `gfed_cms/*nee*.nc` | `pco2_clim/*.nc` |
//!
//! Fossil and fire are fixed; land has a factor on each of CarbonTracker's 145 eco-regions, the
//! ocean on
//! each of 30. NetCDF files are read as any CF flux (`flux::from_netcdf`).

use super::{CfFlux, GfedPart, GfedStep, files_of, from_cdiac, from_cf, from_gfed, from_odiac};
use crate::error::{Error, Result};
use crate::flux::{
    Beyond, Cycle, FactorRegions, FluxModule, ModulePrior, Series, SeriesReading, Surface,
};
use crate::grid::LatLonGrid;
use std::path::{Path, PathBuf};

/// What is chosen where the paper leaves it open.
#[derive(Debug, Clone)]
pub struct GroupOptions {
    /// Prior standard deviations on land and sea, as a part of the flux.
    pub sd: [f64; 2],
    /// Distance at which correlations between factors have fallen to 1/e \[km\].
    pub length_km: f64,
    /// How finely fires of GFED4.1s are told apart.
    pub step: GfedStep,
    /// A cycle within the day for land fluxes that have none.
    pub cycle: Option<Cycle>,
    /// How NetCDF files are read, and what holds beyond the files.
    pub reading: SeriesReading,
}

/// Where files of a kind lie in the folder of a group, and where they are obtained.
struct Source {
    of: &'static str,
    folder: &'static str,
    names: &'static str,
    from: &'static str,
    fits: fn(&str) -> bool,
}

fn netcdf(name: &str) -> bool {
    let lower = name.to_lowercase();
    [".nc", ".nc4", ".nc3"].iter().any(|e| lower.ends_with(e))
}

fn netcdf_with(name: &str, words: &[&str]) -> bool {
    netcdf(name) && words.iter().any(|w| name.to_lowercase().contains(w))
}

const CDIAC: Source = Source {
    of: "fossil",
    folder: "cdiac",
    names: "gridcar.YYYY",
    from: "doi 10.3334/CDIAC/ffe.ndp058.2016",
    fits: |n| n.starts_with("gridcar."),
};
const GFED: Source = Source {
    of: "fire and land",
    folder: "gfed4.1s",
    names: "GFED4.1s_YYYY.hdf5",
    from: "globalfiredata.org",
    fits: |n| n.starts_with("GFED4") && (n.ends_with(".hdf5") || n.ends_with(".h5")),
};
const GFED_NEE: Source = Source {
    of: "land",
    folder: "gfed4.1s",
    names: "*nee*.nc",
    from: "globalfiredata.org",
    fits: |n| netcdf_with(n, &["nee"]),
};
const OIF: Source = Source {
    of: "ocean",
    folder: "oif",
    names: "*.nc",
    from: "Jacobson et al. 2007, doi 10.1029/2005GB002556",
    fits: netcdf,
};
const ODIAC: Source = Source {
    of: "fossil",
    folder: "odiac",
    names: "odiac*_1x1d_YYYY.nc",
    from: "doi 10.17595/20170411.001",
    fits: |n| netcdf_with(n, &["odiac"]),
};
const CMS_FIRE: Source = Source {
    of: "fire",
    folder: "gfed_cms",
    names: "*fire*.nc",
    from: "NASA Carbon Monitoring System, GES DISC",
    fits: |n| netcdf_with(n, &["fire", "bb"]),
};
const CMS_NEE: Source = Source {
    of: "land",
    folder: "gfed_cms",
    names: "*nee*.nc",
    from: "NASA Carbon Monitoring System, GES DISC",
    fits: |n| netcdf_with(n, &["nee"]),
};
const PCO2: Source = Source {
    of: "ocean",
    folder: "pco2_clim",
    names: "*.nc",
    from: "Landschuetzer et al. 2020, doi 10.25921/qb25-f418",
    fits: netcdf,
};

impl Source {
    fn files(&self, group: &Path) -> Result<Vec<PathBuf>> {
        files_of(&group.join(self.folder), self.names, self.fits)
    }
}

/// Refuses a folder that lacks files, naming all that are missing.
fn check(group: &Path, sources: &[&Source]) -> Result<()> {
    let missing: Vec<String> = sources
        .iter()
        .filter(|s| s.files(group).is_err())
        .map(|s| format!("{}: {}/{} ({})", s.of, s.folder, s.names, s.from))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Error::new("the folder of the prior lacks files")
            .expected(missing.join("; "))
            .at(format!("folder \"{}\"", group.display()))),
    }
}

impl GroupOptions {
    /// A flux from NetCDF files; one for the ocean may be of a single year that stands for all.
    fn cf(&self, name: &str, files: &[PathBuf], beyond: Beyond) -> Result<Series> {
        let reading = SeriesReading {
            beyond,
            ..self.reading
        };
        from_cf(
            name,
            files,
            &CfFlux {
                reading,
                ..CfFlux::default()
            },
        )
    }

    fn land(&self, series: Series, cycle: bool) -> Result<FluxModule> {
        let eco = FactorRegions::eco(Surface::Land);
        Ok(FluxModule::new("land", None, series)?
            .with_factors(eco, vec![self.sd[0]], self.length_km)?
            .with_cycle(self.cycle.clone().filter(|_| cycle)))
    }

    fn ocean(&self, series: Series) -> Result<FluxModule> {
        let eco = FactorRegions::eco(Surface::Ocean);
        FluxModule::new("ocean", None, series)?.with_factors(eco, vec![self.sd[1]], self.length_km)
    }
}

fn sum(grid: &LatLonGrid, modules: Vec<FluxModule>) -> Result<ModulePrior> {
    ModulePrior::new(grid, modules, &["land".to_string(), "ocean".to_string()])
}

/// Whether maps are of less than a day, and so have a cycle within it.
fn within_the_day(series: &Series) -> bool {
    let span = series.calendar().span();
    span.is_some_and(|[a, b]| b.since(a) / (series.calendar().len() as f64) < 0.9 * 86_400.0)
}

/// The first group: CDIAC, GFED4.1s fire and land, OIF. Land is Rh - NPP by month, with the cycle
/// within the day of the options, unless there are files of NEE.
///
/// # Errors
/// Files that are missing, all named; what the readers refuse.
pub fn group_1_from(grid: &LatLonGrid, group: &Path, o: &GroupOptions) -> Result<ModulePrior> {
    check(group, &[&CDIAC, &GFED, &OIF])?;
    let beyond = o.reading.beyond;
    let (gfed, oif) = (GFED.files(group)?, OIF.files(group)?);
    let land = match GFED_NEE.files(group) {
        Ok(files) => o.cf("land", &files, beyond)?,
        Err(_) => from_gfed(&gfed, GfedPart::Land, GfedStep::Month, beyond)?,
    };
    let cycle = !within_the_day(&land);
    let fire = from_gfed(&gfed, GfedPart::Fire, o.step, beyond)?;
    sum(
        grid,
        vec![
            FluxModule::new("fossil", None, from_cdiac(&CDIAC.files(group)?, beyond)?)?,
            FluxModule::new("fire", None, fire)?,
            o.land(land, cycle)?,
            o.ocean(o.cf("ocean", &oif, Beyond::Repeat)?)?,
        ],
    )
}

/// The second group: ODIAC, GFED_CMS fire and land, pCO2-Clim.
///
/// # Errors
/// As [`group_1_from`].
pub fn group_2_from(grid: &LatLonGrid, group: &Path, o: &GroupOptions) -> Result<ModulePrior> {
    check(group, &[&ODIAC, &CMS_FIRE, &CMS_NEE, &PCO2])?;
    let beyond = o.reading.beyond;
    let land = o.cf("land", &CMS_NEE.files(group)?, beyond)?;
    let cycle = !within_the_day(&land);
    let fossil = from_odiac(&ODIAC.files(group)?, true, None, beyond)?;
    let fire = o.cf("fire", &CMS_FIRE.files(group)?, beyond)?;
    sum(
        grid,
        vec![
            FluxModule::new("fossil", None, fossil)?,
            FluxModule::new("fire", None, fire)?,
            o.land(land, cycle)?,
            o.ocean(o.cf("ocean", &PCO2.files(group)?, Beyond::Repeat)?)?,
        ],
    )
}
