//! Exit statuses: the one table.

/// What kind of failure a command ended with. Decides the exit status and the code in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A reason that has no kind of its own.
    Failed,
    /// Arguments wrong, missing or ambiguous, or an answer is needed and nobody can be asked.
    Usage,
    /// Not logged in, or the cloud refused the credentials.
    Unauthorized,
    /// The device, product, library, webhook or file named does not exist.
    NotFound,
    /// The cloud cannot be reached or does not work.
    Network,
    /// No device is attached, or not the one named.
    NoDevice,
    /// Several devices are attached and none was chosen.
    Ambiguous,
    /// The device is in a mode that it cannot be brought out of.
    WrongMode,
    /// The device is offline, or did not answer the cloud.
    Offline,
    /// The cloud, the operating system or the device does not permit it.
    Permission,
    /// Another program has the device or port.
    Busy,
    /// The device refused, or a transfer to it failed.
    Device,
    /// What was read back differs, or a CRC or signature is wrong.
    Verification,
    /// The code did not compile.
    Compile,
    /// The time given with `--timeout` ran out.
    Timeout,
    /// Ctrl-C.
    Interrupted,
    /// The reader of our output went away: no failure.
    OutputClosed,
}

impl Kind {
    /// The process's exit status.
    pub fn exit_status(self) -> u8 {
        match self {
            Kind::OutputClosed => 0,
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::Unauthorized => 3,
            Kind::NotFound => 4,
            Kind::Network => 5,
            Kind::NoDevice | Kind::Ambiguous | Kind::WrongMode | Kind::Offline => 6,
            Kind::Permission | Kind::Busy => 7,
            Kind::Device => 8,
            Kind::Verification => 9,
            Kind::Compile => 10,
            Kind::Timeout => 124,
            Kind::Interrupted => 130,
        }
    }

    /// The stable word for `error.code` in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Kind::OutputClosed => "output-closed",
            Kind::Failed => "failed",
            Kind::Usage => "usage",
            Kind::Unauthorized => "unauthorized",
            Kind::NotFound => "not-found",
            Kind::Network => "network",
            Kind::NoDevice => "no-device",
            Kind::Ambiguous => "ambiguous-device",
            Kind::WrongMode => "wrong-mode",
            Kind::Offline => "offline",
            Kind::Permission => "permission",
            Kind::Busy => "busy",
            Kind::Device => "device",
            Kind::Verification => "verification",
            Kind::Compile => "compile",
            Kind::Timeout => "timeout",
            Kind::Interrupted => "interrupted",
        }
    }
}
