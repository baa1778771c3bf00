//! A satellite like OCO-2: a circular sun-synchronous orbit and its cloud-free soundings.
//!
//! With u the angle along the orbit from the ascending node, i the inclination, T the period:
//! sin(lat) = sin(i) sin(u), longitude = 15 (h - UTC) + atan2(cos(i) sin(u), cos(u)), h the mean
//! local time of the ascending node: the plane turns with the mean sun, and 233 orbits take exactly
//! 16 days. Soundings lie under the satellite (the glint spot's offset is left out) at fixed steps
//! of time.
//!
//! Clouds remove a share that varies with location and meteorology: 75 % on average by default,
//! more under the tropical rain belt and in the storm tracks, less over the dry subtropical land.
//! Cloudiness is drawn per 5 x 5 degrees and 12 hours from (seed, location, time), so that losses
//! come in patches.

use super::{Instrument, SurfaceAir, check_period, check_share, retrieval, uniform};
use crate::error::{Error, Result};
use crate::flux::{land_fraction, one_degree};
use crate::grid::sun::{cos_zenith, declination};
use crate::meteorology::Meteorology;
use crate::observation::{Observation, Plan};
use crate::progress::check_stop;
use crate::random::generator;
use crate::time::{DAY, Time};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Orbits are counted from here: 2000-01-01.
const EPOCH: Time = Time::from_seconds(946_684_800);

/// A repeating sun-synchronous orbit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orbit {
    /// Inclination \[degrees\].
    pub inclination: f64,
    /// Mean local time of the ascending node \[hours\].
    pub crossing_hour: f64,
    /// Orbits in a repeat cycle.
    pub orbits: u32,
    /// Days in a repeat cycle.
    pub days: u32,
}

impl Default for Orbit {
    fn default() -> Self {
        Orbit {
            inclination: 98.2,
            crossing_hour: 13.5,
            orbits: 233,
            days: 16,
        }
    }
}

impl Orbit {
    /// Period \[s\].
    pub fn period(&self) -> f64 {
        f64::from(self.days) * DAY / f64::from(self.orbits)
    }
    /// Latitude and longitude under the satellite \[degrees\], and the number of the orbit.
    pub fn position(&self, time: Time) -> (f64, f64, i64) {
        let turns = time.since(EPOCH) / self.period();
        let (u, i) = (TAU * turns.fract(), self.inclination.to_radians());
        let latitude = (i.sin() * u.sin()).asin().to_degrees();
        let longitude = 15.0 * (self.crossing_hour - time.hour())
            + (i.cos() * u.sin()).atan2(u.cos()).to_degrees();
        (
            latitude,
            (longitude + 180.0).rem_euclid(360.0) - 180.0,
            turns.floor() as i64,
        )
    }
}

/// The pointing mode of the satellite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointing {
    /// Nadir on even orbits, glint on odd ones, as OCO-2 has done since July 2015.
    Alternate,
    /// Nadir: land only.
    Nadir,
    /// At the glint of the sun: land and sea.
    Glint,
}

/// A satellite, its sampling and its losses to clouds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Satellite {
    /// The orbit.
    pub orbit: Orbit,
    /// Its pointing mode.
    pub pointing: Pointing,
    /// Seconds between soundings.
    pub interval: f64,
    /// Mean share lost to clouds.
    pub cloud_loss: f64,
    /// Sun at most this far from the zenith over land \[degrees\].
    pub zenith_land: f64,
    /// And over sea.
    pub zenith_ocean: f64,
    /// Seed of the clouds.
    pub seed: u64,
}

impl Default for Satellite {
    fn default() -> Self {
        Satellite {
            orbit: Orbit::default(),
            pointing: Pointing::Alternate,
            interval: 10.0,
            cloud_loss: 0.93,
            zenith_land: 70.0,
            zenith_ocean: 75.0,
            seed: 1,
        }
    }
}

impl Satellite {
    /// Its soundings from `start` up to `end`, as the source `satellite`. A pass is one orbit:
    /// block and unit.
    ///
    /// # Errors
    /// A start before 2000, a step below a second, a share outside 0 to 1, no meteorology for an
    /// instant.
    pub fn plan(&self, meteorology: &dyn Meteorology, start: Time, end: Time) -> Result<Plan> {
        self.check(start, end)?;
        let land = land_fraction(one_degree());
        let (mut surface, mut rows) = (SurfaceAir::new(meteorology), Vec::new());
        let first = (start.since(EPOCH) / self.interval).ceil() as u64;
        for (k, time) in (first..)
            .map(|k| (k, EPOCH.plus(k as f64 * self.interval)))
            .take_while(|(_, time)| *time < end)
        {
            check_stop()?;
            let (latitude, longitude, orbit) = self.orbit.position(time);
            let on_land = land[[
                one_degree().row_of(latitude),
                one_degree().column_of(longitude),
            ]] > 0.5;
            let Some(kind) = self.kind(orbit, on_land) else {
                continue;
            };
            let zenith = cos_zenith(latitude, longitude, time)
                .clamp(-1.0, 1.0)
                .acos()
                .to_degrees();
            let (limit, instrument) = if on_land {
                (self.zenith_land, Instrument::Oco2Land)
            } else {
                (self.zenith_ocean, Instrument::Oco2Glint)
            };
            if zenith <= limit && self.clear(time, latitude, longitude, on_land, k) {
                let (pressure, altitude) = surface.at(time, latitude, longitude)?;
                let sampling = Arc::new(retrieval(instrument, zenith, pressure, time));
                let (site, pass) = ("OCO-2-like".into(), orbit as u32);
                rows.push(Observation {
                    source: 0,
                    site,
                    kind: kind.into(),
                    time,
                    latitude,
                    longitude,
                    altitude,
                    block: pass + 1,
                    unit: pass,
                    sampling,
                    ..Observation::template()
                });
            }
        }
        Ok(Plan::new("satellite", rows))
    }

    fn check(&self, start: Time, end: Time) -> Result<()> {
        check_period(start, end)?;
        check_share("the share lost to clouds", self.cloud_loss)?;
        if !(self.interval >= 1.0 && self.interval.is_finite())
            || self.orbit.orbits == 0
            || self.orbit.days == 0
            || !self.orbit.inclination.is_finite()
            || !self.orbit.crossing_hour.is_finite()
        {
            return Err(Error::new(
                "a satellite needs an orbit and a second or more between soundings",
            )
            .expected("interval: 1 or more")
            .got(format!("{} s", self.interval)));
        }
        if start < EPOCH {
            return Err(Error::new("orbits are counted from 2000")
                .got(start)
                .hint("a start after 2000-01-01"));
        }
        Ok(())
    }

    /// What kind of sounding an orbit takes here, if any.
    fn kind(&self, orbit: i64, on_land: bool) -> Option<&'static str> {
        let nadir = match self.pointing {
            Pointing::Alternate => orbit % 2 == 0,
            Pointing::Nadir => true,
            Pointing::Glint => false,
        };
        match (nadir, on_land) {
            (true, true) => Some("nadir_land"),
            (true, false) => None,
            (false, true) => Some("glint_land"),
            (false, false) => Some("glint_ocean"),
        }
    }

    /// Whether sounding `k` is free of clouds.
    fn clear(&self, time: Time, latitude: f64, longitude: f64, on_land: bool, k: u64) -> bool {
        let patch = ((latitude + 90.0) / 5.0) as u64 * 72 + ((longitude + 180.0) / 5.0) as u64;
        let cloudiness = uniform(&mut generator(
            self.seed,
            "cloud patches",
            (time.seconds() as u64 / 43_200) << 16 | patch,
        ));
        let clear = 1.0 - self.loss(time, latitude, on_land);
        // Twice the share of cloudiness has the probability as its mean, where it is at most a
        // half.
        let here = if clear <= 0.5 {
            2.0 * clear * cloudiness
        } else {
            1.0 - 2.0 * (1.0 - clear) * cloudiness
        };
        uniform(&mut generator(self.seed, "cloud soundings", k)) < here
    }

    /// Mean share lost at a location and season; the shifts of its log-odds are ours.
    fn loss(&self, time: Time, latitude: f64, on_land: bool) -> f64 {
        let rain_belt = 0.35 * declination(time.day_of_year()).to_degrees();
        let bump = |middle: f64, width: f64| (-0.5 * ((latitude - middle) / width).powi(2)).exp();
        let storms = bump(55.0, 12.0) + bump(-55.0, 12.0);
        let dry = if on_land { 1.0 } else { 0.3 } * (bump(24.0, 7.0) + bump(-24.0, 7.0));
        let logit =
            (self.cloud_loss / (1.0 - self.cloud_loss)).ln() + bump(rain_belt, 6.0) + 0.5 * storms
                - dry;
        1.0 / (1.0 + (-logit).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::sun::local_hour;
    use crate::observation::fixture::{StillAir, atmosphere};

    fn start() -> Time {
        "2016-04-01".parse().unwrap()
    }

    #[test]
    fn the_track_repeats_after_sixteen_days() {
        let orbit = Orbit::default();
        for k in 0..500 {
            let t = start().plus(f64::from(k) * 317.0);
            let ((a, b, n), (c, d, m)) = (orbit.position(t), orbit.position(t.plus(16.0 * DAY)));
            assert!(
                (a - c).abs() < 1e-6
                    && ((b - d + 180.0).rem_euclid(360.0) - 180.0).abs() < 1e-6
                    && m - n == 233
            );
        }
        assert!((orbit.period() - 5933.05).abs() < 0.01);
    }

    #[test]
    fn it_crosses_the_equator_northward_at_half_past_one() {
        let orbit = Orbit::default();
        let mut crossings = 0;
        for k in 0..86_400 {
            let (a, b) = (start().plus(f64::from(k)), start().plus(f64::from(k + 1)));
            let ((south, _, _), (north, longitude, _)) = (orbit.position(a), orbit.position(b));
            if south < 0.0 && north >= 0.0 {
                assert!((local_hour(longitude, b) - 13.5).abs() < 0.01);
                crossings += 1;
            }
        }
        assert!((14..=15).contains(&crossings));
    }

    #[test]
    fn soundings_are_daylit_clear_and_of_the_kind_of_their_orbit() {
        let air = StillAir(atmosphere());
        let plan = Satellite::default()
            .plan(&air, start(), start().plus(4.0 * DAY))
            .unwrap();
        let all = Satellite {
            cloud_loss: 0.0,
            ..Satellite::default()
        }
        .plan(&air, start(), start().plus(4.0 * DAY))
        .unwrap();
        let fraction = plan.len() as f64 / all.len() as f64;
        assert!((0.04..0.12).contains(&fraction), "{fraction}");
        for o in plan.rows() {
            assert!(cos_zenith(o.latitude, o.longitude, o.time) > 75.1_f64.to_radians().cos());
            assert_eq!(&*o.kind == "nadir_land", o.unit % 2 == 0);
        }
        assert!(plan.rows().iter().any(|o| &*o.kind == "glint_ocean"));
    }

    #[test]
    fn the_plan_depends_on_the_seed_and_not_on_its_start() {
        let air = StillAir(atmosphere());
        let satellite = Satellite::default();
        let long = satellite
            .plan(&air, start(), start().plus(2.0 * DAY))
            .unwrap();
        let short = satellite
            .plan(&air, start().plus(DAY), start().plus(2.0 * DAY))
            .unwrap();
        assert_eq!(
            long.between(start().plus(DAY), start().plus(2.0 * DAY)),
            short
        );
        assert_ne!(
            Satellite {
                seed: 2,
                ..satellite
            }
            .plan(&air, start(), start().plus(DAY))
            .unwrap(),
            long.between(start(), start().plus(DAY))
        );
    }
}
