//! The analyses of a run (Su et al. 2024): for each window inflation factors from all observations
//! together and region by region, update matrices, and their application to concentrations and
//! factors in one pass; what the schemes remember goes from window to window.

use super::{RegionResult, Window, WindowAnalysis};
use crate::analysis::{Draws, Letkf, Update, UpdateForm, UpdateMatrices, apply};
use crate::ensemble::Concentrations;
use crate::error::{Error, Result, Warning};
use crate::inflation::{Factors, Fallback, Inflation};
use crate::innovation::{About, Innovation, Memory};
use crate::localization::{Localization, SelectionContext};
use ndarray::{Array2, Axis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What all observations together are called among the regions.
const POOLED: &str = "all regions";
/// Names of all regions together, which no region can have: in a run, and in its results.
pub const TOGETHER: [&str; 2] = [POOLED, "pooled"];

/// The analyses of one run: its schemes, and what they keep from window to window.
#[derive(Debug)]
pub struct Analyses {
    name: String,
    seed: u64,
    inflation: Arc<dyn Inflation>,
    localization: Arc<dyn Localization>,
    update: Update,
    last: BTreeMap<String, Factors>,
    memories: BTreeMap<String, Memory>,
}

impl Analyses {
    /// A new run called `name`, whose random numbers are those of `seed`; nothing is remembered.
    ///
    /// # Example
    /// ```
    /// use mcas::analysis::{Etkf, Update};
    /// use mcas::assimilation::{Analyses, Window};
    /// use mcas::ensemble::Concentrations;
    /// use mcas::grid::{Grid, RegionMap};
    /// use mcas::inflation::MaximumLikelihood;
    /// use mcas::innovation::{Innovation, SharedMu};
    /// use mcas::localization::Regional;
    /// use mcas::observation::Observations;
    /// use ndarray::Array2;
    /// use std::sync::Arc;
    ///
    /// let grid = Grid::geos(30.0, 30.0).unwrap();
    /// let map = RegionMap::single(&grid.horizontal, "Globe");
    /// let observations = Observations::empty(&["in_situ"]);
    /// let equivalents = Array2::zeros((0, 4));
    /// let innovation =
    ///     Innovation::of_forecast(&observations, equivalents.view(), &SharedMu::Source, None)
    ///         .unwrap();
    /// let mut run = Analyses::new(
    ///     "my run",
    ///     1,
    ///     Arc::new(MaximumLikelihood::new()),
    ///     Arc::new(Regional::new(map, 800.0, Some(0.7)).unwrap()),
    ///     Update::Regional(Arc::new(Etkf)),
    /// );
    /// let analysis = run
    ///     .window(Window {
    ///         number: 0,
    ///         start: None,
    ///         innovation: &innovation,
    ///         observations: &observations,
    ///         equivalents: equivalents.view(),
    ///         concentrations: Concentrations::uniform(&grid, 4, 400e-6).unwrap(),
    ///         factors: &Array2::ones((2, 4)),
    ///         factor_region: &[0, 0],
    ///         factor_locations: &[],
    ///     })
    ///     .unwrap();
    /// // Without observations the analysis is the forecast, and a warning says so.
    /// assert_eq!(analysis.factors, Array2::<f64>::ones((2, 4)));
    /// assert!(analysis.warnings.iter().any(|(_, w)| w.name == "no_observations"));
    /// ```
    pub fn new(
        name: &str,
        seed: u64,
        inflation: Arc<dyn Inflation>,
        localization: Arc<dyn Localization>,
        update: Update,
    ) -> Self {
        Analyses {
            name: name.to_string(),
            seed,
            inflation,
            localization,
            update,
            last: BTreeMap::new(),
            memories: BTreeMap::new(),
        }
    }

    /// The run's name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The localization.
    pub fn localization(&self) -> &Arc<dyn Localization> {
        &self.localization
    }
    /// What goes from window to window: the last factors and the memory of each region.
    pub fn remembered(&self) -> (&BTreeMap<String, Factors>, &BTreeMap<String, Memory>) {
        (&self.last, &self.memories)
    }
    /// Takes up what another run of the same schemes remembered.
    pub fn remember(
        &mut self,
        last: BTreeMap<String, Factors>,
        memories: BTreeMap<String, Memory>,
    ) {
        (self.last, self.memories) = (last, memories);
    }

    /// Analyses the next window.
    ///
    /// # Errors
    /// Whatever a scheme refuses, with the region and window; shapes that do not fit.
    pub fn window(&mut self, window: Window) -> Result<WindowAnalysis> {
        let mut warnings = vec![];
        let about = self.about(POOLED, &window);
        let none = Fallback::none();
        let all = Arc::new(window.innovation.clone());
        let pooled = self.estimate(all, none, &about, &mut warnings)?;
        let update = self.update.clone();
        let (concentrations, factors, regions) = match &update {
            Update::Local(filter) => self.local(filter, window, &pooled)?,
            Update::Regional(form) => {
                self.regional(form.as_ref(), window, &pooled, &mut warnings)?
            }
        };
        Ok(WindowAnalysis {
            concentrations,
            factors,
            pooled,
            regions,
            warnings,
        })
    }

    /// Every region by its own matrices, blended where regions meet.
    fn regional(
        &mut self,
        form: &dyn UpdateForm,
        window: Window,
        pooled: &RegionResult,
        warnings: &mut Vec<(String, Warning)>,
    ) -> Result<(Concentrations, Array2<f64>, Vec<RegionResult>)> {
        let localization = self.localization.clone();
        let (mut matrices, mut regions) = (vec![], vec![]);
        for (number, region) in localization.regions().iter().enumerate() {
            let about = self.about(region, &window);
            let chosen = self.chosen(number, &window, &about, warnings)?;
            let fallback = Fallback {
                pooled: Some(pooled.factors.clone()),
                ..Fallback::none()
            };
            let result = self.estimate(Arc::new(chosen), fallback, &about, warnings)?;
            // One stream for all regions: an observation has one error in all of them, so that
            // their analyses meet.
            let stream = format!("window {}", window.number);
            let draws = Draws::new(self.seed, &stream).at(about.clone());
            let made = form.matrices(&result.innovation, &result.factors, &draws);
            matrices.push(made.map_err(|e| e.at(self.location(&about)))?);
            regions.push(result);
        }
        let weights: Vec<Array2<f64>> = (0..matrices.len())
            .map(|r| localization.weights(r).clone())
            .collect();
        let factors = analyse_factors(&matrices, window.factors, window.factor_region)?;
        let mut state = window.concentrations;
        apply(&mut state, &matrices, &weights)?;
        Ok((state, factors, regions))
    }

    /// Every column and factor by the observations around it.
    fn local(
        &self,
        filter: &Letkf,
        window: Window,
        pooled: &RegionResult,
    ) -> Result<(Concentrations, Array2<f64>, Vec<RegionResult>)> {
        let rows = window.observations.rows.iter();
        let locations: Vec<(f64, f64)> = rows.map(|o| (o.latitude, o.longitude)).collect();
        let update = filter.prepare(&pooled.innovation, &pooled.factors, &locations)?;
        let factors = update.apply_factors(window.factors, window.factor_locations)?;
        let mut state = window.concentrations;
        update.apply(&mut state)?;
        Ok((state, factors, vec![]))
    }

    /// The observations a region is analysed with.
    fn chosen(
        &self,
        region: usize,
        window: &Window,
        about: &About,
        warnings: &mut Vec<(String, Warning)>,
    ) -> Result<Innovation> {
        let rows = &window.observations.rows;
        let latitude: Vec<f64> = rows.iter().map(|o| o.latitude).collect();
        let longitude: Vec<f64> = rows.iter().map(|o| o.longitude).collect();
        let context = SelectionContext {
            latitude: &latitude,
            longitude: &longitude,
            equivalents: window.equivalents,
            factors: window.factors.view(),
            factor_region: window.factor_region,
            about: about.clone(),
        };
        let selection = self.localization.selection(region, &context);
        let mut selection = selection.map_err(|e| e.at(self.location(about)))?;
        let named = |w| (about.region.clone(), w);
        let own = std::mem::take(&mut selection.warnings);
        warnings.extend(own.into_iter().map(named));
        selection.of(window.innovation)
    }

    /// The factors of a region, kept for the next window.
    fn estimate(
        &mut self,
        innovation: Arc<Innovation>,
        fallback: Fallback,
        about: &About,
        warnings: &mut Vec<(String, Warning)>,
    ) -> Result<RegionResult> {
        let fallback = Fallback {
            last: self.last.get(&about.region).cloned(),
            about: about.clone(),
            ..fallback
        };
        let factors = self.inflation.estimate(&innovation, &fallback);
        let factors = factors.map_err(|e| e.at(self.location(about)))?;
        let named = |w: &Warning| (about.region.clone(), w.clone());
        warnings.extend(factors.warnings.iter().map(named));
        self.last.insert(about.region.clone(), factors.clone());
        Ok(RegionResult {
            region: about.region.clone(),
            innovation,
            factors,
        })
    }

    fn about(&mut self, region: &str, window: &Window) -> About {
        About {
            region: region.to_string(),
            window: window.number,
            start: window.start,
            memory: self.memories.entry(region.to_string()).or_default().clone(),
        }
    }

    /// Run, region and window, for errors.
    fn location(&self, about: &About) -> String {
        format!("{}, {}, window {}", self.name, about.region, about.window)
    }
}

/// The analysed factors (n x m): each by the matrices of the region it belongs to, `region` (n).
///
/// # Errors
/// Another number of regions than factors, a region without matrices, or another number of members.
pub fn analyse_factors(
    matrices: &[UpdateMatrices],
    factors: &Array2<f64>,
    region: &[usize],
) -> Result<Array2<f64>> {
    if factors.nrows() != region.len() {
        return Err(Error::new("every factor needs a region")
            .expected(factors.nrows())
            .got(region.len()));
    }
    if let Some(factor) = region.iter().position(|r| *r >= matrices.len()) {
        return Err(Error::new(format!("factor {factor} belongs to no region"))
            .expected(format!("a region number below {}", matrices.len()))
            .got(region[factor]));
    }
    let mut analysed = factors.clone();
    for (r, update) in matrices.iter().enumerate() {
        let rows_of_region: Vec<usize> = (0..region.len()).filter(|k| region[*k] == r).collect();
        let rows = update.apply_factor(&factors.select(Axis(0), &rows_of_region))?;
        rows_of_region
            .iter()
            .zip(rows.outer_iter())
            .for_each(|(k, row)| analysed.row_mut(*k).assign(&row));
    }
    Ok(analysed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Etkf;
    use crate::grid::{Grid, RegionMap};
    use crate::inflation::Fixed;
    use crate::innovation::SharedMu;
    use crate::localization::Regional;
    use crate::observation::{Observation, Observations, fixture};

    const M: usize = 5;

    /// Two halves of the globe without a halo, an observation in each.
    fn scene() -> (Arc<Grid>, Arc<dyn Localization>, Observations, Array2<f64>) {
        let grid = Grid::geos(30.0, 30.0).unwrap();
        let half = |lat: f64| if lat > 0.0 { "North" } else { "South" };
        let map = RegionMap::from_function(&grid.horizontal, |lat, _, _, _| {
            Ok(Some(half(lat).to_string()))
        });
        let local = Regional::new(map.unwrap(), 0.0, None).unwrap();
        let row = |latitude| Observation {
            value: 401e-6,
            error: 1e-6,
            ..fixture::point(latitude, 0.0, 0.0)
        };
        let observations = Observations {
            sources: vec!["in_situ".into()],
            rows: vec![row(-60.0), row(60.0)],
            ..Observations::default()
        };
        let equivalents = Array2::from_shape_fn((2, M), |(i, j)| {
            (400.0 + ((3 * i + 2 * j * j) % 7) as f64) * 1e-6
        });
        (grid, Arc::new(local), observations, equivalents)
    }

    #[test]
    fn a_window_is_analysed_region_by_region_and_warned_of_by_region() {
        let (grid, local, observations, equivalents) = scene();
        let all =
            Innovation::of_forecast(&observations, equivalents.view(), &SharedMu::Source, None)
                .unwrap();
        let factors = Array2::from_shape_fn((2, M), |(i, j)| 1.0 + 0.1 * ((i + 2 * j) % 5) as f64);
        let scheme = Arc::new(crate::inflation::MaximumLikelihood::new());
        let mut run = Analyses::new("test", 1, scheme, local, Update::Regional(Arc::new(Etkf)));
        let analysis = run
            .window(Window {
                number: 3,
                start: None,
                innovation: &all,
                observations: &observations,
                equivalents: equivalents.view(),
                concentrations: Concentrations::uniform(&grid, M, 400e-6).unwrap(),
                factors: &factors,
                factor_region: &[1, 0],
                factor_locations: &[],
            })
            .unwrap();
        // By hand: too few observations, so that no factor is estimated; South first.
        let none = Factors::none(&all);
        let by_hand = |row: usize, observation: usize| {
            let of_region = all.subset(&[observation]).unwrap();
            let matrices = Etkf
                .matrices(&of_region, &none, &Draws::new(1, "w"))
                .unwrap();
            matrices
                .apply_factor(&factors.select(Axis(0), &[row]))
                .unwrap()
        };
        let near = |k: usize, wanted: Array2<f64>| {
            let apart = &analysis.factors.row(k) - &wanted.row(0);
            assert!(apart.iter().all(|d| d.abs() < 1e-12), "{apart}");
        };
        near(0, by_hand(0, 1));
        near(1, by_hand(1, 0));
        let names: Vec<&str> = analysis.regions.iter().map(|r| r.region.as_str()).collect();
        assert_eq!(names, ["South", "North"]);
        let few = |region: &str| {
            let of = analysis.warnings.iter().filter(|(r, _)| r == region);
            of.filter(|(_, w)| w.name == "few_observations").count()
        };
        assert_eq!((few("all regions"), few("North"), few("South")), (2, 2, 2));
        assert_eq!(analysis.explained().len(), 2);
    }

    #[test]
    fn a_refusal_names_run_region_and_window() {
        let (grid, local, observations, equivalents) = scene();
        let shared = SharedMu::Site;
        let all = Innovation::of_forecast(&observations, equivalents.view(), &shared, None);
        let scheme = Arc::new(Fixed::new(1.0, vec![("in_situ".into(), 2.0)]).unwrap());
        let mut run = Analyses::new("test", 1, scheme, local, Update::Regional(Arc::new(Etkf)));
        let window = Window {
            number: 3,
            start: None,
            innovation: &all.unwrap(),
            observations: &observations,
            equivalents: equivalents.view(),
            concentrations: Concentrations::uniform(&grid, M, 400e-6).unwrap(),
            factors: &Array2::ones((0, M)),
            factor_region: &[],
            factor_locations: &[],
        };
        let message = run.window(window).unwrap_err().to_string();
        assert!(message.contains("test, all regions, window 3"), "{message}");
    }
}
