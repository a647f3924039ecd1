use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::bare::Bare;
use super::ours::Ours;
use super::reqwest::Reqwest;
use super::*;
use crate::server;

/// The head's lines in lower case and in order, and the body, of the one request that a client of that kind makes.
async fn request_of<C: Client>() -> (Vec<String>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = String::new();
        while !request.ends_with('}') {
            let mut bytes = [0; 1024];
            let length = socket.read(&mut bytes).await.unwrap();
            request.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
        }
        let body = server::example().unwrap();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(&body).await.unwrap();
        request
    });
    let endpoint = Endpoint::new(&format!("http://{address}")).unwrap();
    C::several(&endpoint, 1).await.unwrap()[0].call().await.unwrap();
    let request = served.await.unwrap().replace(&address.port().to_string(), "PORT");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<String> = head.lines().map(str::to_ascii_lowercase).collect();
    lines[1..].sort();
    (lines, body.to_owned())
}

#[tokio::test]
async fn all_send_the_same() {
    let bare = request_of::<Bare>().await;
    assert_eq!(bare.0.len(), 6, "{bare:?}");
    assert_eq!(request_of::<Ours>().await, bare);
    assert_eq!(request_of::<Reqwest>().await, bare);
}

async fn call<C: Client>(answer: &'static str) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = Endpoint::new(&format!("http://{}", listener.local_addr()?))?;
    tokio::spawn(server::serve(listener, answer.into()));
    for client in &mut C::several(&endpoint, 2).await? {
        client.call().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_without_a_group_is_a_failure_of_each() {
    let check = async |answer, is_group| {
        assert_eq!(call::<Bare>(answer).await.is_ok(), is_group, "bare: {answer}");
        assert_eq!(call::<Ours>(answer).await.is_ok(), is_group, "ours: {answer}");
        assert_eq!(call::<Reqwest>(answer).await.is_ok(), is_group, "reqwest: {answer}");
    };
    check(r#"{"created":true,"chatId":"1-2@g.us","groupInviteLink":""}"#, true).await;
    check(r#"{"created":false,"chatId":"","groupInviteLink":""}"#, false).await;
    check("{}", false).await;
    check("", false).await;
}
