macro_rules! login {
    ($($state:ident { $($method:ident -> $next:ident),* })*) => {
        $(
            pub struct $state;
            impl Login<$state> {
                $(pub fn $method(self) -> Login<$next> { Login { _state: $next } })*
            }
        )*
        pub struct Login<S> { _state: S }
    };
}

login! {
    CodeSent { confirm -> SignedIn }
    SignedIn { inbox -> SignedIn }
}

fn main() {
    let login = Login { _state: CodeSent };
    // `confirm` should come first.
    login.inbox();
    login.confirm();
}
