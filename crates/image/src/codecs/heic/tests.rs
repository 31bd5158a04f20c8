use lightmill_recipe::{Format, Size};

use crate::codecs::testing::seed;
#[cfg(feature = "heic")]
use crate::codecs::testing::{damage, picture, plain, psnr};
use crate::codecs::{can_decode, can_encode, probe};
use crate::{Error, SourceColour, Subsampling};

const HEIC: Format = Format::Heic;

#[test]
fn headers_are_read_by_every_build() {
    let told = probe(HEIC, &seed("photo.heic")).unwrap();
    assert_eq!((told.size, told.bits, told.has_alpha), (Size::new(64, 48), 8, false));
    assert_eq!(told.colour, SourceColour::YCbCr(Subsampling::S420));
    assert!(probe(HEIC, &seed("alpha.heic")).unwrap().has_alpha);
    assert!(matches!(probe(HEIC, &seed("photo.heic")[..200]), Err(Error::Corrupt { .. })));
    assert!(!can_encode(HEIC));
    assert_eq!(can_decode(HEIC), cfg!(feature = "heic"));
}

#[cfg(not(feature = "heic"))]
#[test]
fn pixels_need_the_feature() {
    let options = crate::codecs::testing::plain();
    let error = crate::codecs::decode(HEIC, &seed("photo.heic"), &options).err();
    assert!(matches!(error, Some(Error::Unsupported { .. })));
}

#[cfg(feature = "heic")]
#[test]
fn pixels_by_the_library() {
    let made = picture(HEIC, &seed("photo.heic"), &plain()).unwrap();
    let source = picture(Format::Png, &seed("photo.png"), &plain()).unwrap();
    let decibels = psnr(&source, &made);
    assert!(decibels > 25.0, "{decibels}");
    assert!(picture(HEIC, &seed("alpha.heic"), &plain()).unwrap().layout().has_alpha());
    damage(HEIC, &seed("photo.heic"), &plain());
}
