//! What the words behind `particle subscribe` mean.

use super::Args;
use crate::{
    cloud::Feed,
    commands::{CommandError, CommandResult, Kind, arguments::device_of_product},
};

/// The word that once told one's own devices from everybody's.
const MINE: &str = "mine";

/// What to subscribe to, and when to end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub feed: Feed,
    pub prefix: Option<String>,
    pub until: Option<String>,
    pub max: Option<u64>,
}

impl Plan {
    pub fn new(args: Args) -> CommandResult<Self> {
        let not_mine = |word: &String| !word.eq_ignore_ascii_case(MINE);
        let device = args.device.or(args.from_device).filter(not_mine);
        let prefix = args.event.filter(not_mine);
        if args.all && prefix.is_none() {
            let message = "`event` parameter is required when `--all` flag is set";
            return Err(CommandError::new(Kind::Usage, message));
        }
        let feed = match (args.product, device) {
            _ if args.all => Feed::Firehose,
            (None, None) => Feed::Account,
            (None, Some(device)) => Feed::Device(device),
            (Some(product), None) => Feed::Product(product),
            (Some(product), Some(device)) => {
                let device = device_of_product(&device)?.to_string();
                Feed::ProductDevice { product, device }
            }
        };
        let max = args.max.map(i64::unsigned_abs).filter(|max| *max > 0);
        Ok(Self { feed, prefix, until: args.until, max })
    }

    /// What the person is told before the first event.
    pub fn announcement(&self) -> Vec<String> {
        let what = match &self.prefix {
            Some(prefix) => format!("\"{prefix}\""),
            None => "all events".to_owned(),
        };
        let whose = match &self.feed {
            Feed::Account => "my devices".to_owned(),
            Feed::Firehose => "the firehose (all devices) and my personal stream (my devices)".to_owned(),
            Feed::Device(device) => format!("device {device}'s stream"),
            Feed::Product(product) => format!("product {product}'s stream"),
            Feed::ProductDevice { product, device } => format!("product {product} device {device}'s stream"),
        };
        let mut lines = vec![format!("Subscribing to {what} from {whose}")];
        if let Some(until) = &self.until {
            lines.push(format!("This command will exit after receiving event data matching: '{until}'"));
        }
        if let Some(max) = self.max {
            lines.push(format!("This command will exit after receiving {max} event(s)..."));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    const ID: &str = "0123456789abcdef01234567";

    fn parse(words: &str) -> Result<CommandResult<Plan>, clap::Error> {
        let words = std::iter::once("subscribe").chain(words.split_whitespace());
        Cli::try_parse_from(words).map(|cli| Plan::new(cli.args))
    }

    fn plan(words: &str) -> (Feed, Option<String>) {
        let plan = parse(words).unwrap().unwrap();
        (plan.feed, plan.prefix)
    }

    #[test]
    fn every_form_is_understood() {
        let event = Some("temp".to_owned());
        let device = |name: &str| Feed::Device(name.to_owned());
        assert_eq!(plan(""), (Feed::Account, None));
        assert_eq!(plan("temp"), (Feed::Account, event.clone()));
        assert_eq!(plan("temp kitchen"), (device("kitchen"), event.clone()));
        assert_eq!(plan(&format!("temp {ID}")), (device(ID), event.clone()));
        assert_eq!(plan("mine"), (Feed::Account, None));
        assert_eq!(plan("temp mine"), (Feed::Account, event.clone()));
        assert_eq!(plan("mine kitchen"), (device("kitchen"), None));
        assert_eq!(plan("--device kitchen"), (device("kitchen"), None));
        assert_eq!(plan("--device MINE temp"), (Feed::Account, event.clone()));
        assert_eq!(plan("--product 12345"), (Feed::Product("12345".into()), None));
        let feed = Feed::ProductDevice { product: "12345".into(), device: ID.into() };
        assert_eq!(plan(&format!("--device {ID} temp --product 12345")), (feed, event.clone()));
        assert_eq!(plan("--all temp"), (Feed::Firehose, event));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for words in ["--all", "--all mine", "--device kitchen --product 1", "temp kitchen --product 1"] {
            assert_eq!(parse(words).unwrap().unwrap_err().kind(), Kind::Usage, "{words}");
        }
        for words in ["temp a --device b", "--all temp --device b", "a b c", "--max many"] {
            assert!(parse(words).is_err(), "{words}");
        }
    }

    #[test]
    fn no_count_and_a_negative_one_are_what_the_node_tool_makes_of_them() {
        let max = |words: &str| parse(words).unwrap().unwrap().max;
        assert_eq!(
            [max("--max 3"), max("--max -3"), max("--max 0"), max("")],
            [Some(3), Some(3), None, None]
        );
    }

    #[test]
    fn the_announcement_says_what_will_be_heard() {
        let lines = |words: &str| parse(words).unwrap().unwrap().announcement();
        assert_eq!(lines(""), ["Subscribing to all events from my devices"]);
        assert_eq!(lines("temp kitchen"), ["Subscribing to \"temp\" from device kitchen's stream"]);
        assert_eq!(
            lines("--product 1 --until ON --max 2"),
            [
                "Subscribing to all events from product 1's stream",
                "This command will exit after receiving event data matching: 'ON'",
                "This command will exit after receiving 2 event(s)...",
            ]
        );
    }
}
