//! Records in order of time: none twice, none within those of another file, none missing.

use super::variable::{Record, Variable};
use crate::error::{Error, Result};

impl Variable {
    /// Sorts the records.
    ///
    /// # Errors
    /// An instant that is there twice, files that overlap, a gap.
    pub(super) fn put_in_order(&mut self) -> Result<()> {
        self.records.sort_by_key(|r| r.time);
        let instant = |r: &Record| r.time.unwrap_or_default();
        let pairs = self.records.windows(2);
        let steps: Vec<f64> = pairs
            .map(|w| instant(&w[1]).since(instant(&w[0])))
            .collect();
        let mut sorted = steps.clone();
        sorted.sort_by(f64::total_cmp);
        let Some(usual) = sorted.get(sorted.len() / 2) else {
            return Ok(());
        };
        match steps.iter().position(|s| *s <= 0.0 || *s > 1.5 * usual) {
            None => Ok(()),
            Some(k) => Err(self.out_of_order(k, steps[k], *usual)),
        }
    }

    /// What is wrong between record `k` and the next, `step` seconds later, where `usual` is usual.
    fn out_of_order(&self, k: usize, step: f64, usual: f64) -> Error {
        let [(before, from), (after, to)] = [k, k + 1].map(|k| {
            let r = &self.records[k];
            (r.time.unwrap_or_default(), r.path.display().to_string())
        });
        let located = |e: Error| {
            if from == to {
                e.at(format!("file \"{from}\""))
            } else {
                e.at(format!("files \"{from}\" and \"{to}\""))
            }
        };
        let variable = format!("variable \"{}\"", self.name);
        if step <= 0.0 {
            let error = Error::new("an instant is there twice").got(before);
            return located(error.at(variable).hint("each file once"));
        }
        if let Some(records) = self.overlap() {
            return overlapping(records, variable);
        }
        let error = Error::new("there is a gap in time")
            .expected(format!(
                "{after} at most {} h after {before}",
                usual / 3600.0
            ))
            .got(format!("{} h", step / 3600.0));
        located(error.at(variable).hint("the files in between"))
    }

    /// A record that lies between two of another file, and one of that file.
    fn overlap(&self) -> Option<[&Record; 2]> {
        let later = |k: usize| {
            self.records[k + 1..]
                .iter()
                .any(|r| r.path == self.records[k].path)
        };
        let k = (1..self.records.len())
            .find(|k| self.records[*k].path != self.records[k - 1].path && later(k - 1))?;
        Some([&self.records[k], &self.records[k - 1]])
    }
}

fn overlapping([inner, outer]: [&Record; 2], variable: String) -> Error {
    Error::new("two files overlap in time")
        .expected("the records of one after those of the other, or in even steps between them")
        .got(format!(
            "{} within the other file",
            inner.time.unwrap_or_default()
        ))
        .at(variable)
        .at(format!(
            "files \"{}\" and \"{}\"",
            inner.path.display(),
            outer.path.display()
        ))
        .hint("each time once")
}
