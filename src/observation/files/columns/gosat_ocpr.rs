//! GOSAT by the University of Leicester, ESA CCI (`ESACCI-GHG-L2-CH4-GOSAT-OCPR-YYYYMMDD-*.nc`):
//! the CO2 column of the proxy retrieval of CH4.
//!
//! | variable | meaning |
//! |---|---|
//! | `raw_xco2`, `raw_xco2_error` | \[1e-6\], without correction of bias |
//! | `xch4_quality_flag` | 0 good; a flag of CH4, which filters nothing for CO2 |
//! | `retr_flag` | 0 land, 1 glint |
//! | `pressure_levels` | (n, 20) \[hPa\], from the surface up |
//! | `pressure_weight`, `xco2_averaging_kernel`, `co2_profile_apriori` | at these levels |
//! | `time` | seconds since 1970 |
//!
//! Missing are -10000 and NaN, also at single levels of soundings that are flagged good; these
//! soundings are left out. No prior column is stated: it is the weighted sum of the prior profile.

use super::records::Records;
use super::soundings::Format;
use crate::error::Result;
use std::sync::Arc;

/// Which soundings of the files are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GosatOcpr {
    /// Also those that are not flagged good.
    pub any_quality: bool,
}

impl Format for GosatOcpr {
    fn name(&self) -> &str {
        "GOSAT OCPR"
    }
    fn source(&self) -> &str {
        "gosat"
    }
    fn is_named(&self, file: &str) -> bool {
        file.contains("GOSAT-OCPR") && file.ends_with(".nc")
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        file.begin("latitude", "longitude", "time")?;
        if !self.any_quality {
            let flag = file.flag("xch4_quality_flag")?;
            file.leave_out("quality flag", |k| flag[k] != 0.0);
        }
        if file.has("retr_flag") {
            let kinds: [Arc<str>; 2] = ["nadir_land".into(), "glint_ocean".into()];
            let flag = file.flag("retr_flag")?;
            let kind = |f: f64| kinds[usize::from(f == 1.0)].clone();
            file.kinds(flag.into_iter().map(kind).collect());
        }
        file.number("value", "raw_xco2", "ppm")?;
        file.number("sd", "raw_xco2_error", "ppm")?;
        file.profile("pressure", "pressure_levels", "hPa")?;
        file.profile("weight", "pressure_weight", "1")?;
        file.profile("kernel", "xco2_averaging_kernel", "1")?;
        file.profile("prior", "co2_profile_apriori", "ppm")?;
        if file.has("exposure_id") {
            file.identifiers("exposure_id")?;
        }
        file.number_if_there("altitude", "surface_altitude", "m")?;
        file.number_if_there("gain", "gain", "1")?;
        file.number_if_there("solar_zenith_angle", "solar_zenith_angle", "degrees")
    }
}
