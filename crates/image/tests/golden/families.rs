use lightmill_recipe::Format;

/// A kind of source that takes a road of its own through the engine, and the format that keeps it on that road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// In names of tests and files.
    pub name: &'static str,
    /// In `sources/`, 48×36 pixels.
    pub source: &'static str,
    /// What is written.
    pub output: Format,
}

/// Every family.
pub const ALL: [Family; 5] = [
    // Planes from the decoder to the encoder, as far as operations let them.
    Family { name: "jpeg", source: "photo.jpg", output: Format::Jpeg },
    Family { name: "rgb", source: "photo.png", output: Format::Png },
    Family { name: "rgba", source: "alpha.png", output: Format::Png },
    Family { name: "grey", source: "grey.png", output: Format::Png },
    // An animation of which a format without animation takes the first frame.
    Family { name: "gif", source: "animated.gif", output: Format::Png },
];

impl Family {
    /// Whether results are compressed with loss.
    pub fn is_lossy(self) -> bool {
        self.output == Format::Jpeg
    }
}
