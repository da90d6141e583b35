//! What needs no account: help, tables, colours, completions.

use crate::{home::Home, terminal::Terminal};

const COMMANDS: [&str; 8] =
    ["login", "logout", "renew", "status", "use", "providers", "sandbox", "completions"];

#[test]
fn each_command_has_examples() {
    let home = Home::new();
    let all = home.run(&["--help"]);
    assert_eq!(all.code, 0);
    for code in 0..=9 {
        assert!(all.out.contains(&format!("\n  {code}  ")), "{}", all.out);
    }
    for command in COMMANDS {
        assert!(all.out.contains(&format!("\n  {command} ")), "{command}: {}", all.out);
        let help = home.run(&[command, "--help"]);
        assert!(help.out.contains("Examples:\n  tripod "), "{command}: {}", help.out);
    }
}

#[test]
fn a_wrong_command_line_is_code_2() {
    let home = Home::new();
    for arguments in
        [&["nothing"][..], &["login"], &["login", "x", "--secret", "s"], &["login", "twitter"]]
    {
        assert_eq!(home.run(arguments).code, 2, "{arguments:?}");
    }
    let said = home.run(&["login", "atlassian", "--site", "https://jira.example"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("RSA key"), "{said:?}");
}

#[test]
fn the_providers_fit_into_any_terminal() {
    let home = Home::new();
    for columns in [40, 80, 120] {
        let (code, seen) =
            Terminal::wide(&home, columns, &["providers"], &[("NO_COLOR", "1")]).end();
        assert_eq!(code, 0, "{seen}");
        for line in seen.lines() {
            assert!(line.chars().count() <= usize::from(columns), "{columns}: {line}");
        }
        for name in ["fatsecret", "x\r\n", "zotero"] {
            assert!(seen.contains(name) || seen.contains(name.trim()), "{seen}");
        }
    }
    let piped = home.run(&["providers"]);
    assert!(piped.out.contains("https://platform.fatsecret.com/rest/"), "{}", piped.out);
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let home = Home::new();
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        Terminal::wide(&home, 100, arguments, variables).end().1.contains('\u{1b}')
    };
    assert!(coloured(&["providers"], &[]));
    assert!(coloured(&["logout"], &[]), "errors too");
    assert!(!coloured(&["providers"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["providers", "--color", "never"], &[]));
    assert!(!coloured(&["providers"], &[("TERM", "dumb")]));
    assert!(coloured(&["--help"], &[]));
    assert!(!coloured(&["--color", "never", "--help"], &[]));
    assert!(!home.run(&["providers"]).out.contains('\u{1b}'));
    assert!(home.run(&["providers", "--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn completions_know_the_commands() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]);
        assert_eq!(script.code, 0);
        for command in COMMANDS {
            assert!(script.out.contains(command), "{shell}: {command}");
        }
    }
}
