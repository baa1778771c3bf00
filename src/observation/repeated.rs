//! Observations that are there more than once, and so would count more than once.

use super::{Observation, Observations};
use crate::error::Warning;
use std::collections::HashMap;

impl Observations {
    /// The positions of those that repeat one before them: the same source, site, kind, time,
    /// place, value and operator, and no other identifier.
    pub fn duplicates(&self) -> Vec<usize> {
        let mut met: HashMap<_, Vec<usize>> = HashMap::with_capacity(self.len());
        self.positions(|k| {
            let o = &self.rows[k];
            let numbers = [o.latitude, o.longitude, o.altitude, o.value].map(f64::to_bits);
            let alike = met.entry((o.source, o.time, numbers)).or_default();
            let known = alike.iter().any(|j| same(&self.rows[*j], o));
            if !known {
                alike.push(k);
            }
            known
        })
    }

    /// A warning if observations repeat others.
    pub fn repeated(&self) -> Option<Warning> {
        let again = self.duplicates();
        let (first_location, times) = (self.rows[*again.first()?].location(), again.len());
        let said = format!(
            "{times} of {} observations are there already, the first at {first_location}: each counts again",
            self.len()
        );
        Some(Warning::new("repeated_observations", said))
    }
}

/// Whether two observations of one source, time, place and value are one.
fn same(a: &Observation, b: &Observation) -> bool {
    let other_id = a.id.is_some() && b.id.is_some() && a.id != b.id;
    (&a.site, &a.kind, a.interval) == (&b.site, &b.kind, b.interval)
        && !other_id
        && *a.sampling == *b.sampling
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::point;

    #[test]
    fn an_observation_that_is_there_twice_is_told() {
        let of = |rows: Vec<Observation>| Observations {
            sources: vec!["a".into()],
            rows,
            ..Observations::default()
        };
        let (a, b) = (point(10.0, 20.0, 0.0), point(10.0, 20.0, 5.0));
        assert!(of(vec![a.clone(), b.clone()]).repeated().is_none());
        let twice = of(vec![a.clone(), b.clone(), a.clone(), a, b])
            .repeated()
            .unwrap();
        assert_eq!(twice.name, "repeated_observations");
        assert!(twice.message.starts_with("3 of 5"), "{}", twice.message);
    }
}
