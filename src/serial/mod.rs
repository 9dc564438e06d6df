//! Serial ports: which there are, what is said over them, and the orders given by line speed.
//!
//! A port is one of the operating system, or the console of a device on a [`Bus`](crate::usb::Bus): the two are the
//! same to everything above [`Port`].

mod discovery;
mod holder;
mod listening;
mod mac_address;
mod port;
mod system_port;
mod touch;
mod usb_port;
mod wifi_dialogue;
mod wifi_setup;
pub mod ymodem;

pub use discovery::{SerialDevice, bus_ports, system_ports};
pub use holder::{Holder, holders};
pub use listening::{ConsoleIdentity, ListeningConsole, ListeningError};
pub use mac_address::MacAddress;
pub use port::{CONSOLE_BAUD_RATE, Port, PortError};
pub use touch::BaudTouch;
pub use wifi_dialogue::{AnswerError, DialogueFailure, Progress, Question, WifiDialogue, check_answer};
pub use wifi_setup::{WifiSetupError, set_up_wifi};
