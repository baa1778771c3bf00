//! Time of one member-step of the transport, by part: `cargo bench --bench transport`.
//!
//! Prints milliseconds per member and step on the threads at hand; single measurements, best of five.

use mcas::ensemble::Concentrations;
use mcas::grid::Grid;
use mcas::meteorology::{BuiltIn, BuiltInOptions, Meteorology};
use mcas::time::Time;
use mcas::transport::{Transport, TransportOptions};
use std::sync::Arc;
use std::time::Instant;

fn main() {
    mcas::progress::set_quiet(true);
    println!("{} threads", rayon::current_num_threads());
    for (lat, lon, step) in [(4.0, 5.0, 1800.0), (2.0, 2.5, 600.0)] {
        let grid = Grid::geos(lat, lon).expect("these steps divide the sphere");
        let begun = Instant::now();
        let met: Arc<dyn Meteorology> = Arc::new(BuiltIn::new(&grid, None, BuiltInOptions::default()).expect("the default options are in range"));
        println!("{grid}: meteorology made in {:.0} ms", 1e3 * begun.elapsed().as_secs_f64());
        let start = Time::from_date(2016, 1, 1).expect("a date");
        let begun = Instant::now();
        met.forcing(start).expect("a forcing");
        println!("  one forcing {:.1} ms", 1e3 * begun.elapsed().as_secs_f64());
        for members in [16, 64] {
            let mut c = Concentrations::<f32>::uniform(&grid, members, 4e-4).expect("members");
            for cell in 0..grid.n_cells() {
                for m in 0..members {
                    c.set(cell, m, 4e-4 + 1e-6 * ((cell * 31 + m * 17) % 97) as f64);
                }
            }
            let transport = Transport::new(met.clone(), TransportOptions { step, ..TransportOptions::default() }).expect("a step");
            let run = |c: &mut Concentrations<f32>, steps: f64| {
                let begun = Instant::now();
                transport.advance(c, start, start.plus(steps * step), None, &mut ()).expect("a run");
                1e3 * begun.elapsed().as_secs_f64()
            };
            // The difference of six steps and one leaves the plan and the accounts out.
            let best = (0..5).map(|_| (run(&mut c, 6.0) - run(&mut c, 1.0)) / 5.0).fold(f64::MAX, f64::min);
            println!(
                "  {members} members: {best:.1} ms a step, {:.3} ms a member-step; one step with plan and accounts {:.0} ms",
                best / members as f64,
                run(&mut c, 1.0)
            );
        }
    }
}
