//! What is noted while a reply is read: what could not be, and how much there was.

use std::cell::{Cell, RefCell};

use super::outcome::FieldError;

/// The most items in all lists of one reply together. A page of FatSecret's has at most 50 results.
const MOST_ITEMS: usize = 10_000;
/// The most unreadable fields that are reported for one answer.
pub(super) const MOST_NOTES: usize = 32;

/// What is noted while a reply is read.
pub(super) struct Notes {
    unreadable: RefCell<Vec<FieldError>>,
    omitted: Cell<usize>,
    items_left: Cell<usize>,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            unreadable: RefCell::default(),
            omitted: Cell::new(0),
            items_left: Cell::new(MOST_ITEMS),
        }
    }
}

impl Notes {
    pub(super) fn add(&self, error: FieldError) {
        let mut unreadable = self.unreadable.borrow_mut();
        if unreadable.len() < MOST_NOTES {
            unreadable.push(error);
        }
    }

    /// The reports, and how many items were left out.
    pub(super) fn take(self) -> (Vec<FieldError>, usize) {
        (self.unreadable.into_inner(), self.omitted.get())
    }

    /// Counts one more item, unless the reply has had as many as it may.
    pub(super) fn takes_an_item(&self) -> bool {
        let left = self.items_left.get().checked_sub(1);
        self.items_left.set(left.unwrap_or_default());
        left.is_some()
    }

    pub(super) fn so_far(&self) -> (usize, usize) {
        (self.unreadable.borrow().len(), self.omitted.get())
    }

    /// Notes that an item was left out. What was noted of its inside since `before` goes with it, so
    /// that each item counts once.
    pub(super) fn omit(&self, before: (usize, usize), error: FieldError) {
        self.unreadable.borrow_mut().truncate(before.0);
        self.omitted.set(before.1 + 1);
        self.add(error);
    }
}

/// A list that was read, and the error of the first item that was not.
pub(super) struct Read<T> {
    pub(super) items: Vec<T>,
    pub(super) failed: Option<FieldError>,
}

impl<T> Read<T> {
    pub(super) fn nothing() -> Self {
        Self { items: Vec::new(), failed: None }
    }

    /// The items, unless there are some and none could be read: that is not an empty list.
    pub(super) fn required(self) -> Result<Vec<T>, FieldError> {
        match self {
            Self { items, failed: Some(error) } if items.is_empty() => Err(error),
            Self { items, .. } => Ok(items),
        }
    }
}
