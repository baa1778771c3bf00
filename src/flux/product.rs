//! Flux products: one choice for each of the four modules.
//!
//! The paper has two groups of four modules each. The built-in world has synthetic stand-ins with
//! the zonal monthly fluxes of real products: group 1 of CarbonTracker CT2019B, group 2 of
//! CarbonTracker Europe 2020; the hidden truth of CAMS v20r1.

use crate::data;
use ndarray::Array3;
use std::fmt;

/// The recipe of a synthetic flux product.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The script call that makes it.
    pub(super) name: &'static str,
    /// Zonal monthly net land and ocean flux (land and ocean, month, one-degree band) \[PgC yr-1\].
    pub zonal: &'static Array3<f64>,
    /// Fossil total \[PgC yr-1\].
    pub fossil_total: f64,
    /// Exponent on CDIAC's cells within a TransCom region, whose total is kept: 1 is CDIAC, above 1
    /// the emissions gather in cities, as inventories by night lights do.
    pub fossil_contrast: f64,
    /// Fire total \[PgC yr-1\].
    pub fire_total: f64,
    /// Shares of the 11 TransCom land regions in it, adding up to one.
    pub fire_shares: Vec<f64>,
    /// Gross primary production, which sets the size of the diurnal cycle \[PgC yr-1\].
    pub gpp_total: f64,
    /// Exponent on an ecosystem's production in its share of a latitude band's net exchange.
    pub land_contrast: f64,
}

impl Product {
    /// The first prior group: CDIAC fossil, fire shares 1, CT2019B zonal fluxes.
    pub fn group_1() -> Self {
        let shares = data::fire_regions().iter().map(|f| f.share_1).collect();
        Product {
            name: "flux::group_1()",
            zonal: &data::world().zonal_ct,
            fossil_total: 9.80,
            fossil_contrast: 1.0,
            fire_total: 2.15,
            fire_shares: shares,
            gpp_total: 120.0,
            land_contrast: 1.0,
        }
    }

    /// The second prior group: fossil gathered in cities, fire shares 2, CTE2020 zonal fluxes.
    pub fn group_2() -> Self {
        let shares = data::fire_regions().iter().map(|f| f.share_2).collect();
        Product {
            name: "flux::group_2()",
            zonal: &data::world().zonal_cte,
            fossil_contrast: 1.15,
            fire_shares: shares,
            land_contrast: 0.8,
            ..Product::group_1()
        }
    }

    /// What the hidden truth departs from: the mean fire shares and CAMS v20r1 zonal fluxes.
    pub fn truth() -> Self {
        let shares = data::fire_regions()
            .iter()
            .map(|f| 0.5 * (f.share_1 + f.share_2))
            .collect();
        Product {
            name: "flux::truth_product()",
            zonal: &data::world().zonal_cams,
            fire_shares: shares,
            land_contrast: 1.2,
            ..Product::group_1()
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
