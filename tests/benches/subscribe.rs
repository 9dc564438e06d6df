//! `particle subscribe` under load: first how many events a second it takes, then a soak of 100,000 events in which the
//! cloud ends the stream 50 times. Run by hand: `cargo bench --bench subscribe`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "run by hand")]

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

const EVENTS: usize = 100_000;
const DROPS: usize = 50;
/// Bytes that are sent at once: no divisor of the length of an event, so that every place is cut some time.
const PIECE: usize = 1_009;
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let events = if std::env::args().any(|argument| argument == "--bench") { EVENTS } else { 200 };
    let speed = subscribe(events, 0);
    println!("{:.0} events a second", events as f64 / speed.seconds);
    let soak = subscribe(events, DROPS);
    println!(
        "{events} events, {DROPS} drops: each event once and in order, {:.1} s, memory {} kB after a tenth of them, {} kB \
         at the end",
        soak.seconds, soak.early_memory, soak.late_memory
    );
}

struct Figures {
    seconds: f64,
    early_memory: usize,
    late_memory: usize,
}

/// Lets the program read numbered events from a cloud that ends the stream so many times, and checks that it shows them
/// all, each once, in order.
fn subscribe(events: usize, drops: usize) -> Figures {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut child = start(&listener, events);
    let server = thread::spawn(move || serve(&listener, events, drops));
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut began, mut shown, mut early_memory, mut late_memory) = (Instant::now(), 0, 0, 0);
    for line in lines {
        let event: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        assert_eq!(event["data"], shown.to_string(), "an event is missing or came twice");
        if shown == 0 {
            began = Instant::now();
        }
        shown += 1;
        if shown == events / 10 {
            early_memory = resident_memory(&child);
        } else if shown == events - 1 {
            late_memory = resident_memory(&child);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    assert_eq!(shown, events);
    assert!(child.wait().unwrap().success());
    server.join().unwrap();
    Figures { seconds, early_memory, late_memory }
}

fn start(listener: &TcpListener, events: usize) -> Child {
    Command::new(env!("CARGO_BIN_EXE_particle"))
        .args(["subscribe", "--quiet", "--max", &events.to_string()])
        .env("PARTICLE_API_URL", format!("http://{}", listener.local_addr().unwrap()))
        .env("PARTICLE_ACCESS_TOKEN", "0123")
        .env("PARTICLE_TIME_SCALE", "0")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Sends the events over one connection after the other.
fn serve(listener: &TcpListener, events: usize, drops: usize) {
    let mut numbers = 0..events;
    for connection in (0..=drops).rev() {
        let mut stream = listener.accept().unwrap().0;
        read_head(&stream);
        stream.write_all(HEAD.as_bytes()).unwrap();
        let share = numbers.len() / (connection + 1);
        send(&mut stream, numbers.by_ref().take(share));
    }
}

fn read_head(stream: &TcpStream) {
    let lines = BufReader::new(stream).lines();
    assert!(lines.map(Result::unwrap).any(|line| line.is_empty()));
}

/// Sends events, then the proper end of a stream.
fn send(stream: &mut TcpStream, numbers: impl Iterator<Item = usize>) {
    let mut waiting = b":ok\n\n".to_vec();
    for number in numbers {
        let content = format!(
            r#"{{"data":"{number}","ttl":60,"published_at":"2026-01-01T00:00:00.000Z","coreid":"0123456789abcdef01234567"}}"#
        );
        waiting.extend_from_slice(format!("event: temperature\ndata: {content}\n\n").as_bytes());
        while waiting.len() >= PIECE {
            let rest = waiting.split_off(PIECE);
            send_chunk(stream, &waiting);
            waiting = rest;
        }
    }
    send_chunk(stream, &waiting);
    send_chunk(stream, b"");
}

/// Sends a chunk; an empty one is the end.
fn send_chunk(stream: &mut TcpStream, chunk: &[u8]) {
    let mut framed = format!("{:x}\r\n", chunk.len()).into_bytes();
    framed.extend_from_slice(chunk);
    framed.extend_from_slice(b"\r\n");
    // The program leaves when it has what it wants, maybe before the end of the last stream.
    let _ = stream.write_all(&framed);
}

/// In kB; 0 where the operating system does not tell.
fn resident_memory(child: &Child) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
