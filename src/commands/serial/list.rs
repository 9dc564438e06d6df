//! `particle serial list`

use super::port;
use crate::{
    commands::{CommandResult, Context, attached::heed_interrupts},
    serial::SerialDevice,
    ui::{Page, Report},
};
use serde::Serialize;

/// List the devices connected by serial port
#[derive(clap::Args, Debug)]
pub struct Args {}

/// Runs the command.
pub fn run(context: &Context<'_>, _args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let ports = port::list(context)?;
    Ok(context.ui.report(&List(ports.iter().map(Listed::from).collect()))?)
}

/// One port as it is shown.
#[derive(Serialize)]
struct Listed {
    port: String,
    platform: Option<&'static str>,
    id: Option<String>,
    #[serde(skip)]
    description: String,
}

impl From<&SerialDevice> for Listed {
    fn from(port: &SerialDevice) -> Self {
        Self {
            port: port.name.clone(),
            platform: port.platform.map(|platform| platform.name),
            id: port.id.as_ref().map(ToString::to_string),
            description: port::describe(port),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Listed>);

impl Report for List {
    fn render(&self, page: &mut Page) {
        match self.0.len() {
            0 => page.line("No devices available via serial"),
            1 => page.line("Found 1 device connected via serial:"),
            count => page.line(format_args!("Found {count} devices connected via serial:")),
        }
        for port in &self.0 {
            page.line(&port.description);
        }
    }
}
