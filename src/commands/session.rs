//! How commands reach the cloud: the client, the login, and the runtime that carries requests out.

use super::{CommandError, CommandResult, Context, Kind};
use crate::{
    clock::{Clock, Stop},
    cloud::{Cloud, CloudOptions, Session},
    settings::{AccessToken, Settings},
};
use std::{future::Future, time::Duration};
use tokio::runtime::{Builder, Runtime};

/// How often a running request looks at the interrupt flag and the deadline.
const STOP_INTERVAL: Duration = Duration::from_millis(50);

impl Context<'_> {
    /// The cloud that the settings name, for what needs no login.
    pub fn cloud(&self) -> CommandResult<&Cloud<'_>> {
        if let Some(cloud) = self.cloud.get() {
            return Ok(cloud);
        }
        let settings = self.settings()?;
        let api_url = settings.api_url().clone();
        if api_url.value.is_readable_on_the_way() {
            self.ui.warn(format!(
                "{} is not encrypted: others on the way can read what is sent, your token included",
                api_url.value
            ));
        }
        let ui = self.ui;
        let cloud = Cloud::new(CloudOptions {
            api_url,
            proxy: settings.proxy_url().cloned(),
            clock: self.clock.clone(),
            on_retry: Box::new(move |retry| {
                let (host, reason, pause) = (&retry.host, &retry.reason, retry.pause.as_secs_f64());
                ui.note(format!("{host}: {reason}; trying again in {pause:.1} s"));
            }),
        })?;
        Ok(self.cloud.get_or_init(|| cloud))
    }

    /// The cloud on behalf of the person logged in. Fails without a request where nobody is.
    pub fn session(&self) -> CommandResult<Session<'_>> {
        let settings = self.settings()?;
        let token = settings.access_token().ok_or_else(|| not_logged_in(settings))?;
        self.session_of(token.value)
    }

    /// The cloud on behalf of the holder of a token.
    pub fn session_of(&self, token: AccessToken) -> CommandResult<Session<'_>> {
        Ok(self.cloud()?.authorize(token))
    }

    /// Waits for something asynchronous, but not longer than until an interrupt or the deadline.
    pub fn block_on<T, E: Into<CommandError>>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> CommandResult<T> {
        let clock = &self.clock;
        self.runtime()?.block_on(async {
            tokio::select! {
                outcome = future => outcome.map_err(Into::into),
                stop = stopped(clock) => Err(stop.into()),
            }
        })
    }

    fn runtime(&self) -> CommandResult<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            CommandError::caused_by(Kind::Failed, error).context("cannot prepare network connections")
        })?;
        Ok(self.runtime.get_or_init(|| runtime))
    }
}

async fn stopped(clock: &Clock) -> Stop {
    loop {
        if let Err(stop) = clock.check() {
            return stop;
        }
        tokio::time::sleep(STOP_INTERVAL).await;
    }
}

fn not_logged_in(settings: &Settings) -> CommandError {
    let error = match settings.unused_token_home() {
        Some(home) => CommandError::new(
            Kind::Unauthorized,
            format!(
                "You're not logged in at {}: your login is for {home} and is not sent elsewhere",
                settings.api_url().value
            ),
        ),
        None => CommandError::new(Kind::Unauthorized, "You're not logged in."),
    };
    error.hint("run `particle login`, or set PARTICLE_ACCESS_TOKEN")
}
