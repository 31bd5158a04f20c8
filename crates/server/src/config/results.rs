use super::Source;
use super::section::Section;

/// `[results]`: the name of the source in which results are kept for all instances.
pub(super) fn results(mut section: Section<'_>, sources: &[Source]) -> Option<String> {
    let name: Option<String> = section.optional("source");
    if let Some(name) = &name {
        match sources.iter().find(|source| source.name == *name) {
            Some(source) if source.location.is_writable() => {}
            Some(_) => section.mistake("source", name, "nothing can be written to an HTTP origin"),
            None => section.mistake("source", name, "is no configured source"),
        }
    }
    section.finish();
    name
}
