//! Arithmetic and a sum of a million values as a script writes them, beside the same with bare
//! arrays of ndarray in the same run. Synthetic numbers.

use crate::error::{Error, Result};
use crate::field::Field;
use crate::script::Session;
use crate::script::session::Start;
use ndarray::Array1;
use serde::Serialize;
use std::hint::black_box;
use std::time::Instant;

const VALUES: usize = 1_000_000;
/// Every time is the best of so many rounds, in which scripts and bare arrays take turns.
const ROUNDS: usize = 60;
/// Evaluations in a round.
const EVALUATIONS: usize = 2;

/// What was measured: times of one evaluation in a script \[ms\], and their ratios to those of bare
/// arrays.
#[derive(Debug, Default, Serialize)]
pub struct ArrayCost {
    /// Values in an array.
    values: usize,
    /// `a + b`.
    sum_of_two_ms: f64,
    sum_of_two_ratio: f64,
    /// `a * 2`.
    twice_ms: f64,
    twice_ratio: f64,
    /// `sqrt(a)`.
    root_ms: f64,
    root_ratio: f64,
    /// `a + b * a`.
    sum_and_product_ms: f64,
    sum_and_product_ratio: f64,
    /// `a.sum()`.
    total_ms: f64,
    total_ratio: f64,
}

/// Measures arithmetic on arrays.
///
/// # Errors
/// The script fails.
pub fn arrays() -> Result<ArrayCost> {
    let a = Array1::from_iter((0..VALUES).map(|k| 1.0 + (k % 1000) as f64 * 1e-3));
    let b = a.mapv(|v| 3.0 - v);
    let output = std::env::temp_dir().join(format!("mcas-bench-{}", std::process::id()));
    let mut session = Session::new(Start {
        output,
        collect: true,
        ..Start::default()
    })
    .map_err(Error::new)?;
    session.set("a", Field::line("x", a.to_vec()));
    session.set("b", Field::line("x", b.to_vec()));
    let mut against = |text: &str, bare: &dyn Fn()| compared(&mut session, text, bare);
    let (sum_of_two_ms, sum_of_two_ratio) =
        against("a + b", &|| drop(black_box(black_box(&a) + black_box(&b))))?;
    let (twice_ms, twice_ratio) = against("a * 2", &|| drop(black_box(black_box(&a) * 2.0)))?;
    let (root_ms, root_ratio) = against("sqrt(a)", &|| {
        drop(black_box(black_box(&a).mapv(f64::sqrt)))
    })?;
    let (sum_and_product_ms, sum_and_product_ratio) = against("a + b * a", &|| {
        drop(black_box(black_box(&a) + black_box(&b) * black_box(&a)))
    })?;
    let (total_ms, total_ratio) = against("a.sum()", &|| _ = black_box(black_box(&a).sum()))?;
    Ok(ArrayCost {
        values: VALUES,
        sum_of_two_ms,
        sum_of_two_ratio,
        twice_ms,
        twice_ratio,
        root_ms,
        root_ratio,
        sum_and_product_ms,
        sum_and_product_ratio,
        total_ms,
        total_ratio,
    })
}

/// Milliseconds of an expression of the language, and how many times as long it takes as bare
/// arrays do.
fn compared(session: &mut Session, expression: &str, bare: &dyn Fn()) -> Result<(f64, f64)> {
    let script = format!("for k in 0..{EVALUATIONS} {{ let c = {expression}; }}");
    let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let _ = session
            .run("bench", &script)
            .map_err(|e| Error::new(e.to_string()))?;
        ours = ours.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        (0..EVALUATIONS).for_each(|_| bare());
        theirs = theirs.min(start.elapsed().as_secs_f64());
    }
    Ok((1e3 * ours / EVALUATIONS as f64, ours / theirs))
}
