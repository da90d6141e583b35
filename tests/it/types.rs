//! What programs rely on to store flows and to move them between threads and tasks.

use tripod::{
    AccessGranted, AccessToken, AnyFlow, Authorized, BoxError, CallbackError, Client, Consumer,
    Download, Error, Failed, Flow, KeyFileError, ListenerError, Multipart, Networked, PaceError,
    PendingResponse, Provider, ReplyError, RequestError, RequestTokenIssued, ResourceRequest,
    ResourceResponse, Resources, SealError, Signed, SigningError, State, Step, TicketError,
    Unauthorized, UnsupportedError,
};

use crate::support::Scenario;

#[test]
fn everything_can_be_sent_and_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    fn sent<T: Send + Unpin + 'static>() {}
    shared::<Flow<Unauthorized>>();
    shared::<Flow<RequestTokenIssued>>();
    shared::<Flow<Authorized>>();
    shared::<Flow<AccessGranted>>();
    shared::<Failed<Authorized>>();
    shared::<(Client, Provider, Consumer, AccessToken, Signed, Error)>();
    shared::<(ResourceRequest, ResourceResponse, PendingResponse, Resources)>();
    shared::<(Download, Multipart, tripod::transport::Body)>();
    sent::<(Download, tripod::transport::Body)>();
    shared::<(AnyFlow, Step<Unauthorized>, Step<Authorized>)>();
    sent::<AnyFlow>();
    sent::<Step<Unauthorized>>();
    sent::<Step<Authorized>>();
}

/// Code that is generic over the state prints what it holds and needs no bound for it, and what it is given can be
/// put in a box as any error can.
#[test]
fn generic_code_needs_no_bound_to_print() {
    fn shown<S>(flow: &Flow<S>) -> String {
        format!("{flow:?}")
    }
    fn error<S>(failed: &Failed<S>) -> &dyn std::error::Error {
        failed
    }
    fn boxed<S: State>(failed: Failed<S>) -> BoxError {
        failed.into()
    }
    fn next<S: Networked>(step: Step<S>) -> Option<Flow<S>> {
        assert!(format!("{step:?}").starts_with("Step"));
        step.into_flow()
    }
    let scenario = Scenario::fatsecret();
    let state = |name: &str| {
        let page = "https://authentication.fatsecret.com/oauth/authorize";
        format!("Flow {{ state: {name}, provider: {page}, .. }}")
    };
    assert_eq!(shown(&scenario.unauthorized()), state("Unauthorized"));
    assert_eq!(shown(&scenario.to_issued()), state("RequestTokenIssued"));
    assert_eq!(shown(&scenario.to_authorized()), state("Authorized"));
    assert_eq!(shown(&scenario.to_granted()), state("AccessGranted"));
    let failed = scenario.to_issued().authorize("").unwrap_err();
    assert!(format!("{failed:?}").ends_with(&format!("flow: {} }}", state("RequestTokenIssued"))));
    assert_eq!(error(&failed).to_string(), "the approval was not accepted");
    assert_eq!(boxed(failed).to_string(), "the approval was not accepted");
    assert!(next(scenario.to_authorized().exchange()).is_some());
}

/// On 64-bit machines: a failed step is two pointers, and a flow fits where a few strings would.
#[test]
#[cfg(target_pointer_width = "64")]
fn flows_and_failures_are_small() {
    assert_eq!(size_of::<Failed<Unauthorized>>(), 16);
    assert_eq!(size_of::<Failed<Authorized>>(), 16);
    assert_eq!(size_of::<Flow<AccessGranted>>(), 16);
    assert_eq!(size_of::<Error>(), 8);
    let largest = size_of::<Flow<Authorized>>();
    assert!(largest <= 96, "{largest}");
}

/// So that a function of a program can return one of them with `?`, or put it in a box.
#[test]
fn each_group_of_kinds_is_an_error() {
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<UnsupportedError>();
    error::<RequestError>();
    error::<SigningError>();
    error::<ReplyError>();
    error::<CallbackError>();
    error::<SealError>();
    error::<KeyFileError>();
    error::<TicketError>();
    error::<ListenerError>();
    error::<PaceError>();
    let boxed = BoxError::from(SealError::Expired);
    assert_eq!(boxed.to_string(), SealError::Expired.to_string());
}
