//! Files that are written, as xarray reads them. Skipped, with a word, where python3 has no xarray.

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
