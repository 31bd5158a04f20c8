use std::str::FromStr;

use serde::Deserialize;
use url::Url;

/// Letters of the longest name of a queue.
const NAME: usize = 80;

/// Which queue: its URL, or its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    /// The queue's name, without account and region.
    pub(super) name: String,
    /// The region that the address names.
    pub(super) region: Option<String>,
    /// Where the queue's server is, if it is none of Amazon's.
    pub(super) endpoint: Option<String>,
    pub(super) place: Place,
}

/// What is sent to say which queue is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A URL, as it is.
    Url(String),
    /// An account; the URL is asked for.
    Account(String),
}

/// What is no address of a queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue's address {problem}")]
pub struct AddressError {
    problem: &'static str,
}

impl Address {
    /// The queue's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads `arn:aws:sqs:REGION:ACCOUNT:NAME`, or `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME`, or the URL of a queue
    /// on a server of one's own.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let address = if text.starts_with("arn:") { of_arn(text) } else { of_url(text) };
        address.and_then(checked).map_err(|problem| AddressError { problem })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

fn of_arn(text: &str) -> Result<Address, &'static str> {
    let parts: Vec<_> = text.split(':').collect();
    let ["arn", _, "sqs", region, account, name] = parts[..] else { return Err("is no ARN of a queue") };
    if region.is_empty() || account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("has no region or no account");
    }
    let place = Place::Account(account.to_owned());
    Ok(Address { name: name.to_owned(), region: Some(region.to_owned()), endpoint: None, place })
}

fn of_url(text: &str) -> Result<Address, &'static str> {
    let url = Url::parse(text).map_err(|_| "is neither an ARN nor a URL")?;
    let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
        return Err("is neither of http nor of https");
    };
    // The text is not repeated: a password would end up in a log.
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err("has a user name, a password, a query or a fragment");
    }
    let name = url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default().to_owned();
    let region = region(host).map(str::to_owned);
    if region.is_some() && url.scheme() != "https" {
        return Err("is an unencrypted one of Amazon's");
    }
    let endpoint = region.is_none().then(|| url.origin().ascii_serialization());
    Ok(Address { name, region, endpoint, place: Place::Url(text.to_owned()) })
}

/// The region of one of Amazon's hosts.
fn region(host: &str) -> Option<&str> {
    let (region, domain) = host.strip_prefix("sqs.")?.split_once('.')?;
    matches!(domain, "amazonaws.com" | "amazonaws.com.cn" | "amazonaws.eu").then_some(region)
}

fn checked(address: Address) -> Result<Address, &'static str> {
    let name = &address.name;
    if name.rsplit_once('.').is_some_and(|(_, end)| end == "fifo") {
        return Err("is that of a FIFO queue, which is not served");
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > NAME || !name.bytes().all(is_name) {
        return Err("has no name of 1 to 80 letters, digits, - and _");
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_have_urls_and_arns() {
        for (text, region, endpoint) in [
            ("arn:aws:sqs:eu-central-1:123456789012:uploads", Some("eu-central-1"), None),
            ("arn:aws-cn:sqs:cn-north-1:123456789012:uploads", Some("cn-north-1"), None),
            ("https://sqs.eu-central-1.amazonaws.com/123456789012/uploads", Some("eu-central-1"), None),
            ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/uploads", Some("cn-north-1"), None),
            ("http://127.0.0.1:4566/000000000000/uploads", None, Some("http://127.0.0.1:4566")),
            ("https://sqs.example/queue/uploads", None, Some("https://sqs.example")),
            (
                "https://sqs.eu-central-1.amazonaws.com.evil.test/1/uploads",
                None,
                Some("https://sqs.eu-central-1.amazonaws.com.evil.test"),
            ),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.name(), address.region.as_deref()), ("uploads", region), "{text}");
            assert_eq!(address.endpoint.as_deref(), endpoint, "{text}");
        }
    }

    #[test]
    fn what_is_no_queue_is_refused() {
        let long = format!("arn:aws:sqs:eu-central-1:1:{}", "q".repeat(81));
        for bad in [
            "",
            "uploads",
            "arn:aws:sns:eu-central-1:123456789012:uploads",
            "arn:aws:sqs:eu-central-1:123456789012",
            "arn:aws:sqs::123456789012:uploads",
            "arn:aws:sqs:eu-central-1:me:uploads",
            "arn:aws:sqs:eu-central-1:123456789012:uploads.fifo",
            "ftp://sqs.example/1/uploads",
            "https://user:word@sqs.example/1/uploads",
            "https://sqs.example/1/uploads?a=b",
            "https://sqs.example/",
            "https://sqs.example/1/up%20loads",
            "http://sqs.eu-central-1.amazonaws.com/123456789012/uploads",
            &long,
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
