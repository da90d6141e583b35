//! The state is part of the type, and there is no default.

use tripod::Flow;

struct Login {
    flow: Flow,
}

fn f(login: Login) -> Flow {
    login.flow
}

fn main() {}
