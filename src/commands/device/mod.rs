//! What every command that works on an attached device shares.

mod buses;
