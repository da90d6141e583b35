//! Asking the user before something is written.
//!
//! The protocol calls this elicitation, and has two ways. Up to version 2025-11-25 the server sends the client a
//! request while the tool runs. Since 2026-07-28 the tool ends with the question, and the client calls it again
//! with the answer. So each write is planned first, from its arguments; the plan's question names all that it
//! does; and an answer counts only for the same question about the same call, and once.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rmcp::{
    ErrorData, RoleServer,
    handler::server::{common::FromContextPart, tool::ToolCallContext},
    model::{
        ElicitRequest, ElicitRequestParams, ElicitationAction, ElicitationSchema, InputRequest,
        InputRequests, InputRequiredResult, InputResponses, JsonObject, ProtocolVersion,
    },
    service::RequestContext,
};

use crate::trouble::Halt;

/// How long a question waits for its answer.
const PATIENCE: Duration = Duration::from_secs(300);
/// The most questions that wait at a time. The oldest gives way.
const MOST: usize = 16;
/// The name of the question in the protocol's list of questions.
const CONFIRM: &str = "confirm";

/// Who may write, and which questions wait for an answer.
pub(crate) struct Writes {
    allowed_unasked: bool,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    number: u64,
    questions: VecDeque<Question>,
}

#[derive(PartialEq)]
struct Question {
    number: String,
    tool: String,
    arguments: Option<JsonObject>,
    text: String,
}

impl Writes {
    pub(crate) fn new(allowed_unasked: bool) -> Self {
        Self { allowed_unasked, waiting: Mutex::default() }
    }

    /// Whether this client may call tools that write: it can ask its user, or nobody has to be asked.
    pub(crate) fn are_allowed(&self, context: &RequestContext<RoleServer>) -> bool {
        self.allowed_unasked || can_ask(context)
    }

    fn put(&self, call: &Call, text: String) -> String {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.number += 1;
        let number = waiting.number.to_string();
        if waiting.questions.len() == MOST {
            waiting.questions.pop_front();
        }
        let (tool, arguments) = (call.tool.clone(), call.arguments.clone());
        waiting.questions.push_back(Question { number: number.clone(), tool, arguments, text });
        number
    }

    /// Takes the question off the list, if it was the same one about the same call.
    fn take(&self, number: &str, call: &Call, text: &str) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = waiting.questions.iter().position(|question| question.number == number)
        else {
            return false;
        };
        waiting.questions.remove(place).is_some_and(|question| {
            question.tool == call.tool
                && question.arguments == call.arguments
                && question.text == text
        })
    }
}

/// One call of a tool that writes, with the answers that came along.
pub(crate) struct Call {
    context: RequestContext<RoleServer>,
    tool: String,
    arguments: Option<JsonObject>,
    state: Option<String>,
    answers: Option<InputResponses>,
}

// Must come before `Parameters` in a tool's list, which takes the arguments out.
impl<S> FromContextPart<ToolCallContext<'_, S>> for Call {
    fn from_context_part(context: &mut ToolCallContext<'_, S>) -> Result<Self, ErrorData> {
        Ok(Self {
            context: context.request_context.clone(),
            tool: context.name.to_string(),
            arguments: context.arguments.clone(),
            state: context.request_state.take(),
            answers: context.input_responses.take(),
        })
    }
}

impl Call {
    /// Whether the user can be asked at all.
    pub(crate) fn can_ask(&self) -> bool {
        can_ask(&self.context)
    }

    /// Ends well if the user says yes, or if nobody has to be asked.
    pub(crate) async fn confirm(&self, writes: &Writes, question: &str) -> Result<(), Halt> {
        if !can_ask(&self.context) {
            return if writes.allowed_unasked { Ok(()) } else { Err(refused()) };
        }
        let params = ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: question.to_owned(),
            // Nothing to fill in: accepting is the answer.
            requested_schema: ElicitationSchema::new(BTreeMap::new()),
        };
        if !asks_by_result(&self.context) {
            let asked = self.context.peer.create_elicitation_with_timeout(params, Some(PATIENCE));
            let answer = tokio::select! {
                biased;
                () = self.context.ct.cancelled() => return Err(cancelled()),
                answer = asked => answer,
            };
            return match answer {
                Ok(answer) => decide(&answer.action),
                Err(_) => Err(Halt::because(
                    "The user was asked for confirmation, and no answer came. Nothing was changed.",
                )),
            };
        }
        if let (Some(state), Some(answers)) = (&self.state, &self.answers)
            && writes.take(state, self, question)
        {
            let action = answers.get(CONFIRM).and_then(|answer| answer.get("action")).cloned();
            let action = action.and_then(|action| serde_json::from_value(action).ok());
            return decide(&action.unwrap_or(ElicitationAction::Cancel));
        }
        let asked = InputRequest::Elicitation(ElicitRequest::new(params));
        let asked = InputRequests::from([(CONFIRM.to_owned(), asked)]);
        let number = writes.put(self, question.to_owned());
        Err(Halt::Ask(Box::new(InputRequiredResult::new(Some(asked), Some(number)))))
    }

    /// Makes the call that writes, unless the client cancels before it is sent: it may wait for its turn.
    pub(crate) async fn carry_out<T>(
        &self,
        write: impl Future<Output = Result<T, tripod::Error>>,
    ) -> Result<T, Halt> {
        tokio::select! {
            biased;
            () = self.context.ct.cancelled() => Err(cancelled()),
            done = write => done.map_err(|error| Halt::of_write(&error)),
        }
    }
}

/// The client does not show it, since it has given the call up.
fn cancelled() -> Halt {
    Halt::because("The call was cancelled. What was not sent until then is not sent any more.")
}

fn decide(action: &ElicitationAction) -> Result<(), Halt> {
    match action {
        ElicitationAction::Accept => Ok(()),
        ElicitationAction::Decline => Err(Halt::because(
            "The user declined. Nothing was changed. Do not call the tool again unless the user asks for it.",
        )),
        _ => Err(Halt::because("The user gave no answer. Nothing was changed.")),
    }
}

/// For a client that may not write.
pub(crate) fn refused() -> Halt {
    Halt::because(
        "This client cannot ask its user for confirmation (the protocol's elicitation), so this server only reads \
         for it. To write all the same, the user has to start the server with --allow-writes.",
    )
}

/// Whether the client shows its user a question of the server's.
fn can_ask(context: &RequestContext<RoleServer>) -> bool {
    let asks = context.client_capabilities().and_then(|capabilities| capabilities.elicitation);
    // One that names no way has the oldest, which is the form.
    asks.is_some_and(|ways| ways.form.is_some() || ways.url.is_none())
}

fn asks_by_result(context: &RequestContext<RoleServer>) -> bool {
    context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
}
