//! Fluxes and factors written in files that others read.

use crate::error::Result;
use crate::flux::written::{Emitted, write_factors};
use crate::grid::Grid;
use crate::script::bind::flux::{Flux, windows_from};
use crate::script::bridge::outputs::write_and_note;
use crate::script::bridge::rooms::Rooms;
use crate::script::{Fallible, read};
use crate::time::Time;
use rhai::Dynamic;
use rhai::plugin::*;
use std::sync::Arc;

/// Binds the writers of `flux::`.
pub fn bind(rooms: &mut Rooms) {
    rooms.room("flux", exported_module!(functions));
}

fn emitted<T>(
    flux: &Flux,
    windows: &Dynamic,
    edges: &Dynamic,
    work: impl FnOnce(Emitted) -> Result<T>,
) -> Result<T> {
    let windows = windows_from(windows)?;
    let edges: Vec<Time> = read("the edges of the periods", edges)?;
    let prior = flux.prior()?;
    work(Emitted {
        prior: prior.as_ref(),
        windows: &windows,
        edges: &edges,
    })
}

#[export_module]
mod functions {
    /// Writes the parts of a flux with the factors of windows, mean and standard deviation over
    /// members, to a NetCDF file after CF, with the bounds of periods and cells.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - `windows`: an array of `#{ start, end, factors }` without gaps.
    /// - `edges`: dates that bound the periods.
    /// - `grid`: the grid of the maps.
    ///
    /// # Returns
    /// The path; variables nee, ocean, wildfire, fossil and global, and nee_sd ... \[kgC m-2 s-1\].
    ///
    /// # Errors
    /// Windows that do not cover the periods, a folder that cannot be written to.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("30x30"), 1);
    /// let windows = [prior.window("2015-01-01", "2015-03-01")];
    /// let file = prior.write_fluxes(output("fluxes.nc"), windows, flux::months("2015-01-01", "2015-03-01"), grid("30x30"));
    /// assert(read_netcdf(file, "nee").shape[0] == 2);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_fluxes(
        context: NativeCallContext,
        flux: &mut Flux,
        path: &str,
        windows: Dynamic,
        edges: Dynamic,
        grid: Arc<Grid>,
    ) -> Fallible<String> {
        write_and_note(&context, path, |path| {
            emitted(flux, &windows, &edges, |e| {
                e.write_cf(path, &grid.horizontal)
            })
        })
    }

    /// Writes the parts of a flux in CarbonTracker's layout: 1 x 1 degree, bio_flux_opt,
    /// ocn_flux_opt,
    /// fire_flux_imp and fossil_flux_imp \[mol m-2 s-1\], dates in the middle of their intervals.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - `windows`: an array of `#{ start, end, factors }` without gaps.
    /// - `edges`: dates that bound the periods.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// As `write_fluxes`.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("30x30"), 1);
    /// let file = prior.write_carbontracker(output("flux1x1.nc"), [prior.window("2015-01-01", "2015-02-01")], ["2015-01-01", "2015-02-01"]);
    /// assert(flux::from_carbontracker(file).maps == 1);
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_carbontracker(
        context: NativeCallContext,
        flux: &mut Flux,
        path: &str,
        windows: Dynamic,
        edges: Dynamic,
    ) -> Fallible<String> {
        write_and_note(&context, path, |path| {
            emitted(flux, &windows, &edges, |e| e.write_carbontracker(path))
        })
    }

    /// Writes the parts of a flux as HEMCO reads them: COARDS, kilograms of CO2 a square metre and
    /// second, dates at the start of their intervals.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - `windows`: an array of `#{ start, end, factors }` without gaps.
    /// - `edges`: dates that bound the periods.
    /// - `grid`: the grid of the maps.
    ///
    /// # Returns
    /// The lines of `HEMCO_Config.rc` that read the file, as text.
    ///
    /// # Errors
    /// As `write_fluxes`.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("30x30"), 1);
    /// let lines = prior.write_hemco(output("hemco.nc"), [prior.window("2015-01-01", "2015-02-01")], ["2015-01-01", "2015-02-01"], grid("30x30"));
    /// assert(lines.contains("CO2_NEE 2015-2015"));
    /// ```
    #[rhai_fn(global, return_raw)]
    pub fn write_hemco(
        context: NativeCallContext,
        flux: &mut Flux,
        path: &str,
        windows: Dynamic,
        edges: Dynamic,
        grid: Arc<Grid>,
    ) -> Fallible<String> {
        let mut lines = String::new();
        write_and_note(&context, path, |path| {
            lines = emitted(flux, &windows, &edges, |e| {
                e.write_hemco(path, &grid.horizontal)
            })?;
            Ok(())
        })?;
        Ok(lines)
    }

    /// Writes the factors of windows after CF: mean and standard deviation over members
    /// (factor, time), with the bounds of the windows, and the name and location of each factor.
    ///
    /// # Arguments
    /// - `path`: of the file.
    /// - `windows`: an array of `#{ start, end, factors }` without gaps.
    ///
    /// # Returns
    /// The path.
    ///
    /// # Errors
    /// Windows that leave gaps, a folder that cannot be written to.
    ///
    /// # Example
    /// ```rhai
    /// let prior = flux::prior(grid("30x30"), 1);
    /// let file = prior.write_factors(output("factors.nc"), [prior.window("2015-01-01", "2015-01-08")]);
    /// assert(read_netcdf(file, "factor_mean").shape == [175, 1]);
    /// ```
    #[rhai_fn(global, name = "write_factors", return_raw)]
    pub fn write_factors_of(
        context: NativeCallContext,
        flux: &mut Flux,
        path: &str,
        windows: Dynamic,
    ) -> Fallible<String> {
        write_and_note(&context, path, |path| {
            write_factors(flux.prior()?.as_ref(), &windows_from(&windows)?, path)
        })
    }
}
