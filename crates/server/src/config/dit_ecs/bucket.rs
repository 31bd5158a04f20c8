/// A bucket of S3's, as the host of an origin names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BucketHost<'a> {
    /// The bucket; `None` where it is the first segment of every path.
    pub bucket: Option<&'a str>,
    /// The region, where the host says it.
    pub region: Option<&'a str>,
}

/// The bucket of a host as S3 has them (`BUCKET.s3.REGION.amazonaws.com` and its older, dual-stack, accelerated and Chinese
/// forms; `s3.REGION.amazonaws.com`), the whole of it, so that nothing that only looks like one is signed for.
///
/// Source: "Virtual hosting of buckets" and "Amazon S3 dual-stack endpoints" of the S3 user guide.
pub(super) fn bucket(host: &str) -> Option<BucketHost<'_>> {
    let rest = host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    // The service's label is the last one that is `s3` or begins so; a bucket's own labels stand before it.
    let labels: Vec<&str> = rest.split('.').collect();
    let at = labels.iter().rposition(|label| *label == "s3" || label.starts_with("s3-"))?;
    let region = match (labels.get(at)?, labels.get(at + 1..)?) {
        (&"s3", []) | (&"s3-accelerate", [] | ["dualstack"]) => None,
        (&"s3", [region] | ["dualstack", region]) if is_region(region) => Some(*region),
        (service, []) => Some(service.strip_prefix("s3-").filter(|region| is_region(region))?),
        _ => return None,
    };
    let service: usize = labels.iter().skip(at).map(|label| label.len() + 1).sum();
    let bucket = rest.get(..rest.len().saturating_sub(service)).filter(|bucket| !bucket.is_empty());
    let fits = |bucket: &str| bucket.split('.').all(|label| !label.is_empty());
    bucket.is_none_or(fits).then_some(BucketHost { bucket, region })
}

/// `eu-central-1`, `us-gov-west-1`: two letters, words, and a digit.
fn is_region(label: &str) -> bool {
    let (place, number) = label.rsplit_once('-').unwrap_or_default();
    let (continent, _) = place.split_once('-').unwrap_or_default();
    continent.len() == 2 && number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_buckets() {
        for (host, expected) in [
            ("b.s3.amazonaws.com", Some((Some("b"), None))),
            ("b.s3.eu-central-1.amazonaws.com", Some((Some("b"), Some("eu-central-1")))),
            ("my.b.s3.us-gov-west-1.amazonaws.com", Some((Some("my.b"), Some("us-gov-west-1")))),
            ("b.s3-eu-west-1.amazonaws.com", Some((Some("b"), Some("eu-west-1")))),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", Some((Some("b"), Some("eu-west-1")))),
            ("b.s3-accelerate.amazonaws.com", Some((Some("b"), None))),
            ("b.s3-accelerate.dualstack.amazonaws.com", Some((Some("b"), None))),
            ("b.s3.cn-north-1.amazonaws.com.cn", Some((Some("b"), Some("cn-north-1")))),
            ("s3.eu-central-1.amazonaws.com", Some((None, Some("eu-central-1")))),
            ("s3-pictures.s3.amazonaws.com", Some((Some("s3-pictures"), None))),
            ("b.s3.us-east-1.amazonaws.com.evil.com", None),
            ("s3.amazonaws.com.evil.com", None),
            ("b.s3-website-eu-west-1.amazonaws.com", None),
            ("b.s3-accesspoint.eu-west-1.amazonaws.com", None),
            ("b.s3.evil.amazonaws.com", None),
            ("ec2.amazonaws.com", None),
            ("images.example.com", None),
        ] {
            let found = bucket(host).map(|found| (found.bucket, found.region));
            assert_eq!(found, expected, "{host}");
        }
    }
}
