//! The USB/IP server: exports what stands on the bench to one client a device.

use super::{
    hub::{Hub, Import, ImportRefusal},
    transfer::{Answer, SetupPacket},
};
use crate::usb::usbip::protocol::{
    Command, Direction, OperationHeader, Reply, errno, operation, read_bus_id, status,
};
use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Most connections served at a time.
const MAX_CONNECTIONS: usize = 64;
/// Most transfers of a client that wait for data.
const MAX_PENDING: usize = 256;
/// Pause between two looks whether a device has something for a client that waits.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// A client that has said what it wants within this time is served.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(10);

/// A listening server. Dropping it ends it.
pub(super) struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Listens on loopback; port 0 lets the kernel choose.
    pub(super) fn start(port: u16, hub: &Arc<Hub>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (flag, hub) = (Arc::clone(&stopped), Arc::downgrade(hub));
        std::thread::Builder::new().name("usbip".to_owned()).spawn(move || accept(&listener, &flag, &hub))?;
        Ok(Self { address, stopped })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

fn accept(listener: &TcpListener, stopped: &AtomicBool, hub: &Weak<Hub>) {
    let connections = Arc::new(AtomicUsize::new(0));
    for connection in listener.incoming() {
        let Some(hub) = hub.upgrade() else { return };
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let Ok(connection) = connection else { continue };
        if connections.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
            connections.fetch_sub(1, Ordering::Relaxed);
            continue;
        }
        let connections = Arc::clone(&connections);
        std::thread::spawn(move || {
            // Whatever a client does wrong costs it its connection and nothing else.
            let _ = serve(&connection, &hub);
            connections.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Answers operations until a device is imported, then carries its transfers.
fn serve(connection: &TcpStream, hub: &Arc<Hub>) -> io::Result<()> {
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(OPERATION_TIMEOUT))?;
    let mut reader = BufReader::new(connection);
    loop {
        match OperationHeader::read(&mut reader)?.code {
            operation::REQUEST_DEVICE_LIST => send(connection, &device_list(hub)?)?,
            operation::REQUEST_IMPORT => {
                let bus_id = read_bus_id(&mut reader)?;
                match hub.import(&bus_id, connection) {
                    Ok((import, description)) => {
                        let mut reply = operation_head(operation::REPLY_IMPORT, status::OK)?;
                        description.write(&mut reply)?;
                        send(connection, &reply)?;
                        connection.set_read_timeout(None)?;
                        return Session { import, pending: VecDeque::new() }.run(&mut reader, connection);
                    }
                    Err(refusal) => refuse(connection, refusal)?,
                }
            }
            _ => return Ok(()),
        }
    }
}

fn device_list(hub: &Hub) -> io::Result<Vec<u8>> {
    let devices = hub.exported();
    let mut reply = operation_head(operation::REPLY_DEVICE_LIST, status::OK)?;
    reply.extend((devices.len() as u32).to_be_bytes());
    for (device, interfaces) in devices {
        device.write(&mut reply)?;
        const PADDING: u8 = 0;
        reply.extend(
            interfaces.iter().flat_map(|[class, subclass, protocol]| [*class, *subclass, *protocol, PADDING]),
        );
    }
    Ok(reply)
}

fn refuse(connection: &TcpStream, refusal: ImportRefusal) -> io::Result<()> {
    let status = match refusal {
        ImportRefusal::NoDevice => status::NO_DEVICE,
        ImportRefusal::Busy => status::DEVICE_BUSY,
        ImportRefusal::Silence => return Ok(()),
    };
    send(connection, &operation_head(operation::REPLY_IMPORT, status)?)
}

fn operation_head(code: u16, status: u32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    OperationHeader { code, status }.write(&mut bytes)?;
    Ok(bytes)
}

fn send(mut connection: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    connection.write_all(bytes)
}

/// A client with its device.
struct Session {
    import: Import,
    /// Transfers the device has answered with NAK so far, oldest first.
    pending: VecDeque<Pending>,
}

struct Pending {
    sequence: u32,
    /// `None`: nothing but an unlink ends it.
    source: Option<Source>,
}

#[derive(Clone, Copy)]
struct Source {
    endpoint: u8,
    length: usize,
}

impl Session {
    fn run(mut self, reader: &mut BufReader<&TcpStream>, connection: &TcpStream) -> io::Result<()> {
        loop {
            if !self.await_command(reader, connection)? {
                self.answer_all(connection)?;
                continue;
            }
            let reply = match Command::read(reader)? {
                Command::Unlink { sequence, victim, .. } => Some(self.unlink(sequence, victim)),
                Command::Submit { sequence, device, direction, endpoint, length, setup, data, .. } => {
                    if device != self.import.device() {
                        return Err(io::ErrorKind::InvalidData.into());
                    }
                    let transfer = Transfer { direction, endpoint, length, setup, data: &data };
                    self.submit(sequence, &transfer)
                }
            };
            if let Some(reply) = reply {
                self.answer(connection, &reply)?;
            }
            self.answer_all(connection)?;
        }
    }

    /// Waits for the client's next command. False if it is time to look again whether the device has something by now:
    /// some of what it prints takes it a while.
    fn await_command(&self, reader: &mut BufReader<&TcpStream>, connection: &TcpStream) -> io::Result<bool> {
        if !self.import.owes_output() {
            return Ok(true);
        }
        connection.set_read_timeout(Some(LOOK_AGAIN))?;
        let arrived = reader.fill_buf().map(|_| true);
        connection.set_read_timeout(None)?;
        match arrived {
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(false)
            }
            arrived => arrived,
        }
    }

    fn answer_all(&mut self, connection: &TcpStream) -> io::Result<()> {
        for reply in self.revisit() {
            self.answer(connection, &reply)?;
        }
        Ok(())
    }

    fn answer(&self, connection: &TcpStream, reply: &Reply) -> io::Result<()> {
        let mut bytes = Vec::new();
        reply.write(&mut bytes)?;
        send(connection, &bytes)
    }

    fn unlink(&mut self, sequence: u32, victim: u32) -> Reply {
        let before = self.pending.len();
        self.pending.retain(|pending| pending.sequence != victim);
        let status = if self.pending.len() < before { -errno::ECONNRESET } else { 0 };
        Reply::Unlink { sequence, status }
    }

    fn submit(&mut self, sequence: u32, transfer: &Transfer<'_>) -> Option<Reply> {
        let (answer, source) = self.carry(transfer);
        match answer {
            Some(Answer::Nak) if self.pending.len() < MAX_PENDING => {
                self.pending.push_back(Pending { sequence, source });
                None
            }
            answer => Some(ended(sequence, answer, transfer.length)),
        }
    }

    /// Runs a transfer, and tells where to look again if the device has nothing yet.
    fn carry(&self, transfer: &Transfer<'_>) -> (Option<Answer>, Option<Source>) {
        let length = transfer.length as usize;
        match (transfer.endpoint, transfer.direction) {
            (0, _) => {
                let setup = SetupPacket::decode(transfer.setup);
                (self.import.transfer(|device| device.control(&setup, transfer.data)), None)
            }
            (endpoint @ 1..=15, Direction::In) => {
                let endpoint = 0x80 | endpoint as u8;
                let answer = self.import.transfer(|device| device.data_in(endpoint, length));
                (answer, Some(Source { endpoint, length }))
            }
            (endpoint @ 1..=15, Direction::Out) => {
                (self.import.transfer(|device| device.data_out(endpoint as u8, transfer.data)), None)
            }
            _ => (Some(Answer::Stall), None),
        }
    }

    /// Ends the pending transfers for which the device has something by now.
    fn revisit(&mut self) -> Vec<Reply> {
        let mut replies = Vec::new();
        let import = &self.import;
        self.pending.retain(|pending| {
            let Some(Source { endpoint, length }) = pending.source else { return true };
            match import.transfer(|device| device.data_in(endpoint, length)) {
                Some(Answer::Nak) => true,
                answer => {
                    replies.push(ended(pending.sequence, answer, length as u32));
                    false
                }
            }
        });
        replies
    }
}

struct Transfer<'a> {
    direction: Direction,
    endpoint: u32,
    length: u32,
    setup: [u8; 8],
    data: &'a [u8],
}

/// The reply to a transfer that is over.
fn ended(sequence: u32, answer: Option<Answer>, length: u32) -> Reply {
    let (status, length, data) = match answer {
        Some(Answer::Data(mut data)) => {
            data.truncate(length as usize);
            (0, data.len() as u32, data)
        }
        Some(Answer::Accepted) => (0, length, Vec::new()),
        Some(Answer::Stall) => (-errno::EPIPE, 0, Vec::new()),
        // Too many wait already.
        Some(Answer::Nak) => (-errno::ETIMEDOUT, 0, Vec::new()),
        None => (-errno::ESHUTDOWN, 0, Vec::new()),
    };
    Reply::Submit { sequence, status, length, data }
}

#[cfg(test)]
mod tests;
