use lightmill_recipe::{DefaultQuality, Input, Operation, Output, PictureOutput, QualityRule, Recipe};

use crate::Unsayable;

/// Everything in which what would be `read` is not what is `wanted`. The formats that `Accept` prefers do not count, nor
/// do qualities for requests without one where this request has one.
pub(super) fn between(wanted: &Recipe, read: &Recipe) -> Vec<Unsayable> {
    let mut found = Vec::new();
    for (index, (wanted, read)) in wanted.inputs.iter().zip(&read.inputs).enumerate() {
        inputs(index, wanted, read, &mut found);
    }
    if wanted.inputs.len() != read.inputs.len() {
        found.push(Unsayable::new("marks", "a picture takes part that no step draws, or in another order"));
    }
    if wanted.only_if_source_bytes_at_least != read.only_if_source_bytes_at_least {
        found.push(Unsayable::new("threshold", "no filter passes small sources through"));
    }
    match (wanted.outputs.as_slice(), read.outputs.as_slice()) {
        ([Output::Picture(wanted)], [Output::Picture(read)]) => outputs(wanted, read, &mut found),
        ([wanted], _) if wanted.is_of_video() => {
            found.push(Unsayable::new(wanted.name(), "no URL of this language asks for more of a video than a frame"));
        }
        _ => found.push(Unsayable::new("outputs", "a URL asks for one picture")),
    }
    if found.is_empty() && essence(wanted) != essence(read) {
        found.push(Unsayable::new("the recipe", "it would be read as another one"));
    }
    found
}

/// The recipe without what does not count.
fn essence(recipe: &Recipe) -> Recipe {
    let mut recipe = recipe.clone();
    for output in &mut recipe.outputs {
        if let Output::Picture(picture) = output {
            picture.preferred.clear();
            if !is_open(picture.quality.rule) {
                picture.quality.default = DefaultQuality::default();
            }
        }
    }
    recipe
}

/// Whether the default counts.
fn is_open(rule: QualityRule) -> bool {
    matches!(rule, QualityRule::Default | QualityRule::OfSource(_))
}

fn inputs(index: usize, wanted: &Input, read: &Input, found: &mut Vec<Unsayable>) {
    if wanted.source != read.source {
        found.push(Unsayable::new(
            "the picture",
            "a URL cannot name it: another source, or a key that is read otherwise",
        ));
    }
    if wanted.orientation != read.orientation {
        found.push(Unsayable::new("EXIF orientation", "no URL says it; the server's configuration does"));
    }
    if wanted.video_frame != read.video_frame {
        found.push(Unsayable::new("video_frame", "no filter takes a frame out of a video in this way"));
    }
    if wanted.frames != read.frames {
        let why = if index == 0 { "no filter chooses these frames" } else { "frames of a mark cannot be chosen" };
        found.push(Unsayable::new("frames", why));
    }
    let differ = wanted.operations.iter().zip(&read.operations).filter(|(wanted, read)| wanted != read);
    let names = differ.map(|(wanted, _)| wanted).chain(wanted.operations.iter().skip(read.operations.len()));
    found.extend(names.map(Operation::name).map(|name| Unsayable::new(name, "it would be read with other values")));
    if read.operations.len() > wanted.operations.len() {
        found.push(Unsayable::new("steps", "more would be read than are wished for"));
    }
}

fn outputs(wanted: &PictureOutput, read: &PictureOutput, found: &mut Vec<Unsayable>) {
    let default = |quality: DefaultQuality| is_open(wanted.quality.rule).then_some(quality);
    let mut differs = |differs: bool, what: &str, why: &str| {
        if differs {
            found.push(Unsayable::new(what, why));
        }
    };
    differs(wanted.format != read.format, "format", "the language has no word for this one");
    differs(wanted.quality.rule != read.quality.rule, "quality", "it is a number from 1 to 100, and no rule");
    differs(
        default(wanted.quality.default) != default(read.quality.default),
        "quality",
        "the server has a default of its own where none is asked for",
    );
    differs(wanted.lossless != read.lossless, "lossless", "only quality 100 is without loss");
    differs(wanted.progressive != read.progressive, "interlace", "JPEG is always progressive");
    differs(wanted.palette != read.palette, "palette", "no filter asks for this many colours");
    differs(wanted.matte != read.matte, "what lies behind transparency", "no filter says it");
    differs(wanted.profile != read.profile, "colour profile", "no filter does this with it");
    differs(wanted.metadata != read.metadata, "metadata", "they are dropped, or the server decides");
    differs(wanted.max_bytes != read.max_bytes, "max_bytes", "out of the range of the filter");
    let by_mount = |output: &PictureOutput| (output.effort, output.choose, output.may_grow);
    differs(by_mount(wanted) != by_mount(read), "encoding", "effort, choice and growth are the mount's");
}
