//! `particle udp listen`

use crate::{
    clock::Stop,
    commands::{CommandError, CommandResult, Context, Kind, attached::heed_interrupts},
};
use serde::Serialize;
use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, UdpSocket},
    time::Duration,
};

/// How often the interrupt flag and the deadline are looked at.
const STOP_INTERVAL: Duration = Duration::from_millis(50);
/// More than fits into a UDP packet.
const LONGEST_PACKET: usize = 1 << 16;

/// Show the UDP packets that arrive, until Ctrl-C
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Port to listen at; 0 for any that is free
    #[arg(default_value_t = 5549)]
    port: u16,
}

/// A packet that arrived. What is not UTF-8 in it is shown as U+FFFD.
#[derive(Serialize)]
struct Packet {
    address: IpAddr,
    port: u16,
    message: String,
}

/// Prints packets until it is told to stop.
pub fn run(context: &Context, args: Args) -> CommandResult {
    heed_interrupts(&context.clock);
    let socket = open(args.port).map_err(|error| {
        let kind = if error.kind() == ErrorKind::AddrInUse { Kind::Busy } else { Kind::Permission };
        CommandError::caused_by(kind, error).context(format!("cannot listen at port {}", args.port))
    })?;
    let failed = |error| CommandError::caused_by(Kind::Network, error);
    let port = socket.local_addr().map_err(failed)?.port();
    context.ui.note(format!("Listening for UDP packets on port {port} ..."));
    let mut buffer = vec![0; LONGEST_PACKET];
    loop {
        match context.clock.check() {
            Ok(()) => {}
            Err(Stop::Interrupted) => return Ok(()),
            Err(stop) => return Err(stop.into()),
        }
        if let Some(packet) = receive(&socket, &mut buffer).map_err(failed)? {
            print(context, &packet)?;
        }
    }
}

fn open(port: u16) -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?;
    socket.set_read_timeout(Some(STOP_INTERVAL))?;
    Ok(socket)
}

/// The next packet, if there is one soon.
fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<Option<Packet>> {
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    match socket.recv_from(buffer) {
        Ok((length, sender)) => {
            let message = String::from_utf8_lossy(&buffer[..length]).into_owned();
            Ok(Some(Packet { address: sender.ip(), port: sender.port(), message }))
        }
        Err(error) if matches!(error.kind(), WouldBlock | TimedOut | Interrupted) => Ok(None),
        Err(error) => Err(error),
    }
}

fn print(context: &Context, packet: &Packet) -> CommandResult {
    if context.ui.is_json() {
        return Ok(context.ui.json_line(packet)?);
    }
    let message = context.ui.foreign(&packet.message);
    Ok(context.ui.line(format!("[{}] {message}", packet.address))?)
}
