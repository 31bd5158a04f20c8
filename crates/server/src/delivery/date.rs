use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

/// Dates that a thread remembers.
const REMEMBERED: usize = 64;

/// Longest time that an HTTP date is asked to say; those end with the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

thread_local! {
    static WRITTEN: RefCell<[Option<(u64, HeaderValue)>; REMEMBERED]> = const { RefCell::new([const { None }; REMEMBERED]) };
}

/// `time` in whole seconds, as HTTP writes it (RFC 9110, section 5.6.7). A thread writes the same few dates again and
/// again: the end of everything that is answered within a second, and the age of what is asked for often.
pub fn http_date(time: SystemTime) -> HeaderValue {
    let second = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().min(LAST_SECOND);
    WRITTEN.with_borrow_mut(|written| {
        let slot = &mut written[second as usize % REMEMBERED];
        match slot {
            Some((known, date)) if *known == second => date.clone(),
            _ => {
                let date = write(second);
                *slot = Some((second, date.clone()));
                date
            }
        }
    })
}

fn write(second: u64) -> HeaderValue {
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
    // Letters and digits: always the value of a header.
    HeaderValue::try_from(date).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_share_a_place_are_not_mixed_up() {
        let at = |second| http_date(UNIX_EPOCH + Duration::from_secs(second));
        for _ in 0..2 {
            assert_eq!(at(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
            assert_eq!(at(784_111_777 + REMEMBERED as u64), "Sun, 06 Nov 1994 08:50:41 GMT");
        }
        assert_eq!(at(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(at(u64::MAX >> 2), "Fri, 31 Dec 9999 23:59:59 GMT");
        assert_eq!(http_date(UNIX_EPOCH - Duration::from_secs(9)), at(0));
    }
}
