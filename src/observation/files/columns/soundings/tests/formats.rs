//! Formats with a sample each, written by the test or real.

use super::*;
use crate::observation::files::columns::{
    AcosL2, Assimilate, Experiment, GosatOcpr, Mip, OpenGhg, Scale, Tccon, TcconMip,
};
use crate::table::Column;
use std::path::Path;

/// Averages of the OCO-2 MIP, one of each type, with flags 0, 1, 2 in turn.
fn mip_file(path: &Path) {
    let n = 9;
    let each = |of: fn(usize) -> f64| (0..n).map(of).collect::<Vec<f64>>();
    let levels = |of: fn(usize) -> f64| (0..n * 4).map(|k| of(k % 4)).collect::<Vec<f64>>();
    let (along, profile): (&[&str], &[&str]) = (&["sounding_id"], &["sounding_id", "levels"]);
    let variables: &[Numbers] = &[
        (
            "sounding_id",
            along,
            each(|k| 2_016_070_100_000_000.0 + k as f64),
            "",
        ),
        ("time", along, each(|k| 1_467_331_200.0 + k as f64), ""),
        ("latitude", along, each(|k| k as f64), ""),
        ("longitude", along, each(|_| 10.0), ""),
        ("xco2", along, each(|_| 400.0), "ppm"),
        ("xco2_2019_scale", along, each(|_| 400.2), "ppm"),
        ("xco2_uncertainty", along, each(|_| 0.3), "ppm"),
        ("model_error", along, each(|_| 0.4), "ppm"),
        ("xco2_apriori", along, each(|_| 399.0), "ppm"),
        ("psurf", along, each(|_| 990.0), "hPa"),
        ("altitude", along, each(|_| 12.0), "m"),
        ("data_type", along, each(|k| k as f64), ""),
        (
            "assimilate_flag",
            along,
            each(|k| if k == 2 { 2.0 } else { 1.0 }),
            "",
        ),
        ("sigma_levels", &["levels"], vec![0.001, 0.3, 0.7, 1.0], ""),
        ("co2_profile_apriori", profile, levels(|_| 399.0), "ppm"),
        (
            "xco2_averaging_kernel",
            profile,
            levels(|j| 0.5 + 0.1 * j as f64),
            "",
        ),
        (
            "pressure_weight",
            profile,
            levels(|j| [0.1, 0.4, 0.4, 0.1][j]),
            "",
        ),
    ];
    written(path, &[("sounding_id", n), ("levels", 4)], variables);
}

#[test]
fn an_experiment_of_the_mip_takes_its_types_and_its_flag() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("OCO2_b11.2_10sec_GOOD_r2.nc4");
    mip_file(&path);
    let take = |experiment, assimilate| {
        let mip = Mip {
            experiment,
            assimilate,
            scale: None,
        };
        let all = one(&mip, &path).unwrap();
        all.rows
            .iter()
            .map(|o| o.kind.to_string())
            .collect::<Vec<_>>()
    };
    use Assimilate::{Any, Withheld, Yes};
    assert_eq!(take(Experiment::LnlgOg, Yes), ["nadir_land", "glint_ocean"]);
    assert_eq!(take(Experiment::Lnlg, Any), ["nadir_land", "glint_land"]);
    assert_eq!(take(Experiment::Lnlg, Withheld), ["glint_land"]);
    assert_eq!(take(Experiment::Og, Yes), ["glint_ocean"]);
    assert!(take(Experiment::Is, Any).is_empty() && take(Experiment::All, Any).len() == 9);
    let mip = Mip {
        experiment: Experiment::Og,
        assimilate: Yes,
        scale: None,
    };
    let all = one(&mip, &path).unwrap();
    let o = &all.rows[0];
    assert!((o.error - 0.5e-6).abs() < 1e-18 && (o.value - 400.2e-6).abs() < 1e-15);
    assert_eq!(o.id.as_deref(), Some("2016070100000006"));
    let geometry = o.sampling.geometry();
    let pressure = geometry.profile("pressure").unwrap();
    assert!(
        pressure
            .iter()
            .zip([99_000.0, 69_300.0, 29_700.0, 99.0])
            .all(|(a, b)| (a - b).abs() < 1e-9)
    );
    assert!((geometry.profile("kernel").unwrap()[0] - 0.8).abs() < 1e-12);
    assert_eq!(all.attributes.numbers("model_error").unwrap(), [0.4]);
    assert!(worst_prior(&all) < 1e-9);
}

#[test]
fn averages_of_tccon_have_the_weights_of_dry_air() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tccon_timeavg_20160701.nc4");
    let (one_each, profile): (&[&str], &[&str]) = (&["n"], &["n", "level"]);
    let variables: &[Numbers] = &[
        (
            "CO2/cdate",
            &["n", "part"],
            vec![2016.0, 7.0, 1.0, 12.0, 30.0, 15.0],
            "",
        ),
        ("CO2/latitude", one_each, vec![45.0], ""),
        ("CO2/longitude", one_each, vec![-90.0], ""),
        ("CO2/obs_num", one_each, vec![2_016_070_112_301_502.0], ""),
        ("CO2/station_id", one_each, vec![2.0], ""),
        ("CO2/column_mixing", one_each, vec![401.0], "ppm"),
        ("CO2/sigma_column_mixing", one_each, vec![0.6], "ppm"),
        ("CO2/p_surf", one_each, vec![98_000.0], "Pa"),
        ("CO2/p_levels_prior", profile, vec![1.0e5, 5.0e4, 0.0], "Pa"),
        ("CO2/p_levels_ak", &["level"], vec![1.0e5, 5.0e4, 0.0], "Pa"),
        ("CO2/avg_kernel", profile, vec![1.0, 0.9, 0.5], ""),
        (
            "CO2/prior_mixing",
            profile,
            vec![400.0, 400.0, 390.0],
            "ppm",
        ),
        ("CO2/prior_h2o", profile, vec![0.02, 0.0, 0.0], ""),
    ];
    written(&path, &[("n", 1), ("part", 6), ("level", 3)], variables);
    let all = one(&TcconMip, &path).unwrap();
    let o = &all.rows[0];
    assert_eq!(
        (&*o.site, o.time.to_string()),
        ("tccon_2", "2016-07-01T12:30:15Z".into())
    );
    // By hand: layers of 480 and 500 hPa; of the lower one 0.48 to the lowest level, and its moles
    // of dry air are 0.98 / (0.98 x 28.9652 + 0.02 x 18.01528) g-1 at the lowest level's water.
    let lower = 48_000.0 * 0.98 / (0.98 * 28.9652 + 0.02 * 18.015_28);
    let upper = 50_000.0 / 28.9652;
    let by_hand = [0.48 * lower, 0.52 * lower + 0.5 * upper, 0.5 * upper];
    let weights = o.sampling.geometry().profile("weight").unwrap().to_vec();
    for (w, b) in weights.iter().zip(by_hand) {
        assert!((w - b / (lower + upper)).abs() < 1e-12, "{weights:?}");
    }
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

/// Two soundings of ACOS level 2, of which one converged.
fn level_2_file(path: &Path) {
    let (one_each, profile): (&[&str], &[&str]) = (&["n"], &["n", "level"]);
    let results = |name: &str| format!("RetrievalResults/{name}");
    let names = [
        "xco2",
        "xco2_uncert",
        "outcome_flag",
        "vector_pressure_levels",
    ]
    .map(results);
    let others = [
        "xco2_pressure_weighting_function",
        "xco2_avg_kernel_norm",
        "co2_profile_apriori",
    ];
    let others = others.map(results);
    let variables: &[Numbers] = &[
        // 2012-01-01T00:00:00Z is 19 years with 4 leap days and 7 leap seconds after 1993-01-01.
        (
            "RetrievalHeader/sounding_time_tai93",
            one_each,
            vec![599_529_607.0, 599_529_608.0],
            "",
        ),
        (
            "RetrievalHeader/sounding_id_reference",
            one_each,
            vec![2.0e13, 2.1e13],
            "",
        ),
        (
            "SoundingGeometry/sounding_latitude",
            one_each,
            vec![10.0, 11.0],
            "",
        ),
        (
            "SoundingGeometry/sounding_longitude",
            one_each,
            vec![20.0, 21.0],
            "",
        ),
        (
            "SoundingGeometry/sounding_altitude",
            one_each,
            vec![100.0, 200.0],
            "",
        ),
        (&names[0], one_each, vec![3.9e-4, 3.95e-4], ""),
        (&names[1], one_each, vec![1e-6, 1e-6], ""),
        (&names[2], one_each, vec![1.0, 3.0], ""),
        (&names[3], profile, vec![10.0, 5e4, 1e5, 10.0, 5e4, 1e5], ""),
        (
            &others[0],
            profile,
            vec![0.25, 0.5, 0.25, 0.25, 0.5, 0.25],
            "",
        ),
        (&others[1], profile, vec![0.5, 0.9, 1.0, 0.5, 0.9, 1.0], ""),
        (&others[2], profile, vec![3.8e-4; 6], ""),
    ];
    written(path, &[("n", 2), ("level", 3)], variables);
}

#[test]
fn level_2_files_count_leap_seconds_and_keep_what_converged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acos_L2s_120101.h5");
    level_2_file(&path);
    let all = one(&AcosL2::default(), &path).unwrap();
    assert_eq!(all.rejected.summary(), "did not converge 1");
    let o = &all.rows[0];
    assert_eq!(
        (o.time.to_string(), o.altitude),
        ("2012-01-01".into(), 100.0)
    );
    assert_eq!(o.id.as_deref(), Some("20000000000000"));
    assert!((o.value - 3.9e-4).abs() < 1e-18 && worst_prior(&all) < 1e-9);
    assert_eq!(one(&AcosL2 { any_quality: true }, &path).unwrap().len(), 2);
}

#[test]
fn two_real_days_of_gosat_have_the_counts_and_means_of_another_reader() {
    // Counts and means of numpy over the complete good soundings.
    for (name, n, value, prior) in [
        ("20120101", 1053, 390.843, 390.914),
        ("20120102", 959, 391.113, 390.784),
    ] {
        let Some(path) = real(&format!(
            "satellite/ESACCI-GHG-L2-CH4-GOSAT-OCPR-{name}-fv7.2.nc"
        )) else {
            return;
        };
        let all = one(&GosatOcpr::default(), &path).unwrap();
        assert_eq!(all.len(), n);
        assert!((mean(all.rows.iter().map(|o| 1e6 * o.value)) - value).abs() < 6e-4);
        let priors = all.prior_columns().unwrap();
        let from_profile = priors.numbers("from_profile").unwrap();
        assert!((mean(from_profile.iter().copied()) - prior).abs() < 6e-4);
        assert!(all.rows.iter().all(|o| o.error > 0.0 && o.id.is_some()));
        let pressure = all.rows[0]
            .sampling
            .geometry()
            .profile("pressure")
            .unwrap()
            .to_vec();
        assert!(pressure[0] > 5e4 && pressure[19] < pressure[0]);
    }
}

#[test]
fn the_operator_of_real_tccon_spectra_gives_their_prior_columns() {
    let Some(path) = real("tccon/hw20230402_20230402.public.qc.nc") else {
        return;
    };
    for scale in [Scale::X2007, Scale::X2019] {
        let tccon = Tccon {
            highest_zenith: 90.0,
            extrapolated: true,
            scale: Some(scale),
        };
        let all = one(&tccon, &path).unwrap();
        assert_eq!((all.len(), &*all.rows[0].site), (64, "hw"));
        assert!(worst_prior(&all) < 0.025, "{}", worst_prior(&all));
        let weights = all.prior_columns().unwrap();
        let weights = weights.numbers("weight").unwrap();
        assert!(
            weights.iter().all(|w| (0.99..1.02).contains(w)),
            "{weights:?}"
        );
        let geometry = all.rows[0].sampling.geometry();
        assert!(geometry.number("surface_pressure").unwrap() > 9e4);
        assert_eq!(geometry.profile("water").unwrap().len(), 51);
    }
}

#[test]
fn the_operator_of_a_real_oco2_sounding_gives_its_prior() {
    let name = "satellite/oco2-spectrometer_oco2_20150131-336_co2-column.nc";
    let Some(path) = real(name) else {
        return;
    };
    let all = one(&OpenGhg, &path).unwrap();
    let priors = all.prior_columns().unwrap();
    assert!((all.rows[0].value - 399.24e-6).abs() < 1e-11);
    // The sum of weights x profile by numpy.
    assert!((priors.numbers("from_profile").unwrap()[0] - 401.714_94).abs() < 1e-4);
    assert!((priors.numbers("weight").unwrap()[0] - 1.0).abs() < 1e-4);
    assert!(matches!(priors.column("time").unwrap(), Column::Times(t) if t.len() == 1));
}

/// Files of each format that are cut off, or lack what one after another of their bytes says.
#[test]
fn files_of_every_format_that_are_cut_off_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.nc4");
    let lite = folder.path().join("lite.nc4");
    write_synthetic_lite(&lite, 30, day(), true).unwrap();
    let [mip, level_2] = ["mip.nc4", "l2.h5"].map(|name| folder.path().join(name));
    mip_file(&mip);
    level_2_file(&level_2);
    let mip_of = Mip {
        experiment: Experiment::All,
        assimilate: Assimilate::Any,
        scale: None,
    };
    let lite_of = oco(true, &[], None);
    let formats: [(&dyn Format, &Path); 3] = [
        (&lite_of, &lite),
        (&mip_of, &mip),
        (&AcosL2::default(), &level_2),
    ];
    for (format, whole) in formats {
        let bytes = std::fs::read(whole).unwrap();
        for k in 0..20 {
            std::fs::write(&path, &bytes[..bytes.len() * k / 20]).unwrap();
            let message = one(format, &path).unwrap_err().to_string();
            assert!(
                message.contains("broken.nc4"),
                "{}: {message}",
                format.name()
            );
        }
    }
}
