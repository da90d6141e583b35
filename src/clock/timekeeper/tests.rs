use std::thread;

use super::*;

/// How long a request may be in flight.
const LIMIT: Duration = Duration::from_secs(30);
/// The provider's time at the beginning.
const P: i64 = 1_700_000_000;

#[derive(Debug, Default)]
struct Hands {
    unix: AtomicI64,
    monotonic: AtomicU64,
}

impl Hands {
    fn set(&self, unix: i64) {
        self.unix.store(unix, Ordering::SeqCst);
    }

    fn pass(&self, seconds: u64) {
        self.monotonic.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Arc<Hands> {
    fn unix_seconds(&self) -> i64 {
        self.unix.load(Ordering::SeqCst)
    }
    fn monotonic(&self) -> Duration {
        Duration::from_secs(self.monotonic.load(Ordering::SeqCst))
    }
}

fn at(unix: i64) -> (Arc<Hands>, Arc<Timekeeper>) {
    let hands = Arc::new(Hands::default());
    hands.set(unix);
    let keeper = Timekeeper::new(Arc::new(Arc::clone(&hands)), Arc::new(Nonce::random));
    (hands, Arc::new(keeper))
}

#[track_caller]
fn check(keeper: &Timekeeper, expected: i64) {
    let timestamp = keeper.moment(LIMIT).unwrap().timestamp;
    assert_eq!(timestamp, u64::try_from(expected).unwrap());
}

/// Sends a request with this timestamp.
#[track_caller]
fn depart(keeper: &Arc<Timekeeper>, expected: i64) -> Flight {
    let (moment, flight) = keeper.depart(LIMIT).unwrap();
    assert_eq!(moment.timestamp, u64::try_from(expected).unwrap());
    flight
}

#[expect(clippy::unnecessary_wraps, reason = "a reply may have no date")]
fn date(unix: i64) -> Option<u64> {
    Some(unix.try_into().unwrap())
}

// checklist 23
#[test]
fn a_clock_at_or_before_1970_is_an_error() {
    for unix in [0, -1, i64::MIN] {
        let (_, keeper) = at(unix);
        let error = keeper.moment(LIMIT).unwrap_err();
        assert!(error.to_string().contains("1970"), "{error}");
        assert!(keeper.depart(LIMIT).is_err());
    }
}

#[test]
fn timestamps_never_go_back_when_the_clock_does() {
    let (hands, keeper) = at(1000);
    check(&keeper, 1000);
    hands.set(900);
    check(&keeper, 1000);
    hands.set(1001);
    check(&keeper, 1001);
}

#[test]
fn a_timestamp_binds_while_its_request_may_be_in_flight() {
    let (hands, keeper) = at(P + 7200);
    check(&keeper, P + 7200);
    let dropped = depart(&keeper, P + 7200);
    drop(dropped);
    hands.set(P);
    hands.pass(29);
    check(&keeper, P + 7200);
    // One that was lifted does not hold the others up there for longer.
    drop(depart(&keeper, P + 7200));
    hands.pass(2);
    check(&keeper, P);
}

#[test]
fn a_reply_that_says_nothing_of_the_time_ends_it() {
    let (hands, keeper) = at(P + 315_360_000);
    let (one, two) = (depart(&keeper, P + 315_360_000), depart(&keeper, P + 315_360_000));
    hands.set(P);
    one.ended();
    check(&keeper, P + 315_360_000);
    two.ended();
    check(&keeper, P);
}

#[test]
fn an_accepted_timestamp_binds_until_a_later_one_is_refused() {
    let (hands, keeper) = at(P + 200);
    depart(&keeper, P + 200).accepted();
    hands.set(P);
    hands.pass(3600);
    check(&keeper, P + 200);
    // Overtaken on the way by one that was accepted: the other was not at fault.
    let (hands, keeper) = at(P);
    let slow = depart(&keeper, P);
    hands.set(P + 7200);
    depart(&keeper, P + 7200).accepted();
    hands.set(P);
    assert!(slow.refused(None));
    check(&keeper, P + 7200);
    assert!(depart(&keeper, P + 7200).refused(None));
    check(&keeper, P);
}

#[test]
fn a_learnt_time_runs_on_the_monotonic_clock() {
    let (hands, keeper) = at(P);
    assert!(depart(&keeper, P).refused(date(P + 7200)));
    hands.pass(5);
    // The system's clock is put right meanwhile; that must not be added.
    hands.set(P + 7205);
    check(&keeper, P + 7205);
}

#[test]
fn a_learnt_time_whose_own_request_is_refused_is_dropped() {
    for also_dated in [true, false] {
        let (_, keeper) = at(P);
        assert!(depart(&keeper, P).refused(date(P + 600)));
        let flight = depart(&keeper, P + 600);
        assert!(flight.refused(date(P + 600).filter(|_| also_dated)));
        check(&keeper, P);
    }
    // Unless the provider's clock has jumped since.
    let (_, keeper) = at(P);
    assert!(depart(&keeper, P).refused(date(P + 7200)));
    depart(&keeper, P + 7200).accepted();
    assert!(depart(&keeper, P + 7200).refused(date(P - 7200)));
    check(&keeper, P - 7200);
}

#[test]
fn of_many_refusals_at_once_one_teaches() {
    let (_, keeper) = at(P + 7200);
    let flights: Vec<_> = (0..4).map(|_| depart(&keeper, P + 7200)).collect();
    for flight in flights {
        assert!(flight.refused(date(P)));
        check(&keeper, P);
    }
}

#[test]
fn a_clock_that_was_ahead_a_little_stands_still() {
    let (hands, keeper) = at(P + 60);
    depart(&keeper, P + 60).accepted();
    assert!(depart(&keeper, P + 60).refused(date(P)));
    check(&keeper, P + 60);
    hands.pass(61);
    check(&keeper, P + 61);
}

#[test]
fn a_clock_that_is_right_is_left_alone() {
    for provider in [P, P - 1] {
        let (hands, keeper) = at(P);
        assert!(depart(&keeper, P).refused(date(provider)));
        // The next second begins a moment later, and not a whole second after the refusal.
        hands.set(P + 1);
        check(&keeper, P + 1);
    }
    // A reply that took long: its date is older than now.
    let (hands, keeper) = at(P);
    let flight = depart(&keeper, P);
    hands.set(P + 20);
    assert!(flight.refused(date(P + 3)));
    check(&keeper, P + 20);
    // Behind by what may be less than a second: the retry must not be as old again.
    let (_, keeper) = at(P);
    assert!(depart(&keeper, P).refused(date(P + 1)));
    check(&keeper, P + 1);
}

#[test]
fn a_clock_that_was_far_ahead_and_was_set_right_is_believed_again() {
    let (hands, keeper) = at(P + 3600);
    check(&keeper, P + 3600);
    hands.set(P);
    assert!(depart(&keeper, P + 3600).refused(date(P)));
    check(&keeper, P);
}

/// It may have been accepted though its reply was lost, and then it explains the refusal.
#[test]
fn one_of_which_nothing_was_heard_is_tried_before_the_time_is_given_up() {
    let (hands, keeper) = at(P + 200);
    drop(depart(&keeper, P + 200));
    hands.set(P + 31);
    hands.pass(31);
    assert!(depart(&keeper, P + 31).refused(date(P + 31)));
    depart(&keeper, P + 200).accepted();
    // Not if no provider could have accepted it.
    let (hands, keeper) = at(P + 900);
    drop(depart(&keeper, P + 900));
    hands.set(P + 31);
    hands.pass(31);
    assert!(depart(&keeper, P + 31).refused(date(P + 31)));
    check(&keeper, P + 31);
}

/// A refusal may be of a request that was signed before the time was learnt.
#[test]
fn a_refusal_of_an_earlier_request_does_not_take_away_what_was_learnt() {
    let (_, keeper) = at(P);
    let (first, second) = (depart(&keeper, P), depart(&keeper, P));
    assert!(first.refused(date(P + 7200)));
    assert!(second.refused(None));
    check(&keeper, P + 7200);
}

#[cfg(feature = "vault")]
#[test]
fn the_time_of_day_is_this_machines_own_whatever_was_learnt() {
    let (_, keeper) = at(P + 3600);
    assert!(depart(&keeper, P + 3600).refused(date(P)));
    check(&keeper, P);
    assert_eq!(keeper.unix_seconds().unwrap(), u64::try_from(P + 3600).unwrap());
}

#[test]
fn absurd_provider_times_are_not_believed() {
    let (_, keeper) = at(P);
    for absurd in [0, 1, 978_307_199, 7_258_118_400, u64::MAX] {
        assert!(!depart(&keeper, P).refused(Some(absurd)));
        check(&keeper, P);
    }
}

#[test]
fn threads_see_timestamps_that_only_rise() {
    let (hands, keeper) = at(1_000);
    thread::scope(|scope| {
        for told in [false, false, true, true] {
            let keeper = &keeper;
            scope.spawn(move || {
                let mut last = 0;
                for _ in 0..10_000 {
                    let now = if told {
                        let (moment, flight) = keeper.depart(LIMIT).unwrap();
                        flight.accepted();
                        moment.timestamp
                    } else {
                        keeper.moment(LIMIT).unwrap().timestamp
                    };
                    assert!(now >= last, "{now} after {last}");
                    last = now;
                }
            });
        }
        scope.spawn(|| {
            for step in 0..10_000_i64 {
                hands.set(1_000 + step - (step % 7) * 3);
                if step % 7 == 0 {
                    thread::yield_now();
                }
            }
            hands.set(20_000);
        });
    });
}

/// However long it runs, and whatever comes of the requests.
#[test]
fn what_is_remembered_is_bounded() {
    let (hands, keeper) = at(P);
    let mut open = Vec::new();
    for step in 0..2_000 {
        hands.set(P + step * 7 % 1000);
        hands.pass(u64::from(step % 3 == 0));
        let (_, flight) = keeper.depart(Duration::from_secs(1_000_000)).unwrap();
        match step % 4 {
            0 => flight.ended(),
            1 => drop(flight),
            2 => open.push(flight),
            _ => drop(flight.refused(date(P))),
        }
        assert!(keeper.memory().len() <= 33);
    }
}
