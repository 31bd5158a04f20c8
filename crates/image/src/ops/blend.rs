//! How colours of a mark meet those below: the separable blend modes of Compositing and Blending Level 1, chapter 10.

use lightmill_recipe::Blend;

/// A pixel of straight alpha laid on another with `blend` (section 9.1.3 of the same); `alpha` is the mark's, 0 to 1.
///
/// Where the mark is transparent nothing changes, and where what is below is, the mark alone shows.
pub(super) fn blend(blend: Blend, under: [u8; 4], mark: [u8; 4], alpha: f32) -> [u8; 4] {
    let below = f32::from(under[3]) / 255.0;
    let total = alpha + below * (1.0 - alpha);
    if alpha <= 0.0 || total <= 0.0 {
        return under;
    }
    let mix = |channel: usize| {
        let (under, over) = (f32::from(under[channel]) / 255.0, f32::from(mark[channel]) / 255.0);
        let met = meet(blend, under, over);
        let sum = alpha * (1.0 - below) * over + alpha * below * met + (1.0 - alpha) * below * under;
        (sum / total * 255.0 + 0.5) as u8
    };
    [mix(0), mix(1), mix(2), (total * 255.0 + 0.5) as u8]
}

/// What two values, 0 to 1, become where both are opaque. Masks change alpha alone.
pub(super) fn meet(blend: Blend, under: f32, over: f32) -> f32 {
    match blend {
        Blend::Normal => over,
        Blend::Mask | Blend::MaskOut => under,
        Blend::Multiply => under * over,
        Blend::Screen => screen(under, over),
        Blend::Darken => under.min(over),
        Blend::Lighten => under.max(over),
        Blend::Add => (under + over).min(1.0),
        Blend::Difference => (under - over).abs(),
        Blend::Exclusion => under + over - 2.0 * under * over,
        Blend::HardLight => hard_light(under, over),
        Blend::Overlay => hard_light(over, under),
        Blend::ColorDodge if under <= 0.0 => 0.0,
        Blend::ColorDodge if over >= 1.0 => 1.0,
        Blend::ColorDodge => (under / (1.0 - over)).min(1.0),
        Blend::ColorBurn if under >= 1.0 => 1.0,
        Blend::ColorBurn if over <= 0.0 => 0.0,
        Blend::ColorBurn => 1.0 - ((1.0 - under) / over).min(1.0),
        Blend::SoftLight if over <= 0.5 => under - (1.0 - 2.0 * over) * under * (1.0 - under),
        Blend::SoftLight => {
            let lit = if under <= 0.25 { ((16.0 * under - 12.0) * under + 4.0) * under } else { under.sqrt() };
            under + (2.0 * over - 1.0) * (lit - under)
        }
    }
}

fn screen(under: f32, over: f32) -> f32 {
    under + over - under * over
}

fn hard_light(under: f32, over: f32) -> f32 {
    if over <= 0.5 { under * 2.0 * over } else { screen(under, 2.0 * over - 1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opaque_colours_meet() {
        let met = |mode, under: u8, over: u8| blend(mode, [under, under, under, 255], [over, over, over, 255], 1.0)[0];
        for (mode, expected) in [
            (Blend::Normal, 51),
            (Blend::Multiply, 41),
            (Blend::Screen, 214),
            (Blend::Darken, 51),
            (Blend::Lighten, 204),
            (Blend::Add, 255),
            (Blend::Difference, 153),
            (Blend::Exclusion, 173),
            (Blend::HardLight, 82),
            (Blend::Overlay, 173),
            (Blend::ColorDodge, 255),
            (Blend::ColorBurn, 0),
            (Blend::SoftLight, 180),
        ] {
            // 0.8 below and 0.2 above.
            assert_eq!(met(mode, 204, 51), expected, "{mode:?}");
        }
        assert_eq!([met(Blend::ColorDodge, 0, 255), met(Blend::ColorBurn, 255, 0)], [0, 255]);
        assert_eq!(met(Blend::SoftLight, 51, 204), 89);
    }

    #[test]
    fn alpha_is_that_of_both() {
        assert_eq!(blend(Blend::Multiply, [100, 100, 100, 0], [50, 60, 70, 255], 0.5), [50, 60, 70, 128]);
        assert_eq!(blend(Blend::Multiply, [100, 0, 0, 9], [50, 60, 70, 0], 0.0), [100, 0, 0, 9]);
        assert_eq!(blend(Blend::Multiply, [255, 0, 0, 255], [0, 0, 0, 255], 0.5), [128, 0, 0, 255]);
    }
}
