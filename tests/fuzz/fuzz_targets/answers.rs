//! Answers of a cloud, over HTTP on loopback: whatever comes, the client reads it or says why it cannot.

#![no_main]

use libfuzzer_sys::fuzz_target;
use particle::{
    clock::Clock,
    cloud::{Cloud, CloudOptions, DeviceScope, Feed, IntegrationScope, LibrarySelection, News, Selection},
    platform::PlatformId,
    settings::{Setting, Source},
};
use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Mutex, OnceLock, PoisonError},
    thread,
};
use tokio::runtime::{Builder, Runtime};

/// What the server answers to the next request.
static ANSWER: Mutex<Vec<u8>> = Mutex::new(Vec::new());
const STATUSES: [&str; 6] =
    ["200 OK", "400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "408 Request Timeout"];

/// A server that answers everything with [`ANSWER`].
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                request.push(byte[0]);
            }
            // A client that has gone away does not want it any more.
            let _ = stream.write_all(&ANSWER.lock().unwrap_or_else(PoisonError::into_inner));
        }
    });
    port
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    static PORT: OnceLock<u16> = OnceLock::new();
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let (question, status, body) = input;
    let port = PORT.get_or_init(server);
    let runtime = RUNTIME.get_or_init(|| Builder::new_current_thread().enable_all().build().unwrap());
    let status = STATUSES[usize::from(status) % STATUSES.len()];
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    *ANSWER.lock().unwrap() = [head.as_bytes(), body].concat();
    let cloud = Cloud::new(CloudOptions {
        api_url: Setting::new(format!("http://127.0.0.1:{port}").parse().unwrap(), Source::Default),
        proxy: None,
        clock: Clock::new(0.0),
        on_retry: Box::new(|_| {}),
    })
    .unwrap();
    let session = cloud.authorize("token".parse().unwrap());
    runtime.block_on(async {
        match question % 10 {
            0 => drop(session.devices().list().await),
            1 => drop(session.devices().get("name").await),
            2 => drop(session.product_devices("7").page(1, &Selection::default()).await),
            3 => drop(session.integrations(IntegrationScope::Account).list().await),
            4 => drop(session.libraries().list(&LibrarySelection::default()).await),
            5 => drop(session.variables(DeviceScope::Account).read("device", "variable").await),
            6 => drop(session.functions(DeviceScope::Account).call("device", "function", Some("argument")).await),
            7 => drop(session.device_os_versions().list(PlatformId(6)).await),
            8 => drop(session.users().current().await),
            _ => {
                let events = session.events();
                let mut subscription = events.subscribe(Feed::Account, None);
                while let Ok(News::Connected | News::Event(_) | News::Unreadable(_)) = subscription.next().await {}
            }
        }
    });
});
