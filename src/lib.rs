//! The rooms of the `particle` command-line tool, where its tests and benchmarks can reach them. No public API.
//!
//! `docs/architecture.md` draws the picture.

pub mod atomic_file;
pub mod cache;
pub mod clock;
pub mod cloud;
pub mod commands;
pub mod dfu;
pub mod environment;
pub mod firmware;
pub mod host_wifi;
pub mod keys;
pub mod platform;
pub mod project;
pub mod sandbox;
pub mod secret;
pub mod serial;
pub mod settings;
pub mod softap;
pub mod ui;
pub mod usb;
