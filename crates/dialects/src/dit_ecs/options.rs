use lightmill_recipe::{Format, Orientation};

/// What a mount says about the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether these mistakes of the reference server are kept: parameters without a value mean nothing, `normalize=false`
    /// normalises, an origin's path stands before the file name, paths of mappings are compared in lower case, `autosize`
    /// takes the first width above the viewport's and leaves out the pixel ratio, numbers in conditions never match, a
    /// watermark's first number is its distance from the top, and a policy's transformations push those of the URL out of
    /// the limit. Default: false.
    pub compat: bool,
    /// Whether wrong values are refused. Otherwise the transformation is left out, and told. Default: false.
    pub strict: bool,
    /// Transformations of one request (`MAX_TRANSFORMATIONS`). Default: 10.
    pub max_transformations: usize,
    /// Whether `dit-accept`, `dit-dpr`, `dit-viewport-width` and `dit-host` are set by an edge function that takes them off
    /// the client's request; otherwise the client's own headers count. Default: false.
    pub trusts_edge: bool,
    /// The request header whose value names an origin by its URL (`CUSTOM_ORIGIN_HEADER`). Default: none.
    pub origin_header: Option<String>,
    /// What the output `auto` chooses among, best first. Default: AVIF, WebP.
    pub negotiate: Vec<Format>,
    /// Whether EXIF orientation is applied. Default: applied.
    pub orientation: Orientation,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            compat: false,
            strict: false,
            max_transformations: 10,
            trusts_edge: false,
            origin_header: None,
            negotiate: vec![Format::Avif, Format::WebP],
            orientation: Orientation::Apply,
        }
    }
}
