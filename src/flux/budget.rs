//! Totals of a product over periods: per module, TransCom region and member.
//!
//! Each factor's flux in each TransCom region (an eco-region lies in one) is integrated once on 1 x
//! 1 degree and multiplied by the members' factors. Daily means are used: the diurnal cycle adds
//! nothing over whole days.

use super::rates::Rates;
use super::{Module, PriorFlux, SurfaceFlux};
use crate::data;
use crate::error::{Error, Result};
use crate::field::{Dimension, Field};
use crate::time::{Time, YEAR};
use crate::units::Unit;
use ndarray::{Array1, Array2, Array3, Axis, s};
use std::fmt;

/// Factors that hold from `start` to `end`: one assimilation step.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorWindow {
    /// First instant.
    pub start: Time,
    /// First instant after it.
    pub end: Time,
    /// The factors (n_factors x n_members).
    pub factors: Array2<f64>,
}

impl FactorWindow {
    /// Factors of one: the prior, as one member.
    pub fn prior(start: Time, end: Time, n_factors: usize) -> Self {
        FactorWindow {
            start,
            end,
            factors: Array2::ones((n_factors, 1)),
        }
    }
}

/// Checks that windows follow one another without a gap over `start..end`, alike in shape.
pub(super) fn check_windows(
    n_factors: usize,
    windows: &[FactorWindow],
    edges: &[Time],
) -> Result<usize> {
    let hint = "one window per assimilation step, in order";
    let first = windows
        .first()
        .ok_or_else(|| Error::new("there are no factor windows").hint(hint))?;
    let shape = (n_factors, first.factors.ncols());
    if let Some(w) = windows
        .iter()
        .find(|w| w.factors.dim() != shape || w.end <= w.start)
    {
        return Err(Error::new("factor windows differ")
            .expected(format!("{shape:?} factors x members"))
            .got(format!("{:?}", w.factors.dim()))
            .at(w.start));
    }
    if let Some(pair) = windows.windows(2).find(|p| p[0].end != p[1].start) {
        return Err(Error::new("factor windows leave a gap or overlap")
            .expected(format!("a window from {}", pair[0].end))
            .got(pair[1].start)
            .hint(hint));
    }
    if edges.len() < 2 || edges.windows(2).any(|p| p[1] <= p[0]) {
        return Err(Error::new("periods need edges in order")
            .expected("at least two instants, rising")
            .got(format!("{} edges", edges.len())));
    }
    let (start, end) = (first.start, windows[windows.len() - 1].end);
    if edges[0] < start || edges[edges.len() - 1] > end {
        return Err(
            Error::new("the period is not covered by the factor windows")
                .expected(format!("{start} to {end}"))
                .got(format!("{} to {}", edges[0], edges[edges.len() - 1])),
        );
    }
    Ok(shape.1)
}

/// Totals per period, TransCom region and member.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Ends of the periods; one more than periods.
    pub edges: Vec<Time>,
    /// Net ecosystem exchange (period, TransCom region 1 to 23, member) \[kg C\].
    nee: Array3<f64>,
    /// Ocean, the same.
    ocean: Array3<f64>,
    /// Wildfire, the same.
    fire: Array3<f64>,
    /// Fossil, the same.
    fossil: Array3<f64>,
    synthetic: bool,
}

/// What a part of a flux emits in an interval, with all factors one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Emission {
    /// NEE, wildfire, ocean or fossil.
    pub of: Module,
    /// TransCom region, 0 to 22.
    pub transcom: usize,
    /// The factor that scales it, if one does.
    pub factor: Option<usize>,
    /// \[kg C\]
    pub mass: f64,
}

/// One line of a budget.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetLine {
    /// Module or region.
    pub name: String,
    /// Mean over members \[PgC yr-1\].
    pub mean: f64,
    /// Standard deviation over members (n - 1), zero of a single member \[PgC yr-1\].
    pub sd: f64,
}

impl Budget {
    /// The totals of `flux` with the factors of `windows`, in the periods between `edges`.
    ///
    /// # Errors
    /// Windows with gaps or unlike shapes, or that do not cover the periods.
    pub fn new(flux: &PriorFlux, windows: &[FactorWindow], edges: &[Time]) -> Result<Self> {
        let rates = Rates::new(flux);
        let emitted = |start, end| Ok(rates.emissions(start, end));
        Budget::of_emissions(flux.n_factors(), emitted, windows, edges, true)
    }

    /// The totals of a flux that tells what its parts emit between two instants.
    pub(super) fn of_emissions(
        n_factors: usize,
        emitted: impl Fn(Time, Time) -> Result<Vec<Emission>>,
        windows: &[FactorWindow],
        edges: &[Time],
        synthetic: bool,
    ) -> Result<Self> {
        let members = check_windows(n_factors, windows, edges)?;
        let nothing = || Array3::zeros((edges.len() - 1, 23, members));
        let mut budget = Budget {
            edges: edges.to_vec(),
            nee: nothing(),
            ocean: nothing(),
            fire: nothing(),
            fossil: nothing(),
            synthetic,
        };
        for (p, period) in edges.windows(2).enumerate() {
            for window in windows {
                let (start, end) = (window.start.max(period[0]), window.end.min(period[1]));
                if end <= start {
                    continue;
                }
                for emission in emitted(start, end)? {
                    budget.add(p, &emission, window);
                }
            }
        }
        Ok(budget)
    }

    fn add(&mut self, period: usize, emission: &Emission, window: &FactorWindow) {
        let into = match emission.of {
            Module::Ocean => &mut self.ocean,
            Module::Wildfire => &mut self.fire,
            Module::Fossil => &mut self.fossil,
            _ => &mut self.nee,
        };
        let mut members = into.slice_mut(s![period, emission.transcom, ..]);
        match emission.factor {
            Some(factor) => members.scaled_add(emission.mass, &window.factors.row(factor)),
            None => members += emission.mass,
        }
    }

    /// Mass of a module (period, region, member) \[kg C\].
    fn mass(&self, module: Module) -> Array3<f64> {
        match module {
            Module::Nee => self.nee.clone(),
            Module::Ocean => self.ocean.clone(),
            Module::Wildfire => self.fire.clone(),
            Module::Fossil => self.fossil.clone(),
            Module::NetLand => &self.nee + &self.fire,
            Module::Global => &self.nee + &self.ocean + &self.fire + &self.fossil,
        }
    }

    /// A module's totals as a labelled array (time, region, member) \[PgC yr-1\]; time is each
    /// period's start.
    ///
    /// # Errors
    /// The labels of the regions do not fit the totals.
    pub fn field(&self, module: Module) -> Result<Field> {
        let mut rate = self.mass(module);
        for (p, mut period) in rate.outer_iter_mut().enumerate() {
            period *= 1e-12 * YEAR / self.edges[p + 1].since(self.edges[p]);
        }
        let regions: Vec<String> = data::transcom().iter().map(|t| t.name.clone()).collect();
        let dimensions = vec![
            Dimension::times(self.edges[..self.edges.len() - 1].to_vec()),
            Dimension::labels("region", regions),
            Dimension::index("member", self.nee.dim().2),
        ];
        let unit = Unit::parse("PgC/yr")?;
        let field = Field::new(module.name(), unit, dimensions, rate.into_dyn())?;
        Ok(match self.synthetic {
            true => field.with_attribute("synthetic", "yes"),
            false => field,
        })
    }

    /// Each member's global total over all periods \[PgC yr-1\].
    pub fn totals(&self, module: Module) -> Array1<f64> {
        self.mass(module).sum_axis(Axis(0)).sum_axis(Axis(0)) * self.scale()
    }

    /// Mean and standard deviation of NEE, wildfire, net land, ocean, fossil and the global total
    /// over all periods.
    pub fn lines(&self) -> Vec<BudgetLine> {
        Module::ALL
            .iter()
            .map(|m| line(m.name(), &self.totals(*m)))
            .collect()
    }

    /// Mean and standard deviation of a module in each TransCom region over all periods.
    pub fn by_region(&self, module: Module) -> Vec<BudgetLine> {
        let total = self.mass(module).sum_axis(Axis(0)) * self.scale();
        data::transcom()
            .iter()
            .zip(total.outer_iter())
            .map(|(t, members)| line(&t.name, &members.to_owned()))
            .collect()
    }

    fn scale(&self) -> f64 {
        1e-12 * YEAR / self.edges[self.edges.len() - 1].since(self.edges[0])
    }
}

fn line(name: &str, members: &Array1<f64>) -> BudgetLine {
    let mean = members.mean().unwrap_or(0.0);
    let sd = if members.len() > 1 {
        members.std(1.0)
    } else {
        0.0
    };
    BudgetLine {
        name: name.to_string(),
        mean,
        sd,
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "budget {} to {} [PgC/yr]",
            self.edges[0],
            self.edges[self.edges.len() - 1]
        )?;
        self.lines()
            .iter()
            .try_for_each(|l| write!(f, "\n  {:<14}{:>8.2} +- {:.2}", l.name, l.mean, l.sd))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flux::{Product, annual_total, month_edges};
    use crate::grid::LatLonGrid;

    fn flux() -> PriorFlux {
        PriorFlux::new(&LatLonGrid::geos(4.0, 5.0).unwrap(), Product::group_1())
    }

    fn year() -> (Time, Time) {
        ("2015-01-01".parse().unwrap(), "2016-01-01".parse().unwrap())
    }

    #[test]
    fn the_prior_budget_is_the_modules_own() {
        let (flux, (start, end)) = (flux(), year());
        let budget = Budget::new(
            &flux,
            &[FactorWindow::prior(start, end, 175)],
            &[start, end],
        )
        .unwrap();
        let of = |module| budget.totals(module)[0];
        assert!((of(Module::Fossil) - 9.8).abs() < 1e-9);
        assert!((of(Module::Wildfire) - 2.15).abs() < 0.002);
        assert!((of(Module::Nee) - annual_total(&flux.modules().nee)).abs() < 0.01);
        assert!(
            (of(Module::Global) - of(Module::Fossil) - of(Module::NetLand) - of(Module::Ocean))
                .abs()
                < 1e-9
        );
        let regions: f64 = budget.by_region(Module::Nee).iter().map(|l| l.mean).sum();
        assert!((regions - of(Module::Nee)).abs() < 1e-9);
    }

    #[test]
    fn members_scale_and_months_add_up_to_the_year() {
        let (flux, (start, end)) = (flux(), year());
        let mut window = FactorWindow {
            start,
            end,
            factors: Array2::ones((175, 3)),
        };
        window.factors.column_mut(1).fill(2.0);
        window.factors.column_mut(2).fill(0.0);
        let budget = Budget::new(&flux, &[window], &month_edges(start, end)).unwrap();
        let nee = budget.totals(Module::Nee);
        assert!((nee[1] - 2.0 * nee[0]).abs() < 1e-9 && nee[2].abs() < 1e-12);
        let field = budget.field(Module::Nee).unwrap();
        assert_eq!(field.shape(), [12, 23, 3]);
        let months: f64 = (0..12)
            .map(|p| {
                (0..23).map(|r| field.data()[[p, r, 0]]).sum::<f64>()
                    * budget.edges[p + 1].since(budget.edges[p])
            })
            .sum();
        assert!((months / end.since(start) - nee[0]).abs() < 1e-9);
    }

    #[test]
    fn windows_with_a_gap_are_refused() {
        let flux = flux();
        let t = |text: &str| text.parse::<Time>().unwrap();
        let windows = [
            FactorWindow::prior(t("2015-01-01"), t("2015-01-08"), 175),
            FactorWindow::prior(t("2015-01-09"), t("2015-01-15"), 175),
        ];
        let message = Budget::new(&flux, &windows, &[t("2015-01-01"), t("2015-01-15")])
            .unwrap_err()
            .to_string();
        assert!(message.contains("2015-01-08"), "{message}");
    }
}
