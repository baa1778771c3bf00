//! Ground-based spectrometers: TCCON's public files of GGG2020 (`xxYYYYMMDD_YYYYMMDD.public*.nc`),
//! a record for each spectrum.
//!
//! | variable | meaning |
//! |---|---|
//! | `time`, `lat`, `long`, `zobs` | UTC; altitude in km |
//! | `xco2`, `xco2_error` | \[ppm\] on the scale X2007; the same with `_x2019` |
//! | `ak_xco2` | (time, `ak_altitude`) column averaging kernel |
//! | `prior_co2`, `prior_h2o` | (time, `prior_altitude`) mole fractions in **wet** air, from the surface up |
//! | `prior_pressure` | \[atm\]; the lowest level may lie below the station |
//! | `integration_operator`, `..._x2019` | the weights of a wet profile, without the kernel |
//! | `prior_xco2`, `prior_xco2_x2019` | the weighted sum of the prior profile |
//! | `pout` | pressure at the station \[hPa\] |
//! | `solzen` | solar zenith angle |
//! | `extrapolation_flags_ak_xco2` | 0 where the kernel is within its table |
//!
//! The operator is c = prior_xco2 + sum_j op_j a_j (x_j (1 - h2o_j) - prior_co2_j), x of dry air
//! (Laughner et al. 2024, Earth Syst. Sci. Data 16, 2197). The integration operator holds the
//! retrieved column of O2, so that its weights add up to one within 0.4 %.

use super::lite::Scale;
use super::records::Records;
use super::soundings::Format;
use crate::error::{Error, Result};

/// Which spectra are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tccon {
    /// With the sun at most so far from the zenith \[degrees\].
    pub highest_zenith: f64,
    /// Also those whose kernel lies far beyond its table.
    pub extrapolated: bool,
    /// The one asked for; without, X2019 where the file has it.
    pub scale: Option<Scale>,
}

impl Tccon {
    fn scale(&self, file: &Records) -> (&'static str, Scale) {
        let newer = file.has("xco2_x2019") && self.scale != Some(Scale::X2007);
        match newer || self.scale == Some(Scale::X2019) {
            true => ("_x2019", Scale::X2019),
            false => ("", Scale::X2007),
        }
    }

    fn select(&self, file: &mut Records) -> Result<()> {
        if file.has("flag") {
            let flag = file.flag("flag")?;
            file.leave_out("quality flag", |k| flag[k] != 0.0);
        }
        if file.has("solzen") {
            let zenith = file.flag("solzen")?;
            file.leave_out("a low sun", |k| zenith[k] > self.highest_zenith);
        }
        if !self.extrapolated && file.has("extrapolation_flags_ak_xco2") {
            let flag = file.flag("extrapolation_flags_ak_xco2")?;
            file.leave_out("a kernel beyond its table", |k| flag[k].abs() > 1.0);
        }
        Ok(())
    }
}

/// The two letters that begin a file's name, or the long name that the file gives.
fn site(file: &Records) -> String {
    let path = file
        .file()
        .path()
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let letters: String = path.chars().take_while(char::is_ascii_lowercase).collect();
    match letters.len() {
        2 => letters,
        _ => file
            .file()
            .attribute(None, "long_name")
            .unwrap_or_else(|| "tccon".into()),
    }
}

impl Format for Tccon {
    fn name(&self) -> &str {
        "TCCON GGG2020"
    }
    fn source(&self) -> &str {
        "tccon"
    }
    fn is_named(&self, file: &str) -> bool {
        file.contains(".public") && file.ends_with(".nc")
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        if !file.has("xco2") && file.has("xco2_ppm") {
            return Err(Error::new("the file is of GGG2014, the release before")
                .expected("a public file of GGG2020, with \"xco2\" and \"integration_operator\"")
                .got("\"xco2_ppm\"")
                .hint(
                    "the file of the same station at tccondata.org, or from_table with the kernels",
                ));
        }
        file.begin("lat", file.first_of(&["long", "lon"])?, "time")?;
        self.select(file)?;
        let site = site(file);
        file.site(&site);
        let (suffix, scale) = self.scale(file);
        file.on_scale(scale.name());
        file.number("value", &format!("xco2{suffix}"), "ppm")?;
        file.number("sd", &format!("xco2_error{suffix}"), "ppm")?;
        file.number("prior_column", &format!("prior_xco2{suffix}"), "ppm")?;
        file.profile("weight", &format!("integration_operator{suffix}"), "1")?;
        file.profile("pressure", "prior_pressure", "atm")?;
        file.profile("prior", "prior_co2", "ppm")?;
        file.profile("water", "prior_h2o", "mol mol-1")?;
        file.profile("kernel", "ak_xco2", "1")?;
        let altitudes = |name: &str| file.file().all_numbers(name).ok();
        if altitudes("ak_altitude") != altitudes("prior_altitude") {
            file.profile("kernel_pressure", "ak_pressure", "hPa")?;
        }
        file.number("surface_pressure", "pout", "hPa")?;
        file.number("altitude", "zobs", "km")?;
        for (name, unit) in [("solzen", "degrees"), ("airmass", "1"), ("azim", "degrees")] {
            file.number_if_there(name, name, unit)?;
        }
        Ok(())
    }
}
