//! What is told of an observation and of a cell adds up to what was done.

use crate::support::{innovation, mean, normal, three_sources};
use mcas::analysis::{Draws, Etkf, UpdateForm};
use mcas::assimilation::{RegionAnalysis, explain_cell, explain_observation};
use mcas::grid::{LatLonGrid, RegionMap};
use mcas::inflation::{Factors, Fallback, Fixed, Inflation, Moderated};
use mcas::innovation::Innovation;
use mcas::localization::{Localization, Regional};
use std::sync::Arc;

struct Scene {
    local: Regional,
    parts: Vec<Innovation>,
    factors: Vec<Factors>,
}

/// Two regions that share some observations, one with an outlier moderated.
fn scene() -> Scene {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let map = RegionMap::from_function(&grid, |lat, _, _, _| {
        Ok(Some(if lat > 0.0 { "North" } else { "South" }.into()))
    })
    .unwrap();
    let mut sources = three_sources(61);
    sources[0].values[4] += 60.0;
    let globe = innovation(&sources);
    let parts: Vec<Innovation> = [0..70, 3..109]
        .into_iter()
        .map(|r| globe.subset(&r.collect::<Vec<_>>()).unwrap())
        .collect();
    let mu = |v| {
        ["in_situ", "oco2", "gosat"]
            .map(|n| (n.to_string(), v))
            .to_vec()
    };
    let scheme =
        |theta, m| Moderated::new(Arc::new(Fixed::new(theta, mu(m)).unwrap()), 3.0).unwrap();
    let factors = vec![
        scheme(2.0, 0.5)
            .estimate(&parts[0], &Fallback::none())
            .unwrap(),
        scheme(1.2, 1.5)
            .estimate(&parts[1], &Fallback::none())
            .unwrap(),
    ];
    Scene {
        local: Regional::new(map, 1500.0, None).unwrap(),
        parts,
        factors,
    }
}

fn analyses(scene: &Scene) -> Vec<RegionAnalysis<'_>> {
    scene
        .parts
        .iter()
        .zip(&scene.factors)
        .map(|(innovation, factors)| RegionAnalysis {
            innovation,
            factors,
        })
        .collect()
}

#[test]
fn the_parts_of_the_observations_add_up_to_the_increment_of_a_cell() {
    let scene = scene();
    let x = normal(61, "cell", 1, 20);
    let cell = (23, 10);
    let story = explain_cell(&scene.local, &analyses(&scene), cell, x.row(0), 1000).unwrap();
    assert_eq!(story.regions.len(), 2, "{story}");
    let increment = |r: usize| {
        let b = Etkf
            .matrices(&scene.parts[r], &scene.factors[r], &Draws::new(1, ""))
            .unwrap();
        mean(&b.apply_concentration(&x).unwrap())[0] - mean(&x)[0]
    };
    let expected: f64 = (0..2)
        .map(|r| scene.local.weights(r)[cell] * increment(r))
        .sum();
    assert!(
        (story.increment - expected).abs() < 1e-11,
        "{} {expected}",
        story.increment
    );
    assert!((story.strongest.iter().map(|c| c.increment).sum::<f64>() - expected).abs() < 1e-11);
    assert_eq!(story.strongest.len(), 109);
    assert!(
        story
            .strongest
            .is_sorted_by(|a, b| a.increment.abs() >= b.increment.abs())
    );
}

#[test]
fn influences_add_up_to_the_degrees_of_freedom_and_name_the_regions_that_use_an_observation() {
    let scene = scene();
    let of = |o: usize| explain_observation(&scene.local, &analyses(&scene), o, (23, 10)).unwrap();
    let names = |o: usize| {
        of(o)
            .regions
            .iter()
            .map(|u| u.region.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (names(1), names(5), names(100)),
        (
            vec!["South".into()],
            vec!["South".into(), "North".into()],
            vec!["North".into()]
        )
    );
    let sum: f64 = (0..70).map(|o| of(o).regions[0].influence).sum();
    let moderated = scene.factors[0]
        .moderated(&scene.parts[0])
        .unwrap()
        .into_owned();
    let dfs: f64 = moderated
        .likelihood(2.0, &[0.5; 3])
        .unwrap()
        .dfs
        .iter()
        .sum();
    assert!((sum - dfs).abs() < 1e-10, "{sum} {dfs}");
    assert!((0..70).all(|o| (0.0..1.0).contains(&of(o).regions[0].influence)));
    assert!(
        of(4).regions[0].moderation > 2.0 && of(4).regions[0].mu == 0.5,
        "{}",
        of(4)
    );
    let message = explain_observation(&scene.local, &analyses(&scene), 500, (0, 0))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("no region uses observation 500"),
        "{message}"
    );
    assert!(explain_observation(&scene.local, &analyses(&scene)[..1], 5, (0, 0)).is_err());
}
