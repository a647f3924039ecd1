//! The three readers of the contract, on one body.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| greenapi_fuzz::agreement(bytes));
