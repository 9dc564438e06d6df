//! Files that are worth keeping as far as they came: where the connection breaks, what is missing is asked for with a
//! `Range` (RFC 9110, 14).

use super::{
    CloudError,
    answer::{Answer, LONGEST_BODY},
    request::Request,
    trace,
    transport::Transport,
};
use crate::settings::Setting;
use reqwest::{
    Response, StatusCode,
    header::{CONTENT_RANGE, HeaderValue},
};
use url::Url;

/// Where the bytes of a file go.
pub trait Destination {
    /// How many bytes of the file are there, from its first one on.
    fn length(&self) -> usize;

    /// The bytes that follow those.
    fn append(&mut self, bytes: &[u8]);

    /// What is there is not the beginning of the file.
    fn start_over(&mut self);
}

impl Transport<'_> {
    /// Fetches what is missing of a file, again where that helps. After an error, what came is at the destination.
    pub async fn download(
        &self,
        address: &Setting<Url>,
        destination: &mut dyn Destination,
    ) -> Result<(), CloudError> {
        let whole = Request::address(address.clone());
        self.persist(&whole, async || self.go_on(address, destination).await).await?.done()
    }

    /// Asks once for what is missing. A server that does not know how to begin in the middle sends it all; one that has
    /// no such middle is asked for all.
    async fn go_on(
        &self,
        address: &Setting<Url>,
        destination: &mut dyn Destination,
    ) -> Result<Answer, CloudError> {
        loop {
            let request = Request::address(address.clone()).from(destination.length());
            let (host, mut response) = self.follow(&request, None).await?;
            let status = response.status();
            match status {
                StatusCode::OK => destination.start_over(),
                StatusCode::PARTIAL_CONTENT if begins_at(&response, request.from) => {}
                StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if request.from > 0 => {
                    destination.start_over();
                    continue;
                }
                _ => return self.read(&request, host, response).await,
            }
            let mut received = 0;
            loop {
                let chunk = response.chunk().await;
                let Some(chunk) = chunk.map_err(|error| self.failure(&request, host.clone(), error))? else {
                    break;
                };
                if destination.length() + chunk.len() > LONGEST_BODY {
                    return Err(CloudError::endless(host));
                }
                destination.append(&chunk);
                received += chunk.len();
            }
            trace::received(&host, status, received);
            return Ok(Answer { host, status, retry_after: None, body: Vec::new() });
        }
    }
}

/// Whether a part of a file begins with this byte.
fn begins_at(response: &Response, first: usize) -> bool {
    let range = response.headers().get(CONTENT_RANGE).map(HeaderValue::to_str);
    let stated = range.and_then(|range| range.ok()?.strip_prefix("bytes ")?.split_once('-'));
    stated.is_some_and(|(stated, _)| stated.trim().parse() == Ok(first))
}
