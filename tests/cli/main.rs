//! Black-box tests: the built binary, as a person or a script runs it. One file a command group.

#[path = "../support/mod.rs"]
mod support;

mod account;
mod sandbox;
