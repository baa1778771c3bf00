//! ObsPack NetCDF: NOAA GLOBALVIEWplus, ICOS GVeu, and the daily files of the OCO-2 MIP.
//!
//! One file a dataset, `co2_<site>_<project>_<laboratory>_<selection>[-<height>magl].nc`; records
//! along `obs` or `time`. `time` \[s since 1970\] is the middle of the averaging interval, or its
//! start where the comment of the variable says so, as in packs before 2020; `start_time` the
//! start, so that the length is twice their difference; without it `CT_sampling_strategy` (1: 4
//! hours, 2: 1 hour, 3: 90 minutes, 4: an instant) or `dataset_data_frequency`; in the files of the
//! MIP `model_sample_window_start` and `_end` come before these. `value` is in the
//! unit of its attribute. `altitude` is above sea level, `elevation` that of the ground,
//! `intake_height` above it; those of the whole dataset are attributes. The first character of
//! `qcflag` other than a dot (NOAA), or a `qc_flag` other than O, U and R (ICOS), rejects a record.
//! `obs_flag` and `CT_assim` are read as stored: in ICOS packs `_FillValue` of `obs_flag` is 1,
//! which means "use". `value_unc` and `value_std_dev` are no errors of representation and are kept
//! as columns, as is `CT_MDM` \[mol mol-1\].

use super::fields::{Fields, instants};
use super::records::{Reading, Records};
use crate::error::{Error, Result, Warning};
use crate::io::netcdf::Dataset;
use crate::table::Column;
use crate::time::{HOUR, Time};
use crate::units::Unit;
use std::path::Path;

/// What the name of a dataset says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Name {
    pub gas: String,
    pub site: String,
    /// Platform and method: `tower-insitu`, `aircraft-pfp`, ...
    pub project: String,
    pub lab: String,
    pub selection: String,
    /// Of the intake above ground \[m\].
    pub height: Option<f64>,
}

const PLATFORMS: [&str; 5] = ["surface", "tower", "aircraft", "shipboard", "aircore"];

impl Name {
    /// From the name of a dataset or of its file.
    pub fn parse(name: &str) -> Option<Name> {
        let parts: Vec<&str> = name.trim_end_matches(".nc").splitn(5, '_').collect();
        let [gas, site, project, lab, rest @ ..] = parts.as_slice() else {
            return None;
        };
        let platform = project.split('-').next().unwrap_or_default();
        if !PLATFORMS.contains(&platform) {
            return None;
        }
        let selection = rest.first().copied().unwrap_or_default();
        let height = selection
            .rsplit('-')
            .next()
            .and_then(|h| h.strip_suffix("magl"));
        Some(Name {
            gas: gas.to_string(),
            site: site.to_uppercase(),
            project: project.to_string(),
            lab: lab.to_string(),
            selection: selection.to_string(),
            height: height.and_then(|h| h.parse().ok()),
        })
    }

    /// The kind of its observations, as networks and errors name it.
    pub fn kind(&self) -> &'static str {
        match self.project.split_once('-').unwrap_or((&self.project, "")) {
            ("aircraft", _) => "aircraft",
            ("aircore", _) => "aircore",
            ("tower", "insitu") => "tower",
            (_, "insitu") => "continuous",
            _ => "flask",
        }
    }
    fn moves(&self) -> bool {
        !self.project.starts_with("surface") && !self.project.starts_with("tower")
    }
}

pub(super) fn read(path: &Path, reading: &Reading) -> Result<Records> {
    let file = Dataset::open(path)?.without_dates();
    let Some(n) = file.records("time") else {
        return Err(Error::new("the file is not of the ObsPack layout")
            .expected("a variable \"time\" along its records"));
    };
    let (times, unread) = instants(file.instants("time", 0..n)?);
    let wanted = |k: &usize| !unread[*k].is_empty() || reading.wants(times[*k]);
    let first = (0..n).find(wanted).unwrap_or(n);
    let last = (0..n).rfind(wanted).map_or(first, |k| k + 1);
    let mut fields = Fields::new(&file, first..last);
    fields.add("time", Column::Times(times[first..last].to_vec()))?;
    let name = dataset(path, &mut fields)?;
    intervals(&mut fields, &times[first..last])?;
    positions(&mut fields, name.as_ref())?;
    others(&mut fields)?;
    let bad = quality(&fields, unread[first..last].to_vec());
    fields.add("bad", Column::Text(bad))?;
    let mut records = Records::new(path, fields.table);
    let gas = name
        .map(|n| n.gas)
        .filter(|gas| gas != "co2" && !gas.is_empty());
    records.warnings.extend(gas.map(|gas| {
        Warning::new(
            "other_gas",
            format!("{} holds {gas}, not CO2", path.display()),
        )
    }));
    Ok(records)
}

/// Adds the columns of dataset, site, kind, laboratory and scale. The dataset is that of the name
/// of the file, or of the attributes, else the identifiers of the records say it.
fn dataset(path: &Path, fields: &mut Fields) -> Result<Option<Name>> {
    let stem = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let about = fields.about("dataset_name");
    fields.text_column("id", &["obspack_id"])?;
    let scale = match fields.about("dataset_calibration_scale") {
        none if none.is_empty() => fields.file.attribute(Some("value"), "scale_comment"),
        scale => Some(scale),
    };
    fields.same("scale", scale.unwrap_or_default().trim())?;
    let parsed = Name::parse(&about).map(|n| (about.clone(), n));
    let Some((dataset, mut name)) = parsed.or_else(|| Name::parse(&stem).map(|n| (stem, n))) else {
        datasets_of_ids(fields)?;
        return Ok(None);
    };
    for (mine, attribute) in [(&mut name.site, "site_code"), (&mut name.lab, "lab_1_abbr")] {
        match fields.about(attribute) {
            none if none.is_empty() => {}
            text => *mine = text,
        }
    }
    fields.same("site", &name.site)?;
    fields.same("kind", name.kind())?;
    fields.same("dataset", &dataset)?;
    fields.same("type", &name.project)?;
    fields.same("lab", &name.lab)?;
    fields.same("selection", &name.selection)?;
    fields.same("gas", &name.gas)?;
    Ok(Some(name))
}

/// The same from identifiers `pack~dataset~number`, where a file holds several datasets.
fn datasets_of_ids(fields: &mut Fields) -> Result<()> {
    let Ok(Column::Text(ids)) = fields.table.column("id") else {
        return Err(Error::new("the dataset of the records is not known")
            .expected("a name such as co2_mlo_surface-flask_1_representative.nc, or obspack_id")
            .at(fields.file.path().display()));
    };
    let datasets: Vec<String> = ids
        .iter()
        .map(|id| id.split('~').nth(1).unwrap_or_default().to_string())
        .collect();
    let names: Vec<Name> = datasets
        .iter()
        .map(|d| Name::parse(d).unwrap_or_default())
        .collect();
    let column = |of: fn(&Name) -> String| Column::Text(names.iter().map(of).collect());
    fields.add("site", column(|n| n.site.clone()))?;
    fields.add("kind", column(|n| n.kind().to_string()))?;
    fields.add("type", column(|n| n.project.clone()))?;
    fields.add("lab", column(|n| n.lab.clone()))?;
    fields.add("selection", column(|n| n.selection.clone()))?;
    fields.add("gas", column(|n| n.gas.clone()))?;
    fields.add("dataset", Column::Text(datasets))
}

/// Adds the length of the averaging interval of each record, 0 for an instant, and what its time
/// marks.
fn intervals(fields: &mut Fields, times: &[Time]) -> Result<()> {
    let n = fields.records.len();
    let comment = fields
        .file
        .attribute(Some("time"), "comment")
        .unwrap_or_default();
    let comment = comment.to_lowercase();
    let at_start = ["beginning", "start"]
        .iter()
        .any(|word| comment.contains(&format!("{word} of the averaging interval")));
    if let Some(windows) = sampling_windows(fields)? {
        return add_windows(fields, times, &windows);
    }
    let lengths = if !at_start && fields.first(&["start_time"]).is_some() {
        let starts = fields.file.instants("start_time", fields.records.clone())?;
        let twice = |(t, s): (&Time, &Option<Time>)| s.map_or(0.0, |s| 2.0 * t.since(s));
        times.iter().zip(&starts).map(twice).collect()
    } else if fields.first(&["CT_sampling_strategy"]).is_some() {
        let strategy = fields
            .file
            .stored("CT_sampling_strategy", fields.records.clone())?;
        let hours = |s: f64| [4.0, 1.0, 1.5, 0.0].get(s as usize - 1).copied();
        let length = |s: &f64| if *s >= 1.0 { hours(*s) } else { None };
        strategy
            .iter()
            .map(|s| length(s).unwrap_or(1.0) * HOUR)
            .collect()
    } else {
        vec![frequency(fields); n]
    };
    // What is longer than a year or ends before it begins is no interval.
    let sound = |l: f64| {
        if (0.0..=366.0 * 24.0 * HOUR).contains(&l) {
            l
        } else {
            0.0
        }
    };
    let lengths: Vec<f64> = lengths.into_iter().map(sound).collect();
    fields.add("interval", Column::Numbers(lengths, Unit::parse("s")?))?;
    fields.same("time_is", if at_start { "start" } else { "middle" })
}

/// The start and the length \[s\] of an interval, if there is one.
type Window = Option<(Time, f64)>;

/// In which each record is to be sampled from a model, where the file says it, as the daily files
/// of the OCO-2 MIP do.
fn sampling_windows(fields: &Fields) -> Result<Option<Vec<Window>>> {
    let starts = fields.moments(&["model_sample_window_start"])?;
    let ends = fields.moments(&["model_sample_window_end"])?;
    let (Some(starts), Some(ends)) = (starts, ends) else {
        return Ok(None);
    };
    let window = |(start, end): (&Option<Time>, &Option<Time>)| match (start, end) {
        (Some(start), Some(end)) if end > start => Some((*start, end.since(*start))),
        _ => None,
    };
    Ok(Some(starts.iter().zip(&ends).map(window).collect()))
}

/// Adds these intervals, from their starts; a record without one is an instant.
fn add_windows(fields: &mut Fields, times: &[Time], windows: &[Window]) -> Result<()> {
    let each = times.iter().zip(windows);
    let starts = each.map(|(t, window)| window.map_or(*t, |(start, _)| start));
    fields.add("time", Column::Times(starts.collect()))?;
    let lengths = windows.iter().map(|window| window.map_or(0.0, |w| w.1));
    let seconds = Column::Numbers(lengths.collect(), Unit::parse("s")?);
    fields.add("interval", seconds)?;
    fields.same("time_is", "start")
}

/// The length of the intervals that the attributes say \[s\]; 0 where they say none. Flasks are
/// sampled in minutes whatever the frequency of sampling is.
fn frequency(fields: &Fields) -> f64 {
    let every: f64 = fields
        .about("dataset_data_frequency")
        .parse()
        .unwrap_or(0.0);
    match fields.about("dataset_data_frequency_unit").as_str() {
        "minute" | "minutes" => every * 60.0,
        "hour" | "hours" => every * HOUR,
        _ => 0.0,
    }
}

/// Adds positions and heights. A platform that stands has its height above the ground and that of
/// the ground, which its operator chooses from; one that moves its altitude alone.
pub(super) fn positions(fields: &mut Fields, name: Option<&Name>) -> Result<()> {
    let n = fields.records.len();
    let of_all = |text: String| text.parse::<f64>().ok().map(|x| vec![x; n]);
    let or = |stated: Option<Vec<f64>>, attribute: &str| {
        stated.or_else(|| of_all(fields.about(attribute)))
    };
    let missing = || vec![f64::NAN; n];
    let degrees = |variable: &str, attribute: &str| {
        let stated = fields.first(&[variable]).map(|v| fields.numbers(v));
        Ok::<_, Error>(or(stated.transpose()?, attribute).unwrap_or_else(missing))
    };
    let latitude = degrees("latitude", "site_latitude")?;
    let longitude = degrees("longitude", "site_longitude")?;
    let intake = or(fields.metres(&["intake_height"])?, "dataset_intake_ht");
    let intake = intake.or_else(|| name?.height.map(|h| vec![h; n]));
    let intake = intake.unwrap_or_else(missing);
    let elevation = fields.metres(&["elevation"])?;
    let elevation = or(elevation, "site_elevation").unwrap_or_else(missing);
    let above = |k: usize| Some(intake[k]).filter(|h| h.is_finite()).unwrap_or(0.0);
    let sum = |k: usize| elevation[k] + above(k);
    let altitude = fields.metres(&["altitude"])?;
    let altitude = altitude.unwrap_or_else(|| (0..n).map(sum).collect());
    let height = |k: usize| match stands(fields, name, k) && intake[k] >= 0.0 {
        true => intake[k],
        false => f64::NAN,
    };
    let height: Vec<f64> = (0..n).map(height).collect();
    let metre = Unit::parse("m")?;
    fields.add("latitude", Column::numbers(latitude))?;
    fields.add("longitude", Column::numbers(longitude))?;
    for (column, values) in [
        ("altitude", altitude),
        ("height", height),
        ("elevation", elevation),
        ("intake_height", intake),
    ] {
        fields.add(column, Column::Numbers(values, metre.clone()))?;
    }
    Ok(())
}

/// Whether record `k` was taken at a place that does not move.
fn stands(fields: &Fields, name: Option<&Name>, k: usize) -> bool {
    match (name, fields.table.column("type")) {
        (Some(name), _) => !name.moves(),
        (None, Ok(Column::Text(types))) => {
            types[k].starts_with("surface") || types[k].starts_with("tower")
        }
        _ => false,
    }
}

/// Adds the value and what else is worth knowing of a record.
fn others(fields: &mut Fields) -> Result<()> {
    fields.number_column("value", &["value"])?;
    let of_values = fields.unit("value");
    let moles = Unit::parse("mol mol-1")?;
    for (column, name, usual) in [
        ("value_unc", "value_unc", &of_values),
        ("value_std_dev", "value_std_dev", &of_values),
        ("nvalue", "nvalue", &Unit::none()),
        ("ct_mdm", "CT_MDM", &moles),
        ("mip_mdm", "MIP_MDM", &moles),
        ("icos_ltr", "icos_LTR", &of_values),
        ("icos_stt", "icos_STTB", &of_values),
    ] {
        fields.positive_column(column, name, usual)?;
    }
    concerns(fields)?;
    for (column, name) in [
        ("obs_flag", "obs_flag"),
        ("ct_assim", "CT_assim"),
        ("ct_sampling_strategy", "CT_sampling_strategy"),
        ("obspack_num", "obspack_num"),
        ("icos_datalevel", "icos_datalevel"),
    ] {
        fields.flag_column(column, &[name])?;
    }
    fields.text_column("qc_flag", &["qcflag", "qc_flag"])?;
    fields.text_column("method", &["method"])?;
    fields.text_column("event_number", &["event_number"])
}

/// Adds the concerns about assimilating a record as text of six digits, 1 where there is one: time
/// window, representativeness, variability, under review, background, conversion of scale.
fn concerns(fields: &mut Fields) -> Result<()> {
    let name = "assimilation_concerns";
    let Some(shape) = fields.file.shape(name).filter(|s| s.len() == 2) else {
        return Ok(());
    };
    let stored = fields.file.stored(name, fields.records.clone())?;
    let digit = |flag: &f64| if *flag == 1.0 { '1' } else { '0' };
    let text = |flags: &[f64]| flags.iter().map(digit).collect::<String>();
    let texts = stored.chunks_exact(shape[1].max(1)).map(text);
    fields.add(name, Column::Text(texts.collect()))
}

/// Why a record is not to be used by the flag of its provider, or nothing.
fn quality(fields: &Fields, mut reasons: Vec<String>) -> Vec<String> {
    let noaa = fields.first(&["qcflag"]).is_some();
    let Ok(Column::Text(flags)) = fields.table.column("qc_flag") else {
        return reasons;
    };
    for (reason, flag) in reasons.iter_mut().zip(flags).filter(|(r, _)| r.is_empty()) {
        let first = flag.chars().next();
        let good = match noaa {
            true => first.is_none_or(|c| c == '.') || flag == "NA",
            false => first.is_none_or(|c| "OUR".contains(c)),
        };
        if !good {
            *reason = REJECTED.into();
        }
    }
    reasons
}

/// The reason of records that their providers flagged as bad.
pub(super) const REJECTED: &str = "flagged as bad by its provider";

#[cfg(test)]
pub(super) mod samples;
#[cfg(test)]
mod tests;
