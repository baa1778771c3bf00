//! Diurnal cycle of gross production.
//!
//! NEE(t) = NEE_month - GPP_month (s(t) - 1), where s is max(0, cos zenith) over its daily mean, in
//! 3-hour slots of UTC. The diurnal part has a daily mean of zero. Respiration is taken as constant
//! through the day; the sun is that of the middle of the month.

use super::months::{SLOTS, mid_month};
use crate::grid::sun::declination;
use std::f64::consts::TAU;
use std::sync::LazyLock;

/// Steps of local time in a day: 4 minutes, the time the sun takes over one degree.
const STEPS: usize = 360;
const PER_SLOT: usize = STEPS / SLOTS;

/// max(0, cos zenith) for every month, one-degree band and 4-minute step of local time.
#[derive(Debug, Clone)]
pub struct Daylight {
    /// Running sums over local time, from 0 to the day's: (month, band).
    sums: Vec<[f64; STEPS + 1]>,
}

impl Daylight {
    /// The table, made once.
    pub fn table() -> &'static Daylight {
        static TABLE: LazyLock<Daylight> = LazyLock::new(Daylight::new);
        &TABLE
    }

    fn new() -> Self {
        let sums = (0..12 * 180)
            .map(|k| {
                let (delta, phi) = (
                    declination(mid_month(k / 180)),
                    ((k % 180) as f64 - 89.5).to_radians(),
                );
                let mut sums = [0.0; STEPS + 1];
                for step in 0..STEPS {
                    let hour_angle = TAU * ((step + 1) as f64 / STEPS as f64 - 0.5);
                    sums[step + 1] = sums[step]
                        + (phi.sin() * delta.sin() + phi.cos() * delta.cos() * hour_angle.cos())
                            .max(0.0);
                }
                sums
            })
            .collect();
        Daylight { sums }
    }

    /// Daily mean of max(0, cos zenith) in a month (0 is January) and one-degree band.
    pub fn mean(&self, month: usize, band: usize) -> f64 {
        self.sums[month * 180 + band][STEPS] / STEPS as f64
    }

    /// The shape s of production, mean one over the day, in a slot of UTC at a one-degree cell; one
    /// where the sun does not rise.
    pub fn shape(&self, month: usize, band: usize, column: usize, slot: usize) -> f64 {
        let sums = &self.sums[month * 180 + band];
        let day = sums[STEPS];
        if day <= 0.0 {
            return 1.0;
        }
        // At 0 UTC the middle of column 0 (179.5 W) is half a step past local noon.
        let start = (STEPS / 2 + column + slot * PER_SLOT) % STEPS;
        let end = start + PER_SLOT;
        // A slot may cross midnight.
        let sum = if end <= STEPS {
            sums[end] - sums[start]
        } else {
            day - sums[start] + sums[end - STEPS]
        };
        sum * SLOTS as f64 / day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diurnal_part_has_zero_daily_mean() {
        let daylight = Daylight::new();
        for (month, band, column) in [
            (0, 0, 0),
            (6, 130, 17),
            (3, 90, 200),
            (11, 179, 359),
            (5, 160, 180),
        ] {
            let mean = (0..SLOTS)
                .map(|s| daylight.shape(month, band, column, s))
                .sum::<f64>()
                / SLOTS as f64;
            assert!((mean - 1.0).abs() < 1e-12, "{mean}");
        }
    }

    #[test]
    fn production_peaks_at_local_noon() {
        let daylight = Daylight::new();
        let brightest = |column| {
            (0..SLOTS)
                .max_by(|a, b| {
                    daylight
                        .shape(3, 100, column, *a)
                        .total_cmp(&daylight.shape(3, 100, column, *b))
                })
                .unwrap()
        };
        assert_eq!(brightest(180 + 22), 3); // 22.5 E: noon at 10:30 UTC
        assert_eq!(brightest(180 - 68), 5); // 67.5 W: noon at 16:30 UTC
        assert_eq!(daylight.shape(3, 100, 180 + 22, 7), 0.0); // 22:30 to 1:30 local time
    }
}
