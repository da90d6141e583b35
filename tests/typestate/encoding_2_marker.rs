use std::marker::PhantomData;

struct CodeSent;
struct SignedIn;

struct Login<S> {
    token: Option<String>,
    state: PhantomData<S>,
}

impl Login<CodeSent> {
    fn confirm(self) -> Login<SignedIn> {
        Login { token: Some("t-1".to_string()), state: PhantomData }
    }
}

impl Login<SignedIn> {
    fn inbox(&self) -> usize {
        self.token.as_ref().map_or(0, |token| token.len())
    }
}

fn main() {
    let login = Login::<CodeSent> { token: None, state: PhantomData };
    // `confirm` should come first.
    login.inbox();
    login.confirm();
}
