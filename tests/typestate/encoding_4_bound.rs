struct CodeSent;
struct SignedIn;

trait HasToken {}
impl HasToken for SignedIn {}

struct Login<S> {
    state: S,
}

impl Login<CodeSent> {
    fn confirm(self) -> Login<SignedIn> {
        Login { state: SignedIn }
    }
}

impl<S: HasToken> Login<S> {
    fn inbox(&self) -> &S {
        &self.state
    }
}

fn main() {
    let login = Login { state: CodeSent };
    // `confirm` should come first.
    login.inbox();
    login.confirm();
}
