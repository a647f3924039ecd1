//! The client of greenapi-transport.

use greenapi_model::CreateGroup;

use super::{AGENT, Client, Endpoint, NAME, PHONES};
use crate::Failure;

pub(crate) struct Ours {
    client: greenapi_transport::Client,
    request: CreateGroup,
}

impl Client for Ours {
    async fn several(endpoint: &Endpoint, count: usize) -> Result<Vec<Self>, Failure> {
        let client = greenapi_transport::Client::builder(endpoint.instance, endpoint.token.clone())
            .api_url(&endpoint.base)
            // By default four are kept, and calls that are more at a time would connect anew; the others keep them all.
            .max_idle(count)
            .user_agent(AGENT)
            .build()?;
        let request = CreateGroup::named(NAME).phone(PHONES[0]).phone(PHONES[1]);
        Ok((0..count).map(|_| Self { client: client.clone(), request: request.clone() }).collect())
    }

    async fn call(&mut self) -> Result<(), Failure> {
        // A group that comes back was made.
        self.client.create_group(&self.request).await?;
        Ok(())
    }
}
