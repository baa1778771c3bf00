//! Observations that are there more than once, and so would count more than once.

use super::{Observation, Observations};
use crate::error::Warning;
use std::collections::HashMap;

impl Observations {
    /// A warning if observations agree in everything that is known of them.
    pub fn repeated(&self) -> Option<Warning> {
        let mut met: HashMap<_, Vec<&Observation>> = HashMap::with_capacity(self.len());
        let mut again = self.rows.iter().filter(|o| {
            let numbers = [o.latitude, o.longitude, o.altitude, o.value, o.error];
            let key = (o.source, o.time, numbers.map(f64::to_bits));
            let alike = met.entry(key).or_default();
            let known = alike.contains(o);
            if !known {
                alike.push(o);
            }
            known
        });
        let first = again.next()?;
        let (place, times) = (first.location(), 1 + again.count());
        let said = format!(
            "{times} of {} observations are there already, the first at {place}: each counts again",
            self.len()
        );
        Some(Warning::new("repeated_observations", said))
    }
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
