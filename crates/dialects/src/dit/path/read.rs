use percent_encoding::percent_decode_str;

use super::calls::Call;
use super::list::filters;
use super::resize::PathDraft;
use super::segments::{Segment, calls, segments};
use crate::dit::request::{Draft, located};
use crate::dit::{Error, Options};
use crate::sharp::{Json, Reader};

/// Reads a path in Thumbor's style. `original` is the path before it was rewritten, where the bucket is looked for.
pub(in crate::dit) fn read(path: &str, original: &str, options: &Options, reader: &mut Reader) -> Result<Draft, Error> {
    let mut draft = PathDraft::default();
    let mut key: Vec<&str> = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    let mut crop = None;
    let mut behind_size = false;
    let parts = segments(path.strip_prefix('/').unwrap_or(path));
    for (index, part) in parts.iter().enumerate() {
        let was_behind_size = std::mem::take(&mut behind_size);
        let text = match *part {
            Segment::Filters(group) => {
                groups.push(group);
                continue;
            }
            Segment::Last(text) => {
                key.push(text);
                continue;
            }
            Segment::Plain(text) => text,
        };
        if let Some(window) = window(text) {
            crop.get_or_insert(window);
        } else if let Some((width, height)) = size(text, options) {
            if draft.size.is_none() {
                draft.size = Some((width.unsigned_abs(), height.unsigned_abs()));
                draft.mirror(text);
                behind_size = true;
            } else {
                reader.ignore(text);
            }
        } else if text == "fit-in" {
            draft.fit_in = true;
        } else if text.strip_prefix("s3:").is_some_and(|bucket| !bucket.is_empty()) {
            // The bucket is looked for in the path as it was sent.
        } else if !options.compat && ((text == "unsafe" && index == 0) || (was_behind_size && draft.keep(text))) {
            behind_size = was_behind_size;
        } else {
            key.push(text);
        }
    }
    if let Some([left, top, right, bottom]) = crop {
        draft.before.push(("crop".to_owned(), crop_edit(left, top, right, bottom)?));
    }
    apply(&groups, options, &mut draft, reader)?;
    for name in std::mem::take(&mut draft.ignored) {
        reader.ignore(&name);
    }
    let key = key.join("/");
    let key = percent_decode_str(key.trim_start_matches('/')).decode_utf8();
    let key = key.map_err(|_| Error::CannotReadPath("it is not percent-encoded UTF-8".into()))?.into_owned();
    located(&key)?;
    Ok(Draft { bucket: bucket(original, options)?, key, edits: draft.edits(), ..Draft::default() })
}

/// Applies filters in the order of their texts, as the reference server does.
fn apply(groups: &[&str], options: &Options, draft: &mut PathDraft, reader: &mut Reader) -> Result<(), Error> {
    let mut texts: Vec<&str> = groups.iter().flat_map(|group| calls(group)).collect();
    if texts.len() > options.max_edits {
        return Err(Error::Edit(format!("a request has at most {} filters", options.max_edits)));
    }
    texts.sort_unstable();
    for text in texts {
        let known = text.split_once('(').and_then(|(name, arguments)| {
            let filter = filters().iter().find(|filter| filter.name == name)?;
            Some(Call { filter, text: arguments.strip_suffix(')').unwrap_or(arguments) })
        });
        match known {
            Some(call) => (call.filter.apply)(&call, draft)?,
            None => reader.ignore(text),
        }
    }
    Ok(())
}

impl PathDraft {
    /// Mirrored, where a side has a minus.
    fn mirror(&mut self, size: &str) {
        if size.starts_with('-') {
            self.edit("flop", Json::Flag(true));
        }
        if size.contains("x-") {
            self.edit("flip", Json::Flag(true));
        }
    }

    /// Whether the segment says what is kept where something is cut.
    fn keep(&mut self, text: &str) -> bool {
        let position = match (text, self.position.as_deref()) {
            ("smart", _) => "attention".to_owned(),
            ("center" | "middle", Some(_)) => return true,
            ("center" | "middle", None) => "centre".to_owned(),
            ("left" | "right" | "top" | "bottom", None | Some("centre")) => text.to_owned(),
            ("top" | "bottom", Some(side @ ("left" | "right"))) => format!("{side} {text}"),
            _ => return false,
        };
        self.position = Some(position);
        true
    }
}

/// `AxB:CxD`: left, top, right, bottom.
fn window(text: &str) -> Option<[u32; 4]> {
    let ((left, top), (right, bottom)) = text
        .split_once(':')
        .map(|(a, b)| (a.split_once('x'), b.split_once('x')))
        .and_then(|(first, second)| Some((first?, second?)))?;
    let number = |text: &str| (text.len() <= 6).then(|| digits(text)).flatten();
    Some([number(left)?, number(top)?, number(right)?, number(bottom)?])
}

/// `WxH`; with a minus where Thumbor's words are known.
fn size(text: &str, options: &Options) -> Option<(i32, i32)> {
    let (width, height) = text.split_once('x')?;
    let side = |text: &str| match text.strip_prefix('-').filter(|_| !options.compat) {
        Some(side) => digits(side),
        None => digits(text),
    };
    Some((i32::try_from(side(width)?).ok()?, i32::try_from(side(height)?).ok()?))
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok())?
}

fn crop_edit(left: u32, top: u32, right: u32, bottom: u32) -> Result<Json, Error> {
    let (Some(width), Some(height)) = (right.checked_sub(left), bottom.checked_sub(top)) else {
        return Err(Error::CropArea);
    };
    let number = |value: u32| Json::Number(f64::from(value));
    let members = [("left", number(left)), ("top", number(top)), ("width", number(width)), ("height", number(height))];
    Ok(Json::object(members))
}

/// The bucket of the first segment `s3:NAME`.
fn bucket(path: &str, options: &Options) -> Result<Option<String>, Error> {
    let Some(name) = path.split('/').find_map(|segment| segment.strip_prefix("s3:").filter(|name| !name.is_empty()))
    else {
        return Ok(None);
    };
    if options.lists(name) { Ok(options.source(name)) } else { Err(Error::Bucket) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dit::ImageRequest;

    fn options() -> Options {
        Options { buckets: vec!["first".to_owned(), "second".to_owned()], ..Options::default() }
    }

    fn read(path: &str, options: &Options) -> Result<String, Error> {
        let reading = ImageRequest::read(path, None, options)?;
        let edits = reading.request.edits.iter().map(|edit| format!(" {}={}", edit.definition.name, edit.value.json()));
        Ok(reading.request.key.clone() + &edits.collect::<String>())
    }

    #[test]
    fn segments_in_any_order() {
        for (path, expected) in [
            ("/0x90/a.jpg", r#"a.jpg resize={"height":90,"fit":"inside"}"#),
            ("/120x90/a.jpg", r#"a.jpg resize={"width":120,"height":90}"#),
            ("/fit-in/120x90/a.jpg", r#"a.jpg resize={"width":120,"height":90,"fit":"inside"}"#),
            ("/b/120x90/c/fit-in/a.jpg", r#"b/c/a.jpg resize={"width":120,"height":90,"fit":"inside"}"#),
            ("/120x90/fit-in-photos/a.jpg", r#"fit-in-photos/a.jpg resize={"width":120,"height":90}"#),
            (
                "/100x50:400x350/60x60/a.jpg",
                r#"a.jpg crop={"left":100,"top":50,"width":300,"height":300} resize={"width":60,"height":60}"#,
            ),
            ("/50x50/100x100/a.jpg", r#"a.jpg resize={"width":50,"height":50}"#),
            ("//a%20b/%C3%BC.jpg", "a b/ü.jpg"),
            (
                "/unsafe/-60x40/left/top/smart/a.jpg",
                r#"a.jpg resize={"width":60,"height":40,"position":"attention"} flop=true"#,
            ),
            ("/60x40/right/bottom/a.jpg", r#"a.jpg resize={"width":60,"height":40,"position":"right bottom"}"#),
            ("/left/60x40/b/top/a.jpg", r#"left/b/top/a.jpg resize={"width":60,"height":40}"#),
            ("/60x40/s3:first/a.jpg", r#"a.jpg resize={"width":60,"height":40}"#),
        ] {
            assert_eq!(read(path, &options()).as_deref(), Ok(expected), "{path}");
        }
    }

    #[test]
    fn words_of_thumbor_are_folders_on_request() {
        let options = Options { compat: true, ..options() };
        let expected = r#"unsafe/smart/a.jpg resize={"width":60,"height":40}"#;
        assert_eq!(read("/unsafe/60x40/smart/a.jpg", &options).as_deref(), Ok(expected));
    }

    #[test]
    fn mistakes() {
        assert_eq!(read("/60x40/s3:third/a.jpg", &options()), Err(Error::Bucket));
        assert_eq!(read("/400x350:100x50/a.jpg", &options()), Err(Error::CropArea));
        assert!(matches!(read("/%E0%A4%A.jpg", &options()), Err(Error::CannotReadPath(_))));
        assert!(matches!(read("/a/../b.jpg", &options()), Err(Error::CannotReadPath(_))));
        assert_eq!(read("/", &options()), Err(Error::NoSuchKey(String::new())));
        let many = format!("/filters:{}/a.jpg", "blur(1):".repeat(65));
        assert!(matches!(read(&many, &options()), Err(Error::Edit(_))));
    }

    #[test]
    fn another_bucket_is_named() {
        let request = ImageRequest::read("/s3:second/60x40/a.jpg", None, &options()).unwrap().request;
        assert_eq!((request.bucket.as_deref(), request.key.as_str()), (Some("second"), "a.jpg"));
    }

    #[test]
    fn what_has_no_meaning_is_told() {
        let reading = ImageRequest::read("/5x5/6x6/filters:foo(1):grayscale/a.jpg", None, &options()).unwrap();
        assert_eq!(reading.ignored, ["6x6", "foo(1)", "grayscale"]);
    }
}
