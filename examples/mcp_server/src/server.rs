//! The server: which tools a client sees, and which it may call.

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    handler::server::{router::tool::ToolRouter, tool::ToolCallContext},
    model::{
        CallToolRequestParams, CallToolResponse, Implementation, ListToolsResult,
        PaginatedRequestParams, ServerCapabilities, ServerConfig,
    },
    service::RequestContext,
};
use tokio::sync::Mutex;

use crate::{
    account::Account,
    ask::{self, Writes},
    kept_foods::KeptFoods,
    portable::portable,
    reply::{Outcome, answer},
};

const INSTRUCTIONS: &str = "\
Reads and writes one FatSecret account: food diary, weights, exercise. FatSecret's content must be shown with the words \
\"Powered by fatsecret\".

If no account is connected, call `login`, give the user the page's address, and call `login` again with the PIN. To log \
a food: `search_foods`, then `get_food` for its servings, then `log_food`. Ids for `edit_entry` and `delete_entry` come \
from `diary_day`. Days are the user's, as YYYY-MM-DD; without one, today is meant. Amounts are exact decimal numbers \
as text: do not round what you pass on.

The user confirms each write. If the user declines, do not try again. FatSecret takes about 20 calls a minute, and \
calls wait for their turn; prefer `diary_month` and `weights` to many single days.";

pub(crate) struct Server {
    pub(crate) account: Account,
    pub(crate) foods: KeptFoods,
    pub(crate) writes: Writes,
    /// Held by a step of the login.
    pub(crate) logins: Mutex<()>,
    reading: ToolRouter<Self>,
    writing: ToolRouter<Self>,
}

impl Server {
    pub(crate) fn new(account: Account, allow_writes: bool) -> Self {
        Self {
            account,
            foods: KeptFoods::default(),
            writes: Writes::new(allow_writes),
            logins: Mutex::new(()),
            reading: portable(
                Self::login_tools()
                    + Self::food_tools()
                    + Self::diary_tools()
                    + Self::weight_tools()
                    + Self::activity_tools(),
            ),
            writing: portable(
                Self::logout_tools()
                    + Self::diary_writes()
                    + Self::weight_writes()
                    + Self::activity_writes(),
            ),
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let about =
            Implementation::new("fatsecret", env!("CARGO_PKG_VERSION")).with_title("FatSecret");
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(about)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut tools = self.reading.list_all();
        if self.writes.are_allowed(&context) {
            tools.extend(self.writing.list_all());
        }
        Ok(ListToolsResult::with_all_items(tools))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        // Not the arguments: they are the user's.
        tracing::debug!(tool = %request.name, "called");
        let writes = self.writing.has_route(&request.name);
        if writes && !self.writes.are_allowed(&context) {
            return Ok(answer(Outcome::<()>::Err(ask::refused())));
        }
        let router = if writes { &self.writing } else { &self.reading };
        router.call(ToolCallContext::new(self, request, context)).await
    }
}
