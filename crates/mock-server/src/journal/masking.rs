//! What of a request may be shown: everything but secrets.

use std::borrow::Cow;
use std::fmt;

use greenapi_model::Contract;
use memchr::memmem::{self, Finder};

/// What stands for the token.
pub(crate) const MASK: &str = "$TOKEN";

/// A token that is shorter is masked in the path alone: elsewhere it cannot be told from any other text.
const TELLING: usize = 8;

/// Digits in a row from which on they may be a phone number.
const PHONE: usize = 7;

/// The target of a request: its path, and the query behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'t> {
    /// As it was sent.
    pub(crate) whole: &'t str,
    pub(crate) path: &'t str,
    pub(crate) query: Option<&'t str>,
}

impl<'t> Target<'t> {
    pub(crate) fn of(whole: &'t str) -> Self {
        let (path, query) = whole.split_once('?').map_or((whole, None), |(path, query)| (path, Some(query)));
        Self { whole, path, query }
    }
}

/// Writes path and query of a request without its secrets. `token` is the part of the path that is the token, if the path is that
/// of the method; of another path, only what the contract's template has too is shown.
pub(crate) fn path(contract: &Contract, target: Target<'_>, token: Option<&str>, shown: &mut Vec<u8>) {
    let Target { path, query, .. } = target;
    match token.and_then(|token| offset(path, token)) {
        Some((start, end)) => {
            for part in [&path[..start], MASK, &path[end..]] {
                shown.extend_from_slice(part.as_bytes());
            }
        }
        None => shown.extend_from_slice(other_path(contract, path).as_bytes()),
    }
    if let Some(query) = query {
        shown.push(b'?');
        shown.extend_from_slice(hidden(query).as_bytes());
    }
}

/// Where a part of a text stands in it.
fn offset(whole: &str, part: &str) -> Option<(usize, usize)> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    let end = start.checked_add(part.len())?;
    (whole.get(start..end)? == part).then_some((start, end))
}

fn other_path(contract: &Contract, path: &str) -> String {
    let mut template = contract.path_template().split('/');
    let segments = path.split('/').map(|segment| {
        let known = is_known(template.next(), segment);
        if known || segment.is_empty() { Cow::Borrowed(segment) } else { Cow::Owned(hidden(segment)) }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Whether a part of a path is what the contract's template has in its place: a word, or a word with digits behind it.
fn is_known(template: Option<&str>, segment: &str) -> bool {
    template.is_some_and(|known| match known.split_once('{') {
        None => known.eq_ignore_ascii_case(segment),
        Some((word, _)) if !word.is_empty() => {
            segment
                .get(word.len()..)
                .is_some_and(|digits| digits.len() <= 10 && digits.bytes().all(|byte| byte.is_ascii_digit()))
                && segment[..word.len()].eq_ignore_ascii_case(word)
        }
        Some(_) => false,
    })
}

fn hidden(text: &str) -> String {
    match text.chars().count() {
        1 => "[1 character]".to_owned(),
        count => format!("[{count} characters]"),
    }
}

/// What is to be masked wherever it stands: the token, or of another path all that may be one.
#[derive(Default)]
pub(crate) struct Secrets<'t> {
    token: Option<&'t str>,
    /// The token of the instance, where another one stands in the path.
    own: Option<&'t str>,
    others: Vec<&'t str>,
}

impl<'t> Secrets<'t> {
    /// Those of a request; `token` as for [`path`].
    pub(crate) fn of(contract: &Contract, target: Target<'t>, token: Option<&'t str>) -> Self {
        let mut others = match token {
            Some(_) => Vec::new(),
            None => unknown_segments(contract, target.path),
        };
        if let Some(query) = target.query {
            others.extend(query.split(['&', '=']));
        }
        others.retain(|secret| secret.len() >= TELLING);
        Self { token: token.filter(|token| token.len() >= TELLING), own: None, others }
    }

    /// With the token of the instance.
    pub(crate) fn and(self, own: Option<&'t str>) -> Self {
        let own = own.filter(|own| own.len() >= TELLING && self.token != Some(own));
        Self { own, ..self }
    }

    fn all(&self) -> impl Iterator<Item = &'t str> {
        self.token.into_iter().chain(self.own).chain(self.others.iter().copied())
    }

    /// Whether one of them may stand in what was written of a request, whose names of headers are no longer than this.
    pub(crate) fn may_be_in(&self, written: &[u8], longest_name: usize, search: &mut Search) -> bool {
        let is_in = |secret: &[u8]| memmem::find(written, secret).is_some();
        self.all().any(|secret| {
            search.finds(secret, written)
                || (secret.contains('%') && is_in(&decoded(secret)))
                || (longest_name >= secret.len() && is_in(secret.to_ascii_lowercase().as_bytes()))
        })
    }

    /// Takes them out of the name of a header, which is in lower case and stands at the end of a text.
    pub(crate) fn mask_name(&self, text: &mut Vec<u8>, start: usize) {
        for secret in self.all() {
            // No shorter name can hold it, and most are shorter.
            if text.len() - start >= secret.len() {
                let name = text.split_off(start);
                text.extend_from_slice(&replaced(Cow::Owned(name), secret.to_ascii_lowercase().as_bytes()));
            }
        }
    }

    /// Bytes without them, as they stand in the path or as that spells them.
    pub(crate) fn masked_in<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        self.all().fold(Cow::Borrowed(bytes), |masked, secret| {
            let plain = replaced(masked, secret.as_bytes());
            if secret.contains('%') { replaced(plain, &decoded(secret)) } else { plain }
        })
    }
}

/// A search for the secret that was sought last, which takes longer to be made than to be done. Most calls of an instance come with
/// the same token.
#[derive(Default)]
pub(crate) struct Search(Option<Finder<'static>>);

impl Search {
    fn finds(&mut self, secret: &str, written: &[u8]) -> bool {
        let is_same = |finder: &Finder<'_>| finder.needle() == secret.as_bytes();
        let known = self.0.take().filter(is_same);
        let finder = self.0.insert(known.unwrap_or_else(|| Finder::new(secret).into_owned()));
        finder.find(written).is_some()
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Search")
    }
}

/// The parts of another path that the contract does not know. Each may be a token.
fn unknown_segments<'t>(contract: &Contract, path: &'t str) -> Vec<&'t str> {
    let mut template = contract.path_template().split('/');
    let segments = path.split('/').filter(|segment| !is_known(template.next(), segment));
    // A part that begins as the contract has it may go on with a token.
    let rest = segments.flat_map(|segment| {
        let words = contract.path_template().split('/').filter_map(|known| known.split('{').next());
        let inner = words.filter(|word| !word.is_empty()).filter_map(|word| segment.strip_prefix(word));
        [segment].into_iter().chain(inner.collect::<Vec<_>>())
    });
    rest.collect()
}

fn replaced<'b>(bytes: Cow<'b, [u8]>, secret: &[u8]) -> Cow<'b, [u8]> {
    if secret.len() < TELLING || memmem::find(&bytes, secret).is_none() {
        return bytes;
    }
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for start in memmem::find_iter(&bytes, secret) {
        masked.extend_from_slice(&bytes[rest..start]);
        masked.extend_from_slice(MASK.as_bytes());
        rest = start + secret.len();
    }
    masked.extend_from_slice(&bytes[rest..]);
    Cow::Owned(masked)
}

/// What a part of a path stands for (RFC 3986, section 2.1).
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

/// Bytes in which all but the last two digits of what may be a phone number are stars.
pub(crate) fn phones(bytes: &mut [u8]) {
    for run in bytes.chunk_by_mut(|one, next| one.is_ascii_digit() == next.is_ascii_digit()) {
        if run.len() >= PHONE && run[0].is_ascii_digit() {
            let shown = run.len() - 2;
            run[..shown].fill(b'*');
        }
    }
}

#[cfg(test)]
mod tests {
    use greenapi_model::Contract;

    use super::*;

    #[test]
    fn a_path_shows_no_more_than_the_contract_knows() {
        let contract = Contract::default();
        let check = |target: &str, expected: &str| {
            let target = Target::of(target);
            let address = contract.address(target.path).ok();
            let token = address.as_ref().map(greenapi_model::Address::expose_token);
            let mut shown = Vec::new();
            super::path(&contract, target, token, &mut shown);
            assert_eq!(String::from_utf8(shown).unwrap(), expected, "{target:?}");
        };
        check("/waInstance1101000001/createGroup/s3cret", "/waInstance1101000001/createGroup/$TOKEN");
        check("/waInstance7/CREATEGROUP/7", "/waInstance7/CREATEGROUP/$TOKEN");
        check(
            "/waInstance7/createGroup/s3cret?token=s3cret",
            "/waInstance7/createGroup/$TOKEN?[12 characters]",
        );
        check("/waInstance7/sendMessage/s3cret", "/waInstance7/[11 characters]/[6 characters]");
        check("/waInstance7/createGroup/", "/waInstance7/createGroup/");
        check("/waInstances3cret/createGroup/s3cret", "/[16 characters]/createGroup/[6 characters]");
        check("/x", "/[1 character]");
        check("/", "/");
        check("*", "[1 character]");
    }

    #[test]
    fn a_token_is_masked_wherever_it_stands() {
        let contract = Contract::default();
        let check = |body: &str, token: &str, expected: &str| {
            let target = format!("/waInstance7/createGroup/{token}");
            let masked = |target: &str, token: Option<&str>| {
                let secrets = Secrets::of(&contract, Target::of(target), token);
                let masked = secrets.masked_in(body.as_bytes()).into_owned();
                let is_masked = masked != body.as_bytes();
                assert!(
                    !is_masked || secrets.may_be_in(body.as_bytes(), 0, &mut Search::default()),
                    "{body} {target}"
                );
                masked
            };
            let shown = masked(&target, Some(token));
            assert_eq!(String::from_utf8_lossy(&shown), expected, "{body} {token}");
            for other in
                [format!("/waInstance7/sendMessage/{token}?x={token}"), format!("/waInstance{token}")]
            {
                let shown = masked(&other, None);
                assert_eq!(String::from_utf8_lossy(&shown), expected, "{body} {other}");
            }
        };
        check("a s3cret-token b s3cret-token", "s3cret-token", "a $TOKEN b $TOKEN");
        check("a s3cret token", "s3cret%20token", "a $TOKEN");
        check("a s3cret%20token", "s3cret%20token", "a $TOKEN");
        check("nothing", "s3cret-token", "nothing");
        check("{\"phones\":[79001234567]}", "7", "{\"phones\":[79001234567]}");
        check("", "s3cret-token", "");
    }

    #[test]
    fn the_last_two_digits_of_a_phone_number_are_shown() {
        let check = |body: &str, expected: &str| {
            let mut bytes = body.as_bytes().to_vec();
            phones(&mut bytes);
            assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        };
        check("[79001234567,\"79001234568@c.us\"]", "[*********67,\"*********68@c.us\"]");
        check("Trip 2026, room 123456", "Trip 2026, room 123456");
        check("1234567", "*****67");
        check("", "");
    }
}
