//! Foods: searching and reading.

use crate::data::{
    account::Account,
    decimal::Decimal,
    error::DataError,
    node::Node,
    nutrients::nutrient_fields,
    params::Params,
    table::{CATEGORIES, Food, Serving, foods},
};

impl Account {
    /// All foods that the user can find: the common ones and their own.
    pub(super) fn foods(&self) -> impl Iterator<Item = &Food> {
        foods().iter().chain(&self.own_foods)
    }

    pub(super) fn food(&self, id: u64) -> Option<&Food> {
        self.foods().find(|food| food.id == id)
    }

    pub(super) fn known_food(&self, id: u64) -> Result<&Food, DataError> {
        self.food(id).ok_or_else(|| DataError::unknown_id("food_id", id))
    }

    pub(super) fn serving(&self, food: u64, serving: u64) -> Option<(&Food, &Serving)> {
        let food = self.food(food)?;
        Some((food, food.servings.iter().find(|candidate| candidate.id == serving)?))
    }

    pub(super) fn known_serving(&self, food: u64, serving: u64) -> Result<(), DataError> {
        self.known_food(food)?;
        self.serving(food, serving)
            .map(|_| ())
            .ok_or_else(|| DataError::unknown_id("serving_id", serving))
    }

    /// Returns how often the user has eaten a food.
    fn times_eaten(&self, food: u64) -> usize {
        self.diary.0.values().filter(|entry| entry.food_id == food).count()
    }

    /// Foods whose name and brand have all the words in them.
    fn search(&self, words: &str) -> Vec<&Food> {
        let words = words.to_lowercase();
        let fits = |food: &&Food| {
            let brand = food.brand.as_ref().map_or("", |(brand, _)| brand);
            let name = format!("{} {brand}", food.name).to_lowercase();
            words.split_whitespace().all(|word| name.contains(word))
        };
        self.foods().filter(fits).collect()
    }
}

fn url(food: &Food) -> String {
    let place = match &food.brand {
        Some((brand, _)) => brand.to_lowercase().replace(' ', "-"),
        None => "generic".to_owned(),
    };
    let name = food.name.to_lowercase().replace(' ', "-").replace('\'', "%27");
    format!("https://foods.fatsecret.example/{place}/{name}")
}

/// The fields that name a food.
pub(super) fn naming_fields(food: &Food) -> Vec<(&'static str, Node)> {
    let mut fields = vec![("food_name", Node::text(&*food.name))];
    if let Some((brand, _)) = &food.brand {
        fields.push(("brand_name", Node::text(&**brand)));
    }
    let kind = if food.brand.is_some() { "Brand" } else { "Generic" };
    fields.push(("food_type", Node::text(kind)));
    fields.push(("food_url", Node::text(url(food))));
    fields
}

/// The line of a search: by weight where that is known, unless the first serving is wanted.
pub(super) fn description(food: &Food, by_portion: bool) -> String {
    let by_weight = food.servings.last().filter(|_| food.brand.is_none() && !by_portion);
    let (amount, nutrients) = match by_weight.or(food.servings.first()) {
        Some(serving) => (serving.description.replace("100 g", "100g"), serving.nutrients.clone()),
        None => return String::new(),
    };
    format!(
        "Per {amount} - Calories: {}kcal | Fat: {}g | Carbs: {}g | Protein: {}g",
        nutrients.first(0).places(0),
        nutrients.first(3).places(2),
        nutrients.first(1).places(2),
        nutrients.first(2).places(2),
    )
}

pub(super) fn search(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let words = params.optional_text("search_expression")?.unwrap_or_default();
    let (page, max) = params.page()?;
    let by_portion = params.one_of("generic_description", &["weight", "portion"])? == Some(1);
    let kind = if params.version >= 5 {
        params.one_of("food_type", &["none", "generic", "brand"])?.unwrap_or(0)
    } else {
        0
    };
    let mut found = account.search(words);
    found.retain(|food| kind == 0 || (kind == 2) == food.brand.is_some());
    // A user's own history comes first; the order is kept otherwise.
    found.sort_by_cached_key(|food| std::cmp::Reverse(account.times_eaten(food.id)));
    let total = found.len();
    let found = found.into_iter().skip(page.saturating_mul(max)).take(max);
    let mut fields = vec![
        ("max_results", Node::number(max)),
        ("total_results", Node::number(total)),
        ("page_number", Node::number(page)),
    ];
    if params.version == 1 {
        let food = |food: &Food| {
            let mut fields = vec![("food_id", Node::number(food.id))];
            fields.extend(naming_fields(food));
            fields.push(("food_description", Node::text(description(food, by_portion))));
            Node::Object(fields)
        };
        fields.push(("food", Node::List(found.map(food).collect())));
        return Ok(Node::one("foods", Node::Object(fields)));
    }
    let found: Vec<Node> =
        found.map(|food| food_node(food, params, 3)).collect::<Result<_, DataError>>()?;
    fields.push(("results", Node::Wrapper("food", found)));
    Ok(Node::one("foods_search", Node::Object(fields)))
}

pub(super) fn get(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let food = account.known_food(params.id("food_id")?)?;
    Ok(Node::one("food", food_node(food, params, 4)?))
}

/// A whole food, with what the call asks for and its version has. Pictures and attributes came with
/// another version of each method, if at all.
pub(super) fn food_node(
    food: &Food,
    params: &Params,
    pictures_from: u8,
) -> Result<Node, DataError> {
    let has_pictures = params.version >= pictures_from && params.premium;
    let mut fields = vec![("food_id", Node::number(food.id))];
    fields.extend(naming_fields(food));
    if params.flag("include_sub_categories")? {
        let name = Some(food.sub_category).filter(|name| !name.is_empty());
        let names = name.map(Node::text).into_iter().collect();
        fields.push(("food_sub_categories", Node::Wrapper("food_sub_category", names)));
    }
    if params.flag("include_food_images")? && has_pictures {
        let image = Node::Object(vec![
            ("image_url", Node::text(format!("https://images.fatsecret.example/{}.jpg", food.id))),
            ("image_type", Node::text("Standard")),
        ]);
        fields.push(("food_images", Node::Wrapper("food_image", vec![image])));
    }
    if params.flag("include_food_attributes")? && has_pictures {
        fields.push(("food_attributes", attributes(food)));
    }
    let flagged = params.flag("flag_default_serving")?;
    let servings =
        food.servings.iter().enumerate().map(|(index, serving)| {
            serving_node(food, serving, flagged && index == 0, params.version)
        });
    let mut servings: Vec<Node> = servings.collect();
    // What newer versions derive has no id of its own, and no page.
    if let (true, [only]) = (params.version >= 5, food.servings.as_slice()) {
        servings.extend(hundred(food, only));
    }
    fields.push(("servings", Node::Wrapper("serving", servings)));
    Ok(Node::Object(fields))
}

fn hundred(food: &Food, serving: &Serving) -> Option<Node> {
    let (amount, unit) = serving.metric?;
    let units = Decimal::whole(100);
    let derived = Serving {
        id: 0,
        description: format!("100 {unit}").into(),
        metric: Some((units, unit)),
        units,
        measurement: unit.into(),
        nutrients: serving.nutrients.times(units, amount),
    };
    Some(serving_node(food, &derived, false, 2))
}

fn serving_node(food: &Food, serving: &Serving, is_default: bool, version: u8) -> Node {
    let mut fields = vec![
        ("serving_id", Node::number(serving.id)),
        ("serving_description", Node::text(&*serving.description)),
    ];
    if serving.id != 0 {
        let url = format!(
            "{}?portionid={}&portionamount={}",
            url(food),
            serving.id,
            serving.units.places(3)
        );
        fields.push(("serving_url", Node::text(url)));
    }
    if let Some((amount, unit)) = serving.metric {
        fields.push(("metric_serving_amount", Node::Number(amount.places(3))));
        fields.push(("metric_serving_unit", Node::text(unit)));
    }
    fields.push(("number_of_units", Node::Number(serving.units.places(3))));
    fields.push(("measurement_description", Node::text(&*serving.measurement)));
    if is_default {
        fields.push(("is_default", Node::number(1)));
    }
    fields.extend(nutrient_fields(&serving.nutrients, version));
    Node::Object(fields)
}

const ALLERGENS: [(&str, &[&str]); 5] = [
    ("Egg", &["Eggs"]),
    ("Fish", &["Fish"]),
    ("Gluten", &["Bread", "Cereal", "Pasta", "Pizza", "Biscuits", "Beer"]),
    ("Milk", &["Cheese", "Milk", "Yogurt", "Butter", "Pizza", "Biscuits"]),
    ("Nuts", &["Nuts"]),
];

/// 1 is yes, 0 is no, -1 is unknown, which it is for all brands.
fn attributes(food: &Food) -> Node {
    let kind = food.sub_category;
    let value = |yes: bool| match (&food.brand, yes) {
        (Some(_), _) => -1,
        (None, yes) => i32::from(yes),
    };
    let attribute = |(index, name, yes): (usize, &'static str, bool)| {
        Node::Object(vec![
            ("id", Node::number(index + 1)),
            ("name", Node::text(name)),
            ("value", Node::number(value(yes))),
        ])
    };
    let allergens = ALLERGENS.iter().enumerate();
    let allergens = allergens.map(|(index, (name, kinds))| (index, *name, kinds.contains(&kind)));
    let is_meat = CATEGORIES.iter().any(|category| category.0 == 5 && category.3.contains(&kind));
    let is_animal =
        is_meat || CATEGORIES.iter().any(|category| category.0 == 4 && category.3.contains(&kind));
    let preferences = [(0, "Vegan", !is_animal && kind != "Honey"), (1, "Vegetarian", !is_meat)];
    Node::Object(vec![
        ("allergens", Node::Wrapper("allergen", allergens.map(attribute).collect())),
        ("preferences", Node::Wrapper("preference", preferences.map(attribute).into())),
    ])
}
