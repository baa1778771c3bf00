//! Zonal fluxes and fossil totals year by year.

use super::world::{array, open};
use ndarray::{Array1, Array3, Array4, Axis, Ix1, Ix4};
use std::sync::LazyLock;

/// What the steps of the embedded numbers are \[PgC yr-1\].
const STEP: f64 = 1e-4;

/// Fluxes of every month of some years.
#[derive(Debug)]
pub struct Years {
    /// The years, in order.
    pub years: Vec<i16>,
    /// Fossil CO2 of the world in each year, Global Carbon Budget 2019 \[PgC yr-1\].
    pub fossil: Vec<f64>,
    /// CarbonTracker CT2019B by year: (land and ocean, month, one-degree band) \[PgC yr-1 per
    /// band\].
    pub ct: Vec<Array3<f64>>,
    /// CarbonTracker Europe CTE2020, the same.
    pub cte: Vec<Array3<f64>>,
}

/// The embedded years, read once.
pub fn years() -> &'static Years {
    static YEARS: LazyLock<Years> = LazyLock::new(|| {
        let mut a = open(include_bytes!("files/years.npz"));
        let split = |steps: Array4<i16>| {
            let year = |y: ndarray::ArrayView3<i16>| y.mapv(|k| STEP * f64::from(k));
            steps.axis_iter(Axis(0)).map(year).collect()
        };
        let years: Array1<i16> = array::<i16, Ix1>(&mut a, "years");
        let fossil: Array1<f64> = array::<f64, Ix1>(&mut a, "fossil");
        Years {
            years: years.to_vec(),
            fossil: fossil.to_vec(),
            ct: split(array::<i16, Ix4>(&mut a, "ct")),
            cte: split(array::<i16, Ix4>(&mut a, "cte")),
        }
    });
    &YEARS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_differ_and_their_mean_is_the_mean_month_embedded_beside_them() {
        let y = years();
        assert_eq!(
            (y.years[0], y.years[18], y.ct.len(), y.cte.len()),
            (2000, 2018, 19, 19)
        );
        assert_eq!(y.fossil[15], 9.618);
        assert_ne!(y.ct[15], y.ct[10]);
        // Both are derived from the same files, 2010 to 2018, one to 1e-5 and one to 1e-4.
        for (years, mean) in [
            (&y.ct, &crate::data::world().zonal_ct),
            (&y.cte, &crate::data::world().zonal_cte),
        ] {
            let sum = years[10..]
                .iter()
                .fold(Array3::zeros((2, 12, 180)), |s, y| s + y);
            let apart = (sum / 9.0 - mean)
                .iter()
                .fold(0.0_f64, |a: f64, v: &f64| a.max(v.abs()));
            assert!(apart < 6e-5, "{apart}");
        }
    }
}
