//! A cloud with one library, whose archive may be anything.

use serde_json::json;
use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

/// Answers every request for an archive with the same bytes, and every other one with the same library.
pub struct LibraryServer {
    url: String,
}

impl LibraryServer {
    /// Serves a library of this name and version with this archive.
    pub fn start(name: &str, version: &str, archive: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let library = json!({ "data": {
            "attributes": { "name": name, "version": version },
            "links": { "download": format!("{url}/archive") },
        } });
        let library = library.to_string().into_bytes();
        thread::spawn(move || {
            for connection in listener.incoming() {
                answer(&connection.unwrap(), &library, &archive);
            }
        });
        Self { url }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn answer(mut connection: &TcpStream, library: &[u8], archive: &[u8]) {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    let body = if head.starts_with("GET /archive ") { archive } else { library };
    let start = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    // The client may have gone already.
    let _ = connection.write_all(&[start.as_bytes(), body].concat());
}
