//! Reading lists, one item after the other.
//!
//! An item that cannot be read is left out and reported, and the rest is read. A list is an error if
//! it is of another type altogether, or if the reply has more items than any real one.

// Floor 5. The trap is memory: `[0,0,…]` of 16 MiB is eight million items. So items are read as they
// come, without a list of their texts, and all lists of a reply have one allowance together: a limit
// for each list would multiply where lists stand in lists.

use std::{
    cell::{Cell, RefCell},
    fmt,
};

use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{At, FromJson, Json, outcome::FieldError};

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

    fn so_far(&self) -> (usize, usize) {
        (self.unreadable.borrow().len(), self.omitted.get())
    }

    /// Notes that an item was left out. What was noted of its inside since `before` goes with it, so
    /// that each item counts once.
    fn omit(&self, before: (usize, usize), error: FieldError) {
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

impl<'a> Json<'a> {
    /// Counts one more item against what a reply may have.
    pub(in crate::fatsecret) fn count_item(&self) -> Result<(), FieldError> {
        match self.notes.items_left.get().checked_sub(1) {
            Some(left) => {
                self.notes.items_left.set(left);
                Ok(())
            }
            None => Err(FieldError::new(
                self.at.to_string(),
                "a list of at most 10,000 items, those of the reply's other lists included",
                Some("longer".to_owned()),
            )),
        }
    }

    /// The items of a list, written as an array, as the only item, or as one of the nothings.
    pub(super) fn read_items<T: FromJson>(self) -> Result<Read<T>, FieldError> {
        let mut read = Read::nothing();
        if self.is_nothing() {
            return Ok(read);
        }
        if !self.text.starts_with('[') {
            self.read_item(self.text, 0, &mut read)?;
            return Ok(read);
        }
        let mut failure = None;
        let visitor = Items { list: self, read: &mut read, failure: &mut failure };
        let outcome = serde_json::Deserializer::from_str(self.text).deserialize_seq(visitor);
        match (failure, outcome) {
            (Some(error), _) => Err(error),
            (None, Err(_)) => Err(self.odd("a list")),
            (None, Ok(())) => Ok(read),
        }
    }

    fn read_item<T: FromJson>(
        self,
        text: &str,
        index: usize,
        read: &mut Read<T>,
    ) -> Result<(), FieldError> {
        self.count_item()?;
        if text == "null" {
            return Ok(());
        }
        let before = self.notes.so_far();
        let at = At::Item(&self.at, index);
        match T::from_json(Json { text, at, notes: self.notes }) {
            Ok(item) => read.items.push(item),
            // The list itself is something else: its other items need not be looked at.
            Err(error)
                if read.items.is_empty()
                    && read.failed.is_none()
                    && error.path() == at.to_string() =>
            {
                return Err(error);
            }
            Err(error) => {
                read.failed.get_or_insert_with(|| error.clone());
                self.notes.omit(before, error);
            }
        }
        Ok(())
    }
}

/// Reads the items while the array is read. The first failure ends it.
struct Items<'a, 'r, T> {
    list: Json<'a>,
    read: &'r mut Read<T>,
    failure: &'r mut Option<FieldError>,
}

impl<'de, T: FromJson> Visitor<'de> for Items<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(text) = sequence.next_element::<&'de RawValue>()? {
            if let Err(error) = self.list.read_item(text.get(), index, self.read) {
                *self.failure = Some(error);
                return Err(A::Error::custom("the list ends here"));
            }
            index += 1;
        }
        Ok(())
    }
}
