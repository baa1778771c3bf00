//! An operator given by a function: of the air over the observation, and of numbers of its own.

use super::{AirColumn, Equivalent, Geometry, ObservationOperator, slab};
use crate::error::Result;
use crate::meteorology::Atmosphere;
use crate::observation::Observation;
use std::fmt;
use std::sync::Arc;

/// What a function is given: the observation, the numbers of its geometry, and the air over it. It
/// answers with [`AirColumn::weighted`] or [`AirColumn::function`].
pub type Sampled =
    dyn Fn(&Observation, &Geometry, &Arc<AirColumn>) -> Result<Equivalent> + Send + Sync;

/// A function as an operator.
#[derive(Clone)]
pub struct Function {
    name: Arc<str>,
    columns: Arc<[(String, String)]>,
    function: Arc<Sampled>,
    geometry: Geometry,
}

impl Function {
    /// A kind of this name, whose geometry has these columns (name, unit); one without columns is
    /// complete.
    pub fn new(
        name: &str,
        columns: &[(String, String)],
        function: impl Fn(&Observation, &Geometry, &Arc<AirColumn>) -> Result<Equivalent>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Function {
            name: name.into(),
            columns: columns.into(),
            function: Arc::new(function),
            geometry: Geometry::default(),
        }
    }
}

impl ObservationOperator for Function {
    fn name(&self) -> &str {
        &self.name
    }
    fn equivalent(&self, o: &Observation, air: &Atmosphere) -> Result<Equivalent> {
        let column = Arc::new(AirColumn::over(o, air)?);
        (self.function)(o, &self.geometry, &column)
    }
    fn columns(&self) -> Vec<(&str, &str)> {
        let columns = self.columns.iter();
        columns.map(|(n, u)| (n.as_str(), u.as_str())).collect()
    }
    fn geometry(&self) -> Geometry {
        self.geometry.clone()
    }
    fn with_geometry(&self, geometry: &Geometry) -> Result<Arc<dyn ObservationOperator>> {
        let mut geometry_read = Geometry::default();
        for (name, _) in self.columns.iter() {
            geometry_read = geometry_read.with(name.as_str(), geometry.profile(name)?);
        }
        Ok(Arc::new(Function {
            geometry: geometry_read,
            ..self.clone()
        }))
    }
    /// Observations of 500 m of height and one function.
    fn thinning_key(&self, o: &Observation) -> Vec<i64> {
        let function = Arc::as_ptr(&self.function).cast::<()>() as usize as i64;
        let lengths = self.geometry.columns().iter().map(|(_, v)| v.len() as i64);
        let slab_and_function = [slab(o.altitude, 500.0), function].into_iter();
        slab_and_function.chain(lengths).collect()
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a function called {}", self.name)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} {:?}", self.geometry)
    }
}
