use lightmill_store::dynamodb::Table;
use serde_json::Value;

use super::item::failed;
use crate::Error;

/// The index of jobs that may be taken, the one that is due first before others: by [`WAITS`] and [`TURN`]. What has ended
/// leaves its lane's part of it, for a part of its own.
pub(super) const DUE: &str = "due";
/// The index of all jobs, the newest last: by [`LISTED`] and [`SEQ`].
pub(super) const LIST: &str = "list";

/// `lane:LANE` of a job that has not ended, [`ENDED`] of one that has.
pub(super) const WAITS: &str = "waits";
/// When it may be taken, or ended; and, where that is the same, the order in which jobs were put: [`super::item::turn`].
pub(super) const TURN: &str = "turn";
/// `LANE:STATE`.
pub(super) const LISTED: &str = "listed";
/// A number that grows with every job that is put.
pub(super) const SEQ: &str = "seq";

/// What [`WAITS`] says of jobs that have ended.
pub(super) const ENDED: &str = "ended";

/// A key and its type.
type Key = (&'static str, &'static str);

/// An index that jobs need.
struct Index {
    name: &'static str,
    /// Partition and order.
    keys: [Key; 2],
    /// What it holds beside them.
    included: &'static str,
}

const INDEXES: [Index; 2] = [
    Index { name: DUE, keys: [(WAITS, "S"), (TURN, "S")], included: LISTED },
    Index { name: LIST, keys: [(LISTED, "S"), (SEQ, "N")], included: "created" },
];

/// Looks whether the table is one for jobs.
///
/// # Errors
/// [`Error::Unusable`] with everything that is missing; [`Error::Unavailable`] if it cannot be asked.
pub(super) async fn check(table: &Table) -> Result<(), Error> {
    let name = table.name();
    let Some(description) = table.describe().await.map_err(failed)? else {
        return Err(Error::Unusable(format!("there is no table {name} in this region and account")));
    };
    let problems = problems(&description);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::Unusable(format!("table {name}: {}", problems.join("; "))))
}

/// What a description says that is not as it should be.
fn problems(description: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    if matches!(description["TableStatus"].as_str(), Some("CREATING" | "DELETING")) {
        problems.push("it is being made or deleted".to_owned());
    }
    let kind = |attribute: &str| {
        let definitions = description["AttributeDefinitions"].as_array()?;
        definitions.iter().find(|one| one["AttributeName"] == attribute)?["AttributeType"].as_str()
    };
    let has_keys = |keys: &Value, wanted: &[Key]| {
        let is_key = |key: &&Value, (name, of, role): (&str, &str, &str)| {
            key["AttributeName"] == name && key["KeyType"] == role && kind(name) == Some(of)
        };
        let roles = ["HASH", "RANGE"];
        let wanted: Vec<_> = wanted.iter().zip(roles).map(|((name, of), role)| (*name, *of, role)).collect();
        let Some(keys) = keys.as_array() else { return false };
        keys.len() == wanted.len() && wanted.iter().all(|one| keys.iter().any(|key| is_key(&key, *one)))
    };
    if !has_keys(&description["KeySchema"], &[("id", "S")]) {
        problems.push("its key is not `id` (S) alone".to_owned());
    }
    for Index { name, keys, included } in INDEXES {
        let indexes = description["GlobalSecondaryIndexes"].as_array();
        let Some(index) = indexes.and_then(|all| all.iter().find(|index| index["IndexName"] == name)) else {
            problems.push(format!("it has no global secondary index `{name}`"));
            continue;
        };
        if !has_keys(&index["KeySchema"], &keys) {
            let [(partition, of), (sort, by)] = keys;
            problems.push(format!("the keys of its index `{name}` are not `{partition}` ({of}) and `{sort}` ({by})"));
        }
        let projection = &index["Projection"];
        let is_included = projection["NonKeyAttributes"].as_array().is_some_and(|all| all.contains(&included.into()));
        if projection["ProjectionType"] != "ALL" && !is_included {
            problems.push(format!("its index `{name}` does not include `{included}`"));
        }
        if matches!(index["IndexStatus"].as_str(), Some("CREATING" | "DELETING")) {
            problems.push(format!("its index `{name}` is being made or deleted"));
        }
    }
    problems
}
