//! The mock as a whole, on the bytes of a connection.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| greenapi_fuzz::service(bytes));
