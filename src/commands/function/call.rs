//! `particle call`

use crate::{
    commands::{
        CommandError, CommandResult, Context,
        arguments::ProductArgs,
        inquiry::{Inquiry, Member},
    },
    ui::{Page, Report},
};
use serde::Serialize;

/// Call a function on a device
///
/// Prints the number that the function returns. Any number is a success: what it means is up to
/// the device. An argument that begins with a dash and is no number stands behind `--`.
#[derive(Debug, clap::Args)]
#[command(after_help = r#"Examples:
  particle call 0123456789abcdef01234567 digitalWrite "D7,HIGH"
  particle call my_device brew
  particle call my_device setPoint -5
  particle call my_device print -- "-- ready --"
  particle call 0123456789abcdef01234567 brew --product 12345"#)]
pub struct Args {
    /// Id or name of the device; the id for a device of a product
    device: String,
    /// Name of the function
    function: String,
    /// What the function is given
    #[arg(allow_negative_numbers = true)]
    argument: Option<String>,
    #[command(flatten)]
    product: ProductArgs,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Returned {
    device: String,
    function: String,
    return_value: i64,
}

impl Report for Returned {
    fn render(&self, page: &mut Page) {
        page.line(self.return_value);
    }
}

/// Calls the function and reports what it returned.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let Args { device, function, argument, product } = args;
    let scope = product.scope_of(&device)?;
    let session = context.session()?;
    let inquiry = Inquiry { session: &session, scope, device: &device, member: Member::Function(&function) };
    let of_product = product.product.as_ref().map(|product| format!(" in product {product}"));
    let spinner = context.ui.spinner(format!(
        "Calling function {function} from device {device}{}",
        of_product.unwrap_or_default()
    ));
    let return_value = context.block_on(async {
        match session.functions(scope).call(&device, &function, argument.as_deref()).await {
            Ok(value) => Ok::<_, CommandError>(value),
            Err(error) => Err(inquiry.explain(error).await),
        }
    })?;
    drop(spinner);
    Ok(context.ui.report(&Returned { device, function, return_value })?)
}
