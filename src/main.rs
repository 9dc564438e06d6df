//! `particle`: Particle devices from the command line.

use particle::{clock::Clock, commands, environment::Environment};
use std::process::ExitCode;

fn main() -> ExitCode {
    let clock = Clock::default();
    commands::run(std::env::args_os(), Environment::of_process(), clock)
}
