//! Which serial port a command means.

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    serial::{PortError, SerialDevice, bus_ports, system_ports},
};

/// The option that names a port.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct PortArgs {
    /// Use this serial port: its name, or its number in `particle serial list`
    #[arg(long, value_name = "PORT")]
    pub port: Option<String>,
}

/// The ports that lead to Particle devices: the consoles on the exporting hosts where such are used, else the
/// operating system's.
pub fn list(context: &Context<'_>) -> CommandResult<Vec<SerialDevice>> {
    if context.usb_hosts()?.is_empty() { Ok(system_ports()?) } else { Ok(bus_ports(context.buses()?)?) }
}

/// The port that was typed: digits are a place in the list, counted from 1; anything else is a name, of a listed port
/// or of any other.
pub fn named(ports: Vec<SerialDevice>, typed: &str) -> CommandResult<SerialDevice> {
    let count = ports.len();
    if let Ok(number) = typed.parse::<usize>() {
        // The Node tool takes 0 for the first one, too.
        return ports.into_iter().nth(number.saturating_sub(1)).ok_or_else(|| no_such_number(number, count));
    }
    match ports.into_iter().find(|port| port.name == typed) {
        Some(port) => Ok(port),
        None if typed.contains("://") => Err(PortError::NotFound(typed.to_owned()).into()),
        None => Ok(SerialDevice::at_path(typed)),
    }
}

/// A port in one line: `<port> - <type> - <id>`, without what is not known.
pub fn describe(port: &SerialDevice) -> String {
    let platform = port.platform.map(|platform| platform.display_name.to_owned());
    let id = port.id.as_ref().map(ToString::to_string);
    [Some(port.name.clone()), platform, id].into_iter().flatten().collect::<Vec<_>>().join(" - ")
}

fn no_such_number(number: usize, count: usize) -> CommandError {
    let message = format!("there is no serial port number {number}: {count} found");
    CommandError::new(Kind::NoDevice, message).hint("`particle serial list` shows them in order")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(typed: &str) -> Result<String, Kind> {
        let ports = ["/dev/ttyACM0", "/dev/ttyACM1"].map(SerialDevice::at_path);
        named(ports.into(), typed).map(|port| port.name).map_err(|error| error.kind())
    }

    #[test]
    fn numbers_count_from_one_and_names_need_not_be_listed() {
        assert_eq!(chosen("1").as_deref(), Ok("/dev/ttyACM0"));
        assert_eq!(chosen("0").as_deref(), Ok("/dev/ttyACM0"));
        assert_eq!(chosen("2").as_deref(), Ok("/dev/ttyACM1"));
        assert_eq!(chosen("3"), Err(Kind::NoDevice));
        assert_eq!(chosen("COM3").as_deref(), Ok("COM3"));
        assert_eq!(chosen("3abc").as_deref(), Ok("3abc"));
        assert_eq!(chosen("usbip://127.0.0.1:1/1-1"), Err(Kind::NoDevice));
    }
}
