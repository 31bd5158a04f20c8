//! No language at all: a path names an object, whose stored bytes are wanted, and a query means nothing.

use crate::{Error, Request, Wish, key, query, signature};

/// What a URL asks for. `path` and `query` are as on the wire; `path` starts with `/`.
pub fn parse(path: &str, query: Option<&str>) -> Result<Request, Error> {
    let locator = key::locator(path.strip_prefix('/').unwrap_or(path))?;
    let ignored = query::names_except(query, &[signature::SIGNATURE, signature::EXPIRES]);
    Ok(Request::new(locator, Wish::Original).ignoring(ignored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_of_a_path_is_the_key() {
        let request = parse("/a!b/%E4%B8%96.jpg", Some("x-oss-process=image/resize,w_1&lm-signature=0")).unwrap();
        assert_eq!(request.locator.key, "a!b/世.jpg");
        assert_eq!((request.wish, request.ignored), (Wish::Original, vec!["x-oss-process".to_owned()]));
        assert!(parse("/a/../b", None).is_err());
    }
}
