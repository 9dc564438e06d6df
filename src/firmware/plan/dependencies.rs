//! What modules need of each other.

use super::{Image, PlanError, Subject};
use crate::firmware::{Dependency, InstalledModule, ModuleFunction, Store};

/// The modules, each behind those that it needs. Where two need each other, the one that is needed to start comes
/// first.
pub(super) fn sort(mut images: Vec<Image>) -> Vec<Image> {
    images.sort_by_key(|image| rank(image.function()));
    let mut order = Vec::with_capacity(images.len());
    let mut visited = vec![false; images.len()];
    for index in 0..images.len() {
        visit(index, &images, &mut visited, &mut order);
    }
    let mut images: Vec<Option<Image>> = images.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| images[index].take()).collect()
}

fn visit(index: usize, images: &[Image], visited: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut visited[index], true) {
        return;
    }
    for needed in needs(&images[index]) {
        if let Some(provider) = images.iter().position(|image| is(image, &needed)) {
            visit(provider, images, visited, order);
        }
    }
    order.push(index);
}

fn rank(function: Option<ModuleFunction>) -> u8 {
    match function {
        Some(ModuleFunction::Bootloader) => 0,
        Some(ModuleFunction::SystemPart) => 1,
        Some(ModuleFunction::RadioStack) => 2,
        Some(ModuleFunction::Ncp) => 3,
        Some(ModuleFunction::Asset) => 5,
        _ => 4,
    }
}

fn needs(image: &Image) -> impl Iterator<Item = Dependency> + use<> {
    image.prefix.map(|prefix| prefix.dependencies).into_iter().flatten().flatten()
}

fn is(image: &Image, needed: &Dependency) -> bool {
    image.prefix.is_some_and(|prefix| (prefix.function, prefix.index) == (needed.function, needed.index))
}

/// Fails if a module would lack what it needs: one that is flashed, or one that stays.
pub(super) fn check(subject: &Subject, images: &[Image]) -> Result<(), PlanError> {
    let Some(inventory) = &subject.inventory else { return Ok(()) };
    for image in images {
        for needed in needs(image) {
            let flashed = images.iter().find(|image| is(image, &needed)).and_then(|image| image.prefix);
            let unmet =
                flashed.map_or_else(|| subject.lacks(&needed), |prefix| prefix.version < needed.version);
            if unmet {
                let present = subject.module(needed.function, needed.index).map(|module| module.version);
                let found = flashed.map(|prefix| prefix.version).or(present);
                return Err(PlanError::Dependency { file: image.name.clone(), needed, found });
            }
        }
    }
    let stays = |module: &&InstalledModule| {
        let part = Dependency { function: module.function, index: module.index, version: 0 };
        let runs = module.function != ModuleFunction::UserPart || is_run(subject, images, module.index);
        module.store == Store::Main && runs && !images.iter().any(|image| is(image, &part))
    };
    for module in inventory.modules.iter().filter(stays) {
        for needed in &module.dependencies {
            let offered = images.iter().find(|image| is(image, needed)).and_then(|image| image.prefix);
            if let Some(prefix) = offered.filter(|prefix| prefix.version < needed.version) {
                let (dependent, needed) = ((module.function, module.index), *needed);
                return Err(PlanError::Downgrade { dependent, needed, offered: prefix.version });
            }
        }
    }
    Ok(())
}

/// Whether an application on the device is the one that is run in the end, where nothing is flashed in its own place.
fn is_run(subject: &Subject, images: &[Image], index: u8) -> bool {
    let is_application = |image: &Image| image.function() == Some(ModuleFunction::UserPart);
    !subject.passes_over(index) && !images.iter().any(is_application)
}
