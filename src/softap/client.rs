//! Asking a device over its access point.

use super::{
    DeviceAddress, DeviceAddresses, DeviceIdentity, DeviceKey, NetworkConfiguration, ScannedNetwork,
    SoftApError, Transport, reply, request::Request,
};
use crate::clock::Clock;
use rand::{CryptoRng, RngCore};
use serde_json::json;
use std::{
    io::{self, ErrorKind, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::{Duration, Instant},
};

/// How long a device may take for a command.
const LIMIT: Duration = Duration::from_secs(8);
/// How long it may take to be found at an address. The first connection tends to hang.
const FIND_LIMIT: Duration = Duration::from_secs(3);
/// How often a command is sent until it is given up, each time the same.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked whether the person wants to stop.
const SLICE: Duration = Duration::from_millis(100);
/// The same while a connection is made, which begins anew each time.
const CONNECT_SLICE: Duration = Duration::from_secs(1);
/// Longest answer: the names of some hundred networks.
const MAX_REPLY: usize = 64 * 1024;

/// A device in the network that it opens.
pub struct SoftAp<'a> {
    address: DeviceAddress,
    clock: &'a Clock,
}

impl<'a> SoftAp<'a> {
    /// Finds the device at whichever of the addresses it answers first, asking for the version of its protocol.
    pub fn find(addresses: &DeviceAddresses, clock: &'a Clock) -> Result<Self, SoftApError> {
        let mut attempt = 1;
        loop {
            let mut failure = None;
            for address in addresses.iter() {
                let device = Self { address: address.clone(), clock };
                match device.exchange(&Request::plain("version"), FIND_LIMIT, reply::version) {
                    Ok(version) => {
                        tracing::debug!("softap: the device at {address} speaks version {version}");
                        return Ok(device);
                    }
                    Err(error) if error.may_pass() => {
                        tracing::debug!("softap: {error}");
                        failure = Some(more_telling(failure, error));
                    }
                    Err(error) => return Err(error),
                }
            }
            match failure {
                Some(error) if attempt == ATTEMPTS => return Err(error),
                _ => clock.pause(PAUSE)?,
            }
            attempt += 1;
        }
    }

    /// Who the device is.
    pub fn identity(&self) -> Result<DeviceIdentity, SoftApError> {
        self.ask(&Request::plain("device-id"), reply::identity)
    }

    /// The networks that the device hears. Takes it some seconds.
    pub fn networks(&self) -> Result<Vec<ScannedNetwork>, SoftApError> {
        self.ask(&Request::plain("scan-ap"), reply::networks)
    }

    /// The key with which to encrypt what only the device may read.
    pub fn public_key(&self) -> Result<DeviceKey, SoftApError> {
        let request = Request::plain("public-key");
        let answer = self.ask(&request, reply::public_key)?;
        answer.map_err(|result| SoftApError::Refused { command: request.command, result })
    }

    /// Gives the device the code with which it will show the cloud whose it is to be.
    pub fn set_claim_code(&self, code: &str) -> Result<(), SoftApError> {
        self.order(&Request::with("set", &json!({ "k": "cc", "v": code })))
    }

    /// Gives the device a network to use.
    pub fn configure(
        &self,
        network: &NetworkConfiguration,
        key: &DeviceKey,
        random: &mut (impl CryptoRng + RngCore),
    ) -> Result<(), SoftApError> {
        self.order(&Request::with("configure-ap", &network.encode(key, random)?))
    }

    /// Sends the device off to that network. It closes its own one and may take its answer, or a part of it, with it.
    pub fn connect(&self) -> Result<(), SoftApError> {
        let request = Request::with("connect-ap", &json!({ "idx": 0 }));
        let unheard = |error: &SoftApError| matches!(error, SoftApError::Unreachable { .. });
        match self.ask_while(unheard, &request, reply::result) {
            Ok(0) | Err(SoftApError::Silent { .. } | SoftApError::Garbled(_)) => Ok(()),
            Ok(result) => Err(SoftApError::Refused { command: request.command, result }),
            Err(error) => Err(error),
        }
    }

    fn order(&self, request: &Request) -> Result<(), SoftApError> {
        match self.ask(request, reply::result)? {
            0 => Ok(()),
            result => Err(SoftApError::Refused { command: request.command, result }),
        }
    }

    /// Sends a request until it is answered.
    fn ask<T>(&self, request: &Request, parse: impl Fn(&[u8]) -> Option<T>) -> Result<T, SoftApError> {
        self.ask_while(SoftApError::may_pass, request, parse)
    }

    /// Sends a request again after failures such as these.
    fn ask_while<T>(
        &self,
        may_pass: impl Fn(&SoftApError) -> bool,
        request: &Request,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, SoftApError> {
        let mut attempt = 1;
        loop {
            match self.exchange(request, LIMIT, &parse) {
                Err(error) if attempt < ATTEMPTS && may_pass(&error) => {
                    tracing::debug!("softap: {error}; trying again");
                    self.clock.pause(PAUSE)?;
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Sends a request once. The answer ends where it makes sense, or with the connection.
    fn exchange<T>(
        &self,
        request: &Request,
        limit: Duration,
        parse: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, SoftApError> {
        self.clock.check()?;
        let DeviceAddress { transport, host, .. } = &self.address;
        let unreachable = |source| SoftApError::Unreachable { address: self.address.clone(), source };
        let end = Instant::now() + limit;
        let mut connection = self.open(end)?;
        connection.set_read_timeout(Some(SLICE)).map_err(unreachable)?;
        connection.set_write_timeout(Some(limit)).map_err(unreachable)?;
        // What is in it is not traced: it may be a password, if an encrypted one.
        tracing::debug!("softap: {} to {}", request.command, self.address);
        connection.write_all(&transport.encode(request, host)).map_err(unreachable)?;
        let mut received = Vec::new();
        while received.len() < MAX_REPLY && Instant::now() < end {
            self.clock.check()?;
            let mut piece = [0; 2048];
            match connection.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => received.extend(&piece[..length]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => break,
            }
            if let Some(answer) = transport.body(&received).as_deref().and_then(&parse) {
                return Ok(answer);
            }
        }
        let command = request.command;
        Err(match transport {
            Transport::Tcp if received.iter().all(u8::is_ascii_whitespace) => self.silent(command),
            Transport::Http if received.is_empty() => self.silent(command),
            _ => SoftApError::Garbled(command),
        })
    }

    fn silent(&self, command: &'static str) -> SoftApError {
        SoftApError::Silent { address: self.address.clone(), command }
    }

    /// Connects, as long as there is time and the person has not had enough.
    fn open(&self, end: Instant) -> Result<TcpStream, SoftApError> {
        let unreachable = |source| SoftApError::Unreachable { address: self.address.clone(), source };
        let found = (self.address.host.as_str(), self.address.port).to_socket_addrs().map_err(unreachable)?;
        let mut failure = io::Error::from(ErrorKind::NotFound);
        for address in found {
            failure = io::Error::from(ErrorKind::TimedOut);
            while Instant::now() < end {
                self.clock.check()?;
                match TcpStream::connect_timeout(&address, CONNECT_SLICE) {
                    Ok(connection) => return Ok(connection),
                    Err(error) if error.kind() == ErrorKind::TimedOut => {}
                    Err(error) => {
                        failure = error;
                        break;
                    }
                }
            }
        }
        Err(unreachable(failure))
    }
}

/// Of the failures at two addresses the one of a device that was reached, or else the first.
fn more_telling(earlier: Option<SoftApError>, later: SoftApError) -> SoftApError {
    match earlier {
        Some(SoftApError::Unreachable { .. }) if !matches!(later, SoftApError::Unreachable { .. }) => later,
        Some(earlier) => earlier,
        None => later,
    }
}
