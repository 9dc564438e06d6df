//! Sends requests: connections, time limits, repetition, redirections.

use super::{
    CloudError, Retry,
    answer::{Answer, BodyError},
    redirect,
    request::{self, Body, Request, Target},
    retry, trace,
};
use crate::{
    clock::Clock,
    settings::{AccessToken, ApiUrl, Setting},
};
use reqwest::{
    Client, ClientBuilder, Method, NoProxy, Proxy, RequestBuilder, Response,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    multipart::{Form, Part},
};
use std::time::Duration;
use url::Url;

const CONNECT_LIMIT: Duration = Duration::from_secs(15);
const USER_AGENT: &str = concat!("particle-cli-rs/", env!("CARGO_PKG_VERSION"));
/// A header of Particle's JavaScript client that names the tool: `name@version`.
const TOOL_HEADER: HeaderName = HeaderName::from_static("x-particle-tool");
const TOOL: HeaderValue = HeaderValue::from_static(concat!("particle-cli-rs@", env!("CARGO_PKG_VERSION")));

/// How to reach a cloud.
pub struct CloudOptions<'a> {
    /// Its address, and what named it.
    pub api_url: Setting<ApiUrl>,
    /// Proxy for every request. Without one, the proxy variables of the environment count, except for this computer.
    pub proxy: Option<Url>,
    /// Pauses before repetitions.
    pub clock: Clock,
    /// Told of every repetition.
    pub on_retry: Box<dyn Fn(&Retry) + 'a>,
}

/// The way to one cloud.
pub(super) struct Transport<'a> {
    options: CloudOptions<'a>,
    client: Client,
}

impl<'a> Transport<'a> {
    pub fn new(options: CloudOptions<'a>) -> Result<Self, CloudError> {
        let client = builder(&options).and_then(ClientBuilder::build).or_else(|error| {
            // A computer without certificates can still talk to a cloud that needs none, such as the sandbox.
            if options.api_url.value.is_encrypted() {
                return Err(error);
            }
            builder(&options)?.tls_certs_only([]).build()
        });
        Ok(Self { client: client.map_err(CloudError::Preparation)?, options })
    }

    /// Sends a request, again where that helps and does no harm, and reads the answer whatever its status.
    pub async fn send(
        &self,
        request: &Request<'_>,
        token: Option<&AccessToken>,
    ) -> Result<Answer, CloudError> {
        self.persist(request, async || self.attempt(request, token).await).await
    }

    /// Attempts something again where that helps and does no harm; `request` says whether it does.
    pub(super) async fn persist(
        &self,
        request: &Request<'_>,
        mut attempt_once: impl AsyncFnMut() -> Result<Answer, CloudError>,
    ) -> Result<Answer, CloudError> {
        let mut attempt = 1;
        loop {
            let outcome = attempt_once().await;
            let Some((reason, retry_after)) = temporary_failure(&outcome).filter(|_| request.repeatable)
            else {
                return outcome;
            };
            let Some(pause) = retry::pause(attempt, retry_after, rand::random()) else { return outcome };
            let retry = Retry { host: self.host(request), reason, pause };
            (self.options.on_retry)(&retry);
            self.pause(pause).await;
            attempt += 1;
        }
    }

    /// Sends a request once, following redirections, and reads the answer.
    async fn attempt(
        &self,
        request: &Request<'_>,
        token: Option<&AccessToken>,
    ) -> Result<Answer, CloudError> {
        let (host, response) = self.follow(request, token).await?;
        self.read(request, host, response).await
    }

    /// Sends a request once, following redirections, and leaves the answer to be read piece by piece, if it is a
    /// stream.
    pub async fn open(
        &self,
        request: &Request<'_>,
        token: Option<&AccessToken>,
    ) -> Result<Response, CloudError> {
        let (host, response) = self.follow(request, token).await?;
        if response.status().is_success() && !is_document(&response) {
            tracing::debug!("< HTTP {} from {host}, a stream", response.status());
            return Ok(response);
        }
        self.read(request, host.clone(), response).await?.done()?;
        Err(CloudError::Unintelligible { host, problem: "no event stream".to_owned() })
    }

    /// Waits, scaled.
    pub async fn pause(&self, pause: Duration) {
        tokio::time::sleep(self.options.clock.scaled(pause)).await;
    }

    /// Sends a request once, following redirections, and waits for the head of the answer. Also says whose it is.
    pub(super) async fn follow(
        &self,
        request: &Request<'_>,
        token: Option<&AccessToken>,
    ) -> Result<(String, Response), CloudError> {
        let mut url = match &request.target {
            Target::Resource(segments) => self.options.api_url.value.resource(segments)?,
            Target::Address(address) => address.value.clone(),
        };
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let mut followed = 0;
        loop {
            let token = token.filter(|_| self.is_home(&url));
            let response = self.exchange(request, &url, token).await?;
            let Some(target) = redirect::target(&response) else {
                return Ok((host_of(&url), response));
            };
            if let Some(reason) = redirect::objection(&request.method, &url, &target, followed) {
                let target = target.origin().ascii_serialization();
                return Err(CloudError::Redirected { host: host_of(&url), target, reason });
            }
            url = target;
            followed += 1;
        }
    }

    /// Reads an address that the cloud gave for a file. It has to be on the web, and as safe as the cloud itself.
    pub fn link(&self, address: &str) -> Result<Setting<Url>, CloudError> {
        let home = &self.options.api_url;
        let host = home.value.host();
        let Ok(url) = Url::parse(address) else {
            let problem = format!("it gives {address:?} for an address");
            return Err(CloudError::Unintelligible { host, problem });
        };
        if let Some(reason) = redirect::objection(&Method::GET, home.value.url(), &url, 0) {
            let target = url.origin().ascii_serialization();
            return Err(CloudError::Redirected { host, target, reason });
        }
        Ok(Setting::new(url, home.source.clone()))
    }

    /// The host that a request is for.
    fn host(&self, request: &Request<'_>) -> String {
        match &request.target {
            Target::Resource(_) => self.options.api_url.value.host(),
            Target::Address(address) => host_of(&address.value),
        }
    }

    /// Whether an address is one of the cloud's own, which alone may see tokens and passwords.
    fn is_home(&self, url: &Url) -> bool {
        url.origin() == self.options.api_url.value.origin()
    }

    /// Sends a request to one address and waits for the head of its answer.
    async fn exchange(
        &self,
        request: &Request<'_>,
        url: &Url,
        token: Option<&AccessToken>,
    ) -> Result<Response, CloudError> {
        trace::request(request, url, token.is_some());
        let mut builder = self.client.request(request.method.clone(), url.clone());
        if let Some(limit) = request.limit {
            builder = builder.timeout(limit);
        }
        if let Some(token) = token {
            builder = builder.bearer_auth(token.expose());
        }
        if let Some((username, password)) = request.account.filter(|_| self.is_home(url)) {
            builder = builder.basic_auth(username, Some(password.expose()));
        }
        if request.from > 0 {
            builder = builder.header(header::RANGE, format!("bytes={}-", request.from));
        }
        let builder = with_body(builder, &request.body);
        builder.send().await.map_err(|error| self.failure(request, host_of(url), error))
    }

    pub(super) async fn read(
        &self,
        request: &Request<'_>,
        host: String,
        response: Response,
    ) -> Result<Answer, CloudError> {
        let answer = Answer::read(host.clone(), response).await.map_err(|error| match error {
            BodyError::TooLong => CloudError::endless(host),
            BodyError::Connection(error) => self.failure(request, host, error),
        })?;
        trace::answer(&answer);
        Ok(answer)
    }

    pub(super) fn failure(&self, request: &Request<'_>, host: String, error: reqwest::Error) -> CloudError {
        let source = error.without_url();
        if source.is_connect() {
            let setting = match &request.target {
                Target::Resource(_) => &self.options.api_url.source,
                Target::Address(address) => &address.source,
            };
            CloudError::Unreachable { host, setting: setting.clone(), source }
        } else if source.is_timeout() {
            CloudError::TimedOut { host, limit: request.limit.unwrap_or(CONNECT_LIMIT) }
        } else {
            CloudError::Lost { host, source }
        }
    }
}

fn with_body(builder: RequestBuilder, body: &Body) -> RequestBuilder {
    let text = |media_type, text: &str| {
        let media_type = HeaderValue::from_static(media_type);
        (media_type, text.as_bytes().to_vec())
    };
    let (media_type, content) = match body {
        Body::Empty => return builder,
        Body::Form(form) => text("application/x-www-form-urlencoded", form),
        Body::Json(json) => text("application/json", json),
        Body::Multipart(parts) => {
            let form =
                parts.iter().fold(Form::new(), |form, part| form.part(part.field.clone(), as_sent(part)));
            return builder.multipart(form);
        }
    };
    builder.header(header::CONTENT_TYPE, media_type).body(content)
}

fn as_sent(part: &request::Part) -> Part {
    let content = Part::bytes(part.content.clone());
    match &part.file {
        Some(name) => content.file_name(name.clone()),
        None => content,
    }
}

fn builder(options: &CloudOptions<'_>) -> reqwest::Result<ClientBuilder> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(HeaderMap::from_iter([(TOOL_HEADER, TOOL)]))
        .connect_timeout(CONNECT_LIMIT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false);
    match &options.proxy {
        Some(proxy) => Ok(builder.proxy(Proxy::all(proxy.as_str())?.no_proxy(NoProxy::from_env()))),
        None if options.api_url.value.is_loopback() => Ok(builder.no_proxy()),
        None => Ok(builder),
    }
}

/// Whether an answer is one document. A stream has no length, and is neither JSON nor a web page; not every server says
/// what it is.
fn is_document(response: &Response) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    response.content_length().is_some()
        || media_type.starts_with(b"application/json")
        || media_type.starts_with(b"text/html")
}

/// What went wrong, if it may go right next time, and how long the cloud wants to be left alone.
fn temporary_failure(outcome: &Result<Answer, CloudError>) -> Option<(String, Option<Duration>)> {
    match outcome {
        Ok(answer) if retry::is_temporary(answer.status) => {
            Some((format!("HTTP {}", answer.status), answer.retry_after))
        }
        Err(CloudError::Lost { .. }) => Some(("the connection was lost".to_owned(), None)),
        _ => None,
    }
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
