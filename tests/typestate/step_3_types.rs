// One type for each step. A method exists only on the step that it belongs to.
struct Login<S> {
    user: String,
    state: S,
}

struct Started;
struct CodeSent {
    code: String,
}
struct SignedIn {
    token: String,
}

impl Login<Started> {
    fn new(user: &str) -> Login<Started> {
        Login { user: user.to_string(), state: Started }
    }

    fn send_code(self) -> Login<CodeSent> {
        Login { user: self.user, state: CodeSent { code: "4711".to_string() } }
    }
}

impl Login<CodeSent> {
    fn confirm(self, typed: &str) -> Result<Login<SignedIn>, String> {
        if self.state.code != typed {
            return Err("this is not the code".to_string());
        }
        Ok(Login { user: self.user, state: SignedIn { token: "t-1".to_string() } })
    }
}

impl Login<SignedIn> {
    fn inbox(&self) -> String {
        format!("the mail of {}, read with {}", self.user, self.state.token)
    }
}

fn main() -> Result<(), String> {
    let login = Login::new("ada").send_code().confirm("4711")?;
    println!("{}", login.inbox());
    Ok(())
}
