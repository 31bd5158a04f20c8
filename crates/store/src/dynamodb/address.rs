use crate::parameters::split;

/// Which table, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Its name, or its ARN.
    pub table: String,
    /// The region that the address names.
    pub region: Option<String>,
    /// The URL of a server that is none of Amazon's.
    pub endpoint: Option<String>,
}

impl Address {
    /// Reads `dynamodb://TABLE?region=…&endpoint=…`, where `TABLE` is a name or an ARN.
    ///
    /// Name and values are percent-encoded UTF-8. Parameters, each at most once:
    ///
    /// | name | value | default |
    /// | --- | --- | --- |
    /// | `region` | the table's region | that of an ARN, or what else is configured |
    /// | `endpoint` | `http://…` or `https://…` of another server | Amazon's, or what else is configured |
    ///
    /// Whether the name is one that DynamoDB would take is not looked at.
    ///
    /// ```
    /// let address = lightmill_store::dynamodb::Address::parse("dynamodb://jobs?region=eu-central-1").unwrap();
    /// assert_eq!((address.table.as_str(), address.region.as_deref()), ("jobs", Some("eu-central-1")));
    /// ```
    ///
    /// # Errors
    /// What is wrong, in words that complete a sentence about the URL.
    pub fn parse(url: &str) -> Result<Self, String> {
        let (name, rest, mut parameters) = split(url, "dynamodb", "table")?;
        let rest = rest.trim_end_matches('/');
        let table = match (name.starts_with("arn:"), rest) {
            (_, "") => name,
            (true, rest) => format!("{name}/{rest}"),
            (false, rest) => return Err(format!("has /{rest} behind the table's name")),
        };
        let of_arn = table.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2)).map(str::to_owned);
        let region = parameters.take("region").or(of_arn.filter(|region| !region.is_empty()));
        let endpoint = parameters.take_url("endpoint")?;
        parameters.finish()?;
        Ok(Self { table, region, endpoint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_names_and_arns() {
        let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/jobs";
        for (url, table, region, endpoint) in [
            ("dynamodb://jobs", "jobs", None, None),
            ("dynamodb://jobs/", "jobs", None, None),
            ("dynamodb://jobs?region=eu-central-1", "jobs", Some("eu-central-1"), None),
            ("dynamodb://jobs?endpoint=http://127.0.0.1:8000", "jobs", None, Some("http://127.0.0.1:8000")),
            (&format!("dynamodb://{arn}"), arn, Some("eu-west-1"), None),
            (&format!("dynamodb://{}", arn.replace('/', "%2F")), arn, Some("eu-west-1"), None),
            (&format!("dynamodb://{arn}?region=eu-north-1"), arn, Some("eu-north-1"), None),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.table, table, "{url}");
            assert_eq!((address.region.as_deref(), address.endpoint.as_deref()), (region, endpoint), "{url}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (url, word) in [
            ("s3://jobs", "dynamodb://"),
            ("dynamodb://", "dynamodb://TABLE"),
            ("dynamodb://jobs/more", "/more"),
            ("dynamodb://jobs?table=x", "table"),
            ("dynamodb://jobs?region=", "region"),
            ("dynamodb://jobs?endpoint=localhost:8000", "endpoint=localhost:8000"),
        ] {
            let problem = Address::parse(url).unwrap_err();
            assert!(problem.contains(word), "{url}: {problem}");
        }
    }
}
