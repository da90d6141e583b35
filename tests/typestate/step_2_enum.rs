// One variant for each step, with the data of this step.
enum Login {
    Started { user: String },
    CodeSent { user: String, code: String },
    SignedIn { user: String, token: String },
}

impl Login {
    fn new(user: &str) -> Login {
        Login::Started { user: user.to_string() }
    }

    fn send_code(self) -> Result<Login, String> {
        match self {
            Login::Started { user } => Ok(Login::CodeSent { user, code: "4711".to_string() }),
            _ => Err("the code was sent already".to_string()),
        }
    }

    fn confirm(self, typed: &str) -> Result<Login, String> {
        match self {
            Login::CodeSent { user, code } if code == typed => {
                Ok(Login::SignedIn { user, token: "t-1".to_string() })
            }
            Login::CodeSent { .. } => Err("this is not the code".to_string()),
            _ => Err("there is no code to confirm".to_string()),
        }
    }

    fn inbox(&self) -> Result<String, String> {
        match self {
            Login::SignedIn { user, token } => Ok(format!("the mail of {user}, read with {token}")),
            _ => Err("sign in first".to_string()),
        }
    }
}

fn main() -> Result<(), String> {
    let login = Login::new("ada").send_code()?;
    // The step `confirm` should come before `inbox`. The program compiles, and fails when it runs.
    println!("{}", login.inbox()?);
    let _ = login.confirm("4711")?;
    Ok(())
}
