//! The access point that a listening Photon or P1 opens: one TCP port on loopback for both of its transports.
//!
//! On a real device the plain transport has port 5609 and HTTP port 80 of 192.168.0.1. Here the first bytes of a
//! connection tell them apart. Source: Device OS `hal/src/photon/softap.cpp`, v0.7.0 to v3.3.1.

mod commands;
mod request;
mod text;

use super::{
    board::{Board, Disturbance},
    hub::Hub,
    state::DeviceState,
};
use crate::sandbox::fault::Moment;
use request::{Arrived, Request};
use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// A client that has said what it wants within this time is served.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// A device that does not answer keeps the connection no longer than this.
const SILENCE: Duration = Duration::from_secs(60);
/// Longest request: certificates and a key.
const MAX_REQUEST: usize = 32 * 1024;

/// The access point of one device. Dropping it ends it.
pub(super) struct AccessPoint {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl AccessPoint {
    /// Opens the access point of the device in a socket of the hub; port 0 lets the kernel choose. The device answers
    /// only while it listens.
    pub(super) fn open(port: u16, hub: &Arc<Hub>, index: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (flag, hub) = (Arc::clone(&stopped), Arc::downgrade(hub));
        let serve = move || accept(&listener, &flag, &hub, index);
        std::thread::Builder::new().name("softap".to_owned()).spawn(serve)?;
        Ok(Self { address, stopped })
    }

    /// Whether a board has such an access point.
    pub(super) fn is_on(state: &DeviceState) -> bool {
        state.platform.has_softap()
    }

    /// Where it is.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for AccessPoint {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

/// Serves one connection after the other, as the device does.
fn accept(listener: &TcpListener, stopped: &AtomicBool, hub: &Weak<Hub>, index: usize) {
    for connection in listener.incoming() {
        let Some(hub) = hub.upgrade() else { return };
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        // Whatever a client does wrong costs it its connection and nothing else.
        let _ = connection.and_then(|connection| serve(&connection, &hub, index));
    }
}

fn serve(mut connection: &TcpStream, hub: &Arc<Hub>, index: usize) -> io::Result<()> {
    if hub.in_setup(index, |_| ()).is_none() {
        return Ok(());
    }
    connection.set_read_timeout(Some(REQUEST_LIMIT))?;
    let Some(request) = receive(connection)? else { return Ok(()) };
    match hub.in_setup(index, |board| answer(&request, board)) {
        Some(Some(reply)) => connection.write_all(&reply),
        // A client hears nothing until it goes away.
        Some(None) if hub.in_setup(index, |_| ()).is_some() => {
            connection.set_read_timeout(Some(SILENCE))?;
            connection.read(&mut [0]).map(drop)
        }
        _ => Ok(()),
    }
}

/// The bytes of the reply to a request; `None` if a fault keeps the device from answering.
fn answer(request: &Request, board: &mut Board) -> Option<Vec<u8>> {
    let moment = Moment::SoftAp { transport: request.transport, command: &request.command };
    let disturbance = board.disturbance(moment);
    if let Some(Disturbance::Ends(_)) = disturbance {
        return None;
    }
    let answer = commands::carry_out(&request.command, &request.body, board);
    let mut bytes = request::reply(request.transport, answer.as_deref());
    if disturbance == Some(Disturbance::Cuts) {
        bytes.truncate(bytes.len() / 2);
    }
    Some(bytes)
}

/// Reads a request; `None` if it is none, or does not come to an end.
fn receive(mut connection: &TcpStream) -> io::Result<Option<Request>> {
    let mut received = Vec::new();
    let mut piece = [0; 2048];
    while received.len() < MAX_REQUEST {
        let length = connection.read(&mut piece)?;
        received.extend(&piece[..length]);
        match Request::read(&received) {
            Arrived::Whole(request) => return Ok(Some(request)),
            Arrived::Part if length > 0 => {}
            Arrived::Part | Arrived::Nonsense => return Ok(None),
        }
    }
    Ok(None)
}
