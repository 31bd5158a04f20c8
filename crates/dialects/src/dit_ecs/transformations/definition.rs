use crate::dit_ecs::lower::Draft;
use crate::dit_ecs::{Error, Options};
use crate::sharp::{Json, Takes, Value};

/// One transformation of the language.
#[derive(Debug)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// Other names for it.
    pub aliases: &'static [&'static str],
    /// What it does, in Markdown.
    pub doc: &'static str,
    /// A query that is right.
    pub example: &'static str,
    /// What it takes; objects are written as `name.member=value`.
    pub takes: Takes,
    /// Where it stands among the others; those of one rank stay in their order.
    pub(in crate::dit_ecs) rank: u8,
    /// Lists as the objects that they stand for.
    pub(in crate::dit_ecs) shape: fn(&Json, &Options) -> Json,
    /// What is wrong with a value beyond its members.
    pub(in crate::dit_ecs) check: fn(&Value) -> Result<(), String>,
    pub(in crate::dit_ecs) lower: fn(&Value, &mut Draft<'_>) -> Result<(), Error>,
}

impl Definition {
    /// A definition that has nothing special.
    pub(super) const fn new(
        name: &'static str,
        takes: Takes,
        example: &'static str,
        doc: &'static str,
        lower: fn(&Value, &mut Draft<'_>) -> Result<(), Error>,
    ) -> Self {
        Self {
            name,
            aliases: &[],
            doc,
            example,
            takes,
            rank: 9,
            shape: |json, _| json.clone(),
            check: |_| Ok(()),
            lower,
        }
    }

    /// Whether the transformation of this name is meant.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}
