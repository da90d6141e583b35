//! What a tool answers: a sentence for people, and the data.

use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock};
use serde::Serialize;

use crate::{portable::drop_nulls, trouble::Halt};

/// FatSecret's terms: to be shown wherever its content is.
pub(crate) const ATTRIBUTION: &str = "Powered by fatsecret";

/// The answer of a tool that did its work.
pub(crate) struct Reply<T> {
    summary: String,
    data: T,
}

pub(crate) type Outcome<T> = Result<Reply<T>, Halt>;

impl<T: Serialize> Reply<T> {
    pub(crate) fn new(summary: impl Into<String>, data: T) -> Self {
        Self { summary: summary.into(), data }
    }

    /// Of content that is FatSecret's.
    pub(crate) fn of_fatsecret(summary: impl Into<String>, data: T) -> Self {
        let mut reply = Self::new(summary, data);
        reply.summary = format!("{} ({ATTRIBUTION})", reply.summary);
        reply
    }
}

/// Turns what a tool did into the protocol's result.
///
/// The data are there twice, structured and as text, because some clients show the assistant the text alone.
pub(crate) fn answer<T: Serialize>(outcome: Outcome<T>) -> CallToolResponse {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(Halt::Ask(ask)) => return (*ask).into(),
        Err(Halt::Trouble(text)) => {
            return CallToolResult::error(vec![ContentBlock::text(text)]).into();
        }
    };
    match serde_json::to_value(&reply.data) {
        Ok(mut data) => {
            drop_nulls(&mut data);
            let text =
                vec![ContentBlock::text(reply.summary), ContentBlock::text(data.to_string())];
            let mut result = CallToolResult::success(text);
            result.structured_content = Some(data);
            result.into()
        }
        Err(error) => {
            let text = format!("The server cannot write its answer ({error}). Please report it.");
            CallToolResult::error(vec![ContentBlock::text(text)]).into()
        }
    }
}
