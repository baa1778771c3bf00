//! Laws of localization.

use crate::support::{normal, normals};
use mcas::grid::{LatLonGrid, RegionMap, chord_km};
use mcas::innovation::About;
use mcas::localization::{
    Global, Localization, Product, Regional, SelectionContext, Threshold, check,
};
use ndarray::{Array2, ArrayView2};
use std::sync::Arc;

fn quarters(grid: &LatLonGrid) -> RegionMap {
    let name = |lat: f64, lon: f64| {
        format!(
            "{} {}",
            if lat < 10.0 { "south" } else { "north" },
            if lon < -30.0 { "west" } else { "east" }
        )
    };
    RegionMap::from_function(grid, |lat, lon, _, _| Ok(Some(name(lat, lon)))).unwrap()
}

fn regional(halo_km: f64, correlation: Option<f64>) -> Regional {
    Regional::new(
        quarters(&LatLonGrid::geos(4.0, 5.0).unwrap()),
        halo_km,
        correlation,
    )
    .unwrap()
}

#[test]
fn seam_weights_add_up_to_one_and_are_zero_outside() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    for halo in [0.0, 300.0, 800.0, 3000.0, f64::INFINITY] {
        let local = regional(halo, None);
        check(&local, &grid).unwrap();
        for r in 0..4 {
            let outside = local
                .weights(r)
                .iter()
                .zip(local.extended(r))
                .all(|(w, inside)| *inside == (*w > 0.0));
            assert!(outside, "halo {halo}, region {r}");
        }
    }
}

#[test]
fn seam_weights_have_no_jump() {
    // d(g, r) changes by no more than the distance between two cells; so a weight d / sum d changes
    // by at most (n + 1) distances over the sum, and the sum is never less than the halo less a
    // cell.
    let (grid, local) = (LatLonGrid::geos(4.0, 5.0).unwrap(), regional(800.0, None));
    let centre = |j: usize, i: usize| (grid.lat()[j], grid.lon()[i]);
    let least = 800.0 - chord_km((0.0, 0.0), (4.0, 5.0));
    for r in 0..4 {
        let w = local.weights(r);
        for j in 0..grid.n_lat() - 1 {
            for i in 0..grid.n_lon() {
                for (k, l) in [(j + 1, i), (j, (i + 1) % grid.n_lon())] {
                    let bound = 5.0 * chord_km(centre(j, i), centre(k, l)) / least;
                    assert!(
                        (w[[j, i]] - w[[k, l]]).abs() <= bound,
                        "({j}, {i}) to ({k}, {l})"
                    );
                }
            }
        }
    }
}

#[test]
fn a_cell_deep_in_a_region_belongs_to_it_alone_and_a_border_is_shared() {
    let (grid, local) = (LatLonGrid::geos(4.0, 5.0).unwrap(), regional(800.0, None));
    let at = |lat: f64, lon: f64| (grid.row_of(lat), grid.column_of(lon));
    let weights = |cell: (usize, usize)| (0..4).map(|r| local.weights(r)[cell]).collect::<Vec<_>>();
    assert_eq!(
        weights(at(-40.0, 80.0))
            .iter()
            .filter(|w| **w > 0.0)
            .count(),
        1
    );
    // Cells either side of the border at 10 N, far from the other border: nearly half each.
    let border = weights(at(8.0, 80.0));
    assert!(
        border.iter().all(|w| *w == 0.0 || (w - 0.5).abs() < 0.2),
        "{border:?}"
    );
}

struct Scene {
    latitude: Vec<f64>,
    longitude: Vec<f64>,
    equivalents: Array2<f64>,
    factors: Array2<f64>,
    region: Vec<usize>,
}

impl Scene {
    /// 200 observations all over, 8 factors in 4 regions, 50 members; nothing is related to
    /// anything.
    fn new() -> Self {
        let turn = |name: &str, span: f64| {
            normals(1, name, 200)
                .mapv(|x| span * (x - x.floor() - 0.5))
                .to_vec()
        };
        Scene {
            latitude: turn("lat", 180.0),
            longitude: turn("lon", 360.0),
            equivalents: normal(1, "equivalents", 200, 50),
            factors: normal(1, "factors", 8, 50),
            region: (0..8).map(|f| f % 4).collect(),
        }
    }
    fn context(&self) -> SelectionContext<'_> {
        self.members(50)
    }
    fn members(&self, m: usize) -> SelectionContext<'_> {
        fn first(x: &Array2<f64>, m: usize) -> ArrayView2<'_, f64> {
            x.slice(ndarray::s![.., ..m])
        }
        SelectionContext {
            latitude: &self.latitude,
            longitude: &self.longitude,
            equivalents: first(&self.equivalents, m),
            factors: first(&self.factors, m),
            factor_region: &self.region,
            about: About::default(),
        }
    }
}

#[test]
fn infinite_reach_and_a_single_region_are_no_localization() {
    let (scene, grid) = (Scene::new(), LatLonGrid::geos(4.0, 5.0).unwrap());
    let all = Global::new(&grid).selection(0, &scene.context()).unwrap();
    assert_eq!(all.observations, (0..200).collect::<Vec<_>>());
    let infinite = regional(f64::INFINITY, Some(0.7));
    for r in 0..4 {
        assert_eq!(infinite.selection(r, &scene.context()).unwrap(), all);
        assert!(infinite.weights(r).iter().all(|w| (w - 0.25).abs() < 1e-15));
    }
    let single = Regional::new(RegionMap::single(&grid, "Globe"), 800.0, Some(0.7)).unwrap();
    assert_eq!(
        single
            .selection(
                0,
                &SelectionContext {
                    factor_region: &[0; 8],
                    ..scene.context()
                }
            )
            .unwrap(),
        all
    );
    assert_eq!(single.weights(0), Global::new(&grid).weights(0));
}

#[test]
fn observations_inside_are_taken_and_one_outside_only_if_it_follows_a_factor() {
    let (mut scene, local) = (Scene::new(), regional(800.0, Some(0.7)));
    let by_place = regional(800.0, None);
    let r = 2;
    let inside = by_place
        .selection(r, &scene.context())
        .unwrap()
        .observations;
    assert_eq!(
        local.selection(r, &scene.context()).unwrap().observations,
        inside
    );
    let outside = (0..200).find(|o| !inside.contains(o)).unwrap();
    // Correlation 1 / sqrt(1 + k^2) with factor 2, of region 2: 0.89 for k = 0.5, 0.24 for k = 4;
    // of either sign.
    for (noise, sign, chosen) in [(0.5, 1.0, true), (0.5, -1.0, true), (4.0, 1.0, false)] {
        let mixed = &scene.factors.row(2) * sign + &normals(5, "noise", 50) * noise;
        scene.equivalents.row_mut(outside).assign(&mixed);
        let selection = local.selection(r, &scene.context()).unwrap();
        assert_eq!(
            (
                selection.observations.contains(&outside),
                selection.by_correlation
            ),
            (chosen, chosen as usize),
            "{noise} {sign}"
        );
        assert!(selection.observations.is_sorted());
    }
    // It follows a factor of region 2, so no other region takes it.
    scene
        .equivalents
        .row_mut(outside)
        .assign(&scene.factors.row(2).to_owned());
    let elsewhere = (0..4).filter(|q| {
        *q != r
            && !by_place
                .selection(*q, &scene.context())
                .unwrap()
                .observations
                .contains(&outside)
    });
    for q in elsewhere {
        assert!(
            !local
                .selection(q, &scene.context())
                .unwrap()
                .observations
                .contains(&outside)
        );
    }
}

#[test]
fn an_observation_without_spread_is_not_chosen_and_few_members_are_warned_of() {
    let (mut scene, local) = (Scene::new(), regional(100.0, Some(0.0)));
    scene.equivalents.fill(0.1);
    let selection = local.selection(0, &scene.context()).unwrap();
    assert_eq!(selection.by_correlation, 0);
    assert!(selection.warnings.is_empty());
    let few = local.selection(0, &scene.members(39)).unwrap();
    assert_eq!(few.warnings[0].name, "few_members");
}

#[test]
fn what_is_no_localization_is_refused() {
    let map = quarters(&LatLonGrid::geos(4.0, 5.0).unwrap());
    assert!(Regional::new(map.clone(), -1.0, None).is_err());
    assert!(Regional::new(map.clone(), f64::NAN, None).is_err());
    assert!(Regional::new(map, 800.0, Some(70.0)).is_err());
    let scene = Scene::new();
    let short = SelectionContext {
        latitude: &scene.latitude[1..],
        ..scene.context()
    };
    assert!(regional(800.0, None).selection(0, &short).is_err());
    let mut astray = Scene::new();
    astray.latitude[7] = f64::NAN;
    assert!(
        regional(800.0, None)
            .selection(0, &astray.context())
            .unwrap_err()
            .to_string()
            .contains("observation 7")
    );
    let mut homeless = Scene::new();
    homeless.region[3] = 9;
    assert!(
        regional(800.0, None)
            .selection(0, &homeless.context())
            .unwrap_err()
            .to_string()
            .contains("factor 3 belongs to no region")
    );
}

#[test]
fn unrelated_observations_are_taken_at_the_stated_rate() {
    // Nothing is related to anything: 6000 observations outside, 7 factors of the region, 20
    // members.
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let n = 6000;
    let (equivalents, factors) = (normal(3, "equivalents", n, 20), normal(3, "factors", 7, 20));
    for rate in [0.02, 0.2] {
        let local = Regional::new(quarters(&grid), 0.0, None)
            .unwrap()
            .with_threshold(Threshold::false_positives(rate).unwrap());
        let context = SelectionContext {
            latitude: &vec![-60.0; n],
            longitude: &vec![-120.0; n],
            equivalents: equivalents.view(),
            factors: factors.view(),
            factor_region: &[3; 7],
            about: About::default(),
        };
        let selection = local.selection(3, &context).unwrap();
        assert_eq!(selection.by_correlation, selection.observations.len());
        assert!(selection.warnings.is_empty());
        let (share, error) = (
            selection.observations.len() as f64 / n as f64,
            (rate * (1.0 - rate) / n as f64).sqrt(),
        );
        assert!((share - rate).abs() < 4.0 * error, "{share} for {rate}");
    }
}

#[test]
fn a_product_has_the_pairs_that_meet_and_weights_that_add_up_to_one() {
    let grid = LatLonGrid::geos(4.0, 5.0).unwrap();
    let halves = |name: fn(f64, f64) -> bool| {
        RegionMap::from_function(&grid, move |lat, lon, _, _| {
            Ok(Some(name(lat, lon).to_string()))
        })
        .unwrap()
    };
    let (by_lat, by_lon) = (halves(|lat, _| lat > 10.0), halves(|_, lon| lon > -30.0));
    let local = |map: RegionMap| {
        Arc::new(Regional::new(map, 800.0, None).unwrap()) as Arc<dyn Localization>
    };
    let product = Product::new(local(by_lat), local(by_lon)).unwrap();
    check(&product, &grid).unwrap();
    assert_eq!(
        product.regions(),
        ["false, false", "false, true", "true, false", "true, true"]
    );
    let scene = Scene::new();
    let taken = product.selection(3, &scene.context()).unwrap().observations;
    let both = |o: &usize| {
        scene.latitude[*o] > 10.0 && scene.longitude[*o] > -30.0 && scene.longitude[*o] < 150.0
    };
    assert!((0..200).filter(both).all(|o| taken.contains(&o)));
    assert!(
        taken.iter().all(|o| scene.latitude[*o] > 0.0),
        "800 km south of 10 N"
    );
    // With the globe nothing changes.
    let same = Product::new(local(quarters(&grid)), Arc::new(Global::new(&grid))).unwrap();
    for r in 0..4 {
        assert_eq!(same.weights(r), regional(800.0, None).weights(r));
    }
}
