//! The 10-second averages of the OCO-2 model intercomparison project
//! (`OCO2_b11.2_10sec_GOOD_r2.nc4`, one file for all years).
//!
//! | variable | meaning |
//! |---|---|
//! | `sounding_id` | YYYYMMDDhhmmss x 100 + type |
//! | `time` | seconds since 1970; else `date` (n, 7): year, month, ..., second |
//! | `xco2`, `xco2_2019_scale` | \[ppm\] on the scale X2007 and X2019 |
//! | `xco2_uncertainty`, `model_error` | \[ppm\]; the error is the root of the sum of their squares |
//! | `xco2_apriori`, `co2_profile_apriori` | \[ppm\] |
//! | `sigma_levels` | from the top down; p = sigma `psurf` \[hPa\] |
//! | `pressure_weight`, `xco2_averaging_kernel` | at these levels |
//! | `data_type` | 1 land nadir, 2 land glint, 3 land target, 4 land transition, 5 ocean nadir, 6 ocean glint, 7 ocean target |
//! | `assimilate_flag` | 0 neither, 1 to be assimilated, 2 withheld |
//!
//! The experiments of the project: IS takes none of these, LNLG and LNLGIS types 1 and 2, OG type
//! 6, LNLGOG and LNLGOGIS all three; `IS` at the end means in situ data beside them.

use super::lite::Scale;
use super::records::Records;
use super::soundings::Format;
use crate::error::Result;
use crate::table::Column;
use crate::time::Time;
use std::sync::Arc;

/// Kinds by `data_type`, from 0.
const KINDS: [&str; 8] = [
    "other",
    "nadir_land",
    "glint_land",
    "target_land",
    "transition_land",
    "nadir_ocean",
    "glint_ocean",
    "target_ocean",
];

/// Which averages an experiment of the project takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Experiment {
    /// In situ data alone: none.
    Is,
    /// Land nadir and land glint.
    Lnlg,
    /// Ocean glint.
    Og,
    /// Both.
    LnlgOg,
    /// Whatever the file holds.
    All,
}

/// What the flag of assimilation must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assimilate {
    /// 1: to be assimilated.
    Yes,
    /// 2: withheld for evaluation.
    Withheld,
    /// Anything.
    Any,
}

/// Which averages are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mip {
    /// By type.
    pub experiment: Experiment,
    /// By flag.
    pub assimilate: Assimilate,
    /// The one asked for; without, X2019 where the file has it.
    pub scale: Option<Scale>,
}

impl Mip {
    fn takes(&self, data_type: f64) -> bool {
        let types: &[f64] = match self.experiment {
            Experiment::Is => &[],
            Experiment::Lnlg => &[1.0, 2.0],
            Experiment::Og => &[6.0],
            Experiment::LnlgOg => &[1.0, 2.0, 6.0],
            Experiment::All => return true,
        };
        types.contains(&data_type)
    }

    fn value(&self, file: &Records) -> (&'static str, Scale) {
        let newer = file.has("xco2_2019_scale") && self.scale != Some(Scale::X2007);
        match newer || self.scale == Some(Scale::X2019) {
            true => ("xco2_2019_scale", Scale::X2019),
            false => ("xco2", Scale::X2007),
        }
    }

    fn select(&self, file: &mut Records) -> Result<()> {
        let data_type = file.flag("data_type")?;
        file.leave_out("not of this experiment", |k| !self.takes(data_type[k]));
        if self.assimilate != Assimilate::Any {
            let flag = file.flag("assimilate_flag")?;
            let wanted = if self.assimilate == Assimilate::Yes {
                1.0
            } else {
                2.0
            };
            file.leave_out("flag of assimilation", |k| flag[k] != wanted);
        }
        if file.has("xco2_quality_flag") {
            let flag = file.flag("xco2_quality_flag")?;
            file.leave_out("quality flag", |k| flag[k] != 0.0);
        }
        let kinds = KINDS.map(Arc::<str>::from);
        let kind = |t: f64| kinds.get(t as usize).unwrap_or(&kinds[0]).clone();
        file.kinds(data_type.into_iter().map(kind).collect());
        Ok(())
    }
}

/// Times from year, month, day, hour, minute and second, in rows of `width` numbers.
pub(super) fn of_parts(parts: &[f64], width: usize) -> Vec<Option<Time>> {
    let instant = |p: &[f64]| {
        let integer = |k: usize| p.get(k).filter(|x| x.is_finite()).map(|x| *x as i64);
        let day = Time::from_date(
            i16::try_from(integer(0)?).ok()?,
            i8::try_from(integer(1)?).ok()?,
            i8::try_from(integer(2)?).ok()?,
        );
        let (h, m, s) = (integer(3)?, integer(4)?, integer(5)?);
        let within = (0..24).contains(&h) && (0..60).contains(&m) && (0..=60).contains(&s);
        within.then_some(day.ok()?.plus((h * 3600 + m * 60 + s) as f64))
    };
    parts.chunks_exact(width.max(1)).map(instant).collect()
}

impl Format for Mip {
    fn name(&self) -> &str {
        "OCO-2 MIP 10-second averages"
    }
    fn source(&self) -> &str {
        "oco2"
    }
    fn is_named(&self, file: &str) -> bool {
        let file = file.to_lowercase();
        file.starts_with("oco") && file.contains("10sec") && file.ends_with(".nc4")
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        if file.has("time") || !file.has("date") {
            file.begin("latitude", "longitude", "time")?;
        } else {
            let width = file.file().shape("date").and_then(|s| s.get(1).copied());
            let times = of_parts(&file.file().all_stored("date")?, width.unwrap_or(1));
            file.begin_at("latitude", "longitude", times)?;
        }
        self.select(file)?;
        let (value, scale) = self.value(file);
        file.on_scale(scale.name());
        file.number("value", value, "ppm")?;
        let (unc, unit) = file.values("xco2_uncertainty", "ppm")?;
        let (model, of_model) = file.values("model_error", "ppm")?;
        let factor = of_model.factor_to(&unit)?;
        let total = unc.iter().zip(&model).map(|(u, m)| u.hypot(m * factor));
        file.put("sd", Column::Numbers(total.collect(), unit.clone()))?;
        file.put("xco2_uncertainty", Column::Numbers(unc, unit))?;
        file.put("model_error", Column::Numbers(model, of_model))?;
        file.number("prior_column", "xco2_apriori", "ppm")?;
        file.number("surface_pressure", "psurf", "hPa")?;
        file.profile("sigma", "sigma_levels", "1")?;
        file.profile("weight", "pressure_weight", "1")?;
        file.profile("kernel", "xco2_averaging_kernel", "1")?;
        file.profile("prior", "co2_profile_apriori", "ppm")?;
        file.identifiers("sounding_id")?;
        file.number_if_there("altitude", "altitude", "m")?;
        file.number_if_there("assimilate_flag", "assimilate_flag", "1")
    }
}
