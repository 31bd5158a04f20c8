//! The picture in the body of a request: the body itself, or the part `media` of a form.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::HeaderName;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::request::Parts;
use http_body_util::BodyExt;
use multer::{Multipart, parse_boundary};
use percent_encoding::percent_decode_str;

use crate::errors::Problem;

/// The header that names a picture which is the whole body (RFC 5023, section 9.7).
const SLUG: HeaderName = HeaderName::from_static("slug");

/// The part of a form that is the picture.
const PART: &str = "media";

/// Bytes of a form beside its picture.
const FORM_BYTES: u64 = 64 << 10;

/// Bytes of a body that is too long which are thrown away all the same: whoever is cut off while sending may not see the
/// answer.
const THROWN_AWAY_BYTES: u64 = 4 << 20;

/// Bytes of a name.
const NAME_BYTES: usize = 255;

/// A picture that was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub bytes: Bytes,
    /// What whoever sent it calls it, without folders.
    pub name: Option<String>,
}

/// Reads a picture of at most `most` bytes; a longer one is not read to its end.
pub(super) async fn read(request: &Parts, body: Body, most: u64) -> Result<Sent, Problem> {
    let content_type = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = content_type.get(..19).is_some_and(|start| start.eq_ignore_ascii_case("multipart/form-data"));
    let bytes = whole(request, body, most, if is_form { FORM_BYTES } else { 0 }).await?;
    let sent = if is_form { part(content_type, bytes).await? } else { Sent { bytes, name: slug(request) } };
    if sent.bytes.len() as u64 > most { Err(too_long(most)) } else { Ok(sent) }
}

/// The body, if it has at most `most` bytes and `beside` those of a form.
async fn whole(request: &Parts, mut body: Body, most: u64, beside: u64) -> Result<Bytes, Problem> {
    let allowed = most + beside;
    let declared = request.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|declared| declared > allowed + THROWN_AWAY_BYTES) {
        return Err(too_long(most));
    }
    let mut is_too_long = declared.is_some_and(|declared| declared > allowed);
    let (mut held, mut count) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::BadBody("it ended early".to_owned()))?;
        let Ok(data) = frame.into_data() else { continue };
        count += data.len() as u64;
        is_too_long |= count > allowed;
        if count > allowed + THROWN_AWAY_BYTES {
            break;
        }
        if is_too_long {
            held = BytesMut::new();
        } else {
            held.extend_from_slice(&data);
        }
    }
    if is_too_long { Err(too_long(most)) } else { Ok(held.freeze()) }
}

fn too_long(most: u64) -> Problem {
    Problem::UploadSize(format!("has more than {most} bytes"))
}

async fn part(content_type: &str, bytes: Bytes) -> Result<Sent, Problem> {
    let bad = |error: multer::Error| Problem::BadBody(error.to_string());
    let boundary = parse_boundary(content_type).map_err(bad)?;
    let mut form = Multipart::new(futures::stream::iter([Ok::<_, std::io::Error>(bytes)]), boundary);
    while let Some(field) = form.next_field().await.map_err(bad)? {
        if field.name() == Some(PART) {
            let name = field.file_name().and_then(file_name);
            return Ok(Sent { bytes: field.bytes().await.map_err(bad)?, name });
        }
    }
    Err(Problem::BadBody(format!("the form has no part `{PART}`")))
}

fn slug(request: &Parts) -> Option<String> {
    let text = request.headers.get(SLUG)?.to_str().ok()?;
    file_name(&percent_decode_str(text).decode_utf8_lossy())
}

/// The name of a file as its reader may see it: without folders and control characters.
fn file_name(text: &str) -> Option<String> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String = last.trim().chars().filter(|char| !char.is_control()).collect();
    while name.len() > NAME_BYTES {
        name.pop();
    }
    (!matches!(name.as_str(), "" | "." | "..")).then_some(name)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    async fn sent(headers: &[(&str, &str)], body: &'static str, most: u64) -> Result<Sent, Problem> {
        let request = headers.iter().fold(Request::post("/image"), |all, (name, value)| all.header(*name, *value));
        read(&request.body(()).unwrap().into_parts().0, Body::from(body), most).await
    }

    #[tokio::test]
    async fn bodies_and_forms() {
        let raw = sent(&[("slug", "a/b%20c.jpg")], "0123", 4).await.unwrap();
        assert_eq!((raw.bytes.as_ref(), raw.name.as_deref()), (&b"0123"[..], Some("b c.jpg")));
        let form = "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n9\r\n--x\r\ncontent-disposition: \
                    form-data; name=\"media\"; filename=\"C:\\d.png\"\r\ncontent-type: image/png\r\n\r\n0123\r\n--x--\r\n";
        let of_form = [("content-type", "Multipart/Form-Data; boundary=x"), ("slug", "no")];
        let read = sent(&of_form, form, 4).await.unwrap();
        assert_eq!((read.bytes.as_ref(), read.name.as_deref()), (&b"0123"[..], Some("d.png")));
        assert!(matches!(sent(&of_form, form, 3).await, Err(Problem::UploadSize(_))));
        for broken in
            ["", "--x", "--x--\r\n", "--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n9\r\n--x--\r\n"]
        {
            assert!(matches!(sent(&of_form, broken, 9).await, Err(Problem::BadBody(_))), "{broken:?}");
        }
        let without = [("content-type", "multipart/form-data")];
        assert!(matches!(sent(&without, form, 99).await, Err(Problem::BadBody(_))));
    }

    #[tokio::test]
    async fn no_more_is_read_than_allowed() {
        for headers in [&[][..], &[("content-length", "5")]] {
            assert!(matches!(sent(headers, "01234", 4).await, Err(Problem::UploadSize(_))));
        }
        let broken = futures::stream::iter([Ok("01"), Err(std::io::Error::other("gone"))]);
        let request = Request::post("/image").body(()).unwrap().into_parts().0;
        assert!(matches!(read(&request, Body::from_stream(broken), 9).await, Err(Problem::BadBody(_))));
    }

    #[test]
    fn names_are_those_of_files() {
        for (text, name) in [
            ("kitty.jpg", Some("kitty.jpg")),
            ("../../etc/passwd", Some("passwd")),
            ("a\r\nb", Some("ab")),
            ("a/", None),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(file_name(text).as_deref(), name, "{text:?}");
        }
        assert_eq!(file_name(&"é".repeat(200)).unwrap().len(), 254);
    }
}
