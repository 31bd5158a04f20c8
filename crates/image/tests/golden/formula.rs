//! Operations whose result is a short formula, computed from the source's pixels.

use lightmill_testkit::RgbaImage;

/// What an operation makes of straight RGBA.
pub type Formula = fn(&RgbaImage) -> RgbaImage;

/// The window of `width`×`height` at `x`, `y`.
pub fn window(picture: &RgbaImage, x: u32, y: u32, width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |column, row| *picture.get_pixel(x + column, y + row))
}

/// Clockwise.
pub fn quarter_turn(picture: &RgbaImage) -> RgbaImage {
    let height = picture.height();
    RgbaImage::from_fn(height, picture.width(), |x, y| *picture.get_pixel(y, height - 1 - x))
}

/// Three quarters.
pub fn quarter_back(picture: &RgbaImage) -> RgbaImage {
    let width = picture.width();
    RgbaImage::from_fn(picture.height(), width, |x, y| *picture.get_pixel(width - 1 - y, x))
}

/// Upside down.
pub fn half_turn(picture: &RgbaImage) -> RgbaImage {
    let (width, height) = picture.dimensions();
    RgbaImage::from_fn(width, height, |x, y| *picture.get_pixel(width - 1 - x, height - 1 - y))
}

/// gain·v + offset, rounded half up.
pub fn linear(picture: &RgbaImage, gain: f64, offset: f64) -> RgbaImage {
    let mut made = picture.clone();
    for pixel in made.pixels_mut() {
        for value in &mut pixel.0[..3] {
            *value = (gain * f64::from(*value) + offset + 0.5).floor().clamp(0.0, 255.0) as u8;
        }
    }
    made
}

/// 0.2126 R + 0.7152 G + 0.0722 B of linear light (IEC 61966-2-1).
pub fn greyscale(picture: &RgbaImage) -> RgbaImage {
    let light = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let encoded = |light: f64| if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    let mut made = picture.clone();
    for pixel in made.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0;
        let grey = encoded(0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue));
        let grey = (grey * 255.0).round() as u8;
        pixel.0 = [grey, grey, grey, alpha];
    }
    made
}

/// The picture in the middle of a larger canvas of one opaque colour.
pub fn on_canvas(picture: &RgbaImage, width: u32, height: u32, ground: [u8; 3]) -> RgbaImage {
    let [red, green, blue] = ground;
    let mut made = RgbaImage::from_pixel(width, height, [red, green, blue, 255].into());
    let (left, top) = ((width - picture.width()) / 2, (height - picture.height()) / 2);
    for (x, y, pixel) in picture.enumerate_pixels() {
        made.put_pixel(left + x, top + y, *pixel);
    }
    made
}
