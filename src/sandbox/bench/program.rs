//! What an application is, as far as a virtual device can tell.
//!
//! No machine code runs here. The sandbox's compiler writes into a module what its code registers with the cloud, and
//! a virtual device reads it there.

use crate::firmware::Module;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the contents of the sandbox's modules begin with.
const MARK: &[u8] = b"particle sandbox program\n";

/// The code of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Program {
    /// What devices are shipped with.
    #[default]
    Tinker,
    /// Made by the sandbox's compiler.
    Compiled {
        /// The functions that the code registers with the cloud.
        functions: Vec<String>,
        /// The variables that it registers.
        variables: Vec<String>,
        /// Whether it has a handler for control requests.
        #[serde(default)]
        answers_requests: bool,
        /// What can be told of them without running the code.
        #[serde(default)]
        constants: Constants,
    },
    /// Sets a device's configuration right, and does not connect to the cloud.
    DeviceDoctor,
    /// Machine code, which cannot be run here.
    Foreign,
}

/// What code says of its functions and variables in so many words. All others return 0 and hold 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constants {
    /// What functions return that always return the same number.
    pub returns: BTreeMap<String, i32>,
    /// What variables are declared with.
    pub values: BTreeMap<String, Value>,
}

impl Program {
    /// The functions of Tinker.
    pub(super) const TINKER_FUNCTIONS: [&str; 4] =
        ["digitalRead", "digitalWrite", "analogRead", "analogWrite"];

    /// What a module with this program has in it.
    pub fn to_contents(&self) -> Vec<u8> {
        let mut contents = MARK.to_vec();
        // Texts and lists of them always have a form in JSON.
        contents.extend(serde_json::to_vec(self).unwrap_or_default());
        contents.push(b'\n');
        contents
    }

    /// The program in a module.
    pub fn of_module(module: &Module<'_>) -> Self {
        let line =
            module.contents().strip_prefix(MARK).and_then(|rest| rest.split(|byte| *byte == b'\n').next());
        line.and_then(|line| serde_json::from_slice(line).ok()).unwrap_or(Self::Foreign)
    }

    /// Whether it answers control requests for the application.
    pub(super) fn answers_requests(&self) -> bool {
        matches!(self, Self::Compiled { answers_requests: true, .. })
    }

    /// The functions it registers with the cloud.
    pub(super) fn functions(&self) -> Vec<String> {
        match self {
            Self::Tinker => Self::TINKER_FUNCTIONS.map(str::to_owned).into(),
            Self::Compiled { functions, .. } => functions.clone(),
            Self::DeviceDoctor | Self::Foreign => Vec::new(),
        }
    }
}
