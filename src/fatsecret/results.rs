//! Results of many calls, one after the other.

// A hand-written stream: each step is a future that gives some results and the next step. It is kept in
// the value, so that a poll that is dropped loses nothing.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{
    api::FatSecret,
    caller::Caller,
    endpoint::CalledBy,
    page::{Page, Paged},
    wire::outcome::{Answer, FieldError},
};
use crate::error::Error;

/// The most fields that are reported for all calls together.
const MOST_NOTES: usize = 32;
/// The most pages of one search: 50,000 results, if a page has 50.
const MOST_PAGES: u32 = 1_000;

/// Results of many calls, one after the other: a [`Stream`].
///
/// [`FatSecret::all`], [`FatSecret::weights`] and [`FatSecret::diary`] return it. The first call is
/// made when you ask for the first result, and the next call when the results of the last call are used
/// up.
///
/// [`next`](Self::next) gives one result after the other, and needs no other crate.
/// [`into_vec`](Self::into_vec) collects them all. `Results` is also a `Stream` for the adapters of
/// `futures` or `tokio-stream`.
///
/// # Cancel safety
///
/// If you drop the future of `next`, no result is lost: the next call of `next` continues it.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
/// use tripod::{Error, fatsecret::{Results, foods::{FoodSummary, SearchFoodsV1}}};
///
/// let search = SearchFoodsV1::new().with_expression("bread").with_max_results(1);
/// let mut foods: Results<FoodSummary, Error> = fatsecret.all(search);
/// let mut names = Vec::new();
/// while let Some(food) = foods.next().await {
///     names.push(food?.name);
/// }
/// assert!(names.len() > 1); // of more than one page
/// assert!(foods.unreadable().is_empty());
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is called until results are asked for"]
pub struct Results<T, E = Error> {
    found: VecDeque<Result<T, E>>,
    step: Option<Pending<T, E>>,
    unreadable: Vec<FieldError>,
    omitted: usize,
}

/// A step that has not been made.
pub(super) type Pending<T, E> = Pin<Box<dyn Future<Output = Step<T, E>> + Send>>;

/// What came of a step.
pub(super) struct Step<T, E> {
    pub(super) found: Vec<Result<T, E>>,
    pub(super) unreadable: Vec<FieldError>,
    pub(super) omitted: usize,
    pub(super) next: Option<Pending<T, E>>,
}

impl<T, E> Step<T, E> {
    pub(super) fn new() -> Self {
        Self { found: Vec::new(), unreadable: Vec::new(), omitted: 0, next: None }
    }

    /// Takes note of what could not be read, and gives the answer's value.
    pub(super) fn note<A>(&mut self, answer: Answer<A>) -> A {
        self.unreadable.extend_from_slice(answer.unreadable());
        self.omitted += answer.omitted();
        answer.value
    }
}

impl<T, E> Results<T, E> {
    pub(super) fn new(first: Pending<T, E>) -> Self {
        Self { found: VecDeque::new(), step: Some(first), unreadable: Vec::new(), omitted: 0 }
    }

    /// Returns the next result, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// The error of the call. [`FatSecret::diary`] and [`FatSecret::weights`] say after which
    /// errors there are more results; a search ends with its first error.
    pub async fn next(&mut self) -> Option<Result<T, E>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// Collects all results.
    ///
    /// # Errors
    ///
    /// The first error. The results that were read before are lost. So for a long range use
    /// [`next`](Self::next), and keep each result as it comes.
    pub async fn into_vec(mut self) -> Result<Vec<T>, E> {
        let mut all = Vec::new();
        while let Some(result) = self.next().await {
            all.push(result?);
        }
        Ok(all)
    }

    /// Returns the fields that could not be read, in all answers so far: the first 32 fields.
    #[must_use]
    pub fn unreadable(&self) -> &[FieldError] {
        &self.unreadable
    }

    /// Returns how many items of lists were left out so far because they could not be read.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        loop {
            if let Some(result) = self.found.pop_front() {
                return Poll::Ready(Some(result));
            }
            let Some(step) = &mut self.step else { return Poll::Ready(None) };
            let made = ready!(step.as_mut().poll(context));
            self.step = made.next;
            self.found.extend(made.found);
            let room = MOST_NOTES.saturating_sub(self.unreadable.len());
            self.unreadable.extend(made.unreadable.into_iter().take(room));
            self.omitted += made.omitted;
        }
    }
}

/// The results are owned, and the step is pinned by its box.
impl<T, E> Unpin for Results<T, E> {}

impl<T, E> Stream for Results<T, E> {
    type Item = Result<T, E>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        self.get_mut().poll(context)
    }
}

impl<T, E> fmt::Debug for Results<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Results")
            .field("waiting", &self.found.len())
            .field("is_finished", &self.step.is_none())
            .finish_non_exhaustive()
    }
}

/// Many results.
impl<C: Caller> FatSecret<C> {
    /// Returns all results of a search, page after page: a [`Stream`], which you can also use without another crate.
    ///
    /// Without a [`Pace`](super::Pace) it makes 20 calls a minute. Ask for 50 results on a page to make fewer calls. It ends after
    /// the last result, after an error, or after 1,000 pages.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tripod::fatsecret::{FatSecret, foods::SearchFoodsV1};
    ///
    /// async fn names(fatsecret: &FatSecret<tripod::Signed>) -> Result<(), tripod::Error> {
    ///     let search = SearchFoodsV1::new().with_expression("rye bread").with_max_results(50);
    ///     let mut foods = fatsecret.all(search);
    ///     while let Some(food) = foods.next().await {
    ///         println!("{}", food?.name);
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn all<E>(&self, search: E) -> Results<E::Item>
    where
        E: Paged,
        E::Access: CalledBy<C>,
    {
        Results::new(page(self.paced(), search, 1))
    }
}

fn page<C, E>(fatsecret: FatSecret<C>, search: E, count: u32) -> Pending<E::Item, Error>
where
    C: Caller,
    E: Paged,
{
    Box::pin(async move {
        let mut step = Step::new();
        match fatsecret.perform(&search).await {
            Ok(answer) => {
                let page: Page<E::Item> = step.note(answer);
                let next = page.next(&search).filter(|_| count < MOST_PAGES);
                step.found.extend(page.items.into_iter().map(Ok));
                step.next = next.map(|next| self::page(fatsecret, next, count + 1));
            }
            Err(error) => step.found.push(Err(error)),
        }
        step
    })
}
