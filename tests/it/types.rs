//! What programs rely on to store flows and to move them between threads and tasks.

use tripod::{
    AccessGranted, AccessToken, Authorized, Client, Consumer, Download, Error, Failed, Flow,
    Multipart, PendingResponse, Provider, RequestTokenIssued, ResourceRequest, ResourceResponse,
    Resources, Signed, Step, Unauthorized,
};

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
    sent::<Step<Unauthorized>>();
    sent::<Step<Authorized>>();
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
