use url::Url;

/// The URL that `text` is, if it is one of SNS itself: `https://sns.REGION.amazonaws.com/…`, or `.com.cn`.
pub(super) fn of_sns(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_plain =
        url.scheme() == "https" && url.port().is_none() && url.username().is_empty() && url.password().is_none();
    let (region, domain) = url.host_str()?.strip_prefix("sns.")?.split_once('.')?;
    let is_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_region = !region.is_empty() && region.bytes().all(is_label);
    (is_plain && is_region && matches!(domain, "amazonaws.com" | "amazonaws.com.cn")).then_some(url)
}

/// The same for a certificate: a file `….pem`.
pub(super) fn of_certificate(text: &str) -> Option<Url> {
    let is_file = |url: &Url| url.path().rsplit_once('.').is_some_and(|(_, end)| end == "pem");
    of_sns(text).filter(|url| is_file(url) && url.query().is_none() && url.fragment().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_amazons_own_hosts_are_asked() {
        for good in [
            "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0.pem",
            "https://sns.us-gov-west-1.amazonaws.com:443/a.pem",
            "https://SNS.cn-north-1.amazonaws.com.cn/a.pem",
        ] {
            assert!(of_certificate(good).is_some(), "{good}");
        }
        for bad in [
            "http://sns.eu-central-1.amazonaws.com/a.pem",
            "https://sns.eu-central-1.amazonaws.com:8443/a.pem",
            "https://sns.eu-central-1.amazonaws.com.evil.test/a.pem",
            "https://sns.eu-central-1.evil.amazonaws.com/a.pem",
            "https://sns..amazonaws.com/a.pem",
            "https://sns.amazonaws.com/a.pem",
            "https://evil-sns.eu-central-1.amazonaws.com/a.pem",
            "https://sns.eu-central-1.amazonaws.com./a.pem",
            "https://sns.eu-central-1.amazonaws.com@evil.test/a.pem",
            "https://user@sns.eu-central-1.amazonaws.com/a.pem",
            "https://evil.test\\@sns.eu-central-1.amazonaws.com/a.pem",
            "https://bucket.s3.amazonaws.com/a.pem",
            "https://sns.eu-central-1.amazonaws.com/a",
            "https://sns.eu-central-1.amazonaws.com/?a.pem",
            "https://sns.eu-central-1.amazonaws.com/a.pem?b",
            "sns.eu-central-1.amazonaws.com/a.pem",
            "",
        ] {
            assert!(of_certificate(bad).is_none(), "{bad}");
        }
        assert!(of_sns("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=1").is_some());
    }
}
