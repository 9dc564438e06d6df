//! What a command works with. Built once, passed down; everything costly in it is made on first use.

use super::{
    CommandResult,
    arguments::{GlobalArgs, SandboxArgs},
};
use crate::{clock::Clock, environment::Environment, ui::Ui};

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
}

impl<'a> Context<'a> {
    /// Puts a context together from what was typed. Reads no file and opens nothing.
    pub fn new(
        global: GlobalArgs,
        _sandbox: SandboxArgs,
        environment: Environment,
        clock: Clock,
        ui: &'a Ui,
    ) -> CommandResult<Self> {
        let clock = match global.timeout {
            Some(limit) => clock.with_limit(limit),
            None => clock,
        };
        Ok(Self { ui, environment, clock, global })
    }
}
