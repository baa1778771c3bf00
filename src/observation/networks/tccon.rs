//! When ground-based spectrometers measure: at 11, 12 and 13 h local time of clear days, with the
//! sun at most 80 degrees from the zenith.

use super::{
    Instrument, SurfaceAir, at_local_hour, check_period, check_share, days, retrieval, uniform,
};
use crate::data::Site;
use crate::error::Result;
use crate::grid::sun::cos_zenith;
use crate::meteorology::Meteorology;
use crate::observation::{Observation, Plan};
use crate::random::generator;
use crate::time::Time;
use std::sync::Arc;

const HOURS: [f64; 3] = [11.0, 12.0, 13.0];
const LOWEST_SUN: f64 = 80.0;

/// The schedule of the TCCON-like network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tccon {
    /// Seed of the cloud cover.
    pub seed: u64,
    /// Share of days that are clear.
    pub clear: f64,
}

impl Default for Tccon {
    fn default() -> Self {
        Tccon {
            seed: 1,
            clear: 0.4,
        }
    }
}

impl Tccon {
    /// What `sites` measure from `start` up to `end`, as the source `tccon`.
    ///
    /// # Errors
    /// A share outside 0 to 1, or no meteorology for an instant.
    pub fn plan(
        &self,
        sites: &[Site],
        meteorology: &dyn Meteorology,
        start: Time,
        end: Time,
    ) -> Result<Plan> {
        check_period(start, end)?;
        check_share("the share of clear days", self.clear)?;
        let mut rows = Vec::new();
        for site in sites {
            let stream = format!("weather {}", site.code);
            for day in days(start, end) {
                if uniform(&mut generator(self.seed, &stream, day as u64)) >= self.clear {
                    continue;
                }
                let times = HOURS.map(|hour| at_local_hour(day, hour, site.longitude));
                let zenith = |t: Time| {
                    cos_zenith(site.latitude, site.longitude, t)
                        .clamp(-1.0, 1.0)
                        .acos()
                        .to_degrees()
                };
                let measured = times
                    .into_iter()
                    .filter(|t| *t >= start && *t < end && zenith(*t) <= LOWEST_SUN);
                rows.extend(measured.map(|time| (site, day, time, zenith(time))));
            }
        }
        rows.sort_by_key(|(_, _, time, _)| *time); // so that the air of an instant is made once
        let mut surface = SurfaceAir::new(meteorology);
        let rows = rows
            .into_iter()
            .map(|(site, day, time, zenith)| row(site, day, time, zenith, &mut surface))
            .collect::<Result<_>>()?;
        Ok(Plan::new("tccon", rows))
    }
}

fn row(
    site: &Site,
    day: i64,
    time: Time,
    zenith: f64,
    surface: &mut SurfaceAir,
) -> Result<Observation> {
    let (pressure, height) = surface.at(time, site.latitude, site.longitude)?;
    // A site above the model's surface has less air over it.
    let pressure = pressure * (-(site.altitude - height).max(0.0) / 8000.0).exp();
    Ok(Observation {
        site: site.code.as_str().into(),
        kind: "tccon".into(),
        time,
        latitude: site.latitude,
        longitude: site.longitude,
        altitude: site.altitude,
        unit: day.max(0) as u32,
        sampling: Arc::new(retrieval(Instrument::Tccon, zenith, pressure, time)),
        ..Observation::template()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::tccon_sites;
    use crate::observation::fixture::{StillAir, atmosphere};

    #[test]
    fn spectrometers_measure_on_clear_days_in_sunlight() {
        let air = StillAir(atmosphere());
        let (start, end): (Time, Time) =
            ("2016-12-01".parse().unwrap(), "2017-01-01".parse().unwrap());
        let plan = Tccon::default()
            .plan(tccon_sites(), &air, start, end)
            .unwrap();
        assert!(
            plan.rows()
                .iter()
                .all(|o| cos_zenith(o.latitude, o.longitude, o.time) > 0.17)
        );
        assert!(!plan.rows().iter().any(|o| &*o.site == "eureka01")); // polar night
        let share = plan
            .rows()
            .iter()
            .filter(|o| &*o.site == "darwin01")
            .count() as f64
            / 93.0;
        assert!((0.15..0.65).contains(&share), "{share}");
    }
}
