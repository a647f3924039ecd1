use crate::row::{BAD_DATA, CREATED, Expected, PAGE, PATH, Row, WRONG_PATH, check, http, request};

const ADDRESS: &str = "contract, path";
const TARGET: &str = "RFC 9112, section 3.2";
const TOKEN: &str = "the-token-of-a-row";

fn to(target: impl AsRef<[u8]>) -> Vec<u8> {
    let line = [b"POST ", target.as_ref(), b" HTTP/1.1\r\n"].concat();
    let rest = format!("Host: localhost\r\nContent-Length: {}\r\n\r\n", PAGE.len());
    [&line, rest.as_bytes(), PAGE].concat()
}

fn open(name: &'static str, source: &'static str, target: &str, expected: Expected) -> Row {
    Row::new(name, source, to(target)).open([expected])
}

fn refused(name: &'static str, source: &'static str, target: impl AsRef<[u8]>, status: u16) -> Row {
    Row::new(name, source, to(target)).closed([http(status)])
}

#[test]
fn paths() {
    let method = |word: &str| format!("/waInstance1101000001/{word}/{TOKEN}");
    let instance = |id: &str| format!("/waInstance{id}/createGroup/{TOKEN}");
    check(&[
        open("the method in another case", ADDRESS, &method("CreateGroup"), CREATED),
        open("the instance in another case", ADDRESS, "/WAINSTANCE1101000001/createGroup/x", WRONG_PATH),
        open("a query", "RFC 9112, section 3.2.1", &format!("{PATH}?a=b"), CREATED),
        open("an empty query", "RFC 9112, section 3.2.1", &format!("{PATH}?"), CREATED),
        open("a fragment, which hyper takes away", TARGET, &format!("{PATH}#a"), CREATED),
        open(
            "a letter in percent-encoding",
            "RFC 3986, section 6.2.2.2",
            &method("create%47roup"),
            WRONG_PATH,
        ),
        open(
            "a slash in percent-encoding",
            "RFC 3986, section 2.2",
            "/waInstance1101000001%2fcreateGroup/x",
            WRONG_PATH,
        ),
        open(
            "a bad percent-encoding in the token",
            ADDRESS,
            "/waInstance1101000001/createGroup/%zz",
            CREATED,
        ),
        open("a double slash", "RFC 3986, section 3.3", &method("/createGroup"), WRONG_PATH),
        open("a slash at the end", "RFC 3986, section 3.3", &format!("{PATH}/"), WRONG_PATH),
        open("dot segments", "RFC 3986, section 6.2.2.3", &format!("/a/..{PATH}"), WRONG_PATH),
        open("another method of the service", ADDRESS, &method("sendMessage"), WRONG_PATH),
        open("no token", ADDRESS, "/waInstance1101000001/createGroup", WRONG_PATH),
        open("an empty token", ADDRESS, "/waInstance1101000001/createGroup/", WRONG_PATH),
        open("an instance of 0", ADDRESS, &instance("0"), WRONG_PATH),
        open("an instance of 11 digits", ADDRESS, &instance("10000000000"), WRONG_PATH),
        open("an instance beyond 64 bits", ADDRESS, &instance("99999999999999999999"), WRONG_PATH),
        open("an instance below zero", ADDRESS, &instance("-1"), WRONG_PATH),
        open("an instance that is no number", ADDRESS, &instance("x"), WRONG_PATH),
        open("no instance", ADDRESS, &instance(""), WRONG_PATH),
    ]);
}

#[test]
fn targets() {
    let absolute = |scheme: &str| format!("{scheme}://localhost{PATH}");
    let long = |length: usize| format!("/waInstance1101000001/createGroup/{}", "t".repeat(length));
    check(&[
        open("absolute, of http", "RFC 9112, section 3.2.2", &absolute("http"), CREATED),
        open("absolute, of HTTP", "RFC 9110, section 4.2.3", &absolute("HTTP"), CREATED),
        refused("absolute, of https", "RFC 9110, section 7.4", absolute("https"), 421),
        refused("absolute, of ftp", "RFC 9110, section 7.4", absolute("ftp"), 421),
        open("absolute, without a path", "RFC 9112, section 3.2.2", "http://localhost", WRONG_PATH),
        refused("an authority", "RFC 9112, section 3.2.3", "localhost:80", 400),
        refused("an asterisk", "RFC 9112, section 3.2.4", "*", 400),
        refused("no slash", TARGET, &PATH[1..], 400),
        refused("nothing", TARGET, "", 400),
        refused("a space", "RFC 9112, section 3", "/a b", 400),
        refused("a NUL", TARGET, "/waInstance1101000001/createGroup/a\0b", 400),
        refused("a tab", TARGET, "/waInstance1101000001/createGroup/a\tb", 400),
        refused("bytes that are not UTF-8", TARGET, b"/waInstance1101000001/createGroup/\xff", 400),
        open("10 000 bytes", "RFC 9112, section 3", &long(10_000), CREATED),
        refused("70 000 bytes", "RFC 9110, section 15.5.15", long(70_000), 414),
        Row::new(
            "a query of 10 000 bytes",
            "RFC 9112, section 3",
            to(format!("{PATH}?{}", "q".repeat(10_000))),
        )
        .open([CREATED]),
        Row::new("no body", "contract, request.json", request(&format!("POST {PATH} HTTP/1.1"), "", b""))
            .open([BAD_DATA]),
    ]);
}
