//! `particle config`

mod report;

use super::{CommandError, CommandResult, Context, Kind};
use crate::settings::{Changed, ProfileName, Settings, keys};
use report::{InForce, Profiles};

/// Words that later commands of the Node tool have in the place of a profile.
const RESERVED: &[&str] = &["env", "secrets"];

/// Show or change settings, and switch between profiles
///
/// A profile is a named group of settings, such as the address of a local cloud and the login there.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  particle config                                       show the settings in force
  particle config --list                                list the profiles
  particle config local                                 switch to the profile `local`
  particle config particle                              switch back to the default profile
  particle config local apiUrl http://localhost:8080    set a setting of a profile
  particle config local apiUrl                          remove it
  particle config set proxyUrl http://proxy:3128        set a setting of the current profile
  particle config useSudoForDfu true                    the same for a setting that is known
  particle config local --delete                        delete a profile")]
pub struct Args {
    /// Profile, `set`, or a known setting
    #[arg(value_name = "PROFILE")]
    first: Option<String>,
    /// Setting
    #[arg(value_name = "SETTING")]
    second: Option<String>,
    /// Its new value; without one the setting is removed
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    third: Option<String>,
    /// List the profiles
    #[arg(long, conflicts_with = "first")]
    list: bool,
    /// Delete the profile and the login in it, which stays valid until it expires
    #[arg(long, requires = "first", conflicts_with_all = ["second", "list"])]
    delete: bool,
    /// Set a setting that is not known here
    #[arg(long)]
    force: bool,
}

/// What the words on the command line mean.
#[derive(Debug, PartialEq, Eq)]
enum Plan<'a> {
    Show,
    List,
    Switch(ProfileName),
    Delete(ProfileName),
    Set {
        /// `None` is the current one.
        profile: Option<ProfileName>,
        key: &'a str,
        value: Option<&'a str>,
    },
}

impl Args {
    fn plan(&self) -> CommandResult<Plan<'_>> {
        let (second, third) = (self.second.as_deref(), self.third.as_deref());
        let plan = match (self.first.as_deref(), second) {
            (None, _) if self.list => Plan::List,
            (None, _) => Plan::Show,
            (Some(name), _) if self.delete => Plan::Delete(name.parse()?),
            (Some(word), _) if RESERVED.contains(&word) => {
                return Err(usage(format!("`{word}` is reserved and cannot be the name of a profile")));
            }
            (Some("set"), None) => return Err(usage("which setting is to be set?")),
            (Some("set"), Some(key)) => Plan::Set { profile: None, key, value: third },
            (Some(key), None) if keys::known(key).is_some() => {
                return Err(usage(format!("{key} is a setting: which value is it to have?")));
            }
            (Some(name), None) => Plan::Switch(name.parse()?),
            (Some(key), value @ Some(_)) if third.is_none() && keys::known(key).is_some() => {
                Plan::Set { profile: None, key, value }
            }
            (Some(name), Some(key)) => Plan::Set { profile: Some(name.parse()?), key, value: third },
        };
        match plan {
            Plan::Set { key, value: Some(_), .. } if keys::known(key).is_none() && !self.force => {
                Err(usage(format!("no setting {key} is known here"))
                    .hint("check how it is spelt; --force sets it all the same"))
            }
            plan => Ok(plan),
        }
    }
}

fn usage(message: impl Into<String>) -> CommandError {
    CommandError::new(Kind::Usage, message).hint("`particle help config` shows every form")
}

/// Carries out what the words mean.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let plan = args.plan()?;
    let settings = context.settings()?;
    match plan {
        Plan::Show => Ok(context.ui.report(&InForce::of(settings))?),
        Plan::List => {
            let names = settings.profiles()?;
            Ok(context.ui.report(&Profiles(names.iter().map(ProfileName::as_str).collect()))?)
        }
        Plan::Switch(name) => Ok(settings.switch_to(&name)?),
        Plan::Delete(name) => delete(context, settings, &name),
        Plan::Set { profile, key, value } => {
            let profile = profile.as_ref().unwrap_or(&settings.profile().value);
            set(context, settings, profile, key, value)
        }
    }
}

fn set(
    context: &Context,
    settings: &Settings,
    profile: &ProfileName,
    key: &str,
    value: Option<&str>,
) -> CommandResult {
    match settings.set(profile, key, value)? {
        Changed::LoginForgotten => context.ui.warn(format!(
            "the login in profile {profile} was forgotten, for it belonged to another cloud: run `particle login`"
        )),
        // That nothing is set where nothing was is fine, unless the word was meant for something else.
        Changed::Nothing if keys::known(key).is_none() => {
            let message = format!("profile {profile} has no setting {key}");
            return Err(CommandError::new(Kind::NotFound, message));
        }
        Changed::Nothing | Changed::SettingOnly => {}
    }
    Ok(())
}

fn delete(context: &Context, settings: &Settings, name: &ProfileName) -> CommandResult {
    if *name == settings.profile().value {
        return Err(usage(format!("{name} is the current profile: switch to another one first")));
    }
    if !settings.profiles()?.contains(name) {
        return Err(CommandError::new(Kind::NotFound, format!("there is no profile {name}")));
    }
    let question = format!("Are you sure you want to delete the profile {name} and the login in it?");
    if !context.ui.confirm(&question, false, "--yes")? {
        return Err(CommandError::new(Kind::Failed, "Not confirmed"));
    }
    Ok(settings.delete(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &str) -> Args {
        let mut words = words.split_whitespace().map(str::to_owned);
        let (first, second, third) = (words.next(), words.next(), words.next());
        Args { first, second, third, list: false, delete: false, force: false }
    }

    fn set<'a>(profile: Option<&str>, key: &'a str, value: Option<&'a str>) -> Plan<'a> {
        Plan::Set { profile: profile.map(|name| name.parse().unwrap()), key, value }
    }

    #[test]
    fn every_form_is_understood() {
        assert_eq!(args("").plan().unwrap(), Plan::Show);
        assert_eq!(args("local").plan().unwrap(), Plan::Switch("local".parse().unwrap()));
        assert_eq!(args("local apiUrl URL").plan().unwrap(), set(Some("local"), "apiUrl", Some("URL")));
        assert_eq!(args("local apiUrl").plan().unwrap(), set(Some("local"), "apiUrl", None));
        assert_eq!(args("set apiUrl URL").plan().unwrap(), set(None, "apiUrl", Some("URL")));
        assert_eq!(args("set apiUrl").plan().unwrap(), set(None, "apiUrl", None));
    }

    #[test]
    fn use_sudo_for_dfu_true_is_a_setting_and_no_profile() {
        assert_eq!(args("useSudoForDfu true").plan().unwrap(), set(None, "useSudoForDfu", Some("true")));
    }

    #[test]
    fn a_setting_that_is_not_known_has_to_be_insisted_on() {
        assert_eq!(args("local apiURI http://x").plan().unwrap_err().kind(), Kind::Usage);
        let insisting = Args { force: true, ..args("local apiURI http://x") };
        assert_eq!(insisting.plan().unwrap(), set(Some("local"), "apiURI", Some("http://x")));
        assert_eq!(args("local apiURI").plan().unwrap(), set(Some("local"), "apiURI", None));
    }

    #[test]
    fn words_that_cannot_be_profiles_are_refused() {
        for words in ["env", "secrets list", "set", "apiUrl", "../x", "../x apiUrl y"] {
            assert_eq!(args(words).plan().unwrap_err().kind(), Kind::Usage, "{words}");
        }
    }
}
