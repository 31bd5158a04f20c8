use bytes::Bytes;
use lightmill_image::plan::{Cost, Plan};
use lightmill_image::{self as image, Cancel};
use lightmill_recipe::{Format, Output, PictureOutput, Quality, QualityRule};

use crate::{Error, Subject, small};

/// Bytes of a picture that is sent in a question: the service takes 5 MB.
const MOST_BYTES: u64 = 5_000_000;

/// Pixels of its longer side. Faces are found from 40 pixels of 1920 on, says the service's documentation.
const LONGER: u32 = 1920;

/// On libjpeg's scale.
const QUALITY: u8 = 85;

/// The JPEG that is sent.
pub(super) fn jpeg(subject: &Subject, cancel: &Cancel) -> Result<Bytes, Error> {
    let made = image::run(&plan(subject)?, std::slice::from_ref(subject.source()), &subject.context(cancel))?;
    let jpeg = made.into_iter().next().ok_or_else(|| Error::internal("a plan without a result"))?.bytes;
    if jpeg.len() as u64 > MOST_BYTES {
        return Err(Error::internal(format_args!("a copy of {} bytes", jpeg.len())));
    }
    Ok(jpeg)
}

/// What [`jpeg`] is estimated to cost.
pub(super) fn cost(subject: &Subject) -> Result<Cost, Error> {
    Ok(plan(subject)?.cost)
}

fn plan(subject: &Subject) -> Result<Plan, Error> {
    let output = PictureOutput {
        format: Some(Format::Jpeg),
        quality: Quality { rule: QualityRule::Absolute(QUALITY), ..Quality::default() },
        max_bytes: Some(MOST_BYTES),
        // The source's own data would be sent with a turn that is only noted in them.
        may_grow: true,
        ..PictureOutput::default()
    };
    let context = subject.context(subject.cancel());
    Ok(small::planned(subject.source(), LONGER, Output::Picture(output), &context)?)
}
