//! Errors of twin observations: what is added to the truth, and what is stated of it.
//!
//! y = Hx_true + sd_kind (sqrt(f) e_pass + sqrt(1 - f) e_own), stated error = ratio_source sd_kind.
//! e_own is drawn from (seed, site, kind, time, height), in turn where several observations share
//! these (the layers of a profile); e_pass is a first-order autoregressive
//! sequence along a block (a satellite's pass); f is zero outside blocks. A ratio other than one
//! misstates the errors on purpose: mu = ratio^-2 is the inflation that puts them right. In situ
//! 1/3 (stated too small, mu 9), satellite 3 (too large, mu 1/9), TCCON 1.

use super::{Observation, Observations, Plan};
use crate::constants::PPM;
use crate::error::{Error, Result};
use crate::random;
use std::collections::BTreeMap;

/// The true and the stated errors of a twin world.
#[derive(Debug, Clone, PartialEq)]
pub struct TwinErrors {
    /// Seed of the noise.
    pub seed: u64,
    /// True standard deviation of each kind of observation, representation included \[ppm\].
    pub sd_ppm: BTreeMap<String, f64>,
    /// Stated over true standard deviation of each source; 1 for one not named.
    pub stated_over_true: BTreeMap<String, f64>,
    /// Share of a pass's error variance that is correlated along it, 0 to 1.
    pub common_fraction: f64,
    /// Time along a pass over which it forgets itself (e-folding) \[s\].
    pub common_seconds: f64,
}

impl Default for TwinErrors {
    fn default() -> Self {
        let table =
            |pairs: &[(&str, f64)]| pairs.iter().map(|(k, v)| (k.to_string(), *v)).collect();
        let sd = [
            ("flask", 0.75),
            ("continuous", 1.5),
            ("tower", 3.0),
            ("aircraft", 0.9),
            ("nadir_land", 1.0),
            ("glint_land", 1.0),
            ("glint_ocean", 0.8),
            ("tccon", 0.5),
        ];
        TwinErrors {
            seed: 1,
            sd_ppm: table(&sd),
            stated_over_true: table(&[("in_situ", 1.0 / 3.0), ("satellite", 3.0), ("tccon", 1.0)]),
            common_fraction: 0.3,
            common_seconds: 60.0,
        }
    }
}

impl TwinErrors {
    /// The observations of `plan`, given the model's true equivalents \[mol mol-1\] in the plan's
    /// order.
    ///
    /// # Errors
    /// A kind without a standard deviation, numbers out of range, another number of equivalents.
    pub fn observe(&self, plan: &Plan, truth: &[f64]) -> Result<Observations> {
        self.check()?;
        let common = self.common(plan);
        let mut repeats = BTreeMap::new();
        let mut values = Vec::with_capacity(plan.len());
        let mut errors = Vec::with_capacity(plan.len());
        for ((row, true_value), common) in plan.rows().iter().zip(truth).zip(common) {
            let sd = self.sd(&row.kind)? * PPM;
            let f = if row.block == 0 {
                0.0
            } else {
                self.common_fraction
            };
            let repeat = repeats
                .entry((&row.site, &row.kind, draw_of(row)))
                .or_insert(0);
            let independent = self.independent_error(row, *repeat);
            *repeat += 1;
            values.push(true_value + sd * (f.sqrt() * common + (1.0 - f).sqrt() * independent));
            errors.push(
                sd * self
                    .stated_over_true
                    .get(&plan.sources()[row.source])
                    .copied()
                    .unwrap_or(1.0),
            );
        }
        plan.with_values(&values, &errors)
    }

    /// True standard deviation of a kind of observation \[ppm\].
    ///
    /// # Errors
    /// A kind that is not in `sd_ppm`.
    pub fn sd(&self, kind: &str) -> Result<f64> {
        self.sd_ppm.get(kind).copied().ok_or_else(|| {
            let known = self.sd_ppm.keys().map(String::as_str);
            Error::new(format!(
                "no error is known for observations of kind \"{kind}\""
            ))
            .expected(format!(
                "one of {}",
                known.clone().collect::<Vec<_>>().join(", ")
            ))
            .hint(format!("sd_ppm: #{{ {kind}: 1.0 }}"))
            .near(kind, known)
        })
    }

    fn check(&self) -> Result<()> {
        let named = self.sd_ppm.iter().chain(&self.stated_over_true);
        if let Some((name, bad)) = named.clone().find(|(_, v)| !(**v > 0.0 && v.is_finite())) {
            return Err(
                Error::new(format!("the error of \"{name}\" must be positive"))
                    .expected("a positive number")
                    .got(bad),
            );
        }
        let sound = (0.0..=1.0).contains(&self.common_fraction)
            && self.common_seconds > 0.0
            && self.common_seconds.is_finite();
        if !sound {
            return Err(Error::new("the common error of a pass is out of range")
                .expected("a fraction from 0 to 1 and a positive time")
                .got(format!(
                    "{} and {} s",
                    self.common_fraction, self.common_seconds
                )));
        }
        Ok(())
    }

    /// The error of one observation alone, of unit variance; `repeat` counts those before it that
    /// share its site, kind, time and height.
    fn independent_error(&self, o: &Observation, repeat: usize) -> f64 {
        let again = match repeat {
            0 => String::new(),
            n => format!(" {n}"),
        };
        let stream = format!("noise {} {}{again}", o.site, o.kind);
        random::normals(&mut random::generator(self.seed, &stream, draw_of(o)), 1)[0]
    }

    /// The common error of each row, of unit variance along its block, in the order of time.
    fn common(&self, plan: &Plan) -> Vec<f64> {
        let mut passes = BTreeMap::new();
        let mut common = vec![0.0; plan.len()];
        for (k, row) in plan.rows().iter().enumerate().filter(|(_, r)| r.block != 0) {
            let stream = || {
                random::generator(
                    self.seed,
                    &format!("pass {}", plan.sources()[row.source]),
                    u64::from(row.block),
                )
            };
            let (rng, last, value) = passes
                .entry((row.source, row.block))
                .or_insert_with(|| (stream(), None, 0.0));
            let memory = last.map_or(0.0, |t| (-row.time.since(t) / self.common_seconds).exp());
            *value = memory * *value + (1.0 - memory * memory).sqrt() * random::normals(rng, 1)[0];
            *last = Some(row.time);
            common[k] = *value;
        }
        common
    }
}

/// The number of a draw: time and height.
fn draw_of(o: &Observation) -> u64 {
    (o.time.seconds() as u64) << 16 | (o.altitude.max(0.0) as u64 & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::fixture::point;
    use crate::time::Time;

    fn plan(source: &str, site: &str, kind: &str, blocks: bool) -> Plan {
        let row = |k: i64| Observation {
            time: Time::from_seconds(1_430_000_000 + 10 * k),
            site: site.into(),
            kind: kind.into(),
            block: if blocks { 1 + (k / 100) as u32 } else { 0 },
            ..point(0.0, 0.0, 0.0)
        };
        Plan::new(source, (0..4000).map(row).collect())
    }

    #[test]
    fn true_and_stated_errors_differ_as_asked() {
        for (source, kind, sd, ratio) in [
            ("in_situ", "tower", 3.0, 1.0 / 3.0),
            ("satellite", "nadir_land", 1.0, 3.0),
        ] {
            let observations = TwinErrors::default()
                .observe(&plan(source, "S", kind, false), &[4e-4; 4000])
                .unwrap();
            let true_sd = (observations
                .rows
                .iter()
                .map(|o| (o.value - 4e-4).powi(2))
                .sum::<f64>()
                / 4000.0)
                .sqrt();
            assert!((true_sd / (sd * PPM) - 1.0).abs() < 0.05, "{true_sd}");
            assert!(
                observations
                    .rows
                    .iter()
                    .all(|o| (o.error - ratio * sd * PPM).abs() < 1e-18)
            );
        }
    }

    #[test]
    fn errors_are_correlated_along_a_pass_and_not_across() {
        let errors = TwinErrors {
            common_fraction: 0.5,
            common_seconds: 30.0,
            ..TwinErrors::default()
        };
        let table = errors
            .observe(&plan("satellite", "S", "nadir_land", true), &[4e-4; 4000])
            .unwrap();
        let e: Vec<f64> = table.rows.iter().map(|o| (o.value - 4e-4) / PPM).collect();
        let mean = |pairs: Vec<f64>| pairs.iter().sum::<f64>() / pairs.len() as f64;
        let along = mean(
            (1..4000)
                .filter(|k| k % 100 != 0)
                .map(|k| e[k] * e[k - 1])
                .collect(),
        );
        assert!(
            (along - 0.5 * (-1.0_f64 / 3.0).exp()).abs() < 0.07,
            "{along}"
        );
        let across = mean((100..4000).map(|k| e[k] * e[k - 100]).collect());
        assert!(across.abs() < 0.07, "{across}");
    }

    #[test]
    fn layers_of_one_flight_have_errors_of_their_own() {
        let row = || Observation {
            kind: "aircraft".into(),
            ..point(0.0, 0.0, 0.0)
        };
        let observe = |n| {
            let plan = Plan::new("flights", (0..n).map(|_| row()).collect());
            let truth = vec![4e-4; n];
            TwinErrors::default().observe(&plan, &truth).unwrap().rows
        };
        let (two, three) = (observe(2), observe(3));
        assert_ne!(two[0].value, two[1].value);
        assert_eq!(two, three[..2]);
    }

    #[test]
    fn a_site_added_changes_no_noise() {
        let (a, b) = (
            plan("in_situ", "A", "flask", false),
            plan("in_situ", "B", "flask", false),
        );
        let errors = TwinErrors::default();
        let alone = errors.observe(&b, &[4e-4; 4000]).unwrap();
        let both = errors.observe(&Plan::merge([a, b]), &[4e-4; 8000]).unwrap();
        assert_eq!(both.filter(|o| &*o.site == "B").rows, alone.rows);
        assert!(
            errors
                .observe(&plan("in_situ", "A", "flaks", false), &[4e-4; 4000])
                .unwrap_err()
                .to_string()
                .contains("\"flask\"")
        );
    }
}
