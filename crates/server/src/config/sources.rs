use std::path::{Path, PathBuf};
use std::time::Duration;

use lightmill_store::Secret;
use lightmill_store::http::{BaseUrl, HttpSettings};
use lightmill_store::s3::{self, Credentials};
use lightmill_store::{azure, gcs};
use percent_encoding::percent_decode_str;

use super::origin::{self, Remote};
use super::secrets::secret;
use super::section::Section;

/// How often an origin is asked by default.
const ATTEMPTS: u32 = 3;

/// `[sources.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name by which mounts and `x-bucket` refer to it.
    pub name: String,
    /// Where its objects are.
    pub location: Location,
}

/// Where objects are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// In this folder and below.
    Folder(PathBuf),
    /// At an HTTP(S) origin.
    Http(Box<HttpSettings>, Remote),
    /// In an S3 bucket.
    S3(Box<s3::Settings>, Remote),
    /// In a bucket of Google Cloud Storage.
    Gcs(Box<gcs::Settings>, Remote),
    /// In a container of Azure Blob Storage.
    Azure(Box<azure::Settings>, Remote),
}

impl Location {
    /// Whether objects can be written there.
    pub fn is_writable(&self) -> bool {
        !matches!(self, Self::Http(..))
    }
}

impl Source {
    /// `base`: the folder from which relative paths count, that of the configuration file; `longest`: what a request may
    /// take.
    pub(super) fn read(name: String, mut section: Section<'_>, base: &Path, longest: Duration) -> Option<Self> {
        let url: Option<String> = section.optional("url");
        if url.is_none() && section.is_empty() {
            section.silent_mistake("url", "is missing: a folder, or a file://, https://, s3://, gs:// or az:// URL");
        }
        let location = url.and_then(|url| match place(&url, base) {
            Ok(Place::Folder(path)) => Some(Location::Folder(path)),
            Ok(Place::Origin(url)) => {
                let settings = origin::read(&mut section, url, base);
                Some(Location::Http(Box::new(settings), Remote::read(&mut section, longest, ATTEMPTS)))
            }
            Ok(Place::Bucket(mut settings)) => {
                if let Some(credentials) = credentials(&mut section, &settings, base) {
                    settings.credentials = credentials;
                }
                // The SDK asks three times by itself.
                Some(Location::S3(settings, Remote::read(&mut section, longest, 1)))
            }
            Ok(Place::Gcs(mut settings)) => {
                google(&mut section, &mut settings, base);
                Some(Location::Gcs(settings, Remote::read(&mut section, longest, ATTEMPTS)))
            }
            Ok(Place::Azure(mut settings)) => {
                microsoft(&mut section, &mut settings);
                Some(Location::Azure(settings, Remote::read(&mut section, longest, ATTEMPTS)))
            }
            // It may hold a password.
            Err(problem) if url.contains('@') => {
                section.silent_mistake("url", problem);
                None
            }
            Err(problem) => {
                section.mistake("url", &url, problem);
                None
            }
        });
        section.finish();
        Some(Self { name, location: location? })
    }
}

/// A key that does not expire, if one is configured.
fn credentials(section: &mut Section<'_>, settings: &s3::Settings, base: &Path) -> Option<Credentials> {
    match (section.secret("access_key_id"), secret(section, "secret_access_key", base)) {
        (None, None) => None,
        (Some(_), Some(_)) if settings.credentials != Credentials::Found => {
            section.silent_mistake("access_key_id", "is given, and `profile` or `anonymous` in the URL too");
            None
        }
        (Some(id), Some(secret)) => Some(Credentials::Key { id, secret }),
        (id, _) => {
            let missing = if id.is_none() { "access_key_id" } else { "secret_access_key" };
            section.silent_mistake(missing, "is missing beside its other half");
            None
        }
    }
}

/// The keys of a bucket of Google Cloud Storage.
fn google(section: &mut Section<'_>, settings: &mut gcs::Settings, base: &Path) {
    let Some(file) = section.optional::<String>("credentials_file") else { return };
    if settings.credentials == gcs::Credentials::Anonymous {
        section.silent_mistake("credentials_file", "is given, and `anonymous` in the URL too");
    }
    settings.credentials = gcs::Credentials::File(base.join(file));
}

/// The keys of a container of Azure Blob Storage.
fn microsoft(section: &mut Section<'_>, settings: &mut azure::Settings) {
    let key = section.secret("account_key").map(|key| ("account_key", azure::Credentials::Key(Secret::new(key))));
    let sas = section.secret("sas").map(|sas| ("sas", azure::Credentials::Signature(Secret::new(sas))));
    if key.is_some() && sas.is_some() {
        section.silent_mistake("sas", "is given, and `account_key` too");
    }
    let Some((name, credentials)) = key.or(sas) else { return };
    if settings.credentials != (azure::Credentials::Found { client_id: None }) {
        section.silent_mistake(name, "is given, and `anonymous` or `client_id` in the URL too");
    }
    settings.credentials = credentials;
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Origin(BaseUrl),
    Bucket(Box<s3::Settings>),
    Gcs(Box<gcs::Settings>),
    Azure(Box<azure::Settings>),
}

/// What a URL or a path names; a folder must exist.
fn place(url: &str, base: &Path) -> Result<Place, String> {
    let path = match url.split_once("://") {
        Some(("file", rest)) if rest.starts_with('/') => {
            let path = percent_decode_str(rest).decode_utf8().map_err(|_| "is not percent-encoded UTF-8")?;
            PathBuf::from(path.as_ref())
        }
        Some(("file", _)) => return Err("a file URL has no host: file:///absolute/path".to_owned()),
        Some(("http" | "https", _)) => {
            return url
                .parse()
                .map(Place::Origin)
                .map_err(|error: lightmill_store::http::BaseUrlError| error.to_string());
        }
        Some(("s3", _)) => return s3::Settings::parse(url).map(|settings| Place::Bucket(Box::new(settings))),
        Some(("gs", _)) => return gcs::Settings::parse(url).map(|settings| Place::Gcs(Box::new(settings))),
        Some(("az", _)) => return azure::Settings::parse(url).map(|settings| Place::Azure(Box::new(settings))),
        Some((scheme, _)) => return Err(format!("{scheme} stores are not available in this build")),
        None if url.is_empty() => return Err("is empty".to_owned()),
        None => base.join(url),
    };
    if path.is_dir() { Ok(Place::Folder(path)) } else { Err(format!("there is no folder {}", path.display())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_origins_and_buckets() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("two words")).unwrap();
        let folder = Ok(Place::Folder(root.path().join("two words")));
        assert_eq!(place("two words", root.path()), folder);
        let url = format!("file://{}/two%20words", root.path().display());
        assert_eq!(place(&url, Path::new("/nowhere")), folder);
        let origin = "https://photos.example/a".parse().unwrap();
        assert_eq!(place("https://photos.example/a/", root.path()), Ok(Place::Origin(origin)));
        let Ok(Place::Bucket(bucket)) = place("s3://photos/2026?region=eu-west-1", root.path()) else { panic!() };
        assert_eq!((bucket.bucket.as_str(), bucket.prefix.as_str()), ("photos", "2026/"));
        let Ok(Place::Gcs(bucket)) = place("gs://photos/2026", root.path()) else { panic!() };
        assert_eq!((bucket.bucket.as_str(), bucket.prefix.as_str()), ("photos", "2026/"));
        let Ok(Place::Azure(container)) = place("az://photos/2026?account=example", root.path()) else { panic!() };
        assert_eq!((container.container.as_str(), container.prefix.as_str()), ("photos", "2026/"));
        for bad in [
            "file://host/x",
            "s3://",
            "gs://",
            "az://photos",
            "ftp://photos",
            "",
            "missing",
            "https://",
            "http://user:secret@photos.example",
        ] {
            let problem = place(bad, root.path()).unwrap_err();
            assert!(!problem.contains("secret"), "{bad}: {problem}");
        }
    }
}
