//! The items of the reference server's table in DynamoDB, as its export or its API gives them.

use std::collections::BTreeMap;

use super::{
    AutoFormat, Autosize, Condition, ConfigEntries, ConfigError, Mapping, Origin, Outputs, Policy, PolicyEntry,
    QualityOutput, QualityRange,
};
use crate::sharp::Json;

impl ConfigEntries {
    /// Reads items, whose attributes are typed (`{"S": "text"}`) or plain. Items of other kinds are passed over; those that
    /// cannot be read are left out, each with a [`ConfigError::Item`]. A default policy among them stays the default one, so
    /// that no picture goes out without what it says.
    pub fn from_items(items: &[Json]) -> (Self, Vec<ConfigError>) {
        let mut entries = Self::default();
        let mut errors = Vec::new();
        for item in items {
            let item = Item::new(item);
            let read = match item.text("GSI1PK").as_deref() {
                Some("ORIGIN") => item.origin().map(|origin| entries.origins.push(origin)),
                Some("POLICY") => item.policy().map(|policy| entries.policies.push(policy)),
                Some("PATH_MAPPING") => item.mapping(false).map(|mapping| entries.mappings.push(mapping)),
                Some("HOST_HEADER_MAPPING") => item.mapping(true).map(|mapping| entries.mappings.push(mapping)),
                _ => Ok(()),
            };
            if let Err(mistake) = read {
                let id = item.text("PK").unwrap_or_default();
                if item.is_default_policy() {
                    entries.default_policy = Some(id.clone());
                }
                errors.push(ConfigError::Item(id, mistake));
            }
        }
        (entries, errors)
    }
}

/// Attributes by name; those inside of `Data` too.
struct Item(Vec<(String, Json)>);

impl Item {
    fn new(item: &Json) -> Self {
        let Json::Object(members) = item else { return Self(Vec::new()) };
        let mut attributes = Vec::new();
        for (name, value) in members {
            match (name.as_str(), plain(value)) {
                ("Data", Json::Object(inner)) => attributes.extend(inner),
                (name, value) => attributes.push((name.to_owned(), value)),
            }
        }
        Self(attributes)
    }

    fn get(&self, name: &str) -> Option<&Json> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<String> {
        if let Some(Json::Text(text)) = self.get(name) { Some(text.clone()) } else { None }
    }

    fn required(&self, name: &str) -> Result<String, String> {
        self.text(name).ok_or_else(|| format!("{name} is missing"))
    }

    fn is_default_policy(&self) -> bool {
        self.text("GSI1PK").as_deref() == Some("POLICY")
            && (self.get("isDefault") == Some(&Json::Flag(true))
                || self.text("GSI2PK").as_deref() == Some("DEFAULT_POLICY"))
    }

    fn origin(&self) -> Result<Origin, String> {
        let mut headers = BTreeMap::new();
        if let Some(Json::Object(members)) = self.get("originHeaders") {
            for (name, value) in members {
                let Json::Text(value) = value else { return Err("originHeaders must be texts".to_owned()) };
                headers.insert(name.clone(), value.clone());
            }
        }
        Ok(Origin {
            id: self.required("PK")?,
            name: self.text("originName").or_else(|| self.text("GSI1SK")).unwrap_or_default(),
            domain: self.required("originDomain")?,
            source: None,
            path: self.text("originPath"),
            headers,
        })
    }

    fn mapping(&self, of_host: bool) -> Result<Mapping, String> {
        let pattern = |name: &str| self.text(name).or_else(|| self.text("GSI1SK")).ok_or(format!("{name} is missing"));
        // The index holds POLICY#undefined where there is none; the attribute itself is absent then.
        let reference = |name: &str, index: &str, prefix: &str| {
            let indexed = || self.text(index)?.strip_prefix(prefix).map(str::to_owned);
            self.text(name).or_else(indexed).filter(|id| id != "undefined")
        };
        Ok(Mapping {
            name: self.text("mappingName").unwrap_or_default(),
            host: of_host.then(|| pattern("hostHeaderPattern")).transpose()?,
            path: (!of_host).then(|| pattern("pathPattern")).transpose()?,
            origin: reference("originId", "GSI2PK", "ORIGIN#").ok_or("originId is missing")?,
            policy: reference("policyId", "GSI3PK", "POLICY#"),
            strip_prefix: false,
        })
    }

    fn policy(&self) -> Result<Policy, String> {
        let text = self.required("policyJSON")?;
        let json: Json = serde_json::from_str(&text).map_err(|error| format!("policyJSON: {error}"))?;
        let list = |name: &str| match json.member(name) {
            Some(Json::List(items)) => Ok(items.clone()),
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(_) => Err(format!("policyJSON.{name} must be a list")),
        };
        Ok(Policy {
            id: self.required("PK")?,
            name: self.text("policyName").or_else(|| self.text("GSI1SK")).unwrap_or_default(),
            is_default: self.is_default_policy(),
            transformations: list("transformations")?.iter().map(entry).collect::<Result<_, _>>()?,
            outputs: outputs(&list("outputs")?)?,
        })
    }
}

/// A value without the types of DynamoDB's wire form.
fn plain(value: &Json) -> Json {
    let Json::Object(members) = value else { return value.clone() };
    match members.as_slice() {
        [(kind, inner)] => match (kind.as_str(), inner) {
            ("S" | "BOOL", inner) => inner.clone(),
            ("N", Json::Text(number)) => number.parse().map_or(Json::Null, Json::Number),
            ("NULL", _) => Json::Null,
            ("M", Json::Object(members)) => named(members),
            ("L", Json::List(items)) => Json::List(items.iter().map(plain).collect()),
            _ => named(members),
        },
        members => named(members),
    }
}

fn named(members: &[(String, Json)]) -> Json {
    Json::Object(members.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
}

/// One transformation of a policy.
fn entry(json: &Json) -> Result<PolicyEntry, String> {
    let (Some(Json::Text(name)), Some(value)) = (json.member("transformation"), json.member("value")) else {
        return Err("a transformation needs a transformation and a value".to_owned());
    };
    let condition = match json.member("condition") {
        None | Some(Json::Null) => None,
        Some(condition) => match (condition.member("field"), condition.member("value")) {
            (Some(Json::Text(field)), Some(value)) => Some(Condition { field: field.clone(), value: value.clone() }),
            _ => return Err(format!("the condition of {name} needs a field and a value")),
        },
    };
    Ok(PolicyEntry { transformation: name.clone(), value: value.clone(), condition })
}

/// The outputs of a policy: `{"type", "value", "fallback"}` each.
fn outputs(items: &[Json]) -> Result<Outputs, String> {
    let mut outputs = Outputs::default();
    for item in items {
        let Some(Json::Text(kind)) = item.member("type") else { return Err("an output needs a type".to_owned()) };
        let wrong = || format!("the output {kind} is malformed");
        let fallback = |name: &str| item.member("fallback").and_then(|fallback| fallback.member(name));
        match (kind.as_str(), item.member("value")) {
            ("quality", Some(Json::List(values))) => {
                let (first, rest) = values.split_first().ok_or_else(wrong)?;
                outputs.quality = Some(QualityOutput {
                    default: number(first).ok_or_else(wrong)? as u8,
                    ranges: rest.iter().map(range).collect::<Option<_>>().ok_or_else(wrong)?,
                    fallback_dpr: fallback("dpr").and_then(number),
                });
            }
            ("format", Some(Json::Text(format))) => {
                let text = |json: &Json| if let Json::Text(text) = json { Some(text.clone()) } else { None };
                outputs.format =
                    Some(AutoFormat { format: format.clone(), fallback: fallback("format").and_then(text) });
            }
            ("autosize", Some(Json::List(widths))) => {
                let width = |json: &Json| number(json).map(|width| width as u32);
                outputs.autosize = Some(Autosize {
                    widths: widths.iter().map(width).collect::<Option<_>>().ok_or_else(wrong)?,
                    fallback_viewport_width: fallback("viewportWidth").and_then(width),
                });
            }
            _ => return Err(wrong()),
        }
    }
    Ok(outputs)
}

fn number(json: &Json) -> Option<f64> {
    if let Json::Number(number) = json { Some(*number) } else { None }
}

fn range(json: &Json) -> Option<QualityRange> {
    let Json::List(numbers) = json else { return None };
    match *numbers.iter().map(number).collect::<Option<Vec<f64>>>()? {
        [min, max, quality] => Some(QualityRange { min, max, quality: quality as u8 }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: &str = r#"[
        {"PK":{"S":"o1"},"GSI1PK":{"S":"ORIGIN"},"GSI1SK":{"S":"photos"},
         "Data":{"M":{"originName":{"S":"photos"},"originDomain":{"S":"b.s3.amazonaws.com"},"originHeaders":{"M":{"x-a":{"S":"b"}}}}}},
        {"PK":"m1","GSI1PK":"PATH_MAPPING","GSI1SK":"/img/*","GSI2PK":"ORIGIN#o1","GSI3PK":"POLICY#undefined","mappingName":"m"},
        {"PK":{"S":"p1"},"GSI1PK":{"S":"POLICY"},"GSI1SK":{"S":"web"},"GSI2PK":{"S":"DEFAULT_POLICY"},
         "policyJSON":{"S":"{\"transformations\":[{\"transformation\":\"blur\",\"value\":3,\"condition\":{\"field\":\"x\",\"value\":[\"a\"]}}],\"outputs\":[{\"type\":\"quality\",\"value\":[80,[1,2,90]]},{\"type\":\"format\",\"value\":\"auto\",\"fallback\":{\"format\":\"jpeg\"}},{\"type\":\"autosize\",\"value\":[320,480]}]}"}},
        {"PK":{"S":"GSI2PK#DEFAULT_POLICY"},"EntityID":{"S":"p1"}}
    ]"#;

    #[test]
    fn items_become_entries() {
        let items: Vec<Json> = serde_json::from_str(ITEMS).unwrap();
        let (entries, errors) = ConfigEntries::from_items(&items);
        assert_eq!(errors, []);
        let written: ConfigEntries = serde_json::from_str(
            r#"{"origins":[{"id":"o1","name":"photos","domain":"b.s3.amazonaws.com","headers":{"x-a":"b"}}],
                "mappings":[{"name":"m","path":"/img/*","origin":"o1"}],
                "policies":[{"id":"p1","name":"web","is_default":true,
                  "transformations":[{"transformation":"blur","value":3,"condition":{"field":"x","value":["a"]}}],
                  "outputs":{"quality":{"default":80,"ranges":[{"min":1,"max":2,"quality":90}]},
                             "format":{"format":"auto","fallback":"jpeg"},"autosize":{"widths":[320,480]}}}]}"#,
        )
        .unwrap();
        assert_eq!(entries, written);
        assert!(super::super::Config::new(entries).is_ok());
    }

    #[test]
    fn broken_items_are_named_and_the_others_read() {
        let items = r#"[{"PK":"a","GSI1PK":"ORIGIN"},{"PK":"b","GSI1PK":"POLICY","policyJSON":"x","isDefault":true},
            {"GSI1PK":"PATH_MAPPING"},{"PK":"o","GSI1PK":"ORIGIN","originDomain":"o.example"},7,{"PK":{"S":[]}}]"#;
        let items: Vec<Json> = serde_json::from_str(items).unwrap();
        let (entries, errors) = ConfigEntries::from_items(&items);
        assert_eq!((entries.origins.len(), errors.len()), (1, 3), "{errors:?}");
        assert_eq!(entries.default_policy.as_deref(), Some("b"), "it is not silently nothing");
    }
}
