//! A closure as an update form.

use crate::analysis::{Draws, UpdateForm, UpdateMatrices};
use crate::error::{Error, Result};
use crate::inflation::Factors;
use crate::innovation::Innovation;
use crate::script::bind::innovation::about::about_map;
use crate::script::bridge::options::{OptionTable, options};
use crate::script::{ScriptFunction, read};
use ndarray::Array2;
use rhai::Dynamic;
use std::fmt;
use std::sync::Arc;

options! {
    /// What an update function answers with: matrices B (member, analysed).
    struct UpdateAnswer of "the answer of an update function" {
        /// The matrix of concentrations, X_a = X B.
        concentration: Array2<f64>,
        /// The matrix of factors, L_a = L B.
        factor: Array2<f64>,
    }
}

/// A closure of (innovation, factors) or (innovation, factors, about) that gives `#{ concentration,
/// factor }`.
#[derive(Debug)]
pub(super) struct Scripted(pub ScriptFunction);

impl UpdateForm for Scripted {
    fn matrices(
        &self,
        innovation: &Innovation,
        factors: &Factors,
        draws: &Draws,
    ) -> Result<UpdateMatrices> {
        // With the errors as moderated, so that a closure need not know of it.
        let innovation = Arc::new(factors.moderated(innovation)?.into_owned());
        let about = about_map(&draws.about, innovation.n_members(), vec![]);
        let unmoderated = Factors {
            observations: vec![],
            ..factors.clone()
        };
        let arguments = [
            Dynamic::from(innovation.clone()),
            Dynamic::from(unmoderated),
        ];
        let answer = self.0.call_and(arguments, about)?;
        let made = || {
            let what = "the answer of an update function";
            let b = UpdateAnswer::read_as(what, read(what, &answer)?, None)?;
            fits(&b.concentration, &b.factor, innovation.n_members())?;
            UpdateMatrices::new(b.concentration, b.factor)
        };
        made().map_err(|e| e.at("the update function"))
    }
}

/// Refuses matrices that are not member by member.
fn fits(concentration: &Array2<f64>, factor: &Array2<f64>, members: usize) -> Result<()> {
    let wrong = [("concentration", concentration), ("factor", factor)]
        .into_iter()
        .find(|(_, b)| b.dim() != (members, members));
    wrong.map_or(Ok(()), |(name, b)| {
        Err(Error::new("an update matrix must be members by members")
            .expected(format!("{members} x {members}"))
            .got(format!("{} x {}", b.nrows(), b.ncols()))
            .at(format!("the {name} matrix"))
            .hint("one row and one column for each of innovation.members"))
    })
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
