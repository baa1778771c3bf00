//! The mean of a layer of air by mass, as an air core or a sonde of several samples gives it:
//!
//! H c = sum_k c_k dp_k / (bottom - top), dp_k the part of level k between bottom and top
//!
//! in dry pressure; what lies beyond the model's ends counts as its end level.

use super::{AirColumn, Equivalent, Geometry, ObservationOperator, slab};
use crate::error::{Error, Result};
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use std::fmt;
use std::sync::Arc;

/// The layer-mean operator.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LayerMean {
    /// Dry pressure below the layer \[Pa\].
    pub bottom: f64,
    /// Dry pressure above it \[Pa\].
    pub top: f64,
}

impl ObservationOperator for LayerMean {
    fn name(&self) -> &str {
        "layer_mean"
    }

    fn equivalent(&self, o: &Observation, air: &Atmosphere) -> Result<Equivalent> {
        let column = AirColumn::over(o, air)?;
        let mut edges = column.edges.clone();
        (edges[0], edges[column.pressure.len()]) = (f64::INFINITY, 0.0);
        let part = |e: &[f64]| (self.bottom.min(e[0]) - self.top.max(e[1])).max(0.0);
        let weights = edges.windows(2).map(|e| part(e) / (self.bottom - self.top));
        column.weighted(0.0, &weights.collect::<Vec<_>>())
    }

    fn columns(&self) -> Vec<(&str, &str)> {
        vec![("bottom", "Pa"), ("top", "Pa")]
    }
    fn geometry(&self) -> Geometry {
        Geometry::default()
            .with("bottom", [self.bottom])
            .with("top", [self.top])
    }
    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>> {
        let (bottom, top) = (geometry.number("bottom")?, geometry.number("top")?);
        if !(bottom > top && top >= 0.0) {
            return Err(Error::new("a layer needs more pressure below than above")
                .got(format!("bottom {bottom} Pa, top {top} Pa")));
        }
        Ok(Arc::new(LayerMean { bottom, top }))
    }

    /// Layers whose ends lie in the same 50 hPa.
    fn thinning_key(&self, _: &Observation) -> Vec<i64> {
        vec![slab(self.bottom, 5000.0), slab(self.top, 5000.0)]
    }
}

impl fmt::Display for LayerMean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (bottom, top) = (self.bottom, self.top);
        write!(
            f,
            "operator::layer_mean(#{{ bottom: {bottom:?}, top: {top:?} }})"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::{atmosphere, linear, point};

    #[test]
    fn a_layer_weighs_what_lies_between_its_ends() {
        let (o, air) = (point(12.0, 33.0, 0.0), atmosphere());
        let n = air.grid.horizontal.n_cells();
        let (bottom, top) = (9e4, 4.5e4);
        let through = |bottom, top| linear(LayerMean { bottom, top }.equivalent(&o, &air).unwrap());
        let layer = through(bottom, top);
        // A field that is each level's middle pressure has a mean near the layer's own middle.
        let middle = |cell: usize| air.grid.levels.middle(cell / n, 1e5);
        let mean: f64 = layer.cells.iter().map(|(c, w)| w * middle(*c)).sum();
        assert!((layer.cells.iter().map(|c| c.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((mean - 0.5 * (bottom + top)).abs() < 500.0, "{mean}");
        assert_eq!(through(1e5, 0.0).cells.len(), 4 * 47);
    }
}
