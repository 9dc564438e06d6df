//! Transfers to devices of every temper.

use super::*;
use packet::{FRAME, SOH, STX};
use proptest::prelude::*;

const INVITATION: &[u8] = b"Waiting for the binary file to be sent ... (press 'a' to abort)\r\n";

fn sent(sender: &mut Sender<'_>) -> Vec<u8> {
    match sender.step() {
        Step::Send(bytes) => bytes,
        other => panic!("{other:?}"),
    }
}

/// A transfer whose header has been sent.
fn begun(file: &[u8]) -> Sender<'_> {
    let mut sender = Sender::new(file);
    assert_eq!(sent(&mut sender), b"f");
    sender.receive(INVITATION);
    assert_eq!(sender.step(), Step::Await(SECOND_THOUGHTS_LIMIT));
    sender.time_out();
    assert_eq!(sent(&mut sender), packet::header(NAME, file.len()));
    sender
}

/// One whose last packet has been sent.
fn at_the_end(file: &[u8]) -> Sender<'_> {
    let mut sender = begun(file);
    while sender.state != State::NoMoreFiles {
        sender.receive(&[ACK, READY]);
        sent(&mut sender);
    }
    sender
}

#[test]
fn a_file_is_sent_in_packets_of_1024_bytes() {
    let file: Vec<u8> = (0..1100_u32).map(|number| number as u8).collect();
    let mut sender = begun(&file);
    sender.receive(&[ACK, READY]);
    let first = sent(&mut sender);
    assert_eq!((first[0], first[1], &first[3..1027]), (STX, 1, &file[..1024]));
    assert_eq!(sender.sent(), 0);
    sender.receive(&[ACK]);
    let second = sent(&mut sender);
    assert_eq!((second[0], second[1], second.len()), (SOH, 2, 128 + FRAME));
    assert_eq!(sender.sent(), 1024);
    sender.receive(&[ACK]);
    assert_eq!(sent(&mut sender), [EOT]);
    sender.receive(&[ACK]);
    assert_eq!(sent(&mut sender), packet::no_more_files());
    assert_eq!(sender.abort(), None);
    sender.receive(&[ACK]);
    assert_eq!(sender.step(), Step::Await(LAST_WORDS_LIMIT));
    sender.receive(b"\r\nDownloaded file successfully!\r\nName: binary\r\n");
    assert_eq!(sender.step(), Step::Done);
}

#[test]
fn a_device_that_has_all_may_say_nothing_or_go() {
    let mut silent = at_the_end(b"abc");
    silent.receive(&[ACK]);
    silent.time_out();
    assert_eq!(silent.step(), Step::Done);
    let mut gone = at_the_end(b"abc");
    assert!(!gone.disconnect());
    gone.receive(&[ACK]);
    assert!(gone.disconnect());
}

#[test]
fn a_c_begins_the_transfer_but_not_among_other_text() {
    let mut sender = Sender::new(b"abc");
    sent(&mut sender);
    sender.receive(b"0017 [app] INFO: CCC\r\n");
    assert_eq!(sender.step(), Step::Await(BEGIN_LIMIT));
    sender.receive(b"C");
    assert_eq!(sent(&mut sender)[0], SOH);
}

#[test]
fn what_is_not_taken_is_sent_again_but_not_for_ever() {
    let mut sender = begun(b"abc");
    sender.receive(&[NAK]);
    assert_eq!(sent(&mut sender), packet::header(NAME, 3));
    sender.receive(&[ACK, READY]);
    sent(&mut sender);
    for _ in 0..MAX_REPEATS {
        sender.receive(&[NAK]);
        assert_eq!(sent(&mut sender)[1], 1);
    }
    sender.receive(&[NAK]);
    assert_eq!(sent(&mut sender), [ABORT]);
    assert_eq!(sender.step(), Step::Failed(Refusal::Cancelled));
}

#[test]
fn a_device_that_gives_up_says_why_or_not() {
    let mut cancelled = begun(b"abc");
    cancelled.receive(&[ACK, READY]);
    sent(&mut cancelled);
    cancelled.receive(&[CAN]);
    cancelled.receive(&[CAN]);
    cancelled.time_out();
    assert_eq!(cancelled.step(), Step::Failed(Refusal::Cancelled));
    let mut header = begun(b"abc");
    header.receive(&[CAN, CAN]);
    header.time_out();
    assert_eq!(header.step(), Step::Failed(Refusal::Header));
    let mut refused = at_the_end(b"abc");
    refused.receive(&[CAN, CAN]);
    refused.receive(b"Validation failed: -13");
    assert_eq!(refused.step(), Step::Await(LAST_WORDS_LIMIT));
    refused.receive(b"40\r\n");
    assert_eq!(refused.step(), Step::Failed(Refusal::Validation(Some(-1340))));
}

#[test]
fn a_lone_cancel_byte_is_noise() {
    let mut sender = begun(b"abc");
    sender.receive(&[CAN, b'x', CAN, READY]);
    assert_eq!(sender.step(), Step::Await(PACKET_LIMIT));
}

#[test]
fn device_os_6_thinks_better_of_it() {
    for after in [b"".as_slice(), b"f".as_slice()] {
        let mut sender = Sender::new(b"abc");
        sent(&mut sender);
        sender.receive(&[INVITATION, after].concat());
        sender.receive(&[CAN; 4]);
        sender.receive(b"Serial/YModem flashing is no longer supported\r\n");
        assert_eq!(sender.step(), Step::Failed(Refusal::NoLongerSupported));
    }
}

#[test]
fn silence_ends_in_an_abort() {
    let mut sender = Sender::new(b"abc");
    sent(&mut sender);
    sender.time_out();
    assert_eq!(sender.step(), Step::Failed(Refusal::NoAnswer));
    let mut sender = begun(b"abc");
    sender.time_out();
    assert_eq!(sent(&mut sender), [ABORT]);
    assert_eq!(sender.step(), Step::Failed(Refusal::Silent));
}

/// What a device may put between its answers.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![Just(READY), b' '..=b'~', Just(b'\r'), Just(b'\n')], 0..30)
}

proptest! {
    #[test]
    fn text_between_the_answers_does_not_matter(
        file in prop::collection::vec(any::<u8>(), 0..5000),
        noise in prop::collection::vec(noise(), 30),
    ) {
        let mut sender = begun(&file);
        let mut received: Vec<u8> = Vec::new();
        for noise in noise.iter().cycle() {
            sender.receive(&[noise.as_slice(), &[ACK], noise.as_slice()].concat());
            match sender.step() {
                Step::Send(bytes) if matches!(bytes[0], SOH | STX) && bytes[1] != 0 => {
                    received.extend(&bytes[3..bytes.len() - 2]);
                }
                Step::Send(_) => {}
                _ => break,
            }
        }
        received.truncate(file.len());
        prop_assert_eq!(&received, &file);
        prop_assert_eq!(sender.sent(), file.len());
    }

    #[test]
    fn any_answers_come_to_an_end(answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..8), 0..200)) {
        let file = [7; 3000];
        let mut sender = Sender::new(&file);
        for answer in answers {
            if let Step::Await(_) = sender.step() {
                sender.receive(&answer);
            }
        }
        for _ in 0..8 {
            match sender.step() {
                Step::Done | Step::Failed(_) => return Ok(()),
                Step::Await(_) => sender.time_out(),
                Step::Send(_) => {}
            }
        }
        prop_assert!(false, "it goes on for ever");
    }
}
