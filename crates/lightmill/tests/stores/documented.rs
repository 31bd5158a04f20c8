//! The tables in `docs/stores.md`.

const TEXT: &str = include_str!("../../../../docs/stores.md");

/// Each key of the table of keys, and what its column for a store says.
pub fn keys(store: &str) -> Vec<(&'static str, &'static str)> {
    let table = table("Keys");
    let column = table[0].iter().position(|name| *name == store).unwrap();
    table[1..].iter().map(|row| (row[0].trim_matches('`'), row[column])).collect()
}

/// Asserts that the table of what is tried through the binary says `tried`: stores with their behaviours.
pub fn says(tried: &[(&str, &[&str])]) {
    let table = table("Through the binary");
    let stores: Vec<String> = table[0][2..].iter().map(|name| name.replace('-', "_").to_lowercase()).collect();
    assert_eq!(stores, tried.iter().map(|(store, _)| *store).collect::<Vec<_>>());
    for (number, (store, behaviours)) in tried.iter().enumerate() {
        let yes = table[1..].iter().filter(|row| row[2 + number] == "yes").map(|row| row[0].trim_matches('`'));
        assert_eq!(yes.collect::<Vec<_>>(), *behaviours, "{store}");
    }
}

/// The rows of the first table below a heading, without the line below their heads.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = TEXT.split_once(&format!("\n## {heading}\n")).unwrap();
    let lines = section.split("\n## ").next().unwrap().lines();
    let lines = lines.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &'static str| line.trim_matches('|').split(" | ").map(str::trim).collect();
    lines.filter(|line| !line.starts_with("| ---")).map(cells).collect()
}
