//! Whose device it is to be.

use crate::{
    cloud::Session,
    commands::{CommandError, CommandResult, Context, Kind, login},
    secret::Secret,
    settings::AccessToken,
};

/// How often a person may try to make an account.
const ATTEMPTS: u32 = 3;

/// An account that is logged in.
pub(super) struct Account(AccessToken);

impl Account {
    /// The cloud on its behalf.
    pub(super) fn session<'c>(&self, context: &'c Context<'_>) -> CommandResult<Session<'c>> {
        context.session_of(self.0.clone())
    }
}

/// The account in use, another one, or a new one.
pub(super) fn choose(context: &Context<'_>) -> CommandResult<Account> {
    let settings = context.settings()?;
    let Some(token) = settings.access_token() else {
        if !context.ui.can_ask() {
            // It fails in the words of every command that needs a login.
            context.session()?;
        }
        settings.check_login_can_be_stored()?;
        return welcome(context);
    };
    let account = Account(token.value);
    let name = match settings.username() {
        Some(name) if !token.source.is_override() => name.to_owned(),
        _ => context.block_on(account.session(context)?.users().current())?.username,
    };
    let name = context.ui.foreign(&name).into_owned();
    context.ui.note(format!("It appears as though you are already logged in as {name}"));
    if !context.ui.can_ask() || context.ui.confirm("Would you like to use this account?", true, "--yes")? {
        return Ok(account);
    }
    log_in(context)
}

fn welcome(context: &Context<'_>) -> CommandResult<Account> {
    let question = "Hello Stranger! This seems to be your first time here. What would you like to do?";
    let choices = ["Create a new account", "Login"].map(str::to_owned);
    match context.ui.choose(question, &choices, "particle login")? {
        0 => sign_up(context),
        _ => log_in(context),
    }
}

fn log_in(context: &Context<'_>) -> CommandResult<Account> {
    login::with_answers(context).map(Account)
}

/// Makes an account, and logs in to it.
fn sign_up(context: &Context<'_>) -> CommandResult<Account> {
    let mut attempts_left = ATTEMPTS;
    loop {
        attempts_left -= 1;
        match new_account(context) {
            Ok((username, password)) => {
                let token = login::with_password(context, username, password)?;
                context.ui.note("Great success! You're now the owner of a brand new account!");
                return Ok(Account(token));
            }
            Err(error) if attempts_left > 0 && is_about_answers(&error) => {
                context.ui.note(format!("{}. Let's try again.", error.message()));
            }
            Err(error) => return Err(error.context("The account could not be created")),
        }
    }
}

/// Whether other answers may help.
fn is_about_answers(error: &CommandError) -> bool {
    matches!(error.kind(), Kind::Usage | Kind::Failed)
}

fn new_account(context: &Context<'_>) -> CommandResult<(String, Secret)> {
    let refused = |why: &str| Err(CommandError::new(Kind::Usage, why));
    let username = context.ui.ask("Could I please have an email address?", None, "particle login")?;
    let username = username.trim().to_owned();
    if !(username.contains('@') && username.contains('.')) {
        return refused("You need an email address, with an @ and a dot in it");
    }
    let password = Secret::new(context.ui.ask_secret("and a password?", "particle login")?);
    let again = Secret::new(context.ui.ask_secret("confirm that password", "particle login")?);
    if password.is_empty() {
        return refused("You need a password");
    }
    if password != again {
        return refused("The passwords differ");
    }
    let _spinner = context.ui.spinner("Creating your account...");
    context.block_on(context.cloud()?.account(&username, &password).create())?;
    Ok((username, password))
}
