//! What a client takes from the environment: a proxy, and whom the platform trusts. A process reads it once, and must not change
//! it while others read it, so each case is a process of its own: this test again, with a few variables.

use std::process::Command;

use greenapi_transport::{Client, RetryPolicy};

use crate::calls::{TOKEN, make_group, sentence};
use crate::certificates::Authority;
use crate::proxy::Tunnels;
use crate::server::Server;
use crate::service::{MADE, Service};

/// What the process of a case is told, and what it says.
const URL: &str = "TEST_URL";
const NO_PROXY: &str = "TEST_NO_PROXY";
const SAID: &str = "the client said: ";

/// The variables that could decide a case from outside.
const FOREIGN: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// In the process of a case: makes one call as the environment says, and prints what came of it. It is no case by itself.
#[tokio::test]
async fn one_call_as_the_environment_says() {
    let Ok(url) = std::env::var(URL) else { return };
    let mut builder = Client::builder(1_101_000_001, TOKEN.parse().unwrap()).api_url(url);
    if std::env::var_os(NO_PROXY).is_some() {
        builder = builder.no_proxy();
    }
    let said = match builder.retry(RetryPolicy::never()).build() {
        Err(error) => format!("not built, {:?}: {}", error.kind(), sentence(&error)),
        Ok(client) => match make_group(&client).await {
            Ok(group) => group.chat_id().to_string(),
            Err(error) => format!("{:?}: {}", error.kind(), sentence(&error)),
        },
    };
    println!("{SAID}{said}");
}

/// What a client says that is built in a process with these variables.
async fn said(url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.args(["--exact", "environment::one_call_as_the_environment_says", "--nocapture"]);
    command.env(URL, url).envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = text.split(SAID).nth(1).unwrap_or_else(|| unreachable!("the process said nothing: {text}"));
    said.lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used_for_https_alone() {
    let authority = Authority::new("trusted");
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, authority.pem()).unwrap();
    let roots = ("SSL_CERT_FILE", roots.to_str().unwrap());
    let service = Service::making_groups(authority.good().server()).await;
    let plain = Server::answering(MADE).await;

    let check = async |url: &str, variables: &[(&str, &str)], tunnels: usize| {
        let proxy = Tunnels::start().await;
        let variables: Vec<(&str, String)> = variables
            .iter()
            .map(|(name, value)| (*name, value.replace("PROXY", &proxy.server.url)))
            .collect();
        let mut variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        variables.push(roots);
        assert_eq!(said(url, &variables).await, "120363000000000001@g.us", "{variables:?}");
        assert_eq!(proxy.asked().len(), tunnels, "{variables:?}");
    };
    let https = service.url("localhost");
    check(&https, &[], 0).await;
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        check(&https, &[(name, "PROXY")], 1).await;
    }
    check(&https, &[("HTTP_PROXY", "PROXY")], 0).await;
    check(&https, &[("HTTPS_PROXY", "PROXY"), ("NO_PROXY", "other.example")], 1).await;
    for listed in ["localhost", "other.example, localhost", "*"] {
        check(&https, &[("HTTPS_PROXY", "PROXY"), ("NO_PROXY", listed)], 0).await;
    }
    check(&https, &[("HTTPS_PROXY", "PROXY"), (NO_PROXY, "1")], 0).await;
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"] {
        check(&plain.url, &[(name, "PROXY")], 0).await;
    }

    let socks = said(&https, &[("HTTPS_PROXY", "socks5://127.0.0.1:1080"), roots]).await;
    assert_eq!(
        socks,
        "not built, Invalid: invalid proxy: the variable HTTPS_PROXY is no URL of a proxy at http://"
    );
}

/// Where the platform has a file of roots, as on Linux.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_platform_trusts_whom_its_file_of_roots_names() {
    let authority = Authority::new("trusted");
    let service = Service::making_groups(authority.good().server()).await;
    let url = service.url("localhost");
    let folder = tempfile::tempdir().unwrap();
    let check = async |pem: &str, expected: &str| {
        let file = folder.path().join("roots.pem");
        std::fs::write(&file, pem).unwrap();
        let roots = [("SSL_CERT_FILE", file.to_str().unwrap())];
        let said = said(&url, &roots).await;
        assert!(said.starts_with(expected), "{said}");
    };
    check(&authority.pem(), "120363000000000001@g.us").await;
    let stranger = Authority::new("stranger").pem();
    check(&stranger, "Tls: no TLS with the service: invalid peer certificate: UnknownIssuer").await;
    check("", "not built, Tls: there are no certificates to trust the service by: ").await;
    assert_eq!(service.server.requests(), 1);
}
