//! No reader panics or hangs, whatever bytes a file holds: samples of each format are cut off and
//! changed at random places. Files of HDF5 are only cut off, as the library itself may end the
//! program where their structure is broken.

use super::{Format, Place, Reading, read};
use crate::random;
use rand::RngExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often each sample is changed: some hundred times, or `MCAS_MUTATIONS` times, for hours of
/// the same.
fn times() -> u64 {
    let told = std::env::var("MCAS_MUTATIONS").ok();
    told.and_then(|n| n.parse().ok()).unwrap_or(300)
}

/// A sample of bytes, changed for the `n`th time.
fn changed(sample: &[u8], format: Format, n: u64) -> Vec<u8> {
    let mut rng = random::generator(7, &format!("{format:?}"), n);
    let mut bytes = sample.to_vec();
    let interesting = *b"\0\xff-9,; \n#.\"e\x80";
    for _ in 0..rng.random_range(1..6) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.random_range(0..bytes.len());
        match rng.random_range(0..5) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => bytes[at] = interesting[rng.random_range(0..interesting.len())],
            3 => {
                bytes.remove(at);
            }
            _ => {
                let end = (at + 40).min(bytes.len());
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

fn survive(format: Format, path: &Path, sample: &[u8], changes: impl Fn(u64) -> Vec<u8>, n: u64) {
    std::fs::write(path, sample).unwrap();
    // What a sample does not say of unit and place.
    let reading = Reading {
        unit: crate::units::Unit::parse("ppm").ok(),
        place: Place {
            latitude: Some(10.0),
            longitude: Some(20.0),
            elevation: Some(30.0),
            intake_height: None,
        },
        ..Reading::default()
    };
    let read = || read(format, &[PathBuf::from(path)], &reading);
    let (all, _) = read().unwrap();
    assert!(!all.is_empty(), "{format:?}");
    let mut refused = 0;
    for k in 0..n {
        std::fs::write(path, changes(k)).unwrap();
        let begin = Instant::now();
        match read() {
            Err(e) => {
                refused += 1;
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                assert!(
                    e.to_string().contains(&*name),
                    "{format:?}, change {k}: {e}"
                );
            }
            Ok((all, _)) => {
                assert!(
                    all.rows
                        .iter()
                        .all(|o| o.value.is_finite() && o.value > 0.0)
                );
            }
        }
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "{format:?}, change {k}"
        );
    }
    assert!(refused > 0, "{format:?}: nothing was refused");
}

#[test]
fn changed_text_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let samples = [
        (
            Format::NoaaText,
            "co2_mlo_surface-flask_1_ccgg_event.txt",
            super::noaa_text::tests::EVENTS,
        ),
        (Format::Wdcgg, "sample.dat", super::wdcgg::tests::OLD),
        (
            Format::Wdcgg,
            "co2_alt_surface-insitu_6_9999-9999_hourly.txt",
            super::wdcgg::tests::NEW,
        ),
        (Format::Icos, "ICOS_ATC_XYZ.CO2", super::icos::tests::SAMPLE),
        (
            Format::Aircraft,
            "merge.tbl",
            super::aircraft::tests::SAMPLE,
        ),
        (
            Format::Gcwerks,
            "xyz.picarro.1minute.108m.dat",
            super::gcwerks::tests::SAMPLE,
        ),
        (
            Format::CifMonitor,
            "monitor.csv",
            super::cif_monitor::CSV_SAMPLE,
        ),
    ];
    for (format, name, sample) in samples {
        let path = folder.path().join(name);
        let bytes = sample.as_bytes();
        survive(format, &path, bytes, |k| changed(bytes, format, k), times());
    }
}

#[test]
fn changed_classic_netcdf_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("co2_mlo_surface-flask_1_representative.nc");
    super::obspack::samples::classic_flask(&path);
    let bytes = std::fs::read(&path).unwrap();
    survive(
        Format::ObsPack,
        &path,
        &bytes,
        |k| changed(&bytes, Format::ObsPack, k),
        times(),
    );
}

#[test]
fn cut_off_netcdf_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder
        .path()
        .join("co2_mlo_surface-flask_1_representative.nc");
    super::obspack::samples::flask(&path, &Default::default());
    let bytes = std::fs::read(&path).unwrap();
    let cut = |k: u64| bytes[..bytes.len() * k as usize / 40].to_vec();
    survive(Format::ObsPack, &path, &bytes, cut, 40);
}
