//! Laws of the transport: what must hold whatever the winds.

#![allow(clippy::unwrap_used)]

use mcas::constants::EARTH_RADIUS;
use mcas::constants::GRAVITY;
use mcas::ensemble::{Concentrations, Real};
use mcas::error::Result;
use mcas::flux::{FluxBasis, SurfaceFlux};
use mcas::grid::{Grid, HybridLevels, LatLonGrid};
use mcas::meteorology::{Atmosphere, BuiltIn, BuiltInOptions, Forcing, Meteorology, PressureFix};
use mcas::time::{DAY, HOUR, Time};
use mcas::transport::{
    Advection, Linear, Monotone, Processes, Smooth, Transport, TransportOptions, global_mass,
};
use ndarray::{Array2, Array3};
use std::fmt;
use std::sync::Arc;

const PPM: f64 = 1e-6;

fn start() -> Time {
    Time::from_date(2016, 1, 10).unwrap()
}

fn built_in(lat_step: f64, lon_step: f64) -> Arc<dyn Meteorology> {
    let grid = Grid::geos(lat_step, lon_step).unwrap();
    Arc::new(BuiltIn::new(&grid, None, BuiltInOptions::default()).unwrap())
}

fn transport(met: &Arc<dyn Meteorology>, step: f64) -> Transport {
    Transport::new(
        met.clone(),
        TransportOptions {
            step,
            ..TransportOptions::default()
        },
    )
    .unwrap()
}

fn with_scheme(met: &Arc<dyn Meteorology>, step: f64, advection: Advection) -> Transport {
    Transport::new(
        met.clone(),
        TransportOptions {
            step,
            advection,
            ..TransportOptions::default()
        },
    )
    .unwrap()
}

/// Blobs of different shapes, one per member, on a background of 400 ppm; a member with index
/// `order[m]`.
fn blobs<T: Real>(grid: &Arc<Grid>, order: &[usize]) -> Concentrations<T> {
    let mut c = Concentrations::uniform(grid, order.len(), 400.0 * PPM).unwrap();
    let (n_lev, n_lat, n_lon) = grid.shape();
    for (member, shape) in order.iter().enumerate() {
        for k in 0..n_lev {
            for j in 0..n_lat {
                for i in 0..n_lon {
                    let column = if j == 0 || j == n_lat - 1 { 0 } else { i };
                    let inside = (k + j * (shape + 1) + column * 3 + shape) % 11 < 4;
                    c.set(
                        grid.cell(k, j, i),
                        member,
                        (400.0 + if inside { 10.0 + *shape as f64 } else { 0.0 }) * PPM,
                    );
                }
            }
        }
    }
    c
}

fn bits<T: Real>(c: &Concentrations<T>) -> Vec<u64> {
    c.blocks()
        .iter()
        .flat_map(|b| b.values.iter().map(|v| v.to_f64().to_bits()))
        .collect()
}

/// 1 g C m-2 day-1 times factor 0 in the north, the fixed half of it in the south.
struct TwoHalves(usize, usize);

impl SurfaceFlux for TwoHalves {
    fn n_factors(&self) -> usize {
        1
    }
    fn between(&self, _: Time, _: Time, basis: &mut FluxBasis) -> Result<()> {
        let cells = self.0 * self.1;
        let north = |cell: usize| cell / self.1 > self.0 / 2;
        let flux = 1e-3 / DAY;
        basis.fixed = (0..cells)
            .map(|c| if north(c) { 0.0 } else { 0.5 * flux })
            .collect();
        basis.first = vec![0];
        basis.factor.clear();
        basis.value.clear();
        for cell in 0..cells {
            if north(cell) {
                basis.factor.push(0);
                basis.value.push(flux);
            }
            basis.first.push(basis.value.len());
        }
        Ok(())
    }
}

/// Solid-body rotation about an axis tilted by `tilt` from the earth's, once around in `period`;
/// nothing is mixed.
#[derive(Debug)]
struct SolidBody {
    grid: Arc<Grid>,
    forcing: Arc<Forcing>,
}

impl SolidBody {
    fn new(grid: Arc<Grid>, tilt: f64, period: f64) -> Self {
        let h = &grid.horizontal;
        let (n_lev, n_lat, n_lon) = grid.shape();
        let speed = 2.0 * std::f64::consts::PI * EARTH_RADIUS / period;
        let ps = 1e5;
        let psi = |lat: f64, lon: f64| {
            let (lat, lon) = (lat.to_radians(), lon.to_radians());
            -EARTH_RADIUS * speed * (lat.sin() * tilt.cos() - lon.cos() * lat.cos() * tilt.sin())
        };
        let corner = |j: usize, i: usize| psi(h.lat_edges()[j], h.lon_edges()[i % n_lon]);
        let air = |k: usize| grid.levels.thickness(k, ps) / GRAVITY;
        let inside = |j: usize| j > 0 && j < n_lat - 1;
        let east = Array3::from_shape_fn((n_lev, n_lat, n_lon), |(k, j, i)| {
            if inside(j) {
                -air(k) * (corner(j + 1, i) - corner(j, i))
            } else {
                0.0
            }
        });
        let north = Array3::from_shape_fn((n_lev, n_lat + 1, n_lon), |(k, j, i)| {
            if j == 0 || j == n_lat {
                0.0
            } else {
                air(k) * (corner(j, i + 1) - corner(j, i))
            }
        });
        let pressure = Array2::from_elem((n_lat, n_lon), ps);
        let edges = Array3::zeros((n_lev + 1, n_lat, n_lon));
        let forcing = Forcing {
            start: Time::from_seconds(0),
            end: Time::from_seconds(1 << 40),
            surface_pressure: [pressure.clone(), pressure],
            east,
            north,
            layer_depth: Array2::zeros((n_lat, n_lon)),
            nonlocal: Array2::zeros((n_lat, n_lon)),
            exchange: edges.clone(),
            updraft: edges,
            detrainment: Array3::zeros(grid.shape()),
        };
        SolidBody {
            grid,
            forcing: Arc::new(forcing),
        }
    }
}

impl fmt::Display for SolidBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("solid body rotation")
    }
}

impl Meteorology for SolidBody {
    fn grid(&self) -> &Arc<Grid> {
        &self.grid
    }
    fn atmosphere(&self, _: Time) -> Result<Atmosphere> {
        let (_, n_lat, n_lon) = self.grid.shape();
        let surface_pressure = self.forcing.surface_pressure[0].clone();
        Ok(Atmosphere {
            grid: self.grid.clone(),
            surface_pressure,
            surface_height: Array2::zeros((n_lat, n_lon)),
            height: Array3::zeros(self.grid.shape()),
        })
    }
    fn forcing(&self, _: Time) -> Result<Arc<Forcing>> {
        Ok(self.forcing.clone())
    }
}

fn three_levels(lat_step: f64, lon_step: f64) -> Arc<Grid> {
    let levels = HybridLevels::new(vec![0.0; 4], vec![1.0, 0.7, 0.4, 0.1]).unwrap();
    Arc::new(Grid {
        horizontal: LatLonGrid::geos(lat_step, lon_step).unwrap(),
        levels,
    })
}

#[test]
fn a_uniform_tracer_stays_uniform() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let mut c = Concentrations::<f32>::uniform(&grid, 3, 400.0 * PPM).unwrap();
    for cell in 0..grid.n_cells() {
        c.set(cell, 1, 407.0 * PPM);
        c.set(cell, 2, 250.0 * PPM);
    }
    let before = bits(&c);
    for scheme in Advection::all() {
        with_scheme(&met, 1800.0, scheme)
            .advance(&mut c, start(), start().plus(6.0 * HOUR), None, &mut ())
            .unwrap();
        assert_eq!(before, bits(&c), "not one bit changes under {scheme}");
    }
}

#[test]
fn total_mass_is_conserved() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let steps = 12.0;
    for scheme in Advection::all() {
        let run = with_scheme(&met, 1800.0, scheme);
        let mut double = blobs::<f64>(&grid, &[0, 1, 2]);
        let ledger = run
            .advance(
                &mut double,
                start(),
                start().plus(steps * 1800.0),
                None,
                &mut (),
            )
            .unwrap();
        assert!(
            ledger.imbalance() < 1e-13 * steps,
            "{scheme}: {:e}",
            ledger.imbalance()
        );
        let mut single = blobs::<f32>(&grid, &[0, 1, 2]);
        let ledger = run
            .advance(
                &mut single,
                start(),
                start().plus(steps * 1800.0),
                None,
                &mut (),
            )
            .unwrap();
        assert!(
            ledger.imbalance() < 2e-9 * steps,
            "{scheme}: {:e}",
            ledger.imbalance()
        );
    }
}

#[test]
fn no_new_extremum_appears() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    for scheme in [Advection::Monotone(Monotone), Advection::Smooth(Smooth)] {
        let mut c = blobs::<f64>(&grid, &[0, 1]);
        with_scheme(&met, 1800.0, scheme)
            .advance(&mut c, start(), start().plus(12.0 * HOUR), None, &mut ())
            .unwrap();
        for (member, top) in [(0, 410.0), (1, 411.0)] {
            let values = || (0..grid.n_cells()).map(|cell| c.get(cell, member) / PPM);
            let (least, most) = (
                values().fold(f64::MAX, f64::min),
                values().fold(0.0, f64::max),
            );
            assert!(
                least > 400.0 - 1e-9 && most < top + 1e-9,
                "{scheme}: {least} to {most}"
            );
        }
    }
}

#[test]
fn without_a_limiter_the_sum_of_two_tracers_is_moved_as_their_sum() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let mut c = blobs::<f64>(&grid, &[0, 3, 0, 3]);
    for cell in 0..grid.n_cells() {
        c.set(cell, 2, 2.0 * c.get(cell, 0) - 0.5 * c.get(cell, 1));
    }
    let mut limited = c.clone();
    let sum_is_kept = |c: &Concentrations<f64>| {
        (0..grid.n_cells())
            .map(|cell| (c.get(cell, 2) - 2.0 * c.get(cell, 0) + 0.5 * c.get(cell, 1)).abs())
            .fold(0.0, f64::max)
            / PPM
    };
    let span = |scheme: Advection, c: &mut Concentrations<f64>| {
        with_scheme(&met, 1800.0, scheme)
            .advance(c, start(), start().plus(12.0 * HOUR), None, &mut ())
            .unwrap();
    };
    span(Advection::Linear(Linear), &mut c);
    assert!(sum_is_kept(&c) < 1e-9, "{:e}", sum_is_kept(&c));
    span(Advection::Monotone(Monotone), &mut limited);
    assert!(sum_is_kept(&limited) > 1e-3, "a limiter is not linear");
}

#[test]
fn a_process_that_is_switched_off_leaves_the_air_to_the_others() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 1));
    let none = Processes {
        advection: false,
        emission: false,
        mixing: false,
        convection: false,
    };
    let run = |processes: Processes| {
        let mut c = blobs::<f32>(&grid, &[2]);
        let t = Transport::new(
            met.clone(),
            TransportOptions {
                step: 1800.0,
                processes,
                ..TransportOptions::default()
            },
        )
        .unwrap();
        let ledger = t
            .advance(
                &mut c,
                start(),
                start().plus(3.0 * HOUR),
                Some((&flux, factors.view())),
                &mut (),
            )
            .unwrap();
        (c, ledger)
    };
    let (still, ledger) = run(none);
    assert_eq!(bits(&still), bits(&blobs::<f32>(&grid, &[2])));
    assert_eq!(ledger.emitted, [0.0]);
    let (emitted, ledger) = run(Processes {
        emission: true,
        ..none
    });
    assert!(ledger.emitted[0] > 0.0 && ledger.imbalance() < 1e-8);
    let level = grid.horizontal.n_cells();
    assert!(
        (level..grid.n_cells()).all(|cell| emitted.get(cell, 0) == still.get(cell, 0)),
        "without mixing it stays at the ground"
    );
    for one in [
        Processes {
            mixing: true,
            ..none
        },
        Processes {
            convection: true,
            ..none
        },
    ] {
        let (moved, ledger) = run(one);
        assert!(
            bits(&moved) != bits(&still) && ledger.imbalance() < 1e-8,
            "{one:?}"
        );
    }
}

#[test]
fn columns_in_parts_of_a_step_close_the_account_and_stay_near_short_steps() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 1));
    let run = |step: f64, column_step: Option<f64>| {
        let mut c = Concentrations::<f32>::uniform(&grid, 1, 400.0 * PPM).unwrap();
        let t = Transport::new(
            met.clone(),
            TransportOptions {
                step,
                column_step,
                ..TransportOptions::default()
            },
        )
        .unwrap();
        let ledger = t
            .advance(
                &mut c,
                start(),
                start().plus(DAY),
                Some((&flux, factors.view())),
                &mut (),
            )
            .unwrap();
        assert!(ledger.imbalance() < 1e-7, "{:e}", ledger.imbalance());
        c
    };
    let (short, long, parts) = (
        run(600.0, None),
        run(1800.0, None),
        run(1800.0, Some(600.0)),
    );
    let surface = 0..grid.horizontal.n_cells();
    let apart = |c: &Concentrations| {
        surface
            .clone()
            .map(|cell| (c.get(cell, 0) - short.get(cell, 0)).powi(2))
            .sum::<f64>()
    };
    assert!(
        apart(&parts) < apart(&long),
        "{:e} {:e}",
        apart(&parts),
        apart(&long)
    );
}

#[test]
fn permuting_members_permutes_the_results_bitwise() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    let (order, turned) = ([0, 1, 2, 3, 4], [3, 0, 4, 2, 1]);
    let run = |order: &[usize]| {
        let mut c = blobs::<f32>(&grid, order);
        transport(&met, 1800.0)
            .advance(&mut c, start(), start().plus(3.0 * HOUR), None, &mut ())
            .unwrap();
        c
    };
    let (first, second) = (run(&order), run(&turned));
    for (member, origin) in turned.into_iter().enumerate() {
        for cell in 0..grid.n_cells() {
            let (one, other) = (second.get(cell, member), first.get(cell, origin));
            assert_eq!(one.to_bits(), other.to_bits());
        }
    }
}

#[test]
fn a_member_does_not_change_when_the_ensemble_grows() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    for scheme in Advection::all() {
        let run = |n: usize| {
            let mut c = blobs::<f32>(&grid, &(0..n).collect::<Vec<_>>());
            with_scheme(&met, 1800.0, scheme)
                .advance(&mut c, start(), start().plus(1.0 * HOUR), None, &mut ())
                .unwrap();
            c
        };
        let small = run(2);
        for n in [20, 40, 64, 70] {
            let large = run(n);
            assert!(
                (0..grid.n_cells())
                    .all(|cell| small.get(cell, 1).to_bits() == large.get(cell, 1).to_bits()),
                "{n} members, {scheme}"
            );
        }
    }
}

#[test]
fn one_thread_gives_the_bits_of_two() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let met = built_in(10.0, 15.0);
            let mut c = blobs::<f32>(&grid, &[0, 1, 2]);
            let factors = Array2::from_shape_fn((1, 3), |(_, m)| 0.5 + m as f64);
            let ledger = transport(&met, 1800.0)
                .advance(
                    &mut c,
                    start(),
                    start().plus(4.0 * HOUR),
                    Some((&flux, factors.view())),
                    &mut (),
                )
                .unwrap();
            (bits(&c), ledger)
        })
    };
    assert_eq!(run(1), run(2));
}

#[test]
fn a_run_in_pieces_is_the_run_in_one() {
    let met = built_in(10.0, 15.0);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 3));
    let run = |stops: &[f64]| {
        let mut c = blobs::<f32>(&grid, &[0, 1, 2]);
        for ends in stops.windows(2) {
            let [from, to] = [0, 1].map(|k: usize| start().plus(ends[k] * HOUR));
            transport(&met, 1800.0)
                .advance(&mut c, from, to, Some((&flux, factors.view())), &mut ())
                .unwrap();
        }
        bits(&c)
    };
    assert_eq!(run(&[0.0, 8.0]), run(&[0.0, 1.5, 3.0, 4.5, 8.0]));
}

#[test]
fn what_is_emitted_is_in_the_air() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::from_shape_fn((1, 3), |(_, m)| m as f64);
    let mut c = Concentrations::<f32>::uniform(&grid, 3, 400.0 * PPM).unwrap();
    let end = start().plus(2.0 * DAY);
    let ledger = transport(&met, 3600.0)
        .advance(&mut c, start(), end, Some((&flux, factors.view())), &mut ())
        .unwrap();
    // Half the sphere emits 0.5 g C m-2 day-1, the other half that times 0, 2 and 4, but for the
    // row of the equator.
    let sphere = 4.0 * std::f64::consts::PI * EARTH_RADIUS * EARTH_RADIUS;
    let expected = 2.0 * 1e-3 * sphere * 0.25;
    assert!(
        (ledger.emitted[0] / expected - 1.0).abs() < 0.06,
        "{} {expected}",
        ledger.emitted[0]
    );
    assert!(ledger.emitted[2] > 4.5 * ledger.emitted[0]);
    for m in 0..3 {
        let gained = ledger.mass_after[m] - ledger.mass_before[m];
        assert!(
            (gained / ledger.emitted[m] - 1.0).abs() < 1e-4,
            "{gained} {}",
            ledger.emitted[m]
        );
    }
    assert!(ledger.imbalance() < 1e-6);
}

#[test]
fn one_ppm_is_two_point_one_two_four_petagrams() {
    let met = built_in(6.0, 7.5);
    let c = Concentrations::<f64>::uniform(met.grid(), 1, PPM).unwrap();
    let mass = global_mass(&c, &met.atmosphere(start()).unwrap().surface_pressure)[0];
    assert!((mass / 2.124e12 - 1.0).abs() < 0.005, "{mass:e}");
}

/// Relative l2 error of a cosine bell (Williamson et al. 1992, case 1) after one turn.
fn bell_error(grid: &Arc<Grid>, tilt: f64, step: f64, scheme: Advection) -> f64 {
    let met: Arc<dyn Meteorology> = Arc::new(SolidBody::new(grid.clone(), tilt, 12.0 * DAY));
    let h = &grid.horizontal;
    let mut c = Concentrations::<f64>::uniform(grid, 1, 0.0).unwrap();
    let bell = |lat: f64, lon: f64| {
        let r = mcas::grid::great_circle_km((lat, lon), (0.0, -90.0)) / 6371.0;
        if r < 1.0 / 3.0 {
            0.5 * (1.0 + (3.0 * std::f64::consts::PI * r).cos())
        } else {
            0.0
        }
    };
    let (n_lev, n_lat, n_lon) = grid.shape();
    for k in 0..n_lev {
        for j in 0..n_lat {
            for i in 0..n_lon {
                c.set(grid.cell(k, j, i), 0, bell(h.lat()[j], h.lon()[i]));
            }
        }
    }
    let first = c.clone();
    let zero = Time::from_seconds(0);
    with_scheme(&met, step, scheme)
        .advance(&mut c, zero, zero.plus(12.0 * DAY), None, &mut ())
        .unwrap();
    let (mut wrong, mut all) = (0.0, 0.0);
    for j in 0..n_lat {
        for i in 0..n_lon {
            let (now, then) = (
                c.get(grid.cell(1, j, i), 0),
                first.get(grid.cell(1, j, i), 0),
            );
            wrong += h.area(j) * (now - then).powi(2);
            all += h.area(j) * then.powi(2);
        }
    }
    (wrong / all).sqrt()
}

#[test]
fn a_bell_goes_over_both_poles_about_as_well_as_round_the_equator() {
    let grid = three_levels(4.0, 5.0);
    let round = bell_error(&grid, 0.0, 3600.0, Advection::default());
    let over = bell_error(
        &grid,
        std::f64::consts::FRAC_PI_2 - 0.05,
        3600.0,
        Advection::default(),
    );
    eprintln!("relative l2 error: round the equator {round:.4}, over the poles {over:.4}");
    assert!(round < 0.35 && over < 0.22, "{round} {over}");
}

#[test]
fn a_scheme_that_keeps_smooth_extrema_moves_a_bell_better() {
    let grid = three_levels(4.0, 5.0);
    let [monotone, smooth] = [Advection::Monotone(Monotone), Advection::Smooth(Smooth)]
        .map(|s| bell_error(&grid, 0.8, 3600.0, s));
    assert!(smooth < 0.9 * monotone, "{smooth} {monotone}");
}

#[test]
fn air_may_cross_more_than_a_cell_of_a_row_in_a_step() {
    // Once around 72 cells in two days: 1.5 cells of any row in an hour.
    let grid = three_levels(4.0, 5.0);
    let met: Arc<dyn Meteorology> = Arc::new(SolidBody::new(grid.clone(), 0.0, 2.0 * DAY));
    let mut c = blobs::<f64>(&grid, &[0]);
    let run = transport(&met, 3600.0);
    let zero = Time::from_seconds(0);
    let ledger = run
        .advance(&mut c, zero, zero.plus(2.0 * DAY), None, &mut ())
        .unwrap();
    assert!(ledger.imbalance() < 1e-12);
    let values = (0..grid.n_cells()).map(|cell| c.get(cell, 0) / PPM);
    assert!(
        values.clone().fold(f64::MAX, f64::min) > 400.0 - 1e-9
            && values.fold(0.0, f64::max) < 410.0 + 1e-9
    );
}

#[test]
fn changing_surface_pressure_keeps_a_constant_and_the_mass() {
    let grid = Grid::geos(10.0, 15.0).unwrap();
    let mut met = SolidBody::new(grid.clone(), 0.3, 10.0 * DAY);
    let mut forcing = (*met.forcing).clone();
    forcing.start = Time::from_seconds(0);
    forcing.end = Time::from_seconds(10_800);
    let (_, n_lat, _) = grid.shape();
    let mut change = Array2::from_shape_fn(forcing.surface_pressure[0].dim(), |(j, i)| {
        if j == 0 || j == n_lat - 1 {
            100.0
        } else {
            200.0 * ((i + j) as f64).sin()
        }
    });
    let mean =
        PressureFix::new(&grid).apply(&mut forcing.east, &mut forcing.north, &(&change / 10_800.0));
    change -= mean * 10_800.0;
    forcing.surface_pressure[1] = &forcing.surface_pressure[0] + &change;
    met.forcing = Arc::new(forcing);
    let met: Arc<dyn Meteorology> = Arc::new(met);
    let run = transport(&met, 1800.0);
    let (zero, end) = (Time::from_seconds(0), Time::from_seconds(10_800));
    let mut c = blobs::<f64>(&grid, &[0, 1]);
    let ledger = run.advance(&mut c, zero, end, None, &mut ()).unwrap();
    assert!(ledger.imbalance() < 1e-12, "{:e}", ledger.imbalance());
    let mut flat = Concentrations::<f32>::uniform(&grid, 1, 0.0).unwrap();
    (0..grid.n_cells()).for_each(|cell| flat.set(cell, 0, 3.0 * PPM));
    let before = bits(&flat);
    run.advance(&mut flat, zero, end, None, &mut ()).unwrap();
    assert_eq!(before, bits(&flat));
}

#[test]
fn a_longer_step_gives_nearly_the_same_field() {
    let met = built_in(6.0, 7.5);
    let grid = met.grid().clone();
    let flux = TwoHalves(grid.horizontal.n_lat(), grid.horizontal.n_lon());
    let factors = Array2::ones((1, 1));
    let run = |step: f64| {
        let mut c = Concentrations::<f32>::uniform(&grid, 1, 400.0 * PPM).unwrap();
        transport(&met, step)
            .advance(
                &mut c,
                start(),
                start().plus(3.0 * DAY),
                Some((&flux, factors.view())),
                &mut (),
            )
            .unwrap();
        c
    };
    let (short, long) = (run(600.0), run(3600.0));
    let spread = |of: &dyn Fn(usize) -> f64| {
        (0..grid.n_cells())
            .map(|cell| of(cell).powi(2))
            .sum::<f64>()
            .sqrt()
    };
    let apart = spread(&|cell| short.get(cell, 0) - long.get(cell, 0))
        / spread(&|cell| short.get(cell, 0) - 400.0 * PPM);
    assert!(apart < 0.05, "{apart}");
}
