//! What people do, and what they must see.

use std::{sync::Arc, time::Duration};

use fantoccini::{
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    key::Key,
};
use tripod_sandbox::{Endpoint, Fault, Sandbox, Seen};

use crate::{
    chrome::{Browser, Driver},
    site::{Outcome, Site, eat_bread, sandbox},
};

const ALLOW: &str = "Log in and allow";
const WELCOME: &str = "Your food diary";

async fn start(driver: &Driver) -> Outcome<(Sandbox, Site, Browser)> {
    let sandbox = sandbox().await?;
    sandbox.seed_example_year()?;
    eat_bread(&sandbox)?;
    let site = Site::start(&sandbox.origin(), &[])?;
    let browser = Browser::open(driver).await?;
    Ok((sandbox, site, browser))
}

/// To the provider's page.
async fn log_in(browser: &Browser, site: &Site) -> Outcome<()> {
    browser.goto(&site.url("/")).await?;
    browser.heading(WELCOME).await?;
    browser.press("Log in with FatSecret").await
}

/// On the provider's page, to the end.
async fn approve(browser: &Browser) -> Outcome<()> {
    browser.identify().await?;
    browser.press(ALLOW).await?;
    sees_diary(browser).await
}

/// On a page of the site that offers to log in, to the end.
async fn begin_again(browser: &Browser) -> Outcome<()> {
    browser.press("Log in with FatSecret").await?;
    approve(browser).await
}

async fn sees_diary(browser: &Browser) -> Outcome<()> {
    browser.heading("Today").await?;
    let source = browser.client.source().await?;
    assert!(source.contains("Whole Wheat Bread, 50 g"), "{source}");
    Ok(())
}

pub(crate) async fn log_in_and_approve(driver: Arc<Driver>) -> Outcome<()> {
    let (_sandbox, site, browser) = start(&driver).await?;
    log_in(&browser, &site).await?;
    approve(&browser).await?;
    // The verifier is not left in the address, and no script could read the cookie.
    assert_eq!(browser.client.current_url().await?.as_str(), site.url("/diary"));
    let cookies = browser.client.get_all_cookies().await?;
    let names: Vec<&str> = cookies.iter().map(cookie::Cookie::name).collect();
    assert_eq!(names, ["diary"], "the ticket's cookie has gone");
    assert!(cookies.iter().all(|cookie| cookie.http_only() == Some(true)));

    browser.client.find(fantoccini::Locator::Css("nav a[rel=prev]")).await?.click().await?;
    browser.heading("Yesterday").await?;
    browser.client.find(fantoccini::Locator::Css("nav a[rel=next]")).await?.click().await?;
    browser.heading("Today").await?;

    browser.press("Log out").await?;
    browser.heading("You are logged out").await?;
    assert!(browser.client.get_all_cookies().await?.is_empty());
    browser.goto(&site.url("/diary")).await?;
    browser.heading(WELCOME).await?;
    // Going back shows nothing of the diary: its pages are not kept.
    browser.client.back().await?;
    browser.client.back().await?;
    browser.heading(WELCOME).await?;
    browser.close().await
}

pub(crate) async fn deny(driver: Arc<Driver>) -> Outcome<()> {
    let (_sandbox, site, browser) = start(&driver).await?;
    log_in(&browser, &site).await?;
    browser.press("Deny").await?;
    browser.heading("You denied access").await?;
    // A slip: the button on that page begins again.
    begin_again(&browser).await?;
    browser.close().await
}

pub(crate) async fn back_then_approve(driver: Arc<Driver>) -> Outcome<()> {
    let (_sandbox, site, browser) = start(&driver).await?;
    // Back from the provider's page, then forward to it again, and approve.
    log_in(&browser, &site).await?;
    browser.identify().await?;
    browser.client.back().await?;
    browser.heading(WELCOME).await?;
    browser.client.forward().await?;
    browser.heading("The diary example asks for access to your account").await?;
    browser.client.back().await?;
    browser.heading(WELCOME).await?;
    // And once more from the beginning: the login that was left does no harm.
    begin_again(&browser).await?;

    // Back from the diary to the provider's page: it was answered, and says so.
    browser.client.back().await?;
    browser.heading("This request was answered already").await?;
    browser.client.forward().await?;
    sees_diary(&browser).await?;
    browser.close().await
}

pub(crate) async fn double_click(driver: Arc<Driver>) -> Outcome<()> {
    let (sandbox, site, browser) = start(&driver).await?;
    log_in(&browser, &site).await?;
    browser.identify().await?;
    let (x, y, width, height) = browser.button(ALLOW).await?.rectangle().await?;
    let (x, y) = (x + width / 2.0, y + height / 2.0);
    let click = || {
        [
            PointerAction::Down { button: MOUSE_BUTTON_LEFT },
            PointerAction::Up { button: MOUSE_BUTTON_LEFT },
        ]
    };
    let mut mouse =
        MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo { duration: None, x, y });
    for action in click().into_iter().chain(click()) {
        mouse = mouse.then(action);
    }
    browser.client.perform_actions(mouse).await?;
    // If the form went out twice, the browser has given up the first one's way back, and the provider
    // takes an answer once. The user then begins again, and nothing stands in the way.
    if sees_diary(&browser).await.is_err() {
        browser.heading("This request was answered already").await?;
        browser.goto(&site.url("/")).await?;
        browser.heading(WELCOME).await?;
        begin_again(&browser).await?;
    }
    let answers =
        sandbox.log().into_iter().filter(|seen| seen.path.starts_with("/oauth/authorize"));
    let posts = answers.filter(|seen| seen.verb == "POST").count();
    println!("the double click sent the form {posts} times");
    browser.close().await
}

/// Somebody who clicks again and again, while the first answer is on its way back to the site.
pub(crate) async fn clicking_on(driver: Arc<Driver>) -> Outcome<()> {
    let (sandbox, site, patient) = start(&driver).await?;
    patient.close().await?;
    let browser = Browser::impatient(&driver).await?;
    log_in(&browser, &site).await?;
    browser.identify().await?;
    // A page on its way takes no command. Another page of the provider's tells this one when to go on.
    let clicks = "const b = document.querySelector('button[value=allow]'); \
        new BroadcastChannel('on').onmessage = () => setInterval(() => b.click(), 300); \
        setTimeout(() => b.click());";
    let tab = browser.client.window().await?;
    let other = browser.client.new_window(true).await?.handle;
    browser.client.switch_to_window(other.clone()).await?;
    log_in(&browser, &site).await?;
    browser.heading("The diary example asks for access to your account").await?;
    browser.client.switch_to_window(tab.clone()).await?;
    // The callback does not end while the browser waits for it.
    sandbox.inject_at(Endpoint::AccessToken, Fault::NoAnswer);
    browser.client.execute(clicks, Vec::new()).await?;
    // A click before that would end the login without the callback, and leave the fault to the next one.
    let waits = |seen: &Seen| seen.fault == Some(Fault::NoAnswer);
    while !sandbox.log().iter().any(waits) {
        tokio::task::yield_now().await;
    }
    browser.client.switch_to_window(other).await?;
    browser.client.execute("new BroadcastChannel('on').postMessage('');", Vec::new()).await?;
    browser.client.switch_to_window(tab).await?;
    // The provider takes an answer once, and the browser has given up the first one's way back.
    browser.heading("This request was answered already").await?;
    browser.goto(&site.url("/")).await?;
    browser.heading(WELCOME).await?;
    begin_again(&browser).await?;
    browser.close().await
}

pub(crate) async fn two_tabs(driver: Arc<Driver>) -> Outcome<()> {
    let (_sandbox, site, browser) = start(&driver).await?;
    for other_order in [false, true] {
        let first = browser.client.window().await?;
        log_in(&browser, &site).await?;
        browser.identify().await?;
        let second = browser.client.new_window(true).await?.handle;
        browser.client.switch_to_window(second.clone()).await?;
        log_in(&browser, &site).await?;
        browser.identify().await?;

        let order = if other_order { [&second, &first] } else { [&first, &second] };
        for tab in order {
            browser.client.switch_to_window(tab.clone()).await?;
            browser.press(ALLOW).await?;
            sees_diary(&browser).await?;
        }
        // Both tabs go on with the login that was finished last.
        for tab in [&first, &second] {
            browser.client.switch_to_window(tab.clone()).await?;
            browser.client.refresh().await?;
            sees_diary(&browser).await?;
        }
        browser.press("Log out").await?;
        browser.heading("You are logged out").await?;
        browser.client.close_window().await?;
        browser.client.switch_to_window(first).await?;
    }
    browser.close().await
}

pub(crate) async fn another_browser(driver: Arc<Driver>) -> Outcome<()> {
    let (sandbox, site, eve) = start(&driver).await?;
    // Eve begins, approves with her own account, and sends the link on instead of following it.
    log_in(&eve, &site).await?;
    eve.heading("The diary example asks for access to your account").await?;
    let page = eve.client.current_url().await?;
    let approval = sandbox.approve(page.as_str())?;
    let link = approval.callback_url().ok_or("no callback")?;

    let ada = Browser::open(&driver).await?;
    ada.goto(link).await?;
    ada.heading("This link belongs to another browser").await?;
    ada.screenshot("another-browser-wide").await?;
    assert!(ada.client.get_all_cookies().await?.is_empty());
    ada.goto(&site.url("/diary")).await?;
    ada.heading(WELCOME).await?;
    // Also in the middle of a login of her own, which goes on as if nothing had been.
    log_in(&ada, &site).await?;
    // Not before the page is there: going back would lead elsewhere.
    ada.heading("The diary example asks for access to your account").await?;
    ada.goto(link).await?;
    ada.heading("This link belongs to another browser").await?;
    ada.client.back().await?;
    approve(&ada).await?;
    ada.close().await?;

    // The link is still Eve's own.
    eve.goto(link).await?;
    sees_diary(&eve).await?;
    eve.close().await
}

pub(crate) async fn expired(driver: Arc<Driver>) -> Outcome<()> {
    let (sandbox, site, browser) = start(&driver).await?;
    let hour = Duration::from_secs(3600);
    // On the provider's page.
    log_in(&browser, &site).await?;
    browser.identify().await?;
    sandbox.age_request_tokens(hour);
    browser.press(ALLOW).await?;
    browser.heading("This request is too old").await?;
    // Between the approval and the way back.
    log_in(&browser, &site).await?;
    browser.heading("The diary example asks for access to your account").await?;
    let page = browser.client.current_url().await?;
    let approval = sandbox.approve(page.as_str())?;
    sandbox.age_request_tokens(hour);
    browser.goto(approval.callback_url().ok_or("no callback")?).await?;
    browser.heading("FatSecret did not accept this login").await?;
    begin_again(&browser).await?;
    browser.close().await
}

/// Nothing but Tab, Enter and letters.
pub(crate) async fn keyboard(driver: Arc<Driver>) -> Outcome<()> {
    let (_sandbox, site, browser) = start(&driver).await?;
    let (tab, enter) = (char::from(Key::Tab).to_string(), char::from(Key::Enter).to_string());
    browser.goto(&site.url("/")).await?;
    browser.heading(WELCOME).await?;
    browser.keys(&tab).await?;
    assert_eq!(browser.focus().await?, "Log in with FatSecret");
    browser.screenshot("keyboard-focus").await?;
    browser.keys(&enter).await?;
    browser.heading("The diary example asks for access to your account").await?;
    browser.keys(&tab).await?;
    assert_eq!(browser.focus().await?, "name");
    browser.keys(&format!("ada{tab}lovelace{tab}")).await?;
    assert_eq!(browser.focus().await?, "answer");
    browser.keys(&enter).await?;
    sees_diary(&browser).await?;

    // Log out, the day before, the date, Show, the day after.
    let mut stops = Vec::new();
    while stops.last().is_none_or(|stop| stop != "Show") && stops.len() < 12 {
        browser.keys(&tab).await?;
        stops.push(browser.focus().await?);
    }
    assert_eq!(stops.first().map(String::as_str), Some("Log out"), "{stops:?}");
    assert!(stops.iter().any(|stop| stop.starts_with('←')), "{stops:?}");
    assert!(stops.iter().any(|stop| stop == "date"), "{stops:?}");
    browser.keys(&tab).await?;
    assert!(browser.focus().await?.ends_with('→'));
    browser.goto(&site.url("/diary")).await?;
    browser.heading("Today").await?;
    browser.keys(&tab).await?;
    assert_eq!(browser.focus().await?, "Log out");
    browser.keys(&tab).await?;
    assert!(browser.focus().await?.starts_with('←'));
    browser.keys(&enter).await?;
    browser.heading("Yesterday").await?;
    browser.keys(&tab).await?;
    assert_eq!(browser.focus().await?, "Log out");
    browser.keys(&enter).await?;
    browser.heading("You are logged out").await?;
    browser.close().await
}

pub(crate) async fn provider_away(driver: Arc<Driver>) -> Outcome<()> {
    let (sandbox, site, browser) = start(&driver).await?;
    let away = |endpoint, times: usize| {
        (0..times).for_each(|_| sandbox.inject_at(endpoint, Fault::Status(502)));
    };
    away(Endpoint::RequestToken, 4);
    log_in(&browser, &site).await?;
    browser.heading("FatSecret does not answer").await?;
    browser.press("Log in with FatSecret").await?;
    browser.identify().await?;
    away(Endpoint::AccessToken, 4);
    browser.press(ALLOW).await?;
    browser.heading("FatSecret does not answer").await?;
    browser.screenshot("provider-away-wide").await?;
    // The same link: the flow was parked again, and its ticket is still in the cookie.
    browser.press("Try again").await?;
    sees_diary(&browser).await?;
    browser.close().await
}

pub(crate) async fn screenshots(driver: Arc<Driver>) -> Outcome<()> {
    let (sandbox, site, browser) = start(&driver).await?;
    for (name, width, height) in [("wide", 1200, 900), ("phone", 360, 740)] {
        browser.view(width, height, name == "phone").await?;
        let shoot = async |page: &str| -> Outcome<()> {
            assert_eq!(browser.overflow().await?, 0, "{page} at {width} pixels");
            browser.screenshot(&format!("{page}-{name}")).await
        };
        browser.goto(&site.url("/")).await?;
        browser.heading(WELCOME).await?;
        shoot("welcome").await?;
        browser.press("Log in with FatSecret").await?;
        browser.identify().await?;
        shoot("provider").await?;
        browser.press(ALLOW).await?;
        sees_diary(&browser).await?;
        shoot("today").await?;
        let date = sandbox.today() - jiff::Span::new().days(3);
        browser.goto(&site.url(&format!("/diary?date={date}"))).await?;
        browser.field("date").await?;
        shoot("a-day").await?;
        browser.dark(true).await?;
        shoot("a-day-dark").await?;
        browser.dark(false).await?;
        browser.goto(&site.url("/diary?date=2001-01-01")).await?;
        browser.heading("Monday, 1 January 2001").await?;
        shoot("empty-day").await?;
        browser.goto(&site.url("/nowhere")).await?;
        browser.heading("There is no such page").await?;
        shoot("not-found").await?;
        browser.goto(&site.url("/callback?oauth_token=x&oauth_verifier=y")).await?;
        browser.heading("This link belongs to another browser").await?;
        shoot("wrong-link").await?;
        browser.goto(&site.url("/diary")).await?;
        browser.press("Log out").await?;
        browser.heading("You are logged out").await?;
        shoot("logged-out").await?;
    }
    browser.close().await
}
