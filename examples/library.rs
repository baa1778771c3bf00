//! The library without a script: an analysis of one unknown by two instruments that misstate their
//! errors.
//!
//! `cargo run --example library`

use mcas::analysis::{Draws, Etkf, UpdateForm};
use mcas::error::Result;
use mcas::inflation::{Fallback, Inflation, MaximumLikelihood};
use mcas::innovation::{ErrorCovariance, Innovation, SourceData};
use mcas::random;
use ndarray::{Array1, Array2, Axis};

/// Runs it; called by the tests too.
pub fn main() -> Result<()> {
    const MEMBERS: usize = 40;
    const SEEN: usize = 200;
    let draw = |stream: &str, n: usize| random::normals(&mut random::generator(1, stream, 0), n);
    let truth = draw("truth", 1)[0];
    let x =
        Array2::from_shape_vec((1, MEMBERS), draw("members", MEMBERS)).expect("as many as drawn");
    // Every instrument sees the unknown itself; the first states a quarter of its error variance,
    // the second four times it.
    let source = |name: &str, real: f64, stated: f64| {
        let equivalents = x.broadcast((SEEN, MEMBERS)).expect("one row for each");
        let values: Array1<f64> = draw(name, SEEN)
            .into_iter()
            .map(|e| truth + real * e)
            .collect();
        SourceData::new(
            name,
            equivalents,
            values.view(),
            ErrorCovariance::independent(&[stated; SEEN]),
        )
    };
    let innovation = Innovation::new(
        MEMBERS,
        vec![source("bold", 1.0, 0.5)?, source("shy", 1.0, 2.0)?],
    )?;
    let factors = MaximumLikelihood::new().estimate(&innovation, &Fallback::none())?;
    let analysed = Etkf
        .matrices(&innovation, &factors, &Draws::new(1, ""))?
        .apply_concentration(&x)?;
    let mean = analysed.mean_axis(Axis(1)).expect("there are members")[0];
    println!("{factors:?}\ntruth {truth:.3}, analysis {mean:.3}");
    assert!((mean - truth).abs() < 0.3);
    assert!(
        factors
            .mu_of("bold")
            .is_some_and(|mu| (mu - 4.0).abs() < 1.0)
            && factors
                .mu_of("shy")
                .is_some_and(|mu| (mu - 0.25).abs() < 0.1)
    );
    Ok(())
}
