//! ACOS level 2 of GOSAT and the level 2 standard files of OCO-2 (`acos_L2s_*.h5`,
//! `oco2_L2Std*.h5`): HDF5 without dimension scales.
//!
//! | variable | meaning |
//! |---|---|
//! | `RetrievalHeader/sounding_id_reference` or `sounding_id` | |
//! | `RetrievalHeader/sounding_time_tai93` or `retrieval_time_tai93` | seconds of TAI since 1993-01-01 UTC |
//! | `SoundingGeometry/sounding_latitude` or `RetrievalGeometry/retrieval_latitude` | and longitude, altitude |
//! | `RetrievalResults/xco2`, `xco2_uncert`, `xco2_apriori` | \[mol mol-1\], without correction of bias |
//! | `RetrievalResults/vector_pressure_levels` | \[Pa\], from space down |
//! | `RetrievalResults/xco2_pressure_weighting_function`, `xco2_avg_kernel_norm`, `co2_profile_apriori` | at these levels |
//! | `RetrievalResults/outcome_flag` | 1 and 2 converged |
//! | `RetrievalResults/surface_type` | text, where it is there: `Lambertian` over land, `Coxmunk...` over the sea |

use super::records::Records;
use super::soundings::Format;
use crate::error::Result;
use crate::time::Time;
use std::sync::Arc;

/// Which soundings are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AcosL2 {
    /// Also those that did not converge.
    pub any_quality: bool,
}

/// The ends of UTC days with a leap second since 1993 (IERS Bulletin C).
const LEAP_SECONDS: [(i16, i8, i8); 10] = [
    (1993, 7, 1),
    (1994, 7, 1),
    (1996, 1, 1),
    (1997, 7, 1),
    (1999, 1, 1),
    (2006, 1, 1),
    (2009, 1, 1),
    (2012, 7, 1),
    (2015, 7, 1),
    (2017, 1, 1),
];

/// The instant of a number of seconds of TAI since 1993-01-01 UTC.
fn of_tai93(seconds: f64) -> Option<Time> {
    let start = Time::from_date(1993, 1, 1).ok()?;
    if !(0.0..4e9).contains(&seconds) {
        return None;
    }
    let plain = start.plus(seconds);
    let passed = |(n, day): (usize, &(i16, i8, i8))| {
        let begins = Time::from_date(day.0, day.1, day.2).ok()?;
        (plain.since(begins) >= n as f64 + 1.0).then_some(n + 1)
    };
    let leaps = LEAP_SECONDS.iter().enumerate().filter_map(passed).max();
    Some(start.plus(seconds - leaps.unwrap_or(0) as f64))
}

impl AcosL2 {
    /// Reads where and when; gives the variable of the altitude.
    fn begin(file: &mut Records) -> Result<Option<String>> {
        let time = file.first_of(&[
            "RetrievalHeader/sounding_time_tai93",
            "RetrievalHeader/retrieval_time_tai93",
        ])?;
        let geometry = |what: &str| {
            let names = [
                format!("SoundingGeometry/sounding_{what}"),
                format!("RetrievalGeometry/retrieval_{what}"),
            ];
            let names = [names[0].as_str(), names[1].as_str()];
            file.first_of(&names).map(str::to_string)
        };
        let (latitude, longitude) = (geometry("latitude")?, geometry("longitude")?);
        let altitude = geometry("altitude").ok();
        let bands = file
            .file()
            .shape(time)
            .and_then(|s| s.get(1).copied())
            .unwrap_or(1);
        let times = file.file().all_numbers(time)?;
        let times = times
            .into_iter()
            .step_by(bands.max(1))
            .map(of_tai93)
            .collect();
        file.begin_at(&latitude, &longitude, times)?;
        Ok(altitude)
    }

    fn kinds(file: &mut Records) -> Result<()> {
        let variable = "RetrievalResults/surface_type";
        if !file.has(variable) {
            return Ok(());
        }
        let kinds: [Arc<str>; 2] = ["nadir_land".into(), "glint_ocean".into()];
        let at_sea = |t: String| kinds[usize::from(t.to_lowercase().contains("cox"))].clone();
        let all = file
            .file()
            .text(variable)?
            .into_iter()
            .map(at_sea)
            .collect();
        file.kinds(all);
        Ok(())
    }
}

impl Format for AcosL2 {
    fn name(&self) -> &str {
        "ACOS level 2"
    }
    fn source(&self) -> &str {
        "gosat"
    }
    fn is_named(&self, file: &str) -> bool {
        let file = file.to_lowercase();
        file.ends_with(".h5") && (file.starts_with("acos_l2") || file.starts_with("oco2_l2"))
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        let altitude = AcosL2::begin(file)?;
        let results = |name: &str| format!("RetrievalResults/{name}");
        if !self.any_quality && file.has(&results("outcome_flag")) {
            let flag = file.flag(&results("outcome_flag"))?;
            file.leave_out("did not converge", |k| ![1.0, 2.0].contains(&flag[k]));
        }
        AcosL2::kinds(file)?;
        file.number("value", &results("xco2"), "mol mol-1")?;
        file.number("sd", &results("xco2_uncert"), "mol mol-1")?;
        file.number_if_there("prior_column", &results("xco2_apriori"), "mol mol-1")?;
        file.profile("pressure", &results("vector_pressure_levels"), "Pa")?;
        file.profile("weight", &results("xco2_pressure_weighting_function"), "1")?;
        file.profile("kernel", &results("xco2_avg_kernel_norm"), "1")?;
        file.profile("prior", &results("co2_profile_apriori"), "mol mol-1")?;
        if let Some(altitude) = altitude {
            file.number("altitude", &altitude, "m")?;
        }
        file.identifiers(file.first_of(&[
            "RetrievalHeader/sounding_id_reference",
            "RetrievalHeader/sounding_id",
        ])?)
    }
}
