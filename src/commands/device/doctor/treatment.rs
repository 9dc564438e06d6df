//! Healing a device, step by step.

use super::{
    application::{self, Order},
    configuration, firmware,
    step::Step,
};
use crate::{
    commands::{
        CommandError, CommandResult, Context, Kind,
        attached::{Filter, Operator, Target, select},
        keys, serial,
    },
    platform::{ConfigurationField, DeviceId, Generation, Platform},
    usb::control::{REQUEST_LIMIT, RequestType},
};
use std::path::Path;

const CONTINUE: &str = "Continue";
const SKIP: &str = "Skip step";
const EXIT: &str = "Exit";

/// A device that is being healed.
pub(super) struct Treatment<'a, 'c> {
    context: &'a Context<'c>,
    id: DeviceId,
    platform: &'static Platform,
    /// Whether the cloud takes the person for its owner.
    yours: bool,
    /// File with the credentials of a Wi-Fi network.
    wifi_file: Option<&'a Path>,
    /// Whether the Device Doctor application is on the device.
    has_application: bool,
}

/// What a person wants of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Continue,
    Skip,
    Exit,
}

impl<'a, 'c> Treatment<'a, 'c> {
    pub(super) fn new(
        context: &'a Context<'c>,
        target: &Target,
        yours: bool,
        wifi_file: Option<&'a Path>,
    ) -> Self {
        let (id, platform) = (target.id.clone(), target.platform());
        Self { context, id, platform, yours, wifi_file, has_application: false }
    }

    /// Goes through the steps for this kind of device, but for those that are left out. False if a person ended it.
    pub(super) fn go_through(&mut self, left_out: &[Step]) -> CommandResult<bool> {
        for step in Step::of(self.platform).filter(|step| !left_out.contains(step)) {
            self.context.ui.line(format!("\n{}", step.title()))?;
            self.context.ui.note(step.explanation());
            match self.ask()? {
                Wish::Continue => self.carry_out(step).map_err(|error| failed(step, error))?,
                Wish::Skip => {}
                Wish::Exit => return Ok(false),
            }
        }
        Ok(true)
    }

    fn ask(&self) -> CommandResult<Wish> {
        if self.context.ui.options().assume_yes {
            return Ok(Wish::Continue);
        }
        let wishes = [CONTINUE, SKIP, EXIT].map(str::to_owned);
        Ok(match self.context.ui.choose("How would you like to proceed?", &wishes, "--yes")? {
            0 => Wish::Continue,
            1 => Wish::Skip,
            _ => Wish::Exit,
        })
    }

    fn carry_out(&mut self, step: Step) -> CommandResult {
        let context = self.context;
        match step {
            Step::System => firmware::update(context, &self.target()?),
            Step::Cc3000 => self.patch_wifi_module(),
            Step::Antenna => self.erase(ConfigurationField::ANTENNA),
            Step::Ip => self.erase(ConfigurationField::IP_CONFIGURATION),
            Step::Hotspot => self.erase(ConfigurationField::ACCESS_POINT_PREFIX),
            Step::Eeprom => self.order(Order::ClearEeprom),
            Step::Wifi => self.set_up_wifi(),
            Step::Keys => self.renew_keys(),
            Step::Tinker => self.flash("tinker"),
        }
    }

    /// The device, in whichever mode the last step has left it.
    fn target(&self) -> CommandResult<Target> {
        select(self.context, Some(self.id.as_str()), Filter::WithDfu)
    }

    fn flash(&mut self, app: &str) -> CommandResult {
        self.has_application = app == application::NAME;
        firmware::give_application(self.context, &self.target()?, app)
    }

    fn erase(&self, field: ConfigurationField) -> CommandResult {
        configuration::erase(self.context, &self.target()?, field)
    }

    /// Lets the Device Doctor application do something, which is flashed first where it is not there yet.
    fn order(&mut self, order: Order) -> CommandResult {
        if !self.has_application {
            self.context.ui.note("The Device Doctor application does that on the device.");
            self.flash(application::NAME)?;
        }
        let operator = Operator::new(self.context.buses()?, &self.context.clock);
        let target = operator.await_running(&self.target()?)?;
        application::give(self.context, &target, order)
    }

    /// With a key that the cloud does not take, a device that works would not any more.
    fn renew_keys(&self) -> CommandResult {
        let context = self.context;
        if !self.yours {
            context.ui.note("The device is not yours, and the cloud takes its key from its owner alone.");
            if context.ui.confirm("Skip resetting keys?", true, "--yes")? {
                return Ok(());
            }
        }
        keys::server::restore(context, &self.id)?;
        keys::doctor::renew(context, &self.id)
    }

    fn patch_wifi_module(&mut self) -> CommandResult {
        self.flash("cc3000")?;
        if self.context.ui.can_ask() && !self.context.ui.options().assume_yes {
            let question = "Press Enter when the light of the device has stopped blinking yellow";
            self.context.ui.ask(question, Some(""), "--yes")?;
        }
        Ok(())
    }

    fn set_up_wifi(&mut self) -> CommandResult {
        if self.wifi_file.is_none() && !self.context.ui.can_ask() {
            self.context.ui.note(
                "Nobody can be asked for a network, so the known ones are kept; --wifi-file names one.",
            );
            return Ok(());
        }
        if self.platform.generation >= Generation::Three {
            self.forget_networks()?;
        } else {
            self.order(Order::ClearWifi)?;
        }
        serial::wifi::give_network(self.context, &self.id, self.wifi_file)
    }

    fn forget_networks(&self) -> CommandResult {
        let operator = Operator::new(self.context.buses()?, &self.context.clock);
        let target = operator.await_running(&self.target()?)?;
        let cleared = operator.control(&target.attached).and_then(|mut channel| {
            channel.request(RequestType::WIFI_CLEAR_KNOWN_NETWORKS, &[], REQUEST_LIMIT)
        });
        match cleared {
            Ok(_) => Ok(()),
            // The oldest firmware forgets a network when it is told another one.
            Err(error) if error.is_not_supported() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn failed(step: Step, error: CommandError) -> CommandError {
    if matches!(error.kind(), Kind::Interrupted | Kind::Timeout) {
        return error;
    }
    let name = step.name();
    error.context(step.title()).hint(format!("`particle device doctor --skip {name}` leaves this step out"))
}
