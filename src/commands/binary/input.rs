//! The files that the commands are given.

use crate::{
    commands::{CommandError, CommandResult, Kind},
    firmware::{Bundle, Module, ModuleError, split},
};
use std::{fs, io, path::Path};

/// A firmware file that could be read.
pub(super) enum Firmware {
    /// A binary: one module, or several that are combined.
    Binary(Vec<u8>),
    /// A bundle.
    Bundle(Bundle),
}

impl Firmware {
    /// Reads a binary or a bundle.
    pub(super) fn read(path: &Path) -> CommandResult<Self> {
        let bytes = fs::read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                CommandError::new(Kind::NotFound, format!("Binary file not found {}", path.display()))
            }
            _ => CommandError::caused_by(Kind::Failed, error)
                .context(format!("cannot read {}", path.display())),
        })?;
        if !Bundle::is_archive(&bytes) {
            return Ok(Self::Binary(bytes));
        }
        let bundle = Bundle::parse(&bytes)
            .map_err(|error| CommandError::from(error).context(could_not_parse(path)))?;
        Ok(Self::Bundle(bundle))
    }

    /// The binary, or the application of the bundle.
    pub(super) fn application(&self) -> &[u8] {
        match self {
            Self::Binary(bytes) => bytes,
            Self::Bundle(bundle) => &bundle.application,
        }
    }

    /// The bundle, if it is one.
    pub(super) fn bundle(&self) -> Option<&Bundle> {
        match self {
            Self::Binary(_) => None,
            Self::Bundle(bundle) => Some(bundle),
        }
    }
}

/// The modules of a binary.
pub(super) fn modules<'a>(path: &Path, binary: &'a [u8]) -> CommandResult<Vec<Module<'a>>> {
    split(binary).map_err(|error| unreadable(path, error))
}

/// An application that is what it should be.
pub(super) fn application<'a>(path: &Path, binary: &'a [u8]) -> CommandResult<Module<'a>> {
    let module = Module::parse(binary).map_err(|error| unreadable(path, error))?;
    module.verify().map_err(|error| CommandError::from(error).context(path.display().to_string()))?;
    Ok(module)
}

fn unreadable(path: &Path, error: ModuleError) -> CommandError {
    match error {
        ModuleError::NoInformation => {
            let text = format!("{} does not contain inspection information", path.display());
            CommandError::new(Kind::Failed, text)
        }
        error => CommandError::from(error).context(could_not_parse(path)),
    }
}

/// The name of a file without its folder.
pub(super) fn base_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn could_not_parse(path: &Path) -> String {
    format!("Could not parse {}", path.display())
}
