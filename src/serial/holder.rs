//! Which program has a serial port open.

use std::path::Path;

/// A program that has a port open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Process id.
    pub process: u32,
    /// Name of the program.
    pub program: String,
}

/// The other programs that have this port open, as far as this user may see. None where the operating system does not
/// tell; only Linux does.
pub fn holders(port: &str) -> Vec<Holder> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    // A name such as those in /dev/serial/by-id is a link to the port.
    let Ok(port) = Path::new(port).canonicalize() else { return Vec::new() };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers
        .filter(|process| *process != std::process::id() && has_open(*process, &port))
        .map(|process| Holder { process, program: program_name(process) })
        .collect()
}

fn has_open(process: u32, port: &Path) -> bool {
    // Other users' processes cannot be looked into, and any process may be gone by now.
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|file| file == port)
}

fn program_name(process: u32) -> String {
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    name.trim_end().to_owned()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn the_program_that_has_a_file_open_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        assert_eq!(holders(path), []);
        let input = Stdio::from(std::fs::File::open(path).unwrap());
        let mut reader = Command::new("sleep").arg("60").stdin(input).spawn().unwrap();
        let found = holders(path);
        reader.kill().unwrap();
        reader.wait().unwrap();
        assert_eq!(found, [Holder { process: reader.id(), program: "sleep".to_owned() }]);
        assert_eq!(holders("/nonexistent/tty"), []);
    }
}
