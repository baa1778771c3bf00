//! The time and memory of one analysis of the size of the paper's: 2 x 2.5 degrees and 47 levels,
//! 240 factors, 64 members, 5,000 observations of three sources, seven overlapping regions; single
//! precision. Synthetic numbers.

use super::peak_memory;
use crate::analysis::{Draws, Etkf, UpdateForm, UpdateMatrices, apply};
use crate::ensemble::Concentrations;
use crate::error::Result;
use crate::flux::localization_regions;
use crate::grid::Grid;
use crate::inflation::{Factors, Fallback, Inflation, MaximumLikelihood};
use crate::innovation::{About, ErrorCovariance, Innovation, SourceData};
use crate::localization::{Localization, Regional, SelectionContext};
use crate::random;
use ndarray::{Array1, Array2, Axis};
use serde::Serialize;
use std::sync::Arc;
use std::time::Instant;

const MEMBERS: usize = 64;
const FACTORS: usize = 240;
const SOURCES: [(&str, usize); 3] = [("in_situ", 1000), ("land", 2400), ("ocean", 1600)];
/// Every time is the best of so many.
const REPEATS: usize = 5;

/// What one analysis costs.
#[derive(Debug, Serialize)]
pub struct AnalysisCost {
    /// Members of the ensemble.
    members: usize,
    /// Observations of all sources.
    observations: usize,
    /// Rows of the state, factors among them.
    state_rows: usize,
    /// Overlapping regions.
    regions: usize,
    /// Threads at work.
    threads: usize,
    /// The whole analysis: small matrices, choice of observations, factors, update matrices and
    /// their application \[s\].
    analysis_s: f64,
    /// The application alone \[s\].
    apply_s: f64,
    /// The small matrices of all observations \[ms\].
    gram_ms: f64,
    /// A fit of theta and three mu from small matrices that stand \[ms\].
    fit_ms: f64,
    /// What a closure in place of a built-in scheme adds in all regions, over the whole analysis.
    #[serde(skip_serializing_if = "Option::is_none")]
    closure_overhead: Option<f64>,
    /// The state \[MB\].
    state_mb: f64,
    /// Largest memory of the process \[MB\].
    peak_rss_mb: f64,
    /// Largest memory over that of the state.
    peak_over_state: f64,
}

/// What an analysis starts from.
struct Scene {
    sources: Vec<Arc<SourceData>>,
    localization: Regional,
    latitude: Vec<f64>,
    longitude: Vec<f64>,
    equivalents: Array2<f64>,
    factors: Array2<f64>,
    factor_region: Vec<usize>,
}

/// Measures one analysis. `closure` makes in another language the small scheme against which its
/// overhead is measured; it is called once the memory has been read.
///
/// # Errors
/// Whatever the work itself or `closure` refuses.
pub fn analysis(closure: Option<&dyn Fn() -> Result<Arc<dyn Inflation>>>) -> Result<AnalysisCost> {
    let grid = Grid::geos(2.0, 2.5)?;
    let scene = Scene::new(&grid)?;
    let all = Innovation::new(MEMBERS, scene.sources.clone())?;
    let gram_ms = 1e3 * best(|| Innovation::new(MEMBERS, scene.sources.clone()).map(drop))?;
    let fit_ms = 1e3
        * best(|| {
            MaximumLikelihood::new()
                .estimate(&all, &Fallback::none())
                .map(drop)
        })?;
    let (analysis_s, apply_s, state_mb) = whole_analysis(&scene, &grid)?;
    let peak = peak_memory();
    // A language is set up for this alone, so it comes after the memory has been read.
    let extra = closure.map(|scheme| closure_seconds(&scene, &all, scheme()?.as_ref()));
    Ok(AnalysisCost {
        members: MEMBERS,
        observations: all.n_obs(),
        state_rows: grid.n_cells() + FACTORS,
        regions: scene.localization.regions().len(),
        threads: rayon::current_num_threads(),
        analysis_s,
        apply_s,
        gram_ms,
        fit_ms,
        closure_overhead: extra.transpose()?.map(|seconds| seconds / analysis_s),
        state_mb,
        peak_rss_mb: peak,
        peak_over_state: peak / state_mb,
    })
}

/// Shortest time of some work \[s\].
fn best(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut shortest = f64::INFINITY;
    for _ in 0..REPEATS {
        let begun = Instant::now();
        work()?;
        shortest = shortest.min(begun.elapsed().as_secs_f64());
    }
    Ok(shortest)
}

fn whole_analysis(scene: &Scene, grid: &Arc<Grid>) -> Result<(f64, f64, f64)> {
    let mut state = Concentrations::<f32>::uniform(grid, MEMBERS, 4e-4)?;
    for block in state.blocks_mut() {
        block
            .values
            .iter_mut()
            .enumerate()
            .for_each(|(k, v)| *v = 1e-6 * ((k * 31 + k / 64 * 17) % 97) as f32);
    }
    let mut applied = f64::INFINITY;
    let analysis_s = best(|| {
        let (matrices, weights) = scene.matrices()?;
        let begun = Instant::now();
        apply(&mut state, &matrices, &weights)?;
        applied = applied.min(begun.elapsed().as_secs_f64());
        scene.analysed_factors(&matrices).map(drop)
    })?;
    let bytes: usize = state
        .blocks()
        .iter()
        .map(|b| size_of_val(&b.values[..]))
        .sum();
    Ok((
        analysis_s,
        applied,
        1e-6 * (bytes + FACTORS * MEMBERS * 8) as f64,
    ))
}

impl Scene {
    fn new(grid: &Arc<Grid>) -> Result<Self> {
        let p: usize = SOURCES.iter().map(|s| s.1).sum();
        let normal = |stream: &str, rows: usize, columns: usize| {
            let drawn = random::normals(&mut random::generator(1, stream, 0), rows * columns);
            Array2::from_shape_vec((rows, columns), drawn).expect("as many as asked for")
        };
        let factors = normal("factors", FACTORS, MEMBERS);
        let equivalents = normal("equivalents", p, MEMBERS);
        let values = normal("values", p, 1).column(0).to_owned();
        let mut first = 0;
        let mut sources = vec![];
        for (name, n) in SOURCES {
            let rows: Vec<usize> = (first..first + n).collect();
            let (y, d): (Array2<f64>, Array1<f64>) = (
                equivalents.select(Axis(0), &rows),
                values.select(Axis(0), &rows),
            );
            sources.push(Arc::new(SourceData::new(
                name,
                y.view(),
                d.view(),
                ErrorCovariance::independent(&vec![0.7; n]),
            )?));
            first += n;
        }
        let localization =
            Regional::new(localization_regions(&grid.horizontal)?, 800.0, Some(0.7))?;
        let regions = localization.regions().len();
        Ok(Scene {
            sources,
            localization,
            // Even over the sphere: equal steps in the sine of latitude, golden steps in longitude.
            latitude: (0..p)
                .map(|k| {
                    (2.0 * (k as f64 + 0.5) / p as f64 - 1.0)
                        .asin()
                        .to_degrees()
                })
                .collect(),
            longitude: (0..p)
                .map(|k| (k as f64 * 222.492_235_949) % 360.0 - 180.0)
                .collect(),
            equivalents,
            factors,
            factor_region: (0..FACTORS).map(|k| k % regions).collect(),
        })
    }

    /// The update matrices and seam weights of every region.
    fn matrices(&self) -> Result<(Vec<UpdateMatrices>, Vec<Array2<f64>>)> {
        let all = Innovation::new(MEMBERS, self.sources.clone())?;
        let (scheme, draws) = (MaximumLikelihood::new(), Draws::new(1, "bench"));
        let pooled = scheme.estimate(&all, &Fallback::none())?;
        let context = SelectionContext {
            latitude: &self.latitude,
            longitude: &self.longitude,
            equivalents: self.equivalents.view(),
            factors: self.factors.view(),
            factor_region: &self.factor_region,
            about: About::default(),
        };
        let one = |region: usize| {
            let innovation =
                all.subset(&self.localization.selection(region, &context)?.observations)?;
            let factors = scheme.estimate(
                &innovation,
                &Fallback {
                    pooled: Some(pooled.clone()),
                    ..Fallback::none()
                },
            )?;
            Etkf.matrices(&innovation, &factors, &draws)
        };
        let n = self.localization.regions().len();
        let matrices = (0..n).map(one).collect::<Result<_>>()?;
        Ok((
            matrices,
            (0..n)
                .map(|r| self.localization.weights(r).clone())
                .collect(),
        ))
    }

    fn analysed_factors(&self, matrices: &[UpdateMatrices]) -> Result<Vec<Array2<f64>>> {
        let rows_of_region = |r: usize| {
            (0..FACTORS)
                .filter(|k| self.factor_region[*k] == r)
                .collect::<Vec<_>>()
        };
        matrices
            .iter()
            .enumerate()
            .map(|(r, b)| b.apply_factor(&self.factors.select(Axis(0), &rows_of_region(r))))
            .collect()
    }
}

/// A small scheme in Rust, against which the same scheme in another language is measured: theta is
/// 1.1 and the mu of a source its misfit over its number of observations, at least 0.1.
#[derive(Debug)]
struct MomentScheme;

impl Inflation for MomentScheme {
    fn estimate(&self, innovation: &Innovation, _: &Fallback) -> Result<Factors> {
        let mu = innovation.sources().iter().map(|s| {
            (
                s.name().to_string(),
                (s.c / s.n_obs().max(1) as f64).max(0.1),
            )
        });
        Factors::given(1.1, mu.collect())
    }
}

impl std::fmt::Display for MomentScheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a scheme of the benchmark")
    }
}

/// What the closure takes beyond the same scheme in Rust, in all regions \[s\].
fn closure_seconds(scene: &Scene, innovation: &Innovation, closure: &dyn Inflation) -> Result<f64> {
    let all = |scheme: &dyn Inflation| {
        best(|| {
            scene
                .localization
                .regions()
                .iter()
                .try_for_each(|_| scheme.estimate(innovation, &Fallback::none()).map(drop))
        })
    };
    Ok((all(closure)? - all(&MomentScheme)?).max(0.0))
}
