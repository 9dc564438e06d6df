//! `particle mesh add`

use super::{
    device::MeshDevice,
    membership::{NetworkReport, confirm, end, record, record_if_claimed},
    password,
};
use crate::{
    cloud::{Device, Network, Session},
    commands::{CommandError, CommandResult, Context, Kind},
    secret::Secret,
    ui::{Page, Report},
    usb::control::{
        ControlChannel, ControlError, REQUEST_LIMIT, RequestType, ResultCode,
        mesh::NetworkPassword,
        messages::{SetClaimCode, SetSetupDone},
    },
};
use serde::Serialize;

const LEAVE_QUESTION: &str = "The device is already a member of another network. Do you want to remove it from that \
                              network and proceed?";

/// Add a device to the network of another one
///
/// Both devices have to be on the cable. The new one may be nobody's: then it becomes yours.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example: particle mesh add my_xenon my_argon")]
pub struct Args {
    /// Id or name of the device that is to join the network
    #[arg(value_name = "NEW_DEVICE")]
    joiner: String,
    /// Id or name of a device in the network
    #[arg(value_name = "ASSISTING_DEVICE")]
    assistant: String,
    /// Password of the network; asked for where it is not given
    #[arg(long)]
    password: Option<Secret>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    device: String,
    network: NetworkReport,
    /// False for a device that was in the network before.
    added: bool,
    /// Whether the device became the account's.
    claimed: bool,
}

impl Report for Added {
    fn render(&self, page: &mut Page) {
        page.line(match self.added {
            true => "Done! The device should now connect to the cloud.",
            false => "The device is already a member of the network.",
        });
    }
}

/// Brings the device into the network.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let password = password::given(args.password.as_ref())?;
    let session = context.session()?;
    let assistant = record(context, &session, &args.assistant)?;
    let network = assistant.network.ok_or_else(not_a_member)?;
    let joiner = record_if_claimed(context, &session, &args.joiner)?;
    let former = joiner.as_ref().and_then(|joiner| joiner.network.as_ref());
    if let Some(joiner) = joiner.as_ref().filter(|_| former.is_some_and(|former| former.id == network.id)) {
        let (device, network) = (joiner.id.clone(), network.into());
        return Ok(context.ui.report(&Added { device, network, added: false, claimed: false })?);
    }
    let mut meeting = Meeting {
        context,
        session: &session,
        assistant: MeshDevice::open(context, &assistant.id)?,
        joiner: MeshDevice::open(context, joiner.as_ref().map_or(&args.joiner, |joiner| &joiner.id))?,
        network: &network,
    };
    if former.is_some() {
        confirm(context, LEAVE_QUESTION)?;
    }
    let password = match password {
        Some(password) => password,
        None => password::ask(context)?,
    };
    meeting.prepare(&password)?;
    let outcome = meeting.admit(joiner.as_ref());
    meeting.conclude();
    outcome?;
    let device = meeting.joiner.id().to_string();
    Ok(context.ui.report(&Added {
        device,
        network: network.into(),
        added: true,
        claimed: joiner.is_none(),
    })?)
}

/// A device that joins a network, and one that is in it and lets it in.
struct Meeting<'m, 'c> {
    context: &'m Context<'c>,
    session: &'m Session<'m>,
    assistant: MeshDevice,
    joiner: MeshDevice,
    network: &'m Network,
}

impl Meeting<'_, '_> {
    /// Makes the assisting device a commissioner. Nothing else has been changed before.
    fn prepare(&mut self, password: &NetworkPassword) -> CommandResult {
        let _progress = self.context.ui.spinner("Preparing the assisting device...");
        let network = self.assistant.ask(ControlChannel::mesh_network)?.ok_or_else(|| {
            not_a_member().hint(format!(
                "the cloud takes it for a member of {}: `particle mesh remove {}` makes that end",
                self.context.ui.foreign(&self.network.name),
                self.assistant.id()
            ))
        })?;
        if network.network_id != self.network.id {
            let message = format!(
                "The assisting device is a member of {}, but the cloud takes it for one of {}",
                network.name, self.network.name
            );
            return Err(CommandError::new(Kind::Failed, message));
        }
        self.assistant.ask_or(|channel| channel.authenticate_for_mesh(password), refusal_of_password)?;
        self.assistant.ask(ControlChannel::start_commissioner)
    }

    /// Does everything that makes the joiner a member. `record` is what the cloud tells of it if it is the account's.
    fn admit(&mut self, record: Option<&Device>) -> CommandResult {
        if record.is_some_and(|record| record.network.is_some()) {
            end(self.context, self.session, &mut self.joiner)?;
        }
        self.register(record.is_none())?;
        self.join().map_err(|error| self.take_back(error, record.is_some()))?;
        if record.is_none() {
            self.claim().map_err(|error| {
                let hint =
                    format!("once it is online, `particle device add {}` makes it yours", self.joiner.id());
                error.context("The device has joined the network, but was not claimed").hint(hint)
            })?;
        }
        self.joiner.stop_listening().map_err(|error| error.context("The device has joined the network"))
    }

    fn register(&mut self, unclaimed: bool) -> CommandResult {
        let _progress = self.context.ui.spinner("Registering the device with the cloud...");
        let (networks, id) = (self.session.networks(), self.joiner.id().as_str());
        self.context
            .block_on(async {
                // What is nobody's may still stand in the network of whoever had it before.
                if unclaimed {
                    networks.remove_device_from_any(id).await?;
                }
                networks.add_device(&self.network.id, id).await
            })
            .map_err(|error| error.context("Unable to register the device"))
    }

    fn join(&mut self) -> CommandResult {
        let _progress = self.context.ui.spinner("Adding the device to the network...");
        let assistant = &mut self.assistant;
        self.joiner.in_listening_mode(|joiner| {
            let network = assistant.ask(ControlChannel::mesh_network)?.ok_or_else(not_a_member)?;
            let admission = joiner.ask(|channel| channel.prepare_joiner(network))?;
            assistant.ask(|channel| channel.add_joiner(admission))?;
            joiner.ask_or(ControlChannel::join_mesh_network, refusal_to_meet)
        })
    }

    /// Undoes the registration of a device that did not join.
    fn take_back(&self, error: CommandError, is_ours: bool) -> CommandError {
        let (networks, id) = (self.session.networks(), self.joiner.id().as_str());
        let error = error.context("Unable to join the network");
        match self.context.block_on(networks.remove_device(&self.network.id, id)) {
            Ok(()) => {
                error.hint("the registration was taken back from the cloud; type the same command again")
            }
            Err(problem) => {
                let error = error
                    .hint(format!("the cloud takes it for a member all the same: {}", problem.message()));
                match is_ours {
                    true => {
                        error.hint(format!("`particle mesh remove {id}`, then type the same command again"))
                    }
                    false => error.hint("type the same command again"),
                }
            }
        }
    }

    fn claim(&mut self) -> CommandResult {
        let _progress = self.context.ui.spinner("Claiming the device to your account...");
        let code = self.context.block_on(self.session.device_claims().create())?;
        let code = SetClaimCode { code: code.expose().to_owned() };
        self.joiner.ask(|channel| channel.call::<()>(RequestType::SET_CLAIM_CODE, &code, REQUEST_LIMIT))?;
        let done = SetSetupDone { done: true };
        self.joiner.ask(|channel| channel.call::<()>(RequestType::SET_SETUP_DONE, &done, REQUEST_LIMIT))
    }

    /// Lets the assisting device admit nobody any more.
    fn conclude(&mut self) {
        if let Err(error) = self.assistant.ask(ControlChannel::stop_commissioner) {
            let ui = self.context.ui;
            ui.warn(format!("the assisting device admits devices for ten minutes more: {}", error.message()));
        }
    }
}

fn not_a_member() -> CommandError {
    CommandError::new(Kind::Failed, "The assisting device is not a member of any mesh network")
        .hint("`particle mesh create` makes a network, which is there once its device is online")
}

fn refusal_of_password(error: ControlError) -> CommandError {
    match error {
        ControlError::Refused(ResultCode::NOT_ALLOWED) => {
            CommandError::new(Kind::Device, "This is not the password of the network")
        }
        error => error.into(),
    }
}

fn refusal_to_meet(error: ControlError) -> CommandError {
    match error {
        ControlError::Refused(ResultCode::NOT_FOUND) => {
            CommandError::new(Kind::Device, "the device does not find the assisting device")
                .hint("bring the two devices closer together")
        }
        ControlError::Refused(ResultCode::NOT_ALLOWED) => {
            CommandError::new(Kind::Device, "the assisting device does not let the device in")
        }
        error => error.into(),
    }
}
