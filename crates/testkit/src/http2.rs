use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::{Request, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Response;

/// How long all of them may take.
const TIME: Duration = Duration::from_mins(1);

/// `GET` of every target over one connection of HTTP/2 with prior knowledge
/// (RFC 9113, section 3.3), without waiting for one another. The answers are in the order of the targets.
///
/// # Errors
/// If one of them is not answered.
pub fn get_at_once(address: SocketAddr, targets: &[String]) -> Result<Vec<Response>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async { tokio::time::timeout(TIME, ask(address, targets)).await.context("no answer")? })
}

async fn ask(address: SocketAddr, targets: &[String]) -> Result<Vec<Response>> {
    let stream = TcpStream::connect(address).await?;
    let (sender, connection) = handshake::<_, _, Empty<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut asking = JoinSet::new();
    for (number, target) in targets.iter().enumerate() {
        let (sender, url) = (sender.clone(), format!("http://{address}{target}"));
        asking.spawn(async move { (number, one(sender, &url).await.with_context(|| url)) });
    }
    drop(sender);
    let mut answers: Vec<Option<Response>> = vec![None; targets.len()];
    while let Some(answer) = asking.join_next().await {
        let (number, answer) = answer?;
        answers[number] = Some(answer?);
    }
    connection.await??;
    answers.into_iter().collect::<Option<_>>().ok_or_else(|| anyhow!("one has no answer"))
}

async fn one(mut sender: SendRequest<Empty<Bytes>>, url: &str) -> Result<Response> {
    let start = Instant::now();
    let request = Request::get(url).version(Version::HTTP_2).body(Empty::new())?;
    sender.ready().await?;
    let answer = sender.send_request(request).await?;
    let headers = answer.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()));
    let (status, headers) = (answer.status().as_u16(), headers.collect());
    let body = answer.into_body().collect().await?.to_bytes().to_vec();
    Ok(Response { status, headers, body, elapsed: start.elapsed() })
}
