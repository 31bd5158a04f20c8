use super::{Credentials, Settings};
use crate::parameters::split;

impl Settings {
    /// Reads `az://CONTAINER/PREFIX?account=…`.
    ///
    /// Container, prefix and values are percent-encoded UTF-8 (`+` stands for itself). A prefix is a folder: `/` is added
    /// at its end. Parameters, each at most once:
    ///
    /// | name | value | default |
    /// | --- | --- | --- |
    /// | `account` | the storage account's name | required |
    /// | `endpoint` | `http://…` or `https://…` of the server, and its path to containers | `https://ACCOUNT.blob.core.windows.net` |
    /// | `client_id` | the application or managed identity that asks | see [`Credentials::Found`] |
    /// | `anonymous` | `true`, `false` | `false` |
    ///
    /// Keys and signatures have no place in a URL, which logs show: [`Settings::credentials`] takes them.
    ///
    /// ```
    /// let settings = lightmill_store::azure::Settings::parse("az://photos/2026?account=example").unwrap();
    /// assert_eq!((settings.container.as_str(), settings.prefix.as_str()), ("photos", "2026/"));
    /// ```
    ///
    /// # Errors
    /// What is wrong, in words that complete a sentence about the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (container, prefix, mut parameters) = split(url, "az", "container")?;
        // Azure Blob Storage documentation, "Naming and Referencing Containers"; `$root`, `$web` and `$logs` are Azure's own.
        if !container.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'$')) {
            return Err(format!("has {container}, which is no name of a container: small letters, digits, -"));
        }
        let account = parameters.take("account").ok_or("has no account: az://CONTAINER/PREFIX?account=NAME")?;
        if !account.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
            return Err(format!("has account={account}, which is no name of one: small letters and digits"));
        }
        let client_id = parameters.take("client_id");
        let credentials = match (client_id, parameters.take_switch("anonymous")?) {
            (Some(_), Some(true)) => return Err("has both client_id and anonymous".to_owned()),
            (None, Some(true)) => Credentials::Anonymous,
            (client_id, _) => Credentials::Found { client_id },
        };
        let endpoint = parameters.take_url("endpoint")?.map(|url| url.trim_end_matches('/').to_owned());
        parameters.finish()?;
        Ok(Self { prefix, endpoint, credentials, ..Self::new(account, container) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_of_azures() {
        assert_eq!(Settings::parse("az://photos?account=example1"), Ok(Settings::new("example1", "photos")));
        let folder = Settings { prefix: "a b/ü//".to_owned(), ..Settings::new("example1", "$web") };
        assert_eq!(Settings::parse("az://$web/a%20b/%C3%BC//?account=example1"), Ok(folder));
    }

    #[test]
    fn every_parameter() {
        let url = "az://photos?account=dev&endpoint=http://127.0.0.1:10000/dev/&client_id=11-22";
        let expected = Settings {
            endpoint: Some("http://127.0.0.1:10000/dev".to_owned()),
            credentials: Credentials::Found { client_id: Some("11-22".to_owned()) },
            ..Settings::new("dev", "photos")
        };
        assert_eq!(Settings::parse(url), Ok(expected));
        let open = Settings::parse("az://photos?account=dev&anonymous=true").unwrap();
        assert_eq!(open.credentials, Credentials::Anonymous);
    }

    #[test]
    fn mistakes_are_named() {
        for (url, word) in [
            ("gs://photos", "az://"),
            ("az://?account=a", "container"),
            ("az://Photos?account=a", "Photos"),
            ("az://photos", "account"),
            ("az://photos?account=a.example.com%2F", "account=a.example.com/"),
            ("az://photos/a#b?account=a", "fragment"),
            ("az://photos?account=a&sas=x", "sas"),
            ("az://photos?account=a&endpoint=localhost:9000", "endpoint=localhost:9000"),
            ("az://photos?account=a&anonymous=true&client_id=x", "client_id"),
        ] {
            let problem = Settings::parse(url).unwrap_err();
            assert!(problem.contains(word), "{url}: {problem}");
        }
    }
}
