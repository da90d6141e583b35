//! Pages of a search.

use serde::{Deserialize, Serialize};

use super::{
    endpoint::Endpoint,
    testing::filler::{Blank, Filler},
    wire::{Fields, outcome::FieldError},
};

/// One page of a search.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
/// use tripod::fatsecret::{Page, foods::{FoodSummary, SearchFoodsV1}};
///
/// let search = SearchFoodsV1::new().with_expression("bread").with_max_results(1);
/// let page: Page<FoodSummary> = fatsecret.execute(&search).await?.into_inner();
/// assert_eq!((page.items.len(), page.page_number), (1, Some(0)));
/// assert!(page.total_results > 1);
/// let next = page.next(&search).ok_or("it is the last page")?;
/// assert_ne!(fatsecret.execute(&next).await?.items, page.items);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The results on this page.
    #[serde(default = "Vec::new")]
    pub items: Vec<T>,
    /// The number of results on all pages.
    pub total_results: u32,
    /// Which page this is, counted from 0.
    pub page_number: Option<u32>,
    /// The maximum number of results on a page.
    pub max_results: Option<u32>,
}

/// How many results a page has, if neither the search nor the answer says so.
const USUAL: u32 = 20;

impl<T> Page<T> {
    /// Returns the search for the next page, or `None` if this is the last one.
    ///
    /// `search` is the search that returned this page.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod::fatsecret::{FatSecret, foods::SearchFoodsV1};
    ///
    /// async fn two_pages(fatsecret: &FatSecret<tripod::Signed>) -> Result<(), tripod::Error> {
    ///     let search = SearchFoodsV1::new().with_expression("bread");
    ///     let page = fatsecret.execute(&search).await?;
    ///     if let Some(next) = page.next(&search) {
    ///         let more = fatsecret.execute(&next).await?;
    ///         println!("{} of {}", page.items.len() + more.items.len(), more.total_results);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn next<E: Paged<Item = T>>(&self, search: &E) -> Option<E> {
        let number = search.page();
        let sizes = [self.max_results, search.size()];
        let size = sizes.into_iter().flatten().find(|size| *size > 0).unwrap_or(USUAL);
        let seen = u64::from(number) * u64::from(size) + self.items.len() as u64;
        if self.items.is_empty() || seen >= u64::from(self.total_results) {
            return None;
        }
        Some(search.clone().at(number.checked_add(1)?))
    }

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

/// A search whose results come in pages, such as [`SearchFoodsV1`](super::foods::SearchFoodsV1).
/// Sealed.
///
/// # Examples
///
/// ```
/// use tripod::{Error, Signed, fatsecret::{FatSecret, Paged, endpoint::CalledBy}};
///
/// /// The first result of any search.
/// async fn first<E>(fatsecret: &FatSecret<Signed>, search: &E) -> Result<Option<E::Item>, Error>
/// where
///     E: Paged,
///     E::Access: CalledBy<Signed>,
/// {
///     Ok(fatsecret.execute(search).await?.into_inner().items.into_iter().next())
/// }
/// ```
pub trait Paged:
    Endpoint<Output = Page<Self::Item>> + sealed::Sealed + Clone + Send + Sync + 'static
{
    /// The type of a result.
    type Item: Send + 'static;

    #[doc(hidden)]
    fn page(&self) -> u32;
    #[doc(hidden)]
    fn size(&self) -> Option<u32>;
    #[doc(hidden)]
    #[must_use]
    fn at(self, page: u32) -> Self;
}

pub(super) mod sealed {
    pub trait Sealed {}
}

/// Says of a search that it has pages. Its fields must be called `page_number` and `max_results`.
macro_rules! paged {
    ($name:ident: $item:ty) => {
        impl $crate::fatsecret::page::sealed::Sealed for $name {}

        impl $crate::fatsecret::page::Paged for $name {
            type Item = $item;

            fn page(&self) -> u32 {
                self.page_number.unwrap_or(0)
            }

            fn size(&self) -> Option<u32> {
                self.max_results
            }

            fn at(self, page: u32) -> Self {
                self.with_page(page)
            }
        }
    };
}
pub(crate) use paged;

impl<T: Blank> Blank for Page<T> {
    fn fill(filler: &mut Filler) -> Self {
        Self {
            items: Blank::fill(filler),
            total_results: Blank::fill(filler),
            page_number: Blank::fill(filler),
            max_results: Blank::fill(filler),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fatsecret::foods::{FoodSummary, SearchFoodsV1};

    use super::*;

    fn page(items: usize, total_results: u32, max_results: Option<u32>) -> Page<FoodSummary> {
        let food = r#"{"food_id":"1","food_name":"Toast"}"#;
        let foods = vec![food; items].join(",");
        let size = max_results.map(|size| format!(r#","max_results":{size}"#)).unwrap_or_default();
        let body =
            format!(r#"{{"foods":{{"total_results":{total_results}{size},"food":[{foods}]}}}}"#);
        SearchFoodsV1::new().decode(http::StatusCode::OK, body.as_bytes()).unwrap().value
    }

    #[test]
    fn the_next_page_is_there_until_all_results_were_seen() {
        let search = SearchFoodsV1::new().with_expression("toast").with_max_results(2);
        let second = page(2, 5, Some(2)).next(&search).unwrap();
        assert_eq!(second, search.clone().with_page(1));
        let third = page(2, 5, Some(2)).next(&second).unwrap();
        assert_eq!(third, search.clone().with_page(2));
        assert_eq!(page(1, 5, Some(2)).next(&third), None);
        // An answer that does not say how long its pages are: the search does.
        assert_eq!(page(2, 5, None).next(&second), Some(third.clone()));
        assert_eq!(page(1, 5, None).next(&third), None);
        // What ends a search that would never end.
        assert_eq!(page(0, 5, Some(2)).next(&search), None);
        assert_eq!(page(2, u32::MAX, Some(2)).next(&search.clone().with_page(u32::MAX)), None);
        assert_eq!(page(20, 20, None).next(&search), None);
        assert!(page(20, 21, Some(0)).next(&search).is_some());
    }
}
