//! `particle usb configure`

use crate::{
    atomic_file::{self, Access},
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
};

const RULES: &str = include_str!("50-particle.rules");
const FILE_NAME: &str = "50-particle.rules";
const DEFAULT_FOLDER: &str = "/etc/udev/rules.d";
/// Where udev looks for rules. Written anywhere else, they are for another computer.
const UDEV_FOLDERS: [&str; 4] =
    [DEFAULT_FOLDER, "/run/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d"];

/// Let everyone on this computer use Particle devices over USB (Linux only)
///
/// Writes a file of udev rules and makes udev read it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print the rules and change nothing
    #[arg(long, conflicts_with = "target")]
    print: bool,
    /// The folder to write the rules to
    #[arg(long, value_name = "FOLDER")]
    target: Option<PathBuf>,
}

/// What the command has done.
#[derive(Serialize)]
#[serde(rename_all = "camelCase", tag = "result")]
enum Outcome {
    Printed { rules: &'static str },
    NotRequired,
    AlreadyConfigured { file: PathBuf },
    Written { file: PathBuf },
}

impl Report for Outcome {
    fn render(&self, page: &mut Page) {
        page.line(match self {
            Self::Printed { rules } => rules.trim_end(),
            Self::NotRequired => "The system does not require configuration.",
            Self::AlreadyConfigured { .. } => "The system is already configured.",
            Self::Written { .. } => "Done.",
        });
    }
}

/// Runs the command.
pub fn run(context: &Context<'_>, args: Args) -> CommandResult {
    let outcome =
        if args.print { Outcome::Printed { rules: RULES } } else { configure(context, args.target)? };
    Ok(context.ui.report(&outcome)?)
}

fn configure(context: &Context<'_>, target: Option<PathBuf>) -> CommandResult<Outcome> {
    let has_udev = cfg!(target_os = "linux") && Path::new(DEFAULT_FOLDER).is_dir();
    let folder = match target {
        Some(folder) => folder,
        None if has_udev => DEFAULT_FOLDER.into(),
        None => return Ok(Outcome::NotRequired),
    };
    let file = folder.join(FILE_NAME);
    if fs::read(&file).is_ok_and(|present| present == RULES.as_bytes()) {
        return Ok(Outcome::AlreadyConfigured { file });
    }
    let privileges = write(context, &file)?;
    if UDEV_FOLDERS.iter().any(|known| Path::new(known) == folder) && !reload(privileges) {
        context.ui.warn("udev was not told; unplug your devices and plug them in again");
    }
    Ok(Outcome::Written { file })
}

/// With whose rights the rules were written.
#[derive(Clone, Copy)]
enum Privileges {
    Own,
    Sudo,
}

impl Privileges {
    fn command(self, program: &str) -> Command {
        match self {
            Self::Own => Command::new(program),
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.arg(program);
                command
            }
        }
    }
}

fn write(context: &Context<'_>, file: &Path) -> CommandResult<Privileges> {
    match atomic_file::replace(file, RULES.as_bytes(), Access::Everyone) {
        Ok(()) => Ok(Privileges::Own),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            write_with_sudo(context, file)?;
            Ok(Privileges::Sudo)
        }
        Err(error) => Err(could_not_install(file, error)),
    }
}

fn write_with_sudo(context: &Context<'_>, file: &Path) -> CommandResult {
    let by_hand = format!("particle usb configure --print | sudo tee {}", file.display());
    let not_permitted = || {
        let message = format!("Could not install udev rules: {} may only be written by root", file.display());
        CommandError::new(Kind::Permission, message).hint(format!("run `{by_hand}`"))
    };
    if !context.ui.can_ask() && !context.ui.options().assume_yes {
        return Err(not_permitted());
    }
    let question = format!("Write {} with sudo?", file.display());
    if !context.ui.confirm(&question, true, "--yes")? {
        return Err(not_permitted());
    }
    let mut rules = tempfile::NamedTempFile::new().map_err(|error| could_not_install(file, error))?;
    rules.write_all(RULES.as_bytes()).map_err(|error| could_not_install(file, error))?;
    let status = Command::new("sudo").args(["install", "-m", "644"]).arg(rules.path()).arg(file).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(not_permitted()),
        Err(error) => Err(could_not_install(file, error)),
    }
}

fn could_not_install(file: &Path, error: io::Error) -> CommandError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => Kind::NotFound,
        _ => Kind::Failed,
    };
    CommandError::caused_by(kind, error)
        .context(format!("Could not install udev rules as {}", file.display()))
}

/// Makes udev read its rules and apply them to devices that are plugged in already.
fn reload(privileges: Privileges) -> bool {
    let udevadm = |arguments: &[&str]| {
        let output = privileges.command("udevadm").args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    udevadm(&["control", "--reload-rules"]) && udevadm(&["trigger", "--subsystem-match=usb"])
}
