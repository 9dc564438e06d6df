//! `particle mesh create`

use super::{
    device::MeshDevice,
    membership::{NetworkReport, confirm, end, record},
    password,
};
use crate::{
    cloud::{Network, Session},
    commands::{CommandError, CommandResult, Context},
    platform::DeviceId,
    secret::Secret,
    ui::{Page, Report},
    usb::control::mesh::{NetworkId, NetworkName, NetworkPassword, NewNetwork},
};
use serde::Serialize;

const LEAVE_QUESTION: &str = "This device is already a member of another network. Do you want to remove it from that \
                              network and proceed?";

/// Make a network with one device in it
///
/// The device has to be yours and on the cable. Others are added with `particle mesh add`.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example: particle mesh create office my_argon")]
pub struct Args {
    /// Name of the network, up to 16 bytes
    #[arg(value_name = "NETWORK_NAME")]
    name: NetworkName,
    /// Id or name of the device
    device: String,
    /// Password of the network, 6 to 255 bytes; asked for where it is not given
    #[arg(long)]
    password: Option<Secret>,
    /// Radio channel, 11 to 26; without it the device takes the quietest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(11..=26))]
    channel: Option<u8>,
}

#[derive(Serialize)]
struct Created {
    device: DeviceId,
    network: NetworkReport,
}

impl Report for Created {
    fn render(&self, page: &mut Page) {
        page.line("Done! The device will be registered in the network once it is connected to the cloud.");
    }
}

/// Makes the network.
pub fn run(context: &Context<'_>, args: &Args) -> CommandResult {
    let password = password::given(args.password.as_ref())?;
    let session = context.session()?;
    let record = record(context, &session, &args.device)?;
    let mut device = MeshDevice::open(context, &record.id)?;
    if record.network.is_some() {
        confirm(context, LEAVE_QUESTION)?;
    }
    let password = match password {
        Some(password) => password,
        None => password::choose(context)?,
    };
    let iccid = {
        let _progress = context.ui.spinner("Getting the ICCID...");
        device.iccid()?
    };
    if record.network.is_some() {
        end(context, &session, &mut device)?;
    }
    let network = register(context, &session, args.name.as_str(), &device, iccid.as_deref())?;
    make(context, &mut device, &network, args, &password)
        .map_err(|error| take_back(context, &session, &network, error))?;
    device.stop_listening().map_err(|error| error.context("The network was created"))?;
    let network = NetworkReport { id: network.id, name: args.name.as_str().to_owned() };
    Ok(context.ui.report(&Created { device: device.id().clone(), network })?)
}

fn register(
    context: &Context<'_>,
    session: &Session<'_>,
    name: &str,
    device: &MeshDevice,
    iccid: Option<&str>,
) -> CommandResult<Network> {
    let _progress = context.ui.spinner("Registering the network with the cloud...");
    context
        .block_on(session.networks().create(name, device.id().as_str(), iccid))
        .map_err(|error| error.context("Unable to register the network"))
}

fn make(
    context: &Context<'_>,
    device: &mut MeshDevice,
    network: &Network,
    args: &Args,
    password: &NetworkPassword,
) -> CommandResult {
    let _progress = context.ui.spinner("Creating the network...");
    let id: NetworkId = network.id.parse()?;
    let new = NewNetwork { name: &args.name, password, id: &id, channel: args.channel };
    device.in_listening_mode(|device| device.ask(|channel| channel.create_mesh_network(&new)))
}

/// Undoes the registration of a network that the device did not make.
fn take_back(
    context: &Context<'_>,
    session: &Session<'_>,
    network: &Network,
    error: CommandError,
) -> CommandError {
    let error = error.context("Unable to create the network on the device");
    match context.block_on(session.networks().delete(&network.id)) {
        Ok(()) => error.hint("the network was taken back from the cloud; type the same command again"),
        Err(problem) => error.hint(format!(
            "the cloud still keeps a place for the network ({}): {}; type the same command again",
            network.id,
            problem.message()
        )),
    }
}
