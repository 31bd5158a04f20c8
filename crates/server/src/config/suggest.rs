/// The name among `known` that `wrong` was most likely meant to be: fewest edits, at most a third of its letters.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|(edits, name)| *edits <= name.chars().count().max(3) / 3)
        .min()
        .map(|(_, name)| name)
}

/// Edits between two words: insertions, deletions and substitutions (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["listen", "admin", "drain_time"];
        assert_eq!(nearest("listne", known), Some("listen"));
        assert_eq!(nearest("drain_tiem", known), Some("drain_time"));
        assert_eq!(nearest("colour", known), None);
    }
}
