use serde::{Serialize, Serializer};

/// An sRGB colour with straight (not premultiplied) alpha, 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
    /// Alpha, 0 (transparent) to 255 (opaque).
    pub alpha: u8,
}

impl Colour {
    /// Opaque white, the matte of formats without alpha.
    pub const WHITE: Self = Self::opaque(255, 255, 255);
    /// Opaque black.
    pub const BLACK: Self = Self::opaque(0, 0, 0);
    /// Nothing at all.
    pub const TRANSPARENT: Self = Self { red: 0, green: 0, blue: 0, alpha: 0 };

    /// A colour without transparency.
    pub const fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: 255 }
    }

    /// Red, green, blue, alpha.
    pub const fn rgba(self) -> [u8; 4] {
        [self.red, self.green, self.blue, self.alpha]
    }

    /// Reads 3, 4, 6 or 8 hexadecimal digits without `#`: `RGB`, `RGBA`, `RRGGBB`, `RRGGBBAA` (CSS Color 4, section 5.2).
    pub fn from_hex(text: &str) -> Result<Self, ParseColourError> {
        let digits: Vec<u8> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()
            .ok_or(ParseColourError)?;
        match *digits.as_slice() {
            [r, g, b] => Ok(Self::opaque(r * 17, g * 17, b * 17)),
            [r, g, b, a] => Ok(Self { red: r * 17, green: g * 17, blue: b * 17, alpha: a * 17 }),
            [r1, r0, g1, g0, b1, b0] => Ok(Self::opaque(r1 * 16 + r0, g1 * 16 + g0, b1 * 16 + b0)),
            [r1, r0, g1, g0, b1, b0, a1, a0] => {
                Ok(Self { red: r1 * 16 + r0, green: g1 * 16 + g0, blue: b1 * 16 + b0, alpha: a1 * 16 + a0 })
            }
            _ => Err(ParseColourError),
        }
    }

    /// `RRGGBB`, or `RRGGBBAA` where the colour is not opaque.
    pub fn to_hex(self) -> String {
        let Self { red, green, blue, alpha } = self;
        if alpha == 255 {
            format!("{red:02X}{green:02X}{blue:02X}")
        } else {
            format!("{red:02X}{green:02X}{blue:02X}{alpha:02X}")
        }
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

/// The text is not a colour of 3, 4, 6 or 8 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written with 3, 4, 6 or 8 hexadecimal digits")]
pub struct ParseColourError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_forms() {
        assert_eq!(Colour::from_hex("f00"), Ok(Colour::opaque(255, 0, 0)));
        assert_eq!(Colour::from_hex("F008"), Ok(Colour { red: 255, green: 0, blue: 0, alpha: 0x88 }));
        assert_eq!(Colour::from_hex("0a0B0c"), Ok(Colour::opaque(10, 11, 12)));
        assert_eq!(Colour::from_hex("0a0B0c80"), Ok(Colour { red: 10, green: 11, blue: 12, alpha: 128 }));
        for bad in ["", "1", "12", "12345", "1234567", "123456789", "ggg", "#fff", "é12"] {
            assert_eq!(Colour::from_hex(bad), Err(ParseColourError), "{bad}");
        }
    }

    #[test]
    fn hexadecimal_round_trip() {
        for text in ["000000", "FFFFFF", "12AB34", "12AB3480"] {
            assert_eq!(Colour::from_hex(text).unwrap().to_hex(), text);
        }
    }
}
