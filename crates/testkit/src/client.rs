use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// A client of HTTP/1.1 (RFC 9112) that opens a connection for each request and changes nothing in what it is given:
/// no normalised path, no encoded space, no followed redirect.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    address: SocketAddr,
    timeout: Duration,
}

impl Client {
    /// A client of the server at `address` that waits at most a minute for each read.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, timeout: Duration::from_mins(1) }
    }

    /// Where its requests go.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `GET target`.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn get(&self, target: &str) -> Response {
        self.get_with(target, &[])
    }

    /// `GET target` with headers.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Response {
        self.request("GET", target, headers)
    }

    /// `HEAD target`.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn head(&self, target: &str) -> Response {
        self.request("HEAD", target, &[])
    }

    /// A request without a body.
    ///
    /// # Panics
    /// If the server does not answer.
    pub fn request(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        match self.send(method, target.as_bytes(), headers, &[]) {
            Ok(response) => response,
            Err(error) => panic!("{method} {target}: {error:#}"),
        }
    }

    /// Any request; `target` may be any bytes at all.
    pub fn send(&self, method: &str, target: &[u8], headers: &[(&str, &str)], body: &[u8]) -> Result<Response> {
        let start = Instant::now();
        let mut stream = self.open(method, target, headers, body)?;
        stream.flush()?;
        let mut response = Response::read(&mut BufReader::new(stream), method == "HEAD")?;
        response.elapsed = start.elapsed();
        Ok(response)
    }

    /// Sends a request and leaves its answer unread: what a slow client or one that hangs up does.
    pub fn open(&self, method: &str, target: &[u8], headers: &[(&str, &str)], body: &[u8]) -> Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address).context("connect")?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_nodelay(true)?;
        let mut head = Vec::new();
        head.extend_from_slice(format!("{method} ").as_bytes());
        head.extend_from_slice(target);
        head.extend_from_slice(b" HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.extend_from_slice(format!("host: {}\r\n", self.address).as_bytes());
        }
        for (name, value) in headers {
            head.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        if !body.is_empty() {
            head.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
        }
        head.extend_from_slice(b"connection: close\r\n\r\n");
        head.extend_from_slice(body);
        stream.write_all(&head).context("send")?;
        Ok(stream)
    }
}

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body without its transfer coding.
    pub body: Vec<u8>,
    /// From the first byte sent to the last one received, connecting included.
    pub elapsed: Duration,
}

impl Response {
    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header, in order.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The media type without its parameters, or an empty text.
    pub fn content_type(&self) -> &str {
        self.header("content-type").and_then(|value| value.split(';').next()).unwrap_or("").trim()
    }

    /// The body as text, with replacement characters where it is none.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// If it is none.
    pub fn json(&self) -> serde_json::Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{} {:?}: {error}", self.status, self.text()),
        }
    }

    /// Reads one answer; its body ends where its length, its chunks or the connection end.
    pub fn read(stream: &mut impl BufRead, head_only: bool) -> Result<Self> {
        let status_line = line(stream)?;
        let status = status_line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status: u16 = status.with_context(|| format!("not a status line: {status_line:?}"))?;
        let mut headers = Vec::new();
        loop {
            let header = line(stream)?;
            if header.is_empty() {
                break;
            }
            let (name, value) = header.split_once(':').with_context(|| format!("not a header: {header:?}"))?;
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut response = Self { status, headers, body: Vec::new(), elapsed: Duration::ZERO };
        if head_only || matches!(status, 100..=199 | 204 | 304) {
            return Ok(response);
        }
        if response.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            response.body = chunks(stream)?;
        } else if let Some(length) = response.header("content-length") {
            let length: u64 = length.parse().context("content-length")?;
            let got = stream.take(length).read_to_end(&mut response.body)?;
            if got as u64 != length {
                bail!("the body ended after {got} of {length} bytes");
            }
        } else {
            stream.read_to_end(&mut response.body)?;
        }
        Ok(response)
    }
}

fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    stream.read_until(b'\n', &mut bytes).context("receive")?;
    if bytes.pop() != Some(b'\n') {
        bail!("the connection ended in the middle of a line");
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn chunks(stream: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream)?;
        let size = u64::from_str_radix(size.split(';').next().unwrap_or("").trim(), 16).context("chunk size")?;
        let got = stream.take(size).read_to_end(&mut body)?;
        if got as u64 != size {
            bail!("a chunk ended after {got} of {size} bytes");
        }
        let end = line(stream)?;
        if size == 0 {
            return Ok(body);
        }
        if !end.is_empty() {
            bail!("a chunk is longer than it said");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_end_where_they_say() {
        let mut plain = &b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b: c\r\n\r\nokmore"[..];
        let response = Response::read(&mut plain, false).unwrap();
        assert_eq!((response.status, response.text().as_str(), response.header("x-a")), (200, "ok", Some("b: c")));
        let mut chunked =
            &b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n"[..];
        assert_eq!(Response::read(&mut chunked, false).unwrap().text(), "abcd");
        let mut short = &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"[..];
        assert!(Response::read(&mut short, false).is_err());
        let mut head = &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"[..];
        assert!(Response::read(&mut head, true).unwrap().body.is_empty());
    }
}
