use lightmill_recipe::{Format, Frames, Locator, Metadata, Orientation};

use crate::dit::{FormatWish, Options};
use crate::sharp::{Pipeline, Value};

/// A request that is being lowered, edit by edit.
#[derive(Debug)]
pub(in crate::dit) struct Draft<'o> {
    pub options: &'o Options,
    pub pipeline: Pipeline,
    /// Pictures laid on this one; the first of them is input 1.
    pub marks: Vec<Locator>,
    pub frames: Frames,
    pub orientation: Orientation,
    pub metadata: Option<Metadata>,
    pub to_format: Option<FormatWish>,
    /// Parameters of formats, in the order of their edits.
    pub encoders: Vec<(Format, Value)>,
    pub quality: Option<u8>,
    pub ignored: Vec<String>,
}

impl<'o> Draft<'o> {
    /// Nothing yet.
    pub fn new(options: &'o Options) -> Self {
        Self {
            options,
            pipeline: Pipeline::default(),
            marks: Vec::new(),
            frames: Frames::All,
            orientation: options.orientation,
            metadata: None,
            to_format: None,
            encoders: Vec::new(),
            quality: None,
            ignored: Vec::new(),
        }
    }
}
