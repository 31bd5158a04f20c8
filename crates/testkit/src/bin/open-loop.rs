//! Sends requests at a constant rate, whether or not earlier ones are answered, and prints what became of them as JSON.
//!
//! Latency counts from the moment at which a request was due, so that a server that stalls is not flattered by a
//! client that waits for it.

use std::{
    env,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A request that is not answered by then is an error.
const TIMEOUT: Duration = Duration::from_secs(30);

struct Load {
    address: SocketAddr,
    /// Path and query; `{}` becomes the number of the request.
    target: String,
    rate: u32,
    duration: Duration,
}

#[derive(Default)]
struct Outcome {
    latencies: Vec<Duration>,
    errors: Vec<String>,
    bytes: u64,
}

/// Connections that wait for their next request.
type Idle = Arc<Mutex<Vec<SendRequest<Empty<Bytes>>>>>;

#[tokio::main]
async fn main() -> Result<()> {
    let load = arguments()?;
    let outcome = run(&load).await;
    let report = serde_json::json!({
        "requests": outcome.latencies.len() + outcome.errors.len(),
        "errors": outcome.errors.len(),
        "first_errors": outcome.errors.iter().take(5).collect::<Vec<_>>(),
        "bytes": outcome.bytes,
        "p50_ms": percentile(&outcome.latencies, 50.0),
        "p90_ms": percentile(&outcome.latencies, 90.0),
        "p99_ms": percentile(&outcome.latencies, 99.0),
        "max_ms": percentile(&outcome.latencies, 100.0),
    });
    #[expect(clippy::print_stdout, reason = "the report is what this program is for")]
    {
        println!("{report:#}");
    }
    Ok(())
}

fn arguments() -> Result<Load> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [address, target, rate, seconds] = arguments.as_slice() else {
        bail!("usage: open-loop ADDRESS TARGET REQUESTS_PER_SECOND SECONDS");
    };
    let address: SocketAddr = address.parse().context("ADDRESS")?;
    if !address.ip().is_loopback() {
        bail!("only a server on this machine is put under load");
    }
    let rate = rate.parse().context("REQUESTS_PER_SECOND")?;
    let seconds: u64 = seconds.parse().context("SECONDS")?;
    if !(1..=100_000).contains(&rate) || !(1..=3600).contains(&seconds) {
        bail!("1 to 100000 requests a second, for 1 to 3600 seconds");
    }
    Ok(Load { address, target: target.clone(), rate, duration: Duration::from_secs(seconds) })
}

async fn run(load: &Load) -> Outcome {
    let idle: Idle = Arc::default();
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let count = u64::from(load.rate) * load.duration.as_secs();
    let start = Instant::now();
    let mut requests = Vec::with_capacity(count as usize);
    for number in 0..count {
        let due = start + Duration::from_secs_f64(number as f64 / f64::from(load.rate));
        tokio::time::sleep_until(due.into()).await;
        let (idle, outcome, address) = (Arc::clone(&idle), Arc::clone(&outcome), load.address);
        let target = load.target.replace("{}", &number.to_string());
        requests.push(tokio::spawn(async move {
            let answer = match tokio::time::timeout(TIMEOUT, request(address, &target, &idle)).await {
                Ok(answer) => answer,
                Err(late) => Err(late.into()),
            };
            let latency = due.elapsed();
            let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
            match answer {
                Ok(bytes) => {
                    outcome.latencies.push(latency);
                    outcome.bytes += bytes;
                }
                Err(error) => outcome.errors.push(format!("{error:#}")),
            }
        }));
    }
    for request in requests {
        // A task of ours that panicked is missing from the counts, which the caller compares.
        let _ = request.await;
    }
    let mut outcome = std::mem::take(&mut *outcome.lock().unwrap_or_else(PoisonError::into_inner));
    outcome.latencies.sort_unstable();
    outcome
}

async fn request(address: SocketAddr, target: &str, idle: &Idle) -> Result<u64> {
    let request = Request::get(target).header("host", address.to_string()).body(Empty::new())?;
    let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut connection = match kept {
        Some(connection) => connection,
        None => connect(address).await?,
    };
    if connection.ready().await.is_err() {
        connection = connect(address).await?;
    }
    let response = connection.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if status != 200 {
        bail!("{status}: {}", String::from_utf8_lossy(&body).chars().take(200).collect::<String>());
    }
    idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    Ok(body.len() as u64)
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Empty<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Its end is seen by the next request on it.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// Milliseconds of the nearest rank in sorted latencies; `None` if there are none.
fn percentile(sorted: &[Duration], percent: f64) -> Option<f64> {
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).map(|latency| (latency.as_secs_f64() * 100_000.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_ranks() {
        let latencies: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&latencies, 50.0), Some(100.0));
        assert_eq!(percentile(&latencies, 99.0), Some(198.0));
        assert_eq!(percentile(&latencies, 100.0), Some(200.0));
        assert_eq!(percentile(&[], 50.0), None);
    }
}
