//! FatSecret's fixed words: meals, kinds, units.

// The trap: meals go in as `breakfast` and come out as `Breakfast`, so letter case never
// counts; a word that is not known is kept as it is, and can be sent as it is.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    define::Param,
    endpoint::Request,
    testing::filler::{Blank, Filler},
    wire::{FromJson, Json, outcome::FieldError},
};

macro_rules! words {
    ($(
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$word_meta:meta])* $variant:ident = $word:literal, )* }
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $( $(#[$word_meta])* $variant, )*
            /// A word that this crate does not know, as FatSecret wrote it.
            Unknown(String),
        }

        impl $name {
            /// Returns the word as it is sent.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                let word = word.trim();
                $( if word.eq_ignore_ascii_case($word) {
                    return Self::$variant;
                } )*
                Self::Unknown(word.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|word| Self::from(word.as_str()))
            }
        }

        impl Blank for $name {
            fn fill(filler: &mut Filler) -> Self {
                let words = [$($word),*];
                let other = filler.text();
                Self::from(filler.one_of(&words).unwrap_or(&other))
            }
        }

        impl FromJson for $name {
            fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
                json.scalar()
                    .map(|word| Self::from(&*word))
                    .ok_or_else(|| json.odd("a word"))
            }
        }

        impl Param for $name {
            fn put(&self, name: &'static str, request: &mut Request) {
                request.put(name, self.as_str());
            }
        }
    )* };
}

words! {
    /// The meal that an entry of the diary belongs to.
    ///
    /// `From<&str>` never fails, so that a new word of FatSecret's can be read. Before you send what a user typed, check
    /// that it is not `Unknown`: FatSecret refuses such a meal with code 108.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::Meal;
    ///
    /// assert_eq!(Meal::from("Breakfast"), Meal::Breakfast);
    /// assert_eq!(Meal::Breakfast.to_string(), "breakfast");
    /// assert_eq!(Meal::from("Brunch"), Meal::Unknown("Brunch".into()));
    /// ```
    pub enum Meal {
        /// Breakfast.
        Breakfast = "breakfast",
        /// Lunch.
        Lunch = "lunch",
        /// Dinner.
        Dinner = "dinner",
        /// Snacks and everything else.
        Other = "other",
    }

    /// Whether a food is of one brand or of any.
    pub enum FoodType {
        /// A food in general.
        Generic = "generic",
        /// A product of a brand, which the food names.
        Brand = "brand",
    }

    /// What kind of brand.
    pub enum BrandType {
        /// Makes food.
        Manufacturer = "manufacturer",
        /// Serves food.
        Restaurant = "restaurant",
        /// Sells food under its own name.
        Supermarket = "supermarket",
    }

    /// The unit of a serving's metric amount.
    pub enum MetricUnit {
        /// Grams.
        Gram = "g",
        /// Millilitres.
        Millilitre = "ml",
        /// Ounces.
        Ounce = "oz",
    }

    /// How the user likes to see weights. What is sent and read is kilograms always.
    pub enum WeightUnit {
        /// Kilograms.
        Kilogram = "kg",
        /// Pounds.
        Pound = "lb",
    }

    /// How the user likes to see heights. What is sent and read is centimetres always.
    pub enum HeightUnit {
        /// Centimetres.
        Centimetre = "cm",
        /// Inches.
        Inch = "inch",
    }

    /// How the description of a generic food in `foods.search` version 1 is phrased.
    pub enum DescriptionBasis {
        /// By weight, "Per 100g".
        Weight = "weight",
        /// By portion, "Per 1 slice".
        Portion = "portion",
    }

    /// The order of recipes that were searched for.
    pub enum RecipeSort {
        /// The newest first, the default.
        Newest = "newest",
        /// The oldest first.
        Oldest = "oldest",
        /// The fewest kilocalories per serving first.
        FewestCalories = "caloriesPerServingAscending",
        /// The most kilocalories per serving first.
        MostCalories = "caloriesPerServingDescending",
    }

    /// The file type of a picture that goes with feedback.
    pub enum ImageExtension {
        /// JPEG, `.jpg`.
        Jpg = "jpg",
        /// JPEG, `.jpeg`.
        Jpeg = "jpeg",
        /// PNG.
        Png = "png",
        /// TIFF.
        Tiff = "tiff",
    }
}
