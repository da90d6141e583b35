//! `tripod doctor`: finds out why a signature is refused.

mod curl;
mod curl_options;
mod raw;
mod recorded;
mod report;
mod secrets;
mod words;

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read as _, Write as _},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Args;
use tripod::signature::diagnose::{Check, Diagnose, Verdict};

use self::{
    recorded::Recorded,
    report::{Told, report},
};
use crate::{
    fail::{Exit, Failure},
    text,
};

/// More than any request that can be diagnosed: `diagnose` reads bodies of 64 KiB, and URLs and headers of as much.
const LONGEST: u64 = 1 << 20;

/// Lines that are longer are hard to read.
const WIDEST: usize = 100;

pub(crate) const EXAMPLES: &str = "\
Examples:
  tripod doctor < request.txt
  tripod doctor @request.txt --public-origin https://api.example
  pbpaste | tripod doctor            # a curl command that the browser copied
  tripod doctor --account fatsecret @request.txt

Give the request in a file or on standard input: other users of the machine can see arguments,
and a request holds the token and, with PLAINTEXT, the secrets.

The secrets are asked for, and what you type is not shown. They can also be in the
variables TRIPOD_CONSUMER_SECRET and TRIPOD_TOKEN_SECRET, or in files. The report shows no
secret, token or signature.

Exit codes: 0 if the signature is correct, 6 if it is wrong or the request is refused anyway.";

/// Arguments of `tripod doctor`.
#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// The request as it was sent, a curl command or the text of an HTTP request: better as @FILE [default: standard input]
    #[arg(value_name = "REQUEST")]
    request: Option<String>,
    #[command(flatten)]
    secrets: secrets::Sources,
    /// The origin that clients call, such as `https://api.example`, if the request was recorded behind a proxy
    #[arg(long, value_name = "ORIGIN")]
    public_origin: Option<String>,
    /// The base string that the provider says it has made
    #[arg(long, value_name = "TEXT|@FILE")]
    their_base_string: Option<String>,
    /// Also try three mistakes at once, which takes longer
    #[arg(long)]
    triples: bool,
    /// How a request was sent that does not say it [possible values: http, https]
    #[arg(long, value_name = "SCHEME", value_parser = ["http", "https"], hide_possible_values = true)]
    scheme: Option<String>,
    /// When the request was sent, to check its timestamp: Unix seconds, or `now`
    #[arg(long, value_name = "TIME", value_parser = time)]
    sent_at: Option<i64>,
}

fn time(text: &str) -> Result<i64, String> {
    if text != "now" {
        return text.parse().map_err(|_| "write whole seconds since 1970, or `now`".to_owned());
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    i64::try_from(since.as_secs()).map_err(|error| error.to_string())
}

/// Reads the request, asks for the secrets, and prints what was found.
pub(crate) async fn run(arguments: Doctor) -> Result<(), Failure> {
    let request = read(arguments.request.as_deref(), arguments.scheme.as_deref())?;
    let theirs = arguments.their_base_string.as_deref().map(base_string).transpose()?;
    let secrets = secrets::gather(&arguments.secrets, request.names_a_token()).await?;
    let mut doctor = Diagnose::new(secrets);
    if let Some(origin) = arguments.public_origin {
        doctor = doctor.public_origin(origin);
    }
    if let Some(theirs) = &theirs {
        doctor = doctor.provider_base_string(theirs);
    }
    if let Some(seconds) = arguments.sent_at {
        doctor = doctor.at(seconds);
    }
    if arguments.triples {
        doctor = doctor.with_triples();
    }
    let diagnosis = doctor.diagnose(&request.as_sent())?;
    let told = Told {
        width: text::width().min(WIDEST),
        triples: arguments.triples,
        with_base_string: theirs.is_some(),
    };
    let report = report(&request, &diagnosis, &told);
    anstream::stdout().write_all(report.as_bytes()).map_err(|error| Failure::output(&error))?;
    let is_refused = diagnosis.checks().iter().any(Check::is_refusal);
    let is_right = *diagnosis.verdict() == Verdict::Correct && !is_refused;
    // What is wrong was said.
    if is_right { Ok(()) } else { Err(Failure::said(Exit::Configuration)) }
}

fn usage(message: impl Into<String>) -> Failure {
    Failure::new(Exit::Usage, message)
}

/// The request that was given, or what standard input has.
fn read(given: Option<&str>, scheme: Option<&str>) -> Result<Recorded, Failure> {
    let bytes = match given {
        None | Some("-") => {
            if io::stdin().is_terminal() {
                // Whether the hint can be shown does not matter.
                let _ = writeln!(
                    io::stderr(),
                    "Paste the request, then press Ctrl+D on a line of its own:"
                );
            }
            let mut bytes = Vec::new();
            io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| {
                Failure::new(Exit::Other, "standard input cannot be read").with_cause(&error)
            })?;
            bytes
        }
        Some(text) => match text.strip_prefix('@') {
            Some(path) => file(Path::new(path))?,
            None => text.as_bytes().to_vec(),
        },
    };
    if bytes.len() as u64 > LONGEST {
        return Err(usage("the request is larger than 1 MiB"));
    }
    // The command's own data files, too, are read only as far as they can be diagnosed.
    let data_file = |name: &str| match name {
        "-" => Err(
            "the curl command reads its data from standard input; write the data into the command"
                .to_owned(),
        ),
        name => file(Path::new(name)).map_err(|failure| failure.to_string()),
    };
    let read = match std::str::from_utf8(&bytes) {
        Ok(text) if curl::is_command(text) => curl::read(text, &data_file),
        _ => raw::read(&bytes, scheme),
    };
    read.map_err(usage)
}

fn base_string(given: &str) -> Result<String, Failure> {
    let Some(path) = given.strip_prefix('@') else { return Ok(given.trim().to_owned()) };
    let text = String::from_utf8(file(Path::new(path))?)
        .map_err(|_| usage("the provider's base string is not UTF-8"))?;
    Ok(text.trim().to_owned())
}

fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::file("read the file", path, &error))?;
    Ok(bytes)
}
