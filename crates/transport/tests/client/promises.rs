//! What the types promise to the compiler.

use greenapi_transport::{Client, ClientBuilder, Error, RetryPolicy};

use crate::given::{builder, client, request};

#[test]
fn a_client_its_calls_and_its_errors_go_between_threads() {
    fn both<T: Send + Sync + 'static>() {}
    fn send<T: Send>(_: T) {}
    both::<Client>();
    both::<ClientBuilder>();
    both::<Error>();
    both::<RetryPolicy>();
    #[cfg(feature = "blocking")]
    both::<greenapi_transport::blocking::Client>();
    let client = client("http://localhost");
    send(client.create_group(&request()));
}

#[test]
fn an_error_is_as_large_as_a_pointer() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    assert_eq!(size_of::<greenapi_transport::RawError>(), size_of::<usize>());
}

#[test]
fn a_clone_is_one_pointer() {
    assert_eq!(size_of::<Client>(), size_of::<usize>());
    let _ = builder("http://localhost").build().unwrap().clone();
}
