//! Where a module goes, and how it gets there.

use super::{Image, PlanError, error::name};
use crate::{
    firmware::ModuleFunction,
    platform::{Anchor, ApplicationPlace, FactoryImage, FirmwareLayout, Platform, Route, Span},
};

/// The alternate setting of the DFU interface that reaches the processor's own flash.
pub(super) const INTERNAL_FLASH: u8 = 0;

/// How a module gets to where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// The bootloader writes it.
    Dfu { alternate: u8, address: u32 },
    /// It is a bootloader: the system puts it in its place when it starts, or takes it by control request.
    Staged,
    /// The running system takes it.
    ControlRequest,
}

/// Where a module goes on a board. Its size and address are those of a place in the table of platforms, or it goes
/// nowhere.
pub(super) fn destination(platform: &Platform, image: &Image) -> Result<Destination, PlanError> {
    let wrong_place =
        |what: String, address| PlanError::WrongPlace { file: image.name.clone(), what, address };
    let Some(layout) = platform.firmware else {
        return Err(PlanError::NoPlace(image.name.clone()));
    };
    let Some(prefix) = image.prefix else {
        return application_without_information(layout, image);
    };
    if prefix.function == ModuleFunction::Asset {
        return layout
            .assets
            .map(|_| Destination::ControlRequest)
            .ok_or_else(|| wrong_place(name(prefix.function, 0), prefix.start));
    }
    if let Some(place) = layout.system_module(prefix.function, prefix.index) {
        let room = |anchor: &Anchor| span(*anchor, place.max_size);
        fits(image, place.max_size)?;
        return match place.route {
            Route::ControlRequest => Ok(Destination::ControlRequest),
            Route::Staged => Ok(Destination::Staged),
            Route::Dfu if place.anchors.iter().any(|anchor| starts_at(image, room(anchor), *anchor)) => {
                by_dfu(image, prefix.start)
            }
            Route::Dfu => Err(wrong_place(name(prefix.function, prefix.index), prefix.start)),
        };
    }
    let is_meant = |place: &ApplicationPlace| {
        let function = if place.monolithic { ModuleFunction::Monolithic } else { ModuleFunction::UserPart };
        function == prefix.function
            && (place.monolithic || place.index == prefix.index)
            && starts_at(image, span(place.anchor, u32::MAX), place.anchor)
    };
    if let Some(place) = layout.applications().find(is_meant) {
        fits(image, place.max_size)?;
        return by_dfu(image, prefix.start);
    }
    if prefix.function == ModuleFunction::Monolithic
        && let Some(room) = monolithic_rooms(layout).find(|room| room.start == prefix.start)
    {
        fits(image, room.end - room.start)?;
        return by_dfu(image, prefix.start);
    }
    Err(wrong_place(name(prefix.function, prefix.index), prefix.start))
}

/// Where the application for a factory reset goes.
pub(super) fn factory(platform: &Platform, image: &Image) -> Result<Destination, PlanError> {
    let layout = platform.firmware.ok_or(PlanError::NoFactoryImage)?;
    let FactoryImage { alternate, address, max_size } = layout.factory.ok_or(PlanError::NoFactoryImage)?;
    let is_application = match image.function() {
        None | Some(ModuleFunction::Monolithic) => layout.application.monolithic,
        function => function == Some(ModuleFunction::UserPart),
    };
    if !is_application {
        return Err(PlanError::NotForFactory(image.name.clone()));
    }
    // It has to be one that could be the application.
    destination(platform, image)?;
    fits(image, max_size)?;
    Ok(Destination::Dfu { alternate, address })
}

/// An application that says nothing of itself, as the first ones for the Core.
fn application_without_information(layout: &FirmwareLayout, image: &Image) -> Result<Destination, PlanError> {
    match layout.application {
        ApplicationPlace { monolithic: true, anchor: Anchor::Start(address), max_size, .. } => {
            fits(image, max_size)?;
            by_dfu(image, address)
        }
        _ => Err(PlanError::NoPlace(image.name.clone())),
    }
}

/// Where system and application lie together, on boards where they are modules of their own: from the first part of
/// the system to the end of the application.
fn monolithic_rooms(layout: &'static FirmwareLayout) -> impl Iterator<Item = Span> {
    let end = span(layout.application.anchor, layout.application.max_size).end;
    let system = layout.system_module(ModuleFunction::SystemPart, 1);
    let anchors = system.map_or(&[][..], |place| place.anchors);
    anchors.iter().map(move |anchor| Span { start: span(*anchor, 0).start, end })
}

fn by_dfu(image: &Image, address: u32) -> Result<Destination, PlanError> {
    if image.is_packed() {
        return Err(PlanError::NotForDfu(image.name.clone()));
    }
    Ok(Destination::Dfu { alternate: INTERNAL_FLASH, address })
}

/// The addresses of a place.
fn span(anchor: Anchor, size: u32) -> Span {
    match anchor {
        Anchor::Start(start) => Span { start, end: start.saturating_add(size) },
        Anchor::End(end) => Span { start: end.saturating_sub(size), end },
    }
}

/// Whether a module lies at the fixed end of a place, and within it.
fn starts_at(image: &Image, room: Span, anchor: Anchor) -> bool {
    let Some(prefix) = image.prefix else { return false };
    let length = image.contents().len();
    let anchored = match anchor {
        Anchor::Start(start) => prefix.start == start,
        Anchor::End(end) => u64::from(prefix.start) + length as u64 == u64::from(end),
    };
    anchored && (room.holds(prefix.start, length) || matches!(anchor, Anchor::Start(_)))
}

fn fits(image: &Image, room: u32) -> Result<(), PlanError> {
    let size = image.contents().len();
    if u32::try_from(size).is_ok_and(|size| size <= room) {
        return Ok(());
    }
    Err(PlanError::TooLarge { file: image.name.clone(), size, room })
}
