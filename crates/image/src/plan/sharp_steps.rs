//! What sharp does to a picture, as steps.

use lightmill_recipe::sharp::{
    Affine, ChannelLinear, Colourspace, ContentModeration, Extend, ExtendWith, Interpolator, Kernel, Placement,
    RotateByAngle, RoundCrop, SharpFit, SharpResize, SmartCrop, sharp_resize,
};
use lightmill_recipe::{Blur, Findings, FoundKind, Light, Rect, Size};

use super::Action;
use super::steps::Steps;
use crate::Error;
use crate::ops::Beside;

impl Steps {
    /// Resamples, cuts and pads; `preferred` is the window that pixels decide on, where they do.
    pub(super) fn sharp_resize(&mut self, resize: &SharpResize, preferred: Option<Rect>) {
        let resized = sharp_resize(self.size, resize);
        if resize.kernel == Kernel::Lanczos3 {
            self.resample(resized.scaled, Light::Gamma);
        } else if resized.scaled != self.size {
            self.push(Action::ResampleBy { kernel: resize.kernel }, resized.scaled);
        }
        self.crop(preferred.unwrap_or(resized.window));
        if let SharpFit::Contain(colour) = resize.fit
            && resized.canvas != self.size
        {
            self.push(Action::Pad { at: resized.at, colour }, resized.canvas);
        }
    }

    /// A window inside of the picture.
    pub(super) fn extract(&mut self, window: Rect) -> Result<(), Error> {
        if window.is_empty() || !window.fits(self.size) {
            let Rect { x, y, size } = window;
            return Err(Error::Unsuitable(format!("the window {size} at {x},{y} is not inside of {}", self.size)));
        }
        self.crop(window);
        Ok(())
    }

    /// Turned on a larger canvas: libvips' `rotate`.
    pub(super) fn rotate_by_angle(
        &mut self,
        RotateByAngle { degrees, background }: RotateByAngle,
    ) -> Result<(), Error> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let matrix = [cos, -sin, sin, cos];
        let (input, output, interpolator) = ((0.0, 0.0), (0.0, 0.0), Interpolator::Bilinear);
        self.affine(&Affine { matrix, background, input, output, interpolator })
    }

    /// A linear map, on the canvas that is its bounding box, both rounded: libvips' `affine`.
    pub(super) fn affine(&mut self, affine: &Affine) -> Result<(), Error> {
        let ([a, b, c, d], size) = (affine.matrix, self.size);
        let determinant = a * d - b * c;
        if !determinant.is_normal() {
            return Err(Error::Unsuitable("an affine matrix has an inverse".into()));
        }
        if matches!(affine.interpolator, Interpolator::Lbb | Interpolator::Nohalo | Interpolator::Vsqbs) {
            return Err(Error::Unsuitable("of interpolators only nearest, bilinear and bicubic are supported".into()));
        }
        let ((idx, idy), (odx, ody)) = (affine.input, affine.output);
        let corners = [(0, 0), (size.width, 0), (0, size.height), (size.width, size.height)].map(|(x, y)| {
            let (x, y) = (f64::from(x) + idx, f64::from(y) + idy);
            (a * x + b * y + odx, c * x + d * y + ody)
        });
        let range = |of: fn(&(f64, f64)) -> f64| {
            let values = corners.iter().map(of);
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
        };
        let ((left, right), (top, bottom)) = (range(|corner| corner.0), range(|corner| corner.1));
        // Float casts saturate, which every limit refuses.
        let canvas = Size::new(((right - left).round() as u32).max(1), ((bottom - top).round() as u32).max(1));
        let (x, y) = (left.round() - odx, top.round() - ody);
        let back = [
            d / determinant,
            -b / determinant,
            (d * x - b * y) / determinant - idx,
            -c / determinant,
            a / determinant,
            (a * y - c * x) / determinant - idy,
        ];
        let (background, interpolator) = (affine.background, affine.interpolator);
        self.push(Action::Affine { back, background, interpolator }, canvas);
        Ok(())
    }

    /// Pixels around the picture.
    pub(super) fn extend(&mut self, Extend { top, bottom, left, right, with }: Extend) {
        let canvas = Size::new(
            self.size.width.saturating_add(left).saturating_add(right),
            self.size.height.saturating_add(top).saturating_add(bottom),
        );
        if canvas == self.size {
            return;
        }
        let at = (left, top);
        let beside = match with {
            ExtendWith::Background(colour) => return self.push(Action::Pad { at, colour }, canvas),
            ExtendWith::Copy => Beside::Copy,
            ExtendWith::Repeat => Beside::Repeat,
            ExtendWith::Mirror => Beside::Mirror,
        };
        self.push(Action::Extend { at, beside }, canvas);
    }

    /// The bounding box of an ellipse, and the ellipse in it.
    pub(super) fn round_crop(&mut self, crop: RoundCrop) -> Result<(), Error> {
        let size = self.size;
        let half = f64::from(size.shorter()) / 2.0;
        let radius = [crop.radius_x, crop.radius_y].map(|radius| radius.map_or(half, f64::from));
        let centre = (
            crop.left.map_or(f64::from(size.width) / 2.0, f64::from),
            crop.top.map_or(f64::from(size.height) / 2.0, f64::from),
        );
        // Float casts saturate at 0.
        let span = |centre: f64, radius: f64, side: u32| {
            let (first, end) = ((centre - radius).floor() as u32, ((centre + radius).ceil() as u32).min(side));
            (first < end).then(|| (first, end - first))
        };
        let across = span(centre.0, radius[0], size.width);
        let Some(((x, width), (y, height))) = across.zip(span(centre.1, radius[1], size.height)) else {
            return Err(Error::Unsuitable("the ellipse lies outside of the picture".into()));
        };
        self.crop(Rect { x, y, size: Size::new(width, height) });
        let centre = (centre.0 - f64::from(x), centre.1 - f64::from(y));
        self.push(Action::MaskEllipse { centre, radius: (radius[0], radius[1]) }, self.size);
        Ok(())
    }

    /// The window around a face.
    pub(super) fn smart_crop(&mut self, crop: SmartCrop, found: Option<&Findings>) -> Result<(), Error> {
        let Some(found) = found else {
            return Err(Error::Unsuitable("faces cannot be looked for: there is no analyser".into()));
        };
        let faces: Vec<_> = found.regions.iter().filter(|found| found.what == FoundKind::Face).collect();
        if faces.is_empty() {
            return Ok(());
        }
        let Some(face) = faces.get(crop.face_index as usize) else {
            return Err(Error::Unsuitable(format!(
                "there is no face number {}: {} were found, counted from 0",
                crop.face_index,
                faces.len()
            )));
        };
        let [left, top, right, bottom] = self.view.edges(face);
        let axis = |start: f64, end: f64, side: u32| {
            let (whole, padding) = (f64::from(side), f64::from(crop.padding));
            let first = (start / whole).clamp(0.0, 1.0);
            let part = ((end - start) / whole).clamp(0.0, 1.0).min(1.0 - first);
            let (place, length) = ((first * whole - padding).floor(), (part * whole + 2.0 * padding).floor());
            let place = place.max(0.0);
            let length = length.min(whole - place);
            (length >= 1.0).then_some((place as u32, length as u32))
        };
        let across = axis(left, right, self.size.width);
        let Some(((x, width), (y, height))) = across.zip(axis(top, bottom, self.size.height)) else {
            return Err(Error::Unsuitable("the padding leaves nothing of the face".into()));
        };
        self.crop(Rect { x, y, size: Size::new(width, height) });
        Ok(())
    }

    /// Blurred, if there is a label of those that count.
    pub(super) fn moderate(&mut self, wish: &ContentModeration, found: Option<&Findings>) -> Result<(), Error> {
        /// What rounding to single precision may take off a confidence.
        const NOTHING: f64 = 1e-4;
        let Some(found) = found else {
            return Err(Error::Unsuitable("content cannot be moderated: there is no analyser".into()));
        };
        let counts = found.moderation.iter().any(|label| {
            f64::from(label.confidence) * 100.0 + NOTHING >= wish.min_confidence
                && (wish.labels.is_empty() || wish.labels.contains(&label.name))
        });
        if counts {
            self.push(Action::Blur { blur: Blur::Gaussian { sigma: wish.sigma as f32 } }, self.size);
        }
        Ok(())
    }

    /// Factors of red, green, blue and alpha.
    pub(super) fn channel_gains(&mut self, ChannelLinear { gains }: &ChannelLinear) -> Result<(), Error> {
        let gains = match *gains.as_slice() {
            [red, green, blue] => [red, green, blue, 1.0],
            [red, green, blue, alpha] if self.alpha => [red, green, blue, alpha],
            _ => {
                return Err(Error::Unsuitable(format!(
                    "{} factors do not fit the channels of the picture",
                    gains.len()
                )));
            }
        };
        self.push(Action::ChannelGains { gains }, self.size);
        Ok(())
    }
}

/// Whether colours stay as they are; another space than sRGB and its grey is refused by name.
///
/// # Errors
/// [`Error::Unsuitable`].
pub(super) fn colourspace(wanted: Colourspace) -> Result<(), Error> {
    let name = match wanted {
        Colourspace::Srgb => return Ok(()),
        Colourspace::BW => "b-w",
        Colourspace::Rgb16 => "rgb16",
        Colourspace::Grey16 => "grey16",
        Colourspace::ScRgb => "scrgb",
        Colourspace::Cmyk => "cmyk",
        Colourspace::Lab => "lab",
        Colourspace::Xyz => "xyz",
        Colourspace::Lch => "lch",
        Colourspace::Hsv => "hsv",
    };
    Err(Error::Unsuitable(format!("the colour space {name} is not supported")))
}

/// The window that is to be looked for, if pixels decide on it: its size, and that of the picture in which it is.
pub(super) fn preferred(size: Size, resize: &SharpResize) -> Option<(Size, Size)> {
    let decides = resize.fit == SharpFit::Cover && !matches!(resize.placement, Placement::Gravity(_));
    let resized = sharp_resize(size, resize);
    (decides && resized.window.size != resized.scaled).then_some((resized.window.size, resized.scaled))
}
