//! The device's end of the service protocol: up to four control requests at a time over endpoint 0.
//!
//! Source: Device OS `system/src/usb_control_request_channel.cpp`.

use super::{
    board::{Board, Disturbance, End},
    requests::{self, Outcome},
    transfer::{Answer, SetupPacket},
};
use crate::{
    sandbox::fault::Moment,
    usb::control::{
        RequestType,
        service::{REPLY_LENGTH, ServiceReply, Status, request},
    },
};
use std::time::Instant;

/// Requests in flight at most.
const MAX_REQUESTS: usize = 4;
/// Payloads up to this size get their buffer at once, larger ones a moment later.
const POOLED_PAYLOAD: usize = 64;

/// The requests in flight.
#[derive(Default)]
pub(super) struct ServiceChannel {
    requests: Vec<Request>,
    last_id: u16,
}

struct Request {
    id: u16,
    kind: RequestType,
    size: usize,
    payload: Vec<u8>,
    phase: Phase,
}

enum Phase {
    /// Waiting for memory for the payload.
    Allocating,
    /// Waiting for the payload.
    Receiving,
    /// The payload is complete; the system thread has not looked at it yet.
    Queued,
    /// The system thread is at it, and will be done by then.
    Running { until: Instant },
    /// The reply is being fetched.
    Replying { reply: Vec<u8>, sent: usize },
    /// It will never be done.
    Stuck,
}

impl ServiceChannel {
    /// Drops all requests, as a reset does.
    pub(super) fn clear(&mut self) {
        self.requests.clear();
    }

    /// Answers a request of the service protocol.
    pub(super) fn request(&mut self, setup: &SetupPacket, data: &[u8], board: &mut Board) -> Answer {
        let long_enough = setup.length >= REPLY_LENGTH;
        match (setup.request, setup.is_in()) {
            (request::INIT, true) if long_enough => self.init(setup, board),
            (request::CHECK, true) if long_enough => self.check(setup.index, board),
            (request::RESET, true) if long_enough => self.reset(setup.index),
            (request::SEND, false) => self.send(setup.index, data),
            (request::RECV, true) => self.receive(setup.index, setup.length.into()),
            _ => Answer::Stall,
        }
    }

    fn init(&mut self, setup: &SetupPacket, board: &mut Board) -> Answer {
        let disturbance = board.disturbance(Moment::Control(setup.index));
        match disturbance {
            Some(Disturbance::Ends(End::Stall)) => return Answer::Stall,
            Some(Disturbance::Busy) => return reply(ServiceReply::of_status(Status::Busy)),
            _ if self.requests.len() == MAX_REQUESTS => {
                return reply(ServiceReply::of_status(Status::Busy));
            }
            _ => {}
        }
        let size = usize::from(setup.value);
        let phase = match (disturbance, size) {
            (Some(Disturbance::Ends(_)), _) => Phase::Stuck,
            (_, 0) => Phase::Queued,
            (_, ..=POOLED_PAYLOAD) => Phase::Receiving,
            _ => Phase::Allocating,
        };
        let status = if matches!(phase, Phase::Allocating) { Status::Pending } else { Status::Ok };
        // Id 0 stands for all requests.
        self.last_id = self.last_id.checked_add(1).unwrap_or(1);
        let request =
            Request { id: self.last_id, kind: RequestType(setup.index), size, payload: Vec::new(), phase };
        self.requests.push(request);
        reply(ServiceReply { id: Some(self.last_id), ..ServiceReply::of_status(status) })
    }

    fn check(&mut self, id: u16, board: &mut Board) -> Answer {
        let Some(position) = self.position(id) else {
            return reply(ServiceReply::of_status(Status::NotFound));
        };
        let request = &mut self.requests[position];
        match &request.phase {
            Phase::Allocating => {
                request.phase = Phase::Receiving;
                reply(ServiceReply::of_status(Status::Ok))
            }
            Phase::Queued => {
                let takes = board.clock.scaled(requests::duration(request.kind, board));
                request.phase = Phase::Running { until: Instant::now() + takes };
                reply(ServiceReply::of_status(Status::Pending))
            }
            Phase::Running { until } if *until <= Instant::now() => self.finish(position, board),
            Phase::Running { .. } | Phase::Receiving | Phase::Stuck => {
                reply(ServiceReply::of_status(Status::Pending))
            }
            Phase::Replying { .. } => reply(ServiceReply::of_status(Status::Ok)),
        }
    }

    /// Carries a request out and gives its result. Without reply data it is over with that.
    fn finish(&mut self, position: usize, board: &mut Board) -> Answer {
        let request = &mut self.requests[position];
        let Outcome { result, reply: data } = requests::carry_out(request.kind, &request.payload, board);
        let size = (!data.is_empty()).then_some(data.len() as u32);
        if data.is_empty() {
            self.requests.remove(position);
        } else {
            request.phase = Phase::Replying { reply: data, sent: 0 };
        }
        reply(ServiceReply { size, result: Some(result.0), ..ServiceReply::of_status(Status::Ok) })
    }

    fn send(&mut self, id: u16, data: &[u8]) -> Answer {
        let Some(position) = self.position(id) else { return Answer::Stall };
        let request = &mut self.requests[position];
        if matches!(request.phase, Phase::Stuck) {
            return Answer::Accepted;
        }
        if !matches!(request.phase, Phase::Receiving) || request.payload.len() + data.len() > request.size {
            return Answer::Stall;
        }
        request.payload.extend(data);
        if request.payload.len() == request.size {
            request.phase = Phase::Queued;
        }
        Answer::Accepted
    }

    fn receive(&mut self, id: u16, length: usize) -> Answer {
        let Some(position) = self.position(id) else { return Answer::Stall };
        let Phase::Replying { reply, sent } = &mut self.requests[position].phase else {
            return Answer::Stall;
        };
        let Some(chunk) = reply.get(*sent..*sent + length).map(<[u8]>::to_vec) else { return Answer::Stall };
        *sent += length;
        if *sent == reply.len() {
            self.requests.remove(position);
        }
        Answer::Data(chunk)
    }

    fn reset(&mut self, id: u16) -> Answer {
        let before = self.requests.len();
        self.requests.retain(|request| id != 0 && request.id != id);
        let found = id == 0 || self.requests.len() < before;
        reply(ServiceReply::of_status(if found { Status::Ok } else { Status::NotFound }))
    }

    fn position(&self, id: u16) -> Option<usize> {
        self.requests.iter().position(|request| request.id == id)
    }
}

fn reply(reply: ServiceReply) -> Answer {
    Answer::Data(reply.encode())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        platform::Platform,
        sandbox::{
            bench::state::{DeviceState, Mode},
            fault::Faults,
        },
        usb::control::service::{VENDOR_IN, VENDOR_OUT},
    };
    use std::sync::Arc;

    struct Host {
        board: Board,
        channel: ServiceChannel,
    }

    impl Host {
        fn new(platform: &str, faults: &[&str]) -> Self {
            let platform = Platform::by_name(platform).unwrap();
            let state = DeviceState::new(platform, "0123456789abcdef01234567".parse().unwrap()).unwrap();
            let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
            let board = Board::new(state, Clock::default(), Arc::new(Faults::new(faults)));
            Self { board, channel: ServiceChannel::default() }
        }

        fn ask(&mut self, request: u8, index: u16, value: u16) -> ServiceReply {
            let setup = SetupPacket { request_type: VENDOR_IN, request, value, index, length: REPLY_LENGTH };
            match self.channel.request(&setup, &[], &mut self.board) {
                Answer::Data(bytes) => ServiceReply::decode(&bytes).unwrap(),
                other => panic!("{other:?}"),
            }
        }

        fn fetch(&mut self, id: u16, length: u16) -> Answer {
            let setup =
                SetupPacket { request_type: VENDOR_IN, request: request::RECV, value: 0, index: id, length };
            self.channel.request(&setup, &[], &mut self.board)
        }

        fn send(&mut self, id: u16, data: &[u8]) -> Answer {
            let length = data.len() as u16;
            let setup =
                SetupPacket { request_type: VENDOR_OUT, request: request::SEND, value: 0, index: id, length };
            self.channel.request(&setup, data, &mut self.board)
        }
    }

    #[test]
    fn a_request_without_payload_runs_at_once_and_is_pending_first() {
        let mut host = Host::new("boron", &[]);
        host.board.enter(Mode::Listening);
        let id = host.ask(request::INIT, 72, 0).id.unwrap();
        assert_eq!(host.ask(request::CHECK, id, 0), ServiceReply::of_status(Status::Pending));
        let done = host.ask(request::CHECK, id, 0);
        assert_eq!((done.status, done.size, done.result), (Status::Ok, Some(2), Some(0)));
        assert_eq!(host.fetch(id, 3), Answer::Stall);
        assert_eq!(host.fetch(id, 2), Answer::Data(vec![8, 1]));
        assert_eq!(host.ask(request::CHECK, id, 0).status, Status::NotFound);
    }

    #[test]
    fn a_large_payload_waits_for_its_buffer_and_comes_in_pieces() {
        let mut host = Host::new("boron", &[]);
        let begun = host.ask(request::INIT, 1, 70);
        let id = begun.id.unwrap();
        assert_eq!(begun.status, Status::Pending);
        assert_eq!(host.send(id, &[7; 70]), Answer::Stall);
        assert_eq!(host.ask(request::CHECK, id, 0), ServiceReply::of_status(Status::Ok));
        assert_eq!((host.send(id, &[7; 40]), host.send(id, &[8; 30])), (Answer::Accepted, Answer::Accepted));
        host.ask(request::CHECK, id, 0);
        assert_eq!(host.ask(request::CHECK, id, 0).size, Some(70));
        assert_eq!(host.fetch(id, 40), Answer::Data(vec![7; 40]));
        assert_eq!(host.fetch(id, 30), Answer::Data(vec![8; 30]));
    }

    #[test]
    fn the_fifth_request_finds_the_channel_busy() {
        let mut host = Host::new("photon", &[]);
        for _ in 0..4 {
            assert_eq!(host.ask(request::INIT, 20, 0).status, Status::Ok);
        }
        assert_eq!(host.ask(request::INIT, 20, 0), ServiceReply::of_status(Status::Busy));
        assert_eq!(host.ask(request::RESET, 3, 0).status, Status::Ok);
        assert_eq!(host.ask(request::RESET, 3, 0).status, Status::NotFound);
        assert_eq!(host.ask(request::INIT, 20, 0).id, Some(5));
        assert_eq!(host.ask(request::RESET, 0, 0).status, Status::Ok);
        assert_eq!(host.ask(request::CHECK, 5, 0).status, Status::NotFound);
    }

    #[test]
    fn a_stuck_request_stays_pending() {
        let mut host = Host::new("photon", &["hang@control:40", "busy@control:50"]);
        let id = host.ask(request::INIT, 40, 0).id.unwrap();
        for _ in 0..5 {
            assert_eq!(host.ask(request::CHECK, id, 0).status, Status::Pending);
        }
        assert_eq!(host.board.take_event(), None);
        assert_eq!(host.ask(request::INIT, 50, 0).status, Status::Busy);
    }
}
