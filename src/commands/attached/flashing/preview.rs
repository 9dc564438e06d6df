//! What would be done, for `--dry-run`.

use super::Patient;
use crate::{
    firmware::plan::{Plan, Purpose, Step},
    ui::{Page, Report},
};
use serde::Serialize;

/// The plans for some devices.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Previews(pub Vec<Preview>);

/// The plan for a device.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    device: String,
    platform: &'static str,
    steps: Vec<StepPreview>,
    /// Modules that are on the device already.
    skipped: Vec<String>,
}

/// A step; the names are those of JSON.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum StepPreview {
    EnterDfu,
    Write {
        name: String,
        purpose: &'static str,
        alternate_setting: u8,
        address: u32,
        size: usize,
        /// Bytes of the file that are not written.
        stripped: usize,
    },
    Restart,
    Transfer {
        name: String,
        size: usize,
    },
}

impl Preview {
    pub fn new(patient: &Patient, plan: &Plan) -> Self {
        Self {
            device: patient.target.id.to_string(),
            platform: patient.subject.platform.name,
            steps: plan.steps.iter().map(StepPreview::of).collect(),
            skipped: plan.skipped.clone(),
        }
    }
}

impl StepPreview {
    fn of(step: &Step) -> Self {
        match step {
            Step::EnterDfu => Self::EnterDfu,
            Step::Restart => Self::Restart,
            Step::Write(write) => Self::Write {
                name: write.name.clone(),
                purpose: purpose(write.purpose),
                alternate_setting: write.alternate,
                address: write.address,
                size: write.data.len(),
                stripped: write.stripped,
            },
            Step::Transfer(transfer) => {
                Self::Transfer { name: transfer.name.clone(), size: transfer.data.len() }
            }
        }
    }

    fn text(&self, page: &Page) -> String {
        match self {
            Self::EnterDfu => "restart into DFU mode".to_owned(),
            Self::Restart => "restart".to_owned(),
            Self::Write { name, purpose, alternate_setting, address, size, stripped } => {
                let name = page.foreign(name);
                let stripped =
                    if *stripped > 0 { format!(", without its first {stripped}") } else { String::new() };
                format!(
                    "write {name} ({purpose}): {size} bytes at {address:#010x} of memory {alternate_setting}{stripped}"
                )
            }
            Self::Transfer { name, size } => {
                format!("send {} to the running system: {size} bytes", page.foreign(name))
            }
        }
    }
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Module => "module",
        Purpose::Factory => "factory",
        Purpose::Staged => "staged",
        Purpose::Flag => "flag",
        Purpose::Blank => "blank",
    }
}

impl Report for Previews {
    fn render(&self, page: &mut Page) {
        for preview in &self.0 {
            page.line(format_args!("{} ({}):", preview.device, preview.platform));
            for name in &preview.skipped {
                let line = format!("    skip {}: it is on the device already", page.foreign(name));
                page.line(line);
            }
            for (number, step) in (1..).zip(&preview.steps) {
                let line = format!("{number:>3} {}", step.text(page));
                page.line(line);
            }
        }
        page.line("Nothing was written.");
    }
}
