#![allow(unsafe_code)]

use std::mem;

use libwebp_sys::{
    WEBP_MUX_ABI_VERSION, WebPAnimEncoder, WebPAnimEncoderAdd, WebPAnimEncoderAssemble, WebPAnimEncoderDelete,
    WebPAnimEncoderNewInternal, WebPAnimEncoderOptions, WebPAnimEncoderOptionsInitInternal, WebPConfig, WebPData,
    WebPDataClear,
};
use lightmill_recipe::{LimitError, Size};

use super::picture::{METHOD, Source, config};
use crate::codecs::EncodeOptions;
use crate::{Animation, Error, Picture};

/// libwebp's encoder of animations: finds the changed rectangle of each frame.
pub(super) struct AnimationEncoder {
    encoder: *mut WebPAnimEncoder,
    config: WebPConfig,
    /// Milliseconds from the start to the next frame.
    now: i32,
}

impl AnimationEncoder {
    /// An animation of frames of `size`.
    pub fn new(size: Size, animation: Animation, options: &EncodeOptions) -> Result<Self, Error> {
        let version = WEBP_MUX_ABI_VERSION as i32;
        // SAFETY: all-zero is a valid value of this structure of numbers; the call below fills it in.
        let mut settings: WebPAnimEncoderOptions = unsafe { mem::zeroed() };
        // SAFETY: `settings` is writable.
        if unsafe { WebPAnimEncoderOptionsInitInternal(&raw mut settings, version) } == 0 {
            return Err(Error::internal("libwebp of another version"));
        }
        // The container has 16 bits for the count.
        settings.anim_params.loop_count = animation.loop_count.min(u16::MAX.into()) as i32;
        let config = config(options.quality, METHOD)?;
        // SAFETY: `settings` is valid; sides that are too long give null.
        let encoder =
            unsafe { WebPAnimEncoderNewInternal(size.width as i32, size.height as i32, &raw const settings, version) };
        if encoder.is_null() {
            return Err(Error::Unsuitable(format!("an animated WebP of {size} cannot be made")));
        }
        Ok(Self { encoder, config, now: 0 })
    }

    /// Adds a frame that is shown for `milliseconds`.
    pub fn add(&mut self, picture: &Picture, milliseconds: u32, options: &EncodeOptions) -> Result<(), Error> {
        let mut source = Source::new(picture, true)?;
        source.stop_on(&options.cancel);
        // SAFETY: encoder, picture and configuration are valid; libwebp copies what it keeps.
        let added = unsafe { WebPAnimEncoderAdd(self.encoder, &raw mut source.raw, self.now, &raw const self.config) };
        if added == 0 {
            options.cancel.check()?;
            return Err(Error::internal(format_args!("libwebp: {:?}", source.raw.error_code)));
        }
        self.now = self.now.saturating_add_unsigned(milliseconds);
        Ok(())
    }

    /// The file.
    pub fn finish(self, options: &EncodeOptions) -> Result<Vec<u8>, Error> {
        let mut data = WebPData::default();
        // SAFETY: a null frame marks the end; its time is that of the last frame's end.
        let assembled = unsafe {
            WebPAnimEncoderAdd(self.encoder, std::ptr::null_mut(), self.now, std::ptr::null()) != 0
                && WebPAnimEncoderAssemble(self.encoder, &raw mut data) != 0
        };
        if !assembled || data.bytes.is_null() {
            return Err(Error::internal("libwebp could not assemble the animation"));
        }
        let within = LimitError::check("result_bytes", data.size as u64, options.limits.result_bytes);
        // SAFETY: libwebp gives `size` readable bytes, which are ours to free.
        let bytes = unsafe {
            let bytes = within.map(|()| std::slice::from_raw_parts(data.bytes, data.size).to_vec());
            WebPDataClear(&mut data);
            bytes
        };
        Ok(bytes?)
    }
}

impl Drop for AnimationEncoder {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `WebPAnimEncoderNewInternal` and is deleted once.
        unsafe { WebPAnimEncoderDelete(self.encoder) };
    }
}
