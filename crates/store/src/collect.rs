use bytes::{Bytes, BytesMut};
use futures::TryStreamExt;

use crate::{Error, Object};

/// The whole body of `object` in memory.
///
/// # Errors
/// [`Error::TooLarge`] as soon as it is known that there are more than `max_bytes`: from the declared size before
/// anything is read, and from what has been read, as declarations can be wrong.
/// [`Error::Unavailable`] if the body ends early, and whatever the body itself fails with.
pub async fn collect(object: Object, max_bytes: u64) -> Result<Bytes, Error> {
    let Object { range, mut body, .. } = object;
    let declared = range.end.saturating_sub(range.start);
    check(declared, max_bytes)?;
    let Some(first) = body.try_next().await? else { return complete(Bytes::new(), declared) };
    check(first.len() as u64, max_bytes)?;
    let Some(second) = body.try_next().await? else { return complete(first, declared) };
    let mut whole = BytesMut::with_capacity(usize::try_from(declared).unwrap_or(0));
    whole.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(piece) = next {
        check((whole.len() + piece.len()) as u64, max_bytes)?;
        whole.extend_from_slice(&piece);
        next = body.try_next().await?;
    }
    complete(whole.freeze(), declared)
}

fn check(actual: u64, allowed: u64) -> Result<(), Error> {
    if actual > allowed { Err(Error::TooLarge { actual, allowed }) } else { Ok(()) }
}

/// A body that is shorter than its declaration must not pass for the object.
fn complete(bytes: Bytes, declared: u64) -> Result<Bytes, Error> {
    if (bytes.len() as u64) < declared {
        return Err(Error::unavailable(format_args!("the body ended after {} of {declared} bytes", bytes.len())));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt, stream};

    use super::*;
    use crate::{Stat, Version};

    fn object(declared: u64, pieces: &[&'static str]) -> Object {
        let pieces: Vec<Result<Bytes, Error>> =
            pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        Object {
            stat: Stat {
                size: declared,
                version: Version::new("1"),
                modified: None,
                content_type: None,
                cache_control: None,
            },
            range: 0..declared,
            body: stream::iter(pieces).boxed(),
        }
    }

    #[tokio::test]
    async fn pieces_are_joined() {
        assert_eq!(collect(object(6, &["abc", "de", "f"]), 6).await.unwrap(), "abcdef");
        assert_eq!(collect(object(3, &["abc"]), 6).await.unwrap(), "abc");
        assert_eq!(collect(object(0, &[]), 6).await.unwrap(), "");
    }

    #[tokio::test]
    async fn neither_declared_nor_real_bytes_pass_the_limit() {
        let too_large = |actual| Err(Error::TooLarge { actual, allowed: 5 });
        assert_eq!(collect(object(6, &["never read"]), 5).await, too_large(6));
        assert_eq!(collect(object(0, &["abc", "def", "never read"]), 5).await, too_large(6));
        assert_eq!(collect(object(1, &["abcdef"]), 5).await, too_large(6));
    }

    #[tokio::test]
    async fn a_short_body_is_an_error() {
        for pieces in [&[][..], &["ab"], &["ab", "c"]] {
            assert!(matches!(collect(object(4, pieces), 5).await, Err(Error::Unavailable { .. })));
        }
    }
}
