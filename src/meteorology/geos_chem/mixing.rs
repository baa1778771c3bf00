//! Turbulence of the boundary layer from the surface fluxes of the files.
//!
//! K(z) = k w z (1 - z/h)^2 below the height h of the layer, none above; w^3 = u*^3 + 0.6 w*^3,
//! w*^3 = g h H / (rho c_p T) where the ground warms the air (Holtslag and Boville 1993, without
//! their stability function). Their counter-gradient term carries a k (w*/w)(w_t/w) x (1 - x)^2 of
//! a surface flux up through the height x h, a = 7.2; with w_t = w / Pr and, at the top of the
//! surface layer of a tenth of h, Pr = 1 + 0.1 a k w*/w (with equal stability functions of heat and
//! momentum).

use crate::constants::{GAS_CONSTANT_DRY_AIR, GRAVITY};

/// Von Karman's constant.
const KARMAN: f64 = 0.4;
/// Constant of the counter-gradient term.
const COUNTER_GRADIENT: f64 = 7.2;
/// Heat capacity of dry air \[J kg-1 K-1\].
const HEAT_CAPACITY: f64 = 1004.6;

/// The boundary layer of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurfaceLayer {
    /// Height above the ground \[m\].
    pub height: f64,
    /// Velocity scale of mixing \[m s-1\].
    velocity: f64,
    /// The greatest part of a surface flux that eddies of the whole layer carry, 0 to 1.
    pub nonlocal: f64,
}

impl SurfaceLayer {
    /// From height \[m\], friction velocity \[m s-1\], upward sensible heat flux \[W m-2\],
    /// temperature near the ground \[K\] and surface pressure \[Pa\].
    pub fn new(height: f64, friction: f64, heat: f64, temperature: f64, pressure: f64) -> Self {
        let density = pressure / (GAS_CONSTANT_DRY_AIR * temperature);
        let buoyancy = GRAVITY * height * heat.max(0.0) / (density * HEAT_CAPACITY * temperature);
        let velocity = (friction.powi(3) + 0.6 * buoyancy).cbrt();
        let gradient = if velocity > 0.0 {
            COUNTER_GRADIENT * KARMAN * buoyancy.cbrt() / velocity
        } else {
            0.0
        };
        SurfaceLayer {
            height,
            velocity,
            nonlocal: (4.0 / 27.0 * gradient / (1.0 + 0.1 * gradient)).min(1.0),
        }
    }

    /// Diffusivity at a height above the ground \[m2 s-1\].
    pub(crate) fn diffusivity_at(&self, z: f64) -> f64 {
        if z < self.height {
            KARMAN * self.velocity * z * (1.0 - z / self.height).powi(2)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_neutral_layer_is_stirred_by_friction_and_a_heated_one_more() {
        let neutral = SurfaceLayer::new(900.0, 0.3, -20.0, 290.0, 1.0e5);
        assert!((neutral.diffusivity_at(300.0) - 0.4 * 0.3 * 300.0 * 4.0 / 9.0).abs() < 1e-12);
        assert_eq!(neutral.diffusivity_at(901.0), 0.0);
        // rho = 1.2013 kg m-3, w*^3 = 9.80665 900 100 / (1.2013 1004.6 290) = 2.522, w = (0.027 +
        // 1.513)^(1/3) = 1.1548.
        let heated = SurfaceLayer::new(900.0, 0.3, 100.0, 290.0, 1.0e5);
        assert!(
            (heated.velocity - 1.1548).abs() < 1e-3,
            "{}",
            heated.velocity
        );
        // a k w*/w = 2.88 x 1.3612 / 1.1548 = 3.395; 4/27 x 3.395 / 1.3395 = 0.3755.
        assert!(
            (heated.nonlocal - 0.3755).abs() < 1e-3 && neutral.nonlocal == 0.0,
            "{}",
            heated.nonlocal
        );
    }
}
