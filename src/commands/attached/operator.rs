//! Working on devices without a terminal: what may run in a thread for each of several devices.

use super::{DeviceLock, Target, buttons};
use crate::{
    clock::Clock,
    commands::{CommandError, CommandResult, Kind},
    dfu::Dfu,
    platform::{ControlRequests, Platform},
    serial::{BaudTouch, SerialDevice, system_ports},
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

/// How long a device may take to enter listening mode.
const LISTENING_LIMIT: Duration = Duration::from_secs(60);
/// The shortest time a device is given, however much pauses are shortened.
const SHORTEST_LIMIT: Duration = Duration::from_secs(5);
/// How long a device that restarts may take to leave its bus.
const DEPARTURE_LIMIT: Duration = Duration::from_secs(2);
/// Pause between two looks whether it has left.
const DEPARTURE_PAUSE: Duration = Duration::from_millis(100);
/// Pause between two looks at the bus or at a device's mode.
const POLL_PAUSE: Duration = Duration::from_millis(500);

/// What came of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The device has understood.
    Obeyed,
    /// Its serial port was opened at the speed that means the order; whether it heeds that is seen by what it does.
    Touched,
    /// The firmware knows no such order.
    NotUnderstood,
    /// The device does not answer.
    Silence,
}

/// What makes a device come back, and so how long that may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comeback {
    /// It was told to change its mode, and the command cannot go on without it.
    ChangeOfMode,
    /// Its serial port was opened at a speed that firmware may or may not heed.
    Touch,
    /// It was sent back to work; that it does so is seen on its light, too.
    ReturnToWork,
    /// A person presses buttons.
    ByHand,
}

impl Comeback {
    /// The device's own time is shortened as pauses are; a person's is not.
    fn limit(self, clock: &Clock) -> Duration {
        match self {
            Self::ChangeOfMode => clock.scaled(Duration::from_secs(60)).max(SHORTEST_LIMIT),
            Self::Touch => clock.scaled(Duration::from_secs(10)).max(SHORTEST_LIMIT),
            Self::ReturnToWork => clock.scaled(Duration::from_secs(15)).max(SHORTEST_LIMIT),
            Self::ByHand => Duration::from_secs(10 * 60),
        }
    }
}

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

    /// A time that the device takes, shortened as pauses are.
    pub(super) fn scaled(&self, duration: Duration) -> Duration {
        self.clock.scaled(duration)
    }

    /// Leaves the device alone for a while.
    pub(super) fn pause(&self, duration: Duration) -> CommandResult {
        Ok(self.clock.pause(duration)?)
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

    /// Gives an order to a running device; where the device does not obey, the error says what to do by hand.
    pub fn order(&self, target: &Target, order: Order) -> CommandResult {
        match self.give_order(target, order)? {
            Answer::Obeyed | Answer::Touched => Ok(()),
            Answer::NotUnderstood => Err(not_understood(target.platform(), order)),
            Answer::Silence => {
                Err(CommandError::from(ControlError::Timeout)
                    .hint(buttons::for_order(target.platform(), order)))
            }
        }
    }

    /// Gives an order to a running device by the first means its firmware knows: a control request, a raw vendor
    /// request, or the speed of its serial port.
    pub(super) fn give_order(&self, target: &Target, order: Order) -> CommandResult<Answer> {
        let outcome = self.control(&target.attached).and_then(|mut channel| channel.order(order));
        match outcome {
            Ok(()) => Ok(Answer::Obeyed),
            Err(ControlError::Timeout) => Ok(Answer::Silence),
            Err(error) if error.is_not_supported() => self.order_by_line_speed(target, order),
            Err(error) => Err(error.into()),
        }
    }

    fn order_by_line_speed(&self, target: &Target, order: Order) -> CommandResult<Answer> {
        let touch = match order {
            Order::EnterDfu => BaudTouch::Dfu,
            Order::StartListening => BaudTouch::Listening,
            Order::Reset | Order::EnterSafeMode | Order::StopListening => return Ok(Answer::NotUnderstood),
        };
        touch.give(&console_of(target)?, &self.clock)?;
        Ok(Answer::Touched)
    }

    /// Puts a running device into listening mode and waits until it says that it is.
    pub fn start_listening(&self, target: &Target) -> CommandResult {
        self.order(target, Order::StartListening)?;
        match self.control(&target.attached) {
            // Firmware that cannot tell its mode has obeyed as far as can be known.
            Err(ControlError::NoneTaken(_)) => Ok(()),
            channel => self.await_listening(&mut channel?),
        }
    }

    /// Waits until a device that was told to listen says that it does. Firmware that cannot tell its mode has obeyed as
    /// far as can be known.
    pub fn await_listening(&self, channel: &mut ControlChannel) -> CommandResult {
        let deadline = Instant::now() + self.clock.scaled(LISTENING_LIMIT).max(SHORTEST_LIMIT);
        while channel.device_mode()?.is_some_and(|mode| mode != DeviceMode::Listening) {
            if Instant::now() >= deadline {
                return Err(ControlError::Timeout.into());
            }
            self.clock.pause(POLL_PAUSE)?;
        }
        Ok(())
    }

    /// Lets a device that restarts do so, in whichever mode it comes back, so that the next command finds it. One that
    /// stays away is no failure: it has done what it was told.
    pub fn await_restart(&self, target: &Target) -> CommandResult {
        let departure = Instant::now() + self.clock.scaled(DEPARTURE_LIMIT);
        while self.is_there(target) && Instant::now() < departure {
            self.clock.pause(DEPARTURE_PAUSE)?;
        }
        let comeback = Instant::now() + Comeback::ReturnToWork.limit(&self.clock);
        while !self.is_there(target) && Instant::now() < comeback {
            self.clock.pause(POLL_PAUSE)?;
        }
        Ok(())
    }

    fn is_there(&self, target: &Target) -> bool {
        [false, true].into_iter().any(|dfu| matches!(self.find(target, dfu), Ok(Some(_))))
    }

    /// Waits until a device that is starting runs its firmware.
    pub fn await_running(&self, target: &Target) -> CommandResult<Target> {
        self.await_mode(target, false, Comeback::ReturnToWork)
    }

    /// Waits until the device is attached in the mode asked for: DFU, or running its firmware.
    pub(super) fn await_mode(&self, target: &Target, dfu: bool, comeback: Comeback) -> CommandResult<Target> {
        let deadline = Instant::now() + comeback.limit(&self.clock);
        let mut last_failure = None;
        while Instant::now() < deadline {
            match self.find(target, dfu) {
                Ok(Some(attached)) => return Ok(Target { id: target.id.clone(), attached }),
                Ok(None) => {}
                Err(error) => last_failure = Some(error),
            }
            self.clock.pause(POLL_PAUSE).map_err(|stop| {
                let hint = format!("device {} was restarting; `particle usb list` shows its mode", target.id);
                CommandError::from(stop).hint(hint)
            })?;
        }
        Err(did_not_come_back(target, last_failure))
    }

    /// Looks for the device once, in the mode asked for; other modes and platforms are not touched.
    pub fn find(&self, target: &Target, dfu: bool) -> Result<Option<AttachedDevice>, UsbError> {
        let devices = discover_where(&self.buses, |identity| {
            identity.platform.id == target.platform().id && identity.dfu == dfu
        })?;
        Ok(devices.into_iter().find(|device| device.id() == Some(&target.id)))
    }
}

/// The serial port of a running device. On this computer the operating system's own driver has it.
fn console_of(target: &Target) -> CommandResult<SerialDevice> {
    let ports = if target.attached.bus.is_remote() { Vec::new() } else { system_ports()? };
    let port = ports.into_iter().find(|port| port.id.as_ref() == Some(&target.id));
    Ok(port.unwrap_or_else(|| SerialDevice::of_attached(target.attached.clone())))
}

pub(super) fn not_understood(platform: &Platform, order: Order) -> CommandError {
    let message = format!("the firmware of this {} does not know this command", platform.display_name);
    let error = CommandError::new(Kind::Device, message).hint(buttons::for_order(platform, order));
    match platform.control_requests {
        ControlRequests::No => error,
        ControlRequests::Since(..) => error.hint("`particle update` brings the firmware up to date"),
    }
}

pub(super) fn without_dfu(target: &Target) -> CommandError {
    CommandError::new(Kind::WrongMode, format!("{} has no DFU mode", target.platform().with_article()))
}

pub(super) fn did_not_come_back(target: &Target, failure: Option<UsbError>) -> CommandError {
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
