//! The gridded part of the embedded data.

use ndarray::{Array1, Array2, Array3, Ix1, Ix2, Ix3, OwnedRepr};
use ndarray_npy::{NpzReader, ReadableElement};
use std::io::Cursor;
use std::sync::LazyLock;

/// Regions, fossil emissions and zonal fluxes on 1 x 1 degree, rows from the south.
#[derive(Debug)]
pub struct World {
    /// CarbonTracker region of each cell (lat, lon): on land (transcom - 1) * 19 + ecosystem,
    /// 210 to 239 ocean, 240 none.
    pub eco_regions: Array2<u8>,
    /// TransCom region of each cell (lat, lon), 1 to 23.
    pub transcom: Array2<u8>,
    /// Fossil CO2 of 2013 (lat, lon) \[TgC per cell and year\].
    pub fossil: Array2<f64>,
    /// Mean month of CT2019B, CTE2020 and CAMSv20r1: (land and ocean, month, one-degree band) \[PgC
    /// yr-1 per band\].
    pub zonal_ct: Array3<f64>,
    /// See `zonal_ct`.
    pub zonal_cte: Array3<f64>,
    /// See `zonal_ct`.
    pub zonal_cams: Array3<f64>,
}

pub(super) type Npz = NpzReader<Cursor<&'static [u8]>>;

pub(super) fn open(bytes: &'static [u8]) -> Npz {
    NpzReader::new(Cursor::new(bytes)).expect("an embedded archive opens")
}

pub(super) fn array<T: ReadableElement, D: ndarray::Dimension>(
    archive: &mut Npz,
    name: &str,
) -> ndarray::ArrayBase<OwnedRepr<T>, D> {
    archive.by_name(name).expect("an embedded archive is whole")
}

/// The embedded world, read once.
pub fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let mut a = open(include_bytes!("files/world.npz"));
        let double = |x: Array3<f32>| x.mapv(f64::from);
        World {
            eco_regions: array::<u8, Ix2>(&mut a, "eco_regions"),
            transcom: array::<u8, Ix2>(&mut a, "transcom"),
            fossil: array::<f32, Ix2>(&mut a, "fossil").mapv(f64::from),
            zonal_ct: double(array::<f32, Ix3>(&mut a, "zonal_ct")),
            zonal_cte: double(array::<f32, Ix3>(&mut a, "zonal_cte")),
            zonal_cams: double(array::<f32, Ix3>(&mut a, "zonal_cams")),
        }
    });
    &WORLD
}

/// Outlines of the land as closed rings of (longitude, latitude) \[degrees\].
pub fn coastlines() -> Vec<Vec<(f64, f64)>> {
    let mut a = open(include_bytes!("files/coastline.npz"));
    let points: Array2<i16> = array(&mut a, "points");
    let offsets: Array1<i32> = array::<i32, Ix1>(&mut a, "offsets");
    let degrees = |hundredths: i16| f64::from(hundredths) / 100.0;
    let ring = |w: &[i32]| {
        (w[0]..w[1])
            .map(|k| {
                (
                    degrees(points[[k as usize, 0]]),
                    degrees(points[[k as usize, 1]]),
                )
            })
            .collect()
    };
    offsets.to_vec().windows(2).map(ring).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_places_are_where_they_should_be() {
        let at =
            |lat: f64, lon: f64| world().transcom[[(lat + 90.0) as usize, (lon + 180.0) as usize]];
        assert_eq!(at(23.5, 10.5), 5); // the Sahara is Northern Africa
        assert_eq!(at(-4.5, -62.5), 3); // the Amazon is South American Tropical
        assert_eq!(at(-24.5, 134.5), 10); // Australia
        assert_eq!(at(0.5, -150.5), 14); // East Pacific Tropical
        assert_eq!(at(72.5, -40.5), 23); // Greenland is not optimised
    }

    #[test]
    fn fossil_emissions_are_those_of_the_original_to_three_digits() {
        let Ok(folder) = std::env::var("MCAS_TEST_DATA") else {
            return eprintln!("skipped: MCAS_TEST_DATA is not set");
        };
        let text = std::fs::read_to_string(format!("{folder}/fluxes/gridcar.2013")).unwrap();
        for (k, line) in text.lines().enumerate() {
            let (original, ours) = (
                line.trim().parse::<f64>().unwrap(),
                world().fossil[[179 - k / 360, k % 360]],
            );
            assert!(
                (ours - original).abs() <= 0.006 * original,
                "{original} {ours}"
            );
        }
    }

    #[test]
    fn regions_and_transcom_agree_on_land() {
        let w = world();
        for (region, transcom) in w
            .eco_regions
            .iter()
            .zip(&w.transcom)
            .filter(|(r, _)| **r <= 209)
        {
            assert_eq!((region - 1) / 19 + 1, *transcom);
        }
    }

    #[test]
    fn coastlines_are_closed_rings_on_the_globe() {
        let rings = coastlines();
        assert_eq!(rings.len(), 126);
        for ring in &rings {
            assert_eq!(ring.first(), ring.last());
            assert!(
                ring.iter()
                    .all(|(lon, lat)| lon.abs() <= 180.0 && lat.abs() <= 90.0)
            );
        }
    }
}
