//! What other hosts and people without a login can send, and what a command line may contain.

use tripod_sandbox::{Endpoint, Fault};

use super::{TRIES, approved, start};
use crate::site::{Outcome, Site, Visitor, http, sandbox};

// Another host of the same domain can give a browser such cookies. The browser sends them in one header
// with ours.
pub(super) async fn cookies_of_other_hosts_do_no_harm() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let at = site.address.as_str();
    ada.foreign = Some(b"theme=caf\xe9; lang=\xc3\xa9; =; ;;");
    let back = approved(&sandbox, &site, &mut ada).await?;
    ada.get(at, &back).await?.expect_redirect("/diary");
    ada.get(at, "/diary").await?.expect(200, "Today");
    let old = ada.clone();
    ada.post(at, "/logout").await?.expect_redirect("/goodbye");
    old.clone().get(at, "/diary").await?.expect_redirect("/");
    assert_eq!(ada.session(), None);

    // A name with a foreign space in front is another name.
    let back = approved(&sandbox, &site, &mut ada).await?;
    ada.get(at, &back).await?.expect_redirect("/diary");
    let id = ada.session().ok_or("no session")?;
    for space in ["\u{a0}", "\u{2003}", "\u{3000}", "_", "\""] {
        let cookie = format!("{space}diary={id}");
        let mut eve = Visitor::new(&http()?);
        eve.foreign = Some(cookie.leak().as_bytes());
        eve.get(at, "/diary").await?.expect_redirect("/");
    }
    Ok(())
}

pub(super) async fn a_flood_of_logins_does_not_fill_the_store() -> Outcome<()> {
    let sandbox = sandbox().await?;
    let site = Site::start(&sandbox.origin(), &["--max-logins", "2"])?;
    let at = site.address.as_str();
    let mut ada = Visitor::new(&http()?);
    let back = approved(&sandbox, &site, &mut ada).await?;
    ada.get(at, &back).await?.expect_redirect("/diary");

    // A login that the provider does not let begin leaves nothing in the store, so it does not count.
    let mut flood = Visitor::new(&http()?);
    for _ in 0..2 {
        (0..TRIES).for_each(|_| sandbox.inject_at(Endpoint::RequestToken, Fault::Status(503)));
        flood.post(at, "/login").await?.expect(502, "FatSecret does not answer");
    }
    flood.log_in(at).await?;
    let before = sandbox.requests();
    for _ in 0..5 {
        let reply = flood.post(at, "/login").await?;
        reply.expect(503, "Too many people are logging in");
        assert_eq!(reply.headers.get("retry-after").ok_or("no time")?, "60");
    }
    assert_eq!(sandbox.requests(), before, "the provider does not notice the flood either");
    ada.get(at, "/diary").await?.expect(200, "Today");
    Ok(())
}

pub(super) async fn the_help_has_examples_and_secrets_are_not_arguments() -> Outcome<()> {
    let (good, help) = Site::says(&["--help"])?;
    assert!(good && help.contains("Examples:\n  cargo run -p example-web-app\n"), "{help}");
    for argument in ["--postgres", "--redis", "--key"] {
        let (good, said) = Site::says(&[argument, "redis://:secret@127.0.0.1"])?;
        assert!(!good && said.contains("unexpected argument"), "{said}");
    }
    Ok(())
}
