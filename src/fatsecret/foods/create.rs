//! A food of the user's own.

use crate::fatsecret::{
    amount::Amount,
    define::methods,
    ids::FoodId,
    nutrition::Nutrition,
    words::{BrandType, MetricUnit},
};

methods! {
    /// Foods of the user's own.
    impl FatSecret;

    /// Creates a food for this user: `food.create` version 2. Needs a premium plan.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = tripod_sandbox::Sandbox::start().await?;
    /// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
    /// # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
    /// use tripod::fatsecret::foods::{BrandType, CreateFood, MetricUnit};
    /// use tripod::fatsecret::nutrition::Nutrition;
    ///
    /// let slice = Nutrition::new(75.into(), "14.3".parse()?, "2.6".parse()?, 1.into());
    /// let toast = CreateFood::new("Mill", "Toast", "1 slice", slice)
    ///     .with_brand_type(BrandType::Supermarket)
    ///     .with_serving_amount(25.into())
    ///     .with_serving_unit(MetricUnit::Gram);
    /// let id = fatsecret.create_food(&toast).await?.into_inner();
    /// assert_eq!(fatsecret.food(id).await?.name, "Toast");
    /// # Ok(())
    /// # }
    /// ```
    pub struct CreateFood: Delegated -> FoodId = write("food.create", 2, POST "food") {
        required {
            /// the brand.
            brand_name: String,
            /// the food's name, without the brand.
            food_name: String,
            /// the serving in words, such as "1 slice".
            serving_size: String,
            /// what that serving contains.
            nutrition: Nutrition,
        }
        optional {
            /// How much the serving is, in the unit of [`with_serving_unit`](Self::with_serving_unit).
            with_serving_amount(serving_amount: Amount),
            /// The unit of that amount; grams if left out.
            with_serving_unit(serving_amount_unit: MetricUnit),
            /// Energy that comes from fat, in kilocalories.
            with_calories_from_fat(calories_from_fat: Amount),
        }
        preset {
            /// What kind of brand it is; a manufacturer if left out.
            with_brand_type(brand_type: BrandType = BrandType::Manufacturer),
        }
        localised { region, language, }
        reply(reply) { reply.created("food_id") }
    }
    calls {
        /// Creates a food for this user. Needs a premium plan.
        create_food(food: &CreateFood) = *food;
    }
}
