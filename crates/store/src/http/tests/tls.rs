use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use rcgen::CertifiedKey;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use super::origin::{Manners, Origin};
use super::settings;
use crate::http::{HttpSource, HttpSourceError};
use crate::{Error, Source};
use lightmill_testkit::servers::raw::{Raw, text};

/// The origin again, encrypted, for `origin.test`, at the port that is given back; and a file with its certificate.
async fn encrypted(origin: Origin, folder: &TempDir) -> (u16, PathBuf) {
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["origin.test".to_owned()]).unwrap();
    let file = folder.path().join("certificate.pem");
    std::fs::write(&file, cert.pem()).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key.into()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, origin) = (acceptor.clone(), origin.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    origin.serve(TokioIo::new(stream)).await;
                }
            });
        }
    });
    (port, file)
}

fn source(base: &str, certificates: Option<PathBuf>) -> HttpSource {
    let mut settings = settings(base);
    settings.certificates = certificates;
    let here: &[&[&str]] = &[&["127.0.0.1"]];
    HttpSource::with_resolver(settings, super::Names::new(&[("origin.test", here), ("other.test", here)])).unwrap()
}

#[tokio::test]
async fn only_whom_is_trusted_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin::start(Manners::default()).await;
    let (port, file) = encrypted(origin.clone(), &folder).await;
    let trusting = source(&format!("https://origin.test:{port}/media"), Some(file.clone()));
    crate::testing::behaves_as_a_source(&trusting, async |key, bytes| origin.put(key, bytes)).await;
    let other_folder = tempfile::tempdir().unwrap();
    let (_, other_file) = encrypted(origin, &other_folder).await;
    for (base, file) in [
        (format!("https://other.test:{port}/media"), &file),
        (format!("https://127.0.0.1:{port}/media"), &file),
        (format!("http://origin.test:{port}/media"), &file),
        (format!("https://origin.test:{port}/media"), &other_file),
    ] {
        let error = source(&base, Some(file.clone())).stat("small.jpg").await.unwrap_err();
        assert_eq!(error.name(), "unavailable", "{base}");
    }
}

#[tokio::test]
async fn a_redirect_may_lead_to_encryption() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin::start(Manners::default()).await;
    origin.put("a", b"123");
    let (port, file) = encrypted(origin, &folder).await;
    let location = format!("https://origin.test:{port}/media/a");
    let redirecting = Raw::start(move |_, _| {
        vec![text(format!("HTTP/1.1 301 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))]
    });
    assert_eq!(source(&redirecting.base, Some(file)).stat("a").await.unwrap().size, 3);
}

#[tokio::test]
async fn certificates_are_read_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings("https://origin.test/");
    settings.certificates = Some(folder.path().join("nothing.pem"));
    assert!(matches!(HttpSource::new(settings.clone()), Err(HttpSourceError::Certificates { .. })));
    let broken = folder.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    settings.certificates = Some(broken);
    assert!(matches!(HttpSource::new(settings), Err(HttpSourceError::Certificate { .. })));
}

#[tokio::test]
async fn a_handshake_that_never_ends_times_out() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = encrypted(Origin::start(Manners::default()).await, &folder).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut settings = settings(&format!("https://{}/", silent.local_addr().unwrap()));
    settings.certificates = Some(file);
    settings.connect_timeout = Duration::from_millis(200);
    assert_eq!(HttpSource::new(settings).unwrap().stat("a").await, Err(Error::TimedOut));
}
