//! `particle sandbox demo`

use super::{options, serve};
use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    sandbox::{ControlClient, Inventory, Location, Sandbox, StartOptions, StateLock, control::Status},
    ui::{Page, Report},
};
use serde::Serialize;
use std::process::{Command, Stdio};

/// Watch a device that blinks cyan being brought online, command by command
///
/// Everything happens in a sandbox of its own that is thrown away at the end. The commands are the ones you would type.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Length of every pause, 1 being true to the hardware
    #[arg(long, value_name = "FACTOR", value_parser = options::time_scale)]
    time_scale: Option<f64>,
}

/// One command of the demonstration, and what to say before it.
struct Step {
    comment: &'static str,
    arguments: Vec<String>,
}

/// What the demonstration came to.
#[derive(Serialize)]
struct Shown {
    device: String,
    reason: String,
    online: bool,
    commands: Vec<String>,
}

impl Report for Shown {
    fn render(&self, page: &mut Page) {
        page.line(format_args!("# {} was offline ({}) and is online now.", self.device, self.reason));
    }
}

/// Runs the demonstration.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let failed = |error| CommandError::caused_by(Kind::Failed, error).context("cannot make a folder");
    let folder = tempfile::tempdir().map_err(failed)?;
    let location = Location::of_file(&folder.path().join("sandbox.json"))?;
    let lock = StateLock::try_take(&location)?.ok_or_else(|| serve::in_use(&location))?;
    let mut inventory = Inventory::default();
    inventory.time_scale = args.time_scale.unwrap_or(inventory.time_scale);
    let sandbox = Sandbox::start(lock, &StartOptions { inventory, ..StartOptions::default() })?;
    sandbox.announce()?;
    let outcome = show(context, &sandbox);
    sandbox.stop()?;
    Ok(context.ui.report(&outcome?)?)
}

/// Goes through the steps, and looks for itself whether the device was offline before and is online after them.
fn show(context: &Context, sandbox: &Sandbox) -> CommandResult<Shown> {
    let before = look(context, sandbox)?;
    let patient = before.devices.iter().find(|device| !device.online);
    let (patient, account) =
        patient.zip(before.accounts.iter().find(|account| account.otp.is_none())).ok_or_else(|| {
            CommandError::new(Kind::Failed, "nothing is wrong in the sandbox of the demonstration")
        })?;
    let steps = steps(patient.id.as_str(), &account.username, &account.password);
    for step in &steps {
        run_step(context, sandbox, step)?;
    }
    let after = look(context, sandbox)?;
    let online = after.devices.iter().any(|device| device.id == patient.id && device.online);
    if !online {
        return Err(CommandError::new(Kind::Failed, format!("{} is still offline", patient.id)));
    }
    Ok(Shown {
        device: patient.id.to_string(),
        reason: patient.reason.clone().unwrap_or_default(),
        online,
        commands: steps.iter().map(Step::line).collect(),
    })
}

fn look(context: &Context, sandbox: &Sandbox) -> CommandResult<Status> {
    context.block_on(ControlClient::new(sandbox.addresses())?.status())
}

fn steps(id: &str, username: &str, password: &str) -> Vec<Step> {
    let step = |comment, arguments: &[&str]| Step {
        comment,
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
    };
    vec![
        step(
            "Three devices are on the bench. One of them blinks cyan: it cannot connect.",
            &["sandbox", "status"],
        ),
        step(
            "Its key has to be replaced on the device and in the cloud; that needs a login.",
            &["--sandbox", "login", "--username", username, "--password", password],
        ),
        step(
            "The doctor does it, and waits until the device is back.",
            &["--sandbox", "keys", "doctor", id, "--wait"],
        ),
        step("Now the keys match.", &["sandbox", "status"]),
        step("And the cloud sees all three.", &["--sandbox", "list"]),
    ]
}

impl Step {
    fn line(&self) -> String {
        format!("particle {}", self.arguments.join(" "))
    }
}

/// Runs the command in a process of its own, on this terminal.
fn run_step(context: &Context, sandbox: &Sandbox, step: &Step) -> CommandResult {
    context.ui.line(format!("# {}", step.comment))?;
    context.ui.line(format!("$ {}", step.line()))?;
    let failed = |error| CommandError::caused_by(Kind::Failed, error).context("cannot run this program");
    let location = sandbox.location();
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    command
        .args(&step.arguments)
        .env(super::STATE_VARIABLE, location.state_file())
        // `keys doctor` writes its key files into the current folder.
        .current_dir(location.folder());
    if context.ui.is_json() {
        command.stdout(Stdio::null()).stderr(Stdio::null());
    }
    let status = command.status().map_err(failed)?;
    context.ui.line("")?;
    if status.success() {
        return Ok(());
    }
    Err(CommandError::new(Kind::Failed, format!("`{}` failed ({status})", step.line())))
}
