//! When in situ sites measure.
//!
//! - flask: one sample a week, on a weekday of the site's own, between 12 and 15 h local time.
//! - continuous: two hourly values a day, at 13 and 15 h; on mountains (above 1500 m) at 1 and 3 h,
//!   when the air comes down from above.
//! - tower: 13 and 15 h, when the air below is mixed.
//! - aircraft: a profile from 500 to 8000 m every 14 days, 5 minutes between levels, from about 12
//!   h.
//!
//! A part of the units (samples, days, flights) is missing at random. Everything of a site is drawn
//! from (seed, site, kind, day), so a site added changes no other.

use super::{at_local_hour, check_period, check_share, days, uniform};
use crate::data::Site;
use crate::error::{Error, Result};
use crate::observation::{Observation, Plan};
use crate::random::generator;
use crate::time::Time;

/// Heights of a profile \[m above sea level\].
const PROFILE: [f64; 8] = [
    500.0, 1000.0, 1500.0, 2000.0, 3000.0, 4500.0, 6000.0, 8000.0,
];
/// A profile begins this far above the ground \[m\].
const CLEARANCE: f64 = 150.0;
const MOUNTAIN: f64 = 1500.0;

/// The schedule of the in situ network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InSitu {
    /// Seed of weekdays, hours and gaps.
    pub seed: u64,
    /// Share of units missing.
    pub missing: f64,
}

impl Default for InSitu {
    fn default() -> Self {
        InSitu {
            seed: 1,
            missing: 0.1,
        }
    }
}

impl InSitu {
    /// What `sites` measure from `start` up to `end`, as the source `in_situ`.
    ///
    /// # Errors
    /// A share outside 0 to 1, or a site of an unknown kind or without a place.
    pub fn plan(&self, sites: &[Site], start: Time, end: Time) -> Result<Plan> {
        check_period(start, end)?;
        check_share("the share of in situ units missing", self.missing)?;
        let mut rows = Vec::new();
        for site in sites {
            let known = ["flask", "continuous", "tower", "aircraft"];
            if !known.contains(&site.kind.as_str()) {
                return Err(
                    Error::new(format!("site {} is of an unknown kind", site.code))
                        .expected(known.join(", "))
                        .got(format!("\"{}\"", site.kind)),
                );
            }
            let placed = site.latitude.abs() <= 90.0
                && site.longitude.is_finite()
                && site.altitude.is_finite();
            if !placed {
                let (lat, lon, z) = (site.latitude, site.longitude, site.altitude);
                return Err(
                    Error::new(format!("site {} is at no place on the globe", site.code))
                        .expected("a latitude from -90 to 90, a longitude and an altitude")
                        .got(format!("{lat} N, {lon} E, {z} m")),
                );
            }
            let stream = format!("schedule {} {}", site.code, site.kind);
            let phase =
                (uniform(&mut generator(self.seed, &format!("{stream} phase"), 0)) * 14.0) as i64;
            for day in days(start, end) {
                let mut rng = generator(self.seed, &stream, day as u64);
                if uniform(&mut rng) < self.missing {
                    continue;
                }
                let samples = samples(site, day, phase, uniform(&mut rng));
                rows.extend(
                    samples
                        .into_iter()
                        .filter(|(t, _)| *t >= start && *t < end)
                        .map(|(time, altitude)| row(site, day, time, altitude)),
                );
            }
        }
        Ok(Plan::new("in_situ", rows))
    }
}

/// Times and heights of one day's samples of a site.
fn samples(site: &Site, day: i64, phase: i64, u: f64) -> Vec<(Time, f64)> {
    let at = |hour: f64| at_local_hour(day, hour, site.longitude);
    let mountain = site.kind == "continuous" && site.altitude > MOUNTAIN;
    match site.kind.as_str() {
        "flask" if day.rem_euclid(7) == phase % 7 => vec![(at(12.0 + 3.0 * u), site.altitude)],
        "aircraft" if day.rem_euclid(14) == phase => {
            let heights = PROFILE.iter().filter(|z| **z >= site.altitude + CLEARANCE);
            heights
                .enumerate()
                .map(|(k, z)| (at(12.0 + u + k as f64 / 12.0), *z))
                .collect()
        }
        "flask" | "aircraft" => vec![],
        _ if mountain => vec![(at(1.0), site.altitude), (at(3.0), site.altitude)],
        _ => vec![(at(13.0), site.altitude), (at(15.0), site.altitude)],
    }
}

fn row(site: &Site, day: i64, time: Time, altitude: f64) -> Observation {
    Observation {
        site: site.code.as_str().into(),
        kind: site.kind.as_str().into(),
        time,
        latitude: site.latitude,
        longitude: site.longitude,
        altitude,
        unit: day.max(0) as u32,
        ..Observation::template()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::sites;
    use crate::grid::sun::local_hour;
    use crate::observation::HoldOut;
    use crate::time::DAY;

    /// Weekdays and flights repeat after it.
    const CYCLE: f64 = 14.0 * DAY;

    fn fortnight() -> (Time, Time) {
        let start: Time = "2016-05-01".parse().unwrap();
        (start, start.plus(CYCLE))
    }

    #[test]
    fn each_kind_measures_as_often_as_it_should() {
        let (start, end) = fortnight();
        let plan = InSitu {
            missing: 0.0,
            ..InSitu::default()
        }
        .plan(sites(), start, end)
        .unwrap();
        let count = |kind: &str| plan.rows().iter().filter(|o| &*o.kind == kind).count();
        let of = |kind: &str| sites().iter().filter(|s| s.kind == kind).count();
        assert!(count("flask").abs_diff(2 * of("flask")) <= 3);
        assert_eq!(count("tower"), 28 * of("tower"));
        assert_eq!(count("continuous"), 28 * of("continuous"));
        assert!(count("aircraft") > 6 * of("aircraft") && count("aircraft") <= 8 * of("aircraft"));
    }

    #[test]
    fn low_sites_measure_by_day_and_mountains_by_night() {
        let (start, end) = fortnight();
        let plan = InSitu::default().plan(sites(), start, end).unwrap();
        for o in plan.rows() {
            let night = &*o.kind == "continuous" && o.altitude > MOUNTAIN;
            let hour = local_hour(o.longitude, o.time);
            assert!(
                if night {
                    hour < 5.0
                } else {
                    (11.9..15.5).contains(&hour)
                },
                "{} {hour}",
                o.site
            );
        }
    }

    #[test]
    fn a_site_added_or_a_longer_plan_changes_nothing_else() {
        let (start, end) = fortnight();
        let all = InSitu::default()
            .plan(sites(), start, end.plus(CYCLE))
            .unwrap()
            .between(start, end);
        let few = InSitu::default().plan(&sites()[..100], start, end).unwrap();
        let codes: Vec<_> = sites()[..100]
            .iter()
            .map(|s| (s.code.as_str(), s.kind.as_str()))
            .collect();
        let same: Vec<_> = all
            .rows()
            .iter()
            .filter(|o| codes.contains(&(&*o.site, &*o.kind)))
            .cloned()
            .collect();
        let mut few: Vec<_> = few.rows().to_vec();
        few.sort_by(|a, b| (a.time, &a.site, &a.kind).cmp(&(b.time, &b.site, &b.kind)));
        let mut same = same;
        same.sort_by(|a, b| (a.time, &a.site, &a.kind).cmp(&(b.time, &b.site, &b.kind)));
        assert_eq!(few, same);
    }

    #[test]
    fn flights_and_days_are_held_out_whole() {
        let (start, end) = fortnight();
        let plan = InSitu::default().plan(sites(), start, end).unwrap();
        let table = plan
            .with_values(&vec![4e-4; plan.len()], &vec![1e-6; plan.len()])
            .unwrap();
        let parts = HoldOut::new(0.2, 5).unwrap().split(&table).unwrap();
        let (kept, held) = (parts.kept, parts.held_out);
        for o in held.rows.iter().filter(|o| &*o.kind != "flask") {
            assert!(
                !kept
                    .rows
                    .iter()
                    .any(|k| (&k.site, &k.kind, k.unit) == (&o.site, &o.kind, o.unit))
            );
        }
        assert!(held.rows.iter().any(|o| &*o.kind == "aircraft"));
    }
}
