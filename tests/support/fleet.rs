//! A cloud with as many devices as one likes, for what a bench cannot hold.

#![allow(dead_code, reason = "each test crate uses a part of this")]

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::{net::TcpListener, runtime::Builder};

/// The cloud. It runs as long as this process.
pub struct Fleet {
    url: String,
    details: Arc<AtomicUsize>,
}

impl Fleet {
    /// A cloud with this many Borons, all of them online.
    pub fn start(devices: usize) -> Self {
        let details = Arc::new(AtomicUsize::new(0));
        let list = Json((0..devices).map(device).collect::<Value>());
        let router = Router::new()
            .route("/v1/devices", get(|| async move { list }))
            .route("/v1/devices/{id}", get(describe))
            .with_state(Arc::clone(&details));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || runtime.block_on(async { axum::serve(listener, router).await.unwrap() }));
        Self { url, details }
    }

    /// Base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many devices were asked for in detail so far.
    pub fn details(&self) -> usize {
        self.details.load(Ordering::Relaxed)
    }
}

fn device(number: usize) -> Value {
    json!({
        "id": format!("e00fce68{number:016x}"),
        "name": format!("boron-{number:05}"),
        "last_ip_address": "198.51.100.7",
        "last_heard": "2026-11-20T12:00:00.000Z",
        "product_id": 13,
        "connected": true,
        "online": true,
        "platform_id": 13,
        "cellular": true,
        "notes": null,
        "status": "normal",
        "serial_number": "B40HAB000000000",
        "system_firmware_version": "6.3.4",
        "iccid": "8934076500002589000",
        "imei": "353162070000000",
    })
}

async fn describe(State(details): State<Arc<AtomicUsize>>, Path(id): Path<String>) -> Json<Value> {
    details.fetch_add(1, Ordering::Relaxed);
    Json(json!({
        "id": id,
        "connected": true,
        "platform_id": 13,
        "variables": { "temperature": "double" },
        "functions": ["digitalWrite"],
    }))
}
