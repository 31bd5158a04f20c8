use super::{Credentials, Settings};
use crate::parameters::split;

impl Settings {
    /// Reads `gs://BUCKET/PREFIX?endpoint=…`.
    ///
    /// Bucket, prefix and values are percent-encoded UTF-8 (`+` stands for itself). A prefix is a folder: `/` is added at
    /// its end. Parameters, each at most once:
    ///
    /// | name | value | default |
    /// | --- | --- | --- |
    /// | `endpoint` | `http://…` or `https://…` of another server | Google's |
    /// | `anonymous` | `true`, `false` | `false` |
    /// | `user_project` | the project that pays | the bucket's owner pays |
    ///
    /// ```
    /// let settings = lightmill_store::gcs::Settings::parse("gs://photos/2026").unwrap();
    /// assert_eq!((settings.bucket.as_str(), settings.prefix.as_str()), ("photos", "2026/"));
    /// ```
    ///
    /// # Errors
    /// What is wrong, in words that complete a sentence about the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (bucket, prefix, mut parameters) = split(url, "gs", "bucket")?;
        // Cloud Storage documentation, "About Cloud Storage buckets".
        if !bucket.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.')) {
            return Err(format!("has {bucket}, which is no name of a bucket: small letters, digits, - _ ."));
        }
        let settings = Self {
            prefix,
            endpoint: parameters.take_url("endpoint")?.map(|url| url.trim_end_matches('/').to_owned()),
            user_project: parameters.take("user_project"),
            credentials: match parameters.take_switch("anonymous")? {
                Some(true) => Credentials::Anonymous,
                _ => Credentials::Found,
            },
            ..Self::new(bucket)
        };
        parameters.finish()?;
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_of_googles() {
        assert_eq!(Settings::parse("gs://photos"), Ok(Settings::new("photos")));
        let folder = Settings { prefix: "a b/ü//".to_owned(), ..Settings::new("photos.example_1") };
        assert_eq!(Settings::parse("gs://photos.example_1/a%20b/%C3%BC//"), Ok(folder));
    }

    #[test]
    fn every_parameter() {
        let expected = Settings {
            endpoint: Some("http://127.0.0.1:4443".to_owned()),
            user_project: Some("payer-1".to_owned()),
            credentials: Credentials::Anonymous,
            ..Settings::new("photos")
        };
        let url = "gs://photos?endpoint=http://127.0.0.1:4443/&user_project=payer-1&anonymous=true";
        assert_eq!(Settings::parse(url), Ok(expected));
    }

    #[test]
    fn mistakes_are_named() {
        for (url, word) in [
            ("s3://photos", "gs://"),
            ("gs://", "bucket"),
            ("gs://Photos", "Photos"),
            ("gs://a%2Fb", "a/b"),
            ("gs://photos/a#b", "fragment"),
            ("gs://photos?region=x", "region"),
            ("gs://photos?endpoint=localhost:9000", "endpoint=localhost:9000"),
            ("gs://photos?anonymous=1", "anonymous=1"),
        ] {
            let problem = Settings::parse(url).unwrap_err();
            assert!(problem.contains(word), "{url}: {problem}");
        }
    }
}
