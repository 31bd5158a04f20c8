/// `over` laid on `under`, both with straight alpha (Porter and Duff 1984): sums of colours divided by the alpha of the
/// result, and both cut to whole numbers, as Thumbor does.
pub(super) fn over(under: [u8; 4], over: [u8; 4]) -> [u8; 4] {
    match over[3] {
        0 => return under,
        255 => return over,
        _ => {}
    }
    let above = u32::from(over[3]) * 255;
    let below = (255 - u32::from(over[3])) * u32::from(under[3]);
    let total = above + below;
    let mix = |channel: usize| ((u32::from(over[channel]) * above + u32::from(under[channel]) * below) / total) as u8;
    [mix(0), mix(1), mix(2), (total / 255) as u8]
}

/// The same on an opaque pixel.
pub(super) fn over_opaque(under: [u8; 3], [r, g, b, alpha]: [u8; 4]) -> [u8; 3] {
    let [below_r, below_g, below_b] = under.map(u32::from);
    let alpha = u32::from(alpha);
    let mix = |over: u8, under: u32| ((u32::from(over) * alpha + under * (255 - alpha)) / 255) as u8;
    [mix(r, below_r), mix(g, below_g), mix(b, below_b)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_cut() {
        assert_eq!(over([0, 0, 0, 255], [255, 100, 1, 128]), [128, 50, 0, 255]);
        assert_eq!(over_opaque([0, 0, 0], [255, 100, 1, 128]), [128, 50, 0]);
        assert_eq!(over([9, 9, 9, 0], [255, 100, 1, 128]), [255, 100, 1, 128]);
        assert_eq!(over([10, 20, 30, 40], [1, 2, 3, 0]), [10, 20, 30, 40]);
        assert_eq!(over([10, 20, 30, 40], [1, 2, 3, 255]), [1, 2, 3, 255]);
        // 200·100·255 and 55·100·… over a total of 100·255 + 155·100.
        assert_eq!(over([55, 0, 0, 100], [200, 0, 0, 100]), [145, 0, 0, 160]);
    }
}
