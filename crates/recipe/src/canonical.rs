use crate::Recipe;

/// Raised by hand when the bytes of results change on purpose, so that no cache mixes old and new ones.
pub const PIXEL_EPOCH: u32 = 4;

/// A BLAKE3 hash in lower-case hexadecimal, the name of a result in every cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Hash of `parts`, in order. Each is preceded by its length, so that no two lists of parts collide.
    pub fn of(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            let part = part.as_ref();
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().to_hex().to_string())
    }
}

impl Recipe {
    /// The text that equal recipes share and different ones do not: JSON with the fields in their declared order.
    pub fn canonical(&self) -> String {
        // A recipe holds only numbers, strings, lists and enums, which serde_json cannot refuse.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What the names of all its results have in common.
    pub fn prepared(&self) -> Prepared {
        Prepared(format!("{PIXEL_EPOCH}{}", self.canonical()))
    }
}

/// A recipe and [`PIXEL_EPOCH`] as text, for what is asked for again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared(String);

impl Prepared {
    /// The name of the result of inputs of these versions (`ETag`, or size and time), in their order.
    pub fn fingerprint<'a>(&'a self, versions: impl IntoIterator<Item = &'a str>) -> Fingerprint {
        let versions = versions.into_iter().map(str::as_bytes);
        Fingerprint::of(std::iter::once(self.0.as_bytes()).chain(versions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Locator, Operation, Rotate};

    #[test]
    fn every_difference_changes_the_fingerprint() {
        let plain = Recipe::new(Locator::key("a.jpg"));
        let mut turned = plain.clone();
        turned.inputs[0].operations.push(Operation::Rotate(Rotate { degrees: 90 }));
        let prints = [
            plain.prepared().fingerprint(["v1"]),
            plain.prepared().fingerprint(["v2"]),
            plain.prepared().fingerprint(["v1", ""]),
            turned.prepared().fingerprint(["v1"]),
            Recipe::new(Locator::key("b.jpg")).prepared().fingerprint(["v1"]),
        ];
        for (i, a) in prints.iter().enumerate() {
            assert_eq!(a.as_str().len(), 64);
            assert!(prints[i + 1..].iter().all(|b| a != b));
        }
        assert_eq!(plain.prepared().fingerprint(["v1"]), plain.clone().prepared().fingerprint(["v1"]));
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Fingerprint::of(["ab", "c"]), Fingerprint::of(["a", "bc"]));
    }
}
