//! Faults that can be ordered, addressed by what the victim is doing.
//!
//! Grammar: `ACTION@PHASE[*TIMES]`, for example `unplug@dfu-write:3`, `hang@control:40`, `unplug@control:253#3`,
//! `stall@dfu-erase`, `hang@console:s`, `cut@softap:set`, `http-429@POST:/v1/provisioning*2`, `cut@events`. `busy` alone
//! stands for `busy@import`. Without `*TIMES` a fault strikes once; a bare `*` lets it strike for ever.

mod phase;

pub use phase::Phase;

use crate::softap::Transport;
use std::{
    fmt,
    str::FromStr,
    sync::{Mutex, PoisonError},
};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The cable is pulled.
    Unplug,
    /// The endpoint stalls and the operation is not carried out.
    Stall,
    /// No answer ever comes.
    Hang,
    /// One bit of the data is turned over.
    Corrupt,
    /// The device or the request channel says it is busy.
    Busy,
    /// The connection is closed in the middle of the answer.
    Cut,
    /// The cloud answers with this HTTP status.
    Http(u16),
}

/// One order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub action: Action,
    /// When.
    pub phase: Phase,
    /// How often; `None` for ever.
    pub times: Option<u32>,
}

/// A text that orders no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No `@`.
    #[error("{0:?} is not a fault: write ACTION@PHASE, for example unplug@dfu-write:3")]
    Shape(String),
    /// Unknown action.
    #[error("{0:?} is no action: use unplug, stall, hang, corrupt, busy, cut or http-STATUS")]
    Action(String),
    /// Unknown phase.
    #[error(
        "{0:?} is no phase: use import, dfu-erase, dfu-write, dfu-read, dfu-leave, ymodem, console, control, softap, softap-tcp, softap-http, events or METHOD:/path"
    )]
    Phase(String),
    /// A number that is none, or zero.
    #[error("{0:?} is not a positive number")]
    Number(String),
    /// The action has no meaning in that phase.
    #[error("{0} cannot happen at {1}")]
    Mismatch(Action, Phase),
}

/// What is happening right now, at one of the places where faults can strike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment<'a> {
    /// A client imports a device.
    Import,
    /// A sector is about to be erased.
    DfuErase,
    /// A block is about to be written.
    DfuWrite,
    /// A block is about to be read.
    DfuRead,
    /// The bootloader was told to leave.
    DfuLeave,
    /// A packet of a file has come in over the serial port.
    Ymodem,
    /// This key is typed at the console in listening mode.
    Console(char),
    /// A control request of this type begins.
    Control(u16),
    /// A device is asked something in its own network.
    SoftAp {
        /// Over which transport.
        transport: Transport,
        /// What.
        command: &'a str,
    },
    /// An HTTP request arrived.
    Http {
        /// Method in upper case.
        method: &'a str,
        /// Path without query.
        path: &'a str,
    },
    /// An event is about to be sent.
    Events,
}

/// The orders that still stand.
#[derive(Debug, Default)]
pub struct Faults {
    armed: Mutex<Vec<Armed>>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u32,
}

impl Faults {
    /// Arms these faults.
    pub fn new(faults: Vec<Fault>) -> Self {
        let armed = faults.into_iter().map(|fault| Armed { fault, seen: 0 }).collect();
        Self { armed: Mutex::new(armed) }
    }

    /// Counts the moment and says what goes wrong in it, if anything. The first order that matches wins.
    pub fn strike(&self, moment: Moment<'_>) -> Option<Action> {
        let mut armed = self.armed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut struck = None;
        for order in armed.iter_mut().filter(|order| order.fault.phase.covers(moment)) {
            order.seen = order.seen.saturating_add(1);
            let due = order.seen >= order.fault.phase.nth();
            if struck.is_none() && due && order.fault.times != Some(0) {
                order.fault.times = order.fault.times.map(|times| times - 1);
                struck = Some(order.fault.action);
            }
        }
        struck
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (rest, times) = match text.rsplit_once('*') {
            None => (text, Some(1)),
            Some((rest, "")) => (rest, None),
            Some((rest, times)) => (rest, Some(positive(times)?)),
        };
        let (action, phase) = match rest.split_once('@') {
            Some((action, phase)) => (action.parse()?, phase.parse()?),
            None if rest == "busy" => (Action::Busy, Phase::Import),
            None => return Err(FaultError::Shape(text.to_owned())),
        };
        if phase.allows(action) {
            Ok(Self { action, phase, times })
        } else {
            Err(FaultError::Mismatch(action, phase))
        }
    }
}

impl FromStr for Action {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        Ok(match text {
            "unplug" => Self::Unplug,
            "stall" => Self::Stall,
            "hang" => Self::Hang,
            "corrupt" => Self::Corrupt,
            "busy" => Self::Busy,
            "cut" => Self::Cut,
            _ => {
                let status = text.strip_prefix("http-").and_then(|status| status.parse().ok());
                let status = status.filter(|status| (100..600).contains(status));
                Self::Http(status.ok_or_else(|| FaultError::Action(text.to_owned()))?)
            }
        })
    }
}

fn positive<N: FromStr + Default + PartialEq>(text: &str) -> Result<N, FaultError> {
    let number = text.parse().ok().filter(|number| *number != N::default());
    number.ok_or_else(|| FaultError::Number(text.to_owned()))
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unplug => f.write_str("unplug"),
            Self::Stall => f.write_str("stall"),
            Self::Hang => f.write_str("hang"),
            Self::Corrupt => f.write_str("corrupt"),
            Self::Busy => f.write_str("busy"),
            Self::Cut => f.write_str("cut"),
            Self::Http(status) => write!(f, "http-{status}"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.action, self.phase)?;
        match self.times {
            Some(1) => Ok(()),
            Some(times) => write!(f, "*{times}"),
            None => f.write_str("*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(text: &str) -> Fault {
        text.parse().unwrap()
    }

    #[test]
    fn the_documented_forms_are_understood() {
        for text in [
            "unplug@dfu-write:3",
            "corrupt@ymodem:2",
            "stall@dfu-erase",
            "hang@console",
            "unplug@console:w#2",
            "hang@control:40",
            "unplug@control:253#3",
            "stall@control#2",
            "corrupt@dfu-write:2",
            "cut@softap*",
            "unplug@softap:configure-ap#2",
            "hang@softap-tcp*",
            "cut@softap-http:scan-ap",
            "http-429@POST:/v1/provisioning*2",
            "http-500@/v1/devices",
            "cut@events",
            "stall@dfu-read*",
        ] {
            assert_eq!(fault(text).to_string(), text);
        }
        assert_eq!(fault("busy"), fault("busy@import"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "stall",
            "melt@control",
            "stall@lunch",
            "unplug@dfu-write:0",
            "cut@dfu-write",
            "stall@control*0",
            "stall@control:#1",
            "stall@control:253#0",
            "stall@controls",
            "stall@console:s",
            "hang@console:",
            "hang@console:is",
            "hang@console:i#0",
            "stall@softap",
            "corrupt@softap",
            "cut@softap-udp",
            "cut@softap:#1",
            "cut@softap:set#0",
            "http-99@/v1",
            "http-500@POST:v1",
            "corrupt@dfu-leave:1",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_fault_strikes_at_its_count_and_as_often_as_asked() {
        let faults = Faults::new(vec![fault("unplug@dfu-write:3"), fault("http-429@POST:/v1/p*2")]);
        let writes: Vec<_> = (0..5).map(|_| faults.strike(Moment::DfuWrite)).collect();
        assert_eq!(writes, [None, None, Some(Action::Unplug), None, None]);
        let post = Moment::Http { method: "POST", path: "/v1/provisioning/id" };
        assert_eq!(faults.strike(Moment::Http { method: "GET", path: "/v1/provisioning/id" }), None);
        let posts: Vec<_> = (0..3).map(|_| faults.strike(post)).collect();
        assert_eq!(posts, [Some(Action::Http(429)), Some(Action::Http(429)), None]);
    }

    #[test]
    fn a_control_fault_counts_its_own_requests() {
        let faults = Faults::new(vec![fault("unplug@control:253#2")]);
        let struck: Vec<_> = [253, 250, 253, 253].map(|kind| faults.strike(Moment::Control(kind))).into();
        assert_eq!(struck, [None, None, Some(Action::Unplug), None]);
    }

    #[test]
    fn a_fault_in_a_devices_own_network_is_for_its_transport_and_command() {
        let faults = Faults::new(vec![fault("cut@softap-tcp:set#2*")]);
        let asked = [
            (Transport::Tcp, "set"),
            (Transport::Http, "set"),
            (Transport::Tcp, "version"),
            (Transport::Tcp, "set"),
            (Transport::Tcp, "set"),
        ];
        let struck = asked.map(|(transport, command)| faults.strike(Moment::SoftAp { transport, command }));
        assert_eq!(struck, [None, None, None, Some(Action::Cut), Some(Action::Cut)]);
    }

    #[test]
    fn a_control_fault_waits_for_its_request() {
        let faults = Faults::new(vec![fault("hang@control:40")]);
        assert_eq!(faults.strike(Moment::Control(50)), None);
        assert_eq!(faults.strike(Moment::Control(40)), Some(Action::Hang));
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_what_parses_round_trips(text in "[a-z0-9@:#*/-]{0,24}") {
            if let Ok(fault) = text.parse::<Fault>() {
                prop_assert_eq!(fault.to_string().parse::<Fault>().unwrap(), fault);
            }
        }
    }
}
