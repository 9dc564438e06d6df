//! `particle udp send`

use crate::{
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, Report},
};
use serde::Serialize;
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket},
};

/// Send a UDP packet
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle udp send 192.168.1.20 5549 hello")]
pub struct Args {
    /// Name or address of the host
    host: String,
    /// Its port
    port: u16,
    /// What to send
    #[arg(allow_hyphen_values = true)]
    message: String,
}

#[derive(Serialize)]
struct Sent {
    address: SocketAddr,
    bytes: usize,
}

impl Report for Sent {
    fn render(&self, page: &mut Page) {
        page.line("Sent.");
    }
}

/// Sends the packet.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let Args { host, port, message } = &args;
    context.ui.line(format!("Sending \"{message}\" to {host} at port {port}"))?;
    let sent = send(host, *port, message).map_err(|error| {
        CommandError::caused_by(Kind::Network, error).context(format!("cannot send to {host} port {port}"))
    })?;
    Ok(context.ui.report(&sent)?)
}

fn send(host: &str, port: u16, message: &str) -> io::Result<Sent> {
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    // What listens is mostly a device or `udp listen`, and neither knows IPv6.
    let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
    let address =
        *address.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address"))?;
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any)?;
    if address.is_ipv4() {
        socket.set_broadcast(true)?;
    }
    let bytes = socket.send_to(message.as_bytes(), address)?;
    Ok(Sent { address, bytes })
}
