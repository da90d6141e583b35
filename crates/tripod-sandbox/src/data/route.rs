//! From a path, or a method's name, to the method.

// The trap: a name without a version means version 1, while a path always says its version.

use crate::{
    config::Config,
    data::{
        account::Account,
        error::DataError,
        handler::{Access, Handler, Run},
        host::DataHost,
        methods::METHODS,
        node::Node,
        params::Params,
    },
    oauth::OauthServer,
    quote::quoted,
};

/// Calls the method that is meant, for the user if there is one.
pub(crate) fn answer(
    host: &mut DataHost,
    server: &mut OauthServer,
    config: &Config,
    path: &str,
    user: Option<&str>,
    params: &mut Params,
) -> Result<Node, DataError> {
    params.premium = config.premium;
    params.turn = host.shapes.way(u64::MAX);
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
        Run::Host(run) => run(host, server, params),
        Run::Account(run) => match user.and_then(|user| host.accounts.get_mut(user)) {
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
