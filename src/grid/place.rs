//! Whether a position is one on the globe.

use crate::error::{Error, Result};

/// Longitudes are taken up to two turns either way; beyond, a number is no longitude.
const FARTHEST: f64 = 720.0;

/// Refuses a position \[degrees\] that is not on the globe.
///
/// # Errors
/// A latitude outside -90 to 90, a longitude more than two turns away, a number that is missing.
pub fn check_place(latitude: f64, longitude: f64) -> Result<()> {
    if latitude.abs() <= 90.0 && longitude.abs() <= FARTHEST {
        return Ok(());
    }
    let swapped = longitude.abs() <= 90.0 && latitude.abs() <= FARTHEST;
    let error = Error::new("a point is not on the globe")
        .expected("a latitude from -90 to 90 and a longitude from -720 to 720")
        .got(format!("{latitude} N, {longitude} E"));
    Err(if swapped {
        error.hint("latitude first")
    } else {
        error
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_the_globe_is_refused() {
        for (lat, lon) in [(90.0, 0.0), (-90.0, -180.0), (0.0, 540.0), (45.0, 360.0)] {
            assert!(check_place(lat, lon).is_ok(), "{lat}, {lon}");
        }
        let (nan, large) = (f64::NAN, 1e300);
        for (lat, lon) in [(nan, 0.0), (0.0, nan), (0.0, large), (90.1, 0.0)] {
            assert!(check_place(lat, lon).is_err(), "{lat}, {lon}");
        }
        let swapped = check_place(100.0, 45.0).unwrap_err().to_string();
        assert!(swapped.contains("latitude first"), "{swapped}");
    }
}
