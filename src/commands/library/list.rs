//! `particle library list`

use super::row::Row;
use crate::{
    cloud::{CloudError, Libraries, LibraryScope, LibrarySelection},
    commands::{CommandError, CommandResult, Context, Kind},
    ui::{Page, PromptError, Report},
};
use anstyle::{AnsiColor, Effects, Style};
use clap::ValueEnum;
use futures_util::future;
use serde::Serialize;

/// List libraries, your own and those of everybody
///
/// On a terminal, ENTER shows the next page.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: particle library list official verified")]
pub struct Args {
    /// Which ones; `mine` and `community` if none is named
    #[arg(value_name = "SECTION", default_values = ["mine", "community"], hide_default_value = true)]
    sections: Vec<Section>,
    /// Only libraries with this in their names
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Sort by this; without it, each section has an order of its own
    #[arg(long, value_name = "KEY")]
    sort: Option<SortKey>,
    /// Begin with this page
    #[arg(long, default_value = "1", hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..))]
    page: u32,
    /// Libraries on a page
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
}

/// What libraries can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SortKey {
    /// From A to Z
    Name,
    /// Those that most people use first
    Popularity,
    /// Those that were added or changed last first
    Date,
}

impl SortKey {
    /// The cloud's word for it.
    fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Popularity => "popularity",
            Self::Date => "-date",
        }
    }
}

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Section {
    /// Particle's own
    Official,
    /// Those that Particle looked at
    Verified,
    /// Those that Particle recommends
    Featured,
    /// Those that most people use
    Popular,
    /// Your own, the private ones too
    Mine,
    /// Those that were added or changed last
    Recent,
    /// All but your own
    Community,
}

impl Section {
    fn heading(self) -> &'static str {
        match self {
            Self::Official => "Official Libraries",
            Self::Verified => "Verified Libraries",
            Self::Featured => "Featured Libraries",
            Self::Popular => "Popular Libraries",
            Self::Mine => "My Libraries",
            Self::Recent => "Recently added/updated Libraries",
            Self::Community => "Community Libraries",
        }
    }

    /// Which libraries are in it, and in which order. What is in another section by its nature is left out.
    fn selection(self) -> LibrarySelection {
        let (scope, excluded, sort) = match self {
            Self::Official => (LibraryScope::Official, None, None),
            Self::Verified => (LibraryScope::Verified, Some(LibraryScope::Official), None),
            Self::Featured => (LibraryScope::Featured, None, None),
            Self::Popular => (LibraryScope::Public, None, None),
            Self::Mine => (LibraryScope::Mine, None, Some("name")),
            Self::Recent => (LibraryScope::All, None, Some("-date")),
            Self::Community => {
                (LibraryScope::All, Some(LibraryScope::Mine), Some("official,verified,popularity,name"))
            }
        };
        LibrarySelection { scope: Some(scope), excluded, sort, ..LibrarySelection::default() }
    }
}

/// A page of a section.
struct SectionPage {
    section: Section,
    libraries: Vec<Row>,
}

/// A page of all sections that are shown.
#[derive(Serialize)]
#[serde(transparent)]
struct ListPage {
    #[serde(serialize_with = "all_libraries")]
    sections: Vec<SectionPage>,
    #[serde(skip)]
    number: u32,
}

/// A script knows which sections it asked for.
fn all_libraries<S: serde::Serializer>(sections: &[SectionPage], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(sections.iter().flat_map(|section| &section.libraries))
}

impl Report for ListPage {
    fn render(&self, page: &mut Page) {
        let (bold, grey) = (Style::new().effects(Effects::BOLD), AnsiColor::BrightBlack.on_default());
        let shown = self.sections.iter().filter(|section| !section.libraries.is_empty());
        for (index, SectionPage { section, libraries }) in shown.enumerate() {
            if index > 0 {
                page.line("");
            }
            let number = match self.number {
                1 => String::new(),
                number => format!(" {}", page.styled(grey, format!("page {number}"))),
            };
            page.line(format!("{}{number}", page.styled(bold, section.heading())));
            libraries.iter().for_each(|library| library.render(page, *section == Section::Mine));
        }
    }
}

/// Fetches and shows one page, and further ones as long as somebody asks for them.
pub fn run(context: &Context, args: Args) -> CommandResult {
    let session = context.session()?;
    let libraries = session.libraries();
    let paged = context.ui.can_ask() && context.ui.stdout_is_terminal() && !context.ui.is_json();
    if paged {
        // Ctrl-C is how one leaves, and no failure.
        context.clock.stop_on_signals().map_err(|error| CommandError::caused_by(Kind::Failed, error))?;
    }
    let mut sections = args.sections.clone();
    for number in args.page.. {
        let page = {
            let _spinner = context.ui.spinner("Retrieving libraries");
            context.block_on(fetch(&libraries, &sections, &args, number))?
        };
        context.ui.report(&page)?;
        let unfinished = page.sections.into_iter().filter(|section| !section.libraries.is_empty());
        sections = unfinished.map(|section| section.section).collect();
        if sections.is_empty() && number == args.page {
            context.ui.note("There are no libraries like that.");
        }
        if sections.is_empty() || !paged || !wants_more(context)? {
            break;
        }
    }
    Ok(())
}

async fn fetch(
    libraries: &Libraries<'_>,
    sections: &[Section],
    args: &Args,
    number: u32,
) -> Result<ListPage, CloudError> {
    let pages = sections.iter().map(|section| async {
        let by_nature = section.selection();
        let selection = LibrarySelection {
            filter: args.filter.clone(),
            sort: args.sort.map(SortKey::word).or(by_nature.sort),
            page: Some(number),
            limit: args.limit,
            ..by_nature
        };
        let found = libraries.list(&selection).await?;
        let libraries = found.into_iter().map(Row::from).collect();
        Ok::<_, CloudError>(SectionPage { section: *section, libraries })
    });
    Ok(ListPage { sections: future::try_join_all(pages).await?, number })
}

/// Waits for ENTER, or for Ctrl-C.
fn wants_more(context: &Context) -> CommandResult<bool> {
    match context.ui.ask("Press ENTER for next page, CTRL-C to exit", None, "--page") {
        Ok(_) => Ok(true),
        Err(PromptError::Interrupted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
