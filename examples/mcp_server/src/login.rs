//! The tools that connect an account: `login` in two calls, `logout`, `status`.

use rmcp::{
    handler::server::{tool::schema_for_output, wrapper::Parameters},
    model::CallToolResponse,
    tool, tool_router,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use tripod::{Callback, Failed, PendingFlow};

use crate::{
    account::Stored,
    ask::Call,
    reply::{ATTRIBUTION, Outcome, Reply, answer},
    server::Server,
    trouble::{Halt, is_wrong_pin, unusable},
    values::Whole,
};

#[derive(Deserialize, JsonSchema)]
struct Login {
    /// The PIN that FatSecret's page shows after the user has approved. Leave it out in the first call.
    #[serde(default, deserialize_with = "pin")]
    #[schemars(with = "Option<String>")]
    pin: Option<String>,
    /// True gives up the login that has begun and begins another. Use it if the page says that it was answered
    /// already, or if no PIN helps. The default is false.
    #[serde(default)]
    restart: bool,
    /// True says that the user wants to replace the account's stored login. It is needed if one is stored and this
    /// client cannot ask the user itself. The default is false.
    #[serde(default)]
    replace: bool,
}

/// An error must not show what was sent in place of a PIN, so nothing but the kind of value is looked at here.
fn pin<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(None),
        serde_json::Value::String(text) => Ok(Some(text).filter(|text| !text.trim().is_empty())),
        serde_json::Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(serde::de::Error::custom("the PIN must be text")),
    }
}

/// How far a login has come.
#[derive(Serialize, JsonSchema)]
pub(crate) struct LoginStep {
    /// Whether an account is connected now.
    is_connected: bool,
    /// The page that the user has to open in a browser, if a PIN is needed yet.
    page: Option<String>,
    /// For how many minutes the page and its PIN can be used, roughly.
    minutes_left: Option<Whole>,
}

#[derive(Serialize, JsonSchema)]
struct Status {
    /// Whether a login is stored that can be opened. FatSecret may have withdrawn it since.
    is_connected: bool,
    /// Whether a login has begun and waits for its PIN.
    waits_for_pin: bool,
    /// `fatsecret`, or `sandbox` for invented data.
    provider: &'static str,
    /// Where the login is kept, encrypted.
    kept_in: String,
    /// What is stored and cannot be read, and what to do about it; left out if there is nothing of that kind.
    trouble: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct LoggedOut {
    /// Whether anything was stored.
    was_connected: bool,
}

#[tool_router(router = login_tools, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Connect the user's FatSecret account, in two calls. First call it without `pin`: the result has \
            the address of a page. Give the address to the user, who opens it in a browser, approves, and gets a PIN. \
            Ask the user for the PIN, and call `login` again with `pin`. After a wrong PIN, call it again with the \
            right one: the login stays open. If an account is connected already, its login is replaced at the end, which \
            the user is asked about first.",
        output_schema = schema_for_output::<LoginStep>(),
        annotations(title = "Connect a FatSecret account", read_only_hint = false, destructive_hint = true, idempotent_hint = false, open_world_hint = true)
    )]
    async fn login(&self, call: Call, Parameters(login): Parameters<Login>) -> CallToolResponse {
        answer(match &login.pin {
            Some(pin) if !login.restart => self.finish_login(pin).await,
            _ => self.begin_login(&call, &login).await,
        })
    }

    #[tool(
        description = "Tell whether a FatSecret account is connected, whether a login waits for its PIN, and where the \
            login is kept. Answers also if the stored login cannot be read, and says then what to do. Sends nothing.",
        output_schema = schema_for_output::<Status>(),
        annotations(title = "Status of the connection", read_only_hint = true, open_world_hint = false)
    )]
    async fn status(&self) -> CallToolResponse {
        answer(Ok(self.describe_status()))
    }

    async fn begin_login(&self, call: &Call, login: &Login) -> Outcome<LoginStep> {
        // A login that has begun was asked about when it began.
        let has_begun = !login.restart && self.account.pending()?.is_some();
        if !has_begun && let Stored::Session(_) = self.account.stored()? {
            let question = "A FatSecret account is connected. Replace its stored login, once another one is approved?";
            if call.can_ask() {
                call.confirm(&self.writes, question).await?;
            } else if !login.replace {
                return Err(Halt::because(
                    "A FatSecret account is connected, and another login would replace the stored one. If the user \
                     wants that, call `login` again with `replace`.",
                ));
            }
        }
        let _turn = self.logins.lock().await;
        if !login.restart
            && let Some(flow) = self.account.pending()?
        {
            return Ok(page(&flow, "A login has begun already, and its page can still be used."));
        }
        let begun = self.account.client().begin(Callback::out_of_band()).request_token().await;
        let flow = begun.map_err(|failed| Halt::from(failed.into_error()))?;
        self.account.keep_pending(&flow)?;
        Ok(page(&flow, "The login has begun."))
    }

    async fn finish_login(&self, pin: &str) -> Outcome<LoginStep> {
        // One at a time, so that two calls do not use the same PIN.
        let _turn = self.logins.lock().await;
        let Some(flow) = self.account.pending()? else {
            return Err(Halt::because(
                "No login waits for a PIN: none was begun, or its time is over. Call `login` without a PIN.",
            ));
        };
        let exchanged = match flow.authorize(pin) {
            Ok(authorized) => authorized.exchange().await.map_err(Failed::into_error),
            Err(failed) => Err(failed.into_error()),
        };
        match exchanged {
            Ok(session) => self.account.keep_session(&session)?,
            Err(error) if is_wrong_pin(&error) => {
                return Err(Halt::because(
                    "FatSecret does not accept this PIN. Ask the user whether the page has shown another one, and \
                     whether access was allowed there. The login is still open: call `login` again with the right \
                     PIN, or with `restart` if no PIN helps.",
                ));
            }
            Err(error) => return Err(error.into()),
        }
        tracing::info!("an account was connected");
        let step = LoginStep { is_connected: true, page: None, minutes_left: None };
        Ok(Reply::new(format!("The FatSecret account is connected. {ATTRIBUTION}."), step))
    }

    /// Answers in any case: the other tools' errors are understood with it.
    fn describe_status(&self) -> Reply<Status> {
        let (is_connected, session) = match self.account.stored() {
            Ok(Stored::Session(_)) => (true, None),
            Ok(Stored::Nothing) => (false, None),
            Ok(Stored::Closed(why)) => (false, Some(why)),
            Err(error) => (false, Some(unusable(&error))),
        };
        let (waits_for_pin, pending) = match self.account.pending() {
            Ok(flow) => (flow.is_some(), None),
            Err(error) => (false, Some(unusable(&error))),
        };
        let trouble: Vec<String> = session.into_iter().chain(pending).collect();
        let trouble = (!trouble.is_empty()).then(|| trouble.join(" "));
        let mut said = match (is_connected, waits_for_pin) {
            (true, _) => "A FatSecret account is connected.",
            (false, true) => "No account is connected; a login waits for its PIN.",
            (false, false) => "No account is connected.",
        }
        .to_owned();
        if self.account.is_sandbox() {
            said += " The data are a sandbox's, and invented.";
        }
        if let Some(trouble) = &trouble {
            said = format!("{said} {trouble}");
        }
        let status = Status {
            is_connected,
            waits_for_pin,
            provider: if self.account.is_sandbox() { "sandbox" } else { "fatsecret" },
            kept_in: self.account.place(),
            trouble,
        };
        Reply::new(format!("{said} {ATTRIBUTION}."), status)
    }
}

#[tool_router(router = logout_tools, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Forget the stored login. The data at FatSecret stay. The user can also withdraw this program's \
            access on FatSecret's own site.",
        output_schema = schema_for_output::<LoggedOut>(),
        annotations(title = "Disconnect the FatSecret account", read_only_hint = false, destructive_hint = true, idempotent_hint = true, open_world_hint = false)
    )]
    async fn logout(&self, call: Call) -> CallToolResponse {
        answer(self.forget_login(&call).await)
    }

    async fn forget_login(&self, call: &Call) -> Outcome<LoggedOut> {
        let question = "Forget the stored FatSecret login? To use the account again, you will have to approve again.";
        call.confirm(&self.writes, question).await?;
        let _turn = self.logins.lock().await;
        let was_connected = self.account.forget()?;
        let summary =
            if was_connected { "The login is forgotten." } else { "No login was stored." };
        Ok(Reply::new(summary, LoggedOut { was_connected }))
    }
}

fn page(flow: &PendingFlow, begin: &str) -> Reply<LoginStep> {
    let lifetime = flow.client().provider().request_token_lifetime();
    let minutes_left = lifetime.map(|lifetime| {
        let seconds = lifetime.saturating_sub(flow.age()).as_secs();
        Whole(u32::try_from(seconds / 60).unwrap_or(u32::MAX))
    });
    let page = flow.authorization_url();
    let summary = format!(
        "{begin} The user has to open {page}, allow the access, and bring back the PIN. Then call `login` with the \
         PIN. {ATTRIBUTION}."
    );
    Reply::new(summary, LoginStep { is_connected: false, page: Some(page), minutes_left })
}
