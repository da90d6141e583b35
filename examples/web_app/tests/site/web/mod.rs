//! The web program over HTTP: the pages for everything that can go wrong, and what is refused.

mod callback;
mod strangers;

use std::{collections::BTreeSet, time::Instant};

use libtest_mimic::Trial;
use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tripod_sandbox::{Denial, Endpoint, Fault, Sandbox};

use crate::{
    alone, beside_others,
    site::{self, Outcome, Site, Visitor, http, sandbox, target},
};

/// Tries of a step before the program tells the user.
const TRIES: usize = 4;

pub(crate) fn trials() -> Vec<Trial> {
    macro_rules! trials {
        ($($test:path),* $(,)?) => {
            vec![$(Trial::test(concat!("web::", stringify!($test)), || beside_others($test()))),*]
        };
    }
    let mut all = trials![
        callback::a_ticket_that_others_know_is_not_a_session,
        callback::the_store_forgets_within_a_minute_and_never_learns_the_session,
        callback::only_so_many_requests_wait_for_another,
        strangers::cookies_of_other_hosts_do_no_harm,
        strangers::a_flood_of_logins_does_not_fill_the_store,
        strangers::the_help_has_examples_and_secrets_are_not_arguments,
        a_visitor_logs_in_reads_a_day_and_logs_out,
        each_way_back_that_cannot_be_used_has_its_own_page,
        forms_of_other_sites_and_other_names_are_refused,
        every_answer_is_guarded_and_texts_are_escaped,
        a_provider_that_is_away_is_told_and_nothing_is_lost,
        what_has_begun_is_answered_before_it_ends,
        a_login_whose_browser_has_gone_is_finished_before_it_ends,
        a_wrong_secret_is_told_to_us_and_not_to_the_user,
        large_requests_cost_nothing,
        access_that_was_taken_back_ends_the_session,
        behind_tls_browsers_are_told_to_come_back_by_it,
        what_outlives_the_program_needs_a_key_that_does,
        without_arguments_it_brings_its_own_sandbox,
    ];
    #[cfg(unix)]
    all.extend(trials![
        a_full_disk_is_told_and_nothing_acknowledged_is_lost,
        half_a_consumer_and_what_cannot_be_read_are_mistakes,
    ]);
    all
}

/// For which seconds matter, so each has the machine alone.
pub(crate) fn hurried() -> Vec<Trial> {
    let name = "web::a_short_absence_of_the_provider_is_not_noticed";
    vec![Trial::test(name, || alone(a_short_absence_of_the_provider_is_not_noticed()))]
}

async fn start() -> Outcome<(Sandbox, Site, Visitor)> {
    let sandbox = sandbox().await?;
    site::eat_bread(&sandbox)?;
    let site = Site::start(&sandbox.origin(), &[])?;
    Ok((sandbox, site, Visitor::new(&http()?)))
}

/// Logs in and approves. Gives the callback's path.
async fn approved(sandbox: &Sandbox, site: &Site, visitor: &mut Visitor) -> Outcome<String> {
    let page = visitor.log_in(&site.address).await?;
    target(sandbox.approve(&page)?.callback_url())
}

async fn a_visitor_logs_in_reads_a_day_and_logs_out() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let at = site.address.as_str();
    ada.get(at, "/").await?.expect(200, "Your food diary");
    ada.get(at, "/diary").await?.expect_redirect("/");

    let back = approved(&sandbox, &site, &mut ada).await?;
    let reply = ada.get(at, &back).await?;
    reply.expect_redirect("/diary");
    let session =
        reply.set_cookies().find(|line| line.starts_with("diary=")).ok_or("no session")?;
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=2592000"] {
        assert!(session.contains(part), "{session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    assert_eq!(ada.cookies.len(), 1, "the ticket's cookie has gone");

    ada.get(at, "/").await?.expect_redirect("/diary");
    let diary = ada.get(at, "/diary").await?;
    diary.expect(200, "Today");
    assert!(diary.body.contains("Whole Wheat Bread, 50 g"), "{}", diary.body);
    ada.get(at, "/diary?date=2026-02-30").await?.expect(400, "There is no such day");
    ada.get(at, "/diary?date=2026-07-28").await?.expect(200, "Tuesday, 28 July 2026");

    // Opening the address of the last page is not logging out.
    ada.get(at, "/goodbye").await?.expect_redirect("/diary");
    let old = ada.clone();
    ada.post(at, "/logout").await?.expect_redirect("/goodbye");
    assert_eq!(ada.session(), None);
    ada.get(at, "/goodbye").await?.expect(200, "You are logged out");
    // The cookie alone is of no use any more.
    old.clone().get(at, "/diary").await?.expect_redirect("/");
    // Nothing was deleted for somebody who was not logged in, so no page says so.
    Visitor::new(&http()?).post(at, "/logout").await?.expect_redirect("/");
    assert!(site.stop()?, "it ends when its input does");
    Ok(())
}

// checklist 18
async fn each_way_back_that_cannot_be_used_has_its_own_page() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let at = site.address.as_str();

    for denial in [Denial::DeniedToken, Denial::UserRefused, Denial::NoVerifier] {
        let page = ada.log_in(at).await?;
        sandbox.inject(Fault::Denied(denial));
        let back = target(sandbox.approve(&page)?.callback_url())?;
        ada.get(at, &back).await?.expect(200, "You denied access");
    }

    let back = approved(&sandbox, &site, &mut ada).await?;
    let mut eve = Visitor::new(&http()?);
    eve.get(at, &back).await?.expect(403, "This link belongs to another browser");
    // With a ticket of her own, too.
    eve.log_in(at).await?;
    eve.get(at, &back).await?.expect(403, "This link belongs to another browser");
    let (path, _) = back.split_once("&oauth_verifier").ok_or("no verifier")?;
    ada.get(at, &format!("{path}&oauth_verifier=")).await?.expect(400, "This link is not complete");
    // None of that cost Ada her login.
    let with_ticket = ada.clone();
    ada.get(at, &back).await?.expect_redirect("/diary");
    // She has a session now. The same link without it is spent for everybody else.
    ada.get(at, &back).await?.expect(403, "This link belongs to another browser");
    // The answer was lost on the way, or a double click sent two: the same login, ended once.
    let mut again = with_ticket.clone();
    again.get(at, &back).await?.expect_redirect("/diary");
    assert_eq!(again.session(), ada.session());
    ada.post(at, "/logout").await?;
    with_ticket.clone().get(at, &back).await?.expect(409, "This link was used already");

    let back = approved(&sandbox, &site, &mut ada).await?;
    sandbox.age_request_tokens(std::time::Duration::from_secs(3600));
    ada.get(at, &back).await?.expect(410, "FatSecret did not accept this login");
    // Nothing tells which flow it is about, and there is no verifier: a refusal of some provider's.
    ada.get(at, "/callback").await?.expect(200, "You denied access");
    ada.get(at, "/callback?oauth_verifier=1").await?.expect(400, "This link is not complete");
    Ok(())
}

async fn forms_of_other_sites_and_other_names_are_refused() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let at = site.address.as_str();
    let back = approved(&sandbox, &site, &mut ada).await?;
    ada.get(at, &back).await?.expect_redirect("/diary");

    let here = format!("http://{at}");
    for headers in [
        &[] as &[(&str, &str)],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", &here)],
        &[("sec-fetch-site", "same-site"), ("origin", &here)],
    ] {
        for path in ["/login", "/logout"] {
            let reply = ada.send(Method::POST, at, path, headers).await?;
            reply.expect(403, "Another site sent this");
        }
    }
    ada.get(at, "/diary").await?.expect(200, "Today");
    let reply = ada.send(Method::GET, at, "/logout", &[]).await?;
    assert_eq!(reply.status, 405);

    let renamed = ada.send(Method::GET, at, "/diary", &[("host", "evil.example")]).await?;
    renamed.expect(421, "This is not our address");
    assert!(!renamed.body.contains("bread"));
    Ok(())
}

async fn every_answer_is_guarded_and_texts_are_escaped() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let at = site.address.as_str();
    let back = approved(&sandbox, &site, &mut ada).await?;
    let mut read = String::new();
    let mut kept: BTreeSet<String> = ada.cookies.values().cloned().collect();
    let strange = "/callback?oauth_token=%3Cscript%3Ealert(1)%3C/script%3E&oauth_verifier=1";
    for path in ["/", "/diary", strange, &back, "/nowhere", "/goodbye"] {
        let reply = ada.get(at, path).await?;
        let header = |name: &str| reply.headers.get(name).and_then(|value| value.to_str().ok());
        let policy = header("content-security-policy").ok_or("no policy")?;
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(header("referrer-policy"), Some("strict-origin"));
        assert_eq!(header("x-content-type-options"), Some("nosniff"));
        assert!(!reply.body.contains("<script"), "{}", reply.body);
        read.push_str(&reply.body);
        kept.extend(ada.cookies.values().filter(|value| !value.is_empty()).cloned());
    }
    // Neither the log nor what people read tells a secret: no ticket, session, key or verifier.
    assert!(kept.len() >= 2, "a ticket and a session");
    kept.insert(back.rsplit('=').next().unwrap_or_default().to_owned());
    kept.extend([site::SECRET.to_owned(), site::SEALING_KEY.to_owned()]);
    let said = site.end()?;
    for secret in kept {
        assert!(!said.contains(&secret));
        assert!(!read.contains(&secret));
    }
    Ok(())
}

async fn a_provider_that_is_away_is_told_and_nothing_is_lost() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let at = site.address.as_str();
    let away = |endpoint, times: usize| {
        for turn in 0..times {
            let fault = if turn % 2 == 0 { Fault::Status(502) } else { Fault::CutOff };
            sandbox.inject_at(endpoint, fault);
        }
    };

    away(Endpoint::RequestToken, TRIES);
    ada.post(at, "/login").await?.expect(502, "FatSecret does not answer");
    let back = approved(&sandbox, &site, &mut ada).await?;

    // The same link works when the provider is back: the flow was parked again.
    away(Endpoint::AccessToken, TRIES);
    let reply = ada.get(at, &back).await?;
    reply.expect(502, "FatSecret does not answer");
    assert!(reply.body.contains("Try again"));
    ada.get(at, &back).await?.expect_redirect("/diary");

    away(Endpoint::Data, 1);
    ada.get(at, "/diary").await?.expect(502, "FatSecret does not answer");
    ada.get(at, "/diary").await?.expect(200, "Today");

    assert_eq!(sandbox.faults_waiting(), 0);

    // Nobody listens any more.
    let _held = gone(sandbox).await?;
    ada.post(at, "/login").await?.expect(502, "FatSecret does not answer");
    ada.get(at, "/diary").await?.expect(502, "FatSecret does not answer");
    Ok(())
}

/// Ends a provider. Its port stays bound without a listener, so that no trial beside this one gets it.
async fn gone(sandbox: Sandbox) -> Outcome<TcpSocket> {
    let origin = sandbox.origin();
    let address = origin.strip_prefix("http://").ok_or("no address")?.parse()?;
    drop(sandbox);
    let socket = TcpSocket::new_v4()?;
    // The old connections may still be lingering.
    socket.set_reuseaddr(true)?;
    // A process that another trial starts has this one's sockets until it is the program, also one that was closed.
    let begun = Instant::now();
    while let Err(error) = socket.bind(address) {
        if begun.elapsed().as_secs() > 60 {
            return Err(error.into());
        }
        tokio::task::yield_now().await;
    }
    Ok(socket)
}

/// All tries have to begin within the program's patience of five seconds, of which its pauses take up to two.
async fn a_short_absence_of_the_provider_is_not_noticed() -> Outcome<()> {
    let (sandbox, site, mut ada) = start().await?;
    let back = approved(&sandbox, &site, &mut ada).await?;
    for fault in [Fault::Status(502), Fault::CutOff, Fault::Status(502)] {
        sandbox.inject_at(Endpoint::AccessToken, fault);
    }
    assert_eq!(sandbox.faults_waiting(), TRIES - 1);
    ada.get(&site.address, &back).await?.expect_redirect("/diary");
    assert_eq!(sandbox.faults_waiting(), 0);
    Ok(())
}

#[cfg(unix)]
async fn a_full_disk_is_told_and_nothing_acknowledged_is_lost() -> Outcome<()> {
    let sandbox = sandbox().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("vault.sqlite");
    let store = file.to_str().ok_or("an odd path")?;
    let small = Site::with_small_disk(256, &sandbox.origin(), store)?;
    let at = small.address.as_str();

    let mut people = Vec::new();
    let trouble = loop {
        assert!(people.len() < 1000, "the disk does not fill");
        let mut person = Visitor::new(&http()?);
        let reply = person.post(at, "/login").await?;
        if reply.location().is_none() {
            break reply;
        }
        let page = reply.location().ok_or("no page")?;
        let back = target(sandbox.approve(page)?.callback_url())?;
        let reply = person.get(at, &back).await?;
        if reply.location().is_none() {
            break reply;
        }
        reply.expect_redirect("/diary");
        people.push(person);
    };
    assert!(trouble.status.is_server_error(), "{} {}", trouble.status, trouble.body);
    assert_eq!(trouble.title(), "We cannot reach our storage");
    assert!(!people.is_empty());
    // Reading goes on.
    for person in &mut people {
        person.get(at, "/diary").await?.expect(200, "Today");
    }
    assert!(small.stop()?);

    let large = Site::start(&sandbox.origin(), &["--sqlite", store])?;
    for person in &mut people {
        person.get(&large.address, "/diary").await?.expect(200, "Today");
    }
    let mut late = Visitor::new(&http()?);
    let back = approved(&sandbox, &large, &mut late).await?;
    late.get(&large.address, &back).await?.expect_redirect("/diary");
    Ok(())
}

async fn what_has_begun_is_answered_before_it_ends() -> Outcome<()> {
    let (sandbox, mut site, mut ada) = start().await?;
    let at = site.address.clone();
    let back = approved(&sandbox, &site, &mut ada).await?;
    // The callback is in the middle of its tries when the program is to end. One less than it has, since all of them
    // begin within five seconds or not at all.
    (0..TRIES - 2).for_each(|_| sandbox.inject_at(Endpoint::AccessToken, Fault::Status(502)));
    let callback = async { ada.get(&at, &back).await };
    let stop = async {
        while !sandbox.log().iter().any(|seen| seen.endpoint == Some(Endpoint::AccessToken)) {
            tokio::task::yield_now().await;
        }
        site.ask_to_stop();
    };
    let (reply, ()) = tokio::join!(callback, stop);
    reply?.expect_redirect("/diary");
    assert!(site.stop()?);
    Ok(())
}

async fn a_login_whose_browser_has_gone_is_finished_before_it_ends() -> Outcome<()> {
    let sandbox = site::sandbox().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("vault.sqlite");
    let store = ["--sqlite", file.to_str().ok_or("no UTF-8")?];
    let mut site = Site::start(&sandbox.origin(), &store)?;
    let at = site.address.clone();
    let mut ada = Visitor::new(&http()?);
    let back = approved(&sandbox, &site, &mut ada).await?;
    (0..TRIES - 2).for_each(|_| sandbox.inject_at(Endpoint::AccessToken, Fault::Status(502)));
    let cookies: Vec<String> =
        ada.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut browser = TcpStream::connect(&at).await?;
    let request =
        format!("GET {back} HTTP/1.1\r\nHost: {at}\r\nCookie: {}\r\n\r\n", cookies.join("; "));
    browser.write_all(request.as_bytes()).await?;
    while !sandbox.log().iter().any(|seen| seen.endpoint == Some(Endpoint::AccessToken)) {
        tokio::task::yield_now().await;
    }
    drop(browser);
    site.ask_to_stop();
    assert!(site.stop()?);
    assert_eq!(sandbox.faults_waiting(), 0, "the exchange was tried to its end");
    let database = rusqlite::Connection::open(&file)?;
    let sessions = "SELECT count(*) FROM entries WHERE key LIKE 'session:%'";
    assert_eq!(database.query_row(sessions, [], |row| row.get::<_, i64>(0))?, 1);
    Ok(())
}

async fn a_wrong_secret_is_told_to_us_and_not_to_the_user() -> Outcome<()> {
    let sandbox = site::sandbox().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("vault.sqlite");
    let store = ["--sqlite", file.to_str().ok_or("no UTF-8")?];
    let right = Site::start(&sandbox.origin(), &store)?;
    let wrong = Some(("FATSECRET_CONSUMER_SECRET", "another"));
    let wrong = Site::start_in(&sandbox.origin(), &store, wrong)?;
    let mut ada = Visitor::new(&http()?);
    let back = approved(&sandbox, &right, &mut ada).await?;
    ada.get(&wrong.address, &back).await?.expect(500, "Something went wrong");
    let said = wrong.end()?;
    assert!(said.contains("Invalid signature"), "{said}");
    // It has cost nobody the login.
    ada.get(&right.address, &back).await?.expect_redirect("/diary");
    Ok(())
}

async fn large_requests_cost_nothing() -> Outcome<()> {
    let (_sandbox, site, mut visitor) = start().await?;
    let at = site.address.as_str();
    visitor.get(at, "/").await?.expect(200, "Your food diary");
    let before = site.memory();

    let many: Vec<(String, String)> =
        (0..100).map(|turn| (format!("x-{turn}"), "y".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(visitor.send(Method::GET, at, "/", &many).await?.status, 431);
    let long = format!("/callback?oauth_verifier={}", "v".repeat(70_000));
    // Written by hand: a client of today refuses to send it.
    let long = format!("GET {long} HTTP/1.1\r\nhost: {at}\r\n\r\n");
    let endless = format!("GET / HTTP/1.1\r\nhost: {at}\r\nx: {}", "y".repeat(1 << 20));
    for (request, status) in [(long, " 414 "), (endless, " 431 ")] {
        let answer = raw(at, &request).await?;
        assert!(answer.is_empty() || answer.contains(status), "{answer}");
    }

    // Bodies are not read. Eight at once, of 16 MiB; whether the answer is seen is the client's luck.
    let bodies = (0..8).map(|_| {
        let http = reqwest::Client::clone(&visitor.http);
        let request = http.post(site.url("/login")).header("origin", format!("http://{at}"));
        tokio::spawn(request.body(vec![b'x'; 16 << 20]).send())
    });
    for sent in bodies.collect::<Vec<_>>() {
        let _ = sent.await?;
    }
    visitor.get(at, "/").await?.expect(200, "Your food diary");
    if let Some((before, after)) = before.zip(site.memory()) {
        assert!(after < before + 16 * 1024, "{before} KiB, then {after} KiB");
    }
    Ok(())
}

/// What the server answers to these bytes. Nothing if it hangs up on what it does not want to read,
/// which can overtake the answer.
async fn raw(address: &str, request: &str) -> Outcome<String> {
    let mut socket = TcpStream::connect(address).await?;
    let _ = socket.write_all(request.as_bytes()).await;
    let mut answer = vec![0; 1024];
    let length = socket.read(&mut answer).await.unwrap_or(0);
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

async fn access_that_was_taken_back_ends_the_session() -> Outcome<()> {
    let sandbox = Sandbox::builder()
        .consumer(site::KEY, site::SECRET)
        .access_token("granted", "granted-secret")
        .start()
        .await?;
    let site = Site::start(&sandbox.origin(), &[])?;
    let mut ada = Visitor::new(&http()?);
    let back = approved(&sandbox, &site, &mut ada).await?;
    ada.get(&site.address, &back).await?.expect_redirect("/diary");

    assert!(sandbox.revoke("granted"));
    let reply = ada.get(&site.address, "/diary").await?;
    reply.expect(403, "The access was withdrawn");
    assert_eq!(ada.session(), None);
    Ok(())
}

async fn behind_tls_browsers_are_told_to_come_back_by_it() -> Outcome<()> {
    let sandbox = sandbox().await?;
    let site = Site::start(&sandbox.origin(), &["--public-url", "https://diary.example"])?;
    let reply = Visitor::at(&http()?, "diary.example").get(&site.address, "/").await?;
    reply.expect(200, "Your food diary");
    let policy = reply.headers.get("strict-transport-security").ok_or("no policy")?;
    assert_eq!(policy, "max-age=63072000");
    Ok(())
}

async fn what_outlives_the_program_needs_a_key_that_does() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("vault.sqlite");
    let (started, said) = Site::without_a_key(store.to_str().ok_or("an odd path")?)?;
    assert!(!started && said.contains("TRIPOD_SEALING_KEY"), "{said}");
    assert!(!store.exists());
    Ok(())
}

/// It would start with the sandbox, and show invented diaries.
#[cfg(unix)]
async fn half_a_consumer_and_what_cannot_be_read_are_mistakes() -> Outcome<()> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    let (started, said) = Site::with_only("FATSECRET_CONSUMER_SECRET", OsStr::new("s"))?;
    assert!(!started && said.contains("FATSECRET_CONSUMER_KEY"), "{said}");
    for variable in ["FATSECRET_CONSUMER_KEY", "TRIPOD_POSTGRES"] {
        let (started, said) = Site::with_only(variable, OsStr::from_bytes(b"caf\xe9"))?;
        assert!(!started && said.contains(&format!("{variable} is not UTF-8")), "{said}");
    }
    Ok(())
}

async fn without_arguments_it_brings_its_own_sandbox() -> Outcome<()> {
    let site = Site::alone()?;
    let mut visitor = Visitor::new(&http()?);
    visitor.get(&site.address, "/").await?.expect(200, "Your food diary");
    let page = visitor.log_in(&site.address).await?;
    let question = visitor.http_get(&page).await?;
    assert!(question.contains("The diary example"), "{question}");
    assert!(site.stop()?);
    Ok(())
}
