use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use anyhow::{Context, Result, anyhow};
use futures::StreamExt;
use http::{HeaderMap, Method, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use s3s::auth::SimpleAuth;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output, PutObjectInput,
    PutObjectOutput, StreamingBlob, UploadPartInput, UploadPartOutput,
};
use s3s::service::S3ServiceBuilder;
use s3s::{Body, S3, S3Request, S3Response, S3Result};
use s3s_fs::FileSystem;
use tokio::sync::Mutex;

use super::listening::Listening;
use crate::Scratch;

/// [s3s-fs](https://docs.rs/s3s-fs): S3 over a folder, in this process. It checks signatures, and has one region and no
/// versions.
///
/// It serves until this is dropped.
#[derive(Debug)]
pub struct S3sFs {
    files: Flat,
    folder: Scratch,
    listening: Listening,
}

impl S3sFs {
    /// The public half of the only key.
    pub const KEY_ID: &'static str = "AKIDEXAMPLE";

    /// Its secret half.
    pub const SECRET: &'static str = "not a secret";

    /// Starts it on a free port of the loopback interface.
    ///
    /// # Errors
    /// If there is no free port, or no place for its folder.
    pub fn start() -> Result<Self> {
        let folder = Scratch::new()?;
        let files = FileSystem::new(folder.path()).map_err(|error| anyhow!("{error:?}"))?;
        let files = Flat { files: Arc::new(files), sent: Arc::default(), reads: Arc::default(), turn: Arc::default() };
        let mut builder = S3ServiceBuilder::new(files.clone());
        builder.set_auth(SimpleAuth::from_single(Self::KEY_ID, Self::SECRET));
        let service = builder.build();
        let listening = Listening::start(move |stream| {
            let service = service.clone();
            async move {
                let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
                // A client that goes away in the midst of an answer is part of the tests.
                let _ = server.serve_connection(TokioIo::new(stream), service).await;
            }
        })?;
        Ok(Self { files, folder, listening })
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.listening.address)
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// If there is one of that name.
    pub fn create_bucket(&self, name: &str) -> Result<()> {
        std::fs::create_dir(self.folder.path().join(name)).with_context(|| name.to_owned())
    }

    /// Writes an object, without asking who does.
    ///
    /// # Errors
    /// If it does not take it.
    pub fn put(&self, bucket: &str, key: &str, content_type: &str, bytes: &[u8]) -> Result<()> {
        let body = StreamingBlob::from(Body::from(bytes.to_vec()));
        let input = PutObjectInput {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            content_type: Some(content_type.to_owned()),
            body: Some(body),
            ..PutObjectInput::default()
        };
        let request = S3Request {
            input,
            method: Method::PUT,
            uri: Uri::default(),
            headers: HeaderMap::new(),
            extensions: http::Extensions::new(),
            credentials: None,
            region: None,
            service: None,
            trailing_headers: None,
        };
        let files = self.files.clone();
        // A thread of its own: the caller may be within a runtime, which must not wait for another one.
        let written = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().build()?;
            runtime.block_on(files.put_object(request)).map_err(|error| anyhow!("{error:?}"))?;
            Ok(())
        });
        written.join().map_err(|_| anyhow!("writing panicked"))?
    }

    /// The file of an object.
    pub fn file(&self, bucket: &str, key: &str) -> PathBuf {
        self.folder.path().join(bucket).join(file_name(key))
    }

    /// Bytes of bodies that it has handed to the network.
    pub fn sent_bytes(&self) -> u64 {
        self.files.sent.load(Ordering::SeqCst)
    }

    /// How often an object was read (`GetObject`).
    pub fn reads(&self) -> usize {
        self.files.reads.load(Ordering::SeqCst)
    }
}

/// Gives each key a file name without `/`: s3s-fs takes keys for paths, so that a folder is an object and `a//b` is
/// `a/b`, and S3 does not.
#[derive(Debug, Clone)]
struct Flat {
    files: Arc<FileSystem>,
    sent: Arc<AtomicU64>,
    reads: Arc<AtomicUsize>,
    /// Writes on conditions take turns: s3s-fs looks first and writes then, where S3 does both at once.
    turn: Arc<Mutex<()>>,
}

/// Objects of a page, where nothing else is asked for.
const PAGE: i32 = 1000;

fn file_name(key: &str) -> String {
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

            async fn put_object(&self, mut request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
                request.input.key = file_name(&request.input.key);
                let is_conditional = request.input.if_match.is_some() || request.input.if_none_match.is_some();
                let _turn = if is_conditional { Some(self.turn.lock().await) } else { None };
                self.files.put_object(request).await
            }

            async fn get_object(&self, mut request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
                self.reads.fetch_add(1, Ordering::SeqCst);
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

            async fn list_objects_v2(
                &self,
                mut request: S3Request<ListObjectsV2Input>,
            ) -> S3Result<S3Response<ListObjectsV2Output>> {
                let input = &mut request.input;
                // Byte for byte, so that what begins with a prefix is written with the same beginning.
                input.prefix = input.prefix.take().map(|prefix| file_name(&prefix));
                // The order of file names is another one than that of keys: pages are cut here.
                let after = input.continuation_token.take().max(input.start_after.take());
                let most = usize::try_from(input.max_keys.replace(i32::MAX).unwrap_or(PAGE)).unwrap_or_default();
                let mut response = self.files.list_objects_v2(request).await?;
                let output = &mut response.output;
                // What it would have to encode, as the request may ask, is nothing that tests list.
                output.encoding_type = None;
                for object in output.contents.iter_mut().flatten() {
                    let key = object.key.take().unwrap_or_default();
                    object.key = Some(percent_decode_str(&key).decode_utf8_lossy().into_owned());
                }
                if let Some(contents) = &mut output.contents {
                    contents.sort_by(|one, other| one.key.cmp(&other.key));
                    contents.retain(|object| after.is_none() || object.key > after);
                    let is_truncated = contents.len() > most;
                    contents.truncate(most);
                    output.is_truncated = Some(is_truncated);
                    let last = contents.last().and_then(|object| object.key.clone());
                    output.next_continuation_token = last.filter(|_| is_truncated);
                    output.key_count = i32::try_from(contents.len()).ok();
                }
                Ok(response)
            }
        }
    };
}

flat! {
    head_object: HeadObjectInput => HeadObjectOutput,
    delete_object: DeleteObjectInput => DeleteObjectOutput,
    create_multipart_upload: CreateMultipartUploadInput => CreateMultipartUploadOutput,
    upload_part: UploadPartInput => UploadPartOutput,
    complete_multipart_upload: CompleteMultipartUploadInput => CompleteMultipartUploadOutput,
    abort_multipart_upload: AbortMultipartUploadInput => AbortMultipartUploadOutput,
}
