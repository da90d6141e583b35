struct CodeSent;
struct SignedIn;

impl CodeSent {
    fn confirm(self) -> SignedIn {
        SignedIn
    }
}

impl SignedIn {
    fn inbox(&self) {}
}

fn main() {
    let login = CodeSent;
    // `confirm` should come first.
    login.inbox();
    login.confirm();
}
