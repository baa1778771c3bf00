//! Lite files of OCO-2, OCO-3 (`oco2_LtCO2_YYMMDD_*.nc4`, version 10 and later) and of ACOS for
//! GOSAT (`acos_LtCO2_*.nc4`).
//!
//! | variable | meaning |
//! |---|---|
//! | `sounding_id` | YYYYMMDDhhmmssmf, m tenths of a second, f footprint |
//! | `time` | seconds since 1970 |
//! | `xco2`, `xco2_x2019` | bias corrected \[ppm\], on the scale X2007 and X2019 |
//! | `xco2_uncertainty`, `xco2_apriori` | \[ppm\] |
//! | `xco2_quality_flag` | 0 good, 1 bad |
//! | `pressure_levels` | (sounding, level) \[hPa\], from space down |
//! | `pressure_weight`, `xco2_averaging_kernel`, `co2_profile_apriori` | at these levels |
//! | `Sounding/operation_mode` | 0 nadir, 1 glint, 2 target, 3 transition, 4 snapshot |
//! | `Sounding/land_water_indicator` | 0 land, 1 water, 2 inland water, 3 mixed |
//! | `Retrieval/surface_type` | 0 ocean, 1 land |
//! | `Sounding/gain` | of GOSAT: H or M |
//!
//! The kind of a sounding is its mode and surface, `nadir_land`, `glint_ocean`, ...; GOSAT has no
//! mode, and looks at land off nadir and at the sea in its glint.

use super::records::Records;
use super::soundings::Format;
use crate::error::{Error, Result};
use crate::table::Column;
use std::sync::Arc;

/// The names of modes by their numbers.
const MODES: [&str; 5] = ["nadir", "glint", "target", "transition", "snapshot"];
/// What soundings can look at.
const SURFACES: [&str; 3] = ["land", "ocean", "mixed"];

/// Whose Lite files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteOf {
    /// OCO-2 or OCO-3.
    Oco,
    /// GOSAT by the ACOS algorithm.
    Acos,
}

/// A scale of calibration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// That of 2007.
    X2007,
    /// That of 2019.
    X2019,
}

impl Scale {
    /// As attributes name it.
    pub fn name(self) -> &'static str {
        match self {
            Scale::X2007 => "X2007",
            Scale::X2019 => "X2019",
        }
    }
}

/// Which soundings of Lite files are taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Lite {
    of: LiteOf,
    /// Also those that are not flagged good.
    any_quality: bool,
    kinds: Vec<String>,
    /// The one asked for; without, X2019 where the file has it.
    scale: Option<Scale>,
}

impl Lite {
    /// Good ones, or of any quality, of these kinds; of no kind for those that the product is used
    /// for: nadir and glint over land, glint over the ocean.
    ///
    /// # Errors
    /// A kind that soundings cannot be of.
    pub fn new(
        of: LiteOf,
        any_quality: bool,
        kinds: Vec<String>,
        scale: Option<Scale>,
    ) -> Result<Self> {
        let known: Vec<String> = MODES
            .iter()
            .flat_map(|m| SURFACES.map(|s| format!("{m}_{s}")))
            .collect();
        if let Some(unknown) = kinds.iter().find(|k| !known.contains(k)) {
            let names = known.iter().map(String::as_str);
            return Err(
                Error::new(format!("there is no kind of sounding \"{unknown}\""))
                    .expected(format!("some of {}", known.join(", ")))
                    .near(unknown, names),
            );
        }
        let usual = ["nadir_land", "glint_land", "glint_ocean"].map(String::from);
        Ok(Lite {
            of,
            any_quality,
            kinds: if kinds.is_empty() {
                usual.to_vec()
            } else {
                kinds
            },
            scale,
        })
    }

    /// The variable with the value, and its scale.
    fn value(&self, file: &Records) -> (&'static str, Scale) {
        let newer = file.has("xco2_x2019") && self.scale != Some(Scale::X2007);
        match newer || self.scale == Some(Scale::X2019) {
            true => ("xco2_x2019", Scale::X2019),
            false => ("xco2", Scale::X2007),
        }
    }

    fn attributes(&self, file: &mut Records) -> Result<()> {
        file.number_if_there("altitude", "Sounding/altitude", "m")?;
        for (name, variable, unit) in [
            ("quality_flag", "xco2_quality_flag", "1"),
            ("solar_zenith_angle", "solar_zenith_angle", "degrees"),
            ("orbit", "Sounding/orbit", "1"),
            ("footprint", "Sounding/footprint", "1"),
        ] {
            file.number_if_there(name, variable, unit)?;
        }
        if self.of == LiteOf::Acos && file.has("Sounding/gain") {
            let gain = file.texts("Sounding/gain")?;
            file.put("gain", Column::Text(gain))?;
        }
        Ok(())
    }

    fn kinds_of(&self, file: &Records) -> Result<Vec<Arc<str>>> {
        let surface = surfaces(file)?;
        let mode = match self.of {
            LiteOf::Oco => file.flag("Sounding/operation_mode")?,
            LiteOf::Acos => surface
                .iter()
                .map(|s| f64::from(u8::from(*s != 0)))
                .collect(),
        };
        let names: Vec<Arc<str>> = MODES
            .iter()
            .flat_map(|m| SURFACES.map(|s| Arc::from(format!("{m}_{s}"))))
            .collect();
        let unknown: Arc<str> = "other".into();
        let name = |(mode, surface): (&f64, usize)| {
            let known = (0.0..MODES.len() as f64).contains(mode);
            let index = || *mode as usize * SURFACES.len() + surface;
            known
                .then(index)
                .map_or(unknown.clone(), |k| names[k].clone())
        };
        Ok(mode.iter().zip(surface).map(name).collect())
    }
}

/// What each sounding looks at, as a position in [`SURFACES`].
fn surfaces(file: &Records) -> Result<Vec<usize>> {
    let of = |flag: Vec<f64>, index: fn(f64) -> usize| flag.into_iter().map(index).collect();
    if file.has("Retrieval/surface_type") {
        let index = |f| match f {
            0.0 => 1,
            1.0 => 0,
            _ => 2,
        };
        return Ok(of(file.flag("Retrieval/surface_type")?, index));
    }
    if file.has("Sounding/land_water_indicator") {
        let index = |f| match f {
            0.0 => 0,
            1.0 => 1,
            _ => 2,
        };
        return Ok(of(file.flag("Sounding/land_water_indicator")?, index));
    }
    let index = |f| match f {
        f if f >= 80.0 => 0,
        f if (0.0..=20.0).contains(&f) => 1,
        _ => 2,
    };
    Ok(of(file.flag("Sounding/land_fraction")?, index))
}

impl Format for Lite {
    fn name(&self) -> &str {
        match self.of {
            LiteOf::Oco => "OCO-2 Lite",
            LiteOf::Acos => "ACOS Lite",
        }
    }
    fn source(&self) -> &str {
        match self.of {
            LiteOf::Oco => "oco2",
            LiteOf::Acos => "gosat",
        }
    }
    fn is_named(&self, file: &str) -> bool {
        let file = file.to_lowercase();
        let of = match self.of {
            LiteOf::Oco => file.starts_with("oco"),
            LiteOf::Acos => file.starts_with("acos"),
        };
        of && file.contains("lt") && (file.ends_with(".nc4") || file.ends_with(".nc"))
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        file.begin("latitude", "longitude", "time")?;
        if !self.any_quality {
            let flag = file.flag("xco2_quality_flag")?;
            file.leave_out("quality flag", |k| flag[k] != 0.0);
        }
        let kinds = self.kinds_of(file)?;
        file.leave_out("of another kind", |k| {
            !self.kinds.iter().any(|w| **w == *kinds[k])
        });
        file.kinds(kinds);
        let (value, scale) = self.value(file);
        file.on_scale(scale.name());
        file.number("value", value, "ppm")?;
        file.number("sd", "xco2_uncertainty", "ppm")?;
        file.number("prior_column", "xco2_apriori", "ppm")?;
        file.profile("pressure", "pressure_levels", "hPa")?;
        file.profile("weight", "pressure_weight", "1")?;
        file.profile("kernel", "xco2_averaging_kernel", "1")?;
        file.profile("prior", "co2_profile_apriori", "ppm")?;
        file.identifiers("sounding_id")?;
        self.attributes(file)
    }
}
