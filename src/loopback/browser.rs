//! Opening the user's browser, which may not be there and may not come back soon.

// The trap: the crate that does it writes the command line to the log at level debug, and the system
// shows it in the list of processes. So it is given an address of ours, without the request token.

use std::{env, sync::Arc, thread, time::Duration};

use tokio::{sync::oneshot, time::timeout};
use webbrowser::{Browser, BrowserOptions, open_browser_with_options};

/// Opens a browser on an address, and says whether it did.
pub(super) type Opener = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A browser that runs in the terminal keeps its starter until the user leaves it. After this long one
/// is taken to have opened.
const PATIENCE: Duration = Duration::from_secs(2);

/// Opens `url` on a thread of its own, which is left behind if it takes long.
pub(super) async fn open(opener: Opener, url: String) -> bool {
    let (tell, told) = oneshot::channel();
    let started = thread::Builder::new().name("tripod-browser".to_owned()).spawn(move || {
        // Nobody may listen any more.
        let _ = tell.send(opener(&url));
    });
    // The inner error is a panic of the opener's.
    started.is_ok() && timeout(PATIENCE, told).await.map_or(true, |told| told.unwrap_or(false))
}

/// The user's default browser, its output suppressed.
pub(super) fn system(url: &str) -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    // Without a display a browser can be started there and ends at once, which nobody would notice.
    let is_bare = cfg!(any(
        target_os = "linux",
        target_os = "freebsd",
        target_os = "netbsd",
        target_os = "openbsd"
    )) && !may_show(is_set);
    if is_bare {
        return false;
    }
    let mut options = BrowserOptions::new();
    options.with_suppress_output(true);
    open_browser_with_options(Browser::Default, url, &options).is_ok()
}

/// Returns whether a window can be shown (X11, Wayland, Windows around WSL), or the user has named a browser.
fn may_show(is_set: impl Fn(&str) -> bool) -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"].into_iter().any(is_set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_shell_has_no_browser() {
        assert!(!may_show(|_| false));
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"] {
            assert!(may_show(|asked| asked == name), "{name}");
        }
    }

    #[tokio::test]
    async fn the_answer_is_the_openers() {
        for answer in [true, false] {
            let opener: Opener = Arc::new(move |url| url == "http://127.0.0.1:1/" && answer);
            assert_eq!(open(opener, "http://127.0.0.1:1/".to_owned()).await, answer);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_browser_that_stays_in_the_terminal_counts_as_opened() {
        let (leave, left) = std::sync::mpsc::channel::<()>();
        let left = std::sync::Mutex::new(left);
        let opener: Opener = Arc::new(move |_| left.lock().unwrap().recv().is_ok());
        assert!(open(opener, String::new()).await);
        drop(leave);
    }
}
