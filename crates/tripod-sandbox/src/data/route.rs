//! From a path, or a method's name, to the method.
//!
//! The trap: a name without a version means version 1, while a path always says its version.

use http::Method;

use super::{
    super::{builder::Config, check::quoted, state::State},
    Account, DataError, Node, Params,
    methods::METHODS,
};

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Public,
    /// With an access token.
    Delegated,
    /// Without an access token.
    SignedOnly,
}

/// What a method works on.
#[derive(Clone, Copy)]
pub(super) enum Run {
    Account(fn(&mut Account, &Params) -> Result<Node, DataError>),
    Host(fn(&mut State, &Params) -> Result<Node, DataError>),
}

/// One method of the data host.
pub(super) struct Handler {
    /// Its name at `/rest/server.api`; empty: it has none.
    pub(super) method: &'static str,
    /// Its newest version; the others are those from 1 to it.
    pub(super) newest: u8,
    /// Its paths below `/rest/`, without the version. Two where the documentation has two.
    pub(super) paths: &'static [&'static str],
    /// The HTTP methods that reach it by its path; empty: all.
    pub(super) verbs: &'static [Method],
    pub(super) access: Access,
    /// The version from which on it is sold apart; 0: none.
    pub(super) premium_from: u8,
    pub(super) run: Run,
}

/// Calls the method that is meant, for the user if there is one.
pub(crate) fn answer(
    state: &mut State,
    config: &Config,
    path: &str,
    user: Option<&str>,
    params: &mut Params,
) -> Result<Node, DataError> {
    params.premium = config.premium;
    params.turn = state.shapes.way(u64::MAX);
    let handler = route(path, params)?;
    // As the strictest report has it: the signature is checked over the query alone.
    let reads_forms = config.forms || config.dialect.reads_forms || handler.method == "echo";
    if params.has_form && !reads_forms {
        return Err(DataError::new(8, "Invalid signature: oauth_signature").because(
            "the parameters are in a form body, which the data host does not read; put them into \
             the query, or allow forms in the sandbox's settings",
        ));
    }
    match handler.access {
        Access::Delegated if !params.delegated => {
            return Err(DataError::new(9, "Invalid access token: oauth_token ''"));
        }
        Access::SignedOnly if params.delegated => {
            return Err(DataError::new(3, "Unsupported oauth parameter: oauth_token"));
        }
        _ => {}
    }
    params.check_region()?;
    match handler.run {
        Run::Host(run) => run(state, params),
        Run::Account(run) => match user.and_then(|user| state.accounts.get_mut(user)) {
            Some(account) => run(account, params),
            None => run(&mut Account::default(), params),
        },
    }
}

fn route(path: &str, params: &mut Params) -> Result<&'static Handler, DataError> {
    let unknown = |name: &str| DataError::new(10, format!("Unknown method: '{}'", quoted(name)));
    let handler = if path == "/rest/server.api" {
        let name = params.text("method")?;
        let (base, version) = versioned(name, ".v").unwrap_or((name, 1));
        let found = METHODS
            .iter()
            .find(|handler| !base.is_empty() && handler.method == base && version <= handler.newest)
            .ok_or_else(|| unknown(name))?;
        params.version = version;
        found
    } else {
        let not_found = || DataError::new(23, "API not found");
        let path = path.strip_prefix("/rest/").ok_or_else(not_found)?;
        let (base, version) = versioned(path, "/v").ok_or_else(not_found)?;
        let mut found = METHODS
            .iter()
            .filter(|handler| handler.paths.contains(&base) && version <= handler.newest)
            .peekable();
        found.peek().ok_or_else(not_found)?;
        params.version = version;
        params.by_path = true;
        found
            .find(|handler| handler.verbs.is_empty() || handler.verbs.contains(&params.verb))
            .ok_or_else(|| DataError::new(22, "Invalid request: HTTP method not allowed"))?
    };
    if !params.premium && handler.premium_from > 0 && params.version >= handler.premium_from {
        return Err(unknown(handler.method));
    }
    Ok(handler)
}

/// Takes `.v2` off a name, or `/v2` off a path.
fn versioned<'a>(name: &'a str, before: &str) -> Option<(&'a str, u8)> {
    let (base, version) = name.rsplit_once(before)?;
    match version.as_bytes() {
        [digit @ b'1'..=b'9'] => Some((base, digit - b'0')),
        _ => None,
    }
}
