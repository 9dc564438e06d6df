//! Ports of the operating system.

use super::{Port, PortError};
use crate::usb::TransferError;
use serialport::{ErrorKind, SerialPort};
use std::{
    io::{self, Read, Write},
    time::Duration,
};

/// Limit for sending; a listening device reads at once.
const WRITE_LIMIT: Duration = Duration::from_secs(5);
/// Most bytes taken at once.
const READ_SIZE: usize = 4096;

/// A port opened through the operating system, for this process alone.
pub(super) struct SystemPort {
    port: Box<dyn SerialPort>,
    name: String,
}

impl SystemPort {
    pub(super) fn open(name: &str, baud_rate: u32) -> Result<Self, PortError> {
        let builder = serialport::new(name, baud_rate).timeout(WRITE_LIMIT).dtr_on_open(true);
        let port = builder.open().map_err(|error| open_error(name, &error))?;
        Ok(Self { port, name: name.to_owned() })
    }

    fn error(&self, error: &io::Error) -> PortError {
        // Linux reports a port whose device is gone as a hang-up or as EIO, which has no kind of its own.
        const EIO: i32 = 5;
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::NotConnected | io::ErrorKind::UnexpectedEof => {
                TransferError::Disconnected.into()
            }
            io::ErrorKind::TimedOut => TransferError::Timeout.into(),
            _ if cfg!(unix) && error.raw_os_error() == Some(EIO) => TransferError::Disconnected.into(),
            _ => PortError::Unusable { name: self.name.clone(), reason: error.to_string() },
        }
    }
}

impl Port for SystemPort {
    fn read(&mut self, limit: Duration) -> Result<Vec<u8>, PortError> {
        self.port.set_timeout(limit).map_err(|error| self.error(&error.into()))?;
        let mut bytes = vec![0; READ_SIZE];
        match self.port.read(&mut bytes) {
            Ok(0) => Err(TransferError::Disconnected.into()),
            Ok(length) => {
                bytes.truncate(length);
                Ok(bytes)
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {
                Ok(Vec::new())
            }
            Err(error) => Err(self.error(&error)),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), PortError> {
        self.port.set_timeout(WRITE_LIMIT).map_err(|error| self.error(&error.into()))?;
        self.port.write_all(bytes).map_err(|error| self.error(&error))
    }
}

fn open_error(name: &str, error: &serialport::Error) -> PortError {
    let name = name.to_owned();
    match error.kind() {
        // On Unix the library calls a port that is locked by another program by this kind.
        ErrorKind::NoDevice if cfg!(unix) => PortError::Busy(name),
        ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::NotFound) => PortError::NotFound(name),
        ErrorKind::Io(io::ErrorKind::PermissionDenied) => PortError::Permission(name),
        _ => PortError::Unusable { name, reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_not_there_and_a_file_that_is_no_port_are_told_apart() {
        let missing = SystemPort::open("/nonexistent/tty", 9600).err();
        assert_eq!(missing, Some(PortError::NotFound("/nonexistent/tty".to_owned())));
        let file = tempfile::NamedTempFile::new().unwrap();
        let no_port = SystemPort::open(file.path().to_str().unwrap(), 9600).err();
        assert!(matches!(no_port, Some(PortError::Unusable { .. })), "{no_port:?}");
    }
}
