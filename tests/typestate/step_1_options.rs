// One struct for all steps: a value that a later step brings is an `Option`.
struct Login {
    user: String,
    code: Option<String>,
    token: Option<String>,
}

impl Login {
    fn new(user: &str) -> Login {
        Login { user: user.to_string(), code: None, token: None }
    }

    fn send_code(&mut self) {
        self.code = Some("4711".to_string());
    }

    fn confirm(&mut self, typed: &str) -> Result<(), String> {
        if self.code.as_deref() != Some(typed) {
            return Err("this is not the code".to_string());
        }
        self.token = Some("t-1".to_string());
        Ok(())
    }

    fn inbox(&self) -> String {
        format!("the mail of {}, read with {}", self.user, self.token.as_ref().unwrap())
    }
}

fn main() {
    let mut login = Login::new("ada");
    login.send_code();
    // The step `confirm` should come before `inbox`. The program compiles, and panics when it runs.
    println!("{}", login.inbox());
    let _ = login.confirm("4711");
}
