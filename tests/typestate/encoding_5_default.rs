struct CodeSent;
struct SignedIn;

struct Login<S = CodeSent> {
    state: S,
}

impl Login {
    fn confirm(self) -> Login<SignedIn> {
        Login { state: SignedIn }
    }
}

impl Login<SignedIn> {
    fn inbox(&self) -> &SignedIn {
        &self.state
    }
}

fn main() {
    let login: Login = Login { state: CodeSent };
    // `confirm` should come first.
    login.inbox();
    login.confirm();
}
