use std::{env, fmt::Write, fs, path::Path};

use super::Exceptions;

/// What the page tells of one dialect.
struct Chapter {
    title: &'static str,
    servers: &'static str,
    exceptions: Exceptions,
}

/// The page is what the tables say, or is made so if `UPDATE_DOCS` is set.
pub fn check() -> Result<(), String> {
    let parse = |text| Exceptions::parse(text).map_err(|error| error.to_string());
    let chapters = [
        Chapter {
            title: "x-oss-process",
            servers: "wchaws/serverless-image-handler, and keithyt06/ecs-image-handler (names that begin with `A_`)",
            exceptions: parse(include_str!("oss.toml"))?,
        },
        Chapter { title: "Thumbor", servers: "Thumbor 7.8.0", exceptions: parse(include_str!("thumbor.toml"))? },
        Chapter {
            title: "Dynamic Image Transformation",
            servers: "AWS Dynamic Image Transformation for Amazon CloudFront 8.0.1, Lambda engine",
            exceptions: parse(include_str!("dit.toml"))?,
        },
    ];
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/conformance.md");
    let wanted = render(&chapters);
    if env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(&path, wanted).map_err(|error| error.to_string());
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    if found == wanted { Ok(()) } else { Err("docs/conformance.md is out of date: run with UPDATE_DOCS=1".into()) }
}

fn render(chapters: &[Chapter]) -> String {
    let mut page = String::from(
        "# Conformance\n\n\
         Requests recorded with other servers of a dialect are replayed through the real binary by `./dev test`. Status,\n\
         content type, width, height, frames, transparency and progressive coding must be equal, and error names and\n\
         messages too. Pixels are decoded on both sides and must agree within 32 dB PSNR where the picture was resized or\n\
         compressed with loss, within 40 dB or a difference of 2 elsewhere; filters of Thumbor with exact arithmetic to the\n\
         last bit.\n\n\
         This page is made from the tables in `crates/lightmill/tests/conformance` (`UPDATE_DOCS=1 cargo test -p lightmill\n\
         --test conformance_oss` writes it anew). A case that is not listed is answered as recorded.\n",
    );
    for Chapter { title, servers, exceptions } in chapters {
        let _ = write!(
            page,
            "\n## {title}: answered otherwise\n\nReference: {servers}.\n\n\
             | case | why lightmill's answer is another one |\n| --- | --- |\n"
        );
        for exception in exceptions.cases.iter().filter(|exception| exception.waiting.is_none()) {
            let _ = writeln!(page, "| `{}` | {} |", exception.name, exception.reason);
        }
        let waiting = exceptions.cases.iter().filter_map(|case| Some((case, case.waiting.as_ref()?)));
        let waiting: Vec<_> = waiting.collect();
        if waiting.is_empty() {
            continue;
        }
        let _ = write!(
            page,
            "\n## {title}: waiting for a feature\n\n\
             The test of each of these fails as soon as the case passes, so that this list cannot grow stale.\n\n\
             | case | feature | |\n| --- | --- | --- |\n"
        );
        for (exception, feature) in waiting {
            let _ = writeln!(page, "| `{}` | {feature} | {} |", exception.name, exception.reason);
        }
    }
    page
}
