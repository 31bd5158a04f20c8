use super::{Credentials, Role, Settings};
use crate::parameters::{Parameters, split};

impl Settings {
    /// Reads `s3://BUCKET/PREFIX?region=…&endpoint=…`.
    ///
    /// Bucket, prefix and values are percent-encoded UTF-8 (`+` stands for itself). A prefix is a folder: `/` is added at
    /// its end. Parameters, each at most once:
    ///
    /// | name | value | default |
    /// | --- | --- | --- |
    /// | `region` | the bucket's region | see [`Settings::region`] |
    /// | `endpoint` | `http://…` or `https://…` of another server | Amazon's |
    /// | `path_style` | `true`, `false` | `true` with an endpoint, `false` without |
    /// | `requester_pays` | `true`, `false` | `false` |
    /// | `profile` | a profile of the shared configuration files | what the SDK finds |
    /// | `anonymous` | `true`, `false` | `false` |
    /// | `role` | ARN of a role to assume | none |
    /// | `session_name` | with `role` | `lightmill` |
    /// | `external_id` | with `role` | none |
    /// | `sts_endpoint` | with `role`: `http://…` or `https://…` | Amazon's |
    ///
    /// Keys and secrets have no place in a URL, which logs show: [`Settings::credentials`] takes them.
    ///
    /// ```
    /// let settings = lightmill_store::s3::Settings::parse("s3://photos/2026?region=eu-central-1").unwrap();
    /// assert_eq!((settings.bucket.as_str(), settings.prefix.as_str()), ("photos", "2026/"));
    /// assert_eq!(settings.region.as_deref(), Some("eu-central-1"));
    /// ```
    ///
    /// # Errors
    /// What is wrong, in words that complete a sentence about the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (bucket, prefix, mut parameters) = split(url, "s3", "bucket")?;
        let mut settings = Self { prefix, ..Self::new(bucket) };
        settings.region = parameters.take("region");
        settings.endpoint = parameters.take_url("endpoint")?;
        settings.path_style = parameters.take_switch("path_style")?.unwrap_or(settings.endpoint.is_some());
        settings.requester_pays = parameters.take_switch("requester_pays")?.unwrap_or(false);
        let anonymous = parameters.take_switch("anonymous")?.unwrap_or(false);
        settings.credentials = match (parameters.take("profile"), anonymous) {
            (Some(_), true) => return Err("has both profile and anonymous".to_owned()),
            (Some(profile), false) => Credentials::Profile(profile),
            (None, true) => Credentials::Anonymous,
            (None, false) => Credentials::Found,
        };
        settings.role = role(&mut parameters, anonymous)?;
        parameters.finish()?;
        Ok(settings)
    }
}

fn role(parameters: &mut Parameters, anonymous: bool) -> Result<Option<Role>, String> {
    let (arn, session_name, external_id) =
        (parameters.take("role"), parameters.take("session_name"), parameters.take("external_id"));
    let endpoint = parameters.take_url("sts_endpoint")?;
    let Some(arn) = arn else {
        return match session_name.or(external_id).or(endpoint) {
            Some(_) => Err("has a parameter of a role, and no role".to_owned()),
            None => Ok(None),
        };
    };
    if anonymous {
        return Err("has both role and anonymous".to_owned());
    }
    let role = Role::new(arn);
    Ok(Some(Role { session_name: session_name.unwrap_or(role.session_name), external_id, endpoint, ..role }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_of_amazons() {
        assert_eq!(Settings::parse("s3://photos"), Ok(Settings::new("photos")));
        assert_eq!(Settings::parse("s3://photos/"), Ok(Settings::new("photos")));
        let folder = Settings { prefix: "a b/ü//".to_owned(), ..Settings::new("photos") };
        assert_eq!(Settings::parse("s3://photos/a%20b/%C3%BC//"), Ok(folder.clone()));
        assert_eq!(Settings::parse("s3://photos/a b/ü//?"), Ok(folder));
        let access_point = Settings::parse("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint%2Fphotos/x");
        assert_eq!(access_point.unwrap().bucket, "arn:aws:s3:eu-west-1:111122223333:accesspoint/photos");
    }

    #[test]
    fn every_parameter() {
        let url = "s3://photos?region=eu-west-1&requester_pays=true&profile=web&role=arn:aws:iam::111122223333:role/r\
                   &session_name=mill&external_id=a+b%26c&sts_endpoint=https://sts.example.com";
        let role = Role {
            session_name: "mill".to_owned(),
            external_id: Some("a+b&c".to_owned()),
            endpoint: Some("https://sts.example.com".to_owned()),
            ..Role::new("arn:aws:iam::111122223333:role/r")
        };
        let expected = Settings {
            region: Some("eu-west-1".to_owned()),
            requester_pays: true,
            credentials: Credentials::Profile("web".to_owned()),
            role: Some(role),
            ..Settings::new("photos")
        };
        assert_eq!(Settings::parse(url), Ok(expected));
    }

    #[test]
    fn another_server_takes_the_bucket_in_the_path() {
        let settings = Settings::parse("s3://photos?endpoint=http://127.0.0.1:9000&anonymous=true").unwrap();
        assert_eq!(settings.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert!(settings.path_style);
        assert_eq!(settings.credentials, Credentials::Anonymous);
        assert!(!Settings::parse("s3://photos?endpoint=https://s3.example.com&path_style=false").unwrap().path_style);
        assert!(Settings::parse("s3://photos?path_style=true").unwrap().path_style);
    }

    #[test]
    fn mistakes_are_named() {
        for (url, word) in [
            ("gs://photos", "s3://"),
            ("s3://", "bucket"),
            ("s3:///prefix", "bucket"),
            ("s3://photos/a#b", "fragment"),
            ("s3://photos/%ff", "UTF-8"),
            ("s3://photos?regoin=x", "regoin"),
            ("s3://photos?region", "region"),
            ("s3://photos?region=", "region"),
            ("s3://photos?region=a&region=b", "twice"),
            ("s3://photos?path_style=yes", "path_style=yes"),
            ("s3://photos?endpoint=localhost:9000", "endpoint=localhost:9000"),
            ("s3://photos?endpoint=https://user@host", "endpoint=https://user@host"),
            ("s3://photos?session_name=x", "role"),
            ("s3://photos?role=x&anonymous=true", "anonymous"),
            ("s3://photos?profile=x&anonymous=true", "profile"),
        ] {
            let problem = Settings::parse(url).unwrap_err();
            assert!(problem.contains(word), "{url}: {problem}");
        }
    }
}
