//! A diagnosis in words, with what to do.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use tripod::signature::diagnose::{Diagnosis, Finding, Mistake, NotCompared, Verdict};

use super::recorded::Recorded;
use crate::{fail::visible, text::wrap};

/// What the words depend on, besides the diagnosis.
pub(super) struct Told {
    /// The columns of the terminal.
    pub(super) width: usize,
    /// Whether three mistakes at once were tried.
    pub(super) triples: bool,
    /// Whether the provider's base string was given.
    pub(super) with_base_string: bool,
}

/// Writes a report for a terminal.
pub(super) fn report(request: &Recorded, diagnosis: &Diagnosis, told: &Told) -> String {
    let mut out = Out { text: String::new(), width: told.width };
    out.block("", &request.to_string());
    for note in &request.notes {
        out.block("note: ", note);
    }
    out.text.push('\n');
    match diagnosis.verdict() {
        Verdict::Correct => correct(&mut out),
        Verdict::Explained(finding) => explained(&mut out, finding),
        Verdict::Unknown { not_compared: Some(reason), .. } => not_compared(&mut out, *reason),
        Verdict::Unknown { tried, mistakes, .. } => {
            unknown(&mut out, *tried, mistakes, told.triples);
        }
        other => out.block("", &format!("The verdict is {other:?}.")),
    }
    for (is_refusal, headline) in [
        (true, "Providers refuse this too, whatever the signature is:"),
        (false, "Is this meant so?"),
    ] {
        let checks = diagnosis.checks().iter().filter(|check| check.is_refusal() == is_refusal);
        for (index, check) in checks.enumerate() {
            if index == 0 {
                out.text.push('\n');
                out.headline(AnsiColor::Yellow, headline);
            }
            out.block("  - ", &check.to_string());
        }
    }
    if told.with_base_string {
        out.text.push('\n');
        base_string(&mut out, diagnosis);
    }
    out.text
}

fn correct(out: &mut Out) {
    out.headline(AnsiColor::Green, "The signature is correct for this request and these secrets.");
    out.text.push('\n');
    out.block("", "If the provider refuses the request all the same, check these:");
    out.block(
        "  - ",
        "Does the provider have these secrets? Copy both from its page and from the grant again.",
    );
    out.block(
        "  - ",
        "Do the consumer key and the token belong to these secrets, and is the token still valid?",
    );
    out.block(
        "  - ",
        "Is the clock right of the machine that signs? Most providers accept 300 seconds.",
    );
    out.block(
        "  - ",
        "Was the nonce used before? A request that is sent again needs a new signature.",
    );
    out.block("  - ", "Does the provider see this URL? A proxy may change the scheme, the host, the port or the path; see --public-origin.");
}

fn explained(out: &mut Out, finding: &Finding) {
    let sets = finding.sets();
    let size = sets.first().map_or(0, Vec::len);
    let mistakes = match size {
        1 => "One mistake explains",
        2 => "Two mistakes together explain",
        _ => "Three mistakes together explain",
    };
    if sets.len() == 1 {
        out.headline(AnsiColor::Red, &format!("The signature is wrong. {mistakes} it:"));
    } else {
        let each = if size == 1 {
            "Each of these mistakes explains"
        } else {
            "Each of these sets of mistakes explains"
        };
        out.headline(AnsiColor::Red, &format!("The signature is wrong. {each} it:"));
    }
    for (index, set) in sets.iter().enumerate() {
        out.text.push('\n');
        let number = if sets.len() == 1 { String::new() } else { format!("{}. ", index + 1) };
        for (index, mistake) in set.iter().enumerate() {
            let begin = match (index, number.is_empty()) {
                (0, _) => format!("  {number}"),
                (_, true) => "  ".to_owned(),
                (_, false) => " ".repeat(2 + number.len()),
            };
            let who = if index == 0 { "The signer" } else { "It also" };
            out.block(&begin, &format!("{who} {mistake}."));
            let indent = " ".repeat(begin.len() + 2);
            out.block(&format!("{indent}Cure: "), &sentence(mistake.cure()));
        }
    }
    if sets.len() > 1 {
        out.text.push('\n');
        out.block("", "For this request they give the same signature. To find out which of them was made, diagnose another request, with other parameters.");
    }
}

fn not_compared(out: &mut Out, reason: NotCompared) {
    out.headline(AnsiColor::Yellow, &format!("The signature was not compared: {reason}."));
    out.text.push('\n');
    out.block(
        "",
        "If the provider shows the base string that it made, pass it with --their-base-string.",
    );
}

fn unknown(out: &mut Out, tried: usize, mistakes: &[Mistake], triples: bool) {
    out.headline(AnsiColor::Red, "The signature is wrong, and no known mistake explains it.");
    out.text.push('\n');
    let together = if triples { "up to three" } else { "up to two" };
    let mut about: Vec<&str> = mistakes.iter().map(|mistake| mistake.about()).collect();
    about.dedup();
    out.block(
        "",
        &format!(
            "{tried} combinations of {together} mistakes were compared. They are about {}.",
            about.join(", ")
        ),
    );
    out.text.push('\n');
    out.block("", "Usual reasons are:");
    out.block("  - ", "Another secret: of another application, an old one, or one that was cut off when it was copied. Give other secrets that you have with --oauth2-secret and --request-token-secret.");
    out.block("  - ", "Another request: the request was changed after it was signed, or its body is missing here.");
    if !triples {
        out.block("  - ", "Three mistakes at once: try --triples.");
    }
}

fn base_string(out: &mut Out, diagnosis: &Diagnosis) {
    let Some(theirs) = diagnosis.provider_base_string() else {
        out.headline(
            AnsiColor::Green,
            "The provider's base string is the one that this request gives.",
        );
        out.block(
            "",
            "So the difference is in the secrets, in the hash, or in how the signature is sent.",
        );
        return;
    };
    out.headline(AnsiColor::Yellow, "The provider's base string differs:");
    out.block("  - ", &sentence(&theirs.difference.to_string()));
    for set in theirs.mistakes.as_ref().map_or(&[][..], Finding::sets) {
        let made: Vec<_> = set.iter().map(ToString::to_string).collect();
        out.block(
            "  - ",
            &format!("A signer makes the provider's base string if it {}.", made.join(", and ")),
        );
    }
}

/// With a capital letter and a full stop, unless it begins with a name.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{stop}", characters.as_str())
}

struct Out {
    text: String,
    width: usize,
}

impl Out {
    fn headline(&mut self, color: AnsiColor, text: &str) {
        let style = Style::new().bold().fg_color(Some(color.into()));
        let text = wrap(&visible(text), self.width).join("\n");
        let _ = writeln!(self.text, "{style}{text}{style:#}");
    }

    /// Text behind `begin`; further lines are indented as far.
    fn block(&mut self, begin: &str, text: &str) {
        let indent = begin.chars().count();
        // The request and the provider's base string are read from elsewhere.
        let lines = wrap(&visible(text), self.width.saturating_sub(indent));
        let between = format!("\n{}", " ".repeat(indent));
        let _ = writeln!(self.text, "{begin}{}", lines.join(&between));
    }
}

#[cfg(test)]
mod tests {
    use tripod::http::HeaderMap;
    use tripod::signature::diagnose::{Diagnose, Secrets};

    use super::*;

    /// A request with this signature, which its signer made with the key `secret` and no `&` if it is the first.
    fn told(signature: &str, theirs: Option<&str>, width: usize) -> String {
        let authorization = format!(
            "OAuth oauth_consumer_key=\"key\", oauth_nonce=\"n1\", oauth_timestamp=\"1767225600\", oauth_signature_method=\"HMAC-SHA1\", oauth_signature=\"{signature}\""
        );
        let mut headers = HeaderMap::new();
        headers.insert("Authorization", authorization.parse().unwrap());
        let request = Recorded {
            method: "GET".to_owned(),
            url: "https://api.example/1/me".to_owned(),
            headers,
            body: Vec::new(),
            notes: vec!["a note".to_owned()],
        };
        let mut doctor = Diagnose::new(Secrets::new("secret")).at(1_767_229_200);
        if let Some(theirs) = theirs {
            doctor = doctor.provider_base_string(theirs);
        }
        let diagnosis = doctor.diagnose(&request.as_sent()).unwrap();
        let told = Told { width, triples: false, with_base_string: theirs.is_some() };
        anstream::adapter::strip_str(&report(&request, &diagnosis, &told)).to_string()
    }

    #[test]
    fn what_others_wrote_does_not_move_the_cursor() {
        let theirs = "GET&https%3A%2F%2Fapi.example%2F%1B%5D0%3Bx%07&a%3Db";
        let told = told("AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D", Some(theirs), 80);
        assert!(!told.contains(['\u{1b}', '\u{7}']), "{told:?}");
    }

    #[test]
    fn one_mistake_is_told_with_its_cure() {
        assert_eq!(
            told("GqzabLu5cb1mDez%2FL5K9aelVPLc%3D", None, 80),
            "\
GET https://api.example/1/me
note: a note

The signature is wrong. One mistake explains it:

  The signer left out the `&` between the two secrets.
    Cure: The `&` is always there, also without a token.

Providers refuse this too, whatever the signature is:
  - oauth_timestamp is 3600 seconds behind; most providers accept 300, so set
    the clock of the machine that signs
"
        );
    }

    #[test]
    fn no_known_mistake_is_told_with_what_else_to_try() {
        let told = told(
            "AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D",
            Some("GET&https%3A%2F%2Fapi.example%2F1%2Fyou&a%3Db"),
            200,
        );
        assert!(told.contains("no known mistake explains it.\n"), "{told}");
        assert!(
            told.contains("combinations of up to two mistakes were compared. They are about the consumer secret, how the two secrets are joined,"),
            "{told}"
        );
        assert!(told.contains("try --triples"), "{told}");
        assert!(told.contains("The provider's base string differs:\n  - The provider signs the URL https://api.example/1/you, the request went to https://api.example/1/me.\n"), "{told}");
    }

    #[test]
    fn a_signature_that_was_cut_off_is_told() {
        let told = told("GqzabLu5", None, 200);
        assert!(
            told.contains(
                "The signature was not compared: it is not as long as the signatures of a"
            ),
            "{told}"
        );
    }

    #[test]
    fn a_narrow_terminal_gets_short_lines() {
        let told = told("AAAA", None, 40);
        for line in told.lines() {
            assert!(line.chars().count() <= 40, "{line}");
        }
    }
}
