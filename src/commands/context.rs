//! What a command works with. Built once, passed down; everything costly in it is made on first use.

use super::{CommandError, CommandResult, Kind, arguments::GlobalArgs};
use crate::{
    clock::Clock,
    cloud::Cloud,
    environment::Environment,
    settings::{Overrides, Settings},
    ui::Ui,
    usb::Bus,
};
use std::{cell::OnceCell, sync::Arc};
use tokio::runtime::Runtime;

/// The environment variable that makes pauses shorter or longer. The sandbox sets it for its clients.
const TIME_SCALE_VARIABLE: &str = "PARTICLE_TIME_SCALE";

/// The surroundings of a running command.
pub struct Context<'a> {
    /// The terminal.
    pub ui: &'a Ui,
    /// Environment variables. In the sandbox, the `PARTICLE_*` ones are the sandbox's own.
    pub environment: Environment,
    /// Waiting and interrupts.
    pub clock: Clock,
    /// What stood on the command line for every command.
    pub global: GlobalArgs,
    settings: OnceCell<Settings>,
    pub(super) cloud: OnceCell<Cloud<'a>>,
    pub(super) runtime: OnceCell<Runtime>,
    pub(super) buses: OnceCell<Vec<Arc<dyn Bus>>>,
}

impl<'a> Context<'a> {
    /// Puts a context together from what was typed. Reads no file and opens nothing.
    pub fn new(
        global: GlobalArgs,
        environment: Environment,
        clock: Clock,
        ui: &'a Ui,
    ) -> CommandResult<Self> {
        let clock = match environment.text(TIME_SCALE_VARIABLE) {
            Some(text) => clock.with_scale(time_scale(text)?),
            None => clock,
        };
        let clock = match global.timeout {
            Some(limit) => clock.with_limit(limit),
            None => clock,
        };
        Ok(Self {
            ui,
            environment,
            clock,
            global,
            settings: OnceCell::new(),
            cloud: OnceCell::new(),
            runtime: OnceCell::new(),
            buses: OnceCell::new(),
        })
    }

    /// The settings in force; their files are read on first use.
    pub fn settings(&self) -> CommandResult<&Settings> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let overrides =
            Overrides { profile: self.global.profile.clone(), api_url: self.global.api_url.clone() };
        let settings = Settings::load(&self.environment, &overrides)?;
        Ok(self.settings.get_or_init(|| settings))
    }
}

fn time_scale(text: &str) -> CommandResult<f64> {
    let scale = text.parse().ok().filter(|scale: &f64| scale.is_finite() && *scale >= 0.0);
    scale.ok_or_else(|| {
        CommandError::new(
            Kind::Usage,
            format!("{TIME_SCALE_VARIABLE} is {text:?}, which is no factor for pauses"),
        )
    })
}
