use lightmill_recipe::Fingerprint;
use lightmill_store::disk::DiskCache;

use super::ResultStore;

/// The places in which results outlive the request, and the names that they have there. Clones are the same places.
#[derive(Debug, Clone)]
pub(crate) struct Lasting {
    pub(super) disk: Option<DiskCache>,
    pub(super) store: Option<ResultStore>,
    /// Formats that may be read and written: an instance that may write others makes other results.
    pub(super) scope: String,
}

impl Lasting {
    /// The name of a result where it outlives the process and its configuration.
    pub(super) fn name(&self, key: &Fingerprint) -> Fingerprint {
        Fingerprint::of([key.as_str(), self.scope.as_str()])
    }

    /// The same, with `spare` where there is no disk.
    pub(super) fn with_spare(&self, spare: Option<&DiskCache>) -> Self {
        let mut places = self.clone();
        places.disk = places.disk.or_else(|| spare.cloned());
        places
    }
}
