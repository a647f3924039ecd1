//! The head of an answer, as far as a fault has to know it.

/// How large a head may get. Hyper's own are far below.
const MOST: usize = 64 << 10;
const END: &[u8] = b"\r\n\r\n";

/// What has come of a head.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: Vec<u8>,
}

impl Head {
    /// Takes what belongs to the head, and says how many bytes that is and whether the head has ended.
    ///
    /// What is as long as no head is counts as one that has ended.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, bool) {
        // The end may be in both, the old bytes and the new.
        let known = self.bytes.len();
        let from = known.saturating_sub(END.len() - 1);
        let room = bytes.len().min(MOST - known.min(MOST));
        self.bytes.extend_from_slice(&bytes[..room]);
        match self.bytes[from..].windows(END.len()).position(|window| window == END) {
            Some(position) => {
                self.bytes.truncate(from + position + END.len());
                (self.bytes.len() - known, true)
            }
            None => (room, self.bytes.len() >= MOST),
        }
    }

    /// Whether another head follows it: a status of 1xx, except the one that ends HTTP on this connection.
    pub(super) fn is_interim(&self) -> bool {
        let status = self.bytes.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        status.starts_with(b"1") && !status.starts_with(b"101")
    }

    /// What its `Content-Length` says, if it has one.
    pub(super) fn content_length(&self) -> Option<u64> {
        self.bytes.split(|byte| *byte == b'\n').find_map(|line| {
            let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
            if !name.eq_ignore_ascii_case(b"content-length") {
                return None;
            }
            str::from_utf8(&value[1..]).ok()?.trim().parse().ok()
        })
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_wherever_the_bytes_are_divided() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{\r\n\r";
        let length = answer.len() - 4;
        for first in 0..=answer.len() {
            let mut head = Head::default();
            let (taken, ended) = head.take(&answer[..first]);
            assert_eq!((taken, ended), (first.min(length), first >= length), "{first}");
            if !ended {
                assert_eq!(head.take(&answer[first..]), (length - first, true), "{first}");
            }
            assert_eq!(head.content_length(), Some(4));
            assert_eq!(head.into_bytes(), answer[..length], "{first}");
        }
    }

    #[test]
    fn what_is_too_long_is_no_head() {
        let mut head = Head::default();
        assert_eq!(head.take(&vec![b'a'; MOST - 1]), (MOST - 1, false));
        assert_eq!(head.take(b"aaa"), (1, true));
        assert_eq!(head.content_length(), None);
    }

    #[test]
    fn a_head_tells_its_length_and_whether_another_follows() {
        let check = |bytes: &[u8], length: Option<u64>, interim: bool| {
            let mut head = Head::default();
            assert_eq!(head.take(bytes), (bytes.len(), true));
            assert_eq!(
                (head.content_length(), head.is_interim()),
                (length, interim),
                "{}",
                bytes.escape_ascii()
            );
        };
        check(b"HTTP/1.1 200 OK\r\nContent-Length:12\r\n\r\n", Some(12), false);
        check(b"HTTP/1.1 200 OK\r\na: b\r\ncontent-length:  0 \r\n\r\n", Some(0), false);
        check(b"HTTP/1.1 200 OK\r\nx-content-length: 3\r\n\r\n", None, false);
        check(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n", None, false);
        check(b"HTTP/1.1 204 No Content\r\n\r\n", None, false);
        check(b"HTTP/1.1 100 Continue\r\n\r\n", None, true);
        check(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", None, false);
        check(b"no HTTP\r\n\r\n", None, false);
    }
}
