//! The example of the README. It runs against `cargo mock`:
//!
//! ```sh
//! cargo run -p greenapi-transport --example five_lines
//! ```

#![allow(clippy::unreadable_literal, reason = "an id and a phone stand here as people write them")]

use std::error::Error;

use greenapi_model::CreateGroup;
use greenapi_transport::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    make_a_group("http://127.0.0.1:8080").await
}

pub(crate) async fn make_a_group(url: &str) -> Result<(), Box<dyn Error>> {
    let client = Client::builder(1101000001, "any-token".parse()?).api_url(url).build()?;
    let request = CreateGroup::named("Hiking on Sunday").phone(79001234567).chat_id("79001234568@c.us");
    let group = client.create_group(&request).await?;
    println!("{} {}", group.chat_id(), group.group_invite_link());
    Ok(())
}
