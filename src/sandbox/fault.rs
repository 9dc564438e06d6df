//! Faults that can be ordered, addressed by what the victim is doing.
//!
//! Grammar: `ACTION@PHASE[*TIMES]`, for example `unplug@dfu-write:3`, `hang@control:40`, `unplug@control:253#3`,
//! `stall@dfu-erase`, `cut@softap:set`, `http-429@POST:/v1/provisioning*2`, `cut@events`. `busy` alone stands for `busy@import`. Without
//! `*TIMES` a fault strikes once; a bare `*` lets it strike for ever.

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

/// When it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A client imports the device.
    Import,
    /// A sector is erased; with a number, from the nth time on.
    DfuErase(Option<u32>),
    /// A block is written; with a number, from the nth time on.
    DfuWrite(Option<u32>),
    /// A block is read; with a number, from the nth time on.
    DfuRead(Option<u32>),
    /// The bootloader is told to leave DFU.
    DfuLeave,
    /// A packet of a file comes in over the serial port; with a number, from the nth one on.
    Ymodem(Option<u32>),
    /// A control request begins.
    Control {
        /// Its type; `None` for any.
        kind: Option<u16>,
        /// With a number, from the nth one of that type on.
        nth: Option<u32>,
    },
    /// Somebody in the device's own network asks it something.
    SoftAp {
        /// Over which transport; `None` for either.
        transport: Option<Transport>,
        /// What; `None` for anything.
        command: Option<String>,
        /// With a number, from the nth time on.
        nth: Option<u32>,
    },
    /// An HTTP request arrives whose path begins like this; `None` stands for any method.
    Http {
        /// Method in upper case.
        method: Option<String>,
        /// Beginning of the path.
        path: String,
    },
    /// An event stream is being sent.
    Events,
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
        "{0:?} is no phase: use import, dfu-erase, dfu-write, dfu-read, dfu-leave, ymodem, control, softap, softap-tcp, softap-http, events or METHOD:/path"
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

impl Phase {
    fn covers(&self, moment: Moment<'_>) -> bool {
        match (self, moment) {
            (Self::Import, Moment::Import)
            | (Self::DfuErase(_), Moment::DfuErase)
            | (Self::DfuWrite(_), Moment::DfuWrite)
            | (Self::DfuRead(_), Moment::DfuRead)
            | (Self::DfuLeave, Moment::DfuLeave)
            | (Self::Ymodem(_), Moment::Ymodem)
            | (Self::Events, Moment::Events) => true,
            (Self::Control { kind, .. }, Moment::Control(request)) => kind.is_none_or(|kind| kind == request),
            (Self::SoftAp { transport, command, .. }, Moment::SoftAp { transport: used, command: asked }) => {
                transport.is_none_or(|transport| transport == used)
                    && command.as_deref().is_none_or(|command| command == asked)
            }
            (Self::Http { method, path }, Moment::Http { method: sent, path: asked }) => {
                method.as_deref().is_none_or(|method| method == sent) && asked.starts_with(path.as_str())
            }
            _ => false,
        }
    }

    /// The occurrence from which on the fault strikes.
    fn nth(&self) -> u32 {
        match self {
            Self::DfuErase(nth)
            | Self::DfuWrite(nth)
            | Self::DfuRead(nth)
            | Self::Ymodem(nth)
            | Self::Control { nth, .. }
            | Self::SoftAp { nth, .. } => nth.unwrap_or(1),
            _ => 1,
        }
    }

    /// The phase of which `rest` stands behind the word `control`: `[:TYPE][#NTH]`. `None` if it is something else.
    fn control(rest: &str) -> Option<Result<Self, FaultError>> {
        let (kind, nth) = rest.split_once('#').map_or((rest, None), |(kind, nth)| (kind, Some(nth)));
        let kind = if kind.is_empty() { None } else { Some(kind.strip_prefix(':')?) };
        let numbers = || {
            Ok(Self::Control { kind: kind.map(positive).transpose()?, nth: nth.map(positive).transpose()? })
        };
        Some(numbers())
    }

    /// The phase of which `rest` stands behind the word `softap`: `[-tcp|-http][:COMMAND][#NTH]`. `None` if it is something
    /// else.
    fn softap(rest: &str) -> Option<Result<Self, FaultError>> {
        let (rest, nth) = rest.split_once('#').map_or((rest, None), |(rest, nth)| (rest, Some(nth)));
        let (transport, command) =
            rest.split_once(':').map_or((rest, None), |(transport, command)| (transport, Some(command)));
        let transport = match transport {
            "" => None,
            "-tcp" => Some(Transport::Tcp),
            "-http" => Some(Transport::Http),
            _ => return None,
        };
        if command == Some("") {
            return None;
        }
        let command = command.map(str::to_owned);
        Some(nth.map(positive).transpose().map(|nth| Self::SoftAp { transport, command, nth }))
    }

    fn allows(&self, action: Action) -> bool {
        use Action::{Busy, Corrupt, Cut, Hang, Http, Stall, Unplug};
        match self {
            Self::Import => matches!(action, Busy | Hang | Unplug),
            Self::DfuErase(_) | Self::DfuLeave => matches!(action, Unplug | Stall | Hang),
            Self::DfuWrite(_) | Self::DfuRead(_) => matches!(action, Unplug | Stall | Hang | Corrupt),
            Self::Ymodem(_) => matches!(action, Unplug | Hang | Corrupt),
            Self::Control { .. } => matches!(action, Unplug | Stall | Hang | Busy),
            Self::SoftAp { .. } => matches!(action, Unplug | Hang | Cut),
            Self::Http { .. } => matches!(action, Http(_) | Cut | Hang),
            Self::Events => matches!(action, Cut | Hang),
        }
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

impl FromStr for Phase {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, detail) = text.split_once(':').map_or((text, None), |(name, detail)| (name, Some(detail)));
        if let Some(rest) = text.strip_prefix("control") {
            return Self::control(rest).ok_or_else(|| FaultError::Phase(text.to_owned()))?;
        }
        if let Some(rest) = text.strip_prefix("softap") {
            return Self::softap(rest).ok_or_else(|| FaultError::Phase(text.to_owned()))?;
        }
        let nth = || detail.map(positive).transpose();
        let plain =
            |phase| if detail.is_none() { Ok(phase) } else { Err(FaultError::Phase(text.to_owned())) };
        match name {
            "import" => plain(Self::Import),
            "dfu-leave" => plain(Self::DfuLeave),
            "events" => plain(Self::Events),
            "dfu-erase" => Ok(Self::DfuErase(nth()?)),
            "dfu-write" => Ok(Self::DfuWrite(nth()?)),
            "dfu-read" => Ok(Self::DfuRead(nth()?)),
            "ymodem" => Ok(Self::Ymodem(nth()?)),
            path if path.starts_with('/') => Ok(Self::Http { method: None, path: text.to_owned() }),
            method if !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let path = detail.filter(|path| path.starts_with('/'));
                let path = path.ok_or_else(|| FaultError::Phase(text.to_owned()))?.to_owned();
                Ok(Self::Http { method: Some(method.to_ascii_uppercase()), path })
            }
            _ => Err(FaultError::Phase(text.to_owned())),
        }
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

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, number) = match self {
            Self::Import => ("import", None),
            Self::DfuErase(nth) => ("dfu-erase", *nth),
            Self::DfuWrite(nth) => ("dfu-write", *nth),
            Self::DfuRead(nth) => ("dfu-read", *nth),
            Self::DfuLeave => ("dfu-leave", None),
            Self::Ymodem(nth) => ("ymodem", *nth),
            Self::Control { kind, nth } => {
                f.write_str("control")?;
                kind.map_or(Ok(()), |kind| write!(f, ":{kind}"))?;
                return nth.map_or(Ok(()), |nth| write!(f, "#{nth}"));
            }
            Self::SoftAp { transport, command, nth } => {
                f.write_str(match transport {
                    None => "softap",
                    Some(Transport::Tcp) => "softap-tcp",
                    Some(Transport::Http) => "softap-http",
                })?;
                command.as_ref().map_or(Ok(()), |command| write!(f, ":{command}"))?;
                return nth.map_or(Ok(()), |nth| write!(f, "#{nth}"));
            }
            Self::Http { method: None, path } => return f.write_str(path),
            Self::Http { method: Some(method), path } => return write!(f, "{method}:{path}"),
            Self::Events => ("events", None),
        };
        f.write_str(name)?;
        number.map_or(Ok(()), |number| write!(f, ":{number}"))
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
