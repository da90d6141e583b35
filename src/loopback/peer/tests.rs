//! Lists as the kernel writes them, and some as it does not.

use std::fs;

use proptest::prelude::*;

use super::*;

const HEADING: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const HEADING_6: &str = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const LISTENER: &str = "   0: 0100007F:C350 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 31415 1 0000000000000000 100 0 0 10 0\n";

/// Hexadecimal digits of an address as this processor has it.
fn hex(address: SocketAddr) -> String {
    let words = |bytes: &[u8]| -> String {
        let words = bytes.chunks_exact(4);
        let words: Vec<String> = words
            .map(|word| format!("{:08X}", u32::from_ne_bytes(word.try_into().unwrap())))
            .collect();
        words.concat()
    };
    let digits = match address.ip() {
        IpAddr::V4(address) => words(&address.octets()),
        IpAddr::V6(address) => words(&address.octets()),
    };
    format!("{digits}:{:04X}", address.port())
}

fn row(local: &str, remote: &str, state: &str, uid: u32) -> String {
    let (local, remote) = (hex(local.parse().unwrap()), hex(remote.parse().unwrap()));
    format!(
        "  17: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid:>5}        0 27182 1 0000000000000000 20 4 30 10 -1                  \n"
    )
}

/// What comes out for a connection from `theirs` to `ours`, with these lists.
fn judge(ours: &str, theirs: &str, tcp: Option<&str>, tcp6: Option<&str>) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("tcp", tcp), ("tcp6", tcp6)] {
        if let Some(text) = text {
            fs::write(folder.path().join(name), text).unwrap();
        }
    }
    let ends =
        Ends { ours: canonical(ours.parse().unwrap()), theirs: canonical(theirs.parse().unwrap()) };
    ends.judge(folder.path())
}

const OURS: &str = "127.0.0.1:50000";
const THEIRS: &str = "127.0.0.1:40000";

/// What comes out if the other end is listed so, and ours under user 1000.
#[track_caller]
fn check(state: &str, uid: u32, expected: Verdict) {
    let list = [HEADING, LISTENER, &row(THEIRS, OURS, state, uid), &row(OURS, THEIRS, "01", 1000)];
    assert_eq!(judge(OURS, THEIRS, Some(&list.concat()), None), expected, "{state} {uid}");
}

#[test]
fn the_same_user_and_the_superuser_are_let_in_and_others_are_not() {
    check("01", 1000, Verdict::Same);
    check("01", 0, Verdict::Same);
    check("01", 1001, Verdict::Other);
    check("01", u32::MAX, Verdict::Other);
    // The other side has said that it will send nothing more.
    check("05", 1000, Verdict::Same);
    check("05", 1001, Verdict::Other);
    // Nobody's any more, or the superuser's: it cannot be told, and nobody waits.
    check("05", 0, Verdict::Other);
    check("04", 0, Verdict::Other);
}

#[test]
fn a_program_of_the_superusers_takes_no_closed_socket_for_its_own() {
    for (state, expected) in [("01", Verdict::Same), ("05", Verdict::Other)] {
        let list = [HEADING, &row(THEIRS, OURS, state, 0), &row(OURS, THEIRS, "01", 0)].concat();
        assert_eq!(judge(OURS, THEIRS, Some(&list), None), expected);
    }
}

#[test]
fn lines_as_linux_6_writes_them_are_read() {
    // On a processor that has the least byte first; the numbers are its memory.
    let is_little = cfg!(target_endian = "little");
    let (one, six) = if is_little {
        ("0100007F", "00000000000000000000000001000000")
    } else {
        ("7F000001", "00000000000000000000000000000001")
    };
    let line = format!(
        "   4: {one}:AC17 {one}:ED12 01 00000000:00000A00 02:00000F9D 00000003  1000        0 1674 1 00000000a0e1605d 100 0 0 10 0                      "
    );
    assert_eq!(
        Row::parse(&line),
        Some(Row {
            local: "127.0.0.1:44055".parse().unwrap(),
            remote: "127.0.0.1:60690".parse().unwrap(),
            state: 1,
            uid: 1000,
        })
    );
    let line = format!("  12: {six}:0050 {six}:ED12 08 0:0 00:0 0 65534 0 1674");
    let row = Row::parse(&line).unwrap();
    assert_eq!((row.local, row.state, row.uid), ("[::1]:80".parse().unwrap(), 8, 65534));
}

#[test]
fn ipv6_and_ipv4_within_it_are_found_in_the_other_list() {
    let (ours, theirs) = ("[::1]:50000", "[::1]:40000");
    for (uid, expected) in [(1000, Verdict::Same), (1001, Verdict::Other)] {
        let list =
            [HEADING_6, &row(ours, theirs, "01", 1000), &row(theirs, ours, "01", uid)].concat();
        assert_eq!(judge(ours, theirs, None, Some(&list)), expected);

        let four = [HEADING, &row(OURS, THEIRS, "01", 1000)].concat();
        let mapped = row("[::ffff:127.0.0.1]:40000", "[::ffff:127.0.0.1]:50000", "01", uid);
        let six = [HEADING_6, &mapped].concat();
        assert_eq!(judge(OURS, THEIRS, Some(&four), Some(&six)), expected);
    }
}

#[test]
fn an_end_that_is_not_listed_is_outside_or_gone() {
    let list = |rows: &[String]| [HEADING, LISTENER, &rows.concat()].concat();
    let judge = |rows: &[String]| judge(OURS, THEIRS, Some(&list(rows)), Some(HEADING_6));
    assert_eq!(judge(&[row(OURS, THEIRS, "01", 1000)]), Verdict::Elsewhere);
    assert_eq!(judge(&[row(OURS, THEIRS, "08", 1000)]), Verdict::Gone);
    assert_eq!(judge(&[]), Verdict::Gone);
    assert_eq!(judge(&[row(THEIRS, OURS, "01", 1000)]), Verdict::Gone);
    // What is left of an earlier connection between the same ports does not count.
    let rest = row(THEIRS, OURS, "06", 1000);
    assert_eq!(judge(&[rest.clone(), row(OURS, THEIRS, "01", 1000)]), Verdict::Elsewhere);
    let ends = [row(OURS, THEIRS, "01", 1000), row(THEIRS, OURS, "01", 1001)];
    assert_eq!(judge(&[&[rest][..], &ends].concat()), Verdict::Other);
    // Other connections of the same programs do not either.
    let others = [
        row("127.0.0.1:40001", OURS, "01", 1001),
        row("127.0.0.2:40000", OURS, "01", 1001),
        row(THEIRS, "127.0.0.2:50000", "01", 1001),
    ];
    let ends = [row(OURS, THEIRS, "01", 1000), row(THEIRS, OURS, "01", 1000)];
    assert_eq!(judge(&[&others[..], &ends].concat()), Verdict::Same);
}

#[test]
fn lists_that_are_not_there_or_not_as_expected_say_nothing() {
    assert_eq!(judge(OURS, THEIRS, None, None), Verdict::Unknown);
    assert_eq!(judge("[::1]:1", "[::1]:2", Some(HEADING), None), Verdict::Unknown);
    let ends = row(OURS, THEIRS, "01", 1000) + &row(THEIRS, OURS, "01", 1000);
    for text in [
        // No heading, or another.
        ends.clone(),
        format!("  sl  rem_address local_address   st\n{ends}"),
        format!("{HEADING}nothing of the kind\n{ends}"),
        format!("{HEADING}{ends}").replace(" 01 ", " 1 "),
        format!("{HEADING}{ends}").replace(" 01 ", " +1 "),
        format!("{HEADING}{ends}").replace("1000", "-1"),
        format!("{HEADING}{ends}").replace("1000", "4294967296"),
        format!("{HEADING}{ends}").replace(":C350", ":+350"),
        format!("{HEADING}{ends}").replace(":C350", ":0C350"),
        // Cut off, and a line without an end.
        format!("{HEADING}{}", &ends[..ends.len() / 2 - 1]),
        format!("{HEADING}{}", "0".repeat(4096)),
    ] {
        assert_eq!(judge(OURS, THEIRS, Some(&text), None), Verdict::Unknown, "{text}");
    }
}

/// Another user can make the list long, and must not be let in for that.
#[test]
fn a_list_that_is_too_long_lets_nobody_in() {
    let list = HEADING.to_owned() + &LISTENER.repeat(100);
    let ends = Ends { ours: OURS.parse().unwrap(), theirs: THEIRS.parse().unwrap() };
    let read = |bound| Seen::default().read(list.as_bytes(), ends, bound);
    assert_eq!(read(list.len() as u64), Ok(()));
    assert_eq!(read(list.len() as u64 - 1), Err(Verdict::TooMany));
}

proptest! {
    #[test]
    fn no_list_makes_it_panic(text in "[ -~\n]{0,300}", heading: bool) {
        let text = if heading { HEADING.to_owned() + &text } else { text };
        let ends = Ends { ours: OURS.parse().unwrap(), theirs: THEIRS.parse().unwrap() };
        let _ = Seen::default().read(text.as_bytes(), ends, LONGEST);
    }

    #[test]
    fn an_address_is_read_as_it_is_written(bytes: [u8; 16], port: u16) {
        let mut four = [0; 4];
        four.copy_from_slice(&bytes[..4]);
        let (four, six) = (IpAddr::from(four), IpAddr::from(bytes));
        for ip in [four, six] {
            let written = SocketAddr::new(ip, port);
            prop_assert_eq!(address(&hex(written)), Some(canonical(written)));
        }
    }
}
