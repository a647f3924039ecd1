//! reqwest with serde, as most write it. The URL is parsed once, which is less than most do.

use ::reqwest::Url;
use http::HeaderValue;
use http::header::{ACCEPT, HeaderMap};

use super::plain::{CreateGroup, Group};
use super::{AGENT, Client, Endpoint, MEDIA_TYPE, check};
use crate::Failure;

pub(crate) struct Reqwest {
    client: ::reqwest::Client,
    url: Url,
    request: CreateGroup,
}

impl Client for Reqwest {
    async fn several(endpoint: &Endpoint, count: usize) -> Result<Vec<Self>, Failure> {
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(MEDIA_TYPE))]);
        let client = ::reqwest::Client::builder().user_agent(AGENT).default_headers(headers).build()?;
        let url: Url = format!("{}{}", endpoint.base, endpoint.path()).parse()?;
        let one = || Self { client: client.clone(), url: url.clone(), request: CreateGroup::new() };
        Ok((0..count).map(|_| one()).collect())
    }

    async fn call(&mut self) -> Result<(), Failure> {
        let response = self.client.post(self.url.clone()).json(&self.request).send().await?;
        let status = response.status();
        let group: Group = response.json().await?;
        check(status, group.created)
    }
}
