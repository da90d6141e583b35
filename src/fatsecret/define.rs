//! How methods are declared: once each, with their types, their calls and their row of the guide's table.

// The trap: names on the wire are the fields' names unless a literal says otherwise, so renaming a
// field changes what is sent; `tests/fatsecret/cases.rs` has all names.

use jiff::civil::Date;

use super::{
    amount::Amount,
    barcode::Barcode,
    endpoint::Request,
    ids::{
        ExerciseId, FoodCategoryId, FoodEntryId, FoodId, RecipeId, SavedMealId, SavedMealItemId,
        ServingId,
    },
    wire::values::day_of_date,
};

/// A value that can be sent as a parameter.
pub(crate) trait Param {
    fn put(&self, name: &'static str, request: &mut Request);
}

impl<T: Param> Param for Option<T> {
    fn put(&self, name: &'static str, request: &mut Request) {
        if let Some(value) = self {
            value.put(name, request);
        }
    }
}

impl Param for String {
    fn put(&self, name: &'static str, request: &mut Request) {
        request.put(name, self.as_str());
    }
}

impl Param for Date {
    fn put(&self, name: &'static str, request: &mut Request) {
        request.put(name, day_of_date(*self));
    }
}

macro_rules! params {
    ($($ty:ty: $value:ident => $sent:expr;)*) => { $(
        impl Param for $ty {
            fn put(&self, name: &'static str, request: &mut Request) {
                let $value = self;
                request.put(name, $sent);
            }
        }
    )* };
}

params! {
    bool: value => *value;
    u32: value => *value;
    Amount: value => value.to_string();
    Barcode: value => value.to_string();
    FoodId: value => value.get();
    ServingId: value => value.get();
    FoodEntryId: value => value.get();
    RecipeId: value => value.get();
    FoodCategoryId: value => value.get();
    SavedMealId: value => value.get();
    SavedMealItemId: value => value.get();
    ExerciseId: value => value.get();
}

/// What a declaration says of a method, for the test of the guide's table.
#[cfg(test)]
pub(super) struct Row {
    pub(super) method: &'static str,
    pub(super) version: u32,
    pub(super) ty: &'static str,
    pub(super) access: &'static str,
    pub(super) calls: &'static [&'static str],
}

/// Declares methods of one topic: for each its type, and its calls, which become one block of
/// [`FatSecret`](super::FatSecret).
///
/// The header of a method is `Name: Access -> Answer = kind("name", version, VERB "path"; repeatable)`:
///
/// * without `-> Answer`, FatSecret answers with a success alone;
/// * `read` and `write` are methods of `server.api`, `json` has a JSON body and only a path;
/// * the verb and the path are those of the newer style, without the version; they are left out
///   where FatSecret's sources contradict each other;
/// * `repeatable` says that sending a write twice leaves what sending it once does.
///
/// In `calls`, `*name;` stands for a call that is written by hand in the same file.
macro_rules! methods {
    (
        $(#[$topic:meta])*
        impl FatSecret;
        $(
            $(#[$meta:meta])*
            pub struct $name:ident: $access:ident $(-> $output:ty)? = $kind:ident(
                $method:tt, $version:tt $(, $verb:ident $path:literal)? $(; $repeatable:ident)?
            ) { $($body:tt)* }
            calls { $($calls:tt)* }
        )*
    ) => {
        $( $crate::fatsecret::define::endpoint! {
            $(#[$meta])*
            $name $access [$($output)?]
            [$kind $method $version $($verb $path)?; $($repeatable)?]
            $($body)*
        } )*

        $(#[$topic])*
        impl<C: $crate::fatsecret::caller::Caller> $crate::fatsecret::api::FatSecret<C> {
            $( $crate::fatsecret::define::calls! {
                $access [$($output)?] $method $version $($calls)*
            } )*
        }

        #[cfg(test)]
        pub(in crate::fatsecret) const ROWS: &[$crate::fatsecret::define::Row] = &[
            $( $crate::fatsecret::define::Row {
                method: $method,
                version: $version,
                ty: stringify!($name),
                access: stringify!($access),
                calls: $crate::fatsecret::define::called!($($calls)*),
            }, )*
        ];
    };
}

/// Defines an endpoint: its struct with `new` for what is required and `with_…` for the rest, the
/// description of its request, and how its answer is read.
///
/// `preset` has parameters that are always sent, with what is sent if the caller says nothing;
/// `localised` adds `region` and `language`; `also` declares fields whose setters are written by
/// hand; `empty_if` names an error code that means "nothing found".
macro_rules! endpoint {
    (
        $(#[$meta:meta])*
        $name:ident $access:ident $output:tt
        [$kind:ident $method:tt $version:tt $($verb:ident $path:literal)?; $($repeatable:ident)?]
        $( required { $( $(#[$need_meta:meta])* $need:ident: $need_ty:ident, )* } )?
        $( optional {
            $( $(#[$with_meta:meta])* $with:ident($opt:ident: $opt_ty:ident $(= $opt_name:literal)?), )*
        } )?
        $( preset {
            $( $(#[$set_meta:meta])* $set:ident($preset:ident: $preset_ty:ident = $value:expr), )*
        } )?
        $( localised { $region:ident, $language:ident, } )?
        $( also { $( $also:ident: $also_ty:ty, )* } )?
        $( reply($fields:ident) { $($read:tt)* } )?
        $( empty_if $code:ident )?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[must_use = "an endpoint does nothing until it is called"]
        pub struct $name {
            $( $( $need: $need_ty, )* )?
            $( $( $opt: Option<$opt_ty>, )* )?
            $( $( $preset: $preset_ty, )* )?
            $( $region: Option<String>, $language: Option<String>, )?
            $( $( $also: Option<$also_ty>, )* )?
        }

        impl $name {
            /// Creates the request.
            $( $(
                #[doc = concat!("\n * `", stringify!($need), "`:")]
                $(#[$need_meta])*
            )* )?
            pub fn new($( $( $need: $crate::fatsecret::define::argument!($need_ty) ),* )?) -> Self {
                Self {
                    $( $( $need: $need.into(), )* )?
                    $( $( $opt: None, )* )?
                    $( $( $preset: $value, )* )?
                    $( $region: None, $language: None, )?
                    $( $( $also: None, )* )?
                }
            }

            $( $(
                $(#[$with_meta])*
                pub fn $with(mut self, $opt: $crate::fatsecret::define::argument!($opt_ty)) -> Self {
                    self.$opt = Some($opt.into());
                    self
                }
            )* )?

            $( $(
                $(#[$set_meta])*
                pub fn $set(mut self, $preset: $preset_ty) -> Self {
                    self.$preset = $preset;
                    self
                }
            )* )?

            $(
                /// Asks for another region than the United States: two letters, as ISO 3166 has it.
                ///
                /// Needs a plan with localisation. FatSecret lists 195 regions, and refuses any other
                /// with code 208.
                pub fn with_region(mut self, region: impl Into<String>) -> Self {
                    self.$region = Some(region.into());
                    self
                }

                /// Asks for another language than the region's main one: two letters, as ISO 639-1
                /// has it. Ignored without a region. FatSecret lists 26 languages.
                pub fn with_language(mut self, language: impl Into<String>) -> Self {
                    self.$language = Some(language.into());
                    self
                }
            )?
        }

        impl $crate::fatsecret::endpoint::Endpoint for $name {
            type Access = $crate::fatsecret::endpoint::$access;
            type Output = $crate::fatsecret::define::output!($output);

            fn request(&self) -> $crate::fatsecret::endpoint::Request {
                #[allow(unused_mut, reason = "some endpoints have no parameters")]
                let mut request =
                    $crate::fatsecret::define::request!($kind $method $version $($verb $path)?)
                        $( .$repeatable() )?;
                $( $( $crate::fatsecret::define::Param::put(&self.$need, stringify!($need), &mut request); )* )?
                $( $( $crate::fatsecret::define::Param::put(
                    &self.$opt,
                    $crate::fatsecret::define::sent_as!($opt $($opt_name)?),
                    &mut request,
                ); )* )?
                $( $( $crate::fatsecret::define::Param::put(&self.$preset, stringify!($preset), &mut request); )* )?
                $(
                    $crate::fatsecret::define::Param::put(&self.$region, "region", &mut request);
                    $crate::fatsecret::define::Param::put(&self.$language, "language", &mut request);
                )?
                $( $( $crate::fatsecret::define::Param::put(&self.$also, stringify!($also), &mut request); )* )?
                request
            }

            fn read(
                &self,
                reply: &$crate::fatsecret::reply::Reply<'_>,
            ) -> Result<$crate::fatsecret::wire::outcome::Answer<Self::Output>, $crate::fatsecret::error::ApiError> {
                $(
                    if reply.code() == Some($crate::fatsecret::codes::ErrorCode::$code) {
                        let nothing = <Self::Output>::default();
                        return Ok($crate::fatsecret::wire::outcome::Answer::from(nothing));
                    }
                )?
                reply.object($crate::fatsecret::define::reading!($( $fields { $($read)* } )?))
            }
        }
    };
}

/// Writes a method's calls: an endpoint with what it requires, called. The bound stands on each
/// call, and not on the `impl`, since rustc then says what the trait has to say.
macro_rules! calls {
    (Public $($rest:tt)*) => { $crate::fatsecret::define::calls! { [Caller] $($rest)* } };
    (Delegated $($rest:tt)*) => { $crate::fatsecret::define::calls! { [ForUser] $($rest)* } };
    (SignedOnly $($rest:tt)*) => { $crate::fatsecret::define::calls! { [ForApplication] $($rest)* } };
    (
        [$caller:ident] $output:tt $method:tt $version:tt
        $( * $by_hand:ident; )*
        $(
            $(#[$meta:meta])*
            $call:ident($($argument:ident: $ty:ty),* $(,)?) = $endpoint:expr;
        )*
    ) => { $(
        $(#[$meta])*
        ///
        #[doc = concat!("FatSecret's method is `", $crate::fatsecret::define::named!($method $version), "`.")]
        ///
        /// # Errors
        ///
        /// The errors of [`execute`](Self::execute).
        ///
        /// # Cancel safety
        ///
        /// If you drop the future, the call is cancelled. FatSecret may have carried it out.
        ///
        /// # Source
        ///
        #[doc = concat!("<https://platform.fatsecret.com/docs/", $crate::fatsecret::define::page!($method $version), ">")]
        pub async fn $call(
            &self,
            $($argument: $ty),*
        ) -> Result<$crate::fatsecret::define::answer!($output), $crate::error::Error>
        where
            C: $crate::fatsecret::caller::$caller,
        {
            $crate::fatsecret::define::answered!($output self.perform(&$endpoint).await)
        }
    )* };
}

/// The names of a method's calls.
#[cfg(test)]
macro_rules! called {
    (
        $( * $by_hand:ident; )*
        $( $(#[$meta:meta])* $call:ident($($argument:tt)*) = $endpoint:expr; )*
    ) => {
        &[$( stringify!($by_hand), )* $( stringify!($call), )*]
    };
}

/// The type of an argument: whatever becomes a `String`, or exactly the type.
macro_rules! argument {
    (String) => { impl Into<String> };
    ($ty:ident) => { $ty };
}

macro_rules! sent_as {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// The name that is sent: version 1 is not written.
macro_rules! named {
    ($method:tt 1) => {
        $method
    };
    ($method:tt $version:tt) => {
        concat!($method, ".v", $version)
    };
}

/// Where FatSecret describes the method. Two pages are not where their methods' names say.
macro_rules! page {
    ("recipe.get_favorites" 2) => {
        "v2/recipes.get_favorites"
    };
    ("feedback" 1) => {
        "guides"
    };
    ($method:tt $version:tt) => {
        concat!("v", $version, "/", $method)
    };
}

macro_rules! request {
    (json $method:tt $version:tt POST $path:literal) => {
        $crate::fatsecret::endpoint::Request::json(
            $crate::fatsecret::define::named!($method $version),
            concat!($path, "/v", $version),
        )
    };
    ($kind:ident $method:tt $version:tt) => {
        $crate::fatsecret::endpoint::Request::$kind($crate::fatsecret::define::named!($method $version))
    };
    ($kind:ident $method:tt $version:tt $verb:ident $path:literal) => {
        $crate::fatsecret::define::request!($kind $method $version)
            .with_path(http::Method::$verb, concat!($path, "/v", $version))
    };
}

macro_rules! reading {
    () => {
        |fields: &$crate::fatsecret::wire::Fields<'_>| fields.success()
    };
    ($fields:ident { $($read:tt)* }) => {
        |$fields: &$crate::fatsecret::wire::Fields<'_>| { $($read)* }
    };
}

/// What comes back of an endpoint.
macro_rules! output {
    ([]) => {
        ()
    };
    ([$output:ty]) => {
        $output
    };
}

/// What comes back of a call.
macro_rules! answer {
    ([]) => {
        ()
    };
    ([$output:ty]) => {
        $crate::fatsecret::wire::outcome::Answer<$output>
    };
}

macro_rules! answered {
    ([] $answer:expr) => {
        $answer.map($crate::fatsecret::wire::outcome::Answer::into_inner)
    };
    ([$output:ty] $answer:expr) => {
        $answer
    };
}

#[cfg(test)]
pub(crate) use called;
pub(crate) use {
    answer, answered, argument, calls, endpoint, methods, named, output, page, reading, request,
    sent_as,
};
