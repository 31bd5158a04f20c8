use lightmill_recipe::Locator;
use percent_encoding::percent_decode_str;

use crate::Error;

/// The object that a path names: `path` is as on the wire, without its leading `/`.
pub(crate) fn locator(path: &str) -> Result<Locator, Error> {
    let key = percent_decode_str(path).decode_utf8().map_err(|_| Error::Encoding("the path"))?;
    checked(&key)
}

/// The object of this decoded key. Names that a file system would read as another place are refused for every store,
/// so that one URL means the same wherever the objects lie.
pub(crate) fn checked(key: &str) -> Result<Locator, Error> {
    if key.is_empty() {
        return Err(Error::NoKey);
    }
    if key.contains('\0') {
        return Err(Error::Key("contains a NUL"));
    }
    if key.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
        return Err(Error::Key("contains the segment . or .."));
    }
    Ok(Locator::key(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded_once() {
        for (path, key) in [
            ("example.jpg", "example.jpg"),
            ("a%20b/%E4%B8%96.jpg", "a b/世.jpg"),
            ("100%2525.jpg", "100%25.jpg"),
            ("a+b.jpg", "a+b.jpg"),
            ("..a/b..", "..a/b.."),
            ("/double", "/double"),
        ] {
            assert_eq!(locator(path).unwrap().key, key);
        }
    }

    #[test]
    fn other_places_are_refused() {
        for path in ["../a", "a/../b", "a/%2e%2e/b", "./a", "a/.", "a%2F..%2Fb", "..\\a", "a%5c..%5cb", "a%00b", "%ff"]
        {
            assert!(matches!(locator(path), Err(Error::Key(_) | Error::Encoding(_))), "{path}");
        }
        assert_eq!(locator(""), Err(Error::NoKey));
    }
}
