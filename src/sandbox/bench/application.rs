//! What runs on a virtual device: Tinker, the application that devices are shipped with, with a few variables; or
//! another program, of which nothing is known but what it registers with the cloud.
//!
//! Tinker's functions read their argument as Tinker does, by position: `D7,HIGH` has the pin's number at 1 and the value
//! from 3 on, so any one character may stand between them.

use super::{os_version::OsVersion, program::Program};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What the analog-to-digital converter makes of a pin that is high.
const FULL_SCALE: i32 = 4095;
/// The widest pulse that `analogWrite` can order.
const WIDEST_PULSE: i32 = 255;
/// What the sandbox's weather is like, in degrees Fahrenheit.
const TEMPERATURE: f64 = 72.1;

/// The application's memory. A reset clears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Application {
    /// When it began to run.
    started: Timestamp,
    /// What was last written to each pin.
    pins: BTreeMap<String, Level>,
    /// Its code.
    #[serde(default)]
    program: Program,
}

/// What the functions of a compiled program return, and what its variables hold, where the code does not say it in so
/// many words: it does not run.
const NOTHING: i32 = 0;

/// What is on a pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Level {
    Digital(bool),
    Analog(i32),
}

/// What Tinker's functions return, apart from what they read.
mod result {
    pub(super) const DONE: i32 = 1;
    pub(super) const NO_SUCH_PIN: i32 = -1;
    pub(super) const NO_SUCH_VALUE: i32 = -2;
    pub(super) const NO_SUCH_BANK: i32 = -3;
    pub(super) const NOT_READABLE: i32 = -2;
    pub(super) const NOT_ANALOG: i32 = -3;
}

impl Application {
    /// Starts a program, with nothing on any pin.
    pub(super) fn start(program: Program) -> Self {
        Self { started: Timestamp::now(), pins: BTreeMap::new(), program }
    }

    /// Whether this program is its code.
    pub(super) fn is(&self, program: &Program) -> bool {
        self.program == *program
    }

    /// The functions it registers with the cloud.
    pub(super) fn functions(&self) -> Vec<String> {
        self.program.functions()
    }

    /// Calls a function; `None` if there is none of this name. Articles write the names in any case of letters, as the
    /// application did over the years.
    pub(super) fn call(&mut self, function: &str, argument: &str) -> Option<i32> {
        if let Program::Compiled { functions, constants, .. } = &self.program {
            let is_known = functions.iter().any(|known| known == function);
            return is_known.then(|| constants.returns.get(function).copied().unwrap_or(NOTHING));
        }
        if self.program != Program::Tinker {
            return None;
        }
        let work = match function.to_ascii_lowercase().as_str() {
            "digitalread" => Self::digital_read,
            "digitalwrite" => Self::digital_write,
            "analogread" => Self::analog_read,
            "analogwrite" => Self::analog_write,
            _ => return None,
        };
        Some(work(self, argument).unwrap_or_else(|refusal| refusal))
    }

    /// The variables it registers with the cloud, and their values. Names and types never change.
    pub(super) fn variables(&self, os_version: OsVersion) -> Vec<(String, Value)> {
        let uptime = Timestamp::now().as_second().saturating_sub(self.started.as_second());
        match &self.program {
            Program::Tinker => vec![
                ("temperature".to_owned(), json!(TEMPERATURE)),
                ("uptime".to_owned(), json!(uptime.clamp(0, i32::MAX.into()))),
                ("version".to_owned(), json!(os_version.to_string())),
            ],
            Program::Compiled { variables, constants, .. } => {
                let value = |name| constants.values.get(name).cloned().unwrap_or_else(|| json!(NOTHING));
                variables.iter().map(|name| (name.clone(), value(name))).collect()
            }
            Program::DeviceDoctor | Program::Foreign => Vec::new(),
        }
    }

    /// What it answers to a control request; `None` if it has no handler. The code of a compiled handler does not run:
    /// the request comes back as it was.
    pub(super) fn answer_request(&self, payload: &[u8]) -> Option<Vec<u8>> {
        self.program.answers_requests().then(|| payload.to_vec())
    }

    fn digital_read(&mut self, argument: &str) -> Result<i32, i32> {
        let pin = Pin::parse(argument)?;
        pin.bank(&['D', 'A'], result::NOT_READABLE)?;
        Ok(match self.level(&pin) {
            Level::Digital(high) => i32::from(high),
            Level::Analog(value) => i32::from(value > 0),
        })
    }

    fn digital_write(&mut self, argument: &str) -> Result<i32, i32> {
        let pin = Pin::parse(argument)?;
        let high = match argument.get(3..) {
            Some(value) if value.starts_with("HIGH") => true,
            Some(value) if value.starts_with("LOW") => false,
            _ => return Err(result::NO_SUCH_VALUE),
        };
        pin.bank(&['D', 'A'], result::NO_SUCH_BANK)?;
        self.pins.insert(pin.name(), Level::Digital(high));
        Ok(result::DONE)
    }

    fn analog_read(&mut self, argument: &str) -> Result<i32, i32> {
        let pin = Pin::parse(argument)?;
        if pin.bank == 'D' {
            return Err(result::NOT_ANALOG);
        }
        pin.bank(&['A'], result::NOT_READABLE)?;
        Ok(match self.level(&pin) {
            Level::Digital(high) => i32::from(high) * FULL_SCALE,
            Level::Analog(value) => value,
        })
    }

    fn analog_write(&mut self, argument: &str) -> Result<i32, i32> {
        let pin = Pin::parse(argument)?;
        let value = argument.get(3..).map_or(0, leading_number).clamp(0, WIDEST_PULSE);
        pin.bank(&['D', 'A'], result::NO_SUCH_VALUE)?;
        self.pins.insert(pin.name(), Level::Analog(value));
        Ok(result::DONE)
    }

    fn level(&self, pin: &Pin) -> Level {
        self.pins.get(&pin.name()).copied().unwrap_or(Level::Digital(false))
    }
}

/// A pin as Tinker reads it out of an argument: the first character names the bank, the second the number.
struct Pin {
    bank: char,
    number: char,
}

impl Pin {
    fn parse(argument: &str) -> Result<Self, i32> {
        let mut characters = argument.chars();
        match (characters.next(), characters.next()) {
            (Some(bank), Some(number @ '0'..='7')) => Ok(Self { bank, number }),
            _ => Err(result::NO_SUCH_PIN),
        }
    }

    fn bank(&self, possible: &[char], refusal: i32) -> Result<(), i32> {
        if possible.contains(&self.bank) { Ok(()) } else { Err(refusal) }
    }

    fn name(&self) -> String {
        format!("{}{}", self.bank, self.number)
    }
}

/// The number a text begins with, and 0 where it begins with none, as `String::toInt` has it.
fn leading_number(text: &str) -> i32 {
    let text = text.trim_start();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    text[..text.len() - digits.len() + length].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::bench::program::Constants;
    use proptest::prelude::*;

    fn calls(calls: &[(&str, &str)]) -> Vec<i32> {
        let mut application = Application::start(Program::Tinker);
        calls.iter().map(|(function, argument)| application.call(function, argument).unwrap()).collect()
    }

    #[test]
    fn pins_read_back_what_was_written() {
        let results = calls(&[
            ("digitalRead", "D7"),
            ("digitalWrite", "D7,HIGH"),
            ("digitalRead", "D7"),
            ("digitalwrite", "D7=LOW"),
            ("digitalRead", "D7"),
            ("analogWrite", "A0,128"),
            ("analogRead", "A0"),
            ("digitalRead", "A0"),
            ("digitalWrite", "A0 HIGH"),
            ("analogRead", "A0"),
        ]);
        assert_eq!(results, [0, 1, 1, 1, 0, 1, 128, 1, 1, 4095]);
    }

    #[test]
    fn what_makes_no_sense_is_refused_as_by_tinker() {
        let results = calls(&[
            ("digitalRead", ""),
            ("digitalRead", "D8"),
            ("digitalRead", "X1"),
            ("digitalWrite", "D7,MAYBE"),
            ("digitalWrite", "D7"),
            ("digitalWrite", "X7,HIGH"),
            ("analogRead", "D0"),
            ("analogWrite", "X0,1"),
            ("analogWrite", "Dä,1"),
        ]);
        assert_eq!(results, [-1, -1, -2, -2, -2, -3, -3, -2, -1]);
        assert_eq!(Application::start(Program::Tinker).call("brew", ""), None);
    }

    #[test]
    fn values_are_read_as_far_as_they_are_numbers() {
        let texts = ["", "17", " 17,x", "-3", "-", "x", "99999999999"];
        assert_eq!(texts.map(leading_number), [0, 17, 17, -3, 0, 0, 0]);
        assert_eq!(calls(&[("analogWrite", "A1,-5"), ("analogRead", "A1")]), [1, 0]);
        assert_eq!(calls(&[("analogWrite", "A1,999"), ("analogRead", "A1")]), [1, 255]);
    }

    #[test]
    fn a_compiled_program_has_what_its_code_registers() {
        let (functions, variables) = (vec!["brew".to_owned()], vec!["cups".to_owned()]);
        let mut application = Application::start(Program::Compiled {
            functions: functions.clone(),
            variables: variables.clone(),
            answers_requests: false,
            constants: Constants::default(),
        });
        assert_eq!((application.call("brew", "x"), application.call("digitalRead", "D7")), (Some(0), None));
        assert_eq!(application.variables(OsVersion(6, 3, 4)), [("cups".to_owned(), json!(0))]);
        let constants = Constants {
            returns: [("brew".to_owned(), 200)].into(),
            values: [("cups".to_owned(), json!("many"))].into(),
        };
        let mut application = Application::start(Program::Compiled {
            functions,
            variables,
            answers_requests: false,
            constants,
        });
        assert_eq!(application.call("brew", ""), Some(200));
        assert_eq!(application.variables(OsVersion(6, 3, 4)), [("cups".to_owned(), json!("many"))]);
    }

    proptest! {
        #[test]
        fn any_argument_is_survived(function in 0..4_usize, argument: String) {
            let result = Application::start(Program::Tinker).call(Program::TINKER_FUNCTIONS[function], &argument);
            prop_assert!(result.is_some());
        }
    }
}
