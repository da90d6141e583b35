//! The methods that begin a request, for the three types that have them.

/// Writes `get`, `post`, … around the type's own `resource`. The argument is the documentation of `get`, and
/// what its parameter is called.
///
/// They are inherent methods: rustc then names the type that has them where they are called on another.
macro_rules! verbs {
    ($(#[$of_get:meta])* $target:ident) => {
        $(#[$of_get])*
        pub fn get(&self, $target: impl AsRef<str>) -> $crate::resource::request::ResourceRequest {
            self.resource(::http::Method::GET, $target)
        }

        /// Begins a HEAD request: the reply has the headers of a GET, and no body.
        pub fn head(&self, $target: impl AsRef<str>) -> $crate::resource::request::ResourceRequest {
            self.resource(::http::Method::HEAD, $target)
        }

        /// Begins a POST request.
        pub fn post(&self, $target: impl AsRef<str>) -> $crate::resource::request::ResourceRequest {
            self.resource(::http::Method::POST, $target)
        }

        /// Begins a PUT request.
        pub fn put(&self, $target: impl AsRef<str>) -> $crate::resource::request::ResourceRequest {
            self.resource(::http::Method::PUT, $target)
        }

        /// Begins a PATCH request.
        pub fn patch(&self, $target: impl AsRef<str>) -> $crate::resource::request::ResourceRequest {
            self.resource(::http::Method::PATCH, $target)
        }

        /// Begins a DELETE request.
        pub fn delete(&self, $target: impl AsRef<str>) -> $crate::resource::request::ResourceRequest {
            self.resource(::http::Method::DELETE, $target)
        }
    };
}
pub(crate) use verbs;
