//! Working on devices without a terminal: what may run in a thread for each of several devices.

use super::{DeviceLock, Target, buttons};
use crate::{
    clock::Clock,
    commands::{CommandError, CommandResult, Kind},
    dfu::Dfu,
    platform::{ControlRequests, Platform},
    usb::{
        AttachedDevice, Bus, UsbError,
        control::{ControlChannel, ControlError, Order, messages::DeviceMode},
        discover_where,
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// How long a device may take to come back after a restart.
pub(super) const RESTART_LIMIT: Duration = Duration::from_secs(60);
/// The shortest such time, however much pauses are shortened.
const SHORTEST_LIMIT: Duration = Duration::from_secs(5);
/// Pause between two looks at the bus or at a device's mode.
const POLL_PAUSE: Duration = Duration::from_millis(500);

/// What device operations need: the buses and the clock.
#[derive(Clone)]
pub struct Operator {
    buses: Vec<Arc<dyn Bus>>,
    clock: Clock,
}

impl Operator {
    /// An operator for the devices on `buses`.
    pub fn new(buses: &[Arc<dyn Bus>], clock: &Clock) -> Self {
        Self { buses: buses.to_vec(), clock: clock.clone() }
    }

    /// The clock that device operations wait by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Takes the device for this process.
    pub fn lock(&self, target: &Target) -> CommandResult<DeviceLock> {
        DeviceLock::acquire(target)
    }

    /// Opens a device for control requests.
    pub fn control(&self, device: &AttachedDevice) -> Result<ControlChannel, ControlError> {
        ControlChannel::open(device.open()?, device.platform, &self.clock)
    }

    /// Opens the bootloader of a device in DFU mode.
    pub fn dfu(&self, target: &Target) -> CommandResult<Dfu> {
        let layout = target.platform().flash.ok_or_else(|| without_dfu(target))?;
        Ok(Dfu::open(target.attached.open()?, &self.clock, layout)?)
    }

    /// Gives an order to a running device; where the firmware does not know it, the error says what to do by hand.
    pub fn order(&self, target: &Target, order: Order) -> CommandResult {
        self.try_order(target, order).map_err(|error| explain(error, target.platform(), order))
    }

    /// Gives an order to a running device.
    pub(super) fn try_order(&self, target: &Target, order: Order) -> Result<(), ControlError> {
        self.control(&target.attached)?.order(order)
    }

    /// Puts a running device into DFU mode and waits until it is there. A device that is in DFU mode stays so.
    pub fn enter_dfu(&self, target: &Target) -> CommandResult<Target> {
        if target.attached.dfu {
            return Ok(target.clone());
        }
        target.platform().flash.ok_or_else(|| without_dfu(target))?;
        self.order(target, Order::EnterDfu)?;
        self.await_mode(target, true, RESTART_LIMIT)
    }

    /// Puts a running device into listening mode and waits until it says that it is.
    pub fn start_listening(&self, target: &Target) -> CommandResult {
        self.order(target, Order::StartListening)?;
        let deadline = self.deadline(RESTART_LIMIT);
        let mut channel = self.control(&target.attached)?;
        // Firmware that cannot tell its mode has obeyed as far as can be known.
        while channel.device_mode()?.is_some_and(|mode| mode != DeviceMode::Listening) {
            if Instant::now() >= deadline {
                return Err(ControlError::Timeout.into());
            }
            self.clock.pause(POLL_PAUSE)?;
        }
        Ok(())
    }

    /// Waits until the device is attached in the mode asked for: DFU, or running its firmware.
    ///
    /// The limit is shortened as pauses are, since it is the device's restart that is waited for.
    pub fn await_mode(&self, target: &Target, dfu: bool, limit: Duration) -> CommandResult<Target> {
        let deadline = self.deadline(limit);
        let mut last_failure = None;
        while Instant::now() < deadline {
            match self.find(target, dfu) {
                Ok(Some(attached)) => return Ok(Target { id: target.id.clone(), attached }),
                Ok(None) => {}
                Err(error) => last_failure = Some(error),
            }
            self.clock.pause(POLL_PAUSE)?;
        }
        Err(did_not_come_back(target, last_failure))
    }

    /// Looks for the device once, in the mode asked for; other modes and platforms are not touched.
    fn find(&self, target: &Target, dfu: bool) -> Result<Option<AttachedDevice>, UsbError> {
        let devices = discover_where(&self.buses, |identity| {
            identity.platform.id == target.platform().id && identity.dfu == dfu
        })?;
        Ok(devices.into_iter().find(|device| device.id() == Some(&target.id)))
    }

    fn deadline(&self, limit: Duration) -> Instant {
        Instant::now() + self.clock.scaled(limit).max(SHORTEST_LIMIT)
    }
}

/// Says how to do by hand what the firmware cannot be ordered to do.
fn explain(error: ControlError, platform: &Platform, order: Order) -> CommandError {
    let by_hand = match order {
        Order::Reset => buttons::reset_instructions(platform),
        Order::EnterDfu => buttons::dfu_instructions(platform),
        Order::EnterSafeMode => buttons::safe_mode_instructions(platform),
        Order::StartListening => buttons::listening_instructions(platform),
        Order::StopListening => buttons::reset_instructions(platform),
    };
    if !error.is_not_supported() {
        return error.into();
    }
    let message = format!("the firmware of this {} does not know this command", platform.display_name);
    let error = CommandError::new(Kind::Device, message).hint(by_hand);
    match platform.control_requests {
        ControlRequests::No => error,
        ControlRequests::Since(..) => error.hint("`particle update` brings the firmware up to date"),
    }
}

fn without_dfu(target: &Target) -> CommandError {
    CommandError::new(Kind::WrongMode, format!("a {} has no DFU mode", target.platform().display_name))
}

fn did_not_come_back(target: &Target, failure: Option<UsbError>) -> CommandError {
    let reason = failure.map(|error| format!(": {error}")).unwrap_or_default();
    let message = format!("Unable to reconnect to the device {}{reason}", target.id);
    let error = CommandError::new(Kind::NoDevice, message);
    let bus = &target.attached.bus;
    if bus.is_remote() {
        error.hint(format!(
            "a USB/IP host may stop exporting a device that restarts: if {} does not list it any more, run \
             `usbip bind --busid={}` there and try again",
            bus.name(),
            target.attached.address
        ))
    } else {
        error.hint("look whether the cable is plugged in, and try again")
    }
}
