//! A project to use libraries in, and clouds to get them from.

use super::{Output, Sandbox, TestEnvironment, read, run};
use serde_json::json;
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

/// A sandbox that runs, with Ada logged in and the working folder a project.
pub fn sandbox(environment: &TestEnvironment, arguments: &[&str]) -> Sandbox {
    let sandbox = environment.start_sandbox(["--devices", "photon"].iter().chain(arguments));
    environment.log_in();
    make_project(environment, "name=doorbell\n");
    sandbox
}

/// Makes the working folder a project.
pub fn make_project(environment: &TestEnvironment, properties: &str) {
    fs::create_dir_all(environment.work().join("src")).unwrap();
    fs::write(environment.work().join("project.properties"), properties).unwrap();
}

/// What stands in the project's description.
pub fn project(environment: &TestEnvironment) -> String {
    read(&environment.work().join("project.properties"))
}

/// Runs the binary against this cloud, with a token that does not matter.
pub fn at(environment: &TestEnvironment, api_url: &str, arguments: &[&str]) -> Output {
    let mut command = environment.command(arguments);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(command, "")
}

/// A cloud with one library, whose archive may be anything. Every request but that for the archive gets the library.
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
