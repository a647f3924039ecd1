//! The fixture of a test, for a client whose `https` is built in.

use std::io::Write;

use greenapi_mock_server::MockServer;

use crate::fixture::{call, connect, made, read_to_end, secured, trusting};

#[test]
fn the_fixture_of_a_test_speaks_https() {
    let tls = made(&["api.green-api.com"]);
    let config = trusting(tls.authority().unwrap());
    let server = MockServer::builder().tls(tls).start_blocking();
    let mut client = secured(connect(server.url()), "api.green-api.com", config);
    client.write_all(&call(7)).unwrap();
    let (seen, ended) = read_to_end(&mut client);
    assert!(seen.starts_with(b"HTTP/1.1 200 "), "{}", seen.escape_ascii());
    ended.expect("TLS is ended in order");
    assert_eq!(server.instance(7).groups().made, 1);
}
