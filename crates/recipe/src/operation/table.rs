use serde::{Serialize, Serializer};

/// Another value for each of red, green and blue. Alpha stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelTables {
    /// For red.
    pub red: Table,
    /// For green.
    pub green: Table,
    /// For blue.
    pub blue: Table,
}

impl ChannelTables {
    /// The same table for all three.
    pub fn same(table: Table) -> Self {
        Self { red: table.clone(), green: table.clone(), blue: table }
    }

    /// Whether grey stays grey.
    pub fn are_same(&self) -> bool {
        self.red == self.green && self.red == self.blue
    }
}

/// A value for each value of an 8-bit channel.
#[derive(Clone, PartialEq, Eq)]
pub struct Table(Box<[u8; 256]>);

impl Table {
    /// `value` of 0 to 255, clamped to 0 … 255.
    pub fn from_fn(mut value: impl FnMut(i64) -> i64) -> Self {
        let mut table = Box::new([0; 256]);
        for (from, to) in (0..).zip(table.iter_mut()) {
            *to = value(from).clamp(0, 255) as u8;
        }
        Self(table)
    }

    /// What `value` becomes.
    pub fn get(&self, value: u8) -> u8 {
        self.0[usize::from(value)]
    }

    /// This table and then `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        Self(Box::new(self.0.map(|value| next.get(value))))
    }
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({})", self.hexadecimal())
    }
}

impl Table {
    /// Two digits for each value.
    fn hexadecimal(&self) -> String {
        use std::fmt::Write;
        self.0.iter().fold(String::with_capacity(512), |mut text, value| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{value:02x}");
            text
        })
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hexadecimal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_clamp_and_follow_each_other() {
        let lighter = Table::from_fn(|v| v + 100);
        assert_eq!((lighter.get(0), lighter.get(200)), (100, 255));
        let inverse = Table::from_fn(|v| 255 - v);
        assert_eq!(lighter.then(&inverse).get(0), 155);
        assert_eq!(inverse.then(&inverse), Table::from_fn(|v| v));
        assert!(serde_json::to_string(&inverse).unwrap().starts_with("\"fffefd"));
    }
}
