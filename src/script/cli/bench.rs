//! The benchmarks of the command line.

use super::arguments::{Bench, TransportBench};
use super::{failed, use_threads};
use crate::bench::{ObservationCost, TransportCost, tabulated};
use crate::error::Result;
use crate::script::bench::{analysis, arrays, prompt};
use crate::transport::TransportOptions;
use std::process::ExitCode;

pub(super) fn bench(what: &Bench) -> ExitCode {
    let measured = match what {
        Bench::Analysis { json } => analysis().and_then(|cost| tabulated(&cost, *json)),
        Bench::Arrays { json } => arrays().and_then(|cost| tabulated(&cost, *json)),
        Bench::Observations {
            files,
            soundings,
            plain,
            json,
        } => {
            use_threads(Some(1));
            let cost = ObservationCost {
                files: *files,
                soundings: *soundings,
                deflated: !plain,
            };
            cost.measure()
                .and_then(|timings| tabulated(&timings, *json))
        }
        Bench::Prompt { json } => prompt().and_then(|cost| tabulated(&cost, *json)),
        Bench::Transport(bench) => transport(bench),
    };
    match measured {
        Ok(text) => print!("{text}"),
        Err(e) => return failed(&format!("error: {e}\n")),
    }
    ExitCode::SUCCESS
}

fn transport(b: &TransportBench) -> Result<String> {
    use_threads(b.threads);
    let bench = TransportCost {
        cells: b.grid,
        members: b.members,
        options: TransportOptions {
            step: b.step,
            column_step: b.column_step,
            flux_interval: 10_800.0,
            ..TransportOptions::default()
        },
    };
    let timings = if b.double {
        bench.measure::<f64>()
    } else {
        bench.measure::<f32>()
    }?;
    Ok(if b.json {
        serde_json::to_string_pretty(&timings).expect("numbers and text have a form in JSON")
    } else {
        timings.to_string()
    } + "\n")
}
