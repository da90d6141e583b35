//! The tools that find foods.

use std::sync::Arc;

use rmcp::{
    handler::server::{tool::schema_for_output, wrapper::Parameters},
    model::CallToolResponse,
    tool, tool_router,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tripod::fatsecret::{
    Barcode, FoodId, ParseError,
    foods::{FindFoodForBarcode, Food, GetFood, SearchFoodsV1, Serving},
};

use crate::{
    kept_foods::Now,
    reply::{Outcome, Reply, answer},
    server::Server,
    trouble::Halt,
    values::{Energy, Exact, Id, Whole, counted},
};

#[derive(Deserialize, JsonSchema)]
struct Search {
    /// What to look for, such as "oatmeal" or "alpine dairy yogurt".
    query: String,
    /// Which page of the results, counted from 0. The default is 0.
    #[serde(default = "first_page")]
    page: Whole,
    /// How many results a page has, from 1 to 50. The default is 20.
    #[serde(default = "usual_results")]
    #[schemars(range(min = 1, max = 50))]
    max_results: Whole,
}

fn first_page() -> Whole {
    Whole(0)
}

fn usual_results() -> Whole {
    Whole(20)
}

#[derive(Serialize, JsonSchema)]
struct Found {
    /// How many foods were found on all pages.
    total_results: Whole,
    /// Which page this is, counted from 0.
    page: Whole,
    foods: Vec<FoundFood>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct FoundFood {
    food_id: Id,
    name: String,
    /// The brand, if it is a brand's product.
    brand: Option<String>,
    /// A line about what it contains, with rounded numbers.
    description: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct WhichFood {
    /// The food's id, from `search_foods`, `find_barcode` or `diary_day`.
    food_id: Id,
}

#[derive(Deserialize, JsonSchema)]
struct WhichBarcode {
    /// The digits under the barcode: 13 (EAN-13), 12 (UPC-A), or 8 (EAN-8).
    barcode: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct FoodDetails {
    food_id: Id,
    name: String,
    /// The brand, if it is a brand's product.
    brand: Option<String>,
    servings: Vec<ServingDetails>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct ServingDetails {
    serving_id: Id,
    /// The serving in words, such as "1 cup".
    description: Option<String>,
    /// Whether it is the one to take if the user names none.
    is_default: bool,
    /// False for a serving that FatSecret derived and does not take in the diary.
    can_be_logged: bool,
    /// How many of the diary's units one serving is: 100 for "100 g", 1 for "1 cup".
    units: Exact,
    /// The unit that the diary counts, such as "g" or "cup".
    unit: Option<String>,
    /// Weight or volume of the serving.
    metric_amount: Option<Exact>,
    /// "g", "ml" or "oz".
    metric_unit: Option<String>,
    /// What one serving contains.
    nutrition: Energy,
    saturated_fat_g: Option<Exact>,
    fiber_g: Option<Exact>,
    sugar_g: Option<Exact>,
    sodium_mg: Option<Exact>,
}

#[derive(Serialize, JsonSchema)]
struct FoundByBarcode {
    /// The food; left out if FatSecret knows no food with this barcode.
    food: Option<FoodDetails>,
}

#[tool_router(router = food_tools, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Search FatSecret's foods by words. Each result has the food's id and a line about it; \
            `get_food` has its servings, which `log_food` needs. Works before the login, too.",
        output_schema = schema_for_output::<Found>(),
        annotations(title = "Search foods", read_only_hint = true, open_world_hint = true)
    )]
    async fn search_foods(&self, Parameters(search): Parameters<Search>) -> CallToolResponse {
        answer(self.found(search).await)
    }

    #[tool(
        description = "Read one food with its servings and what each contains. Works before the login, too.",
        output_schema = schema_for_output::<FoodDetails>(),
        annotations(title = "Read a food", read_only_hint = true, open_world_hint = true)
    )]
    async fn get_food(&self, Parameters(which): Parameters<WhichFood>) -> CallToolResponse {
        answer(self.food_details(which.food_id.0.into()).await)
    }

    #[tool(
        description = "Find the food with a barcode, with its servings. FatSecret's free plan does not have this: \
            then use `search_foods`. Works before the login, too.",
        output_schema = schema_for_output::<FoundByBarcode>(),
        annotations(title = "Find a barcode", read_only_hint = true, open_world_hint = true)
    )]
    async fn find_barcode(&self, Parameters(which): Parameters<WhichBarcode>) -> CallToolResponse {
        answer(self.found_by_barcode(&which.barcode).await)
    }

    async fn found(&self, search: Search) -> Outcome<Found> {
        let endpoint = SearchFoodsV1::new()
            .with_expression(search.query.as_str())
            .with_page(search.page.0)
            .with_max_results(search.max_results.0.clamp(1, 50));
        let page = self.account.shared(&endpoint).await?.into_inner();
        let foods: Vec<FoundFood> = page
            .items
            .into_iter()
            .map(|food| FoundFood {
                food_id: Id(food.id.get()),
                name: food.name,
                brand: food.brand_name,
                description: food.description,
            })
            .collect();
        let found = Found { total_results: Whole(page.total_results), page: search.page, foods };
        Ok(Reply::of_fatsecret(
            format!(
                "{} of {} found",
                counted(found.foods.len(), "food", "foods"),
                found.total_results.0
            ),
            found,
        ))
    }

    async fn food_details(&self, id: FoodId) -> Outcome<FoodDetails> {
        let food = self.food(id).await?;
        let details = FoodDetails::from(&*food);
        Ok(Reply::of_fatsecret(
            format!("{}: {}", food.name, counted(details.servings.len(), "serving", "servings")),
            details,
        ))
    }

    async fn found_by_barcode(&self, text: &str) -> Outcome<FoundByBarcode> {
        let barcode = read_barcode(text).map_err(|error| {
            Halt::because(format!(
                "This is no barcode: {error}. Ask the user to read the digits again."
            ))
        })?;
        let endpoint = FindFoodForBarcode::new(barcode).with_default_serving(true);
        let Some(food) = self.account.shared(&endpoint).await?.into_inner() else {
            return Ok(Reply::of_fatsecret(
                "No food with this barcode is known",
                FoundByBarcode { food: None },
            ));
        };
        let food = self.foods.keep(food, Now::read());
        let found = FoundByBarcode { food: Some(FoodDetails::from(&*food)) };
        Ok(Reply::of_fatsecret(food.name.as_str(), found))
    }

    /// Reads a food, unless that was done a moment ago.
    pub(crate) async fn food(&self, id: FoodId) -> Result<Arc<Food>, Halt> {
        if let Some(food) = self.foods.find(id, Now::read()) {
            return Ok(food);
        }
        let food = self.account.shared(&GetFood::new(id).with_default_serving(true)).await?;
        Ok(self.foods.keep(food.into_inner(), Now::read()))
    }
}

/// A UPC-E code has eight digits, too. An EAN-8 is more likely where people type the digits, and the check digit
/// tells them apart nine times out of ten.
fn read_barcode(text: &str) -> Result<Barcode, ParseError> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    match digits.len() {
        8 => Barcode::ean_8(&digits).or_else(|_| Barcode::upc_e(&digits)),
        _ => digits.parse(),
    }
}

impl From<&Food> for FoodDetails {
    fn from(food: &Food) -> Self {
        let default = food.default_serving().map(|serving| serving.id);
        let details = |serving: &Serving| ServingDetails {
            serving_id: Id(serving.id.get()),
            description: serving.description.clone(),
            is_default: Some(serving.id) == default,
            can_be_logged: serving.id.get() != 0,
            units: Exact(serving.units(1)),
            unit: serving.measurement_description.clone(),
            metric_amount: serving.metric_amount.map(Exact),
            metric_unit: serving.metric_unit.as_ref().map(ToString::to_string),
            nutrition: serving.nutrition.macros().into(),
            saturated_fat_g: serving.nutrition.saturated_fat.map(Exact),
            fiber_g: serving.nutrition.fiber.map(Exact),
            sugar_g: serving.nutrition.sugar.map(Exact),
            sodium_mg: serving.nutrition.sodium.map(Exact),
        };
        Self {
            food_id: Id(food.id.get()),
            name: food.name.clone(),
            brand: food.brand_name.clone(),
            servings: food.servings.iter().map(details).collect(),
        }
    }
}
