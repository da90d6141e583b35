//! One food: by its id, or by its barcode.

use crate::fatsecret::{
    barcode::Barcode, define::methods, foods::Food, ids::FoodId, wire::Fields,
    wire::outcome::FieldError,
};

methods! {
    /// One food.
    impl FatSecret;

    /// Reads a food and its servings: `food.get` version 5.
    pub struct GetFood: Public -> Food = read("food.get", 5, GET "food") {
        required {
            /// which food.
            food_id: FoodId,
        }
        optional {
            /// Whether to add the names of sub-categories.
            with_sub_categories(include_sub_categories: bool),
            /// Whether to mark the default serving.
            with_default_serving(flag_default_serving: bool),
            /// Whether to add pictures. Needs a premium plan.
            with_images(include_food_images: bool),
            /// Whether to add allergens and preferences. Needs a premium plan.
            with_attributes(include_food_attributes: bool),
        }
        localised { region, language, }
        reply(reply) { reply.get("food") }
    }
    calls {
        /// Reads a food with its servings, of which [`Food::default_serving`] is the one to begin with.
        food(id: FoodId) = GetFood::new(id).with_default_serving(true);
    }

    /// Finds the food with a barcode: `food.find_id_for_barcode` version 2.
    ///
    /// Returns `None` if no food has the barcode. FatSecret does not document what it answers in this
    /// case, so code 211, an empty answer and the id 0 of version 1 all count as "not found". The
    /// method needs the barcode entitlement; without it, FatSecret answers with code 10.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = tripod_sandbox::Sandbox::start().await?;
    /// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
    /// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
    /// use tripod::fatsecret::{Barcode, foods::FindFoodForBarcode};
    ///
    /// let barcode: Barcode = "4006381333931".parse()?;
    /// let found = fatsecret.execute(&FindFoodForBarcode::new(barcode).with_images(true)).await?;
    /// let food = found.into_inner().ok_or("no food has this barcode")?;
    /// assert_eq!(food.name, "Greek Yogurt, Vanilla");
    /// assert_eq!(food.images.len(), 1);
    ///
    /// // The id alone:
    /// assert_eq!(fatsecret.food_id_for_barcode(barcode).await?.into_inner(), Some(food.id));
    /// # Ok(())
    /// # }
    /// ```
    pub struct FindFoodForBarcode: Public -> Option<Food>
        = read("food.find_id_for_barcode", 2, GET "food/barcode/find-by-id")
    {
        required {
            /// the product's barcode.
            barcode: Barcode,
        }
        optional {
            /// Whether to add the names of sub-categories.
            with_sub_categories(include_sub_categories: bool),
            /// Whether to mark the default serving.
            with_default_serving(flag_default_serving: bool),
            /// Whether to add pictures. Needs a premium plan.
            with_images(include_food_images: bool),
            /// Whether to add allergens and preferences. Needs a premium plan.
            with_attributes(include_food_attributes: bool),
        }
        localised { region, language, }
        reply(reply) { found(reply) }
        empty_if NoFoodDetected
    }
    calls {
        /// Finds the food with a barcode. Needs the barcode entitlement.
        food_for_barcode(barcode: Barcode)
            = FindFoodForBarcode::new(barcode).with_default_serving(true);
    }

    /// Finds the id of the food with a barcode: `food.find_id_for_barcode` version 1.
    ///
    /// Returns `None` if no food has the barcode. The method needs the barcode entitlement; without
    /// it, FatSecret answers with code 10.
    pub struct FindFoodIdForBarcode: Public -> Option<FoodId>
        = read("food.find_id_for_barcode", 1, GET "food/barcode/find-by-id")
    {
        required {
            /// the product's barcode.
            barcode: Barcode,
        }
        localised { region, language, }
        reply(reply) {
            let id: FoodId = reply.created("food_id")?;
            Ok((id.get() != 0).then_some(id))
        }
    }
    calls {
        /// Finds the id of the food with a barcode. Needs the barcode entitlement.
        food_id_for_barcode(barcode: Barcode) = FindFoodIdForBarcode::new(barcode);
    }
}

fn found(reply: &Fields<'_>) -> Result<Option<Food>, FieldError> {
    if reply.has("food_id") && reply.created::<FoodId>("food_id")?.get() == 0 {
        return Ok(None);
    }
    reply.object_or_none("food")?.map(|food| Food::from_fields(&food)).transpose()
}
