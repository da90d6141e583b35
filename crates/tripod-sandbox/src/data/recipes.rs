//! Recipes, whose nutrition is that of their ingredients.

// The trap: `total_results` comes after the list in a search.

use crate::data::{
    account::Account,
    decimal::Decimal,
    error::DataError,
    node::Node,
    nutrients::{Nutrients, nutrient_fields},
    params::Params,
    table::{Food, Serving, foods},
};

/// A recipe of the sandbox's.
pub(super) struct Recipe {
    pub(super) id: u64,
    name: &'static str,
    description: &'static str,
    types: &'static [&'static str],
    servings: i64,
    /// Minutes.
    preparation: i64,
    cooking: i64,
    has_image: bool,
    /// Food id, serving id, units.
    ingredients: &'static [(u64, u64, f64)],
    directions: &'static [&'static str],
}

const TYPES: [&str; 13] = [
    "Appetizer",
    "Soup",
    "Main Dish",
    "Side Dish",
    "Baked",
    "Salad and Salad Dressing",
    "Sauce and Condiment",
    "Dessert",
    "Snack",
    "Beverage",
    "Other",
    "Breakfast",
    "Lunch",
];

const SORTS: [&str; 4] =
    ["newest", "oldest", "caloriesPerServingAscending", "caloriesPerServingDescending"];

#[rustfmt::skip]
const RECIPES: &[Recipe] = &[
    Recipe {
        id: 501, name: "Blueberry Oatmeal", description: "A warm breakfast in ten minutes.",
        types: &["Breakfast"], servings: 2, preparation: 5, cooking: 5, has_image: true,
        ingredients: &[(3001, 30_011, 2.0), (3004, 30_041, 1.0), (3037, 30_371, 1.0), (3025, 30_251, 0.5)],
        directions: &["Heat the oatmeal with the milk.", "Stir in honey and blueberries."],
    },
    Recipe {
        id: 502, name: "Spinach and Avocado Salad", description: "Green, quick and without cooking.",
        types: &["Salad and Salad Dressing", "Lunch"], servings: 2, preparation: 10, cooking: 0, has_image: true,
        ingredients: &[(3010, 30_101, 4.0), (3015, 30_151, 1.0), (3013, 30_132, 10.0), (3043, 30_431, 1.0)],
        directions: &["Wash the spinach.", "Cut avocado and tomatoes.", "Mix with the oil."],
    },
    Recipe {
        id: 503, name: "Chicken with Rice", description: "A plain dinner for the middle of the week.",
        types: &["Main Dish"], servings: 4, preparation: 15, cooking: 30, has_image: false,
        ingredients: &[(3028, 30_283, 500.0), (3020, 30_201, 4.0), (3016, 30_161, 3.0), (3043, 30_431, 2.0)],
        directions: &["Cook the rice.", "Fry the chicken in oil.", "Steam the broccoli."],
    },
    Recipe {
        id: 504, name: "Lentil Soup", description: "Cheap, filling, and better on the next day.",
        types: &["Soup", "Main Dish"], servings: 4, preparation: 15, cooking: 40, has_image: true,
        ingredients: &[(3033, 30_331, 3.0), (3012, 30_121, 4.0), (3013, 30_131, 2.0), (3043, 30_431, 1.0)],
        directions: &["Fry the carrots.", "Add everything else and a litre of water.", "Simmer."],
    },
    Recipe {
        id: 505, name: "Banana Almond Snack", description: "For the way.",
        types: &["Snack"], servings: 1, preparation: 3, cooking: 0, has_image: false,
        ingredients: &[(3003, 30_031, 1.0), (3034, 30_342, 1.0)],
        directions: &["Slice the banana and strew almonds on it."],
    },
    Recipe {
        id: 506, name: "Dark Chocolate Strawberries", description: "A dessert of two things.",
        types: &["Dessert"], servings: 4, preparation: 15, cooking: 5, has_image: true,
        ingredients: &[(3005, 30_052, 20.0), (3036, 30_361, 10.0)],
        directions: &["Melt the chocolate.", "Dip the strawberries.", "Let them cool."],
    },
];

pub(super) fn find(id: u64) -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.id == id)
}

/// The recipe that a call names.
pub(super) fn known(params: &Params) -> Result<&'static Recipe, DataError> {
    let id = params.id("recipe_id")?;
    find(id).ok_or_else(|| DataError::unknown_id("recipe_id", id))
}

impl Recipe {
    fn ingredients(&self) -> impl Iterator<Item = (&'static Food, &'static Serving, Decimal)> {
        self.ingredients.iter().filter_map(|(food, serving, units)| {
            let food = foods().iter().find(|candidate| candidate.id == *food)?;
            let serving = food.servings.iter().find(|candidate| candidate.id == *serving)?;
            Some((food, serving, Decimal::of(*units)))
        })
    }

    /// Of one serving.
    fn nutrients(&self) -> Nutrients {
        let all = self.ingredients().fold(Nutrients::default(), |sum, (_, serving, units)| {
            sum.plus(&serving.nutrients.times(units, serving.units))
        });
        all.times(Decimal::whole(1), Decimal::whole(self.servings))
    }

    fn grams(&self) -> Decimal {
        let all = self.ingredients().fold(Decimal::default(), |sum, (_, serving, units)| {
            let grams = serving.metric.map_or(Decimal::default(), |(grams, _)| grams);
            sum.plus(grams.times(units, serving.units))
        });
        all.times(Decimal::whole(1), Decimal::whole(self.servings))
    }

    fn url(&self) -> String {
        let name = self.name.to_lowercase().replace(' ', "-");
        format!("https://www.fatsecret.example/recipes/{name}/Default.aspx")
    }

    fn image(&self) -> Option<Node> {
        let url = format!("https://images.fatsecret.example/recipes/{}.jpg", self.id);
        self.has_image.then(|| Node::text(url))
    }

    fn types(&self) -> Node {
        Node::Wrapper("recipe_type", self.types.iter().copied().map(Node::text).collect())
    }
}

/// The fields that all kinds of answers have.
fn common(recipe: &Recipe, id: Node) -> Vec<(&'static str, Node)> {
    vec![
        ("recipe_id", id),
        ("recipe_name", Node::text(recipe.name)),
        ("recipe_description", Node::text(recipe.description)),
    ]
}

pub(super) fn favourite_node(recipe: &Recipe) -> Node {
    let mut fields = common(recipe, Node::Id(recipe.id));
    fields.push(("recipe_url", Node::text(recipe.url())));
    fields.extend(recipe.image().map(|image| ("recipe_image", image)));
    Node::Object(fields)
}

fn found_node(recipe: &Recipe, version: u8) -> Node {
    let mut fields = common(recipe, Node::number(recipe.id));
    if version == 1 {
        fields.push(("recipe_url", Node::text(recipe.url())));
    }
    fields.extend(recipe.image().map(|image| ("recipe_image", image)));
    let nutrients = nutrient_fields(&recipe.nutrients(), 2).into_iter().take(4).collect();
    fields.push(("recipe_nutrition", Node::Object(nutrients)));
    if version > 1 {
        let names = recipe.ingredients().map(|(food, ..)| Node::text(&*food.name)).collect();
        fields.push(("recipe_ingredients", Node::Wrapper("ingredient", names)));
        fields.push(("recipe_types", recipe.types()));
    }
    Node::Object(fields)
}

/// Returns whether a number is within `name.from` and `name.to`, as far as they are given.
fn within(params: &Params, name: &str, number: i64) -> Result<bool, DataError> {
    let bound = |end: &str| params.optional_int(&format!("{name}.{end}"));
    let (from, to) = (bound("from")?, bound("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(DataError::out_of_range(&format!("{name}.from")));
    }
    Ok(from.is_none_or(|from| from <= number) && to.is_none_or(|to| number <= to))
}

fn fits(recipe: &Recipe, params: &Params) -> Result<bool, DataError> {
    let words = params.optional_text("search_expression")?.unwrap_or_default().to_lowercase();
    let name = recipe.name.to_lowercase();
    let mut fits = words.split_whitespace().all(|word| name.contains(word));
    let types = if params.version == 1 { "recipe_type" } else { "recipe_types" };
    if let Some(types) = params.optional_text(types)? {
        let has =
            |word: &str| recipe.types.iter().any(|kind| kind.eq_ignore_ascii_case(word.trim()));
        let mut types = types.split(',');
        fits &= if params.flag("recipe_types_matchall")? { types.all(has) } else { types.any(has) };
    }
    fits &= recipe.has_image || !params.flag("must_have_images")?;
    let nutrients = recipe.nutrients();
    let calories = nutrients.first(0);
    // Per cent of the energy: 4 kcal for a gram of carbohydrate or protein, 9 for one of fat.
    let share = |index: usize, kcal: i64| {
        nutrients.first(index).times(Decimal::whole(kcal * 100), calories).rounded()
    };
    fits &= within(params, "calories", calories.rounded())?;
    fits &= within(params, "carb_percentage", share(1, 4))?;
    fits &= within(params, "protein_percentage", share(2, 4))?;
    fits &= within(params, "fat_percentage", share(3, 9))?;
    fits &= within(params, "prep_time", recipe.preparation + recipe.cooking)?;
    Ok(fits)
}

pub(super) fn search(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (page, max) = params.page()?;
    let sort = params.one_of("sort_by", &SORTS)?.unwrap_or(0);
    let mut found: Vec<&Recipe> = Vec::new();
    for recipe in RECIPES {
        if fits(recipe, params)? {
            found.push(recipe);
        }
    }
    // The higher the id, the newer.
    match sort {
        0 => found.reverse(),
        1 => {}
        _ => found.sort_by_key(|recipe| recipe.nutrients().first(0)),
    }
    if sort == 3 {
        found.reverse();
    }
    let total = found.len();
    let found = found.into_iter().skip(page.saturating_mul(max)).take(max);
    let found = found.map(|recipe| found_node(recipe, params.version)).collect();
    Ok(Node::one(
        "recipes",
        Node::Object(vec![
            ("recipe", Node::List(found)),
            ("max_results", Node::number(max)),
            ("page_number", Node::number(page)),
            ("total_results", Node::number(total)),
        ]),
    ))
}

pub(super) fn get(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    let recipe = known(params)?;
    let mut fields = common(recipe, Node::number(recipe.id));
    fields.extend([
        ("recipe_url", Node::text(recipe.url())),
        ("number_of_servings", Node::Number(Decimal::whole(recipe.servings).places(2))),
        ("grams_per_portion", Node::Number(recipe.grams().places(3))),
        ("preparation_time_min", Node::number(recipe.preparation)),
        ("cooking_time_min", Node::number(recipe.cooking)),
        ("rating", Node::number(4)),
        ("recipe_types", recipe.types()),
    ]);
    let category = |name: &&'static str| {
        let url = format!("https://www.fatsecret.example/recipes/{}", name.replace(' ', "-"));
        Node::Object(vec![
            ("recipe_category_name", Node::text(*name)),
            ("recipe_category_url", Node::text(url)),
        ])
    };
    let categories = recipe.types.iter().map(category).collect();
    fields.push(("recipe_categories", Node::Wrapper("recipe_category", categories)));
    let images = recipe.image().into_iter().collect();
    fields.push(("recipe_images", Node::Wrapper("recipe_image", images)));
    let mut serving = vec![("serving_size", Node::text("1 serving"))];
    // Every version of this method gives vitamins and minerals in per cent.
    serving.extend(nutrient_fields(&recipe.nutrients(), 1));
    fields.push(("serving_sizes", Node::Wrapper("serving", vec![Node::Object(serving)])));
    let ingredients = recipe.ingredients().map(|(food, serving, units)| {
        let words = format!("{} {} {}", units.short(), serving.measurement, food.name);
        Node::Object(vec![
            ("food_id", Node::number(food.id)),
            ("food_name", Node::text(&*food.name)),
            ("serving_id", Node::number(serving.id)),
            ("number_of_units", Node::Number(units.places(3))),
            ("measurement_description", Node::text(&*serving.measurement)),
            ("ingredient_description", Node::text(words.to_lowercase())),
        ])
    });
    fields.push(("ingredients", Node::Wrapper("ingredient", ingredients.collect())));
    let directions = recipe.directions.iter().zip(1..).map(|(words, number)| {
        Node::Object(vec![
            ("direction_number", Node::number(number)),
            ("direction_description", Node::text(*words)),
        ])
    });
    fields.push(("directions", Node::Wrapper("direction", directions.collect())));
    Ok(Node::one("recipe", Node::Object(fields)))
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
pub(super) fn types(_: &mut Account, _: &Params) -> Result<Node, DataError> {
    Ok(Node::wrapped("recipe_types", "recipe_type", TYPES.map(Node::text)))
}
