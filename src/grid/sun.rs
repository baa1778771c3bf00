//! Position of the sun, to about a degree: enough for daylight, local time and air mass.

use crate::constants::DAYS_PER_YEAR;
use crate::time::Time;
use std::f64::consts::TAU;

/// Obliquity of the ecliptic \[degrees\].
const OBLIQUITY: f64 = 23.44;

/// Declination of the sun \[radians\] on a day of the year (0 is the first of January), by the
/// cosine curve with the solstice ten days before the new year.
pub fn declination(day_of_year: f64) -> f64 {
    -OBLIQUITY.to_radians() * (TAU * (day_of_year + 10.0) / DAYS_PER_YEAR).cos()
}

/// Cosine of the solar zenith angle; negative at night. The equation of time is left out.
pub fn cos_zenith(latitude: f64, longitude: f64, time: Time) -> f64 {
    let (phi, delta) = (latitude.to_radians(), declination(time.day_of_year()));
    let hour_angle = TAU * (local_hour(longitude, time) - 12.0) / 24.0;
    phi.sin() * delta.sin() + phi.cos() * delta.cos() * hour_angle.cos()
}

/// Mean solar time at a longitude, hours from midnight, 0 up to 24.
pub fn local_hour(longitude: f64, time: Time) -> f64 {
    (time.hour() + longitude / 15.0).rem_euclid(24.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sun_is_overhead_where_it_should_be() {
        let solstice: Time = "2015-06-21T12:00".parse().unwrap();
        assert!(cos_zenith(23.4, 0.0, solstice) > 0.9999);
        assert!(cos_zenith(23.4, 180.0, solstice) < 0.0);
        assert!((local_hour(-90.0, solstice) - 6.0).abs() < 1e-12);
        let equinox: Time = "2015-03-21T12:00".parse().unwrap();
        assert!(cos_zenith(0.0, 0.0, equinox) > 0.9999);
    }
}
