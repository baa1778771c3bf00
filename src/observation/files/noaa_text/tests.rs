use super::*;
use crate::observation::Observations;
use crate::observation::files::{Format, Reading, read as read_files};

/// Written by hand in the layouts of the laboratory; the values are synthetic.
pub const EVENTS: &str = "# header_lines : 7\n# dataset_name: co2_mlo_surface-flask_1_ccgg_event\n\
    # dataset_calibration_scale : CO2_X2019\n# value:units : micromol mol-1\n# VARIABLE ORDER\n#\n\
    site_code year month day hour minute second datetime air_sample_container_id value value_unc \
    latitude longitude altitude elevation intake_height event_number qcflag\n\
    MLO 2016 7 1 18 50 0 2016-07-01T18:50:00Z 1-2 404.5 0.1 19.5 -155.6 3402.0 3397.0 5.0 11 ...\n\
    MLO 2016 7 1 18 50 0 2016-07-01T18:50:00Z 1-3 404.7 0.1 19.5 -155.6 3402.0 3397.0 5.0 12 ...\n\
    MLO 2016 7 2 18 50 0 2016-07-02T18:50:00Z 1-4 414.7 0.1 19.5 -155.6 3402.0 3397.0 5.0 13 *..\n\
    MLO 2016 7 3 18 50 0 2016-07-03T18:50:00Z 1-5 -999.99 0.1 19.5 -155.6 3402.0 3397.0 5.0 14 ...\n\
    MLO 2016 7 4 18 50 0 2016-07-04T18:50:00Z 1-6 404.9 0.1 -999.999 -155.6 3402.0 3397.0 5.0 15 .X.\n\
    MLO 2016 7 5 18 50\n";
const OLD_EVENTS: &str = "# number_of_header_lines: 3\n# comment\n# data_fields: sample_site_code \
    sample_year sample_month sample_day sample_hour sample_minute sample_seconds sample_id \
    analysis_value analysis_uncertainty analysis_flag sample_latitude sample_longitude \
    sample_altitude event_number\n\
    MLO 1999 12 31 23 59 60 12-34 368.25 0.1 ... 19.5 -155.6 3402.0 7\n";
const MONTHS: &str = "# dataset_name: co2_mlo_surface-insitu_1_ccgg_MonthlyData\n\
    # site_code year month day hour minute second value nvalue latitude longitude altitude qcflag\n\
    MLO 2016 2 1 0 0 0 404.0 29 19.5 -155.6 3437.0 ...\n";

fn read_text(text: &str) -> Observations {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.txt");
    std::fs::write(&path, text).unwrap();
    let (all, warnings) = read_files(Format::NoaaText, &[path], &Reading::default()).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    all
}

#[test]
fn flasks_are_read_and_bad_ones_counted() {
    let all = read_text(EVENTS);
    assert_eq!(all.len(), 2);
    assert_eq!(
        all.rejected.summary(),
        "a line with another number of values 1, flagged as bad by its provider 1, \
         no position on the globe 1, no value 1"
    );
    let first = &all.rows[0];
    assert_eq!(first.time.to_string(), "2016-07-01T18:50:00Z");
    assert!(first.interval.is_none() && first.error.is_nan());
    assert_eq!(
        (first.id.as_deref(), &*first.kind),
        (Some("11~1-2"), "flask")
    );
    assert_eq!((first.altitude, &*first.site), (3402.0, "MLO"));
    let scale = all.attribute("scale").unwrap().cell(0);
    assert_eq!(scale, crate::table::Cell::Text("CO2_X2019".into()));
}

#[test]
fn older_names_and_months_are_understood() {
    let old = read_text(OLD_EVENTS);
    assert_eq!(old.rows[0].time.to_string(), "2000-01-01");
    assert!((old.rows[0].value - 368.25e-6).abs() < 1e-15);
    let months = read_text(MONTHS);
    let february = months.rows[0].interval.unwrap();
    assert_eq!(february.seconds(), 29.0 * 86_400.0);
    assert_eq!(february.start().to_string(), "2016-02-01");
    assert_eq!(&*months.rows[0].kind, "continuous");
}

#[test]
fn the_real_files_hold_what_other_tools_find() {
    let Some(folder) = std::env::var_os("MCAS_TEST_DATA") else {
        eprintln!("skipped: MCAS_TEST_DATA is not set, text of NOAA is not read");
        return;
    };
    let folder = Path::new(&folder).join("insitu");
    let read = |name: &str| {
        let paths = [folder.join(name)];
        read_files(Format::NoaaText, &paths, &Reading::default())
            .unwrap()
            .0
    };
    // By Python: 420 lines of which 52 are flagged, mean of the others; 612 months, 12 missing.
    let flasks = read("co2_mko_surface-flask_1_ccgg_event.txt");
    let mean =
        |o: &Observations| 1e6 * o.rows.iter().map(|o| o.value).sum::<f64>() / o.len() as f64;
    assert_eq!(flasks.len() + flasks.rejected.len(), 420);
    assert_eq!(flasks.len(), 368);
    assert!((mean(&flasks) - 405.653_260_87).abs() < 1e-6);
    let months = read("co2_mlo_surface-insitu_1_ccgg_MonthlyData.txt");
    assert_eq!((months.len(), months.rejected.len()), (600, 12));
    assert!((mean(&months) - 371.294_816_667).abs() < 1e-6);
}
