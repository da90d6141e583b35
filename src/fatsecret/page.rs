//! Pages of a search.

use serde::Serialize;

use super::wire::{Fields, outcome::FieldError};

/// One page of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What was found, on this page.
    pub items: Vec<T>,
    /// How many there are on all pages.
    pub total_results: u32,
    /// Which page this is, counted from 0.
    pub page_number: Option<u32>,
    /// How many a page has at most.
    pub max_results: Option<u32>,
}

impl<T> Page<T> {
    /// Reads the page from its wrapper; one that is empty in any of FatSecret's ways is a page
    /// without results.
    pub(crate) fn read(
        reply: &Fields<'_>,
        wrapper: &str,
        items: impl FnOnce(&Fields<'_>) -> Result<Vec<T>, FieldError>,
    ) -> Result<Self, FieldError> {
        let Some(fields) = reply.object_or_none(wrapper)? else {
            return Ok(Self {
                items: Vec::new(),
                total_results: 0,
                page_number: None,
                max_results: None,
            });
        };
        Ok(Self {
            items: items(&fields)?,
            total_results: fields.get("total_results")?,
            page_number: fields.optional("page_number"),
            max_results: fields.optional("max_results"),
        })
    }
}
