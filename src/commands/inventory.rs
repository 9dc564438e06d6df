//! What devices have registered with the cloud: fetched for several at a time, shown one device after another.

use super::{CommandResult, Context};
use crate::{
    cloud::{CloudError, Device, DeviceScope, RefusalKind, Selection, Session},
    platform::PlatformId,
    ui::Page,
};
use anstyle::{AnsiColor, Style};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use serde_json::{Map, Value};

/// Number of devices that are asked for details at the same time.
const CONCURRENCY: usize = 10;
/// Number of devices that a warning names.
const MISSING_NAMED: usize = 10;

/// One device of a listing. Variables and functions are null where they are not known.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Row {
    id: String,
    name: Option<String>,
    online: bool,
    platform: Option<&'static str>,
    platform_id: Option<u16>,
    product_id: Option<i64>,
    variables: Option<Map<String, Value>>,
    functions: Option<Vec<String>>,
    #[serde(skip)]
    kind: String,
}

impl From<Device> for Row {
    fn from(device: Device) -> Self {
        Self {
            kind: kind(&device),
            name: device.given_name().map(str::to_owned),
            online: device.is_online(),
            platform: device.platform().map(|platform| platform.name),
            platform_id: device.platform_id().map(|id| id.0),
            product_id: device.product_id,
            id: device.id,
            variables: device.variables,
            functions: device.functions,
        }
    }
}

/// What stands in parentheses behind a device: its product, or the board for a device of none, whose product has the
/// number of its platform.
fn kind(device: &Device) -> String {
    let number = device.product_id.or(device.platform_id().map(|id| id.0.into()));
    let board = number.and_then(|number| PlatformId(number.try_into().ok()?).platform());
    match (board, device.product_id, device.platform_id()) {
        (Some(board), _, _) => board.display_name.to_owned(),
        (None, Some(product), _) => format!("Product {product}"),
        (None, None, Some(platform)) => format!("Platform {platform}"),
        (None, None, None) => "unknown".to_owned(),
    }
}

impl Row {
    /// Which device it is, and whether it is online.
    pub(super) fn render_device(&self, page: &mut Page) {
        let cyan = Style::new().fg_color(Some(AnsiColor::Cyan.into()));
        let style = if self.online { cyan.bold() } else { cyan.dimmed() };
        let name = page.foreign(self.name.as_deref().unwrap_or("<no name>"));
        let (id, state) = (page.foreign(&self.id), if self.online { "online" } else { "offline" });
        page.line(format!("{} [{id}] ({}) is {state}", page.styled(style, name), self.kind));
    }

    /// Its variables, if it has any.
    pub(super) fn render_variables(&self, page: &mut Page) {
        let variables: Vec<_> = self.variables.iter().flatten().collect();
        if !variables.is_empty() {
            page.line("  Variables:");
        }
        for (name, kind) in variables {
            let kind = kind.as_str().unwrap_or("unknown");
            page.line(format!("    {} ({})", page.foreign(name), page.foreign(kind)));
        }
    }

    /// Its functions, if it has any.
    pub(super) fn render_functions(&self, page: &mut Page) {
        let functions: Vec<_> = self.functions.iter().flatten().collect();
        if !functions.is_empty() {
            page.line("  Functions:");
        }
        for name in functions {
            // The space at the end is the Node tool's.
            page.line(format!("    int {} (String args) ", page.foreign(name)));
        }
    }
}

/// What lists are sorted by: the name in any case of letters, and the id where there is none.
pub(super) fn name_key(device: &Device) -> (String, String) {
    (device.given_name().unwrap_or_default().to_lowercase(), device.id.clone())
}

/// All devices of a scope with their details, sorted by name. Warns of what is missing.
pub(super) fn fetch(
    context: &Context,
    session: &Session<'_>,
    scope: DeviceScope<'_>,
) -> CommandResult<Vec<Device>> {
    let mut devices = context.block_on(every_device(session, scope))?;
    devices.sort_by_cached_key(name_key);
    let (devices, missing) = context.block_on(with_details(session, scope, devices))?;
    warn_of_missing(context, &missing);
    Ok(devices)
}

async fn every_device(session: &Session<'_>, scope: DeviceScope<'_>) -> Result<Vec<Device>, CloudError> {
    let DeviceScope::Product(product) = scope else { return session.devices().list().await };
    let (products, selection) = (session.product_devices(product), Selection::default());
    let mut devices = Vec::new();
    for number in 1.. {
        let page = products.page(number, &selection).await?;
        let is_last = !page.has_next(number);
        devices.extend(page.devices.into_iter().map(|member| member.device));
        if is_last {
            break;
        }
    }
    Ok(devices)
}

/// A device whose details could not be had.
pub(super) struct Missing {
    device: String,
    error: CloudError,
}

/// Adds variables and functions to the devices that are online. The order stays. A device that fails does not stop the
/// others, but a refused token does.
pub(super) async fn with_details(
    session: &Session<'_>,
    scope: DeviceScope<'_>,
    devices: Vec<Device>,
) -> Result<(Vec<Device>, Vec<Missing>), CloudError> {
    let mut missing = Vec::new();
    let mut complete = Vec::with_capacity(devices.len());
    let mut answers = stream::iter(devices)
        .map(|device| async {
            if !device.is_online() {
                return (device, None);
            }
            let details = session.devices().details(scope, &device.id).await;
            (device, Some(details))
        })
        .buffered(CONCURRENCY);
    while let Some((mut device, details)) = answers.next().await {
        match details {
            Some(Ok(details)) => {
                device.variables = details.variables;
                device.functions = details.functions;
            }
            Some(Err(error)) if error.is_refusal(RefusalKind::Unauthorized) => return Err(error),
            Some(Err(error)) => {
                let device = device.given_name().unwrap_or(&device.id).to_owned();
                missing.push(Missing { device, error });
            }
            None => {}
        }
        complete.push(device);
    }
    drop(answers);
    Ok((complete, missing))
}

/// One line however many there are: they mostly fail for the same reason.
pub(super) fn warn_of_missing(context: &Context, missing: &[Missing]) {
    let Some(first) = missing.first() else { return };
    let named = missing.iter().take(MISSING_NAMED).map(|missing| context.ui.foreign(&missing.device));
    let mut names = named.collect::<Vec<_>>().join(", ");
    if missing.len() > MISSING_NAMED {
        names.push_str(&format!(" and {} more", missing.len() - MISSING_NAMED));
    }
    context.ui.warn(format!("variables and functions of {names} could not be fetched: {}", first.error));
}
