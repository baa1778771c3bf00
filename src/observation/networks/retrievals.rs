//! Synthetic retrievals shaped like real ones: kernel, weights and prior profile.
//!
//! The shapes are of one OCO-2 sounding and of three TCCON spectra. OCO-2's kernel departs from one
//! as k = 1 + (k_real - 1) (airmass_real / airmass)^0.15, and by a tenth less over glint; TCCON's
//! is linear between its zenith angles. Both relations are ours, for a plausible spread. The prior
//! is the shape of the real prior about 400.0 ppm at the middle of 2015, growing by 2.4 ppm a year;
//! it need not be true, because the operator takes it out.

use crate::data::{KernelLevel, kernel_levels};
use crate::observation::Column;
use crate::time::{Time, YEAR};

const PRIOR_PPM: f64 = 400.0;
const GROWTH_PPM: f64 = 2.4;
/// 2015-07-02T12:00Z.
const MIDDLE_OF_2015: Time = Time::from_seconds(1_435_838_400);

/// Whose kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instrument {
    /// OCO-2 looking down on land.
    Oco2Land,
    /// OCO-2 looking at the glint of the sea.
    Oco2Glint,
    /// A ground-based spectrometer.
    Tccon,
}

/// A retrieval over a surface at `pressure` \[Pa\] with the sun at `zenith` \[degrees\].
pub fn retrieval(instrument: Instrument, zenith: f64, pressure: f64, time: Time) -> Column {
    let (name, softer) = match instrument {
        Instrument::Oco2Land => ("oco2", 1.0),
        Instrument::Oco2Glint => ("oco2", 0.9),
        Instrument::Tccon => ("tccon", 1.0),
    };
    let shapes = shapes(name);
    let kernel = match shapes.as_slice() {
        [one] => {
            let airmass = |z: f64| 1.0 / z.clamp(0.0, 85.0).to_radians().cos();
            let departure = softer * (airmass(one[0].zenith) / airmass(zenith)).powf(0.15);
            one.iter()
                .map(|l| 1.0 + (l.kernel - 1.0) * departure)
                .collect()
        }
        several => at_zenith(several, zenith),
    };
    let levels = shapes[0];
    let total: f64 = levels.iter().map(|l| l.weight).sum();
    let weight: Vec<f64> = levels.iter().map(|l| l.weight / total).collect();
    let level = PRIOR_PPM + GROWTH_PPM * time.since(MIDDLE_OF_2015) / YEAR;
    let prior: Vec<f64> = levels
        .iter()
        .map(|l| 1e-6 * (level + l.prior_anomaly_ppm))
        .collect();
    Column {
        pressure: levels.iter().map(|l| l.sigma * pressure).collect(),
        prior_column: weight.iter().zip(&prior).map(|(h, c)| h * c).sum(),
        kernel,
        prior,
        weight,
        ..Column::default()
    }
}

/// The levels of each zenith angle of an instrument, by angle.
fn shapes(instrument: &str) -> Vec<&'static [KernelLevel]> {
    kernel_levels()
        .chunk_by(|a, b| a.instrument == b.instrument && a.zenith == b.zenith)
        .filter(|s| s[0].instrument == instrument)
        .collect()
}

fn at_zenith(shapes: &[&[KernelLevel]], zenith: f64) -> Vec<f64> {
    let above = (1..shapes.len() - 1)
        .find(|k| shapes[*k][0].zenith >= zenith)
        .unwrap_or(shapes.len() - 1);
    let (low, high) = (shapes[above - 1], shapes[above]);
    let v = ((zenith - low[0].zenith) / (high[0].zenith - low[0].zenith)).clamp(0.0, 1.0);
    low.iter()
        .zip(high)
        .map(|(a, b)| (1.0 - v) * a.kernel + v * b.kernel)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retrievals_have_the_shape_of_the_real_ones() {
        let real = shapes("oco2")[0];
        let same = retrieval(Instrument::Oco2Land, real[0].zenith, 1e5, MIDDLE_OF_2015);
        assert!(
            same.kernel
                .iter()
                .zip(real)
                .all(|(a, b)| (a - b.kernel).abs() < 1e-12)
        );
        for instrument in [
            Instrument::Oco2Land,
            Instrument::Oco2Glint,
            Instrument::Tccon,
        ] {
            for zenith in [0.0, 45.0, 64.0, 74.0] {
                let r = retrieval(instrument, zenith, 9.8e4, MIDDLE_OF_2015);
                assert!(
                    (r.weight.iter().sum::<f64>() - 1.0).abs() < 1e-12 && r.pressure[0] == 9.8e4
                );
                assert!(
                    r.kernel.iter().all(|k| (0.0..1.3).contains(k)),
                    "{instrument:?} {zenith} {:?}",
                    r.kernel
                );
                assert!((r.prior_column - 4e-4).abs() < 1e-7);
            }
        }
        assert_eq!(shapes("tccon").len(), 3);
        assert!(
            (retrieval(Instrument::Tccon, 67.3, 1e5, MIDDLE_OF_2015).kernel[0]
                - shapes("tccon")[1][0].kernel)
                .abs()
                < 0.01
        );
    }
}
