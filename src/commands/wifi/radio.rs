//! The Wi-Fi of one attached device, as control requests reach it.

use crate::{
    clock::Clock,
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{DeviceLock, Filter, Operator, Target, select},
    },
    platform::{DeviceId, Generation, Platform},
    ui::Ui,
    usb::control::{
        ControlChannel, ControlError, Order, ResultCode,
        messages::{DeviceMode, ScannedNetwork, WifiNetwork},
    },
};
use std::time::Duration;

/// How often a request is made before it counts as failed.
const TRIES: usize = 3;
/// Pause between two tries.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// An attached device with Wi-Fi that takes control requests for it.
pub struct Radio<'a> {
    ui: &'a Ui,
    clock: Clock,
    operator: Operator,
    target: Target,
    _lock: DeviceLock,
}

/// Fails for boards without Wi-Fi.
pub fn require_wifi(platform: &Platform) -> CommandResult {
    if platform.radio.wifi {
        return Ok(());
    }
    let message = format!("The device does not support Wi-Fi: it is {}", platform.with_article());
    Err(CommandError::new(Kind::Device, message))
}

impl<'a> Radio<'a> {
    /// Chooses the device and checks that its Wi-Fi can be reached in this way.
    pub fn choose(context: &Context<'a>, device: Option<&str>) -> CommandResult<Self> {
        let target = select(context, device, Filter::Any)?;
        require_wifi(target.platform())?;
        if target.platform().generation < Generation::Three {
            let name = target.platform().display_name;
            let message =
                format!("the wifi commands are not supported on this device ({} / {name})", target.id);
            return Err(CommandError::new(Kind::Device, message).hint("use `particle serial wifi`"));
        }
        Self::of(context, target)
    }

    /// The Wi-Fi of a device that was chosen already.
    pub fn of(context: &Context<'a>, target: Target) -> CommandResult<Self> {
        target.refuse_in_dfu()?;
        let operator = Operator::new(context.buses()?, &context.clock);
        let lock = operator.lock(&target)?;
        Ok(Self { ui: context.ui, clock: context.clock.clone(), operator, target, _lock: lock })
    }

    /// The device.
    pub fn device(&self) -> &DeviceId {
        &self.target.id
    }

    /// Makes a request, again if it fails in a way that may pass. `action` is what was to be done, such as `list Wi-Fi
    /// networks`.
    pub fn perform<T>(
        &self,
        action: &str,
        request: impl Fn(&mut ControlChannel) -> Result<T, ControlError>,
    ) -> CommandResult<T> {
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome =
                self.operator.control(&self.target.attached).and_then(|mut channel| request(&mut channel));
            match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) if tries == TRIES || is_final(&error) => return Err(failure(action, error)),
                Err(error) => {
                    self.ui.verbose(1, format!("Unable to {action}: {error}; trying again"));
                    self.clock.pause(RETRY_PAUSE)?;
                }
            }
        }
    }

    /// The access points that the device hears, strongest first; hidden ones are left out.
    pub fn scan(&self) -> CommandResult<Vec<ScannedNetwork>> {
        let mut found = {
            let _progress = self.ui.spinner("Scanning for Wi-Fi networks");
            self.perform("scan for Wi-Fi networks", ControlChannel::scan_wifi)?
        };
        found.retain(|network| !network.ssid.is_empty());
        found.sort_by_key(|network| -network.rssi);
        Ok(found)
    }

    /// Joins a network, and lets the device leave listening mode.
    ///
    /// A hidden network is stored first where the firmware can: some firmware takes what it hears of a network for
    /// granted, and of a hidden one it hears nothing.
    pub fn join(&self, network: &WifiNetwork) -> CommandResult {
        let _progress = self.ui.spinner(format!("Joining Wi-Fi network '{}'", network.ssid));
        let listening = self.is_listening();
        self.perform("join Wi-Fi network", |channel| match network.hidden {
            false => channel.join_wifi(network),
            true => match channel.keep_wifi(network) {
                Ok(()) => channel.join_known_wifi(&network.ssid),
                Err(error) if error.is_not_supported() => channel.join_wifi(network),
                Err(error) => Err(error),
            },
        })?;
        self.leave_listening_mode(listening);
        Ok(())
    }

    /// Joins a network that the device knows, and lets the device leave listening mode.
    pub fn join_known(&self, ssid: &str) -> CommandResult {
        let _progress = self.ui.spinner(format!("Joining a known Wi-Fi network '{ssid}'"));
        let listening = self.is_listening();
        self.perform("join a known Wi-Fi network", |channel| channel.join_known_wifi(ssid))?;
        self.leave_listening_mode(listening);
        Ok(())
    }

    fn is_listening(&self) -> bool {
        let mode = self.operator.control(&self.target.attached).and_then(|mut channel| channel.device_mode());
        matches!(mode, Ok(Some(DeviceMode::Listening)))
    }

    /// A device stays in listening mode after it has joined a network.
    fn leave_listening_mode(&self, listening: bool) {
        if !listening {
            return;
        }
        self.ui.note("Exiting listening mode...");
        let left = self.operator.order(&self.target, Order::StopListening);
        if let Err(error) = left {
            // What was asked for is done; a reset helps, too.
            self.ui.warn(format!("the device is still in listening mode: {}", error.message()));
        }
    }
}

/// Whether trying again is of no use.
fn is_final(error: &ControlError) -> bool {
    match error {
        ControlError::Refused(code) => matches!(
            *code,
            ResultCode::NOT_SUPPORTED
                | ResultCode::NOT_ALLOWED
                | ResultCode::INVALID_STATE
                | ResultCode::INVALID_ARGUMENT
                | ResultCode::PROTECTED
        ),
        ControlError::Unsupported | ControlError::TooLong(_) | ControlError::Stopped(_) => true,
        _ => false,
    }
}

/// What failed, and what to do next.
fn failure(action: &str, error: ControlError) -> CommandError {
    let joining = action.starts_with("join");
    let hint = match error {
        ControlError::Refused(ResultCode::NOT_FOUND | ResultCode::INVALID_STATE) if joining => Some(
            "check the name and the password, and whether the network is in range; a device that is not in any \
                  network has to be told of a hidden one with `particle wifi add`",
        ),
        ControlError::Refused(ResultCode::INVALID_ARGUMENT) | ControlError::Timeout if joining => {
            Some("check the name and the password of the network")
        }
        _ => None,
    };
    let error = if error.is_not_supported() {
        CommandError::caused_by(Kind::Device, error)
            .hint("Device OS 6.2.0 and later has all of the wifi commands; `particle serial wifi` works on every version")
    } else {
        error.into()
    };
    let error = error.context(format!("Unable to {action}"));
    hint.into_iter().fold(error, CommandError::hint)
}
