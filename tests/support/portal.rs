//! A server that is no cloud: it answers everything with a web page, as the Wi-Fi of a hotel does.

use super::{Output, TestEnvironment, run};
use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Write},
    net::{Shutdown, TcpListener},
};

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 15\r\n\r\n<html>Welcome!\n";

/// Runs `particle ARGUMENTS` with such a server in the place of the cloud.
pub fn run_behind_portal<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            connection.write_all(PAGE).unwrap();
            // Closed with a body unread, the connection would be reset and the page lost.
            connection.shutdown(Shutdown::Write).unwrap();
            let _ = std::io::copy(&mut connection, &mut std::io::sink());
        }
    });
    let environment = TestEnvironment::new();
    let mut command = environment.command(arguments);
    command.env("PARTICLE_API_URL", url).env("PARTICLE_ACCESS_TOKEN", "any");
    run(command, "")
}
