//! A stream of server-sent events as the cloud sends it: `:ok`, then events, and line breaks while there are none.

use super::hub::Filter;
use crate::sandbox::{
    cloud::{ApiError, SharedCloud},
    fault::{Action, Moment},
};
use axum::{
    body::{Body, Bytes},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use futures_util::stream;
use std::{future::pending, io, time::Duration};
use tokio::{sync::mpsc::Receiver, time::timeout};

/// How long a stream is silent at most.
const KEEP_ALIVE: Duration = Duration::from_secs(9);

/// The answer to a request for a stream.
pub(super) fn open(cloud: &SharedCloud, filter: Filter) -> Response {
    let Some(events) = cloud.events.subscribe(filter) else {
        return ApiError::failure(StatusCode::TOO_MANY_REQUESTS, "Too many event streams").into_response();
    };
    let sender = Sender { events, cloud: cloud.clone(), state: State::Greeting };
    let headers = [(CONTENT_TYPE, "text/event-stream; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (headers, Body::from_stream(stream::unfold(sender, Sender::next))).into_response()
}

struct Sender {
    events: Receiver<Bytes>,
    cloud: SharedCloud,
    state: State,
}

enum State {
    Greeting,
    Sending,
    Broken,
}

impl Sender {
    /// The next bytes, and the sender of those after them. `None` is the end.
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        let bytes = match self.state {
            State::Greeting => {
                self.state = State::Sending;
                Ok(Bytes::from_static(b":ok\n\n"))
            }
            State::Sending => match timeout(KEEP_ALIVE, self.events.recv()).await {
                Ok(event) => Ok(self.send(event?).await),
                Err(_elapsed) => Ok(Bytes::from_static(b"\n")),
            },
            State::Broken => {
                // Lets the server send what it has before it finds out that there is no more.
                tokio::task::yield_now().await;
                Err(io::ErrorKind::ConnectionReset.into())
            }
        };
        Some((bytes, self))
    }

    /// What is sent of an event, if no fault is ordered all of it.
    async fn send(&mut self, event: Bytes) -> Bytes {
        match self.cloud.faults.strike(Moment::Events) {
            Some(Action::Cut) => {
                self.state = State::Broken;
                event.slice(..event.len() / 2)
            }
            Some(Action::Hang) => pending().await,
            _ => event,
        }
    }
}
