use lightmill_recipe::Colour;

use super::flatten::divide_by_255;
use super::{convert, narrow};
use crate::{Error, Layout, Picture};

/// Each corner becomes a quarter of an ellipse of these radii in pixels, at most half of each side. Outside is `colour`,
/// or nothing if that is `None`: then the result is RGBA, otherwise RGB or RGBA. 16 bits become 8. The edge is
/// antialiased.
pub fn mask_corners(picture: Picture, radius: (u32, u32), colour: Option<Colour>) -> Result<Picture, Error> {
    let picture = narrow(picture);
    let layout = if colour.is_none() || picture.layout().has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let mut picture = convert(picture, layout)?;
    let size = picture.size();
    let radius_x = f64::from(radius.0).min(f64::from(size.width) / 2.0);
    let radius_y = f64::from(radius.1).min(f64::from(size.height) / 2.0);
    let (rows, columns) = (radius_y.ceil() as u32, radius_x.ceil() as usize);
    let (width, channels) = (size.width as usize, layout.channels());
    for y in (0..rows).chain((size.height - rows).max(rows)..size.height) {
        let from_edge = f64::from(y.min(size.height - 1 - y));
        let down = (radius_y - from_edge - 0.5).max(0.0);
        let row = picture.row_mut(y);
        for x in (0..columns).chain((width - columns).max(columns)..width) {
            let across = (radius_x - x.min(width - 1 - x) as f64 - 0.5).max(0.0);
            let inside = coverage((across, down), (radius_x, radius_y));
            if inside < 255 {
                outside(&mut row[x * channels..][..channels], inside, colour);
            }
        }
    }
    Ok(picture)
}

/// Share of a pixel, 0 to 255, that lies in an ellipse, for a pixel whose middle is so far from the ellipse's: by its
/// distance from the edge, to first order in the gradient.
pub(super) fn coverage((across, down): (f64, f64), (radius_x, radius_y): (f64, f64)) -> u8 {
    let reach = (across / radius_x).hypot(down / radius_y);
    let slope = (across / (radius_x * radius_x)).hypot(down / (radius_y * radius_y));
    if slope <= 0.0 {
        return 255;
    }
    let distance = reach * (reach - 1.0) / slope;
    ((0.5 - distance).clamp(0.0, 1.0) * 255.0).round() as u8
}

/// A pixel of which only a share stays.
fn outside(pixel: &mut [u8], inside: u8, colour: Option<Colour>) {
    let share = |value: u8, part: u8| u32::from(value) * u32::from(part);
    let Some(colour) = colour else {
        if let [.., alpha] = pixel {
            *alpha = divide_by_255(share(*alpha, inside));
        }
        return;
    };
    let rgba = colour.rgba();
    match pixel {
        [r, g, b, alpha] => {
            // Colours count by their alpha and by their share.
            let (stays, comes) = (share(*alpha, inside), share(colour.alpha, 255 - inside));
            let total = (stays + comes).max(1);
            for (sample, new) in [r, g, b].into_iter().zip(rgba) {
                *sample = ((u32::from(*sample) * stays + u32::from(new) * comes + total / 2) / total) as u8;
            }
            *alpha = divide_by_255(stays + comes);
        }
        opaque => {
            // Under a colour that lets through, the picture shows.
            let comes = divide_by_255(share(colour.alpha, 255 - inside));
            for (sample, new) in opaque.iter_mut().zip(rgba) {
                *sample = divide_by_255(share(*sample, 255 - comes) + share(new, comes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;
    use crate::ops::mask_rounded;

    #[test]
    fn circles_are_those_of_rounded_corners() {
        let picture = Picture::solid(Size::new(50, 30), [9, 9, 9, 200]);
        let round = mask_rounded(picture.clone(), 10).unwrap();
        let made = mask_corners(picture, (10, 10), None).unwrap();
        for (a, b) in made.planes()[0].data.iter().zip(&round.planes()[0].data) {
            assert!(a.abs_diff(*b) <= 1, "{a} {b}");
        }
    }

    #[test]
    fn ellipses_have_their_area() {
        let picture = Picture::solid(Size::new(120, 60), [255, 255, 255, 255]);
        let made = mask_corners(picture, (4000, 20), None).unwrap();
        let area = made.planes()[0].data.chunks(4).map(|p| f64::from(p[3]) / 255.0).sum::<f64>();
        let exact = 120.0 * 60.0 - (4.0 - std::f64::consts::PI) * 60.0 * 20.0;
        assert!((area / exact - 1.0).abs() < 0.01, "{area} {exact}");
        assert_eq!((made.row(0)[3], made.row(30)[3]), (0, 255));
    }

    #[test]
    fn a_colour_is_outside() {
        let blue = Some(Colour::opaque(0, 0, 255));
        let opaque = Picture::blank(Size::new(20, 20), Layout::Rgb);
        let made = mask_corners(opaque, (10, 10), blue).unwrap();
        assert_eq!(
            (made.layout(), &made.row(0)[..3], &made.row(10)[30..33]),
            (Layout::Rgb, &[0, 0, 255][..], &[0; 3][..])
        );
        let clear = mask_corners(Picture::solid(Size::new(20, 20), [9, 9, 9, 0]), (10, 5), blue).unwrap();
        assert_eq!((&clear.row(0)[..4], clear.row(10)[3]), (&[0, 0, 255, 255][..], 0));
        let half = Colour { alpha: 128, ..Colour::WHITE };
        let made = mask_corners(Picture::blank(Size::new(20, 20), Layout::Rgb), (10, 10), Some(half)).unwrap();
        assert_eq!(made.row(0)[0], 128);
    }
}
