//! What a compiler says, in terms of the user's own files.
//!
//! The compile service knows files by the names they were sent under, which are relative to the project, and puts
//! folders of its own in front. Editors jump to what they find in the current folder.

use crate::project::SourceFile;

/// Replaces the names in a compiler's messages by the paths of the files that were sent.
pub(in crate::commands) fn localize(messages: &str, files: &[SourceFile]) -> String {
    let lines: Vec<String> = messages.split('\n').map(|line| localize_line(line, files)).collect();
    lines.join("\n")
}

fn localize_line(line: &str, files: &[SourceFile]) -> String {
    let mut localized = String::with_capacity(line.len());
    for piece in line.split_inclusive(' ') {
        let place = piece.find(':').filter(|colon| {
            let after = &piece[colon + 1..];
            after.trim().is_empty() || after.starts_with(|c: char| c.is_ascii_digit())
        });
        let found = place.and_then(|colon| Some((colon, local_path(&piece[..colon], files)?)));
        match found {
            Some((colon, path)) => {
                localized.push_str(&path);
                localized.push_str(&piece[colon..]);
            }
            None => localized.push_str(piece),
        }
    }
    localized
}

/// The path of the file that a compiler calls `name`.
fn local_path(name: &str, files: &[SourceFile]) -> Option<String> {
    let is_meant = |sent: &str| {
        let before = name.strip_suffix(sent);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    // Sketches are turned into C++ before they are compiled.
    let as_compiled = |sent: &str| sent.strip_suffix(".ino").map(|stem| format!("{stem}.cpp"));
    let longest = |found: &dyn Fn(&str) -> bool| {
        files.iter().filter(|file| found(&file.name)).max_by_key(|file| file.name.len())
    };
    let file = longest(&is_meant)
        .or_else(|| longest(&|sent| as_compiled(sent).is_some_and(|name| is_meant(&name))))?;
    Some(file.path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files() -> Vec<SourceFile> {
        let file = |path: &str, name: &str| SourceFile { path: path.into(), name: name.into(), size: 1 };
        vec![
            file("my project/src/app.ino", "src/app.ino"),
            file("my project/lib/x/src/app.h", "lib/x/src/app.h"),
            file("other/app.h", "app.h"),
        ]
    }

    #[test]
    fn names_become_paths_where_they_stand_for_a_place() {
        for (sent, shown) in [
            ("src/app.ino:3:10: fatal error: a.h: No", "my project/src/app.ino:3:10: fatal error: a.h: No"),
            ("/src/app.cpp:1: error", "my project/src/app.ino:1: error"),
            ("/workspace/lib/x/src/app.h:7:1: x", "my project/lib/x/src/app.h:7:1: x"),
            ("In file included from app.h:2:0,", "In file included from other/app.h:2:0,"),
            (
                "src/app.ino: In function 'void setup()':",
                "my project/src/app.ino: In function 'void setup()':",
            ),
            ("xapp.h:1: y", "xapp.h:1: y"),
            ("make: *** [all] Error 2", "make: *** [all] Error 2"),
        ] {
            assert_eq!(localize(sent, &files()), shown);
        }
    }

    proptest! {
        #[test]
        fn messages_without_names_stay_as_they_are(text in "(?s)[a-z0-9 :/.\n]{0,60}") {
            prop_assert_eq!(localize(&text, &[]), text);
        }
    }
}
