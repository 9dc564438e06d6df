//! Faults that were ordered for the cloud's side.

use super::{ApiError, SharedCloud};
use crate::sandbox::{
    control::routes::PREFIX,
    fault::{Action, Moment},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use std::io;

/// Media type of an answer without end.
const EVENTS: &[u8] = b"text/event-stream";

/// Lets the fault strike that was ordered for a request, if there is one.
pub(super) async fn strike(State(cloud): State<SharedCloud>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with(PREFIX) {
        return next.run(request).await;
    }
    match cloud.faults.strike(Moment::Http { method: request.method().as_str(), path }) {
        Some(Action::Http(status)) => failure(status),
        Some(Action::Hang) => std::future::pending().await,
        Some(Action::Cut) => cut(next.run(request).await).await,
        _ => next.run(request).await,
    }
}

/// An answer as such a status has from the real cloud, or from what stands in front of it.
fn failure(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = status.canonical_reason().unwrap_or("failure");
    match status {
        StatusCode::UNAUTHORIZED => {
            ApiError::oauth(status, "invalid_token", "The access token provided is invalid.").into_response()
        }
        StatusCode::TOO_MANY_REQUESTS => (status, [(RETRY_AFTER, "1")], text).into_response(),
        status if status.is_server_error() => {
            (status, Html(format!("<html><body><h1>{text}</h1></body></html>"))).into_response()
        }
        status => ApiError::failure(status, text).into_response(),
    }
}

/// What was asked for has been done, but its answer breaks off in the middle: a stream after its first piece.
async fn cut(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let is_stream = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(EVENTS));
    let first = if is_stream {
        body.into_data_stream().next().await.and_then(Result::ok).unwrap_or_default()
    } else {
        let whole = to_bytes(body, super::BODY_LIMIT).await.unwrap_or_default();
        parts.headers.insert(CONTENT_LENGTH, whole.len().max(1).into());
        whole.slice(..whole.len() / 2)
    };
    let first: io::Result<Bytes> = Ok(first);
    let end = stream::once(async {
        // Lets the server send what it has before it finds out that there is no more.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionReset.into())
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([first]).chain(end)))
}
