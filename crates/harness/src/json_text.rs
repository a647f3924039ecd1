//! Bytes that some readers of JSON take and others do not.

/// Whether the bytes are JSON to a reader that is as lenient as any common one: a byte order mark in front, texts that are
/// not UTF-8, lone surrogates, `NaN` and `Infinity`, numbers of any size and nesting of any depth.
///
/// Of what is no JSON to the contract's reader, that is what a server may take without being careless.
pub(crate) fn is_disputed(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut scanner = Scanner { rest: bytes };
    scanner.document().is_some() && scanner.rest.is_empty()
}

struct Scanner<'b> {
    rest: &'b [u8],
}

impl Scanner<'_> {
    /// One value, and the space around it. It does not recurse, as the depth is not bounded.
    fn document(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            self.space();
            match self.rest.first()? {
                b'[' => {
                    self.rest = &self.rest[1..];
                    open.push(b']');
                    self.space();
                    if !self.rest.starts_with(b"]") {
                        continue;
                    }
                }
                b'{' => {
                    self.rest = &self.rest[1..];
                    open.push(b'}');
                    self.space();
                    if !self.rest.starts_with(b"}") {
                        self.name()?;
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            loop {
                self.space();
                let Some(end) = open.last().copied() else { return Some(()) };
                match self.rest.split_first()? {
                    (byte, rest) if *byte == end => {
                        self.rest = rest;
                        open.pop();
                    }
                    (b',', rest) => {
                        self.rest = rest;
                        if end == b'}' {
                            self.space();
                            self.name()?;
                        }
                        break;
                    }
                    _ => return None,
                }
            }
        }
    }

    fn name(&mut self) -> Option<()> {
        self.text()?;
        self.space();
        self.rest = self.rest.strip_prefix(b":")?;
        Some(())
    }

    fn space(&mut self) {
        let end = self.rest.iter().position(|byte| !b" \t\r\n".contains(byte)).unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
    }

    fn scalar(&mut self) -> Option<()> {
        if self.rest.starts_with(b"\"") {
            return self.text();
        }
        let words: [&[u8]; 6] = [b"null", b"true", b"false", b"NaN", b"Infinity", b"-Infinity"];
        match words.iter().find_map(|word| self.rest.strip_prefix(*word)) {
            Some(rest) => {
                self.rest = rest;
                Some(())
            }
            None => self.number(),
        }
    }

    fn text(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix(b"\"")?;
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            match byte {
                b'"' => return Some(()),
                b'\\' => {
                    let (escape, rest) = self.rest.split_first()?;
                    self.rest = rest;
                    if *escape == b'u' {
                        let digits = self.rest.get(..4)?;
                        digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                        self.rest = &self.rest[4..];
                    } else if !b"\"\\/bfnrt".contains(escape) {
                        return None;
                    }
                }
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix(b"-").unwrap_or(self.rest);
        match self.rest.strip_prefix(b"0") {
            Some(rest) => self.rest = rest,
            None => self.digits()?,
        }
        if let Some(rest) = self.rest.strip_prefix(b".") {
            self.rest = rest;
            self.digits()?;
        }
        if let Some(rest) = self.rest.strip_prefix(b"e").or_else(|| self.rest.strip_prefix(b"E")) {
            self.rest = rest.strip_prefix(b"+").or_else(|| rest.strip_prefix(b"-")).unwrap_or(rest);
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
        (end > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::is_disputed;

    #[test]
    fn what_readers_differ_on_is_told_from_what_is_no_json() {
        let check = |bytes: &[u8], expected: bool| {
            assert_eq!(is_disputed(bytes), expected, "{}", bytes.escape_ascii());
        };
        for taken in [
            &br#"{"a":"\ud800"}"#[..],
            br#"{"a":1e999}"#,
            br#"{"a":NaN,"b":[-Infinity]}"#,
            b"\xef\xbb\xbf{}",
            b"[\"\xff\"]",
            b" {} \r\n",
            b"0",
            b"[[],{}]",
        ] {
            check(taken, true);
        }
        check(("[".repeat(5_000) + &"]".repeat(5_000)).as_bytes(), true);
        for refused in [
            &b""[..],
            b" ",
            b"{",
            b"{}}",
            b"{},",
            b"[1,]",
            b"{\"a\":01}",
            b"{'a':1}",
            b"{a:1}",
            b"[1 2]",
            b"\"\n\"",
            b"{\"a\":1 // b\n}",
            b"[\"\\x\"]",
            b"[1.]",
            b"[.5]",
            b"[1e]",
            b"{\"a\"}",
            b"]",
            b"\0{}",
        ] {
            check(refused, false);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_json_to_serde_is_json_here(value in greenapi_model::strategy::any_json()) {
            prop_assert!(is_disputed(value.to_string().as_bytes()));
        }
    }
}
