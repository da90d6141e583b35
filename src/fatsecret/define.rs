//! How endpoints are written down: parameters, and the macro that makes the types.

// The trap: names on the wire are the fields' names unless a literal says otherwise, so
// renaming a field changes what is sent; `tests/fatsecret/cases.rs` has all names.

use jiff::civil::Date;

use super::{
    amount::Amount,
    endpoint::Request,
    ids::{
        Barcode, ExerciseId, FoodCategoryId, FoodEntryId, FoodId, RecipeId, SavedMealId,
        SavedMealItemId, ServingId,
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

/// Defines an endpoint: its struct with `new` for what is required and `with_…` for the rest, the
/// description of its request, and how its answer is read.
///
/// `localised` adds `region` and `language`; `also` declares fields whose setters are written by
/// hand; `empty_if` names an error code that means "nothing found".
macro_rules! endpoint {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $access:ident, $request:expr;
        required { $( $(#[$need_meta:meta])* $need:ident: $need_ty:ident, )* }
        optional {
            $( $(#[$with_meta:meta])* $with:ident($opt:ident: $opt_ty:ident $(= $opt_name:literal)?), )*
        }
        $( localised { $region:ident, $language:ident, } )?
        $( also { $( $also:ident: $also_ty:ty, )* } )?
        reply($fields:ident) -> $output:ty { $($read:tt)* }
        $( empty_if $code:ident )?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[must_use = "an endpoint does nothing until it is called"]
        pub struct $name {
            $( $need: $need_ty, )*
            $( $opt: Option<$opt_ty>, )*
            $( $region: Option<String>, $language: Option<String>, )?
            $( $( $also: Option<$also_ty>, )* )?
        }

        impl $name {
            /// Makes it with what it requires.
            $(
                #[doc = concat!("\n * `", stringify!($need), "`:")]
                $(#[$need_meta])*
            )*
            pub fn new($( $need: $crate::fatsecret::define::argument!($need_ty) ),*) -> Self {
                Self {
                    $( $need: $need.into(), )*
                    $( $opt: None, )*
                    $( $region: None, $language: None, )?
                    $( $( $also: None, )* )?
                }
            }

            $(
                $(#[$with_meta])*
                pub fn $with(mut self, $opt: $crate::fatsecret::define::argument!($opt_ty)) -> Self {
                    self.$opt = Some($opt.into());
                    self
                }
            )*

            $(
                /// Asks for another region than the United States: two letters, as ISO 3166 has it.
                ///
                /// Needs a plan with localisation. A wrong one is refused with code 208.
                pub fn with_region(mut self, region: impl Into<String>) -> Self {
                    self.$region = Some(region.into());
                    self
                }

                /// Asks for another language than the region's main one: two letters, as ISO 639-1
                /// has it. Ignored without a region.
                pub fn with_language(mut self, language: impl Into<String>) -> Self {
                    self.$language = Some(language.into());
                    self
                }
            )?
        }

        impl $crate::fatsecret::endpoint::Endpoint for $name {
            type Access = $crate::fatsecret::endpoint::$access;
            type Output = $output;

            fn request(&self) -> $crate::fatsecret::endpoint::Request {
                #[allow(unused_mut, reason = "some endpoints have no parameters")]
                let mut request = $request;
                $( $crate::fatsecret::define::Param::put(&self.$need, stringify!($need), &mut request); )*
                $( $crate::fatsecret::define::Param::put(
                    &self.$opt,
                    $crate::fatsecret::define::sent_as!($opt $($opt_name)?),
                    &mut request,
                ); )*
                $(
                    $crate::fatsecret::define::Param::put(&self.$region, "region", &mut request);
                    $crate::fatsecret::define::Param::put(&self.$language, "language", &mut request);
                )?
                $( $( $crate::fatsecret::define::Param::put(&self.$also, stringify!($also), &mut request); )* )?
                request
            }

            fn read(
                &self,
                $fields: &$crate::fatsecret::wire::Fields<'_>,
            ) -> Result<$output, $crate::fatsecret::wire::outcome::FieldError> {
                $($read)*
            }

            $(
                fn decode(
                    &self,
                    status: http::StatusCode,
                    body: &[u8],
                ) -> Result<$crate::fatsecret::wire::outcome::Answer<$output>, $crate::fatsecret::error::ApiError> {
                    let decoded = $crate::fatsecret::reply::decode(status, body, |fields| self.read(fields));
                    $crate::fatsecret::reply::empty_if($crate::fatsecret::codes::ErrorCode::$code, decoded)
                }
            )?
        }
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

pub(crate) use {argument, endpoint, sent_as};
