use super::*;
use crate::observation::fixture::{atmosphere, linear, point};

/// A retrieval on `n` levels of a surface at `ps`, kernel one, weights of the layers of air.
fn retrieval(n: usize, ps: f64, top: f64) -> Column {
    let pressure: Vec<f64> = (0..n)
        .map(|j| ps + (top - ps) * j as f64 / (n - 1) as f64)
        .collect();
    let thick = |j: usize| if j == 0 || j == n - 1 { 0.5 } else { 1.0 };
    let weight = (0..n).map(|j| thick(j) / (n - 1) as f64).collect();
    Column {
        pressure,
        kernel: vec![1.0; n],
        prior: (0..n).map(|j| 4e-4 - 1e-6 * j as f64).collect(),
        weight,
        prior_column: 3.9e-4,
        ..Column::default()
    }
}

fn stencil(r: &Column) -> Result<Stencil> {
    Ok(linear(
        r.equivalent(&point(12.0, 33.0, 0.0), &atmosphere())?,
    ))
}

#[test]
fn a_model_equal_to_the_prior_gives_the_prior_column() {
    let mut r = retrieval(20, 1.0e5, 10.0);
    r.kernel = (0..20).map(|j| 1.1 - 0.04 * j as f64).collect();
    r.prior = vec![4e-4; 20];
    let stencil = stencil(&r).unwrap();
    let total: f64 = stencil.cells.iter().map(|c| c.1).sum();
    assert!((stencil.offset + 4e-4 * total - 3.9e-4).abs() < 1e-15);
}

#[test]
fn the_weights_add_up_to_those_of_the_retrieval() {
    let stencil = stencil(&retrieval(20, 9.9e4, 10.0)).unwrap();
    assert!((stencil.cells.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn a_profile_linear_in_pressure_is_sampled_exactly() {
    let air = atmosphere();
    let r = Column {
        vertical: Vertical::Pressure,
        ..retrieval(20, 0.95e5, 5.0e3)
    };
    let wanted: f64 = r
        .weight
        .iter()
        .zip(&r.pressure)
        .map(|(h, p)| h * (3e-4 + 1e-9 * p))
        .sum();
    let prior: f64 = r.weight.iter().zip(&r.prior).map(|(h, c)| h * c).sum();
    let stencil = stencil(&r).unwrap();
    let n = air.grid.horizontal.n_cells();
    let sampled: f64 = stencil
        .cells
        .iter()
        .map(|(cell, w)| w * (3e-4 + 1e-9 * air.grid.levels.middle(cell / n, 1.0e5)))
        .sum();
    assert!((stencil.offset + sampled - (3.9e-4 + wanted - prior)).abs() < 1e-15);
}

#[test]
fn fill_values_are_refused() {
    let mut r = retrieval(20, 1.0e5, 10.0);
    r.prior[3] = f64::NAN;
    assert!(stencil(&r).is_err());
    assert!(r.with_geometry(&r.geometry()).is_err());
    assert!(stencil(&Column::default()).is_err());
}

#[test]
fn levels_from_the_top_down_or_as_shares_of_the_surface_pressure_are_the_same_column() {
    let r = retrieval(20, 1.0e5, 10.0);
    let down = |v: &[f64]| v.iter().rev().copied().collect::<Vec<_>>();
    let sigma: Vec<f64> = r.pressure.iter().map(|p| p / 1.0e5).collect();
    let given = Geometry::default()
        .with("sigma", down(&sigma))
        .with("surface_pressure", [1.0e5])
        .with("kernel", down(&r.kernel))
        .with("prior", down(&r.prior))
        .with("weight", down(&r.weight))
        .with("prior_column", [r.prior_column]);
    let read = Column::default().with_geometry(&given).unwrap().geometry();
    for ((name, a), (_, b)) in read.columns().iter().zip(r.geometry().columns()) {
        assert!(
            a.iter()
                .zip(b)
                .all(|(a, b)| (a - b).abs() <= 1e-15 * b.abs()),
            "{name}"
        );
    }
}

/// What the operator makes of a field of the model that is a function of p / ps.
fn sampled(r: &Column, field: impl Fn(f64) -> f64) -> f64 {
    let air = atmosphere();
    let stencil = stencil(r).unwrap();
    let n = air.grid.horizontal.n_cells();
    let sigma = |cell: usize| air.grid.levels.middle(cell / n, 1.0e5) / 1.0e5;
    let parts = stencil
        .cells
        .iter()
        .map(|(cell, w)| w * field(sigma(*cell)));
    stencil.offset + parts.sum::<f64>()
}

#[test]
fn levels_are_matched_in_shares_of_the_surface_pressure_unless_pressure_is_asked_for() {
    // The retrieval's surface lies 60 hPa above the model's, at 1000 hPa; the field is 4e-4 + 1e-5
    // sigma, so that h-weighted means are those of sigma and of pressure.
    let r = retrieval(20, 0.94e5, 5.0e3);
    let field = |sigma: f64| 4e-4 + 1e-5 * sigma;
    let mean = |scale: f64| -> f64 {
        let levels = r.weight.iter().zip(&r.pressure);
        levels.map(|(h, p)| h * field(p / scale)).sum()
    };
    let offset = 3.9e-4 - r.of_prior();
    assert!((sampled(&r, field) - offset - mean(0.94e5)).abs() < 3e-9);
    let absolute = Column {
        vertical: Vertical::Pressure,
        ..r.clone()
    };
    assert!((sampled(&absolute, field) - offset - mean(1.0e5)).abs() < 1e-15);
    // A surface that is said counts in place of the lowest level, which may lie below it.
    let below = Column {
        surface: Some(0.9e5),
        ..r.clone()
    };
    assert!((sampled(&below, field) - offset - mean(0.9e5)).abs() < 6e-7);
    assert!(sampled(&below, field) > sampled(&r, field));
    let again = |c: &Column| Column::default().with_geometry(&c.geometry()).unwrap();
    assert_eq!(again(&absolute).geometry(), absolute.geometry());
    assert_eq!(again(&below).geometry(), below.geometry());
}

#[test]
fn a_prior_of_wet_air_takes_the_model_without_its_water() {
    // Weights of wet air with 2 % of water everywhere: a dry model of 4e-4 counts as 3.92e-4.
    let mut r = retrieval(20, 1.0e5, 10.0);
    r.water = vec![0.02; 20];
    r.prior = vec![3.92e-4; 20];
    r.prior_column = 3.92e-4;
    assert!((sampled(&r, |_| 4e-4) - 3.92e-4).abs() < 1e-15);
    r.kernel = vec![0.5; 20];
    assert!((sampled(&r, |_| 4.1e-4) - (3.92e-4 + 0.5 * 0.98 * 1e-5)).abs() < 1e-15);
    let prior = r.prior().unwrap();
    assert!((prior.of_profile - 3.92e-4).abs() < 1e-15 && (prior.weight - 1.0).abs() < 1e-12);
}

#[test]
fn a_kernel_on_levels_of_its_own_is_brought_to_those_of_the_prior() {
    let r = retrieval(5, 1.0e5, 2.0e4);
    let given = |levels: &[f64], kernel: &[f64]| {
        Geometry::default()
            .with("pressure", r.pressure.as_slice())
            .with("prior", r.prior.as_slice())
            .with("weight", r.weight.as_slice())
            .with("kernel", kernel)
            .with("kernel_pressure", levels)
    };
    let kernel_of = |levels: &[f64], kernel: &[f64]| {
        let made = Column::default().with_geometry(&given(levels, kernel));
        made.map(|o| o.geometry().profile("kernel").unwrap().to_vec())
    };
    // Linear in pressure at 1000, 800, 600, 400 and 200 hPa, constant above 500 hPa.
    let wanted = [1.0, 0.8, 0.6, 0.5, 0.5];
    for kernel in [
        kernel_of(&[1.1e5, 0.5e5], &[1.1, 0.5]).unwrap(),
        kernel_of(&[0.5e5, 1.1e5], &[0.5, 1.1]).unwrap(),
    ] {
        let near = kernel
            .iter()
            .zip(wanted)
            .all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near, "{kernel:?}");
    }
    assert!(kernel_of(&[1e5], &[1.0, 0.9]).is_err());
    assert!(kernel_of(&[1e5, 1e5], &[1.0, 0.9]).is_err());
    assert!(kernel_of(&[1e5, f64::NAN], &[1.0, 0.9]).is_err());
}

#[test]
fn pressures_in_another_unit_and_priors_in_ppm_are_refused() {
    let refused = |change: &dyn Fn(&mut Column), what: &str| {
        let mut r = retrieval(20, 1.0e5, 10.0);
        change(&mut r);
        let message = r.with_geometry(&r.geometry()).unwrap_err().to_string();
        assert!(message.contains(what), "{message}");
    };
    refused(
        &|r| r.pressure.iter_mut().for_each(|p| *p /= 100.0),
        "no pressure of air",
    );
    refused(
        &|r| r.prior.iter_mut().for_each(|c| *c *= 1e6),
        "no mole fraction",
    );
    refused(&|r| r.prior[0] = -1e-4, "no mole fraction");
    refused(&|r| r.pressure.swap(3, 4), "must fall from the surface up");
    refused(&|r| r.water = vec![0.01; 3], "differ in length");
}
