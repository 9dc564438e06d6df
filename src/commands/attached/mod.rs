//! What every command that works on an attached device shares: choosing it, locking it, changing its mode.

mod buses;
mod buttons;
mod concurrent;
mod dfu_session;
mod dfu_switch;
mod flashing;
mod interrupt;
mod inventory;
mod lock;
mod names;
mod operator;
mod selection;
mod target;

pub use concurrent::concurrently;
pub use dfu_session::{After, DfuSession};
pub use flashing::{Outcome, Patient, Planned, examine, flash_all, show};
pub use interrupt::{heed_all_signals, heed_interrupts};
pub use inventory::{read_inventory, read_missing_assets};
pub use lock::DeviceLock;
pub use operator::Operator;
pub use selection::{Choice, Filter, select, select_several};
pub use target::Target;
