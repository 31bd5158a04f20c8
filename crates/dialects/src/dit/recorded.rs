//! What the reference server answered to real requests, as far as it is decided by the text of the request.

use lightmill_recipe::{Format, Operation, Size, geometry};
use serde_json::Value;

use super::{Error, ImageRequest, Options, Reading, Settings, access, lower};
use crate::sharp::Lowered;
use crate::sharp::testing::recorded;
use crate::signature::Keys;

/// Requests that are read although the recorded answer is an error: the store or the engine decides.
const DECIDED_ELSEWHERE: [&str; 6] =
    ["huge-dimension", "too-large-413", "t-missing", "t-uppercase-ext", "rewrite-bad-extension", "sig-bad-secret"];

/// Requests that mean more than the reference server reads, and so have another answer.
const READ_BY_US: [&str; 4] =
    ["base64-percent-encoded-padding", "base64url-dash", "svg-outputformat-webp", "t-smart-segment"];

fn settings(case: &Value) -> Settings {
    let own = |name: &str| case["settings"][name].as_str().map(str::to_owned);
    let base = |name: &str| match name {
        "SOURCE_BUCKETS" => Some("src-bucket, second-bucket".to_owned()),
        "SECRETS_MANAGER" => Some("dit-secret".to_owned()),
        "SECRET_KEY" => Some("dit-key".to_owned()),
        _ => None,
    };
    Settings::read(|name| own(name).or_else(|| base(name))).unwrap()
}

fn answered(case: &Value) -> Result<(Lowered, Options), Error> {
    let target = case["target"].as_str().unwrap();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let settings = settings(case);
    let keys = Keys::new(["test-signing-secret"]);
    let is_named = |secret: &super::Secret| secret.name == "dit-secret";
    access::verify(path, query, keys.as_ref().filter(|_| settings.secret.as_ref().is_some_and(is_named)))?;
    let Reading { request, .. } = ImageRequest::read(path, query, &settings.options)?;
    let again = ImageRequest::read(&request.to_path(), None, &settings.options);
    assert_eq!(again.map(|reading| reading.request).as_ref(), Ok(&request), "{target}");
    Ok((lower(&request, case["headers"]["accept"].as_str(), &settings.options)?, settings.options))
}

#[test]
fn statuses_codes_and_messages() {
    let mut counts = (0, 0);
    for case in recorded("dit/manifest.jsonl") {
        let name = case["name"].as_str().unwrap();
        let expect = &case["expect"];
        let status = expect["status"].as_u64().unwrap();
        let answer = answered(&case);
        if status == 200 || DECIDED_ELSEWHERE.contains(&name) || READ_BY_US.contains(&name) {
            assert!(answer.is_ok(), "{name}: {answer:?}");
            counts.0 += 1;
            continue;
        }
        let error = answer.expect_err(name);
        if case["reference_bug"].is_string() {
            assert!((400..500).contains(&error.row().0), "{name}: {error}");
        } else {
            let expected = (u16::try_from(status).unwrap(), expect["error_code"].as_str().unwrap());
            assert_eq!(error.row(), expected, "{name}");
            assert_eq!(error.to_string(), expect["message"].as_str().unwrap(), "{name}");
        }
        counts.1 += 1;
    }
    assert!(counts == (0, 0) || counts.0 + counts.1 == 109, "{counts:?}");
}

/// Sizes and formats of results that no pixel decides.
#[test]
fn sizes_and_formats() {
    let mut compared = 0;
    for case in recorded("dit/manifest.jsonl") {
        let name = case["name"].as_str().unwrap();
        let expect = &case["expect"];
        let Ok((lowered, _)) = answered(&case) else { continue };
        if expect["status"] != 200 || case["reference_bug"].is_string() {
            continue;
        }
        if let Some(format) = lowered.format() {
            let expected = expect["format"].as_str().unwrap();
            assert_eq!(format, Format::from_name(expected.replace("heif", "avif").as_str()).unwrap(), "{name}");
        }
        let Some(source) = source(&lowered.recipe.inputs[0].locator().unwrap().key) else { continue };
        let Some(size) = lowered.recipe.inputs[0].operations.iter().try_fold(source, size_after) else { continue };
        let expected = ["width", "height"].map(|side| u32::try_from(expect[side].as_u64().unwrap()).unwrap());
        assert_eq!([size.width, size.height], expected, "{name}");
        compared += 1;
    }
    assert!(compared == 0 || compared == 52, "{compared}");
}

/// Sizes of the recorded sources.
fn source(key: &str) -> Option<Size> {
    Some(match key {
        "coffee.jpg" => Size::new(600, 400),
        "astronaut.jpg" => Size::new(512, 512),
        "cat.png" | "cat.webp" | "cat.tiff" => Size::new(451, 300),
        _ => return None,
    })
}

/// The size after a step; `None` if pixels or an analyser decide.
fn size_after(size: Size, step: &Operation) -> Option<Size> {
    Some(match step {
        Operation::SharpResize(resize) => lightmill_recipe::sharp::sharp_resize(size, resize).canvas,
        Operation::Extend(extend) => {
            Size::new(size.width + extend.left + extend.right, size.height + extend.top + extend.bottom)
        }
        Operation::SmartCrop(_) | Operation::SharpTrim(_) | Operation::RotateByAngle(_) => return None,
        Operation::Resize(resize) => geometry::resize(size, resize, None).canvas,
        Operation::Extract(window) => window.size,
        Operation::Rotate(rotate) => geometry::rotate(size, rotate.degrees),
        _ => size,
    })
}
