//! What stands for a certificate where the program was built without TLS: there is none.

use greenapi_mock_server::Host;

use crate::failure::WITHOUT_TLS;

#[derive(Clone)]
pub(crate) enum Certificate {}

impl Certificate {
    pub(crate) const AUTHORITY: &'static str = "greenapi-mock, for one run";

    pub(crate) fn for_hosts(_: Vec<Host>) -> Result<Self, &'static str> {
        Err(WITHOUT_TLS)
    }

    pub(crate) fn from_pem(_: &[u8], _: &[u8]) -> Result<Self, &'static str> {
        Err(WITHOUT_TLS)
    }

    pub(crate) fn authority(&self) -> Option<&str> {
        match *self {}
    }
}
