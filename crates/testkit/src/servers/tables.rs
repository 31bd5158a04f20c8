use anyhow::{Context, Result};
use serde_json::Value;

/// Where users read how a table of jobs is made.
const JOBS: &str = include_str!("../../../../docs/jobs.md");

/// The question by which DynamoDB makes a table of jobs of this name, as it stands in the documentation.
///
/// # Errors
/// If the documentation has no such table.
pub fn jobs_table(name: &str) -> Result<Value> {
    let blocks = JOBS.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let template = blocks.into_iter().find(|block| block.contains("AWS::DynamoDB::Table")).context("no template")?;
    let template: Value = serde_json::from_str(template).context("the template")?;
    let mut table = template["Resources"]["Jobs"]["Properties"].clone();
    table["TableName"] = name.into();
    // It is set by another operation.
    table
        .as_object_mut()
        .context("properties")?
        .remove("TimeToLiveSpecification")
        .context("TimeToLiveSpecification")?;
    Ok(table)
}
