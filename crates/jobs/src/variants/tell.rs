use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

use lightmill_mill::Error;
use lightmill_store::{self as store, Stat};
use serde_json::{Value, json};

use super::{Id, Name, Record, Variants};
use crate::notices::{Kind, Notices, Occasion};
use crate::{self as jobs, Problem};

impl Variants {
    /// Whether it matters what is known of an object.
    pub(super) fn records(&self) -> bool {
        self.manifest || self.told(Kind::Made).is_some()
    }

    fn told(&self, kind: Kind) -> Option<&Notices> {
        self.notices.as_deref().filter(|notices| notices.wants(kind))
    }

    /// Has it be told that everything is there.
    pub(super) async fn tell_made(&self, stat: &Stat, record: &Record) -> Result<(), Error> {
        let Some(notices) = self.told(Kind::Made) else { return Ok(()) };
        let data = serde_json::to_value(record).map_err(|error| Error::Internal { detail: error.to_string() })?;
        let [version, modified] = moment(stat);
        // With other variants it is something else.
        let names = record.variants.iter().map(|variant| variant.key.as_str());
        let state: Vec<&str> = [record.key.as_str(), &version, &modified].into_iter().chain(names).collect();
        notices.put(Kind::Made, &state, Occasion::Same, &data).await.map_err(unavailable)
    }

    /// Has it be told that `names` of an object are gone, which are removed after this returns. `replaced`: whether the object
    /// has another state.
    pub(crate) async fn tell_removed(&self, key: &str, names: &[(String, Name)], replaced: bool) -> Result<(), Error> {
        let Some(notices) = self.told(Kind::Removed).filter(|_| !names.is_empty()) else { return Ok(()) };
        // Whoever goes on with half a removal finds fewer names, of the same states.
        let states: BTreeSet<&str> = names.iter().map(|(_, name)| name.id.as_str()).collect();
        let state: Vec<&str> = [key].into_iter().chain(states).collect();
        let names: BTreeSet<&str> = names.iter().map(|(object, _)| object.as_str()).collect();
        let data = json!({ "key": key, "names": names, "replaced": replaced });
        notices.put(Kind::Removed, &state, Occasion::UntilTold, &data).await.map_err(unavailable)
    }

    /// Has it be told that the variants of the object as it is now cannot be made, and that nobody tries that any more.
    ///
    /// # Errors
    /// If the queue cannot be written.
    pub async fn tell_failed(&self, key: &str, problem: &Problem) -> Result<(), jobs::Error> {
        let Some(notices) = self.told(Kind::Failed).filter(|_| !self.is_own(key)) else { return Ok(()) };
        let Problem { code, message, .. } = problem;
        let (version, state, occasion) = match self.source.stat(key).await {
            Ok(stat) => (Some(stat.version.as_str().to_owned()), moment(&stat), Occasion::Same),
            Err(store::Error::NotFound) => return Ok(()),
            // Which may be why it failed.
            Err(_) => (None, [String::new(), code.clone()], Occasion::UntilTold),
        };
        let id = version.as_ref().map(|version| Id::of(key, &store::Version::new(version)).as_str().to_owned());
        let data = json!({ "key": key, "version": version, "id": id, "code": code, "message": message });
        notices.put(Kind::Failed, &[key, &state[0], &state[1]], occasion, &data).await
    }

    /// Removes what is still there of what is told to be gone. Whether all of that is gone: not so if the object has such a
    /// state again.
    pub(crate) async fn end_removal(&self, told: &Value) -> Result<bool, Error> {
        let key = told["key"].as_str().unwrap_or_default();
        let names: BTreeSet<&str> = told["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let now = self.stat(key).await?.map(|stat| Id::of(key, &stat.version));
        if names.iter().filter_map(|name| Name::read(name)).any(|name| Some(&name.id) == now.as_ref()) {
            return Ok(false);
        }
        let mut left = self.names(key).await?;
        left.retain(|(object, _)| names.contains(object.as_str()));
        self.remove_all(left).await?;
        Ok(true)
    }
}

/// What two states of an object differ in: the same bytes that are written again are another one, where the store says
/// when.
fn moment(stat: &Stat) -> [String; 2] {
    let modified = stat.modified.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    [stat.version.as_str().to_owned(), modified.as_nanos().to_string()]
}

fn unavailable(error: jobs::Error) -> Error {
    store::Error::unavailable(error).into()
}
