//! What stands for trust where the program was built without TLS: there is none.

use std::io;
use std::net::TcpStream;
use std::path::Path;

use crate::failure::{Failure, WITHOUT_TLS};

#[derive(Clone)]
pub(super) enum Trust {}

impl Trust {
    pub(super) fn of(_: &Path) -> Result<Self, Failure> {
        Err(Failure::use_of(WITHOUT_TLS, "Ask by http."))
    }

    pub(super) fn secured(&self, _: &str, _: TcpStream) -> io::Result<TcpStream> {
        match *self {}
    }
}
