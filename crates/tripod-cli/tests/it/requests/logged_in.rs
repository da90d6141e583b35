//! A home with one account, which was logged in to by the program itself.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    ops::Deref,
    process::Stdio,
};

use tripod_sandbox::{Builder, Sandbox};

use crate::home::{Home, Said};

pub(crate) const SECRET: &str = "consumer-secret-canary&+%";

/// A home, and the provider of its account.
pub(crate) struct LoggedIn {
    pub(crate) sandbox: Sandbox,
    home: Home,
}

impl Deref for LoggedIn {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}

impl LoggedIn {
    /// Logs in to a provider that follows the standard alone, described in a file. Relative URLs go to `api`.
    pub(crate) fn generic(api: Option<&str>) -> Self {
        let home = Self::at(Sandbox::builder().generic().keep_base_strings(true));
        let sandbox = &home.sandbox;
        let usual = format!("{}/rest/", sandbox.origin());
        let text = format!(
            "name = \"photos\"\nrequest_token = \"{}\"\nauthorize = \"{}\"\naccess_token = \"{}\"\napi = \"{}\"\n",
            sandbox.request_token_url(),
            sandbox.authorize_url(),
            sandbox.access_token_url(),
            api.unwrap_or(&usual),
        );
        let file = home.write("provider.toml", &text);
        home.login(&["--provider", &file]);
        home
    }

    /// Logs in to FatSecret, whose place a sandbox takes.
    pub(crate) fn fatsecret() -> Self {
        let home = Self::at(Sandbox::builder().odd_shapes(false));
        home.login(&["fatsecret", "--sandbox", &home.sandbox.origin()]);
        home
    }

    fn at(builder: Builder) -> Self {
        let sandbox = builder.consumer("key", SECRET).start_blocking().unwrap();
        Self { sandbox, home: Home::new() }
    }

    fn login(&self, arguments: &[&str]) {
        let mut command = self.home.tripod(&["login"]);
        command.args(arguments).args(["--oob", "--account", "here", "--consumer-env", "TEST"]);
        command.env("TEST_CONSUMER_KEY", "key").env("TEST_CONSUMER_SECRET", SECRET);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut page = None;
        let mut seen = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            seen += &line;
            if page.is_none() && line.contains("oauth_token=") {
                let approval = self.sandbox.approve(line.trim()).unwrap();
                let code = approval.verifier().unwrap().to_owned();
                writeln!(child.stdin.as_mut().unwrap(), "{code}").unwrap();
                page = Some(line);
            }
        }
        assert!(child.wait().unwrap().success(), "{seen}");
    }

    /// Runs the program to its end. Nothing that it prints may hold a secret.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let said = self.home.run(arguments);
        assert!(!said.out.contains("canary") && !said.err.contains("canary"), "{said:?}");
        said
    }
}
