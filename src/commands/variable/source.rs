//! Which variables of which devices are meant.

use crate::{
    cloud::{CloudError, Device, DeviceScope, Session},
    commands::{
        CommandError, CommandResult, Context, Kind,
        arguments::ProductArgs,
        inquiry::{Inquiry, Member},
        inventory,
    },
    ui::escape_controls,
};

/// The word for every device that has the variable.
const ALL: &str = "all";

/// What reading variables is about.
#[derive(clap::Args, Debug, Default)]
pub struct VariableArgs {
    /// Id or name of the device, or `all`
    #[arg(value_name = "DEVICE")]
    device: Option<String>,
    /// Name of the variable
    #[arg(value_name = "VARIABLE")]
    variable: Option<String>,
    /// Print the time before each value
    #[arg(long)]
    pub time: bool,
    #[command(flatten)]
    product: ProductArgs,
}

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// Nothing.
    Everything,
    /// A device and a variable.
    One(DeviceScope<'a>, Source),
    /// `all` and a variable.
    EveryDevice(&'a str),
    /// One word: a device, or a variable.
    Word(&'a str),
}

/// A variable of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Id of the device, or what was typed for it.
    pub device: String,
    /// Name of the variable.
    pub variable: String,
}

/// What one word means.
pub(super) enum Meaning {
    /// A device, without saying which of its variables.
    Device(Box<Device>),
    /// A variable of these devices.
    Variable(Vec<Source>),
}

impl VariableArgs {
    /// What was typed, where it makes sense.
    pub(super) fn form(&self) -> CommandResult<Form<'_>> {
        let (device, variable) = (self.device.as_deref(), self.variable.as_deref());
        if let Some(product) = &self.product.product {
            return self.form_in_product(device, variable, product);
        }
        Ok(match (device, variable) {
            (None, _) => Form::Everything,
            (Some(ALL), Some(variable)) => Form::EveryDevice(variable),
            (Some(device), Some(variable)) => Form::One(DeviceScope::Account, Source::new(device, variable)),
            (Some(word), None) => Form::Word(word),
        })
    }

    /// A product may have more devices than anybody wants to ask, so both have to be named.
    fn form_in_product(
        &self,
        device: Option<&str>,
        variable: Option<&str>,
        product: &str,
    ) -> CommandResult<Form<'_>> {
        let required = |parameter| {
            let message = format!("`{parameter}` parameter is required when `--product` flag is set");
            CommandError::new(Kind::Usage, message)
        };
        let device = device.ok_or_else(|| required("device"))?;
        let scope = self.product.scope_of(device)?;
        let variable = variable.ok_or_else(|| {
            let command = format!("particle variable list --product {product}");
            required("variableName").hint(format!("To view available variables, run: {command}"))
        })?;
        Ok(Form::One(scope, Source::new(device, variable)))
    }
}

impl Source {
    pub(super) fn new(device: &str, variable: &str) -> Self {
        Self { device: device.to_owned(), variable: variable.to_owned() }
    }

    /// What it means that it could not be read.
    pub(super) async fn explain(
        &self,
        session: &Session<'_>,
        scope: DeviceScope<'_>,
        error: CloudError,
    ) -> CommandError {
        let member = Member::Variable(&self.variable);
        Inquiry { session, scope, device: &self.device, member }.explain(error).await
    }
}

/// The devices that have this variable. Fails if there are none.
pub(super) fn every_device(
    context: &Context,
    session: &Session<'_>,
    variable: &str,
) -> CommandResult<Vec<Source>> {
    sources_in(&fetch(context, session)?, variable)
}

/// Finds out what one word means. A device goes before a variable of the same name.
pub(super) fn meaning(context: &Context, session: &Session<'_>, word: &str) -> CommandResult<Meaning> {
    let mut devices = fetch(context, session)?;
    match devices.iter().position(|device| device.answers_to(word)) {
        Some(index) => Ok(Meaning::Device(Box::new(devices.swap_remove(index)))),
        None => sources_in(&devices, word).map(Meaning::Variable),
    }
}

fn fetch(context: &Context, session: &Session<'_>) -> CommandResult<Vec<Device>> {
    context.ui.note("polling server to see what devices are online, and what variables are available");
    inventory::fetch(context, session, DeviceScope::Account)
}

fn sources_in(devices: &[Device], variable: &str) -> CommandResult<Vec<Source>> {
    let has_it = |device: &&Device| device.variables.iter().flatten().any(|(name, _)| name == variable);
    let sources: Vec<_> =
        devices.iter().filter(has_it).map(|device| Source::new(&device.id, variable)).collect();
    if sources.is_empty() {
        let online = devices.iter().filter(|device| device.is_online()).count();
        let hint =
            format!("{online} of your {} devices are online, none has a variable {variable}", devices.len());
        return Err(CommandError::new(Kind::NotFound, "No matching device").hint(hint));
    }
    Ok(sources)
}

/// Lets the person choose one of a device's variables; `None` where nobody can be asked.
pub(super) fn choose(context: &Context, device: &Device) -> CommandResult<Option<Source>> {
    let name = device.given_name().unwrap_or(&device.id);
    if !device.is_online() {
        return Err(CommandError::new(Kind::Offline, format!("{name} is offline")));
    }
    let variables: Vec<_> = device.variables.iter().flatten().collect();
    if variables.is_empty() || context.ui.is_json() || !context.ui.can_ask() {
        return Ok(None);
    }
    let choices: Vec<_> = variables
        .iter()
        .map(|(name, kind)| {
            escape_controls(&format!("{name} ({})", kind.as_str().unwrap_or("unknown"))).into_owned()
        })
        .collect();
    let chosen = context.ui.choose("Which variable did you want?", &choices, "the variable's name")?;
    Ok(Some(Source::new(&device.id, variables[chosen].0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef01234567";

    fn args(words: &[&str], product: Option<&str>) -> VariableArgs {
        let word = |index: usize| words.get(index).map(|word| (*word).to_owned());
        let product = ProductArgs { product: product.map(str::to_owned) };
        VariableArgs { device: word(0), variable: word(1), time: false, product }
    }

    #[test]
    fn every_documented_form_is_understood() {
        assert_eq!(args(&[], None).form().unwrap(), Form::Everything);
        assert_eq!(args(&["temp"], None).form().unwrap(), Form::Word("temp"));
        assert_eq!(args(&["all", "temp"], None).form().unwrap(), Form::EveryDevice("temp"));
        let one = Form::One(DeviceScope::Account, Source::new("kitchen", "temp"));
        assert_eq!(args(&["kitchen", "temp"], None).form().unwrap(), one);
        let one = Form::One(DeviceScope::Product("p"), Source::new(ID, "temp"));
        assert_eq!(args(&[ID, "temp"], Some("p")).form().unwrap(), one);
    }

    #[test]
    fn in_a_product_both_have_to_be_named() {
        for words in [&[][..], &[ID], &["kitchen", "temp"], &["all", "temp"]] {
            assert_eq!(args(words, Some("p")).form().unwrap_err().kind(), Kind::Usage, "{words:?}");
        }
    }
}
