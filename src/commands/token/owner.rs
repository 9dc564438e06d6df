//! Whose tokens they are: the account and its password.

use crate::{
    cloud::{CloudError, ListedToken, RefusalKind},
    commands::{CommandError, CommandResult, Context, Kind, login},
    secret::Secret,
};

/// What a command that needs the password takes.
#[derive(Debug, clap::Args)]
pub(super) struct OwnerArgs {
    /// E-mail address of your account, where you are not logged in
    #[arg(short, long, value_name = "EMAIL")]
    username: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    pub password_stdin: bool,
    /// Login code, for an account that needs one
    #[arg(long, value_name = "CODE")]
    pub otp: Option<Secret>,
}

/// An account and its password.
pub(super) struct Owner {
    pub username: String,
    pub password: Secret,
}

impl OwnerArgs {
    /// Asks for what the arguments leave open.
    pub fn identify(&self, context: &Context) -> CommandResult<Owner> {
        let username = match self.username.as_deref().or(context.settings()?.username()) {
            Some(username) => username.to_owned(),
            None => context.ui.ask("Please enter your email address", None, "--username")?,
        };
        let password = if self.password_stdin {
            context
                .ui
                .piped_line()?
                .ok_or_else(|| CommandError::new(Kind::Usage, "There is no password on standard input"))?
        } else {
            if context.ui.can_ask() {
                context.ui.note(format!("Using account {}", context.ui.foreign(&username)));
            }
            context.ui.ask_secret("Please enter your password", "--password-stdin")?
        };
        Ok(Owner { username, password: Secret::new(password) })
    }

    /// Every token of the account, or the cloud's refusal to list them.
    pub fn tokens(
        &self,
        context: &Context,
        owner: &Owner,
    ) -> CommandResult<Result<Vec<ListedToken>, CloudError>> {
        let account = context.cloud()?.account(&owner.username, &owner.password);
        let list = |code: Option<&Secret>| {
            let _spinner = context.ui.spinner("Checking with the cloud...");
            context.block_on(async { Ok::<_, CommandError>(account.tokens(code).await) })
        };
        match list(self.otp.as_ref())? {
            Err(error) if error.is_refusal(RefusalKind::MfaRequired) && self.otp.is_none() => {
                list(Some(&login::code(context)?))
            }
            answer => Ok(answer),
        }
    }
}
