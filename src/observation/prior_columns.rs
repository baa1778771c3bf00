//! What retrievals make of their own prior profiles: a check of units, order and weights.

use super::Observations;
use super::operator::PriorColumn;
use crate::error::Result;
use crate::table::{Column, Table};
use crate::units::Unit;

impl Observations {
    /// A table with a row for each retrieval: source, site, time; from_profile, the weighted sum of
    /// its prior profile, stated, the prior column of its file, and their difference \[ppm\];
    /// weight, the sum of its weights. Observations without a prior have no row.
    ///
    /// # Errors
    /// None for columns of one length.
    pub fn prior_columns(&self) -> Result<Table> {
        let with_prior = |(k, o): (usize, &super::Observation)| Some((k, o.sampling.prior()?));
        let with_priors = self.rows.iter().enumerate().filter_map(with_prior);
        let (positions, priors): (Vec<usize>, Vec<PriorColumn>) = with_priors.unzip();
        let rows = || positions.iter().map(|k| &self.rows[*k]);
        let ppm = |of: fn(&PriorColumn) -> f64| {
            let values = priors.iter().map(|p| 1e6 * of(p)).collect();
            Ok(Column::Numbers(values, Unit::parse("ppm")?))
        };
        let weights: Vec<f64> = priors.iter().map(|p| p.weight).collect();
        Table::new()
            .with(
                "source",
                Column::text(rows().map(|o| &self.sources[o.source])),
            )?
            .with("site", Column::text(rows().map(|o| &o.site)))?
            .with("time", Column::Times(rows().map(|o| o.time).collect()))?
            .with("from_profile", ppm(|p| p.of_profile)?)?
            .with("stated", ppm(|p| p.stated)?)?
            .with("difference", ppm(|p| p.of_profile - p.stated)?)?
            .with("weight", Column::numbers(weights))
    }
}
