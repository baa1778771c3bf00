use super::*;
use crate::observation::Observations;
use crate::observation::files::{Format, Reading, read as read_files};

/// Written by hand in the layouts of the centre; the values are synthetic.
pub const OLD: &str = "C01 TITLE: CO2 hourly data\nC07 STATION NAME: Sample\nC11 CONTRIBUTOR: nn\n\
    C12 LATITUDE: 43.5\nC13 LONGITUDE: 141.25\nC14 ALTITUDE: 40\nC16 SAMPLING HEIGHTS: 10\n\
    C18 PARAMETER: CO2\nC20 TIME INTERVAL: hourly\nC21 MEASUREMENT UNIT: ppm\n\
    C23 SAMPLING TYPE: continuous\nC24 TIME ZONE: UTC+9\nC25 MEASUREMENT SCALE: WMO CO2 X2007\n\
    C32   DATE  TIME       DATE  TIME        CO2    ND      SD     F CS       REM\n\
    2010-01-01 23:00 9999-99-99 99:99    390.125    60    0.10     0  0 -99999999\n\
    2010-01-01 24:00 9999-99-99 99:99    391.125    60    0.10     0  0 -99999999\n\
    2010-01-02 01:00 9999-99-99 99:99 -99999.999 -9999 -999.99     0  0 -99999999\n\
    9999-99-99 99:99 9999-99-99 99:99    392.125    60    0.10     0  0 -99999999\n\
    2010-01-02 02:00 9999-99-99 99:99    393\n";
pub const NEW: &str = "# header_lines : 5\n# dataset_parameter : co2\n# value:units : ppm\n#\n\
    # site_gaw_id year month day hour minute second year month day hour minute second value \
    value_unc nvalue latitude longitude altitude elevation intake_height flask_no ORG_QCflag \
    QCflag instrument measurement_method scale\n\
    ALT 2016 1 1 0 0 0 2016 1 1 1 0 0 405.5 0.1 60 82.5 -62.5 195 185 10 -999 1 1 9 9 WMO_CO2_X2019\n\
    ALT 2016 1 1 1 0 0 -999 -9 -9 -9 -9 -9 406.5 0.1 60 82.5 -62.5 195 185 10 -999 1 1 9 9 WMO_CO2_X2019\n\
    ALT 2016 1 1 2 0 0 2016 1 1 3 0 0 409.5 0.1 60 82.5 -62.5 195 185 10 -999 1 3 9 9 WMO_CO2_X2019\n\
    ALT 2016 1 1 3 0 0 2016 1 1 4 0 0 -999.999 -999.999 0 82.5 -62.5 195 185 10 -999 1 1 9 9 WMO_CO2_X2019\n";

fn read_text(name: &str, text: &str) -> Result<Observations> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    Ok(read_files(Format::Wdcgg, &[path], &Reading::default())?.0)
}

#[test]
fn hours_in_a_time_zone_with_24_are_read() {
    let all = read_text("sample.dat", OLD).unwrap();
    let times: Vec<String> = all.rows.iter().map(|o| o.time.to_string()).collect();
    assert_eq!(times, ["2010-01-01T14:30:00Z", "2010-01-01T15:30:00Z"]);
    assert_eq!(
        all.rejected.summary(),
        "a line with another number of values 1, no time 1, no value 1"
    );
    let first = &all.rows[0];
    assert_eq!((first.latitude, first.altitude), (43.5, 50.0));
    assert!((first.value - 390.125e-6).abs() < 1e-15);
    let rem = OLD.replace("\nC", "\nREM").replacen("C01", "REM01", 1);
    assert_eq!(read_text("sample.dat", &rem).unwrap().rows, all.rows);
}

#[test]
fn the_newer_layout_has_starts_and_ends() {
    let all = read_text("co2_alt_surface-insitu_6_9999-9999_hourly.txt", NEW).unwrap();
    assert_eq!(all.len(), 2);
    assert!(
        all.rows
            .iter()
            .all(|o| o.interval.unwrap().seconds() == 3600.0)
    );
    assert_eq!(
        (&*all.rows[0].site, &*all.rows[0].kind),
        ("ALT", "continuous")
    );
    assert_eq!(
        all.rejected.summary(),
        "flagged as bad by its provider 1, no value 1"
    );
}

#[test]
fn zones_are_offsets_and_others_are_told() {
    assert_eq!(zone("UTC"), (0.0, None));
    assert_eq!(zone("UTC-3:30"), (-12_600.0, None));
    assert_eq!(zone("Japan Standard Time (UTC+9)"), (32_400.0, None));
    assert_eq!(zone("JST"), (0.0, Some("JST".into())));
    assert!(read_text("sample.dat", "a b\n1 2\n").is_err());
}
