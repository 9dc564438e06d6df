//! `PUT .../DEVICE` with files in it: new firmware for a device, over the air.

use super::{
    CloudError, CompilerErrors, DeviceScope, Session, Upload,
    answer::Answer,
    binaries::{COMPILER_LIMIT, file_parts, target_part},
    request::{Part, Request},
};
use serde::Deserialize;
use serde_json::json;

/// What is sent to a device.
#[derive(Clone, Copy, Debug)]
pub enum Firmware<'f> {
    /// A binary.
    Binary(&'f Upload),
    /// Source code, which the cloud compiles for the device first.
    Sources {
        /// The files.
        files: &'f [Upload],
        /// The version of Device OS to compile for; the cloud's choice without one.
        target: Option<&'f str>,
    },
}

/// What the cloud says to new firmware.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlashAnswer {
    /// It is on its way to the device. What becomes of it, events tell.
    Started(String),
    /// The source code does not compile.
    NotCompiled(CompilerErrors),
}

#[derive(Deserialize)]
struct Accepted {
    status: Option<String>,
    message: Option<String>,
}

/// Firmware for the devices in a scope.
pub struct Flash<'s> {
    session: &'s Session<'s>,
    scope: DeviceScope<'s>,
}

impl<'s> Flash<'s> {
    pub(super) fn new(session: &'s Session<'_>, scope: DeviceScope<'s>) -> Self {
        Self { session, scope }
    }

    /// Sends firmware to a device. Never repeated by itself: the device may have begun to take it although the answer
    /// was lost.
    pub async fn send(&self, device: &str, firmware: Firmware<'_>) -> Result<FlashAnswer, CloudError> {
        let request = Request::put(&self.scope.path(&[device])).multipart(parts(firmware));
        read(&self.session.answer(&request.limit(COMPILER_LIMIT).once()).await?)
    }

    /// Takes a device of a product out of the product's own updates, which would replace what is sent to it.
    pub async fn mark_as_development(&self, device: &str) -> Result<(), CloudError> {
        let change = json!({ "development": true });
        self.session.done(&Request::put(&self.scope.path(&[device])).json(&change)).await
    }
}

fn parts(firmware: Firmware<'_>) -> Vec<Part> {
    match firmware {
        Firmware::Binary(file) => vec![
            Part::file("file", file.name.clone(), file.content.clone()),
            Part::text("file_type", "binary"),
            target_part(None),
        ],
        Firmware::Sources { files, target } => {
            let mut parts = file_parts(files);
            parts.push(target_part(target));
            parts
        }
    }
}

fn read(answer: &Answer) -> Result<FlashAnswer, CloudError> {
    if let Some(errors) = CompilerErrors::find(answer) {
        return Ok(FlashAnswer::NotCompiled(errors));
    }
    let accepted: Accepted = answer.json()?;
    let text = accepted.status.or(accepted.message);
    text.map(FlashAnswer::Started).ok_or_else(|| CloudError::Unintelligible {
        host: answer.host.clone(),
        problem: "it does not say whether the update started".to_owned(),
    })
}
