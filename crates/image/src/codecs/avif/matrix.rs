//! Y'CbCr of other matrices than BT.601's to RGB (ITU-T H.273, section 8.3).

use crate::{Cancel, Error, Layout, Picture, Plane};

/// Rows between two questions whether the work is still wanted.
const ROWS_PER_CHECK: u32 = 64;

/// How three full-range planes of one size become red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Matrix {
    /// ITU-R BT.601, and what is not stated: what [`crate::ops::convert`] does.
    Bt601,
    /// The planes are green, blue and red.
    Identity,
    /// By the shares of red and of blue in luma.
    Luma { red: f32, blue: f32 },
    /// `YCgCo`.
    Ycgco,
}

impl Matrix {
    /// The matrix of a code point (H.273, table 4); `None` for those that no picture uses.
    pub fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Identity,
            1 => Self::Luma { red: 0.2126, blue: 0.0722 },
            2 | 5 | 6 => Self::Bt601,
            4 => Self::Luma { red: 0.30, blue: 0.11 },
            7 => Self::Luma { red: 0.212, blue: 0.087 },
            8 => Self::Ycgco,
            9 => Self::Luma { red: 0.2627, blue: 0.0593 },
            _ => return None,
        })
    }

    /// RGB of three planes of the same size. [`Matrix::Bt601`] is not converted here.
    pub fn to_rgb(self, planes: &[Plane], cancel: &Cancel) -> Result<Picture, Error> {
        let [first, second, third] = planes else { return Err(Error::internal("three planes are needed")) };
        let mut result = Picture::blank(first.size, Layout::Rgb);
        for y in 0..first.size.height {
            if y % ROWS_PER_CHECK == 0 {
                cancel.check()?;
            }
            let rows = [first.row(y, 1), second.row(y, 1), third.row(y, 1)];
            let pixels = result.row_mut(y).as_chunks_mut::<3>().0;
            match self {
                Self::Identity => each(pixels, rows, |g, b, r| [r, g, b]),
                Self::Ycgco => each(pixels, rows, |y, cg, co| {
                    let (y, cg, co) = (i16::from(y), i16::from(cg) - 128, i16::from(co) - 128);
                    [y - cg + co, y + cg, y - cg - co].map(|v| v.clamp(0, 255) as u8)
                }),
                Self::Luma { red, blue } => luma(pixels, rows, red, blue),
                Self::Bt601 => return Err(Error::internal("BT.601 is converted by ops::convert")),
            }
        }
        Ok(result)
    }
}

fn each(pixels: &mut [[u8; 3]], [a, b, c]: [&[u8]; 3], pixel: impl Fn(u8, u8, u8) -> [u8; 3]) {
    for (((target, a), b), c) in pixels.iter_mut().zip(a).zip(b).zip(c) {
        *target = pixel(*a, *b, *c);
    }
}

/// In integers of 14 bits after the point, so that results do not depend on the machine.
fn luma(pixels: &mut [[u8; 3]], rows: [&[u8]; 3], red: f32, blue: f32) {
    let fixed = |factor: f32| (factor * 16384.0).round() as i32;
    let green = 1.0 - red - blue;
    let (r_cr, b_cb) = (fixed(2.0 * (1.0 - red)), fixed(2.0 * (1.0 - blue)));
    let (g_cb, g_cr) = (fixed(2.0 * (1.0 - blue) * blue / green), fixed(2.0 * (1.0 - red) * red / green));
    each(pixels, rows, |y, cb, cr| {
        let (y, cb, cr) = ((i32::from(y) << 14) + (1 << 13), i32::from(cb) - 128, i32::from(cr) - 128);
        [y + r_cr * cr, y - g_cb * cb - g_cr * cr, y + b_cb * cb].map(|v| (v >> 14).clamp(0, 255) as u8)
    });
}

#[cfg(test)]
mod tests {
    use lightmill_recipe::Size;

    use super::*;

    fn rgb(matrix: u8, samples: [u8; 3]) -> [u8; 3] {
        let planes = samples.map(|value| Plane::filled(Size::new(1, 1), 1, value));
        let picture = Matrix::from_code(matrix).unwrap().to_rgb(&planes, &Cancel::default()).unwrap();
        picture.row(0).try_into().unwrap()
    }

    #[test]
    fn primaries_come_back() {
        // Pure red and blue by the definitions: Y' is the share, the own difference half of what is not shared.
        assert_eq!(rgb(1, [54, 99, 255]), [254, 0, 0]);
        assert_eq!(rgb(1, [18, 255, 116]), [0, 0, 254]);
        assert_eq!(rgb(9, [67, 92, 255]), [254, 0, 0]);
        assert_eq!(rgb(0, [10, 20, 30]), [30, 10, 20]);
        assert_eq!(rgb(8, [100, 128, 128]), [100, 100, 100]);
        assert_eq!(rgb(8, [64, 64, 192]), [192, 0, 64]);
        for matrix in [1, 4, 7, 9] {
            assert_eq!(rgb(matrix, [200, 128, 128]), [200, 200, 200]);
        }
        assert_eq!(Matrix::from_code(10), None);
    }
}
