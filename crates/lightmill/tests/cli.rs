//! The commands beside `serve`.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    io::Write,
    path::Path,
    process::{Output, Stdio},
};

use common::{BINARY, SAMPLES};
use lightmill_testkit::{Picture, Scratch, command};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(BINARY)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have ended by then.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn config(scratch: &Scratch, more: &str) -> String {
    let text = format!(
        "[sources.photos]\nurl = \"file://{}\"\n[[mounts]]\npath = \"/\"\ndialect = \"oss\"\nsources = [\"photos\"]\n{more}\n",
        Path::new(SAMPLES).canonicalize().unwrap().display()
    );
    scratch.write("lightmill.toml", text).unwrap().display().to_string()
}

#[test]
fn process_makes_one_picture() {
    let scratch = Scratch::new().unwrap();
    let out = scratch.path().join("out.webp").display().to_string();
    let recipe = "image/resize,w_100/format,webp";
    let done = run(&["process", &format!("{SAMPLES}/rocket.jpg"), &out, "--recipe", recipe], b"");
    assert!(done.status.success(), "{}", text(&done.stderr));
    let picture = Picture::decode(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!((picture.width(), picture.format), (100, lightmill_testkit::ImageFormat::WebP));
}

#[test]
fn process_reads_and_writes_streams() {
    let photo = std::fs::read(format!("{SAMPLES}/rocket.jpg")).unwrap();
    let done = run(&["process", "-", "-", "--recipe", "image/resize,w_64/format,png"], &photo);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let picture = Picture::decode(&done.stdout).unwrap();
    assert_eq!((picture.width(), picture.format), (64, lightmill_testkit::ImageFormat::Png));
    let again = run(&["process", "-", "-", "--recipe", "image/resize,w_64/format,png"], &photo);
    assert_eq!(done.stdout, again.stdout, "the same recipe gives the same bytes");
}

#[test]
fn process_takes_what_the_recipe_leaves_open() {
    let photo = format!("{SAMPLES}/rocket.jpg");
    let made = |arguments: &[&str]| {
        let done = run(&[&["process", photo.as_str(), "-", "--recipe", "image/resize,w_200"], arguments].concat(), b"");
        assert!(done.status.success(), "{}", text(&done.stderr));
        done.stdout
    };
    let plain = made(&[]);
    let bounded = made(&["--max-bytes", "4000"]);
    assert!(bounded.len() <= 4000 && plain.len() > 4000, "{} and {}", bounded.len(), plain.len());
    assert!(made(&["--quality", "auto:50"]).len() < made(&["--quality", "auto:85"]).len());
    let smallest = made(&["--formats", "png,webp", "--choose", "smallest"]);
    assert_eq!(Picture::decode(&smallest).unwrap().format, lightmill_testkit::ImageFormat::WebP);
    let refused = run(&["process", &photo, "-", "--quality", "best"], b"");
    assert_eq!(refused.status.code(), Some(64));
    assert!(text(&refused.stderr).contains("auto"), "{}", text(&refused.stderr));
    let upright = run(&["process", &photo, "-"], b"");
    assert!(upright.status.success() && !upright.stdout.is_empty());
}

#[test]
fn process_names_mistakes() {
    let photo = format!("{SAMPLES}/rocket.jpg");
    for (arguments, mentions) in [
        (["process", photo.as_str(), "-", "--recipe", "image/nonsense"], "nonsense"),
        (["process", photo.as_str(), "-", "--recipe", "image/rotate,999"], "360"),
        (["process", "/nowhere/a.jpg", "-", "--recipe", "image/resize,w_9"], "/nowhere/a.jpg"),
        (["process", photo.as_str(), "/nowhere/b.jpg", "--recipe", "image/resize,w_9"], "/nowhere/b.jpg"),
    ] {
        let done = run(&arguments, b"");
        assert!(!done.status.success(), "{arguments:?}");
        assert!(text(&done.stderr).contains(mentions), "{arguments:?}: {}", text(&done.stderr));
        assert!(done.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn explain_does_no_work() {
    let scratch = Scratch::new().unwrap();
    let config = config(&scratch, "unsafe = true");
    let url = "/rocket.jpg?x-oss-process=image/resize,w_100/format,webp";
    let done = run(&["explain", url, "--config", &config], b"");
    assert!(done.status.success(), "{}", text(&done.stderr));
    let explanation: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let shown = explanation.to_string();
    assert!(shown.contains("webp") && shown.contains("100"), "{shown}");
    assert!(explanation.as_object().is_some_and(|object| object.contains_key("recipe")), "{shown}");
    let imagor = std::fs::read_to_string(&config).unwrap();
    let imagor = imagor.replace("dialect = \"oss\"", "dialect = \"thumbor\"\nflavour = \"imagor\"");
    let imagor = scratch.write("imagor.toml", imagor).unwrap().display().to_string();
    let told = run(&["explain", "/params/unsafe/fit-in/30x20/rocket.jpg", "--config", &imagor], b"");
    assert!(told.status.success(), "{}", text(&told.stderr));
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!(told["content_type"], "application/json");
    let parameters: serde_json::Value = serde_json::from_str(told["body"].as_str().unwrap()).unwrap();
    assert_eq!((&parameters["width"], &parameters["image"]), (&30.into(), &"rocket.jpg".into()));
    let missing = run(&["explain", "/missing.jpg?x-oss-process=image/resize,w_1", "--config", &config], b"");
    assert!(!missing.status.success());
}

#[test]
fn check_reports_every_mistake_at_once() {
    let scratch = Scratch::new().unwrap();
    let good = run(&["check", "--config", &config(&scratch, "unsafe = true")], b"");
    assert!(good.status.success(), "{}", text(&good.stderr));
    let bad = scratch
        .write(
            "bad.toml",
            "[server]\nlisten = \"nowhere\"\nnonsense = 1\n[[mounts]]\npath = \"x\"\nflavour = \"salty\"\n",
        )
        .unwrap();
    let done = run(&["check", "--config", bad.to_str().unwrap()], b"");
    assert_eq!(done.status.code(), Some(64));
    let said = text(&done.stderr) + &text(&done.stdout);
    for mention in ["listen", "nonsense", "path", "flavour"] {
        assert!(said.contains(mention), "{mention} is missing from: {said}");
    }
    let missing = run(&["check", "--config", "/nowhere/lightmill.toml"], b"");
    assert_eq!(missing.status.code(), Some(64));
    assert!(text(&missing.stderr).contains("/nowhere/lightmill.toml"));
}

#[test]
fn sign_needs_a_key() {
    let scratch = Scratch::new().unwrap();
    let url = "/rocket.jpg?x-oss-process=image/resize,w_100";
    let without = run(&["sign", url, "--config", &config(&scratch, "unsafe = true")], b"");
    assert!(!without.status.success());
    let keyed = config(&scratch, "keys = [\"a-key-of-at-least-16-bytes\"]");
    let signed = run(&["sign", url, "--config", &keyed], b"");
    assert!(signed.status.success(), "{}", text(&signed.stderr));
    assert!(text(&signed.stdout).contains("lm-signature="));
    assert!(!text(&signed.stderr).contains("a-key-of-at-least"), "keys are never printed");
}

#[test]
fn convert_says_the_same_in_another_dialect() {
    let scratch = Scratch::new().unwrap();
    let config = config(&scratch, "unsafe = true");
    let url = "/rocket.jpg?x-oss-process=image/resize,w_300,h_200/format,jpg";
    let done = run(&["convert", url, "--to", "thumbor", "--config", &config], b"");
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(text(&done.stdout), "/unsafe/fit-in/300x200/filters:format(jpeg):strip_icc()/rocket.jpg\n");
    assert_eq!(text(&done.stderr), "note: JPEG is always progressive there\n");
    let back =
        run(&["convert", text(&done.stdout).trim(), "--from", "thumbor", "--to", "oss", "--config", &config], b"");
    assert!(back.status.success(), "{}", text(&back.stderr));
    assert!(text(&back.stdout).starts_with("/rocket.jpg?x-oss-process=image/resize,w_300,h_200/"));
}

#[test]
fn convert_names_what_cannot_be_said() {
    let scratch = Scratch::new().unwrap();
    let config = config(&scratch, "unsafe = true");
    let url = "/rocket.jpg?x-oss-process=image/circle,r_9/indexcrop,x_9";
    let done = run(&["convert", url, "--to", "imagor", "--config", &config], b"");
    assert_eq!(done.status.code(), Some(65));
    assert!(done.stdout.is_empty());
    let said = text(&done.stderr);
    assert!(said.contains("circle: ") && said.contains("tile: "), "{said}");
    for wrong in [["convert", "/a.jpg", "--to", "nonsense"], ["convert", "a b:c", "--to", "oss"]] {
        assert_eq!(run(&wrong, b"").status.code(), Some(64), "{wrong:?}");
    }
}

#[test]
fn convert_signs_for_the_mount_that_answers() {
    let scratch = Scratch::new().unwrap();
    let keyed = config(&scratch, "keys = [\"a-key-of-at-least-16-bytes\"]");
    let url = "/unsafe/fit-in/300x200/rocket.jpg";
    let done = run(&["convert", url, "--from", "imagor", "--to", "oss", "--config", &keyed], b"");
    assert!(done.status.success(), "{}", text(&done.stderr));
    let converted = text(&done.stdout);
    let (unsigned, _) = converted.split_once("&lm-signature=").unwrap();
    let signed = run(&["sign", unsigned, "--config", &keyed], b"");
    assert_eq!(text(&signed.stdout), converted);
}

#[test]
fn help_and_version() {
    let help = run(&["--help"], b"");
    assert!(help.status.success());
    for command in ["serve", "process", "explain", "convert", "check", "sign"] {
        assert!(text(&help.stdout).contains(command), "{command}");
    }
    assert!(text(&run(&["--version"], b"").stdout).starts_with("lightmill "));
    assert_eq!(run(&["nonsense"], b"").status.code(), Some(64));
}
