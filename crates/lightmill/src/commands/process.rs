use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use bytes::Bytes;
use clap::{Args, ValueEnum};
use lightmill_dialects::{Request, Wish, oss, thumbor};
use lightmill_image::{Cancel, Context, one_colour, plan, probe, run};
use lightmill_recipe::{Format, Formats, Input, Limits, Locator, Output, Recipe, Source};

use super::look::look;
use super::output::OutputArguments;
use crate::exit::{Exit, Failure};

/// `lightmill process`.
#[derive(Debug, Args)]
pub struct ProcessArguments {
    /// The picture to read; `-` is stdin. Other pictures that the recipe names are looked for beside it.
    input: PathBuf,
    /// The file to write; `-` is stdout. Its extension names the format where the recipe names none.
    output: PathBuf,
    /// What to do, e.g. `image/resize,w_200/format,webp`. Without it, the picture is only made upright.
    #[arg(long, value_name = "TEXT")]
    recipe: Option<String>,
    /// The language of the recipe.
    #[arg(long, value_enum, default_value_t = Dialect::Oss)]
    dialect: Dialect,
    /// Whose reading of the language holds: aliyun, wchaws or keithyt06.
    #[arg(long, value_enum, default_value_t = Flavour::Aliyun)]
    flavour: Flavour,
    #[command(flatten)]
    output_options: OutputArguments,
}

/// The language of a recipe on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Dialect {
    /// `x-oss-process`: `image/resize,w_200`.
    Oss,
    /// Thumbor's, without signature and picture: `fit-in/200x200/filters:quality(80)`.
    Thumbor,
    /// imagor's, likewise.
    Imagor,
}

/// [`oss::Flavour`], by its names.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Flavour {
    Aliyun,
    Wchaws,
    Keithyt06,
}

impl From<Flavour> for oss::Flavour {
    fn from(flavour: Flavour) -> Self {
        match flavour {
            Flavour::Aliyun => Self::Aliyun,
            Flavour::Wchaws => Self::Wchaws,
            Flavour::Keithyt06 => Self::Keithyt06,
        }
    }
}

/// Makes one picture.
pub fn process(arguments: &ProcessArguments) -> Result<(), Failure> {
    let limits = Limits::default();
    let mut recipe = recipe(arguments)?;
    complete(&mut recipe, &arguments.output, &arguments.output_options);
    let inputs = inputs(&arguments.input, &recipe, limits.source_bytes)?;
    let probes = inputs.iter().map(|bytes| probe(bytes)).collect::<Result<Vec<_>, _>>()?;
    let cancel = Cancel::with_deadline(Instant::now() + limits.time);
    let context = Context { cancel, limits: limits.clone(), ..Context::default() };
    let findings = look(&recipe, &inputs, &context)?;
    let settings = plan::Settings { limits, formats: Formats::default() };
    let plan = plan::plan_with_findings(&recipe, &probes, &findings, &settings)?;
    let made = run(&plan, &inputs, &context)?;
    let made = made.first().ok_or_else(|| Failure::text(Exit::Internal, "the recipe has no output"))?;
    write(&arguments.output, &made.bytes)
        .map_err(|error| Failure::text(Exit::CannotCreate, format_args!("{}: {error}", arguments.output.display())))
}

fn recipe(arguments: &ProcessArguments) -> Result<Recipe, Failure> {
    let usage = |problem: &dyn std::fmt::Display| Failure::text(Exit::Usage, format_args!("--recipe: {problem}"));
    let main = Locator::key(arguments.input.to_string_lossy());
    let Some(text) = &arguments.recipe else { return Ok(Recipe::new(main)) };
    let request = match arguments.dialect {
        Dialect::Oss => {
            let options = oss::Options::of(arguments.flavour.into());
            oss::parse_actions(text, &main, None, &options)
        }
        Dialect::Thumbor => of_thumbor(text, &main, thumbor::Flavour::Thumbor),
        Dialect::Imagor => of_thumbor(text, &main, thumbor::Flavour::Imagor),
    };
    match request.map_err(|error| usage(&error))?.wish {
        Wish::Transform(recipe) => Ok(recipe),
        Wish::Text { .. } => Err(usage(&"what is told about a URL is no picture")),
        Wish::Original => Ok(Recipe::new(main)),
        Wish::Style { .. } => Err(usage(&"there are no styles without a configuration")),
    }
}

fn of_thumbor(text: &str, main: &Locator, flavour: thumbor::Flavour) -> Result<Request, lightmill_dialects::Error> {
    let options = thumbor::Options { respect_orientation: true, ..thumbor::Options::of(flavour) };
    thumbor::parse_options(text, main, None, &options)
}

/// Lets the options decide where the recipe does not, and then the extension of the file that is written.
fn complete(recipe: &mut Recipe, output: &Path, options: &OutputArguments) {
    let named = output.extension().and_then(OsStr::to_str).and_then(Format::from_name);
    for output in &mut recipe.outputs {
        if let Output::Picture(picture) = output {
            if options.formats.is_empty() {
                picture.format = picture.format.or(named);
            }
            picture.preferred.clone_from(&options.formats);
        }
    }
    options.defaults().apply(recipe);
}

/// The bytes of every input. The main one is the file (or stdin) of the command line, the others lie beside it.
fn inputs(main: &Path, recipe: &Recipe, max_bytes: u64) -> Result<Vec<Bytes>, Failure> {
    let folder = main.parent().unwrap_or(Path::new(""));
    let file = |path: &Path| -> Result<Bytes, Failure> {
        let bytes = read(path, max_bytes)
            .map_err(|error| Failure::text(Exit::NoInput, format_args!("{}: {error}", path.display())))?;
        let fits = bytes.len() as u64 <= max_bytes;
        let too_large = || format!("{} has more than {max_bytes} bytes", path.display());
        if fits { Ok(bytes.into()) } else { Err(Failure::text(Exit::Data, too_large())) }
    };
    let one = |(index, input): (usize, &Input)| match &input.source {
        Source::Object(_) if index == 0 => file(main),
        Source::Object(locator) => file(&folder.join(&locator.key)),
        Source::Colour(colour) => one_colour(*colour).map_err(Failure::internal),
    };
    recipe.inputs.iter().enumerate().map(one).collect()
}

/// At most one byte more than `max_bytes`.
fn read(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = max_bytes + 1;
    if path == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Writes a file beside the output and then gives it the name, so that nobody ever sees half a picture.
fn write(output: &Path, bytes: &[u8]) -> io::Result<()> {
    if output == Path::new("-") {
        let mut out = io::stdout().lock();
        return out.write_all(bytes).and_then(|()| out.flush());
    }
    let name = output.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut temporary = OsStr::new(".").to_owned();
    temporary.push(name);
    temporary.push(format!(".{}.part", std::process::id()));
    let temporary = output.with_file_name(temporary);
    let written = std::fs::write(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, output));
    if written.is_err() {
        // The first error says more than that of cleaning up.
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use lightmill_recipe::{FormatChoice, Metadata, Profile, QualityRule};

    use super::*;

    /// The picture that is wanted by these arguments.
    fn wanted(arguments: &[&str]) -> lightmill_recipe::PictureOutput {
        #[derive(Debug, clap::Parser)]
        struct Command {
            #[command(flatten)]
            process: ProcessArguments,
        }
        let arguments = Command::try_parse_from(["lightmill", "in.jpg"].iter().chain(arguments)).unwrap().process;
        let mut recipe = recipe(&arguments).unwrap_or_else(|failure| panic!("{failure:?}"));
        complete(&mut recipe, &arguments.output, &arguments.output_options);
        match recipe.outputs.swap_remove(0) {
            Output::Picture(picture) => picture,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_recipe_names_the_format_before_the_extension_does() {
        assert_eq!(wanted(&["out.webp"]).format, Some(Format::WebP));
        assert_eq!(wanted(&["out.dat"]).format, None);
        assert_eq!(wanted(&["-"]).format, None);
        assert_eq!(wanted(&["out.webp", "--recipe", "image/format,png"]).format, Some(Format::Png));
        let several = wanted(&["out.webp", "--formats", "webp,png", "--choose", "smallest"]);
        assert_eq!((several.format, several.preferred), (None, vec![Format::WebP, Format::Png]));
        assert_eq!(several.choose, FormatChoice::Smallest);
    }

    #[test]
    fn options_hold_where_the_recipe_says_nothing() {
        let options = ["out.jpg", "--quality", "auto:60", "--max-bytes", "9000", "--metadata", "keep-with-location"];
        let picture = wanted(&options);
        assert_eq!((picture.quality.rule, picture.max_bytes), (QualityRule::Perceptual(60), Some(9000)));
        assert_eq!(picture.metadata, Some(Metadata::KeepWithLocation));
        let explicit = [&options[..], &["--recipe", "image/quality,Q_30/strip-metadata"]].concat();
        let picture = wanted(&explicit);
        assert_eq!(picture.quality.rule, QualityRule::AtMostSource(30));
        assert_eq!(picture.metadata, Some(Metadata::Drop));
        let rest = wanted(&["out.jpg", "--profile", "keep", "--may-grow"]);
        assert_eq!((rest.profile, rest.may_grow), (Profile::Keep, true));
    }

    #[test]
    fn outputs_are_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.jpg");
        write(&output, b"first").unwrap();
        write(&output, b"second").unwrap();
        assert_eq!(std::fs::read(&output).unwrap(), b"second");
        assert!(write(&folder.path().join("missing/a.jpg"), b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
