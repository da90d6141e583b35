//! How an error is put together, inside of the crate.

use std::time::Duration;

use http::StatusCode;

use super::{
    BoxError, Error, Inner, class::ErrorClass, kind::ErrorKind, meaning::Meaning,
    report::ProblemReport, stage::Stage,
};

impl Error {
    pub(crate) fn new(stage: Stage, kind: impl Into<ErrorKind>) -> Self {
        Self(Box::new(Inner {
            stage,
            kind: kind.into(),
            endpoint: None,
            excerpt: None,
            report: None,
            detail: None,
            source: None,
            status: None,
            retry_after: None,
            meaning: None,
            token_ended: false,
            class: None,
            retryable: None,
            happened: None,
        }))
    }

    /// The error of a mistake in a request's parts once more, for one who keeps the request: its source as text.
    pub(crate) fn again(&self) -> Self {
        let mut same = Self::new(self.0.stage, self.0.kind.clone());
        same.0.detail.clone_from(&self.0.detail);
        same.0.source = self.0.source.as_ref().map(|source| source.to_string().into());
        same
    }

    pub(crate) fn setup(kind: impl Into<ErrorKind>) -> Self {
        Self::new(Stage::Setup, kind)
    }

    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn at_stage(mut self, stage: Stage) -> Self {
        self.0.stage = stage;
        self
    }

    /// `endpoint` must have no query, fragment or user-info.
    pub(crate) fn with_endpoint(mut self, endpoint: String) -> Self {
        self.0.endpoint = Some(endpoint);
        self
    }

    /// `excerpt` must be redacted and bounded.
    pub(crate) fn with_excerpt(mut self, excerpt: String) -> Self {
        self.0.excerpt = (!excerpt.is_empty()).then_some(excerpt);
        self
    }

    /// `report` must be redacted and bounded.
    pub(crate) fn with_report(mut self, report: ProblemReport) -> Self {
        self.0.report = (report != ProblemReport::default()).then(|| Box::new(report));
        self
    }

    /// `detail` is advice in our own words, with nothing from outside that is not redacted.
    pub(crate) fn with_detail(mut self, detail: String) -> Self {
        self.0.detail = Some(detail);
        self
    }

    /// The same, behind whatever advice there is.
    pub(crate) fn with_more_detail(mut self, more: &str) -> Self {
        self.0.detail = Some(match self.0.detail.take() {
            Some(detail) => format!("{detail}; {more}"),
            None => more.to_owned(),
        });
        self
    }

    pub(crate) fn with_retry_after(mut self, pause: Option<Duration>) -> Self {
        self.0.retry_after = pause;
        self
    }

    /// The provider's number in place of its word.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn with_problem(mut self, number: String) -> Self {
        if let ErrorKind::Rejected { problem, .. } = &mut self.0.kind {
            *problem = Some(number);
        }
        self
    }

    pub(crate) fn with_meaning(mut self, meaning: Option<Meaning>) -> Self {
        self.0.meaning = meaning;
        self
    }

    pub(crate) fn with_token_ended(mut self, ended: bool) -> Self {
        self.0.token_ended = ended;
        self
    }

    pub(crate) fn with_class(mut self, class: ErrorClass) -> Self {
        self.0.class = Some(class);
        self
    }

    pub(crate) fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = Some(retryable);
        self
    }

    pub(crate) fn with_may_have_happened(mut self, happened: bool) -> Self {
        self.0.happened = Some(happened);
        self
    }
}
