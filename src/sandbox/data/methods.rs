//! The table of methods.
//!
//! The trap: three paths are documented in two ways; both are here.

use http::Method;
use serde_json::json;

use super::{
    Account, DataError, Node, Params, diary, exercise, foods,
    route::{Access, Handler, Run},
    weight,
};

type Function = fn(&mut Account, &Params) -> Result<Node, DataError>;
type Paths = &'static [&'static str];

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const PUT: &[Method] = &[Method::PUT];
const DELETE: &[Method] = &[Method::DELETE];

impl Handler {
    /// A method that needs no access token.
    const fn public(
        method: &'static str,
        newest: u8,
        verbs: &'static [Method],
        paths: Paths,
        run: Function,
    ) -> Self {
        Self {
            method,
            newest,
            paths,
            verbs,
            access: Access::Public,
            premium_from: 0,
            run: Run::Account(run),
        }
    }

    /// A method that needs an access token.
    const fn of_user(
        method: &'static str,
        newest: u8,
        verbs: &'static [Method],
        paths: Paths,
        run: Function,
    ) -> Self {
        let mut handler = Self::public(method, newest, verbs, paths, run);
        handler.access = Access::Delegated;
        handler
    }

    /// The same, sold apart from that version on.
    const fn premium_from(mut self, version: u8) -> Self {
        self.premium_from = version;
        self
    }
}

#[rustfmt::skip]
pub(super) const METHODS: &[Handler] = &[
    Handler::public("echo", 1, &[], &["echo"], echo),

    Handler::public("foods.search", 5, GET, &["foods/search"], foods::search).premium_from(2),
    Handler::public("food.get", 5, GET, &["food"], foods::get),

    Handler::of_user("food_entries.get", 2, GET, &["food-entries"], diary::get),
    Handler::of_user("food_entries.get_month", 2, GET, &["food-entries/month"], diary::get_month),
    Handler::of_user("food_entry.create", 1, POST, &["food-entries"], diary::create),
    Handler::of_user("food_entry.edit", 1, PUT, &["food-entries"], diary::edit),
    Handler::of_user("food_entry.delete", 1, DELETE, &["food-entries"], diary::delete),
    Handler::of_user("food_entries.copy", 1, POST, &["food-entries/copy"], diary::copy),

    Handler::of_user("exercises.get", 2, GET, &["exercises"], exercise::get_kinds),
    Handler::of_user("exercise_entries.get", 2, GET, &["exercise-entries"], exercise::get),
    Handler::of_user("exercise_entries.get_month", 2, GET, &["exercise-entries/month"], exercise::get_month),
    Handler::of_user("exercise_entry.edit", 1, PUT, &["exercise-entries", "exercise-entries/template"], exercise::edit),
    Handler::of_user("exercise_entries.commit_day", 1, POST, &["exercise-entries/day"], exercise::commit_day),
    Handler::of_user("exercise_entries.save_template", 1, POST, &["exercise-entries/template"], exercise::save_template),

    Handler::of_user("weight.update", 1, POST, &["weight"], weight::update),
    Handler::of_user("weights.get_month", 2, GET, &["weight/month"], weight::get_month),
    Handler::of_user("profile.get", 1, GET, &["profile"], weight::profile),
];

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
fn echo(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    Ok(Node::Verbatim(json!({
        "echo": {
            "verb": params.verb.as_str(),
            "query": params.query,
            "form": params.form,
            "body_length": params.body_length,
            "delegated": params.delegated,
            "user": params.delegated.then_some(&account.user),
        }
    })))
}
