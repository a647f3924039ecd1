//! Makes a group as a careful program does: it waits for an instance that is starting, says what to mend where it was
//! refused, and never calls again where the group may exist.
//!
//! ```sh
//! export GREENAPI_TOKEN=any-token
//! cargo run -p greenapi-transport --example create_group -- \
//!     http://127.0.0.1:8080 1101000004 "Hiking on Sunday" 79001234567 79001234568@c.us
//! ```
//!
//! Exit codes: 0 the group is made; 1 it is certainly not; 2 wrong use; 3 it may be.

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use greenapi_model::{ApiErrorKind, CreateGroup, Group};
use greenapi_transport::{Client, Error, ErrorKind, RetryPolicy};

const USAGE: &str = "\
usage: create_group URL INSTANCE NAME PARTICIPANT...
  URL          where the service is, such as http://127.0.0.1:8080 for `cargo mock`
  INSTANCE     the number of the instance
  NAME         the name of the group
  PARTICIPANT  a phone such as 79001234567, or a chat id such as 79001234567@c.us
The token is taken from the variable GREENAPI_TOKEN, so that it is in no list of processes.";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (client, request) = match prepared(&arguments) {
        Ok(prepared) => prepared,
        Err(why) => {
            eprintln!("error: {why}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let (said, code) = told(&client.create_group(&request).await);
    if code == 0 {
        println!("{said}");
    } else {
        eprintln!("{said}");
    }
    ExitCode::from(code)
}

/// The client and the request of a command line.
pub(crate) fn prepared(arguments: &[String]) -> Result<(Client, CreateGroup), String> {
    let [url, instance, name, participants @ ..] = arguments else {
        return Err("arguments are missing".into());
    };
    let instance: u64 = instance.parse().map_err(|_| format!("`{instance}` is no number of an instance"))?;
    // The error itself would show a value that is not UTF-8.
    let token = env::var("GREENAPI_TOKEN").map_err(|_| "GREENAPI_TOKEN is not set, or is not UTF-8")?;
    let token = token.parse().map_err(|error| format!("GREENAPI_TOKEN: {error}"))?;
    let (chat_ids, phones): (Vec<_>, Vec<_>) = participants.iter().partition(|one| one.contains('@'));
    let phones: Result<Vec<u64>, _> = phones
        .into_iter()
        .map(|phone| phone.parse().map_err(|_| format!("`{phone}` is neither a phone nor a chat id")))
        .collect();
    let request =
        CreateGroup::named(name.as_str()).participants(chat_ids.into_iter().map(String::as_str), phones?);
    Ok((client(url, instance, token)?, request.map_err(|error| error.to_string())?))
}

/// A client that has the patience for an instance that restarts.
fn client(url: &str, instance: u64, token: greenapi_model::ApiToken) -> Result<Client, String> {
    Client::builder(instance, token)
        .api_url(url)
        .retry(RetryPolicy::default().attempts(10))
        .deadline(Duration::from_secs(120))
        .build()
        .map_err(|error| error.to_string())
}

/// What to tell whoever asked for the group, and the exit code.
pub(crate) fn told(result: &Result<Group, Error>) -> (String, u8) {
    let error = match result {
        Ok(group) if group.group_invite_link().as_str().is_empty() => {
            return (format!("made {}; inviting by link is off", group.chat_id()), 0);
        }
        Ok(group) => return (format!("made {}: {}", group.chat_id(), group.group_invite_link()), 0),
        Err(error) => error,
    };
    let cause = because(error);
    // Before anything else: the one outcome in which another call does harm.
    if error.is_ambiguous() {
        return (
            format!("not known: {error}. Look in WhatsApp whether it is there before you try again."),
            3,
        );
    }
    let advice = match error.kind() {
        ErrorKind::Api(ApiErrorKind::InstanceStarting) => "It is still starting. Try again in some minutes.",
        ErrorKind::Api(ApiErrorKind::InstanceNotAuthorized) => "Scan the QR code with the phone.",
        ErrorKind::Api(ApiErrorKind::BadRequestData) => "Check the name and the participants.",
        ErrorKind::Api(_) => "Check the instance, the token and the URL.",
        ErrorKind::RateLimited => "Call once a second at most.",
        ErrorKind::QuotaExceeded => "The plan allows no more groups in this month.",
        ErrorKind::NotCreated => "WhatsApp did not make it. Check the participants.",
        _ if error.is_retryable() => "The service was not reached. Try again later.",
        _ => "The service was not reached. Check the URL, the certificate and the proxy.",
    };
    (format!("not made: {error}{cause}. {advice}"), 1)
}

/// What the system, TLS or HTTP said of it, from the outermost to the innermost. None of it holds the token.
fn because(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.fold(String::new(), |said, cause| said + ": " + &cause.to_string())
}
