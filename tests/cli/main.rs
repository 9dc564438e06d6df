//! Black-box tests: the built binary, as a person or a script runs it. One file a command group.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is all test code")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod binary;
mod bundle;
mod cloud;
mod compile;
mod device;
mod dfu;
mod doctor;
mod flash;
mod flash_usb;
mod flash_usb_recovery;
mod functions;
mod keys;
mod keys_doctor;
mod keys_server;
mod library;
mod library_cloud;
mod library_copy;
mod library_upload;
mod list;
mod mesh;
mod nyan;
mod old_firmware;
mod preprocess;
mod product;
mod program;
mod project;
mod publish;
mod sandbox;
mod sandbox_calls;
mod sandbox_cloud;
mod sandbox_compiler;
mod sandbox_events;
mod sandbox_firmware;
mod sandbox_libraries;
mod sandbox_networks;
mod sandbox_products;
mod sandbox_protection;
mod sandbox_releases;
mod serial;
mod serial_console;
mod serial_flash;
mod serial_inspect;
mod serial_monitor;
#[cfg(unix)]
mod serial_wifi;
mod setup;
#[cfg(unix)]
mod setup_dialogue;
mod setup_serial;
#[cfg(unix)]
mod setup_wifi;
mod subscribe;
mod token;
mod update;
mod usb;
mod usb_requests;
mod variables;
mod webhook;
#[cfg(unix)]
mod wifi;
