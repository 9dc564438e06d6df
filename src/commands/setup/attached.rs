//! What is on the cable, and whether it is set up over it.

use super::report::Notice;
use crate::{
    commands::{
        CommandResult, Context,
        serial::subject::{self, Subject, SubjectArgs},
    },
    platform::{Generation, Platform},
};

/// What is on the cable.
pub(super) enum Attached {
    /// Nothing that is known.
    Nothing,
    /// A device that this command sets up.
    Here(Box<Subject>),
    /// One that is set up in another way.
    Elsewhere(Notice),
}

/// Finds the device that was named, or else the only one that this command sets up, or that a person chooses of several.
pub(super) fn find(context: &Context<'_>, args: &SubjectArgs) -> CommandResult<Attached> {
    let found = match args.is_given() {
        true => Some(subject::choose(context, args)?),
        false => unnamed(context)?,
    };
    let Some(subject) = found else {
        context.ui.note("No devices detected via USB.");
        return Ok(Attached::Nothing);
    };
    // Of a port that was typed nothing is known: its console has to do.
    let Some(platform) = subject.platform() else { return Ok(Attached::Here(Box::new(subject))) };
    context.ui.note(format!("> I have detected {} connected via USB.", platform.with_article()));
    if is_set_up_here(platform) {
        return Ok(Attached::Here(Box::new(subject)));
    }
    let id = subject.id().map_or("DEVICE_ID", |id| id.as_str());
    let advice = steps(platform, id);
    Ok(Attached::Elsewhere(Notice { device: subject.id().cloned(), platform: platform.name, advice }))
}

fn unnamed(context: &Context<'_>) -> CommandResult<Option<Subject>> {
    let candidates = {
        let _spinner = context.ui.spinner("Now to find your device(s)...");
        subject::candidates(context)?
    };
    let here = |subject: &Subject| subject.platform().is_some_and(is_set_up_here);
    let (here, elsewhere): (Vec<_>, Vec<_>) = candidates.into_iter().partition(here);
    if !here.is_empty() {
        return subject::one_of(context, here);
    }
    if elsewhere.len() > 1 {
        context.ui.note("NOTICE: several devices are connected via USB; this is about the first of them.");
    }
    Ok(elsewhere.into_iter().find(|subject| subject.platform().is_some()))
}

fn is_set_up_here(platform: &Platform) -> bool {
    platform.radio.wifi && platform.generation <= Generation::Two
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
    vec![
        format!("A {name} is set up over USB, in two steps."),
        "Give it your Wi-Fi network: particle wifi add".to_owned(),
        claim,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_kind_of_board_is_told_its_own_way() {
        for (platform, words) in [
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
