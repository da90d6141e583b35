//! The foods that the sandbox knows: plausible values of general knowledge, and brands that do not
//! exist.

// The trap: a generic food's last serving is always "100 g", which has 100 units; a brand's
// servings always have one unit.

use std::{borrow::Cow, sync::LazyLock};

use crate::data::{decimal::Decimal, nutrients::Nutrients};

/// A food with its servings.
#[derive(Clone, Debug)]
pub(super) struct Food {
    pub(super) id: u64,
    pub(super) name: Cow<'static, str>,
    /// The brand's name and its kind, if the food has one.
    pub(super) brand: Option<(Cow<'static, str>, usize)>,
    /// Which sub category; the category is the one that has it.
    pub(super) sub_category: &'static str,
    /// Thirteen digits, or none.
    pub(super) barcode: &'static str,
    pub(super) servings: Vec<Serving>,
}

/// A serving of a food.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    pub(super) id: u64,
    pub(super) description: Cow<'static, str>,
    /// Grams or millilitres.
    pub(super) metric: Option<(Decimal, &'static str)>,
    pub(super) units: Decimal,
    pub(super) measurement: Cow<'static, str>,
    pub(super) nutrients: Nutrients,
}

/// Category id, name, description, and its sub categories.
pub(super) type Category = (u64, &'static str, &'static str, &'static [&'static str]);

pub(super) const CATEGORIES: &[Category] = &[
    (
        1,
        "Fruit",
        "Fruit, fresh and dried",
        &["Apples", "Bananas", "Berries", "Citrus Fruit", "Tropical Fruit", "Grapes"],
    ),
    (
        2,
        "Vegetables",
        "Vegetables and salads",
        &["Potatoes", "Leafy Greens", "Roots", "Vegetable Fruit", "Cabbages"],
    ),
    (3, "Grains", "Bread, pasta, rice and cereal", &["Bread", "Cereal", "Pasta", "Rice"]),
    (
        4,
        "Dairy and Eggs",
        "Milk, cheese, yogurt and eggs",
        &["Cheese", "Eggs", "Milk", "Yogurt", "Butter"],
    ),
    (5, "Meat and Fish", "Meat, poultry, fish", &["Beef", "Chicken", "Fish"]),
    (6, "Beans and Nuts", "Pulses, nuts and seeds", &["Beans", "Nuts", "Tofu"]),
    (
        7,
        "Snacks and Sweets",
        "Chocolate, biscuits, bars",
        &["Chocolate", "Bars", "Biscuits", "Honey"],
    ),
    (8, "Beverages", "Coffee, tea, juice, beer", &["Coffee", "Juice", "Beer"]),
    (9, "Meals", "Dishes that are ready to eat", &["Pizza", "Soup"]),
    (10, "Fats and Oils", "Oils and spreads", &["Olive Oil"]),
];

/// Description, units, measurement and grams of a serving.
type Portion = (&'static str, f64, &'static str, f64);

/// Id, name, sub category, 16 nutrients of 100 g, and servings.
type Generic = (u64, &'static str, &'static str, [f64; 16], &'static [Portion]);

/// The nutrients' columns: kcal; carbohydrate, protein, fat, saturated, polyunsaturated and
/// monounsaturated fat (g); cholesterol, sodium, potassium (mg); fibre, sugar (g); vitamin A (µg);
/// vitamin C, calcium, iron (mg).
const COLUMNS: [usize; 16] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 15, 16, 17, 18];

#[rustfmt::skip]
const GENERIC: &[Generic] = &[
    (3001, "Oatmeal", "Cereal", [71.0, 12.0, 2.54, 1.52, 0.31, 0.56, 0.44, 0.0, 4.0, 70.0, 1.7, 0.27, 0.0, 0.0, 9.0, 0.9], &[("1 cup cooked", 1.0, "cup, cooked", 234.0)]),
    (3002, "Apples", "Apples", [52.0, 13.81, 0.26, 0.17, 0.028, 0.051, 0.007, 0.0, 1.0, 107.0, 2.4, 10.39, 3.0, 4.6, 6.0, 0.12], &[("1 medium", 1.0, "medium", 138.0), ("1 cup slices", 1.0, "cup slices", 110.0)]),
    (3003, "Bananas", "Bananas", [89.0, 22.84, 1.09, 0.33, 0.112, 0.073, 0.032, 0.0, 1.0, 358.0, 2.6, 12.23, 3.0, 8.7, 5.0, 0.26], &[("1 medium", 1.0, "medium", 118.0), ("1 cup sliced", 1.0, "cup, sliced", 150.0)]),
    (3004, "Blueberries", "Berries", [57.0, 14.49, 0.74, 0.33, 0.028, 0.146, 0.047, 0.0, 1.0, 77.0, 2.4, 9.96, 3.0, 9.7, 6.0, 0.28], &[("1 cup", 1.0, "cup", 148.0)]),
    (3005, "Strawberries", "Berries", [32.0, 7.68, 0.67, 0.3, 0.015, 0.155, 0.043, 0.0, 1.0, 153.0, 2.0, 4.89, 1.0, 58.8, 16.0, 0.41], &[("1 cup whole", 1.0, "cup, whole", 144.0), ("1 large", 1.0, "large", 18.0)]),
    (3006, "Oranges", "Citrus Fruit", [47.0, 11.75, 0.94, 0.12, 0.015, 0.025, 0.023, 0.0, 0.0, 181.0, 2.4, 9.35, 11.0, 53.2, 40.0, 0.1], &[("1 medium", 1.0, "medium", 131.0)]),
    (3007, "Grapes", "Grapes", [69.0, 18.1, 0.72, 0.16, 0.054, 0.048, 0.007, 0.0, 2.0, 191.0, 0.9, 15.48, 3.0, 3.2, 10.0, 0.36], &[("1 cup", 1.0, "cup", 151.0)]),
    (3008, "Mango", "Tropical Fruit", [60.0, 14.98, 0.82, 0.38, 0.092, 0.071, 0.14, 0.0, 1.0, 168.0, 1.6, 13.66, 54.0, 36.4, 11.0, 0.16], &[("1 fruit", 1.0, "fruit", 207.0), ("1 cup sliced", 1.0, "cup, sliced", 165.0)]),
    (3009, "Boiled Potatoes", "Potatoes", [86.0, 20.01, 1.71, 0.1, 0.026, 0.043, 0.002, 0.0, 5.0, 328.0, 2.0, 0.85, 0.0, 7.4, 8.0, 0.31], &[("1 medium", 1.0, "medium", 167.0), ("1 cup", 1.0, "cup", 156.0)]),
    (3010, "Spinach", "Leafy Greens", [23.0, 3.63, 2.86, 0.39, 0.063, 0.165, 0.01, 0.0, 79.0, 558.0, 2.2, 0.42, 469.0, 28.1, 99.0, 2.71], &[("1 cup", 1.0, "cup", 30.0)]),
    (3011, "Lettuce", "Leafy Greens", [15.0, 2.87, 1.36, 0.15, 0.02, 0.082, 0.006, 0.0, 28.0, 194.0, 1.3, 0.78, 370.0, 9.2, 36.0, 0.86], &[("1 cup shredded", 1.0, "cup, shredded", 36.0)]),
    (3012, "Carrots", "Roots", [41.0, 9.58, 0.93, 0.24, 0.037, 0.117, 0.014, 0.0, 69.0, 320.0, 2.8, 4.74, 835.0, 5.9, 33.0, 0.3], &[("1 medium", 1.0, "medium", 61.0), ("1 cup chopped", 1.0, "cup, chopped", 128.0)]),
    (3013, "Tomatoes", "Vegetable Fruit", [18.0, 3.92, 0.88, 0.2, 0.028, 0.083, 0.031, 0.0, 5.0, 237.0, 1.2, 2.63, 42.0, 13.7, 10.0, 0.27], &[("1 medium", 1.0, "medium", 123.0), ("1 cherry", 1.0, "cherry", 17.0)]),
    (3014, "Cucumber", "Vegetable Fruit", [15.0, 3.63, 0.65, 0.11, 0.037, 0.032, 0.005, 0.0, 2.0, 147.0, 0.5, 1.67, 5.0, 2.8, 16.0, 0.28], &[("1/2 cup slices", 0.5, "cup slices", 52.0)]),
    (3015, "Avocados", "Vegetable Fruit", [160.0, 8.53, 2.0, 14.66, 2.126, 1.816, 9.799, 0.0, 7.0, 485.0, 6.7, 0.66, 7.0, 10.0, 12.0, 0.55], &[("1 fruit", 1.0, "fruit", 201.0)]),
    (3016, "Broccoli", "Cabbages", [34.0, 6.64, 2.82, 0.37, 0.039, 0.038, 0.011, 0.0, 33.0, 316.0, 2.6, 1.7, 31.0, 89.2, 47.0, 0.73], &[("1 cup chopped", 1.0, "cup, chopped", 91.0)]),
    (3017, "Whole Wheat Bread", "Bread", [247.0, 41.29, 12.95, 3.35, 0.754, 1.572, 0.683, 0.0, 472.0, 248.0, 6.8, 5.57, 0.0, 0.0, 107.0, 2.43], &[("1 slice", 1.0, "slice", 28.0)]),
    (3018, "Toasted White Bread", "Bread", [293.0, 54.4, 9.0, 4.0, 0.58, 2.06, 0.83, 0.0, 592.0, 131.0, 2.5, 4.74, 0.0, 0.0, 119.0, 3.33], &[("1 slice", 1.0, "slice", 25.0), ("1 thick slice", 1.0, "thick slice", 32.0)]),
    (3019, "Cooked Pasta", "Pasta", [158.0, 30.86, 5.8, 0.93, 0.176, 0.319, 0.131, 0.0, 1.0, 44.0, 1.8, 0.56, 0.0, 0.0, 7.0, 1.28], &[("1 cup", 1.0, "cup", 140.0)]),
    (3020, "White Rice", "Rice", [130.0, 28.17, 2.69, 0.28, 0.077, 0.076, 0.088, 0.0, 1.0, 35.0, 0.4, 0.05, 0.0, 0.0, 10.0, 1.2], &[("1 cup cooked", 1.0, "cup, cooked", 158.0)]),
    (3021, "Brown Rice", "Rice", [111.0, 22.96, 2.58, 0.9, 0.18, 0.323, 0.327, 0.0, 5.0, 43.0, 1.8, 0.35, 0.0, 0.0, 10.0, 0.42], &[("1 cup cooked", 1.0, "cup, cooked", 195.0)]),
    (3022, "Cheddar Cheese", "Cheese", [403.0, 1.28, 24.9, 33.14, 21.092, 0.942, 9.391, 105.0, 621.0, 98.0, 0.0, 0.52, 265.0, 0.0, 721.0, 0.68], &[("1 slice", 1.0, "slice", 28.0), ("1 cup shredded", 1.0, "cup, shredded", 113.0)]),
    (3023, "Mozzarella Cheese", "Cheese", [280.0, 3.1, 27.5, 17.1, 10.867, 0.509, 4.844, 54.0, 619.0, 84.0, 0.0, 1.23, 174.0, 0.0, 782.0, 0.25], &[("1 oz", 1.0, "oz", 28.35)]),
    (3024, "Boiled Egg", "Eggs", [155.0, 1.12, 12.58, 10.61, 3.267, 1.414, 4.077, 373.0, 124.0, 126.0, 0.0, 1.12, 149.0, 0.0, 50.0, 1.19], &[("1 large", 1.0, "large", 50.0)]),
    (3025, "Whole Milk", "Milk", [61.0, 4.8, 3.15, 3.25, 1.865, 0.195, 0.812, 10.0, 43.0, 132.0, 0.0, 5.05, 46.0, 0.0, 113.0, 0.03], &[("1 cup", 1.0, "cup", 244.0), ("1 fl oz", 1.0, "fl oz", 30.5)]),
    (3026, "Plain Yogurt", "Yogurt", [61.0, 4.66, 3.47, 3.25, 2.096, 0.092, 0.893, 13.0, 46.0, 155.0, 0.0, 4.66, 27.0, 0.5, 121.0, 0.05], &[("1 cup", 1.0, "cup", 245.0)]),
    (3027, "Butter", "Butter", [717.0, 0.06, 0.85, 81.11, 51.368, 3.043, 21.021, 215.0, 576.0, 24.0, 0.0, 0.06, 684.0, 0.0, 24.0, 0.02], &[("1 tbsp", 1.0, "tbsp", 14.2), ("2 tablespoons", 2.0, "tablespoon", 28.4)]),
    (3028, "Grilled Chicken Breast", "Chicken", [165.0, 0.0, 31.02, 3.57, 1.01, 0.77, 1.24, 85.0, 74.0, 256.0, 0.0, 0.0, 6.0, 0.0, 15.0, 1.04], &[("1/2 breast", 0.5, "breast", 86.0), ("1 cup diced", 1.0, "cup, diced", 140.0)]),
    (3029, "Ground Beef", "Beef", [254.0, 0.0, 25.07, 16.3, 6.219, 0.455, 7.053, 84.0, 72.0, 305.0, 0.0, 0.0, 3.0, 0.0, 24.0, 2.42], &[("3 oz", 3.0, "oz", 85.0)]),
    (3030, "Baked Salmon", "Fish", [206.0, 0.0, 22.1, 12.35, 2.397, 4.553, 4.181, 63.0, 61.0, 384.0, 0.0, 0.0, 69.0, 3.7, 15.0, 0.34], &[("1 fillet", 1.0, "fillet", 178.0)]),
    (3031, "Tuna in Water", "Fish", [86.0, 0.0, 19.44, 0.96, 0.211, 0.337, 0.146, 36.0, 247.0, 179.0, 0.0, 0.0, 17.0, 0.0, 17.0, 1.63], &[("1 can", 1.0, "can", 165.0)]),
    (3032, "Black Beans", "Beans", [132.0, 23.71, 8.86, 0.54, 0.139, 0.231, 0.047, 0.0, 1.0, 355.0, 8.7, 0.32, 0.0, 0.0, 27.0, 2.1], &[("1 cup", 1.0, "cup", 172.0)]),
    (3033, "Cooked Lentils", "Beans", [116.0, 20.13, 9.02, 0.38, 0.053, 0.175, 0.064, 0.0, 2.0, 369.0, 7.9, 1.8, 0.0, 1.5, 19.0, 3.33], &[("1 cup", 1.0, "cup", 198.0)]),
    (3034, "Almonds", "Nuts", [579.0, 21.55, 21.15, 49.93, 3.802, 12.329, 31.551, 0.0, 1.0, 733.0, 12.5, 4.35, 0.0, 0.0, 269.0, 3.71], &[("1 almond", 1.0, "almond", 1.2), ("1 oz", 1.0, "oz", 28.35)]),
    (3035, "Tofu", "Tofu", [76.0, 1.88, 8.08, 4.78, 0.691, 2.699, 1.056, 0.0, 7.0, 121.0, 0.3, 0.62, 4.0, 0.1, 350.0, 5.36], &[("1/2 cup", 0.5, "cup", 124.0)]),
    (3036, "Dark Chocolate", "Chocolate", [598.0, 45.9, 7.79, 42.63, 24.489, 1.257, 12.781, 3.0, 20.0, 715.0, 10.9, 23.99, 2.0, 0.0, 73.0, 11.9], &[("1 square", 1.0, "square", 10.0)]),
    (3037, "Honey", "Honey", [304.0, 82.4, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0, 52.0, 0.2, 82.12, 0.0, 0.5, 6.0, 0.42], &[("1 tbsp", 1.0, "tbsp", 21.0)]),
    (3038, "Coffee", "Coffee", [1.0, 0.0, 0.12, 0.02, 0.002, 0.001, 0.015, 0.0, 2.0, 49.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.01], &[("1 cup", 1.0, "cup", 237.0)]),
    (3039, "Orange Juice", "Juice", [45.0, 10.4, 0.7, 0.2, 0.024, 0.04, 0.036, 0.0, 1.0, 200.0, 0.2, 8.4, 10.0, 50.0, 11.0, 0.2], &[("1 cup", 1.0, "cup", 248.0)]),
    (3040, "Beer", "Beer", [43.0, 3.55, 0.46, 0.0, 0.0, 0.0, 0.0, 0.0, 4.0, 27.0, 0.0, 0.0, 0.0, 0.0, 4.0, 0.02], &[("1 bottle", 1.0, "bottle", 356.0)]),
    (3041, "Cheese Pizza", "Pizza", [266.0, 33.33, 11.39, 9.69, 4.48, 1.58, 2.56, 17.0, 598.0, 172.0, 2.3, 3.58, 74.0, 1.4, 188.0, 2.48], &[("1 piece", 1.0, "piece", 107.0)]),
    (3042, "Vegetable Soup", "Soup", [28.0, 4.6, 0.9, 0.8, 0.11, 0.29, 0.32, 0.0, 261.0, 94.0, 0.7, 1.4, 92.0, 1.8, 12.0, 0.4], &[("1 cup", 1.0, "cup", 241.0)]),
    (3043, "Olive Oil", "Olive Oil", [884.0, 0.0, 0.0, 100.0, 13.808, 10.523, 72.961, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.56], &[("1 tbsp", 1.0, "tbsp", 13.5)]),
];

/// Id, name, brand, the brand's kind, sub category, barcode, the serving with its amount, and nine
/// nutrients of it: kcal; carbohydrate, protein, fat, saturated fat, fibre, sugar, added sugars
/// (g); sodium (mg).
type Branded = (
    u64,
    &'static str,
    &'static str,
    usize,
    &'static str,
    &'static str,
    (&'static str, f64, &'static str),
    [f64; 9],
);

const BRAND_COLUMNS: [usize; 9] = [0, 1, 2, 3, 4, 11, 12, 13, 9];

#[rustfmt::skip]
const BRANDED: &[Branded] = &[
    (4001, "Crunchy Granola", "Sunny Mill", 0, "Cereal", "0012345678905", ("1 cup", 55.0, "g"), [240.0, 38.0, 6.0, 8.0, 1.5, 5.0, 11.0, 9.0, 105.0]),
    (4002, "Peanut Protein Bar", "Sunny Mill", 0, "Bars", "0012345678912", ("1 bar", 60.0, "g"), [250.0, 24.0, 20.0, 9.0, 2.5, 3.0, 8.0, 7.0, 200.0]),
    (4003, "Greek Yogurt, Vanilla", "Alpine Dairy", 0, "Yogurt", "4006381333931", ("1 container", 150.0, "g"), [130.0, 15.0, 13.0, 2.5, 1.5, 0.0, 13.0, 8.0, 55.0]),
    (4004, "Oat Drink", "Alpine Dairy", 0, "Milk", "4006381333948", ("1 glass", 240.0, "ml"), [120.0, 16.0, 3.0, 5.0, 0.5, 2.0, 7.0, 4.0, 100.0]),
    (4005, "Butter Biscuits", "Old Bakery", 2, "Biscuits", "5000000000012", ("4 biscuits", 32.0, "g"), [155.0, 21.0, 2.0, 7.0, 4.5, 0.5, 7.0, 6.5, 110.0]),
    (4006, "Double Burger", "Corner Grill", 1, "Beef", "", ("1 burger", 220.0, "g"), [560.0, 42.0, 31.0, 30.0, 12.0, 2.0, 9.0, 6.0, 980.0]),
    (4007, "French Fries (Large)", "Corner Grill", 1, "Potatoes", "", ("1 portion", 150.0, "g"), [470.0, 62.0, 6.0, 22.0, 3.0, 5.5, 0.5, 0.0, 380.0]),
    (4008, "1st Choice Cola", "1st Choice", 2, "Juice", "5000000000029", ("1 can", 330.0, "ml"), [139.0, 35.0, 0.0, 0.0, 0.0, 0.0, 35.0, 35.0, 10.0]),
];

static FOODS: LazyLock<Vec<Food>> =
    LazyLock::new(|| GENERIC.iter().map(generic).chain(BRANDED.iter().map(branded)).collect());

/// All foods, those without a brand first.
pub(super) fn foods() -> &'static [Food] {
    &FOODS
}

fn generic((id, name, sub_category, per_100, portions): &Generic) -> Food {
    let hundred: Portion = ("100 g", 100.0, "g", 100.0);
    let per_100 = Nutrients::of(&COLUMNS, per_100);
    let servings = portions.iter().chain([&hundred]).zip(1..).map(
        |((description, units, measurement, grams), number)| {
            let grams = Decimal::of(*grams);
            Serving {
                id: id * 10 + number,
                description: Cow::Borrowed(*description),
                metric: Some((grams, "g")),
                units: Decimal::of(*units),
                measurement: Cow::Borrowed(*measurement),
                nutrients: per_100.times(grams, Decimal::whole(100)),
            }
        },
    );
    Food {
        id: *id,
        name: Cow::Borrowed(*name),
        brand: None,
        sub_category,
        barcode: "",
        servings: servings.collect(),
    }
}

fn branded(food: &Branded) -> Food {
    let (id, name, brand, kind, sub_category, barcode, (description, amount, unit), per) = food;
    let serving = Serving {
        id: id * 10 + 1,
        description: Cow::Borrowed(*description),
        metric: Some((Decimal::of(*amount), unit)),
        units: Decimal::whole(1),
        measurement: Cow::Borrowed("serving"),
        nutrients: Nutrients::of(&BRAND_COLUMNS, per),
    };
    Food {
        id: *id,
        name: Cow::Borrowed(*name),
        brand: Some((Cow::Borrowed(*brand), *kind)),
        sub_category,
        barcode,
        servings: vec![serving],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The cells that are not empty of a food's row in the documentation.
    fn row(food: &Food) -> Vec<String> {
        let serving = &food.servings[0];
        let hundred = food.servings.iter().find(|serving| serving.description == "100 g");
        let cells = [
            food.id.to_string(),
            food.name.to_string(),
            serving.id.to_string(),
            serving.description.to_string(),
            hundred.map(|serving| serving.id.to_string()).unwrap_or_default(),
            food.barcode.to_owned(),
        ];
        cells.into_iter().filter(|cell| !cell.is_empty()).collect()
    }

    #[test]
    fn the_foods_of_the_documentation_are_those_of_the_table() {
        let known: Vec<Vec<String>> = foods().iter().map(row).collect();
        let rows = include_str!("../lib.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | "))
            .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
        let mut documented = 0;
        for row in rows {
            let cells = row.split('|').map(str::trim).filter(|cell| !cell.is_empty());
            let cells: Vec<String> = cells.map(str::to_owned).collect();
            assert!(known.contains(&cells), "{row}");
            documented += 1;
        }
        assert_eq!(documented, 12);
    }
}
