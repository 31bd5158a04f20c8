use std::sync::{Arc, PoisonError, RwLock};

use crate::mounts::Service;

/// The service of the moment. A request keeps the one that it began with.
#[derive(Debug)]
pub struct Live(RwLock<Arc<Service>>);

impl Live {
    /// Begins with this one.
    pub fn new(service: Service) -> Self {
        Self(RwLock::new(Arc::new(service)))
    }

    /// That of the moment.
    pub fn service(&self) -> Arc<Service> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another one in its place.
    pub(super) fn replace(&self, service: Service) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(service);
    }
}
