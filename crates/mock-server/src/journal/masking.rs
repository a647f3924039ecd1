//! What of a request may be shown: everything but secrets.

use std::borrow::Cow;

use greenapi_model::Contract;

/// What stands for the token.
pub(crate) const MASK: &str = "$TOKEN";

/// A token that is shorter is masked in the path alone: elsewhere it cannot be told from any other text.
const TELLING: usize = 8;

/// Digits in a row from which on they may be a phone number.
const PHONE: usize = 7;

/// The path of a request without its secrets. `token` is the part of `target` that is the token, if the path is that of
/// the method; of another path, only what the contract's template has too is shown.
pub(crate) fn path(contract: &Contract, target: &str, token: Option<&str>) -> String {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let mut shown = match token.and_then(|token| offset(path, token)) {
        Some((start, end)) => [&path[..start], MASK, &path[end..]].concat(),
        None => other_path(contract, path),
    };
    if let Some(query) = query {
        shown.push('?');
        shown.push_str(&hidden(query));
    }
    shown
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
#[derive(Debug, Default)]
pub(crate) struct Secrets<'t>(Vec<&'t str>);

impl<'t> Secrets<'t> {
    /// Those of a request; `token` as for [`path`].
    pub(crate) fn of(contract: &Contract, target: &'t str, token: Option<&'t str>) -> Self {
        let mut secrets = match token {
            Some(token) => vec![token],
            None => unknown_segments(contract, target),
        };
        let query = target.split_once('?').map_or("", |(_, query)| query);
        secrets.extend(query.split(['&', '=']));
        secrets.retain(|secret| secret.len() >= TELLING);
        Self(secrets)
    }

    /// With one more.
    pub(crate) fn and(mut self, token: Option<&'t str>) -> Self {
        self.0.extend(token.filter(|token| token.len() >= TELLING && !self.0.contains(token)));
        self
    }

    /// The name of a header without them. It comes in lower case, whatever was sent.
    pub(crate) fn masked_in_name<'b>(&self, name: &'b str) -> Cow<'b, [u8]> {
        self.0.iter().fold(Cow::Borrowed(name.as_bytes()), |masked, secret| {
            // No shorter name can hold it, and most are shorter.
            if masked.len() < secret.len() {
                return masked;
            }
            replaced(masked, secret.to_ascii_lowercase().as_bytes())
        })
    }

    /// Bytes without them, as they stand in the path or as that spells them.
    pub(crate) fn masked_in<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        self.0.iter().fold(Cow::Borrowed(bytes), |masked, secret| {
            let plain = replaced(masked, secret.as_bytes());
            if secret.contains('%') { replaced(plain, &decoded(secret)) } else { plain }
        })
    }
}

/// The parts of another path that the contract does not know. Each may be a token.
fn unknown_segments<'t>(contract: &Contract, target: &'t str) -> Vec<&'t str> {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
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
    if secret.len() < TELLING || memchr::memmem::find(&bytes, secret).is_none() {
        return bytes;
    }
    let mut masked = Vec::with_capacity(bytes.len());
    let mut rest = 0;
    for start in memchr::memmem::find_iter(&bytes, secret) {
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
            let path = target.split('?').next().unwrap();
            let address = contract.address(path).ok();
            let token = address.as_ref().map(greenapi_model::Address::expose_token);
            assert_eq!(super::path(&contract, target, token), expected, "{target}");
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
            let masked = Secrets::of(&contract, &target, Some(token)).masked_in(body.as_bytes()).into_owned();
            assert_eq!(String::from_utf8_lossy(&masked), expected, "{body} {token}");
            for other in
                [format!("/waInstance7/sendMessage/{token}?x={token}"), format!("/waInstance{token}")]
            {
                let masked = Secrets::of(&contract, &other, None).masked_in(body.as_bytes()).into_owned();
                assert_eq!(String::from_utf8_lossy(&masked), expected, "{body} {other}");
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
