//! The right way of each case next door, under the same name. They are compiled with the test
//! binary itself, on every toolchain.

#![allow(dead_code, reason = "compiling is the proof")]

mod answer_as_its_value;
mod authorization_url_on_other_states;
mod authorize_on_access_granted;
mod authorize_on_authorized;
mod authorize_on_unauthorized;
mod calls_without_a_flow;
mod clone_before_the_grant;
mod delegated_endpoint_without_a_user;
mod discard_verifier_on_other_states;
mod dropped_flow;
mod dropped_result;
mod dropped_session_request;
mod dropped_step;
mod exchange_on_access_granted;
mod exchange_on_request_token_issued;
mod exchange_on_unauthorized;
mod failed_as_error;
mod flow_without_its_state;
mod forged_flow;
mod forged_proof;
mod forged_state;
mod forgotten_await;
mod forgotten_question_mark;
mod generic_fatsecret;
mod generic_state_printed;
mod generic_step;
mod halves_without_a_call;
mod pending_as_session;
mod profile_created_by_a_user;
mod receive_callback_on_access_granted;
mod receive_callback_on_authorized;
mod receive_callback_on_unauthorized;
mod request_token_on_access_granted;
mod request_token_on_authorized;
mod request_token_on_request_token_issued;
mod serialized_flow;
mod session_on_authorized;
mod session_on_request_token_issued;
mod session_on_unauthorized;
mod signed_as_session;
mod through_a_reference;
mod used_twice_authorize;
mod used_twice_exchange;
mod used_twice_receive;
mod used_twice_receive_callback;
mod used_twice_request_token;
mod user_data_without_a_user;
