use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use bytes::Bytes;
use clap::{Args, ValueEnum};
use lightmill_dialects::{Wish, oss};
use lightmill_image::{Cancel, Context, Fonts, plan, probe, run};
use lightmill_recipe::{Format, Limits, Locator, Output, Recipe};

use crate::exit::{Exit, Failure};

/// `lightmill process`.
#[derive(Debug, Args)]
pub struct ProcessArguments {
    /// The picture to read; `-` is stdin. Other pictures that the recipe names are looked for beside it.
    input: PathBuf,
    /// The file to write; `-` is stdout. Its extension names the format where the recipe names none.
    output: PathBuf,
    /// What to do, e.g. `image/resize,w_200/format,webp`.
    #[arg(long, value_name = "TEXT")]
    recipe: String,
    /// The language of the recipe.
    #[arg(long, value_enum, default_value_t = Dialect::Oss)]
    dialect: Dialect,
    /// Whose reading of the language holds: aliyun, wchaws or keithyt06.
    #[arg(long, value_enum, default_value_t = Flavour::Aliyun)]
    flavour: Flavour,
}

/// The language of a recipe on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Dialect {
    /// `x-oss-process`.
    Oss,
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
    name_format(&mut recipe, &arguments.output);
    let inputs = inputs(&arguments.input, &recipe, limits.source_bytes)?;
    let probes = inputs.iter().map(|bytes| probe(bytes)).collect::<Result<Vec<_>, _>>()?;
    let plan = plan::plan(&recipe, &probes, &plan::Settings { limits: limits.clone() })?;
    let cancel = Cancel::with_deadline(Instant::now() + limits.time);
    let made = run(&plan, &inputs, &Context { fonts: Fonts::default(), cancel, limits })?;
    let made = made.first().ok_or_else(|| Failure::text(Exit::Internal, "the recipe has no output"))?;
    write(&arguments.output, &made.bytes)
        .map_err(|error| Failure::text(Exit::CannotCreate, format_args!("{}: {error}", arguments.output.display())))
}

fn recipe(arguments: &ProcessArguments) -> Result<Recipe, Failure> {
    let usage = |problem: &dyn std::fmt::Display| Failure::text(Exit::Usage, format_args!("--recipe: {problem}"));
    let main = Locator::key(arguments.input.to_string_lossy());
    let request = match arguments.dialect {
        Dialect::Oss => {
            let options = oss::Options::of(arguments.flavour.into());
            oss::parse_actions(&arguments.recipe, &main, None, &options).map_err(|error| usage(&error))?
        }
    };
    match request.wish {
        Wish::Transform(recipe) => Ok(recipe),
        Wish::Original => Ok(Recipe::new(main)),
        Wish::Style { .. } => Err(usage(&"there are no styles without a configuration")),
    }
}

/// Lets the extension of the file that is written decide where the recipe does not.
fn name_format(recipe: &mut Recipe, output: &Path) {
    let named = output.extension().and_then(OsStr::to_str).and_then(Format::from_name);
    for output in &mut recipe.outputs {
        if let Output::Picture(picture) = output {
            picture.format = picture.format.or(named);
        }
    }
}

/// The bytes of every input. The main one is the file (or stdin) of the command line, the others lie beside it.
fn inputs(main: &Path, recipe: &Recipe, max_bytes: u64) -> Result<Vec<Bytes>, Failure> {
    let folder = main.parent().unwrap_or(Path::new(""));
    let others = recipe.inputs.iter().skip(1).map(|input| folder.join(&input.locator.key));
    std::iter::once(main.to_owned())
        .chain(others)
        .map(|path| {
            let bytes = read(&path, max_bytes)
                .map_err(|error| Failure::text(Exit::NoInput, format_args!("{}: {error}", path.display())))?;
            let fits = bytes.len() as u64 <= max_bytes;
            let too_large = || format!("{} has more than {max_bytes} bytes", path.display());
            if fits { Ok(bytes.into()) } else { Err(Failure::text(Exit::Data, too_large())) }
        })
        .collect()
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
    use super::*;

    #[test]
    fn the_recipe_names_the_format_before_the_extension_does() {
        let format = |recipe: &mut Recipe, name: &str| {
            name_format(recipe, Path::new(name));
            match &recipe.outputs[0] {
                Output::Picture(picture) => picture.format,
                other => panic!("{other:?}"),
            }
        };
        let plain = Recipe::new(Locator::key("a"));
        assert_eq!(format(&mut plain.clone(), "out.webp"), Some(Format::WebP));
        assert_eq!(format(&mut plain.clone(), "out.dat"), None);
        assert_eq!(format(&mut plain.clone(), "-"), None);
        let mut named = plain;
        name_format(&mut named, Path::new("x.png"));
        assert_eq!(format(&mut named, "out.webp"), Some(Format::Png));
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
