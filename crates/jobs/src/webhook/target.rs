use url::Url;

/// Letters of the longest URL that is told.
const LENGTH: usize = 2048;

/// Why nothing is told at a URL. The texts are public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is none, or of another scheme, or names a user.
    #[error("the webhook is no URL of http or https without a user name and of at most {LENGTH} letters")]
    NoUrl,
    /// The configuration lists hosts, and this is not one of them.
    #[error("webhooks to this host are not allowed")]
    Host,
    /// Its address is not public.
    #[error("the webhook's address is not public")]
    Address,
}

/// Whether anything can be told at this URL, whatever its host and its address.
///
/// # Errors
/// [`TargetError::NoUrl`].
pub fn check_url(text: &str) -> Result<(), TargetError> {
    read(text, &[]).map(drop)
}

/// The URL that `text` is, of one of `hosts` if there are any.
pub(super) fn read(text: &str, hosts: &[String]) -> Result<Url, TargetError> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= LENGTH).ok_or(TargetError::NoUrl)?;
    let is_plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    let Some(host) = url.host_str().filter(|_| is_plain) else { return Err(TargetError::NoUrl) };
    if !hosts.is_empty() && !hosts.iter().any(|listed| listed.eq_ignore_ascii_case(host)) {
        return Err(TargetError::Host);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_hosts_are_told() {
        let hosts = ["hooks.example.com".to_owned()];
        assert!(read("https://Hooks.example.com:8443/a?b", &hosts).is_ok());
        assert_eq!(read("https://example.com/", &hosts), Err(TargetError::Host));
        assert_eq!(read("https://hooks.example.com.evil.test/", &hosts), Err(TargetError::Host));
        assert!(read("https://example.com/", &[]).is_ok());
    }

    #[test]
    fn what_is_no_url_is_refused() {
        let long = format!("https://example.com/{}", "x".repeat(LENGTH));
        for bad in ["", "/hook", "ftp://a.test/", "https://user@a.test/", "https://:word@a.test/", "data:,x", &long] {
            assert_eq!(read(bad, &[]), Err(TargetError::NoUrl), "{bad}");
        }
    }
}
