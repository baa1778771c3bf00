//! The update forms.

use crate::analysis::{Ensrf, Etkf, Letkf, Literal, Perturbed, Rtpp, Rtps};
use crate::script::bind::analysis::UpdateForm;
use crate::script::bind::analysis::scripted::Scripted;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, ScriptFunction, attempt, read};
use rhai::plugin::*;
use rhai::{Dynamic, FnPtr};
use std::sync::Arc;

/// Binds the forms under `analysis::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("analysis", exported_module!(functions));
}

#[export_module]
mod functions {
    /// The symmetric square-root filter: exact mean and spread on a linear problem.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// let b = analysis::etkf().matrices(i, inflation::none().estimate(i));
    /// assert_near(b.apply(x).mean("member").value(), 2.5, 1e-12); // half way: the spread equals the error
    /// ```
    pub fn etkf() -> UpdateForm {
        UpdateForm(Arc::new(Etkf))
    }

    /// Eq. 3 of Su et al. (2024) as printed: member innovations without perturbed observations. Its
    /// spread is too small, and a larger theta, which enters its gain alone, makes it smaller
    /// still: for comparison.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// assert(analysis::literal().to_string() == "analysis::literal()");
    /// ```
    pub fn literal() -> UpdateForm {
        UpdateForm(Arc::new(Literal))
    }

    /// The stochastic filter: observations perturbed by their inflated errors.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// assert(analysis::perturbed().to_string() == "analysis::perturbed()");
    /// ```
    pub fn perturbed() -> UpdateForm {
        UpdateForm(Arc::new(Perturbed))
    }

    /// The serial square-root filter: observations one after another (Whitaker and Hamill 2002).
    /// Mean and spread are those of `etkf`.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Example
    /// ```rhai
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// let b = analysis::ensrf().matrices(i, inflation::none().estimate(i));
    /// assert_near(b.apply(x).mean("member").value(), 2.5, 1e-12);
    /// ```
    pub fn ensrf() -> UpdateForm {
        UpdateForm(Arc::new(Ensrf))
    }

    /// Relaxation of the analysed anomalies to the forecast's (Zhang et al. 2004).
    ///
    /// # Arguments
    /// - `form`: the update form underneath.
    /// - `alpha`: how far, 0 (not at all) to 1.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Errors
    /// alpha outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::rtpp(analysis::etkf(), 0.5));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rtpp(
        context: NativeCallContext,
        form: UpdateForm,
        alpha: Dynamic,
    ) -> Fallible<UpdateForm> {
        attempt(&context, || {
            Ok(UpdateForm(Arc::new(Rtpp::new(
                form.0.clone(),
                read("alpha", &alpha)?,
            )?)))
        })
    }

    /// Relaxation of the analysed spread to the forecast's (Whitaker and Hamill 2012).
    ///
    /// # Arguments
    /// - `form`: the update form underneath.
    /// - `alpha`: how far, 0 (not at all) to 1.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Errors
    /// alpha outside 0 to 1.
    ///
    /// # Example
    /// ```rhai
    /// print(analysis::rtps(analysis::etkf(), 0.5));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn rtps(
        context: NativeCallContext,
        form: UpdateForm,
        alpha: Dynamic,
    ) -> Fallible<UpdateForm> {
        attempt(&context, || {
            Ok(UpdateForm(Arc::new(Rtps::new(
                form.0.clone(),
                read("alpha", &alpha)?,
            )?)))
        })
    }

    /// An update form from a function of your own.
    ///
    /// # Arguments
    /// - `form`: a function of (innovation, factors) or of (innovation, factors, about) that gives
    ///   `#{ concentration, factor }`, two matrices B (member x member) with X_a = X B; the columns
    ///   of each add up to one. `about` is a map: region, window, start, members, and memory, a map
    ///   kept for the region from window to window, as for `inflation::scheme`. A form or a local
    ///   filter is given back as it is.
    ///
    /// # Returns
    /// An update form.
    ///
    /// # Errors
    /// When it is used: another shape, numbers that are not finite, columns that do not add up to
    /// one.
    ///
    /// # Example
    /// ```rhai
    /// let keep = analysis::form(|i, f| {
    ///     let b = identity(["member", "analysed"], i.members);
    ///     #{ concentration: b, factor: b }
    /// });
    /// let i = innovation(#{ a: #{ equivalents: [[1, 2, 3]], values: [3], sd: 1 } });
    /// let x = field("x", [[1, 2, 3]], #{ dims: ["state", "member"] });
    /// assert(keep.matrices(i, inflation::none().estimate(i)).apply(x).max() == 3.0);
    /// ```
    pub fn form(context: NativeCallContext, form: FnPtr) -> UpdateForm {
        UpdateForm(Arc::new(Scripted(ScriptFunction::new(&context, form))))
    }

    #[rhai_fn(name = "form")]
    pub fn form_itself(form: UpdateForm) -> UpdateForm {
        form
    }

    #[rhai_fn(name = "form")]
    pub fn form_filter(filter: Letkf) -> Letkf {
        filter
    }
}
