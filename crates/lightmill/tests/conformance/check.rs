use std::fs;

use lightmill_testkit::{
    Client, Picture, Response, Tolerance, compare_pictures,
    conformance::{Case, Suite},
};
use serde_json::Value;

use super::{Exception, Mark, Own};

/// How close the pixels of a case must be where no exception says so.
pub type Rule = fn(&Case, &Response) -> Tolerance;

/// Replays a case and compares; the error says what differs, or that a waiting case passes.
pub fn case(
    suite: &Suite,
    case: &Case,
    exception: Option<&Exception>,
    client: Client,
    rule: Rule,
) -> Result<(), String> {
    let nothing = Own::default();
    let own = exception.map_or(&nothing, |exception| &exception.expect);
    let result = compare(suite, case, own, client, rule);
    match exception.and_then(|exception| exception.waiting.as_ref()) {
        Some(feature) if result.is_ok() => {
            Err(format!("passes: it no longer waits for {feature}; remove that from the list of exceptions"))
        }
        Some(_) => Ok(()),
        None => result,
    }
}

fn compare(suite: &Suite, case: &Case, own: &Own, client: Client, rule: Rule) -> Result<(), String> {
    let response = ask(suite, client, case)?;
    let recorded = &case.expect;
    let status = own.status.unwrap_or(recorded.status);
    if response.status != status {
        return Err(format!("{} instead of {status}: {}", response.status, excerpt(&response)));
    }
    let content_type = own.content_type.as_ref().or(recorded.content_type.as_ref());
    let essence = content_type.map(|text| text.split(';').next().unwrap_or_default());
    equal("content type", essence, response.content_type())?;
    if let Some(location) = recorded.headers.get("location").filter(|_| status == recorded.status) {
        let found = response.header("location").unwrap_or_default();
        equal("location", Some(without_ids(location).as_str()), without_ids(found).as_str())?;
    }

    let error = status >= 400;
    let body = recorded_body(suite, case)?;
    let recorded_json = recorded.json.as_ref().or(body.as_ref()).filter(|_| status == recorded.status);
    if error {
        error_body(&response, recorded_json, own)?;
    } else if let Some(json) = own.json.as_ref().or(recorded_json) {
        let found = response.json();
        if !same(json, &found) {
            return Err(format!("JSON: {found} instead of {json}"));
        }
    }
    let plain = recorded.body_text.as_ref().filter(|_| recorded.content_type.as_deref() == Some("text/plain"));
    let recorded_text = recorded.text.as_ref().or(plain).filter(|_| status == recorded.status);
    if let Some(text) = own.text.as_ref().or(recorded_text) {
        equal("text", Some(text.as_str()), response.text().as_str())?;
    }
    if let Some(source) = &own.source {
        let bytes = fs::read(suite.folder.join(source)).map_err(|error| error.to_string())?;
        if bytes != response.body {
            return Err(format!("{} bytes instead of the {} of {source}", response.body.len(), bytes.len()));
        }
    }
    // AVIF has no decoder of its own here: its type is all that a case can say about it.
    if !error && response.content_type().starts_with("image/") && response.content_type() != "image/avif" {
        picture(suite, case, own, client, &response, rule)?;
    }
    Ok(())
}

/// A path whose segments that are ids, which no two servers choose alike, say only that.
fn without_ids(path: &str) -> String {
    let is_id = |segment: &&str| segment.len() == 32 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    path.split('/').map(|segment| if is_id(&segment) { "ID" } else { segment }).collect::<Vec<_>>().join("/")
}

/// The recorded body, if it is JSON.
fn recorded_body(suite: &Suite, case: &Case) -> Result<Option<Value>, String> {
    if case.body.is_none() || case.expect.content_type.as_deref() != Some("application/json") {
        return Ok(None);
    }
    let bytes = suite.body(case).map_err(|error| format!("{error:#}"))?;
    serde_json::from_slice(&bytes).map(Some).map_err(|error| error.to_string())
}

/// The answer to the request of a case.
pub fn ask(suite: &Suite, client: Client, case: &Case) -> Result<Response, String> {
    let headers: Vec<(&str, &str)> = case.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut headers = match &case.request_body {
        Some(_) => [headers, vec![("content-type", "application/json")]].concat(),
        None => headers,
    };
    headers.sort_unstable();
    let body = suite.request_body(case).map_err(|error| format!("{error:#}"))?;
    client.send(&case.method, case.target.as_bytes(), &headers, &body).map_err(|error| format!("no answer: {error:#}"))
}

/// Our bodies always hold the status, which the reference server sometimes leaves out.
fn error_body(response: &Response, recorded: Option<&Value>, own: &Own) -> Result<(), String> {
    if response.content_type() != "application/json" {
        return Ok(());
    }
    let body = response.json();
    equal("status in the body", Some(&Value::from(response.status)), &body["status"])?;
    let message = body["message"].as_str().unwrap_or("");
    if let Some(parts) = &own.message_contains {
        let missing: Vec<&String> = parts.iter().filter(|part| !message.contains(part.as_str())).collect();
        return if missing.is_empty() { Ok(()) } else { Err(format!("{message:?} does not mention {missing:?}")) };
    }
    if let Some(whole) = &own.message {
        return equal("message", Some(whole.as_str()), message);
    }
    let Some(recorded) = recorded else { return Ok(()) };
    equal("message", recorded["message"].as_str(), message)?;
    equal("code", recorded["code"].as_str(), body["code"].as_str().unwrap_or(""))?;
    equal("name", recorded["name"].as_str(), body["name"].as_str().unwrap_or(""))
}

fn picture(
    suite: &Suite,
    case: &Case,
    own: &Own,
    client: Client,
    response: &Response,
    rule: Rule,
) -> Result<(), String> {
    let recorded = &case.expect;
    let actual = decode(&response.body)?;
    equal("width", own.width.or(recorded.width).as_ref(), &actual.width())?;
    equal("height", own.height.or(recorded.height).as_ref(), &actual.height())?;
    equal("number of frames", own.frames.or(recorded.frames).as_ref(), &actual.frames.len())?;
    equal("alpha", own.has_alpha.or(recorded.has_alpha).as_ref(), &actual.has_alpha)?;
    equal("progressive", own.progressive.or(recorded.progressive).as_ref(), &actual.progressive)?;
    if own.recorded_pixels != Some(false) && own.mark.is_none() {
        let body = decode(&suite.body(case).map_err(|error| format!("{error:#}"))?)?;
        let tolerance = own.psnr.map_or_else(|| rule(case, response), |psnr| Tolerance { psnr, largest: None });
        close(case, &actual, &body, tolerance)?;
    }
    if let Some(target) = &own.same_as {
        close(case, &actual, &picture_at(client, target)?, Tolerance::EQUAL)?;
    }
    for (place, wanted) in own.pixels.iter().flatten() {
        pixel(&actual, place, *wanted)?;
    }
    if let Some(wanted) = own.mean {
        let mean = actual.mean();
        if wanted.iter().zip(mean).any(|(wanted, mean)| (wanted - mean).abs() > 3.0) {
            return Err(format!("the mean is {mean:.1?} instead of {wanted:?}"));
        }
    }
    match &own.mark {
        Some(mark) => marked(&actual, &picture_at(client, &mark.without)?, mark),
        None => Ok(()),
    }
}

fn close(case: &Case, actual: &Picture, expected: &Picture, tolerance: Tolerance) -> Result<(), String> {
    compare_pictures(&case.name, actual, expected, tolerance).map_err(|difference| format!("{difference:#}"))
}

fn picture_at(client: Client, target: &str) -> Result<Picture, String> {
    let response = client.get(target);
    if response.status != 200 {
        return Err(format!("{target}: {} {}", response.status, excerpt(&response)));
    }
    decode(&response.body)
}

fn decode(bytes: &[u8]) -> Result<Picture, String> {
    Picture::decode(bytes).map_err(|error| format!("not a picture: {error:#}"))
}

fn pixel(actual: &Picture, place: &str, wanted: [u8; 4]) -> Result<(), String> {
    let position = place.split_once(',').and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)));
    let (x, y) = position.ok_or_else(|| format!("{place} is no position"))?;
    let found = actual.pixel(x, y).ok_or_else(|| format!("{place} is outside"))?;
    let invisible = wanted[3] == 0 && found[3] == 0;
    if invisible || wanted.iter().zip(found).all(|(wanted, found)| wanted.abs_diff(found) <= 6) {
        return Ok(());
    }
    Err(format!("the pixel at {place} is {found:?} instead of {wanted:?}"))
}

/// The mark changes its box and, but for the ringing of its blocks in a lossy format, nothing else.
fn marked(actual: &Picture, plain: &Picture, mark: &Mark) -> Result<(), String> {
    const RINGING: u32 = 16;
    // What two paths to the same lossy file differ by is well below this.
    const VISIBLE: u8 = 40;
    let [left, top, width, height] = mark.within;
    let (mut inside, mut outside) = (0_u32, 0_u32);
    for (x, y, pixel) in actual.first().enumerate_pixels() {
        let other = plain.first().get_pixel_checked(x, y).ok_or("the unmarked picture has another size")?;
        let difference = pixel.0.iter().zip(other.0).map(|(a, b)| a.abs_diff(b)).max().unwrap_or(0);
        if x >= left && x < left + width && y >= top && y < top + height {
            inside += u32::from(difference > VISIBLE);
        } else if x + RINGING < left || x >= left + width + RINGING || y + RINGING < top || y >= top + height + RINGING
        {
            outside += u32::from(difference > VISIBLE);
        }
    }
    let covered = 100.0 * f64::from(inside) / f64::from(width * height);
    if covered < mark.covers {
        return Err(format!("the mark covers {covered:.2} % of its box"));
    }
    if outside > 0 {
        return Err(format!("{outside} pixels differ outside of the mark's box"));
    }
    Ok(())
}

fn equal<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, wanted: Option<&T>, found: &T) -> Result<(), String> {
    match wanted {
        Some(wanted) if wanted != found => Err(format!("{what}: {found:?} instead of {wanted:?}")),
        _ => Ok(()),
    }
}

/// Whether both say the same: JSON knows one kind of number (RFC 8259, section 6).
fn same(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Number(wanted), Value::Number(found)) => wanted.as_f64() == found.as_f64(),
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| same(wanted, found))
        }
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(name, wanted)| found.get(name).is_some_and(|found| same(wanted, found)))
        }
        _ => wanted == found,
    }
}

fn excerpt(response: &Response) -> String {
    if response.content_type().starts_with("image/") {
        format!("{} bytes of {}", response.body.len(), response.content_type())
    } else {
        response.text().chars().take(300).collect()
    }
}
