use std::fmt;
use std::path::{Path, PathBuf};

use super::Secret;

/// What a reference can begin with, before its `:`.
pub const SCHEMES: [&str; 5] = ["literal", "file", "env", "secretsmanager", "ssm"];

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// Here.
    Literal(Secret),
    /// In a file: one secret a line.
    File(PathBuf),
    /// In a variable of this process's environment.
    Variable(String),
    /// In Amazon's Secrets Manager; what it held before is valid too.
    Manager {
        /// The secret's name or ARN.
        id: String,
        /// The field of the JSON object that it holds; `None` if it holds the secret itself.
        field: Option<String>,
    },
    /// In a parameter of Amazon's SSM, by its name or ARN: one secret a line.
    Parameter(String),
}

/// Why a text is no reference. It does not show the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Nothing at all.
    #[error("an empty key signs nothing")]
    Empty,
    /// `file:` and nothing after it, or the like.
    #[error("names nothing after `{0}:`")]
    NamesNothing(&'static str),
    /// `secretsmanager:ID#`.
    #[error("names no field after `#`")]
    NoField,
}

impl Reference {
    /// Reads `file:PATH` (relative paths count from `base`), `env:NAME`, `secretsmanager:ID`, `secretsmanager:ID#FIELD`,
    /// `ssm:NAME`. Every other text is the secret itself; `literal:TEXT` is one that looks like the above.
    pub fn parse(text: &str, base: &Path) -> Result<Self, ReferenceError> {
        let known = text
            .split_once(':')
            .and_then(|(scheme, rest)| SCHEMES.into_iter().find(|known| *known == scheme).map(|scheme| (scheme, rest)));
        let Some((scheme, rest)) = known else {
            return if text.is_empty() { Err(ReferenceError::Empty) } else { Ok(Self::Literal(Secret::new(text))) };
        };
        match (scheme, rest) {
            ("literal", "") => Err(ReferenceError::Empty),
            (_, "") => Err(ReferenceError::NamesNothing(scheme)),
            ("literal", text) => Ok(Self::Literal(Secret::new(text))),
            ("file", path) => Ok(Self::File(base.join(path))),
            ("env", name) => Ok(Self::Variable(name.to_owned())),
            ("ssm", name) => Ok(Self::Parameter(name.to_owned())),
            (_, id) => match id.split_once('#') {
                None => Ok(Self::Manager { id: id.to_owned(), field: None }),
                Some((_, "")) => Err(ReferenceError::NoField),
                Some(("", _)) => Err(ReferenceError::NamesNothing(scheme)),
                Some((id, field)) => Ok(Self::Manager { id: id.to_owned(), field: Some(field.to_owned()) }),
            },
        }
    }

    /// Whether what it refers to can change while this process runs.
    pub fn can_change(&self) -> bool {
        !matches!(self, Self::Literal(_) | Self::Variable(_))
    }

    /// Its kind, for metrics.
    pub(super) fn scheme(&self) -> &'static str {
        match self {
            Self::Literal(_) => "literal",
            Self::File(_) => "file",
            Self::Variable(_) => "env",
            Self::Manager { .. } => "secretsmanager",
            Self::Parameter(_) => "ssm",
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme())?;
        match self {
            Self::Literal(secret) => write!(f, "{secret:?}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) | Self::Parameter(name) => f.write_str(name),
            Self::Manager { id, field: None } => f.write_str(id),
            Self::Manager { id, field: Some(field) } => write!(f, "{id}#{field}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Reference, ReferenceError> {
        Reference::parse(text, Path::new("/etc/lightmill"))
    }

    #[test]
    fn forms() {
        let literal = |text: &str| Ok(Reference::Literal(Secret::new(text)));
        for (text, reference) in [
            ("hunter2", literal("hunter2")),
            ("a:b", literal("a:b")),
            ("literal:env:HOME", literal("env:HOME")),
            ("file:keys/a", Ok(Reference::File("/etc/lightmill/keys/a".into()))),
            ("file:/run/key", Ok(Reference::File("/run/key".into()))),
            ("env:KEY", Ok(Reference::Variable("KEY".into()))),
            ("ssm:/images/key", Ok(Reference::Parameter("/images/key".into()))),
            ("secretsmanager:images/key", Ok(Reference::Manager { id: "images/key".into(), field: None })),
            ("secretsmanager:arn:aws:s#k", Ok(Reference::Manager { id: "arn:aws:s".into(), field: Some("k".into()) })),
            ("", Err(ReferenceError::Empty)),
            ("literal:", Err(ReferenceError::Empty)),
            ("file:", Err(ReferenceError::NamesNothing("file"))),
            ("secretsmanager:#a", Err(ReferenceError::NamesNothing("secretsmanager"))),
            ("secretsmanager:a#", Err(ReferenceError::NoField)),
        ] {
            assert_eq!(parse(text), reference, "{text}");
        }
    }

    #[test]
    fn only_what_is_no_secret_is_shown() {
        let literal = parse("hunter2").unwrap();
        assert!(!format!("{literal} {literal:?}").contains("hunter2"));
        for text in ["file:/run/key", "env:KEY", "ssm:/images/key", "secretsmanager:a#k", "secretsmanager:a"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }
}
