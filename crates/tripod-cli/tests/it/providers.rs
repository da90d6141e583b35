//! Each ready-made provider, at a sandbox that has its habits.

use tripod_sandbox::Persona;

use crate::{
    home::{Home, sandbox},
    terminal::Terminal,
};

const BACK: &str = "https://app.example/back";

#[test]
fn each_provider_can_be_logged_in_to() {
    let home = Home::new();
    for (name, persona, site) in [
        ("discogs", Persona::Discogs, None),
        ("etrade", Persona::Etrade, None),
        ("etrade-sandbox", Persona::Etrade, None),
        ("fatsecret", Persona::FatSecret, None),
        ("flickr", Persona::Flickr, None),
        ("mediawiki", Persona::MediaWiki, Some("https://wiki.example/w/index.php")),
        ("netsuite", Persona::NetSuite, Some("1234567_SB1")),
        ("okapi", Persona::Okapi, Some("https://caches.example")),
        ("smugmug", Persona::SmugMug, None),
        ("trello", Persona::Trello, None),
        ("tumblr", Persona::Tumblr, None),
        ("usos", Persona::Usos, Some("https://usosapps.example.edu.pl")),
        ("wikimedia", Persona::MediaWiki, None),
        ("x", Persona::X, None),
        ("zotero", Persona::Zotero, None),
    ] {
        let provider = sandbox(|builder| {
            let builder = builder.like(persona);
            // The wiki's sandbox is named by the folder of its index.php.
            match site.map(|site| site.trim_end_matches("index.php")) {
                Some(site) => builder.site(site),
                None => builder,
            }
        });
        let origin = provider.origin();
        let takes_code = persona == Persona::Etrade;
        let mut arguments = vec!["login", name, "--sandbox", &origin];
        arguments.extend(site.into_iter().flat_map(|site| ["--site", site]));
        if !takes_code {
            arguments.extend(["--callback", BACK]);
        }
        let mut terminal = Terminal::start(&home, &arguments);
        let page = terminal.page();
        let approval = provider.approve(&page).unwrap();
        let answer = if takes_code { approval.verifier() } else { approval.callback_url() };
        terminal.expect(": ");
        terminal.enter(answer.unwrap());
        let (exit, seen) = terminal.end();
        assert_eq!(exit, 0, "{name}: {seen}");
        // Opened again, by which the provider is put together from what was stored.
        let said = home.run(&["logout", "--account", &format!("{name}-sandbox")]);
        assert_eq!(said.code, 0, "{name}: {said:?}");
    }
}
