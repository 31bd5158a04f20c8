use lightmill_recipe::{FocalRegion, FrameRange, Growth, Input, Operation, PictureOutput, Profile, Quality, Trim};

use super::{MetaExtras, VideoWish};
use crate::thumbor::Options;
use crate::{Directives, Error};

/// A URL that is being lowered, filter by filter.
#[derive(Debug)]
pub(in crate::thumbor) struct Draft<'o> {
    pub options: &'o Options,
    /// How many pictures this one lies inside of.
    pub depth: usize,
    /// Pictures and filters so far, those of the pictures around this one included.
    pub pictures: usize,
    pub filters: usize,
    /// Before everything else.
    pub turn: Option<Operation>,
    pub trim: Option<Trim>,
    pub focal_regions: Vec<FocalRegion>,
    /// Whether the picture's own URL says what matters in it.
    pub extract_focal: bool,
    pub growth: Growth,
    pub stretch: bool,
    /// After the resize and the flips.
    pub operations: Vec<Operation>,
    /// Pictures laid on this one; the first of them is input 1.
    pub marks: Vec<Input>,
    pub frames: FrameRange,
    pub video: VideoWish,
    pub output: PictureOutput,
    pub directives: Directives,
    pub meta_extras: MetaExtras,
    pub original: bool,
    pub ignored: Vec<String>,
    /// The first mistake.
    pub error: Option<Error>,
}

impl<'o> Draft<'o> {
    /// Nothing yet; both servers' defaults: qualities of their own, progressive JPEG, profiles kept.
    pub fn new(options: &'o Options, depth: usize) -> Self {
        let output = PictureOutput {
            quality: Quality { default: options.flavour.default_quality(), ..Quality::default() },
            progressive: Some(true),
            profile: Profile::Keep,
            ..PictureOutput::default()
        };
        Self {
            options,
            depth,
            pictures: 1,
            filters: 0,
            turn: None,
            trim: None,
            focal_regions: Vec::new(),
            extract_focal: false,
            growth: Growth::Usual,
            stretch: false,
            operations: Vec::new(),
            marks: Vec::new(),
            frames: FrameRange::default(),
            video: VideoWish::default(),
            output,
            directives: Directives::default(),
            meta_extras: MetaExtras::default(),
            original: false,
            ignored: Vec::new(),
            error: None,
        }
    }

    /// Adds an operation after the resize.
    pub fn step(&mut self, operation: Operation) {
        self.operations.push(operation);
    }

    /// Adds an operation, if there is one.
    pub fn each(&mut self, operation: Option<Operation>) {
        self.operations.extend(operation);
    }

    /// The request is wrong; the first mistake is the one that is told.
    pub fn refuse(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    /// The request is wrong if `result` is.
    pub fn refuse_if(&mut self, result: Result<(), Error>) {
        if let Err(error) = result {
            self.refuse(error);
        }
    }

    /// Notes a filter that has no effect: each once, at most 16 of at most 64 visible letters.
    pub fn ignore(&mut self, name: &str) {
        let visible = |c: char| if c.is_ascii_graphic() && c != ',' { c } else { '?' };
        let name: String = name.chars().take(64).map(visible).collect();
        if self.ignored.len() < 16 && !name.is_empty() && !self.ignored.contains(&name) {
            self.ignored.push(name);
        }
    }

    /// Only this many frames.
    pub fn only_frames(&mut self, count: u32) {
        self.frames.count = std::num::NonZeroU32::new(count);
        self.video.frames = self.frames.count;
    }
}
