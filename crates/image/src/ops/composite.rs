use lightmill_recipe::Blend;
use lightmill_recipe::sharp::CompositeBlend;

use super::blend::meet;
use super::colours::coloured;
use super::convert;
use crate::{Cancel, Error, Layout, Picture};

/// How a mark lies on a picture, and how they meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laid {
    /// Column and row of the mark's upper left corner; what lies outside is cut.
    pub at: (i64, i64),
    /// Whether copies of it lie beside each other all over the picture.
    pub tile: bool,
    /// How colours meet.
    pub blend: CompositeBlend,
    /// Its alpha is multiplied by this, 0 to 1.
    pub opacity: f32,
    /// Whether its colours are already multiplied by its alpha.
    pub premultiplied: bool,
}

/// `mark` over `picture`, whose size stays (Porter and Duff, 1984; PDF 1.7, section 11.3.5, with straight alpha and sRGB as
/// it is encoded). Beside the mark is nothing, with which the picture meets as well.
///
/// The result is RGBA, or RGB for an opaque picture and a blend mode that keeps it so; 16 bits become 8.
pub fn composite(picture: Picture, mark: &Picture, laid: Laid, cancel: &Cancel) -> Result<Picture, Error> {
    let mark = convert(mark.clone(), Layout::Rgba)?;
    let mut picture = coloured(picture)?;
    if picture.layout() == Layout::Rgb && !laid.blend.keeps_opaque() {
        picture = convert(picture, Layout::Rgba)?;
    }
    let channels = picture.layout().channels();
    let (width, height) = (i64::from(mark.size().width), i64::from(mark.size().height));
    let within = |place: i64, length: i64| {
        if laid.tile { Some(place.rem_euclid(length)) } else { Some(place).filter(|place| (0..length).contains(place)) }
    };
    for y in 0..picture.size().height {
        if y % 16 == 0 {
            cancel.check()?;
        }
        let row = within(i64::from(y) - laid.at.1, height).map(|row| mark.row(row as u32).as_chunks::<4>().0);
        if row.is_none() && laid.blend.keeps_what_is_beside() {
            continue;
        }
        for (x, pixel) in (0..).zip(picture.row_mut(y).chunks_exact_mut(channels)) {
            let over = row.zip(within(x - laid.at.0, width)).map(|(row, column)| row[column as usize]);
            match (over, pixel) {
                (None, _) if laid.blend.keeps_what_is_beside() => {}
                (over, [r, g, b, alpha]) => {
                    [*r, *g, *b, *alpha] = met([*r, *g, *b, *alpha], over.unwrap_or_default(), &laid);
                }
                (over, [r, g, b]) => [*r, *g, *b, _] = met([*r, *g, *b, 255], over.unwrap_or_default(), &laid),
                _ => {}
            }
        }
    }
    Ok(picture)
}

/// A pixel of the result.
fn met(under: [u8; 4], over: [u8; 4], laid: &Laid) -> [u8; 4] {
    let [.., below] = under.map(|sample| f32::from(sample) / 255.0);
    let stored = f32::from(over[3]) / 255.0;
    let above = stored * laid.opacity;
    let colour = |sample: u8| {
        let value = f32::from(sample) / 255.0;
        if laid.premultiplied && stored > 0.0 { (value / stored).min(1.0) } else { value }
    };
    let pair = |channel: usize| (colour(over[channel]), f32::from(under[channel]) / 255.0);
    let give = |sum: [f32; 3], alpha: f32| {
        let part = if alpha > 0.0 { 255.0 / alpha } else { 0.0 };
        let [r, g, b] = sum.map(|sum| (sum * part + 0.5) as u8);
        [r, g, b, (alpha * 255.0 + 0.5) as u8]
    };
    if let Some((share_over, share_under)) = porter_duff(laid.blend, above, below) {
        let alpha = (above * share_over + below * share_under).min(1.0);
        let sum = [0, 1, 2].map(|channel| {
            let (over, under) = pair(channel);
            over * above * share_over + under * below * share_under
        });
        return give(sum, alpha);
    }
    let alpha = above + below - above * below;
    let sum = [0, 1, 2].map(|channel| {
        let (over, under) = pair(channel);
        let both = meet(separable(laid.blend), under, over);
        above * (1.0 - below) * over + below * (1.0 - above) * under + above * below * both
    });
    give(sum, alpha)
}

/// Which shares of mark and picture make the result; `None` for modes that mix their colours.
fn porter_duff(blend: CompositeBlend, above: f32, below: f32) -> Option<(f32, f32)> {
    Some(match blend {
        CompositeBlend::Clear => (0.0, 0.0),
        CompositeBlend::Source => (1.0, 0.0),
        CompositeBlend::Over => (1.0, 1.0 - above),
        CompositeBlend::In => (below, 0.0),
        CompositeBlend::Out => (1.0 - below, 0.0),
        CompositeBlend::Atop => (below, 1.0 - above),
        CompositeBlend::Dest => (0.0, 1.0),
        CompositeBlend::DestOver => (1.0 - below, 1.0),
        CompositeBlend::DestIn => (0.0, above),
        CompositeBlend::DestOut => (0.0, 1.0 - above),
        CompositeBlend::DestAtop => (1.0 - below, above),
        CompositeBlend::Xor => (1.0 - below, 1.0 - above),
        CompositeBlend::Add => (1.0, 1.0),
        CompositeBlend::Saturate => (((1.0 - below) / above.max(f32::MIN_POSITIVE)).min(1.0), 1.0),
        _ => return None,
    })
}

/// The modes that mix colours, by the names that other dialects share; the rest are none of them.
fn separable(blend: CompositeBlend) -> Blend {
    match blend {
        CompositeBlend::Multiply => Blend::Multiply,
        CompositeBlend::Screen => Blend::Screen,
        CompositeBlend::Overlay => Blend::Overlay,
        CompositeBlend::Darken => Blend::Darken,
        CompositeBlend::Lighten => Blend::Lighten,
        CompositeBlend::ColourDodge => Blend::ColorDodge,
        CompositeBlend::ColourBurn => Blend::ColorBurn,
        CompositeBlend::HardLight => Blend::HardLight,
        CompositeBlend::SoftLight => Blend::SoftLight,
        CompositeBlend::Difference => Blend::Difference,
        CompositeBlend::Exclusion => Blend::Exclusion,
        _ => Blend::Normal,
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    const LAID: Laid =
        Laid { at: (0, 0), tile: false, blend: CompositeBlend::Over, opacity: 1.0, premultiplied: false };

    fn pixel(under: [u8; 4], over: [u8; 4], blend: CompositeBlend) -> Vec<u8> {
        let dot = |pixel| Picture::solid(Size::new(1, 1), pixel);
        composite(dot(under), &dot(over), Laid { blend, ..LAID }, &Cancel::default()).unwrap().row(0).to_vec()
    }

    #[test]
    fn shares_are_those_of_porter_and_duff() {
        use CompositeBlend as B;
        let (under, over) = ([200, 100, 0, 255], [0, 100, 200, 128]);
        for (blend, expected) in [
            (B::Clear, [0, 0, 0, 0]),
            (B::Source, [0, 100, 200, 128]),
            (B::Over, [100, 100, 100, 255]),
            (B::In, [0, 100, 200, 128]),
            (B::Out, [0, 0, 0, 0]),
            (B::Atop, [100, 100, 100, 255]),
            (B::Dest, [200, 100, 0, 255]),
            (B::DestOver, [200, 100, 0, 255]),
            (B::DestIn, [200, 100, 0, 128]),
            (B::DestOut, [200, 100, 0, 127]),
            (B::DestAtop, [200, 100, 0, 128]),
            (B::Xor, [200, 100, 0, 127]),
            (B::Add, [200, 150, 100, 255]),
            (B::Saturate, [200, 100, 0, 255]),
            // With α = 128/255: 100·(1 − α) + α·100·100/255 = 69.5.
            (B::Multiply, [100, 69, 0, 255]),
            (B::Difference, [200, 50, 100, 255]),
        ] {
            assert_eq!(pixel(under, over, blend), expected, "{blend:?}");
        }
    }

    #[test]
    fn what_is_beside_the_mark_meets_nothing() {
        let picture = Picture::solid(Size::new(3, 1), [10, 20, 30, 255]);
        let mark = Picture::solid(Size::new(1, 1), [0, 0, 0, 255]);
        let made = |blend, tile| {
            let laid = Laid { at: (1, 0), tile, blend, ..LAID };
            let made = composite(picture.clone(), &mark, laid, &Cancel::default()).unwrap();
            [made.row(0)[3], made.row(0)[7], made.row(0)[11]]
        };
        assert_eq!(made(CompositeBlend::DestIn, false), [0, 255, 0]);
        assert_eq!(made(CompositeBlend::DestOut, false), [255, 0, 255]);
        assert_eq!(made(CompositeBlend::DestOut, true), [0, 0, 0]);
    }

    #[test]
    fn opaque_pictures_stay_opaque_and_marks_may_be_multiplied() {
        let picture = Picture::blank(Size::new(1, 1), Layout::Rgb);
        let mark = Picture::solid(Size::new(1, 1), [100, 50, 0, 128]);
        let made = |premultiplied, opacity| {
            let laid = Laid { opacity, premultiplied, ..LAID };
            composite(picture.clone(), &mark, laid, &Cancel::default()).unwrap()
        };
        assert_eq!((made(false, 1.0).layout(), made(false, 1.0).row(0)), (Layout::Rgb, &[50, 25, 0][..]));
        assert_eq!(made(true, 1.0).row(0), [100, 50, 0]);
        assert_eq!(made(false, 0.5).row(0), [25, 13, 0]);
    }
}
