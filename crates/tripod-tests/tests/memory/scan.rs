//! Reading the writable memory of a stopped process, and looking for needles in it.

use std::{
    collections::HashMap,
    fmt,
    fs::{self, File},
    io,
    os::unix::fs::FileExt as _,
};

use crate::canary::Needle;

/// A part of the memory that the process can write to.
pub(crate) struct Region {
    name: String,
    bytes: Vec<u8>,
}

pub(crate) struct Found {
    pub(crate) of: &'static str,
    spelling: &'static str,
    region: String,
    /// Four words of a hash's state and not the next: what was in a register of 16 bytes.
    is_register: bool,
    /// As text, to see whose it is.
    around: String,
}

impl Found {
    /// The words of a hash in a frame of a function that has returned.
    pub(crate) fn is_schedule_on_the_stack(&self) -> bool {
        self.region == "[stack]" && self.of.ends_with("key schedule")
    }

    /// The words of a hash that were left in a register and became the undefined part of another value,
    /// such as the payload of a `None`. A copy of the crate's own has all words of the state.
    pub(crate) fn is_schedule_of_a_register(&self) -> bool {
        self.is_register && self.of.ends_with("key schedule")
    }

    /// Without the memory around it.
    pub(crate) fn what(&self) -> String {
        format!("{}, {}, in {}", self.of, self.spelling, self.region)
    }

    fn is_like(&self, other: &Self) -> bool {
        [self.of, self.spelling, &self.region] == [other.of, other.spelling, &other.region]
            && self.is_register == other.is_register
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), self.around)
    }
}

/// The heap, anonymous maps, stacks and writable data of the process.
pub(crate) fn regions(process: u32) -> io::Result<Vec<Region>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
    let memory = File::open(format!("/proc/{process}/mem"))?;
    let mut regions = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        if !rights.starts_with("rw") {
            continue;
        }
        let name = words.nth(3).unwrap_or("an anonymous map").to_owned();
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        match memory.read_exact_at(&mut bytes, start) {
            Ok(()) => regions.push(Region { name, bytes }),
            // The kernel's own pages have no content to read.
            Err(_) if name.starts_with("[v") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(regions)
}

/// Every place where a needle lies.
pub(crate) fn find(regions: &[Region], needles: &[Needle]) -> Vec<Found> {
    let mut by_start: HashMap<[u8; 4], Vec<usize>> = HashMap::new();
    let mut first = vec![false; 1 << 16];
    for (index, needle) in needles.iter().enumerate() {
        let start = *needle.bytes.first_chunk().unwrap();
        by_start.entry(start).or_default().push(index);
        first[usize::from(u16::from_le_bytes([start[0], start[1]]))] = true;
    }
    let mut found = Vec::new();
    for region in regions {
        for (at, window) in region.bytes.windows(4).enumerate() {
            if !first[usize::from(u16::from_le_bytes([window[0], window[1]]))] {
                continue;
            }
            for &index in by_start.get(window).into_iter().flatten() {
                let needle = &needles[index];
                if region.bytes[at..].starts_with(&needle.bytes) {
                    let from = at.saturating_sub(48);
                    let to = (at + 80).min(region.bytes.len());
                    let one = Found {
                        of: needle.of,
                        spelling: needle.spelling,
                        region: region.name.clone(),
                        is_register: is_register(needle, &region.bytes, at),
                        around: region.bytes[from..to].escape_ascii().to_string(),
                    };
                    // Once for each form is enough.
                    if !found.iter().any(|other: &Found| other.is_like(&one)) {
                        found.push(one);
                    }
                }
            }
        }
    }
    found
}

fn is_register(needle: &Needle, bytes: &[u8], at: usize) -> bool {
    const REGISTER: usize = 16;
    let Some((offset, state)) = &needle.state else { return false };
    let Some(there) = at.checked_sub(*offset).and_then(|start| bytes.get(start..)) else {
        return false;
    };
    let (held, after) = state.split_at(REGISTER);
    there.starts_with(held) && !there[REGISTER..].starts_with(&after[..after.len().min(4)])
}
