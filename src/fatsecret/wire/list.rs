//! Reading lists, one item after the other.
//!
//! An item that cannot be read is left out and reported, and the rest is read. A list is an error if
//! it is of another type altogether, or if the reply has more items than any real one.

// The trap is memory: `[0,0,…]` of 16 MiB is eight million items. So items are read as they
// come, without a list of their texts, and all lists of a reply have one allowance together: a limit
// for each list would multiply where lists stand in lists.

use super::{At, FromJson, Json, notes::Read, outcome::FieldError};
use crate::json::Steps;

impl Json<'_> {
    /// Counts one more item against what a reply may have.
    pub(in crate::fatsecret) fn count_item(&self) -> Result<(), FieldError> {
        if self.notes.takes_an_item() {
            return Ok(());
        }
        Err(FieldError::new(
            self.at.to_string(),
            "a list of at most 10,000 items, those of the reply's other lists included",
            Some("longer".to_owned()),
        ))
    }

    /// The items of a list, written as an array, as the only item, or as one of the nothings.
    pub(super) fn read_items<T: FromJson>(self) -> Result<Read<T>, FieldError> {
        let mut read = Read::nothing();
        if self.is_nothing() {
            return Ok(read);
        }
        let Some(mut steps) = Steps::of_list(self.text) else {
            self.read_item(self.text, 0, &mut read)?;
            return Ok(read);
        };
        let mut index = 0;
        while let Some(text) = steps.item() {
            self.read_item(text, index, &mut read)?;
            index += 1;
        }
        Ok(read)
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
