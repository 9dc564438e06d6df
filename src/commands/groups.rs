//! The list of commands and who carries each one out.

use super::{
    CommandResult, Context, binary, bundle, cloud, compile, completions, config, device, flash, function,
    keys, library, list, login, logout, man, mesh, nyan, preprocess, product, project, publish, sandbox,
    serial, setup, subscribe, token, udp, update, update_cli, usb, variable, version, webhook, whoami, wifi,
};
use clap::Subcommand;

/// Every command. A new one is a new file and a line here and in [`Context::run`].
#[allow(missing_docs, reason = "each variant is documented at its Args")]
#[derive(Debug, Subcommand)]
pub enum Command {
    Binary(binary::Args),
    Bundle(bundle::Args),
    Call(function::call::Args),
    Cloud(cloud::Args),
    Compile(compile::Args),
    Completions(completions::Args),
    #[command(visible_alias = "profile")]
    Config(config::Args),
    Device(device::Args),
    #[command(hide = true)]
    Doctor(device::doctor::Args),
    Flash(flash::Args),
    Function(function::Args),
    Get(variable::get::Args),
    Identify(serial::identify::Args),
    Integration(webhook::IntegrationArgs),
    Keys(keys::Args),
    #[command(alias = "libraries")]
    Library(library::Args),
    List(list::Args),
    Login(login::Args),
    Logout(logout::Args),
    Man(man::Args),
    Mesh(mesh::Args),
    Monitor(variable::monitor::Args),
    Nyan(nyan::Args),
    Preprocess(preprocess::Args),
    Product(product::Args),
    Project(project::Args),
    Publish(publish::Args),
    Sandbox(sandbox::Args),
    Serial(serial::Args),
    Setup(setup::Args),
    Subscribe(subscribe::Args),
    Token(token::Args),
    Udp(udp::Args),
    Update(update::Args),
    UpdateCli(update_cli::Args),
    Usb(usb::Args),
    Variable(variable::Args),
    #[command(hide = true)]
    Version(version::Args),
    Webhook(webhook::WebhookArgs),
    Whoami(whoami::Args),
    Wifi(wifi::Args),
}

impl Context<'_> {
    /// Runs a command.
    pub fn run(&self, command: Command) -> CommandResult {
        match command {
            Command::Binary(args) => binary::run(self, args),
            Command::Bundle(args) => bundle::run(self, args),
            Command::Call(args) => function::call::run(self, args),
            Command::Cloud(args) => cloud::run(self, args),
            Command::Compile(args) => compile::run(self, args),
            Command::Completions(args) => completions::run(self, args),
            Command::Config(args) => config::run(self, args),
            Command::Device(args) => device::run(self, args),
            Command::Doctor(args) => device::doctor::run(self, args),
            Command::Flash(args) => flash::run(self, args),
            Command::Function(args) => function::run(self, args),
            Command::Get(args) => variable::get::run(self, &args),
            Command::Identify(args) => serial::identify::run(self, args),
            Command::Integration(args) => webhook::run_integration(self, args),
            Command::Keys(args) => keys::run(self, args),
            Command::Library(args) => library::run(self, args),
            Command::List(args) => list::run(self, args),
            Command::Login(args) => login::run(self, args),
            Command::Logout(args) => logout::run(self, args),
            Command::Man(args) => man::run(self, args),
            Command::Mesh(args) => mesh::run(self, args),
            Command::Monitor(args) => variable::monitor::run(self, &args),
            Command::Nyan(args) => nyan::run(self, args),
            Command::Preprocess(args) => preprocess::run(self, args),
            Command::Product(args) => product::run(self, args),
            Command::Project(args) => project::run(self, args),
            Command::Publish(args) => publish::run(self, args),
            Command::Sandbox(args) => sandbox::run(self, args),
            Command::Serial(args) => serial::run(self, args),
            Command::Setup(args) => setup::run(self, args),
            Command::Subscribe(args) => subscribe::run(self, args),
            Command::Token(args) => token::run(self, args),
            Command::Udp(args) => udp::run(self, args),
            Command::Update(args) => update::run(self, args),
            Command::UpdateCli(args) => update_cli::run(self, args),
            Command::Usb(args) => usb::run(self, args),
            Command::Variable(args) => variable::run(self, args),
            Command::Version(args) => version::run(self, args),
            Command::Webhook(args) => webhook::run(self, args),
            Command::Whoami(args) => whoami::run(self, args),
            Command::Wifi(args) => wifi::run(self, args),
        }
    }
}
