//! Where it was measured, told where a file does not say it.

use crate::error::Result;
use crate::table::{Column, Table};
use crate::units::Unit;

/// Where the records of a file were measured that does not say it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// \[degrees north\]
    pub latitude: Option<f64>,
    /// \[degrees east\]
    pub longitude: Option<f64>,
    /// Of the ground above sea level \[m\].
    pub elevation: Option<f64>,
    /// Of the intake above ground \[m\].
    pub intake_height: Option<f64>,
}

impl Place {
    /// The table with what it does not say of the place.
    pub(super) fn filled(&self, mut table: Table) -> Result<Table> {
        let metre = Unit::parse("m")?;
        for (names, told, unit) in [
            (&["latitude"][..], self.latitude, Unit::none()),
            (&["longitude"], self.longitude, Unit::none()),
            (&["elevation"], self.elevation, metre.clone()),
            (
                &["intake_height", "height"],
                self.intake_height,
                metre.clone(),
            ),
        ] {
            let Some(told) = told else {
                continue;
            };
            for name in names {
                let known = table.numbers(name).map(<[f64]>::to_vec);
                let known = known.unwrap_or_else(|_| vec![f64::NAN; table.rows()]);
                let or_told = |x: f64| if x.is_nan() { told } else { x };
                let values = known.into_iter().map(or_told).collect();
                table = table.with(name, Column::Numbers(values, unit.clone()))?;
            }
        }
        let Ok(ground) = table.numbers("elevation").map(<[f64]>::to_vec) else {
            return Ok(table);
        };
        let above = table
            .numbers("height")
            .map(<[f64]>::to_vec)
            .unwrap_or_default();
        let sum = |k: usize| ground[k] + above.get(k).copied().filter(|h| *h >= 0.0).unwrap_or(0.0);
        let known = table
            .numbers("altitude")
            .map(<[f64]>::to_vec)
            .unwrap_or_default();
        let altitude = |k: usize| known.get(k).copied().filter(|z| z.is_finite());
        let altitudes = (0..ground.len()).map(|k| altitude(k).unwrap_or_else(|| sum(k)));
        table.with("altitude", Column::Numbers(altitudes.collect(), metre))
    }
}
