use http::Uri;
use http::request::Parts;
use http::uri::PathAndQuery;
use lightmill_mill::Error;
use lightmill_recipe::video::HlsPart;

use crate::errors::Problem;

/// The parameter that names a part. The rest of the URL is that of what the part belongs to, its signature included:
/// whoever may have that may have its parts.
const PART: &str = "lm-part=";

/// How the track of thumbnails is named.
const THUMBNAILS: &str = "thumbnails.vtt";

/// Something that belongs to what a URL stands for, and has no URL of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Of an HLS video.
    Hls(HlsPart),
    /// Of a sheet of frames: where each lies, as `WebVTT`.
    Thumbnails,
}

impl Part {
    /// Takes the part out of the request's URL, and keeps it among the request's extensions.
    ///
    /// # Errors
    /// [`Error::NoSuchPart`] for a name that no part has, or several.
    pub fn take(request: &mut Parts) -> Result<(), Problem> {
        let Some(query) = request.uri.query().filter(|query| query.contains(PART)) else { return Ok(()) };
        let (parts, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|one| one.starts_with(PART));
        let part = match parts[..] {
            [] => return Ok(()),
            [part] => Self::read(&part[PART.len()..])?,
            _ => return Err(Error::NoSuchPart.into()),
        };
        let rest = rest.join("&");
        let path = request.uri.path();
        let target = if rest.is_empty() { path.to_owned() } else { format!("{path}?{rest}") };
        let mut uri = std::mem::take(&mut request.uri).into_parts();
        // A part of what was one already.
        uri.path_and_query = Some(PathAndQuery::try_from(target).map_err(|_| Problem::BadTarget)?);
        request.uri = Uri::from_parts(uri).map_err(|_| Problem::BadTarget)?;
        request.extensions.insert(part);
        Ok(())
    }

    /// The part that the request asks for, if it does.
    pub fn of(request: &Parts) -> Option<Self> {
        request.extensions.get().copied()
    }

    fn read(name: &str) -> Result<Self, Error> {
        match name {
            THUMBNAILS => Ok(Self::Thumbnails),
            _ => name.parse().map(Self::Hls).map_err(|_| Error::NoSuchPart),
        }
    }
}

/// What stands for the same path with this query (RFC 3986, section 5.2.2), and can stand between quotes.
pub fn same_path(query: Option<&str>) -> String {
    format!("?{}", query.unwrap_or_default().replace('"', "%22"))
}

/// Where a part of an HLS video is fetched.
pub fn uri(query: Option<&str>, part: HlsPart) -> String {
    let separator = if query.is_none_or(str::is_empty) { "" } else { "&" };
    format!("{}{separator}{PART}{part}", same_path(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str) -> Parts {
        http::Request::get(target).body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_part_is_taken_out_of_the_url_and_put_back() {
        for (target, part, left) in [
            ("/a.mp4?x=1&y=2", None, "/a.mp4?x=1&y=2"),
            ("/a.mp4", None, "/a.mp4"),
            ("/a.mp4?x=lm-part=1", None, "/a.mp4?x=lm-part=1"),
            ("/a.mp4?lm-part=init_0.mp4", Some(Part::Hls(HlsPart::Init(0))), "/a.mp4"),
            ("/a.mp4?x=%22&lm-part=init_1.mp4&y", Some(Part::Hls(HlsPart::Init(1))), "/a.mp4?x=%22&y"),
            ("http://h:1/a?lm-part=status.json", Some(Part::Hls(HlsPart::Status)), "http://h:1/a"),
            ("/a.mp4?x=1&lm-part=thumbnails.vtt", Some(Part::Thumbnails), "/a.mp4?x=1"),
        ] {
            let mut request = request(target);
            Part::take(&mut request).unwrap();
            assert_eq!(Part::of(&request), part, "{target}");
            assert_eq!(request.uri.to_string(), left, "{target}");
        }
        for wrong in ["/a?lm-part=", "/a?lm-part=../x", "/a?lm-part=init_0.mp4&lm-part=init_0.mp4"] {
            assert!(matches!(Part::take(&mut request(wrong)), Err(Problem::Mill(Error::NoSuchPart))), "{wrong}");
        }
        assert_eq!(uri(Some("x=1"), HlsPart::Init(0)), "?x=1&lm-part=init_0.mp4");
        assert_eq!(uri(None, HlsPart::Playlist(2)), "?lm-part=playlist_2.m3u8");
    }
}
