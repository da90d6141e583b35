//! A bounded store: the oldest entry makes room for the newest.

use std::collections::{HashMap, VecDeque};

/// Values by token, and the order they came in. At most `capacity` of them.
pub(crate) struct Store<T> {
    values: HashMap<String, T>,
    order: VecDeque<String>,
    capacity: usize,
}

impl<T> Store<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { values: HashMap::new(), order: VecDeque::new(), capacity }
    }

    pub(crate) fn insert(&mut self, token: String, value: T) {
        self.remove(&token);
        if self.order.len() >= self.capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.values.remove(&oldest);
            }
        }
        self.order.push_back(token.clone());
        self.values.insert(token, value);
    }

    pub(crate) fn get(&self, token: &str) -> Option<&T> {
        self.values.get(token)
    }

    pub(crate) fn get_mut(&mut self, token: &str) -> Option<&mut T> {
        self.values.get_mut(token)
    }

    pub(crate) fn remove(&mut self, token: &str) -> bool {
        let known = self.values.remove(token).is_some();
        if known {
            self.order.retain(|candidate| candidate != token);
        }
        known
    }

    /// The newest value that fits, with its token.
    pub(crate) fn find(&self, fits: impl Fn(&T) -> bool) -> Option<(&str, &T)> {
        let known = |token: &String| self.values.get_key_value(token);
        let mut newest_first = self.order.iter().rev().filter_map(known);
        newest_first.find(|(_, value)| fits(value)).map(|(token, value)| (token.as_str(), value))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.values.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_bounded_and_drop_the_oldest() {
        let mut store = Store::new(10);
        for n in 0..=10 {
            store.insert(n.to_string(), n);
        }
        assert_eq!(store.get("0"), None);
        assert_eq!(store.get("1"), Some(&1));
        assert_eq!(store.values.len(), 10);
        // One that comes again is the newest then.
        store.insert("1".to_owned(), 1);
        store.insert("11".to_owned(), 11);
        assert_eq!((store.get("1"), store.get("2")), (Some(&1), None));
        assert_eq!((store.values.len(), store.order.len()), (10, 10));
    }
}
