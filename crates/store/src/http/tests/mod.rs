//! The source against real servers on the loopback: one that behaves, and one that does not.

mod behaviour;
mod get;
mod misbehaviour;
mod origin;
mod redirects;
mod refused;
mod tls;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::{HttpSettings, HttpSource, Resolve};

/// Settings that open the one address where the tests' servers listen.
fn settings(base: &str) -> HttpSettings {
    let mut settings = HttpSettings::new(base.parse().unwrap());
    settings.allow_private = vec!["127.0.0.1".parse().unwrap()];
    settings
}

fn source(base: &str) -> HttpSource {
    HttpSource::new(settings(base)).unwrap()
}

/// A resolver that says what the test wants. The last answer for a name is repeated.
#[derive(Debug, Default)]
struct Names {
    answers: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Names {
    fn new(answers: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let addresses = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        let answers = answers.iter().map(|(name, answers)| (*name, answers.iter().map(addresses).collect())).collect();
        Arc::new(Self { answers, asked: AtomicUsize::new(0) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.get(name).ok_or(std::io::ErrorKind::NotFound)?;
        Ok(answers[turn.min(answers.len() - 1)].clone())
    }
}
