//! One row of the table, and how it is tried.

use crate::exchange::{Client, Piece};
use crate::support::Fixture;

/// Where the rows call, unless it is the path that they try.
pub(crate) const PATH: &str = "/waInstance1101000001/createGroup/the-token-of-a-row";
/// The body of the page's own example, as its Python code sends it.
pub(crate) const PAGE: &[u8] =
    b"{\r\n    \"groupName\": \"From API Group created\",\r\n    \"chatIds\": [],\r\n    \"phones\": \
    [\r\n        79001234567,\r\n        79001234568\r\n    ]\r\n}\r\n";

pub(crate) const CREATED: Expected = Expected { status: 200, clause: Some("response.200") };
pub(crate) const BAD_DATA: Expected = Expected { status: 400, clause: Some("error.bad-request-data") };
pub(crate) const WRONG_PATH: Expected = Expected { status: 403, clause: Some("error.wrong-path") };
pub(crate) const WRONG_METHOD: Expected = Expected { status: 404, clause: Some("error.wrong-method") };
pub(crate) const TOO_LARGE: Expected = Expected { status: 500, clause: Some("error.request-too-large") };

/// An answer that has to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) status: u16,
    /// The clause of the contract; none for an answer of HTTP itself, which is no call of the emulation.
    pub(crate) clause: Option<&'static str>,
}

/// An answer of HTTP itself.
pub(crate) const fn http(status: u16) -> Expected {
    Expected { status, clause: None }
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// It serves another request.
    Open,
    /// It is closed in order, with FIN.
    Closed,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The section of an RFC, or the contract where it decides by itself.
    pub(crate) source: &'static str,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) answers: Vec<Expected>,
    pub(crate) then: Then,
    /// The clauses of the request that are broken.
    pub(crate) broken: &'static [&'static str],
}

impl Row {
    pub(crate) fn new(name: &'static str, source: &'static str, bytes: impl AsRef<[u8]>) -> Self {
        let pieces = vec![Piece::Bytes(bytes.as_ref().to_vec())];
        Self { name, source, pieces, answers: Vec::new(), then: Then::Closed, broken: &[] }
    }

    pub(crate) fn and(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// What comes back while the connection stays open.
    pub(crate) fn open(self, answers: impl IntoIterator<Item = Expected>) -> Self {
        Self { answers: answers.into_iter().collect(), then: Then::Open, ..self }
    }

    /// What comes back before the connection is closed.
    pub(crate) fn closed(self, answers: impl IntoIterator<Item = Expected>) -> Self {
        Self { answers: answers.into_iter().collect(), then: Then::Closed, ..self }
    }

    fn try_on(&self, fixture: &Fixture) -> Result<(), String> {
        let before = fixture.emulation.all_calls().kept.iter().map(|call| call.number()).max();
        let made_before = fixture.emulation.groups(1_101_000_001.into()).made;
        let is_head = self.pieces.iter().any(|piece| piece.starts_with(b"HEAD "));
        let mut client = Client::new(&fixture.url, is_head);
        client.send(&self.pieces);
        let mut seen = Vec::new();
        for expected in &self.answers {
            let answer = client.answer().map_err(|error| format!("{error} instead of {expected:?}"))?;
            if *expected == BAD_DATA && !answer.body.contains(r#""message":"bad request data""#) {
                return Err(format!("the answer is {answer:?}"));
            }
            seen.push(answer.status);
        }
        let expected: Vec<_> = self.answers.iter().map(|expected| expected.status).collect();
        if seen != expected {
            return Err(format!("the answers are {seen:?} instead of {expected:?}"));
        }
        let calls = fixture.emulation.all_calls().kept;
        let calls: Vec<_> = calls.iter().filter(|call| Some(call.number()) > before).collect();
        let clauses: Vec<_> =
            calls.iter().map(|call| call.outcome().clause().map(|clause| clause.id().to_owned())).collect();
        let expected: Vec<_> = self
            .answers
            .iter()
            .filter_map(|expected| expected.clause)
            .map(|id| Some(id.to_owned()))
            .collect();
        if clauses != expected {
            return Err(format!("the clauses are {clauses:?} instead of {expected:?}"));
        }
        let broken: Vec<_> = calls
            .iter()
            .filter_map(|call| call.outcome().violations())
            .flat_map(|violations| violations.iter().map(|violation| violation.clause().id().to_owned()))
            .collect();
        if !self.broken.is_empty() && broken != self.broken {
            return Err(format!("{broken:?} are broken instead of {:?}", self.broken));
        }
        let made = fixture.emulation.groups(1_101_000_001.into()).made - made_before;
        let expected = self.answers.iter().filter(|expected| **expected == CREATED).count();
        if made != expected as u64 {
            return Err(format!("{made} groups were made instead of {expected}"));
        }
        match self.then {
            Then::Closed => client.end(),
            Then::Open => {
                client.send(&[Piece::Bytes(post(PAGE))]);
                let next = client.answer().map_err(|error| format!("the connection is not open: {error}"))?;
                if next.status == 200 { Ok(()) } else { Err(format!("the next answer is {next:?}")) }
            }
        }
    }
}

/// Tries all rows, and says of each that fails how.
pub(crate) fn check(rows: &[Row]) {
    let fixture = Fixture::new();
    let failures: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let failure = row.try_on(&fixture).err()?;
            Some(format!("{} ({}): {failure}", row.name, row.source))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} rows:\n{}", failures.len(), rows.len(), failures.join("\n"));
    let kept = format!("{:?}", fixture.emulation.all_calls());
    assert!(!kept.contains("the-token-of-a-row"), "{kept}");
}

/// A whole request, with these lines of its head between `Host` and the end.
pub(crate) fn request(line: &str, lines: &str, body: &[u8]) -> Vec<u8> {
    [format!("{line}\r\nHost: localhost\r\n{lines}\r\n").as_bytes(), body].concat()
}

/// The page's request line, with these lines of the head.
pub(crate) fn with(lines: &str, body: &[u8]) -> Vec<u8> {
    request(&format!("POST {PATH} HTTP/1.1"), lines, body)
}

/// As a client sends this body.
pub(crate) fn post(body: &[u8]) -> Vec<u8> {
    with(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()), body)
}

/// The page's own request with a line more in its head.
pub(crate) fn page_with(line: &str) -> Vec<u8> {
    with(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n{line}", PAGE.len()), PAGE)
}
