//! mcas: multi-observation carbon assimilation.
//!
//! An analysis of one unknown, from three members and two observations of it:
//!
//! ```
//! use mcas::analysis::{Draws, Etkf, UpdateForm};
//! use mcas::inflation::{Fallback, Fixed, Inflation};
//! use mcas::innovation::{ErrorCovariance, Innovation, SourceData};
//! use ndarray::array;
//!
//! let forecast = array![[1.0, 2.0, 3.0]];
//! let equivalents = array![[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]];
//! let flasks = SourceData::new(
//!     "flasks",
//!     equivalents.view(),
//!     array![3.0, 3.4].view(),
//!     ErrorCovariance::independent(&[0.5, 0.5]),
//! )?;
//! let innovation = Innovation::new(3, vec![flasks])?;
//! let factors = Fixed::none().estimate(&innovation, &Fallback::none())?;
//! let analysis = Etkf
//!     .matrices(&innovation, &factors, &Draws::new(1, "window 0"))?
//!     .apply_concentration(&forecast)?;
//! // The forecast has mean 2 and variance 1, the observations mean 3.2 and 0.125.
//! let mean = 2.0 + 1.0 / (1.0 + 0.125) * (3.2 - 2.0);
//! assert!((analysis.mean().unwrap_or(f64::NAN) - mean).abs() < 1e-12);
//! # Ok::<(), mcas::error::Error>(())
//! ```
//!
//! The rooms, in dependency order; a room imports only rooms above it.
//!
//! | room | holds |
//! |---|---|
//! | [`error`] [`constants`] [`time`] [`units`] [`progress`] [`random`] [`linalg`] [`fault`] [`limits`] | the ground: knows no science |
//! | [`field`] | labelled arrays |
//! | [`io`] | files: whole output, NetCDF |
//! | [`table`] | named columns: numbers with a unit, text, instants |
//! | [`data`] | embedded regions, zonal fluxes, sites, kernels, coastlines |
//! | [`grid`] | horizontal cells, hybrid levels, regridding, region maps |
//! | [`ensemble`] | the members in memory, correlated draws |
//! | [`meteorology`] | winds and mixing, a file per driver |
//! | [`flux`] | prior modules, eco-regions, Eq. 1 |
//! | [`transport`] | one operator-split step for all members |
//! | [`observation`] | the table, operators, networks |
//! | [`innovation`] | the small matrices of each source, and their likelihood |
//! | [`inflation`] [`localization`] [`analysis`] | schemes: the factors theta and mu; the observations of each region; the update |
//! | [`assimilation`] | an ensemble forecast that samples the observations on its way |
//! | [`statistics`] | scores, calibration of ensembles, tests of difference |
//! | [`plot`] | maps, series, bars, boxes, scatter plots and histograms |
//! | [`mod@bench`] | what an analysis and the transport cost on this machine |
//! | [`script`] | the scripting language: engine, options, help, sessions, the prompt |

pub mod analysis;
pub mod assimilation;
pub mod bench;
pub mod constants;
pub mod data;
pub mod ensemble;
pub mod error;
pub mod fault;
pub mod field;
pub mod flux;
pub mod grid;
pub mod inflation;
pub mod innovation;
pub mod io;
pub mod limits;
pub mod linalg;
pub mod localization;
pub mod meteorology;
pub mod observation;
pub mod plot;
pub mod progress;
pub mod random;
#[cfg(feature = "language")]
pub mod script;
pub mod statistics;
pub mod table;
pub mod time;
pub mod transport;
pub mod units;
