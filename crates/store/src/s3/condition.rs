use aws_sdk_s3::config::Config;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;

use super::{Bucket, error, source};
use crate::{Condition, Error, Version};

impl Bucket {
    /// Sends `request` on `condition` (Amazon S3 User Guide, "Conditional writes").
    pub(super) async fn put_if(
        &self,
        request: PutObjectFluentBuilder,
        condition: &Condition,
    ) -> Result<Version, Error> {
        let request = match condition {
            Condition::Absent => request.if_none_match("*"),
            Condition::Unchanged(version) => request.if_match(etag(version)),
        };
        // A second attempt would find what the first one wrote, and call it somebody else's.
        let once = Config::builder().retry_config(RetryConfig::disabled());
        let answer = match request.customize().config_override(once).send().await {
            Ok(output) => Ok(source::version(output.e_tag, output.version_id)),
            Err(error) if error::is_unmet(&error) => return Err(Error::Changed),
            Err(error) => Err(error::of(&self.name, &error)),
        };
        match (answer, condition) {
            (Err(Error::NotFound), Condition::Unchanged(_)) => Err(Error::Changed),
            (answer, _) => self.written(answer)?,
        }
    }
}

/// That part of a version which a condition can have: ids of versions are no part of conditions.
fn etag(version: &Version) -> &str {
    let text = version.as_str();
    text.rsplit_once("\" ").map_or(text, |(etag, _)| &text[..=etag.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_have_no_ids_of_versions() {
        for (version, expected) in [("\"1\"", "\"1\""), ("\"1\" v7", "\"1\""), ("\"a b\" v7", "\"a b\""), ("1", "1")] {
            assert_eq!(etag(&Version::new(version)), expected);
        }
    }
}
