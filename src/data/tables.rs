//! Small embedded tables, one row type each.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::LazyLock;

/// One of the 23 TransCom regions: 1 to 11 land, 12 to 22 ocean, 23 not optimised.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Transcom {
    /// 1 to 23.
    pub id: usize,
    /// Such as `Northern Africa`.
    pub name: String,
}

/// One of the 19 Olson ecosystems.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Ecosystem {
    /// 1 to 19.
    pub id: usize,
    /// Such as `Conifer Forest`.
    pub name: String,
    /// Gross primary production before it is scaled to the global total \[gC m-2 yr-1\].
    pub gpp: f64,
}

/// One of the 30 ocean regions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Ocean {
    /// 1 to 30.
    pub id: usize,
    /// TransCom region it is part of, 12 to 22.
    pub transcom: usize,
    /// Basin and belt.
    pub name: String,
}

/// Share and season of one TransCom region's fires.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FireRegion {
    /// 1 to 11.
    pub transcom: usize,
    /// Share of the world's fire emissions, first variant.
    pub share_1: f64,
    /// Share, second variant.
    pub share_2: f64,
    /// Month of most fires: 1.0 is the start of January.
    pub peak_month: f64,
    /// Width of the season \[months\].
    pub width_months: f64,
}

/// A place where CO2 is or was measured.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Site {
    /// Such as `MLO`.
    pub code: String,
    /// Such as `Mauna Loa, Hawaii`.
    pub name: String,
    /// \[degrees north\]
    pub latitude: f64,
    /// \[degrees east\]
    pub longitude: f64,
    /// Height of the highest intake above sea level, of the ground for aircraft and TCCON \[m\].
    pub altitude: f64,
    /// Who measures.
    #[serde(default)]
    pub network: String,
    /// `flask`, `continuous`, `tower`, `aircraft` or `tccon`.
    #[serde(default)]
    pub kind: String,
}

/// One level of an averaging kernel.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct KernelLevel {
    /// `oco2` or `tccon`.
    pub instrument: String,
    /// Solar zenith angle \[degrees\].
    pub zenith: f64,
    /// Pressure over surface pressure.
    pub sigma: f64,
    /// Column averaging kernel.
    pub kernel: f64,
    /// Pressure weight; the weights of a kernel add up to one.
    pub weight: f64,
    /// Prior profile less its column \[ppm\].
    pub prior_anomaly_ppm: f64,
}

/// One number of Tables 1 and 2 of Su et al. (2024).
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Published {
    /// `Table 1` or `Table 2`.
    pub table: String,
    /// Such as `MCAS(in situ&Sat)`.
    pub product: String,
    /// Validation set, of Table 2.
    pub data: String,
    /// Such as `NEE` or `RMSE`.
    pub quantity: String,
    /// `PgC/yr`, `ppm` or none.
    pub unit: String,
    /// The number.
    pub value: f64,
    /// Its standard deviation, where given.
    pub sd: Option<f64>,
}

/// Means of the Global Carbon Budget over a period \[PgC/yr\]; emissions less growth less sinks is
/// the imbalance.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Budget {
    /// Such as `2009-2018`.
    pub period: String,
    /// Emissions of fossil fuel and industry.
    pub fossil: f64,
    /// Emissions of land-use change.
    pub land_use: f64,
    /// Growth of the carbon in the air.
    pub growth: f64,
    /// Uptake of the ocean.
    pub ocean: f64,
    /// Uptake of the land.
    pub land: f64,
    /// What is left.
    pub imbalance: f64,
}

/// A month at Mauna Loa.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct MonthlyMean {
    /// 2009 to 2018.
    pub year: i16,
    /// 1 to 12.
    pub month: i8,
    /// Measured mole fraction \[ppm\].
    pub co2: f64,
}

fn rows<T: DeserializeOwned>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .expect("an embedded table is whole")
}

macro_rules! table {
    ($(#[$doc:meta])* $name:ident, $row:ty, $file:literal) => {
        $(#[$doc])*
        pub fn $name() -> &'static [$row] {
            static ROWS: LazyLock<Vec<$row>> = LazyLock::new(|| rows(include_str!(concat!("files/", $file))));
            &ROWS
        }
    };
}

table!(/// The 23 TransCom regions, in order of their number.
    transcom, Transcom, "transcom.csv");
table!(/// The 19 ecosystems, in order of their number.
    ecosystems, Ecosystem, "ecosystems.csv");
table!(/// The 30 ocean regions, in order of their number.
    oceans, Ocean, "oceans.csv");
table!(/// Fires of the 11 TransCom land regions.
    fire_regions, FireRegion, "fires.csv");
table!(/// In situ sites; a place with two kinds of record is listed twice.
    sites, Site, "sites.csv");
table!(/// Averaging kernels, levels from the surface up.
    kernel_levels, KernelLevel, "kernels.csv");
table!(/// What Su et al. (2024) published in Tables 1 and 2.
    published, Published, "published.csv");
table!(/// The Global Carbon Budget 2019 (Friedlingstein et al. 2019) by decade.
    global_budget, Budget, "global_budget.csv");
table!(/// Monthly means measured at Mauna Loa by NOAA, 2009 to 2018.
    mauna_loa, MonthlyMean, "mauna_loa.csv");

/// Sites of ground-based spectrometers.
pub fn tccon_sites() -> &'static [Site] {
    static ROWS: LazyLock<Vec<Site>> = LazyLock::new(|| {
        let listed: Vec<Site> = rows(include_str!("files/tccon.csv"));
        listed
            .into_iter()
            .map(|s| Site {
                network: "TCCON".into(),
                kind: "tccon".into(),
                ..s
            })
            .collect()
    });
    &ROWS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_whole() {
        assert_eq!(
            (
                transcom().len(),
                ecosystems().len(),
                oceans().len(),
                fire_regions().len()
            ),
            (23, 19, 30, 11)
        );
        assert!((150..=300).contains(&sites().len()));
        assert!(sites().iter().all(|s| s.latitude.abs() <= 90.0
            && s.longitude.abs() <= 180.0
            && s.altitude > -10.0
            && s.altitude < 6000.0));
        assert!(
            sites()
                .iter()
                .any(|s| s.code == "MLO" && s.kind == "continuous" && s.altitude > 3300.0)
        );
        assert_eq!(
            (
                tccon_sites().len(),
                mauna_loa().len(),
                global_budget().len()
            ),
            (30, 120, 7)
        );
        let land: f64 = fire_regions().iter().map(|f| f.share_1).sum();
        assert!((land - 1.0).abs() < 1e-12);
    }

    #[test]
    fn kernel_weights_add_up_to_one() {
        for zenith in kernel_levels().iter().map(|l| l.zenith) {
            let total: f64 = kernel_levels()
                .iter()
                .filter(|l| l.zenith == zenith)
                .map(|l| l.weight)
                .sum();
            assert!((total - 1.0).abs() < 1e-3, "{zenith}: {total}");
        }
    }

    #[test]
    fn every_global_budget_closes_to_its_imbalance() {
        for b in global_budget() {
            assert!(
                (b.fossil + b.land_use - b.growth - b.ocean - b.land - b.imbalance).abs() < 0.03,
                "{b:?}"
            );
        }
    }

    #[test]
    fn the_published_imbalance_follows_from_the_published_budget() {
        let of = |quantity: &str| {
            published()
                .iter()
                .find(|p| p.product == "MCAS(in situ&Sat)" && p.quantity == quantity)
                .unwrap()
                .value
        };
        assert!(
            (of("Fossil") + of("NEE") + of("Wildfire") + of("Ocean") - of("Global net")).abs()
                < 1e-9
        );
        assert!((of("Global net") - of("Growth") - of("Imbalance")).abs() < 1e-9);
    }
}
