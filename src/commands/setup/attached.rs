//! Devices on the cable that are set up in another way.

use super::report::Notice;
use crate::{
    commands::{CommandResult, Context, serial::port},
    platform::{Generation, Platform},
    serial::SerialDevice,
};

/// What to do with the device that is attached; `None` where it may be set up over its own network, or where nothing
/// that is known is attached.
pub(super) fn advice(context: &Context<'_>) -> CommandResult<Option<Notice>> {
    let ports = {
        let _spinner = context.ui.spinner("Now to find your device(s)...");
        port::list(context)?
    };
    let known = |port: SerialDevice| Some((port.platform?, port));
    let mut devices: Vec<_> = ports.into_iter().filter_map(known).collect();
    if devices.iter().any(|(platform, _)| platform.has_softap()) {
        return Ok(None);
    }
    if devices.len() > 1 {
        context.ui.note("NOTICE: several devices are connected via USB; this is about the first of them.");
    }
    devices.truncate(1);
    let Some((platform, port)) = devices.pop() else {
        context.ui.note("No devices detected via USB.");
        return Ok(None);
    };
    context.ui.note(format!("> I have detected a {} connected via USB.", platform.display_name));
    let id = port.id.as_ref().map_or("DEVICE_ID", |id| id.as_str());
    let advice = steps(platform, id);
    Ok(Some(Notice { device: port.id, platform: platform.name, advice }))
}

fn steps(platform: &Platform, id: &str) -> Vec<String> {
    let name = platform.display_name;
    let claim = format!("Once its light breathes cyan: particle device add {id}");
    if platform.radio.cellular {
        return vec![
            format!("{name}(s) cannot be setup via the CLI."),
            "Go to https://setup.particle.io on your phone or computer, or use the mobile apps.".to_owned(),
        ];
    }
    if !platform.radio.wifi {
        return vec![format!("{name}(s) have no Wi-Fi to set up."), claim];
    }
    let network = match platform.generation {
        Generation::One | Generation::Two => "particle serial wifi",
        _ => "particle wifi add",
    };
    vec![
        format!("A {name} is set up over USB, in two steps."),
        format!("Give it your Wi-Fi network: {network}"),
        claim,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_board_is_told_its_own_way() {
        for (platform, words) in [
            ("core", "particle serial wifi"),
            ("electron", "https://setup.particle.io"),
            ("boron", "https://setup.particle.io"),
            ("argon", "particle wifi add"),
            ("p2", "particle wifi add"),
            ("xenon", "no Wi-Fi"),
        ] {
            let text = steps(Platform::by_name(platform).unwrap(), "0123").join("\n");
            assert!(text.contains(words), "{platform}: {text}");
        }
    }
}
