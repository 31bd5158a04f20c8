use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::{HeaderMap, Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Container;
use super::sink::WHOLE_BYTES;
use crate::content::{self, part_bytes};
use crate::{Content, Error};

/// Least bytes of a block.
const BLOCK_BYTES: u64 = WHOLE_BYTES;

/// Most blocks of a blob ("Scalability and performance targets for Blob storage"): those of large blobs are larger.
const MAX_BLOCKS: u64 = 50_000;

/// Blocks that are sent at a time.
const BLOCKS_AT_A_TIME: usize = 4;

impl Container {
    /// The blob appears when the list of its blocks is there. Blocks of which no list ever comes are unseen, and removed by
    /// Azure after a week. Of two writers at a time, the list of one makes the blocks of the other void, whose own list is
    /// then refused.
    pub(super) async fn write_in_blocks(&self, key: &str, content: &Content, headers: HeaderMap) -> Result<(), Error> {
        let upload = fastrand::u64(..);
        let size = part_bytes(content.len(), BLOCK_BYTES, MAX_BLOCKS);
        let ranges: Vec<_> = content::parts(content.len(), size).collect();
        let list: Vec<String> =
            (0..ranges.len()).map(|block| format!("<Latest>{}</Latest>", id(upload, block))).collect();
        // Read when it is their turn: no more of the content is in memory than is being sent.
        let blocks = ranges.into_iter().enumerate().map(|(block, range)| async move {
            let bytes = content.part(range).await?;
            self.write_block(key, id(upload, block), bytes).await
        });
        stream::iter(blocks).buffered(BLOCKS_AT_A_TIME).try_collect::<()>().await?;
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
