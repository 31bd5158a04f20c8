use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::auth::SimpleAuth;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, PutObjectInput, PutObjectOutput, StreamingBlob,
    UploadPartInput, UploadPartOutput,
};
use s3s::service::S3ServiceBuilder;
use s3s::{S3, S3Request, S3Response, S3Result};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{Bucket, Settings, settings};

pub(super) const KEY_ID: &str = "AKIDEXAMPLE";
pub(super) const SECRET: &str = "not a secret";

/// [s3s-fs](https://docs.rs/s3s-fs) on a free port, with one bucket; it checks signatures.
pub(super) struct Server {
    pub(super) endpoint: String,
    pub(super) folder: TempDir,
    /// Bytes of bodies that it has handed to the network.
    pub(super) sent: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("photos")).unwrap();
        let sent = Arc::new(AtomicU64::new(0));
        let store = Flat { files: FileSystem::new(folder.path()).unwrap(), sent: Arc::clone(&sent) };
        let mut builder = S3ServiceBuilder::new(store);
        builder.set_auth(SimpleAuth::from_single(KEY_ID, SECRET));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                    // A client that goes away in the midst of an answer is part of the tests.
                    let _ = server.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { endpoint, folder, sent, accepting }
    }

    pub(super) fn settings(&self) -> Settings {
        settings(&self.endpoint, "photos")
    }

    pub(super) async fn bucket(&self) -> Bucket {
        Bucket::open(&self.settings()).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Gives each key a file name without `/`: s3s-fs takes keys for paths, so that a folder is an object and `a//b` is
/// `a/b`, and S3 does not.
struct Flat {
    files: FileSystem,
    sent: Arc<AtomicU64>,
}

pub(super) fn file_name(key: &str) -> String {
    utf8_percent_encode(key, NON_ALPHANUMERIC).to_string()
}

macro_rules! flat {
    ($($operation:ident: $input:ident => $output:ident),* $(,)?) => {
        #[async_trait::async_trait]
        impl S3 for Flat {
            $(async fn $operation(&self, mut request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                request.input.key = file_name(&request.input.key);
                self.files.$operation(request).await
            })*

            async fn get_object(&self, mut request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
                request.input.key = file_name(&request.input.key);
                let mut response = self.files.get_object(request).await?;
                let sent = Arc::clone(&self.sent);
                response.output.body = response.output.body.map(|body| {
                    StreamingBlob::wrap(body.map(move |piece| {
                        let bytes = piece.as_ref().map_or(0, bytes::Bytes::len);
                        sent.fetch_add(bytes as u64, Ordering::SeqCst);
                        piece.map_err(std::io::Error::other)
                    }))
                });
                Ok(response)
            }
        }
    };
}

flat! {
    head_object: HeadObjectInput => HeadObjectOutput,
    put_object: PutObjectInput => PutObjectOutput,
    delete_object: DeleteObjectInput => DeleteObjectOutput,
    create_multipart_upload: CreateMultipartUploadInput => CreateMultipartUploadOutput,
    upload_part: UploadPartInput => UploadPartOutput,
    complete_multipart_upload: CompleteMultipartUploadInput => CompleteMultipartUploadOutput,
    abort_multipart_upload: AbortMultipartUploadInput => AbortMultipartUploadOutput,
}
