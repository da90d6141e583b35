//! The sandbox as a program: it starts a provider, says how to reach it, and logs each request.
//!
//! The start-up text goes to standard output, the log to standard error.

mod fault;
mod options;
mod text;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use tokio::runtime;
use tripod_sandbox::Sandbox;

use crate::options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "tripod-sandbox: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("there is no async runtime: {error}"))?;
    runtime.block_on(async {
        let mut stop = stop::Signals::listen()
            .map_err(|error| format!("cannot listen for Ctrl-C: {error}"))?;
        let sandbox = start(options).await?;
        // Nobody may be reading, and that is no reason to stop.
        let mut out = io::stdout();
        let _ = out.write_all(text::start(&sandbox, options).as_bytes());
        let _ = out.flush();
        stop.wait().await;
        drop(sandbox);
        Ok(())
    })
}

async fn start(options: &Options) -> Result<Sandbox, String> {
    let builder = options
        .builder()
        .map_err(|error| format!("the file of --rsa-public-key cannot be used: {error}"))?;
    let builder = builder.on_request(|seen| {
        let _ = io::stderr().write_all(text::request(seen).as_bytes());
    });
    let sandbox = builder.start().await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {} of 127.0.0.1 is in use by another program. Choose another port with --port, \
             or any free port with --port 0.",
            options.port
        ),
        io::ErrorKind::PermissionDenied => format!(
            "this user may not listen on port {}. Choose a port above 1023 with --port.",
            options.port
        ),
        _ => error.to_string(),
    })?;
    if options.seed_year {
        sandbox.seed_example_year().map_err(|error| error.to_string())?;
    }
    for (endpoint, fault) in &options.faults {
        match endpoint {
            Some(endpoint) => sandbox.inject_at(*endpoint, *fault),
            None => sandbox.inject(*fault),
        }
    }
    Ok(sandbox)
}

/// Ctrl-C, and the signal by which a service manager ends a program.
#[cfg(unix)]
mod stop {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(crate) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub(crate) fn listen() -> io::Result<Self> {
            let interrupt = signal(SignalKind::interrupt())?;
            Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
        }

        pub(crate) async fn wait(&mut self) {
            std::future::poll_fn(|context| {
                let interrupt = self.interrupt.poll_recv(context);
                if interrupt.is_ready() { interrupt } else { self.terminate.poll_recv(context) }
            })
            .await;
        }
    }
}

#[cfg(not(unix))]
mod stop {
    use std::io;

    pub(crate) struct Signals;

    impl Signals {
        #[expect(clippy::unnecessary_wraps, reason = "on Unix this can fail")]
        pub(crate) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(crate) async fn wait(&mut self) {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
