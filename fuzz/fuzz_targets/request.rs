//! The readers of the model, on any bytes.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| greenapi_fuzz::request(bytes));
