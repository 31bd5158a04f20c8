use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, UnixTime, alg_id,
};
use webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256;
use webpki::{EndEntityCert, KeyUsage};

use super::SnsError;
use super::message::{SignatureVersion, SnsMessage};

/// The first certificate of a PEM file.
pub(super) fn certificate(pem: &[u8]) -> Result<CertificateDer<'static>, SnsError> {
    CertificateDer::from_pem_slice(pem).map_err(|_| SnsError::Certificate)
}

/// Whether the key of `certificate`, which has to be valid `now`, has signed the message.
pub(super) fn verify(message: &SnsMessage, certificate: &CertificateDer<'_>, now: SystemTime) -> Result<(), SnsError> {
    let certificate = EndEntityCert::try_from(certificate).map_err(|_| SnsError::Certificate)?;
    is_valid(&certificate, now)?;
    let signature = STANDARD.decode(&message.signature).map_err(|_| SnsError::Form)?;
    let algorithm: &dyn SignatureVerificationAlgorithm = match message.version {
        SignatureVersion::Sha1 => &Sha1,
        SignatureVersion::Sha256 => RSA_PKCS1_2048_8192_SHA256,
    };
    let signed = certificate.verify_signature(algorithm, message.signed.as_bytes(), &signature);
    signed.map_err(|_| SnsError::Signature)
}

/// Its own fields: dates, and that it is for servers. Its issuer is not looked for, so that none is found.
fn is_valid(certificate: &EndEntityCert<'_>, now: SystemTime) -> Result<(), SnsError> {
    let now = UnixTime::since_unix_epoch(now.duration_since(UNIX_EPOCH).unwrap_or_default());
    match certificate.verify_for_usage(&[], &[], &[], now, KeyUsage::server_auth(), None, None) {
        Ok(_) | Err(webpki::Error::UnknownIssuer) => Ok(()),
        Err(_) => Err(SnsError::Certificate),
    }
}

/// RSA PKCS #1 v1.5 with SHA-1, which version 1 of signatures has and which is good for nothing else.
#[derive(Debug)]
struct Sha1;

impl SignatureVerificationAlgorithm for Sha1 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, key);
        key.verify(message, signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    /// `sha1WithRSAEncryption` (RFC 8017, appendix C), as DER.
    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        AlgorithmIdentifier::from_slice(&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5, 5, 0])
    }
}
