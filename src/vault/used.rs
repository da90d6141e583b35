// Which tickets this process has seen used.
//
// The trap: anybody who can begin a login can add to it, so it holds so many and drops the oldest. What was
// dropped can be used again here, as it can in another process; the provider then refuses.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{format::digest, ticket::Ticket};

/// About a mebibyte and a half.
const MOST: usize = 16_384;

type Hash = [u8; 32];

#[derive(Default)]
pub(super) struct Used(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    hashes: HashSet<Hash>,
    /// The same, the oldest first.
    order: VecDeque<Hash>,
}

impl Used {
    /// Marks a ticket as used. Whether it was not before.
    pub(super) fn mark(&self, ticket: &Ticket) -> bool {
        self.lock().mark(hash(ticket))
    }

    /// Takes the mark away, so that the ticket can be used again.
    pub(super) fn unmark(&self, ticket: &Ticket) {
        self.lock().unmark(&hash(ticket));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn mark(&mut self, hash: Hash) -> bool {
        if !self.hashes.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > MOST {
            if let Some(oldest) = self.order.pop_front() {
                self.hashes.remove(&oldest);
            }
        }
        true
    }

    fn unmark(&mut self, hash: &Hash) {
        if self.hashes.remove(hash) {
            // It is most likely among the last.
            if let Some(at) = self.order.iter().rposition(|marked| marked == hash) {
                self.order.remove(at);
            }
        }
    }
}

fn hash(ticket: &Ticket) -> Hash {
    digest("tripod used 1", &[ticket.place().as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(number: usize) -> Hash {
        digest("test", &[&number.to_be_bytes()])
    }

    #[test]
    fn a_mark_is_there_until_it_is_taken_away() {
        let mut used = Inner::default();
        assert!(used.mark(hash(1)));
        assert!(!used.mark(hash(1)));
        assert!(used.mark(hash(2)));
        used.unmark(&hash(1));
        used.unmark(&hash(1));
        assert!(used.mark(hash(1)));
        assert!(!used.mark(hash(2)));
        assert_eq!((used.hashes.len(), used.order.len()), (2, 2));
    }

    #[test]
    fn so_many_marks_are_kept_and_the_oldest_go() {
        let mut used = Inner::default();
        for number in 0..MOST + 10 {
            assert!(used.mark(hash(number)));
        }
        assert_eq!((used.hashes.len(), used.order.len()), (MOST, MOST));
        assert!(!used.mark(hash(10)));
        assert!(used.mark(hash(9)));
    }
}
