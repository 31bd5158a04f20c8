use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::{HeaderMap, Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Container;
use super::sink::WHOLE_BYTES;
use crate::Error;

/// Bytes of a block; Azure takes at most 50 000 of them.
const BLOCK_BYTES: usize = WHOLE_BYTES;

/// Blocks that are sent at a time.
const BLOCKS_AT_A_TIME: usize = 4;

impl Container {
    /// The blob appears when the list of its blocks is there. Blocks of which no list ever comes are unseen, and removed by
    /// Azure after a week. Of two writers at a time, the list of one makes the blocks of the other void, whose own list is
    /// then refused.
    pub(super) async fn write_in_blocks(&self, key: &str, body: &Bytes, headers: HeaderMap) -> Result<(), Error> {
        let upload = fastrand::u64(..);
        let count = body.len().div_ceil(BLOCK_BYTES);
        let blocks = (0..count).map(|block| {
            let bytes = body.slice(block * BLOCK_BYTES..body.len().min((block + 1) * BLOCK_BYTES));
            self.write_block(key, id(upload, block), bytes)
        });
        stream::iter(blocks).buffered(BLOCKS_AT_A_TIME).try_collect::<()>().await?;
        let list: Vec<String> = (0..count).map(|block| format!("<Latest>{}</Latest>", id(upload, block))).collect();
        let list = list.concat();
        let list = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>{list}</BlockList>");
        let request = self.ask(Method::PUT, key, "?comp=blocklist", headers, Bytes::from(list)).await?;
        self.written(&self.client.document(request).await?)
    }

    async fn write_block(&self, key: &str, id: String, bytes: Bytes) -> Result<(), Error> {
        let query = format!("?comp=block&blockid={}", utf8_percent_encode(&id, NON_ALPHANUMERIC));
        let request = self.ask(Method::PUT, key, &query, HeaderMap::new(), bytes).await?;
        self.written(&self.client.document(request).await?)
    }
}

/// All of the same length, as Azure asks.
fn id(upload: u64, block: usize) -> String {
    STANDARD.encode(format!("{upload:016x}{block:08}"))
}
