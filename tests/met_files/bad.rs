//! Files with something wrong, synthetic: every error names the file and what in it, and comes
//! before the run where it can.

use crate::day::{File, open, refused};
use crate::support::at;
use mcas::meteorology::Meteorology;

#[test]
fn a_missing_variable_and_a_wrong_unit_are_named() {
    refused(
        File {
            without: "v",
            ..File::default()
        },
        &["no file has the northward wind", "\"v\"", "got u, ps"],
    );
    refused(
        File {
            wind_unit: "K",
            ..File::default()
        },
        &[
            "wrong unit",
            "\"m s-1\"",
            "\"K\"",
            "variable \"u\"",
            "2016-01-01",
        ],
    );
    refused(
        File {
            wind_unit: "furlongs",
            ..File::default()
        },
        &["wrong unit", "furlongs"],
    );
}

#[test]
fn values_no_atmosphere_has_are_named_with_variable_time_and_cell() {
    let storm = File {
        value: |n, p| (n == "u" && p == [0, 2, 6, 3]).then_some(260.0),
        ..File::default()
    };
    refused(
        storm,
        &[
            "eastward wind is out of range",
            "260",
            "7.5 north, 45 east, level 0 from the ground",
            "variable \"u\"",
            "2016-01-01",
        ],
    );
    let hole = File {
        value: |n, p| (n == "v" && p == [4, 0, 0, 0]).then_some(f64::NAN),
        ..File::default()
    };
    refused(
        hole,
        &[
            "northward wind is missing",
            "-82.5 north, 0 east, level 2 from the ground",
            "variable \"v\"",
            "2016-01-02",
        ],
    );
    let vacuum = File {
        value: |n, p| (n == "ps" && p == [0, 0, 5, 7]).then_some(0.0),
        ..File::default()
    };
    refused(
        vacuum,
        &[
            "surface pressure is out of range",
            "got 0",
            "-7.5 north, 105 east",
            "variable \"ps\"",
        ],
    );
}

#[test]
fn a_hole_in_the_middle_of_the_files_is_found_by_a_check_before_the_run_and_stops_the_run_with_its_time()
 {
    let folder = tempfile::tempdir().unwrap();
    let file = File {
        value: |n, p| (n == "u" && p == [2, 1, 5, 5]).then_some(f64::NAN),
        ..File::default()
    };
    let met = open(vec![file.write(&folder.path().join("winds.nc"))]).unwrap();
    met.forcing(at("2016-01-01")).unwrap();
    assert_eq!(
        met.check(at("2016-01-01"), at("2016-01-01T03:00")).unwrap(),
        1
    );
    for refused in [
        met.forcing(at("2016-01-01T06:00")).map(drop),
        met.check(at("2016-01-01"), at("2016-01-02")).map(drop),
    ] {
        let message = refused.unwrap_err().to_string();
        for part in [
            "2016-01-01T12:00:00Z",
            "-7.5 north, 75 east",
            "variable \"u\"",
            "winds.nc",
        ] {
            assert!(message.contains(part), "\"{part}\" is not in\n{message}");
        }
    }
    assert!(
        met.check(at("2016-01-01"), at("2016-01-03"))
            .unwrap_err()
            .to_string()
            .contains("ends before the run")
    );
}

#[test]
fn coefficients_of_other_levels_and_files_without_records_are_refused() {
    let parts = [
        "not as many as the levels",
        "expected 3 each",
        "a 3, b 4",
        "levels \"lev\"",
    ];
    refused(
        File {
            terms: "a: hyam b: hybi ps: ps",
            ..File::default()
        },
        &parts,
    );
    refused(
        File {
            terms: "b: hybi ps: ps",
            ..File::default()
        },
        &["not as many as the levels", "a 0, b 4"],
    );
    refused(
        File {
            terms: "a: hyai b: hybi ps: ps",
            ..File::default()
        },
        &["no variable \"hyai\""],
    );
    refused(
        File {
            hours: vec![],
            ..File::default()
        },
        &["no records", "\"time\"", "variable \"u\""],
    );
}

#[test]
fn gaps_and_overlaps_in_time_are_refused() {
    refused(
        File {
            hours: vec![0.0, 6.0, 12.0, 24.0, 30.0],
            ..File::default()
        },
        &[
            "gap in time",
            "2016-01-02 at most 6 h after 2016-01-01T12:00:00Z",
            "got 12 h",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let one = File::default().write(&folder.path().join("one.nc"));
    let two = File {
        hours: vec![24.0, 30.0],
        ..File::default()
    }
    .write(&folder.path().join("two.nc"));
    let message = open(vec![two, one.clone()]).unwrap_err().to_string();
    assert!(
        message.contains("there twice")
            && message.contains("2016-01-02")
            && message.contains("one.nc")
            && message.contains("two.nc"),
        "{message}"
    );
    let between = File {
        hours: vec![15.0, 21.0, 27.0],
        ..File::default()
    }
    .write(&folder.path().join("between.nc"));
    let message = open(vec![one.clone(), between]).unwrap_err().to_string();
    for part in [
        "overlap in time",
        "2016-01-01T15:00:00Z",
        "one.nc",
        "between.nc",
    ] {
        assert!(message.contains(part), "\"{part}\" is not in\n{message}");
    }
    let next = File {
        hours: vec![30.0, 36.0],
        ..File::default()
    }
    .write(&folder.path().join("next.nc"));
    open(vec![next, one])
        .unwrap()
        .covers(at("2016-01-01"), at("2016-01-02T12:00"))
        .unwrap();
}

#[test]
fn latitudes_from_the_north_are_turned_and_disorder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let usual = File {
        value: |n, p| (n == "u").then_some(p[2] as f64),
        ..File::default()
    };
    let turned = File {
        value: |n, p| (n == "u").then_some(11.0 - p[2] as f64),
        lats: File::default().lats.into_iter().rev().collect(),
        ..File::default()
    };
    // Two names: the thread that reads ahead may still hold the first file when the second is
    // written.
    let [one, two] = [(usual, "usual.nc"), (turned, "turned.nc")].map(|(file, name)| {
        open(vec![file.write(&folder.path().join(name))])
            .unwrap()
            .forcing(at("2016-01-01"))
            .unwrap()
    });
    assert_eq!(one.east, two.east);
    let mut lats = File::default().lats;
    lats.swap(3, 4);
    refused(
        File {
            lats,
            ..File::default()
        },
        &[
            "latitudes are out of order",
            "-37.5 after -22.5",
            "variable \"u\"",
        ],
    );
    refused(
        File {
            lats: (0..12).map(|j| 2.0 * f64::from(j)).collect(),
            ..File::default()
        },
        &["do not go around the globe"],
    );
}

#[test]
fn a_truncated_file_and_a_run_beyond_the_files_are_refused_before_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = File::default().write(&folder.path().join("winds.nc"));
    let intact = std::fs::read(&path).unwrap();
    let cut = folder.path().join("cut.nc");
    std::fs::write(&cut, &intact[..intact.len() / 2]).unwrap();
    let message = open(vec![cut]).unwrap_err().to_string();
    assert!(
        message.contains("cut.nc") && message.contains("cut off"),
        "{message}"
    );
    // The library fills what a classic file lacks with zeros: calm.
    let classic = File {
        classic: true,
        ..File::default()
    }
    .write(&folder.path().join("classic.nc"));
    open(vec![classic.clone()]).unwrap();
    let intact = std::fs::read(&classic).unwrap();
    let cut = folder.path().join("cut_classic.nc");
    for length in [intact.len() / 2, intact.len() - 8] {
        std::fs::write(&cut, &intact[..length]).unwrap();
        let message = open(vec![cut.clone()]).unwrap_err().to_string();
        assert!(
            message.contains("cut off")
                && message.contains("cut_classic.nc")
                && message.contains(&format!("{length} bytes")),
            "{message}"
        );
    }
    let message = open(vec![path])
        .unwrap()
        .covers(at("2016-01-01"), at("2016-01-03"))
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("ends before the run")
            && message.contains("winds.nc")
            && message.contains("2016-01-01 to 2016-01-02"),
        "{message}"
    );
}
