use lightmill_recipe::Fingerprint;
use lightmill_store::Version;

/// Hexadecimal digits that stand for a key, and those that stand for its state.
const DIGITS: usize = 8;

/// Stands for an object in one state, in the names of what is made of it: 16 hexadecimal digits, of which the first half
/// follows from its key and the second from its key and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// That of the object `key` in the state `version`.
    pub fn of(key: &str, version: &Version) -> Self {
        let state = Fingerprint::of([key, version.as_str()]);
        Self([&of_key(key), &state.as_str()[..DIGITS]].concat())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Those that follow from the key alone.
    pub fn key_digits(&self) -> &str {
        &self.0[..DIGITS]
    }
}

/// [`Id::key_digits`] of every state of `key`.
pub(crate) fn of_key(key: &str) -> String {
    Fingerprint::of([key]).as_str()[..DIGITS].to_owned()
}

/// The name of a variant: `FOLDERS/STEM_VARIANT_ID.EXTENSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Which variant.
    pub variant: String,
    /// Of what.
    pub id: Id,
}

impl Name {
    /// How the names of everything that is made of `key` begin, and maybe those of others.
    pub fn beginning(key: &str) -> String {
        let (folders, file) = key.rsplit_once('/').map_or(("", key), |(folders, file)| (folders, file));
        // What begins with its only point has no extension.
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| if stem.is_empty() { file } else { stem });
        if folders.is_empty() { format!("{stem}_") } else { format!("{folders}/{stem}_") }
    }

    /// The whole name, of something that is made of `key`.
    pub fn below(&self, key: &str, extension: &str) -> String {
        format!("{}{}_{}.{extension}", Self::beginning(key), self.variant, self.id.0)
    }

    /// What the name of an object says, if it is that of a variant.
    pub fn read(object: &str) -> Option<Self> {
        let file = object.rsplit('/').next()?;
        let (stem, _) = file.rsplit_once('.')?;
        let (rest, id) = stem.rsplit_once('_')?;
        let (_, variant) = rest.rsplit_once('_')?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_id = id.len() == 2 * DIGITS && id.bytes().all(is_digit);
        (is_id && (is_variant(variant) || variant == MANIFEST))
            .then(|| Self { variant: variant.to_owned(), id: Id(id.to_owned()) })
    }

    /// What the key of the object begins with of which the object of that name is made, up to where an extension may follow.
    pub fn stem<'a>(&self, object: &'a str) -> Option<&'a str> {
        let (stem, _) = object.rsplit_once('.')?;
        stem.strip_suffix(&format!("_{}_{}", self.variant, self.id.0))
    }

    /// Whether it is that of something that is made of `key`, in whatever state.
    pub fn is_of(&self, key: &str) -> bool {
        self.id.key_digits() == of_key(key)
    }
}

/// What stands for a variant in the name of a manifest, which tells of all of them. No variant is called so.
pub const MANIFEST: &str = "manifest";

/// Whether a variant may be called so: 1 to 32 small letters, digits and `-`, and not [`MANIFEST`].
pub fn is_variant(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&name.len()) && name.bytes().all(fits) && name != MANIFEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(key: &str, version: &str) -> Name {
        Name { variant: "webp".to_owned(), id: Id::of(key, &Version::new(version)) }
    }

    #[test]
    fn names_keep_folders_and_are_read_back() {
        for (key, begins) in [
            ("photo.jpg", "photo_webp_"),
            ("a/b c/photo.old.JPG", "a/b c/photo.old_webp_"),
            ("a/.hidden", "a/.hidden_webp_"),
            ("a/none", "a/none_webp_"),
            ("大_x_y.png", "大_x_y_webp_"),
        ] {
            let made = name(key, "1");
            let text = made.below(key, "webp");
            assert!(text.starts_with(begins) && text.strip_suffix(".webp").is_some(), "{text}");
            assert_eq!(Name::read(&text), Some(made.clone()));
            assert!(made.is_of(key) && !made.is_of("another.jpg"));
            assert!(text.starts_with(&Name::beginning(key)));
        }
    }

    #[test]
    fn the_same_state_has_the_same_name_and_no_other() {
        assert_eq!(name("a.jpg", "1"), name("a.jpg", "1"));
        assert_ne!(name("a.jpg", "1"), name("a.jpg", "2"));
        assert!(name("a.jpg", "2").is_of("a.jpg"));
        assert!(!is_variant(MANIFEST) && is_variant("manifests"));
        // Both have the stem `a`.
        assert!(!name("a.jpg", "1").is_of("a.png"));
    }

    #[test]
    fn what_people_call_their_files_is_no_variant() {
        for other in [
            "photo.jpg",
            "photo_webp.jpg",
            "photo_webp_123.jpg",
            "photo_webp_0123456789abcdeX.jpg",
            "photo_WEBP_0123456789abcdef.jpg",
            "photo_webp_0123456789ABCDEF.jpg",
            "webp_0123456789abcdef.jpg",
            "photo_webp_0123456789abcdef",
            "photo_webp_0123456789abcdef/x.jpg",
        ] {
            assert_eq!(Name::read(other), None, "{other}");
        }
    }
}
