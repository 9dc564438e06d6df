//! The moments that can be named, and how they are written.

use super::{Action, FaultError, Moment, positive};
use crate::softap::Transport;
use std::{fmt, str::FromStr};

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
    /// A key is typed at the console in listening mode.
    Console {
        /// Which; `None` for any.
        key: Option<char>,
        /// With a number, from the nth time on.
        nth: Option<u32>,
    },
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

impl Phase {
    /// Whether the phase takes in the moment.
    pub(super) fn covers(&self, moment: Moment<'_>) -> bool {
        match (self, moment) {
            (Self::Import, Moment::Import)
            | (Self::DfuErase(_), Moment::DfuErase)
            | (Self::DfuWrite(_), Moment::DfuWrite)
            | (Self::DfuRead(_), Moment::DfuRead)
            | (Self::DfuLeave, Moment::DfuLeave)
            | (Self::Ymodem(_), Moment::Ymodem)
            | (Self::Events, Moment::Events) => true,
            (Self::Console { key, .. }, Moment::Console(typed)) => key.is_none_or(|key| key == typed),
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
    pub(super) fn nth(&self) -> u32 {
        match self {
            Self::DfuErase(nth)
            | Self::DfuWrite(nth)
            | Self::DfuRead(nth)
            | Self::Ymodem(nth)
            | Self::Console { nth, .. }
            | Self::Control { nth, .. }
            | Self::SoftAp { nth, .. } => nth.unwrap_or(1),
            _ => 1,
        }
    }

    /// The phase of which `rest` stands behind the word `console`: `[:KEY][#NTH]`. `None` if it is something else.
    fn console(rest: &str) -> Option<Result<Self, FaultError>> {
        let (key, nth) = rest.split_once('#').map_or((rest, None), |(key, nth)| (key, Some(nth)));
        let key = match key {
            "" => None,
            key => Some(key.strip_prefix(':')?.parse().ok()?),
        };
        Some(nth.map(positive).transpose().map(|nth| Self::Console { key, nth }))
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

    /// Whether the action has a meaning in the phase.
    pub(super) fn allows(&self, action: Action) -> bool {
        use Action::{Busy, Corrupt, Cut, Hang, Http, Stall, Unplug};
        match self {
            Self::Import => matches!(action, Busy | Hang | Unplug),
            Self::DfuErase(_) | Self::DfuLeave => matches!(action, Unplug | Stall | Hang),
            Self::DfuWrite(_) | Self::DfuRead(_) => matches!(action, Unplug | Stall | Hang | Corrupt),
            Self::Ymodem(_) => matches!(action, Unplug | Hang | Corrupt),
            Self::Console { .. } => matches!(action, Unplug | Hang),
            Self::Control { .. } => matches!(action, Unplug | Stall | Hang | Busy),
            Self::SoftAp { .. } => matches!(action, Unplug | Hang | Cut),
            Self::Http { .. } => matches!(action, Http(_) | Cut | Hang),
            Self::Events => matches!(action, Cut | Hang),
        }
    }
}

impl FromStr for Phase {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (name, detail) = text.split_once(':').map_or((text, None), |(name, detail)| (name, Some(detail)));
        if let Some(rest) = text.strip_prefix("console") {
            return Self::console(rest).ok_or_else(|| FaultError::Phase(text.to_owned()))?;
        }
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

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, number) = match self {
            Self::Import => ("import", None),
            Self::DfuErase(nth) => ("dfu-erase", *nth),
            Self::DfuWrite(nth) => ("dfu-write", *nth),
            Self::DfuRead(nth) => ("dfu-read", *nth),
            Self::DfuLeave => ("dfu-leave", None),
            Self::Ymodem(nth) => ("ymodem", *nth),
            Self::Console { key, nth } => {
                f.write_str("console")?;
                key.map_or(Ok(()), |key| write!(f, ":{key}"))?;
                return nth.map_or(Ok(()), |nth| write!(f, "#{nth}"));
            }
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
