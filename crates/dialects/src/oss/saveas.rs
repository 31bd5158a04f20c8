use lightmill_recipe::Locator;

use super::Options;
use super::parse::parse_process;
use crate::base64url;
use crate::{Error, Request, key};

/// Where a result goes that is kept instead of sent (`sys/saveas`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveAs {
    /// The bucket; `None` is that of the source.
    pub bucket: Option<String>,
    /// The object's key.
    pub object: String,
}

const FORM: Error = Error::Usage(
    "what is posted is ACTIONS|sys/saveas,o_OBJECT,b_BUCKET with both names in base64url; b_BUCKET may be left out",
);

/// What a posted `image/resize,w_100|sys/saveas,o_OBJECT,b_BUCKET` asks for, and where it goes (Alibaba Cloud OSS,
/// "Save processed images").
pub fn parse_save(
    text: &str,
    locator: &Locator,
    accept: Option<&str>,
    options: &Options,
) -> Result<(Request, SaveAs), Error> {
    let (actions, target) = text.split_once('|').ok_or(FORM)?;
    let names = target.strip_prefix("sys/saveas,").ok_or(FORM)?;
    let (mut object, mut bucket) = (None, None);
    for name in names.split(',') {
        let (place, text, called) = match name.split_once('_') {
            Some(("o", text)) => (&mut object, text, "o"),
            Some(("b", text)) => (&mut bucket, text, "b"),
            _ => return Err(Error::UnknownParameter(Error::quote(name))),
        };
        let text = base64url::decode(text).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| Error::Value(format!("{called}_ of sys/saveas is a name in base64url")))?;
        if place.replace(text).is_some() {
            return Err(Error::Value(format!("{called}_ of sys/saveas must be given only once")));
        }
    }
    let object = key::checked(&object.ok_or(FORM)?)?.key;
    Ok((parse_process(actions, locator, accept, options)?, SaveAs { bucket, object }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Wish;

    fn parse(text: &str) -> Result<(Request, SaveAs), Error> {
        parse_save(text, &Locator::key("a.jpg"), None, &Options::default())
    }

    fn encoded(text: &str) -> String {
        base64url::encode(text)
    }

    #[test]
    fn actions_and_styles_are_saved() {
        let (object, bucket) = (encoded("made/ü b.webp"), encoded("results"));
        let (request, save) = parse(&format!("image/resize,w_100|sys/saveas,o_{object},b_{bucket}")).unwrap();
        assert!(matches!(request.wish, Wish::Transform(_)));
        assert_eq!(save, SaveAs { bucket: Some("results".into()), object: "made/ü b.webp".into() });
        let (request, save) = parse(&format!("style/box|sys/saveas,o_{object}")).unwrap();
        assert!(matches!(request.wish, Wish::Style { .. }));
        assert_eq!(save.bucket, None);
    }

    #[test]
    fn other_forms_are_refused() {
        let name = encoded("a");
        for wrong in [
            "",
            "image/resize,w_100",
            "image/resize,w_100|sys/saveas",
            "image/resize,w_100|sys/notify,o_YQ",
            "image/resize,w_100|sys/saveas,o_",
            "image/resize,w_100|sys/saveas,o_*",
            "image/resize,w_100|sys/saveas,b_YQ",
            "image/resize,w_0|sys/saveas,o_YQ",
            &format!("image/resize,w_1|sys/saveas,o_{name},o_{name}"),
            &format!("image/resize,w_1|sys/saveas,o_{name},x_{name}"),
            &format!("image/resize,w_1|sys/saveas,o_{name}|sys/saveas,o_{name}"),
            &format!("image/resize,w_1|sys/saveas,o_{}", encoded("../a")),
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
