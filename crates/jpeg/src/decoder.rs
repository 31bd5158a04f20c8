use crate::frame::Frame;
use crate::headers::Headers;
use crate::output::{Decoded, Sampling};
use crate::{Error, OnDamage, Options, Scale, progressive, sequential};

/// A file whose headers have been read.
pub struct Decoder<'a> {
    bytes: &'a [u8],
    frame: Frame,
    headers: Headers<'a>,
}

impl<'a> Decoder<'a> {
    /// Reads the headers up to the frame's.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for files that this crate leaves to others, [`Error::Corrupt`] for what is none.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        let (frame, headers) = Headers::new(bytes)?;
        Ok(Self { bytes, frame, headers })
    }

    /// Columns and rows of the stored picture.
    pub fn size(&self) -> (u32, u32) {
        (self.frame.width as u32, self.frame.height as u32)
    }

    /// The sampling factors of the components: one or three.
    pub fn sampling(&self) -> impl Iterator<Item = Sampling> {
        self.frame.components.iter().map(crate::frame::Component::sampling)
    }

    /// Whether coefficients come in several scans.
    pub fn is_progressive(&self) -> bool {
        self.frame.progressive
    }

    /// Decodes the planes.
    ///
    /// # Errors
    /// All of [`Error`]: limits and the region are checked before anything of their size is allocated.
    pub fn decode(self, options: &Options<'_>) -> Result<Decoded, Error> {
        let decoded = match options.scale {
            Scale::Eighth => self.reduced::<1, 1>(options),
            Scale::Quarter => self.reduced::<2, 4>(options),
            Scale::Half => self.reduced::<4, 16>(options),
        }?;
        let mut decoded = match (decoded.damage, options.on_damage) {
            (Some(damage), OnDamage::Refuse) => return Err(Error::Damaged(damage)),
            _ => decoded,
        };
        for plane in &mut decoded.planes {
            plane.data.truncate(plane.stride * plane.height as usize);
        }
        Ok(decoded)
    }

    fn reduced<const N: usize, const SLOTS: usize>(self, options: &Options<'_>) -> Result<Decoded, Error> {
        if self.frame.progressive {
            progressive::decode::<N, SLOTS>(self.bytes, &self.frame, self.headers, options)
        } else {
            sequential::decode::<N, SLOTS>(self.bytes, &self.frame, self.headers, options)
        }
    }
}
