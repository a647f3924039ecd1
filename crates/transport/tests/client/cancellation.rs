//! A call may be dropped at any point: the client stays usable, and nothing is sent for it afterwards.

use std::future::poll_fn;
use std::task::Poll;

use crate::given::{Arrived, client, made, numbered};
use crate::server::Server;

/// Polls a call so many times, and drops it. `true` if it had ended by then.
async fn polled<T>(call: impl Future<Output = T>, times: usize) -> bool {
    let mut call = Box::pin(call);
    let mut polls = 0;
    poll_fn(|context| {
        if polls == times {
            return Poll::Ready(false);
        }
        polls += 1;
        call.as_mut().poll(context).map(|_| true)
    })
    .await
}

/// Drops a call after each number of polls that it takes, with a kept connection and without.
async fn dropped_at_each_point(after_another: bool) {
    let arrived = Arrived::default();
    let noted = arrived.clone();
    let server = Server::start(move |mut peer, _| {
        let noted = noted.clone();
        async move {
            while let Some(request) = peer.request().await {
                noted.note(&request);
                for piece in made().chunks(16) {
                    peer.write(piece).await;
                    tokio::task::yield_now().await;
                }
            }
        }
    })
    .await;
    let shared = client(&server.url);
    let mut calls = 0..;
    let mut request = || numbered(calls.next().unwrap());
    let mut points = 0;
    loop {
        // Without a kept connection, a client that has none in common with the last one.
        let client = if after_another { shared.clone() } else { client(&server.url) };
        if after_another {
            client.create_group(&request()).await.unwrap();
        }
        let ended = polled(client.create_group(&request()), points).await;
        client.create_group(&request()).await.unwrap();
        if ended {
            break;
        }
        points += 1;
    }
    assert!(points >= 3, "a call was dropped at {points} points");
    assert!(arrived.each_once() < request().group_name()[5..].parse().unwrap(), "more came than were made");
}

#[tokio::test]
async fn a_call_that_is_dropped_at_any_point_leaves_the_client_usable() {
    dropped_at_each_point(false).await;
}

#[tokio::test]
async fn a_call_over_a_kept_connection_that_is_dropped_at_any_point_leaves_the_client_usable() {
    dropped_at_each_point(true).await;
}
