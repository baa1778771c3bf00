//! Files that are written, as xarray reads them. Skipped, with a word, where python3 has no xarray.

use super::{run, session};
use mcas::field::{Coordinate, Dimension, Field};
use mcas::io::netcdf::Writer;
use mcas::time::Time;
use mcas::units::Unit;
use ndarray::ArrayD;
use std::process::Command;

const CHECK: &str = r#"
import sys, numpy as np, xarray as xr
with xr.open_dataset(sys.argv[1]) as d:
    assert d.attrs["Conventions"] == "CF-1.8", d.attrs
    nee = d["nee"]
    assert nee.attrs["units"] == "kg m-2 s-1" and "carbon" in nee.attrs["long_name"], nee.attrs
    assert nee.attrs["cell_methods"] == "time: mean", nee.attrs
    assert nee.encoding["_FillValue"].dtype == nee.encoding["dtype"], nee.encoding
    assert str(d["time"].values[1]) == "2016-07-08T00:00:00.000000000", d["time"]
    bounds = d[d["time"].attrs.get("bounds", d["time"].encoding.get("bounds"))]
    assert str(bounds.values[1, 1]) == "2016-07-15T00:00:00.000000000", bounds
    assert d["lat"].attrs["standard_name"] == "latitude" and d["lat"].attrs["axis"] == "Y"
    assert np.isnan(nee.values[0, 0]) and nee.values[1, 1] == 3.0, nee
"#;

fn has_xarray() -> bool {
    let asked = Command::new("python3")
        .args(["-c", "import xarray, netCDF4"])
        .output();
    asked.is_ok_and(|o| o.status.success())
}

#[test]
fn xarray_reads_what_is_written_with_its_times_bounds_and_units() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fluxes.nc");
    let dates =
        |texts: &[&str]| -> Vec<Time> { texts.iter().map(|t| t.parse().unwrap()).collect() };
    let lat = Dimension {
        name: "lat".into(),
        coordinate: Coordinate::Numbers(
            vec![-45.0, 45.0].into(),
            Unit::parse("degrees_north").unwrap(),
        ),
    };
    let time = Dimension::times(dates(&["2016-07-01", "2016-07-08"]));
    let values = ArrayD::from_shape_vec(vec![2, 2], vec![f64::NAN, 1.0, 2.0, 3.0]).unwrap();
    let unit = Unit::parse("kgC m-2 s-1").unwrap();
    let nee = Field::new("nee", unit, vec![time, lat], values).unwrap();
    Writer::new("Fluxes")
        .field(&nee)
        .edges("lat", &[-90.0, 0.0, 90.0])
        .time_edges(&dates(&["2016-07-01", "2016-07-08", "2016-07-15"]))
        .save(&path)
        .unwrap();
    if !has_xarray() {
        eprintln!("skipped: python3 has no xarray and netCDF4, the file is not read by them");
        return;
    }
    let done = Command::new("python3")
        .args(["-c", CHECK])
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// The files of a run and of its observations, written by a script. Synthetic.
const WRITTEN: &str = r#"
let g = grid("30x30");
let prior = flux::prior(g, 1);
let windows = [prior.window("2015-01-01", "2015-01-08"), prior.window("2015-01-08", "2015-01-15")];
posterior::save(#{ prior: #{ name: "group 1", flux: prior }, windows: windows }, "prior", g);
let rows = [0, 1, 2].map(|k| #{
    id: `obspack~a~${k}`, site: "MLO", kind: "flask", time: date("2015-01-01T12:00") + k, latitude: 19.5, longitude: -155.6,
    altitude: 3397.0, value: 400.0 + k, sd: 1.0,
});
let observed = observations::from_table(table(rows), #{ source: "in_situ", value: ["value", "ppm"], sd: ["sd", "ppm"] });
let model = field([[400e-6, 402e-6], [401e-6, 403e-6], [402e-6, 404e-6]], #{ dims: ["observation", "member"], unit: "mol mol-1" });
observed.write_obspack(output("sampled.nc"), model);
observed.write_monitor(output("monitor.nc"), model);
"#;

const READ: &str = r#"
import sys, numpy as np, xarray as xr
at = lambda name: sys.argv[1] + "/" + name
with xr.open_dataset(at("sampled.nc")) as d:
    assert d["obspack_id"].values[2].rstrip(b"\0") == b"obspack~a~2", d["obspack_id"]
    assert str(d["time"].values[1]) == "2015-01-02T12:00:00.000000000", d["time"]
    assert np.allclose(d["CO2"], [401e-6, 402e-6, 403e-6]) and d["CO2"].attrs["units"] == "mol mol-1"
with xr.open_dataset(at("monitor.nc"), group="metadata") as d:
    assert list(d["station"].values) == ["MLO"] * 3 and d["date"].dtype.kind == "M", d
with xr.open_dataset(at("monitor.nc"), group="maindata") as d:
    assert np.allclose(d["obs"] - d["sim"], -1.0) and np.allclose(d["incr"], -1.0), d
with xr.open_dataset(at("prior_hemco.nc")) as d:
    assert d["CO2_NEE"].attrs["units"] == "kg/m2/s" and d["CO2_NEE"].dims == ("time", "lat", "lon"), d
    assert str(d["time"].values[1]) == "2015-01-08T00:00:00.000000000", d["time"]
with xr.open_dataset(at("prior_flux1x1.nc")) as d:
    assert d["bio_flux_opt"].shape == (2, 180, 360) and d["bio_flux_opt"].attrs["units"] == "mol m-2 s-1", d
    assert str(d["time"].values[0]) == "2015-01-04T12:00:00.000000000", d["time"]
with xr.open_dataset(at("prior_fluxes.nc")) as f, xr.open_dataset(at("prior_flux1x1.nc")) as c:
    area = lambda d: np.abs(np.diff(np.sin(np.deg2rad(d["lat_bnds"].values)), axis=1))
    total = lambda d, name: (d[name].values[0] * area(d)).sum() / d["lon"].size
    kg = total(c, "fossil_flux_imp") * 12.011e-3
    assert abs(total(f, "fossil") / kg - 1) < 1e-6, (total(f, "fossil"), kg)
"#;

/// What the checker of the Climate and Forecast conventions finds in a file.
const CHECKED: &str = r#"
import sys
from compliance_checker.runner import ComplianceChecker, CheckSuite
CheckSuite.load_all_available_checkers()
ok, _ = ComplianceChecker.run_checker(sys.argv[1], ["cf:1.8"], 2, "lenient", output_filename="-", output_format="text")
sys.exit(0 if ok else 3)
"#;

fn python(program: &str, argument: &std::path::Path) -> (bool, String) {
    let mut command = Command::new("python3");
    let done = command.args(["-c", program]).arg(argument).output();
    done.map_or((false, "there is no python3".into()), |done| {
        let text = [done.stdout, done.stderr].concat();
        (
            done.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    })
}

#[test]
fn files_of_a_run_and_of_its_observations_are_read_and_checked_by_other_tools() {
    let (mut session, folder) = session();
    run(&mut session, WRITTEN);
    let out = folder.path().join("out");
    if !has_xarray() {
        eprintln!("skipped: python3 has no xarray and netCDF4, no file is read by them");
        return;
    }
    let (read, why) = python(READ, &out);
    assert!(read, "{why}");
    if !python("import compliance_checker", &out).0 {
        eprintln!("skipped: python3 has no compliance_checker, no file is checked for CF");
        return;
    }
    for name in ["sampled", "prior_fluxes", "prior_factors", "prior_flux1x1"] {
        let (holds, found) = python(CHECKED, &out.join(format!("{name}.nc")));
        assert!(holds, "{name}: {found}");
    }
}
