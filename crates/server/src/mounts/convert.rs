use std::sync::Arc;

use lightmill_dialects::convert::{Dialect, Target as Language};
use lightmill_dialects::{Request, oss, thumbor};

use super::language::Said;
use super::{Mount, Table, Target, language};
use crate::errors::Problem;

impl Mount {
    /// The language that it speaks, with what it says about it; `None` for one into which nothing is converted.
    fn speaks(&self) -> Option<Language> {
        if let super::Language::Thumbor(thumbor) = &self.language {
            return Some(Language::Thumbor(thumbor.options.clone()));
        }
        matches!(self.language, super::Language::Oss).then(|| Language::Oss(self.rules.oss.clone()))
    }
}

impl Table {
    /// The first mount that speaks this dialect, in the order in which they are tried.
    fn speaking(&self, dialect: Dialect) -> Option<&Arc<Mount>> {
        self.iter().find(|mount| mount.speaks().is_some_and(|language| language.dialect() == dialect))
    }

    /// The dialect as the mount that speaks it has it, or as it is by itself.
    pub fn language(&self, dialect: Dialect) -> Language {
        self.speaking(dialect).and_then(|mount| mount.speaks()).unwrap_or_else(|| Language::of(dialect))
    }

    /// Path and query of a wish in this dialect, as the first mount that speaks it wants them: below its path, and signed
    /// if it has keys. Without such a mount they stay as they are.
    pub fn address(&self, dialect: Dialect, text: &str) -> Result<String, Problem> {
        let Some(mount) = self.speaking(dialect) else { return Ok(text.to_owned()) };
        let (within, query) = text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)));
        let path = mount.path.trim_end_matches('/');
        if mount.keys.is_some() {
            return mount.signed(&format!("{path}{within}"), within, query);
        }
        Ok(format!("{path}{text}"))
    }
}

impl Target {
    /// What the URL asks for in `dialect`, or in that of the mount that it belongs to.
    pub fn request(&self, table: &Table, dialect: Option<Dialect>) -> Result<Request, Problem> {
        let found = table.find(self.host(), self.path());
        let own = found.filter(|(mount, _)| {
            dialect.is_none_or(|wanted| mount.speaks().is_some_and(|language| language.dialect() == wanted))
        });
        let request = match (own, dialect) {
            (Some((mount, within)), _) => language::read(mount, within, self.query(), Said::default())?,
            (None, None) => return Err(Problem::NoMount),
            (None, Some(dialect)) => match Language::of(dialect) {
                Language::Oss(options) => oss::parse(self.path(), self.query(), None, &options)?,
                Language::Thumbor(options) => thumbor::parse(self.path(), self.query(), None, &options)?,
            },
        };
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use lightmill_dialects::convert::convert;

    use super::*;
    use crate::mounts::tests::mount;

    #[test]
    fn urls_are_read_where_they_belong() {
        let table = Table::new(vec![mount(None, "/img")]);
        let request = |url: &str, dialect| Target::parse(url).unwrap().request(&table, dialect);
        let oss = "/img/a.jpg?x-oss-process=image/resize,w_9";
        assert_eq!(request(oss, None).unwrap().locator.key, "a.jpg");
        assert_eq!(request(oss, Some(Dialect::Oss)).unwrap().locator.key, "a.jpg");
        assert_eq!(request("/unsafe/9x9/a.jpg", Some(Dialect::Thumbor)).unwrap().locator.key, "a.jpg");
        assert!(matches!(request("/unsafe/9x9/a.jpg", None), Err(Problem::NoMount)));
    }

    #[test]
    fn results_lie_below_the_mount_that_speaks_their_dialect() {
        let table = Table::new(vec![mount(None, "/img")]);
        let request = Target::parse("/unsafe/9x9/a.jpg").unwrap().request(&table, Some(Dialect::Thumbor)).unwrap();
        let text = convert(&request, &table.language(Dialect::Oss)).unwrap().text;
        assert!(table.address(Dialect::Oss, &text).unwrap().starts_with("/img/a.jpg?x-oss-process="));
        assert_eq!(table.address(Dialect::Imagor, "/unsafe/a.jpg").unwrap(), "/unsafe/a.jpg");
    }
}
