//! What each trial does. `A` and `B` are two processes of the program behind one name.

use std::{sync::Arc, time::Instant};

use tokio::sync::{Barrier, Semaphore};
use tripod_sandbox::{Endpoint, Fault, Sandbox, Seen};

use super::stores::{Kind, Shared, Told};
use crate::site::{Outcome, Reply, Site, Visitor, http, sandbox, target};

/// How the world knows both machines.
const HOST: &str = "diary.example";
const FLOWS: usize = 1000;
/// Requests that are under way at the same time.
///
/// All flows are open together, which is what the trial proves. Requests that queue up behind one another at the
/// sandbox or at SQLite's one writer would prove nothing more, and on a slow machine they would outlast the
/// patience of the program and of its store, which is five seconds.
const AT_ONCE: usize = 16;

/// A sandbox, a store, and two machines.
struct World {
    sandbox: Sandbox,
    store: Shared,
    a: Site,
    b: Site,
    http: reqwest::Client,
    /// The day that everybody has written something for.
    date: jiff::civil::Date,
}

impl World {
    async fn new(kind: Kind) -> Outcome<Self> {
        let sandbox = sandbox().await?;
        let store = Shared::new(kind).await?;
        let date = sandbox.today();
        let (a, b) = (machine(&sandbox, &store)?, machine(&sandbox, &store)?);
        Ok(Self { sandbox, store, a, b, http: http()?, date })
    }

    /// Somebody who ate so many grams of bread.
    fn visitor(&self, grams: usize) -> Outcome<Person> {
        let name = format!("visitor {grams}");
        self.sandbox.add_user(&name, "password")?;
        let units = u32::try_from(grams)?;
        // Not the sandbox's today: midnight may have passed since the date was set, which is what everybody reads.
        self.sandbox.log_food_of(&name, self.date, "lunch", (3017, 30_172), units)?;
        Ok(Person { name, grams, browser: Visitor::at(&self.http, HOST), date: self.date })
    }

    /// Begins at a machine and approves. Gives the callback's path.
    async fn approve(&self, person: &mut Person, site: &str) -> Outcome<String> {
        let page = person.browser.log_in(site).await?;
        target(self.sandbox.approve_as(&page, &person.name)?.callback_url())
    }

    fn restart_a(&mut self) -> Outcome<()> {
        self.a = machine(&self.sandbox, &self.store)?;
        Ok(())
    }
}

fn machine(sandbox: &Sandbox, store: &Shared) -> Outcome<Site> {
    let url = format!("https://{HOST}");
    let (provider, public) = (sandbox.origin(), ["--public-url", &url]);
    match store.told() {
        Told::Argument(how, place) => {
            Site::start(&provider, &[&public[..], &[how, &place]].concat())
        }
        Told::Variable(name, url) => Site::start_in(&provider, &public, Some((name, url))),
    }
}

struct Person {
    name: String,
    grams: usize,
    browser: Visitor,
    date: jiff::civil::Date,
}

impl Person {
    async fn read(&mut self, site: &str) -> Outcome<Reply> {
        let path = format!("/diary?date={}", self.date);
        self.browser.get(site, &path).await
    }

    /// The diary is this person's, and nobody else's.
    async fn sees_own_diary(&mut self, site: &str) -> Outcome<()> {
        let reply = self.read(site).await?;
        let rows: Vec<&str> = reply
            .body
            .split("<th scope=\"row\">")
            .skip(1)
            .filter_map(|rest| rest.split_once("</th>"))
            .map(|(food, _)| food)
            .collect();
        let bread = format!("Whole Wheat Bread, {} g", self.grams);
        if reply.status != 200 || rows != [bread.as_str(), "The day"] {
            return Err(format!("{} sees {rows:?}: {reply:?}", self.name).into());
        }
        Ok(())
    }
}

pub(crate) async fn crosses(kind: Kind) -> Outcome<()> {
    let world = World::new(kind).await?;
    let (a, b) = (world.a.address.as_str(), world.b.address.as_str());
    let mut ada = world.visitor(17)?;
    let back = world.approve(&mut ada, a).await?;
    let ticket = ada.browser.cookies.keys().next().ok_or("no ticket")?;
    assert!(ticket.starts_with("__Host-"), "{ticket}");
    ada.browser.get(b, &back).await?.expect_redirect("/diary");
    ada.sees_own_diary(a).await?;
    ada.sees_own_diary(b).await?;

    // Two tabs, begun on both machines and ended in the other order.
    let mut tabs = world.visitor(18)?;
    let first = world.approve(&mut tabs, a).await?;
    let second = world.approve(&mut tabs, b).await?;
    assert_eq!(tabs.browser.cookies.len(), 2, "a ticket for each tab");
    tabs.browser.get(a, &second).await?.expect_redirect("/diary");
    tabs.sees_own_diary(b).await?;
    tabs.browser.get(b, &first).await?.expect_redirect("/diary");
    tabs.sees_own_diary(a).await?;

    // Both machines get the same callback at the same moment: one login, and both say so.
    let mut twice = world.visitor(19)?;
    let back = world.approve(&mut twice, a).await?;
    let mut other = twice.browser.clone();
    let (one, two) = tokio::join!(twice.browser.get(a, &back), other.get(b, &back));
    one?.expect_redirect("/diary");
    two?.expect_redirect("/diary");
    assert_eq!(twice.browser.session(), other.session());
    twice.sees_own_diary(b).await?;
    Ok(())
}

/// After each step that A said was done, A is killed, and B goes on.
pub(crate) async fn killed_between(kind: Kind) -> Outcome<()> {
    let mut world = World::new(kind).await?;
    let b = world.b.address.clone();
    for (turn, killed_after) in
        ["login", "approval", "callback", "diary", "logout"].iter().enumerate()
    {
        let a = world.a.address.clone();
        let mut person = world.visitor(100 + turn)?;
        // The step at which A dies, and from which on everything is B's.
        let mut at = a.as_str();
        let page = person.browser.log_in(at).await?;
        if *killed_after == "login" {
            world.a.kill()?;
            at = &b;
        }
        let approval = world.sandbox.approve_as(&page, &person.name)?;
        let back = target(approval.callback_url())?;
        if *killed_after == "approval" {
            world.a.kill()?;
            at = &b;
        }
        person.browser.get(at, &back).await?.expect_redirect("/diary");
        if *killed_after == "callback" {
            world.a.kill()?;
            at = &b;
        }
        person.sees_own_diary(at).await?;
        if *killed_after == "diary" {
            world.a.kill()?;
            at = &b;
        }
        let before = person.browser.clone();
        person.sees_own_diary(at).await?;
        person.browser.post(at, "/logout").await?.expect_redirect("/goodbye");
        if *killed_after == "logout" {
            world.a.kill()?;
        }
        // What was forgotten stays forgotten, also with the cookie that was good before.
        before.clone().get(&b, "/diary").await?.expect_redirect("/");
        world.restart_a()?;
        before.clone().get(&world.a.address, "/diary").await?.expect_redirect("/");
    }
    killed_in_the_exchange(&mut world).await
}

/// A has taken the flow and waits for the provider. Nothing was promised: B says that this link is
/// spent, and a new login does.
async fn killed_in_the_exchange(world: &mut World) -> Outcome<()> {
    let (a, b) = (world.a.address.clone(), world.b.address.clone());
    let mut person = world.visitor(110)?;
    let back = world.approve(&mut person, &a).await?;
    world.sandbox.inject_at(Endpoint::AccessToken, Fault::NoAnswer);
    let waits = |seen: &Seen| seen.fault == Some(Fault::NoAnswer);
    let (mut browser, link) = (person.browser.clone(), back.clone());
    let callback = tokio::spawn(async move { browser.get(&a, &link).await });
    while !world.sandbox.log().iter().any(waits) {
        tokio::task::yield_now().await;
    }
    world.a.kill()?;
    assert!(callback.await?.is_err(), "no answer came");
    person.browser.get(&b, &back).await?.expect(409, "This link was used already");
    begin_anew(&world.sandbox, &mut person, &b).await?;
    person.sees_own_diary(&b).await
}

/// How far somebody had come when A died.
enum Reached {
    Nothing,
    /// A said that the login was begun.
    Begun(String),
    /// The callback went out, and no answer came.
    InDoubt(String),
    /// A said that the login was finished.
    Finished,
}

/// A dies while many are under way. Whatever it said was done is there on B.
pub(crate) async fn killed_within(kind: Kind) -> Outcome<()> {
    const PEOPLE: usize = 60;
    let mut world = World::new(kind).await?;
    let people = (0..PEOPLE).map(|turn| world.visitor(200 + turn)).collect::<Outcome<Vec<_>>>()?;
    let a = world.a.address.clone();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let (ready, is_ready) = tokio::sync::watch::channel(false);
    let sandbox = Arc::new(world.sandbox);
    let tasks: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(turn, mut person)| {
            let (a, tell, sandbox) = (a.clone(), tell.clone(), Arc::clone(&sandbox));
            let mut is_ready = is_ready.clone();
            tokio::spawn(async move {
                // A third begins before the shot, and waits for it with a callback in hand.
                if turn % 3 != 0 {
                    let _ = is_ready.wait_for(|ready| *ready).await;
                }
                let Ok(page) = person.browser.log_in(&a).await else {
                    return (person, Reached::Nothing);
                };
                let back = sandbox
                    .approve_as(&page, &person.name)
                    .ok()
                    .and_then(|approval| target(approval.callback_url()).ok());
                let Some(back) = back else { return (person, Reached::Nothing) };
                let _ = tell.send(false);
                let _ = is_ready.wait_for(|ready| *ready).await;
                if turn % 5 == 0 {
                    return (person, Reached::Begun(back));
                }
                let reached = match person.browser.get(&a, &back).await {
                    Ok(reply) if reply.location() == Some("/diary") => {
                        let _ = tell.send(true);
                        Reached::Finished
                    }
                    _ => Reached::InDoubt(back),
                };
                (person, reached)
            })
        })
        .collect();
    drop(tell);
    for _ in 0..PEOPLE / 3 {
        told.recv().await.ok_or("everybody has gone")?;
    }
    ready.send(true)?;
    // A few have been told that they are logged in; for the others, everything is going on.
    let mut finished = 0;
    while finished < PEOPLE / 6 {
        finished += usize::from(told.recv().await.ok_or("everybody has gone")?);
    }
    world.a.kill()?;

    let mut counts = [0; 4];
    let mut goes_on = Vec::new();
    for task in tasks {
        let (person, reached) = task.await?;
        let place = match &reached {
            Reached::Nothing => 0,
            Reached::Begun(_) => 1,
            Reached::InDoubt(_) => 2,
            Reached::Finished => 3,
        };
        counts[place] += 1;
        let (sandbox, b) = (Arc::clone(&sandbox), world.b.address.clone());
        goes_on.push(tokio::spawn(async move { go_on(&sandbox, person, reached, &b).await }));
    }
    for task in goes_on {
        task.await??;
    }
    println!("{kind}: nothing, begun, in doubt, finished: {counts:?}");
    Ok(())
}

/// On the machine that is left.
async fn go_on(sandbox: &Sandbox, mut person: Person, reached: Reached, site: &str) -> Outcome<()> {
    match reached {
        Reached::Finished => {}
        Reached::Begun(back) => {
            person.browser.get(site, &back).await?.expect_redirect("/diary");
        }
        Reached::InDoubt(back) => {
            // Not begun, or done and only the answer lost: it ends here. Between the two, the page
            // says so, and a new login is needed: nothing was promised.
            let reply = person.browser.get(site, &back).await?;
            if reply.location() != Some("/diary") {
                reply.expect(409, "This link was used already");
                begin_anew(sandbox, &mut person, site).await?;
            }
        }
        Reached::Nothing => begin_anew(sandbox, &mut person, site).await?,
    }
    person.sees_own_diary(site).await
}

async fn begin_anew(sandbox: &Sandbox, person: &mut Person, site: &str) -> Outcome<()> {
    let page = person.browser.log_in(site).await?;
    let back = target(sandbox.approve_as(&page, &person.name)?.callback_url())?;
    person.browser.get(site, &back).await?.expect_redirect("/diary");
    Ok(())
}

/// All are begun before the first is ended, and each ends on the machine where it was not begun.
pub(crate) async fn thousand(kind: Kind) -> Outcome<()> {
    let started = Instant::now();
    let world = Arc::new(World::new(kind).await?);
    let at_once = Arc::new(Semaphore::new(AT_ONCE));
    let all_begun = Arc::new(Barrier::new(FLOWS));
    let mut tasks = Vec::with_capacity(FLOWS);
    for turn in 0..FLOWS {
        let (world, at_once) = (Arc::clone(&world), Arc::clone(&at_once));
        let all_begun = Arc::clone(&all_begun);
        let mut person = world.visitor(1 + turn)?;
        tasks.push(tokio::spawn(async move {
            let (begins, ends) = match turn % 2 {
                0 => (&world.a.address, &world.b.address),
                _ => (&world.b.address, &world.a.address),
            };
            let permit = at_once.acquire().await?;
            let back = world.approve(&mut person, begins).await;
            drop(permit);
            all_begun.wait().await;
            let back = back?;
            let permit = at_once.acquire().await?;
            if turn % 10 == 0 {
                // A stranger tries first.
                let mut stranger = Visitor::at(&world.http, HOST);
                let reply = stranger.get(ends, &back).await?;
                reply.expect(403, "This link belongs to another browser");
            }
            person.browser.get(ends, &back).await?.expect_redirect("/diary");
            drop(permit);
            let _permit = at_once.acquire().await?;
            person.sees_own_diary(begins).await
        }));
    }
    let mut wrong = Vec::new();
    for task in tasks {
        if let Err(error) = task.await? {
            wrong.push(error.to_string());
        }
    }
    // Three of each flow's; more were refused for their timestamp and signed again.
    let (requests, seconds) = (world.sandbox.requests(), started.elapsed().as_secs_f32());
    println!("{kind}: {FLOWS} flows in {seconds:.1} s, {requests} requests at the provider");
    assert_eq!((wrong.len(), wrong.first()), (0, None));
    Ok(())
}

pub(crate) async fn store_away(kind: Kind) -> Outcome<()> {
    let world = World::new(kind).await?;
    let (a, b) = (world.a.address.as_str(), world.b.address.as_str());
    let mut ada = world.visitor(31)?;
    let back = world.approve(&mut ada, a).await?;
    let mut grace = world.visitor(32)?;
    let mut later = world.visitor(33)?;
    let for_later = world.approve(&mut later, b).await?;

    let away = world.store.take_away()?;
    let title = "We cannot reach our storage";
    let (login, reply) = tokio::join!(grace.browser.post(a, "/login"), ada.browser.get(b, &back));
    login?.expect(503, title);
    let reply = reply?;
    reply.expect(503, title);
    assert!(reply.body.contains("Try again") && reply.headers.contains_key("retry-after"));
    drop(away);

    // What was kept before is there. The one that could not begin can.
    later.browser.get(a, &for_later).await?.expect_redirect("/diary");
    later.sees_own_diary(b).await?;
    // The same link does again, unless the store carried out what it did not answer any more.
    let reply = ada.browser.get(b, &back).await?;
    if reply.location() != Some("/diary") {
        reply.expect(409, "This link was used already");
        begin_anew(&world.sandbox, &mut ada, b).await?;
    }
    ada.sees_own_diary(a).await?;
    let back = world.approve(&mut grace, b).await?;
    grace.browser.get(a, &back).await?.expect_redirect("/diary");
    grace.sees_own_diary(b).await?;

    // Logging out is not said to be done while it is not.
    let away = world.store.take_away()?;
    ada.browser.post(a, "/logout").await?.expect(503, title);
    assert!(ada.browser.session().is_some());
    drop(away);
    ada.browser.post(a, "/logout").await?.expect_redirect("/goodbye");
    Ok(())
}
