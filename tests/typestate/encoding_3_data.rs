struct CodeSent;
struct SignedIn {
    token: String,
}

struct Login<S> {
    state: S,
}

impl Login<CodeSent> {
    fn confirm(self) -> Login<SignedIn> {
        Login { state: SignedIn { token: "t-1".to_string() } }
    }
}

impl Login<SignedIn> {
    fn inbox(&self) -> usize {
        self.state.token.len()
    }
}

fn main() {
    let login = Login { state: CodeSent };
    // `confirm` should come first.
    login.inbox();
    login.confirm();
}
