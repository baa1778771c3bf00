//! Columns as OpenGHG stores them (`*-column.nc`): one or more soundings of one satellite.
//!
//! | variable | meaning |
//! |---|---|
//! | `time`, `lat`, `lon` | |
//! | `xco2`, `xco2_uncertainty` | \[ppm\] |
//! | `pressure_levels` | (time, lev) \[hPa\], in either order |
//! | `pressure_weights`, `xco2_averaging_kernel`, `co2_profile_apriori` | at these levels |

use super::records::Records;
use super::soundings::Format;
use crate::error::Result;

/// All soundings of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenGhg;

impl Format for OpenGhg {
    fn name(&self) -> &str {
        "OpenGHG column"
    }
    fn source(&self) -> &str {
        "satellite"
    }
    fn is_named(&self, file: &str) -> bool {
        file.ends_with("column.nc")
    }

    fn read(&self, file: &mut Records) -> Result<()> {
        file.begin("lat", "lon", "time")?;
        file.number("value", "xco2", "ppm")?;
        file.number("sd", "xco2_uncertainty", "ppm")?;
        file.profile("pressure", "pressure_levels", "hPa")?;
        file.profile(
            "weight",
            file.first_of(&["pressure_weights", "pressure_weight"])?,
            "1",
        )?;
        file.profile("kernel", "xco2_averaging_kernel", "1")?;
        file.profile("prior", "co2_profile_apriori", "ppm")?;
        file.number_if_there("prior_column", "xco2_apriori", "ppm")
    }
}
