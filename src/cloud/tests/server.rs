//! A server that answers what it is told to, right or wrong.

use crate::settings::{ApiUrl, Setting, Source};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Answers one connection after another with prepared bytes, and keeps what it was asked.
pub struct Server {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers the first connection with the first of these, and so on; later ones with nothing.
    pub fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            let mut answers = answers.into_iter();
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let request = read_request(&connection);
                kept.lock().unwrap().push(request);
                // The client may have given up on a body that is too long.
                let _ = connection.write_all(answers.next().unwrap_or_default().as_bytes());
            }
        });
        Self { address, requests }
    }

    /// Where it listens, `host:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same as the address of a cloud.
    pub fn api_url(&self) -> Setting<ApiUrl> {
        Setting::new(format!("http://{}", self.address).parse().unwrap(), Source::Flag("--api-url"))
    }

    /// What it was asked so far: head and body.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read_request(connection: &TcpStream) -> String {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

/// A well-formed answer.
pub fn answer(status: &str, body: &str) -> String {
    answer_with(status, "", body)
}

/// A well-formed answer with further header lines, each ended by CRLF.
pub fn answer_with(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}
