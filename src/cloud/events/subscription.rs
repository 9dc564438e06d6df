//! A stream of events that outlives its connections.

use super::{Event, Feed, decoder::Decoder};
use crate::cloud::{CloudError, RefusalKind, Session, request::Request, retry};
use reqwest::Response;
use std::time::Duration;
use tokio::time::timeout;

/// How long a stream may be silent. The cloud sends something at least once a minute; the rest is for the way.
const LONGEST_SILENCE: Duration = Duration::from_secs(65);
/// The shortest pause before connecting again. The cloud allows 100 connections in five minutes.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What there is to tell of a subscription.
#[derive(Debug)]
pub enum News {
    /// The stream is open, for the first time or again.
    Connected,
    /// An event.
    Event(Event),
    /// Something came that is no event, and was left out.
    Unreadable(String),
    /// There is no connection; the next one is tried after a pause.
    Lost {
        /// Why there is none.
        reason: String,
        /// How long the pause is, before scaling.
        pause: Duration,
    },
}

/// A subscription. Connections that are lost are made again, for ever; events published in between are missing.
pub struct Subscription<'s> {
    session: &'s Session<'s>,
    feed: Feed,
    prefix: Option<String>,
    longest_silence: Duration,
    stream: Option<OpenStream>,
    /// To be made before the next connection.
    pause: Option<Duration>,
    /// Failures since the last connection.
    failures: u32,
    was_connected: bool,
}

impl<'s> Subscription<'s> {
    pub(super) fn new(session: &'s Session<'s>, feed: Feed, prefix: Option<String>) -> Self {
        Self {
            session,
            feed,
            prefix,
            longest_silence: LONGEST_SILENCE,
            stream: None,
            pause: None,
            failures: 0,
            was_connected: false,
        }
    }

    /// Waits for news. An error is the end: the cloud refuses for good, or it could not be reached to begin with.
    pub async fn next(&mut self) -> Result<News, CloudError> {
        if let Some(stream) = &mut self.stream {
            return Ok(match stream.next(self.longest_silence).await {
                Ok(news) => news,
                Err(reason) => {
                    self.stream = None;
                    self.lost(reason, None)
                }
            });
        }
        if let Some(pause) = self.pause.take() {
            self.session.transport.pause(pause).await;
        }
        match self.connect().await {
            Ok(Some(stream)) => {
                self.stream = Some(stream);
                self.failures = 0;
                self.was_connected = true;
                Ok(News::Connected)
            }
            Ok(None) => Ok(self.lost(silence(self.longest_silence), None)),
            Err(error) if self.may_pass(&error) => {
                let wanted = error.refusal().and_then(|refusal| refusal.retry_after);
                Ok(self.lost(error.to_string(), wanted))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the stream; `None` if there was no answer in time. Some servers hold the head of their answer back until
    /// they have an event to send.
    async fn connect(&self) -> Result<Option<OpenStream>, CloudError> {
        let request = Request::stream(&self.feed.path(self.prefix.as_deref()));
        match timeout(self.longest_silence, self.session.stream(&request)).await {
            Ok(response) => Ok(Some(OpenStream { response: response?, decoder: Decoder::default() })),
            Err(_elapsed) => Ok(None),
        }
    }

    fn lost(&mut self, reason: String, wanted: Option<Duration>) -> News {
        self.failures += 1;
        let pause = wanted.unwrap_or_else(|| pause(self.failures, rand::random()));
        self.pause = Some(pause);
        News::Lost { reason, pause }
    }

    /// Whether a failed connection is worth another one. Before the first success somebody is waiting to be told that
    /// it cannot work, so only what is known to pass soon is tried again, and not for long.
    fn may_pass(&self, error: &CloudError) -> bool {
        let patient = self.was_connected;
        let passes = match error {
            CloudError::Lost { .. } => true,
            CloudError::Unreachable { .. }
            | CloudError::TimedOut { .. }
            | CloudError::Unintelligible { .. } => patient,
            CloudError::Refused(refusal) => match refusal.kind {
                RefusalKind::Server | RefusalKind::RateLimited => {
                    patient || retry::is_temporary(refusal.status)
                }
                RefusalKind::DeviceTimeout => patient,
                RefusalKind::Unauthorized
                | RefusalKind::MfaRequired
                | RefusalKind::Forbidden
                | RefusalKind::NotFound
                | RefusalKind::Other => false,
            },
            CloudError::Preparation(_) | CloudError::Redirected { .. } | CloudError::Name(_) => false,
        };
        passes && (patient || self.failures + 1 < retry::ATTEMPTS)
    }
}

/// The pause after failure number `failures` (counted from 1). Doubles up to a minute, lengthened by up to half so that
/// many clients do not return at once; `jitter` is between 0 and 1.
fn pause(failures: u32, jitter: f64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled.min(LONGEST_PAUSE).mul_f64(1.0 + jitter / 2.0)
}

fn silence(limit: Duration) -> String {
    format!("nothing was heard for {} s", limit.as_secs())
}

/// One connection.
struct OpenStream {
    response: Response,
    decoder: Decoder,
}

impl OpenStream {
    /// The next event, or why there will be none.
    async fn next(&mut self, longest_silence: Duration) -> Result<News, String> {
        loop {
            while let Some(message) = self.decoder.next_message() {
                match message.map(Event::read) {
                    Ok(Some(Ok(event))) => return Ok(News::Event(event)),
                    Ok(Some(Err(error))) => return Ok(News::Unreadable(format!("it is no JSON: {error}"))),
                    Ok(None) => {}
                    Err(_too_long) => return Ok(News::Unreadable("it does not come to an end".to_owned())),
                }
            }
            match timeout(longest_silence, self.response.chunk()).await {
                Ok(Ok(Some(bytes))) => self.decoder.feed(&bytes),
                Ok(Ok(None)) => return Err("the cloud closed the stream".to_owned()),
                Ok(Err(_broken)) => return Err("the connection broke".to_owned()),
                Err(_elapsed) => return Err(silence(longest_silence)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
