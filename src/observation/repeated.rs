//! Observations that are there more than once, and so would count more than once.

use super::{Observation, Observations};
use crate::error::Warning;

impl Observations {
    /// The positions of those that repeat one before them: the same source, site, kind, time,
    /// place, value and operator, and no other identifier.
    pub fn duplicates(&self) -> Vec<usize> {
        let key = |k: &usize| {
            let o = &self.rows[*k];
            let numbers = [o.latitude, o.longitude, o.altitude, o.value].map(f64::to_bits);
            (o.time, numbers, o.source)
        };
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(key); // those that are alike in the order of the observations
        let mut again = Vec::new();
        for alike in order
            .chunk_by(|a, b| key(a) == key(b))
            .filter(|c| c.len() > 1)
        {
            let mut first: Vec<usize> = Vec::new();
            for k in alike {
                match first.iter().any(|j| same(&self.rows[*j], &self.rows[*k])) {
                    true => again.push(*k),
                    false => first.push(*k),
                }
            }
        }
        again.sort_unstable();
        again
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
