use std::ops::ControlFlow;

use crate::canvas::Take;
use crate::frame::Frame;
use crate::headers::Headers;
use crate::output::{Decoded, Plane, Sampling};
use crate::{Damage, Error, OnDamage, Options, Scale, progressive, sequential};

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
        self.run(options, None)
    }

    /// Decodes the planes in strips of one row of MCUs, from top to bottom: each call of `take` gets the planes of one,
    /// and [`Plane::y`] tells where it is. Strips adjoin, and together are the planes of [`Self::decode`]. What `take`
    /// breaks off ends with [`Error::Interrupted`].
    ///
    /// Of a sequential file whose components come in one scan no more is held than a strip. Other files need all of
    /// their coefficients (progressive ones) or samples (those of several scans) before the first strip.
    ///
    /// # Errors
    /// As [`Self::decode`]; [`Error::Damaged`] may come behind the last strip.
    pub fn decode_strips(
        self,
        options: &Options<'_>,
        take: &mut dyn FnMut(&[Plane]) -> ControlFlow<()>,
    ) -> Result<Option<Damage>, Error> {
        self.run(options, Some(take)).map(|decoded| decoded.damage)
    }

    fn run(self, options: &Options<'_>, take: Option<Take<'_>>) -> Result<Decoded, Error> {
        let decoded = match options.scale {
            Scale::Eighth => self.reduced::<1, 1>(options, take),
            Scale::Quarter => self.reduced::<2, 4>(options, take),
            Scale::Half => self.reduced::<4, 16>(options, take),
            Scale::ThreeQuarters => self.reduced::<6, 48>(options, take),
            Scale::Full => self.reduced::<8, 64>(options, take),
        }?;
        match (decoded.damage, options.on_damage) {
            (Some(damage), OnDamage::Refuse) => Err(Error::Damaged(damage)),
            _ => Ok(decoded),
        }
    }

    fn reduced<const N: usize, const SLOTS: usize>(
        self,
        options: &Options<'_>,
        take: Option<Take<'_>>,
    ) -> Result<Decoded, Error> {
        if self.frame.progressive {
            progressive::decode::<N, SLOTS>(self.bytes, &self.frame, self.headers, options, take)
        } else {
            sequential::decode::<N, SLOTS>(self.bytes, &self.frame, self.headers, options, take)
        }
    }
}
