//! Each public item has an example: its name is in a program of the documentation. `CALLED` and `WITHOUT_EXAMPLE` have the
//! others, and say why.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    api::plain,
    nothing_of,
    page::{Page, files, read},
};

/// FatSecret's requests that a program need not name, because it calls the method of `FatSecret` that sends the
/// request. An example calls this method.
const CALLED: &[(&str, &str)] = &[
    ("tripod::fatsecret::diary::CopyFoodEntries", "copy_food_entries"),
    ("tripod::fatsecret::diary::CopySavedMeal", "copy_saved_meal"),
    ("tripod::fatsecret::diary::GetFoodEntriesMonth", "food_entries_month"),
    ("tripod::fatsecret::diary::GetFoodEntry", "food_entry"),
    ("tripod::fatsecret::exercise::CommitExerciseDay", "commit_exercise_day"),
    ("tripod::fatsecret::exercise::GetExerciseEntries", "exercise_entries"),
    ("tripod::fatsecret::exercise::GetExerciseEntriesMonth", "exercise_entries_month"),
    ("tripod::fatsecret::exercise::GetExercises", "exercises"),
    ("tripod::fatsecret::favorites::AddFavoriteRecipe", "add_favorite_recipe"),
    ("tripod::fatsecret::favorites::DeleteFavoriteFood", "delete_favorite_food"),
    ("tripod::fatsecret::favorites::DeleteFavoriteRecipe", "delete_favorite_recipe"),
    ("tripod::fatsecret::favorites::GetFavoriteFoods", "favorite_foods"),
    ("tripod::fatsecret::favorites::GetFavoriteRecipes", "favorite_recipes"),
    ("tripod::fatsecret::favorites::GetRecentlyEatenFoods", "recently_eaten_foods"),
    ("tripod::fatsecret::foods::FindFoodIdForBarcode", "food_id_for_barcode"),
    ("tripod::fatsecret::foods::GetFoodCategories", "food_categories"),
    ("tripod::fatsecret::foods::GetFoodSubCategories", "food_sub_categories"),
    ("tripod::fatsecret::profile::GetProfileAuth", "find_profile"),
    ("tripod::fatsecret::recipes::GetRecipe", "recipe"),
    ("tripod::fatsecret::recipes::GetRecipeTypes", "recipe_types"),
    ("tripod::fatsecret::saved_meals::DeleteSavedMeal", "delete_saved_meal"),
    ("tripod::fatsecret::saved_meals::DeleteSavedMealItem", "delete_saved_meal_item"),
    ("tripod::fatsecret::saved_meals::GetSavedMealItems", "saved_meal_items"),
    ("tripod::fatsecret::saved_meals::GetSavedMeals", "saved_meals"),
];

/// Other items that no program names, and the reason.
const WITHOUT_EXAMPLE: &[(&str, &str)] = &[(
    "tripod::transport::FromFn",
    "a program does not name it: the function `from_fn` returns it, and has an example",
)];

/// What a line of the reviewed API says of an item that belongs to a module: `struct`, and `tripod::Client`.
fn item(line: &str) -> Option<(&str, String)> {
    const KINDS: [&str; 9] =
        ["struct", "enum", "union", "trait", "fn", "const", "static", "type", "macro"];
    let (before, path) = line.split_once(" tripod::")?;
    let before = before.trim_start_matches("#[non_exhaustive] ").strip_prefix("pub ")?;
    let kind = before.rsplit(' ').next()?;
    let path = plain(path);
    let (modules, _) = path.rsplit_once("::").unwrap_or_default();
    // What belongs to a type is not asked for.
    let is_of_module = !modules.contains(char::is_uppercase);
    (KINDS.contains(&kind) && is_of_module).then(|| (kind, format!("tripod::{path}")))
}

/// The public items that belong to a module, with what they are. Of an item that has two paths, the longer.
fn items() -> BTreeMap<String, String> {
    let list = read("tests/api/public.txt");
    let mut all: BTreeMap<String, String> =
        list.lines().filter_map(item).map(|(kind, path)| (path, kind.to_owned())).collect();
    let paths: BTreeSet<String> = all.keys().cloned().collect();
    all.retain(|path, _| !paths.iter().any(|other| is_again(path, other)));
    assert!(all.len() > 250, "the items were found: {}", all.len());
    all
}

/// Whether `path` is where the item `other` is exported once more: `providers::flickr` and `providers::flickr::flickr`.
fn is_again(path: &str, other: &str) -> bool {
    let (Some((outer, name)), Some((inner, same))) =
        (path.rsplit_once("::"), other.rsplit_once("::"))
    else {
        return false;
    };
    name == same && inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with("::"))
}

/// Whether rustdoc compiles the block, and it has to compile.
fn is_compiled(info: &str) -> bool {
    let mut words = info.split(',').map(str::trim);
    let language = words.next().unwrap_or_default();
    matches!(language, "" | "rust" | "no_run" | "should_panic")
        && words.all(|word| word != "ignore" && !word.starts_with("compile_fail"))
}

/// The programs of all comments and pages, without their own comments.
fn programs() -> Vec<String> {
    let mut pages = vec![Page::open("README.md")];
    let of_folder = files("docs", ".md").into_iter();
    // The lessons have types of their own, some of which are called like ours.
    pages.extend(of_folder.filter(|path| !path.starts_with("docs/typestate")).map(Page::open));
    for path in files("src", ".rs") {
        let text = comments(&read(&path));
        pages.push(Page { path, text });
    }
    let mut programs = Vec::new();
    for page in &pages {
        let blocks = page.parts().1.into_iter();
        for block in blocks.filter(|block| !block.before.starts_with("<!-- not compiled: ")) {
            if is_compiled(block.info) {
                let lines = block.lines.iter().map(|line| without_comment(line));
                programs.push(lines.collect::<Vec<_>>().join("\n"));
            }
        }
    }
    assert!(programs.len() > 250, "the programs were found: {}", programs.len());
    programs
}

/// What a file's doc comments say.
fn comments(source: &str) -> String {
    let lines = source.lines().map(str::trim_start);
    let lines = lines.filter_map(|line| line.strip_prefix("///").or(line.strip_prefix("//!")));
    lines.collect::<Vec<_>>().join("\n")
}

/// `//` behind a colon belongs to a URL.
fn without_comment(line: &str) -> &str {
    let mut marks = line.match_indices("//").map(|(at, _)| at);
    let comment = marks.find(|at| !line[..*at].ends_with(':'));
    comment.map_or(line, |at| &line[..at])
}

/// Whether a program names the item. A function is called, and not as a method.
fn names(program: &str, kind: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    program.match_indices(name).any(|(at, _)| {
        let (before, after) = (&program[..at], &program[at + name.len()..]);
        let is_whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        let is_called =
            (after.starts_with('(') || after.starts_with("::<")) && !before.ends_with('.');
        is_whole && (kind != "fn" || is_called)
    })
}

/// Where several modules have an item of that name, the module is named too: `flickr::ask(`, or in a
/// `use` of that module.
fn has_example(programs: &[String], path: &str, kind: &str, is_shared: bool) -> bool {
    let (module, name) = path.rsplit_once("::").unwrap();
    let module = module.rsplit("::").next().unwrap();
    programs.iter().any(|program| {
        let qualified = format!("{module}::{name}");
        if !is_shared {
            return names(program, kind, name);
        }
        let of_module = format!("{module}::{{");
        let in_use = program.split(&of_module).skip(1).map(|rest| rest.split('}').next().unwrap());
        names(program, kind, &qualified)
            || in_use.into_iter().any(|list| names(list, "", name)) && names(program, kind, name)
    })
}

#[test]
fn every_public_item_has_an_example_or_a_reason() {
    let (items, programs) = (items(), programs());
    let mut times = BTreeMap::<&str, usize>::new();
    for path in items.keys() {
        *times.entry(path.rsplit("::").next().unwrap()).or_default() += 1;
    }
    let mut excused: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, reason) in WITHOUT_EXAMPLE {
        assert!(excused.insert(path, reason).is_none(), "{path} is there twice");
    }
    for (path, call) in CALLED {
        assert!(excused.insert(path, call).is_none(), "{path} is there twice");
        let call = format!(".{call}(");
        assert!(programs.iter().any(|program| program.contains(&call)), "no example has {call}");
    }
    let mut complaints = Vec::new();
    for (path, kind) in &items {
        let is_shared = times[path.rsplit("::").next().unwrap()] > 1;
        match (has_example(&programs, path, kind, is_shared), excused.remove(path.as_str())) {
            (false, None) => complaints.push(format!("the {kind} {path} has no example")),
            (true, Some(reason)) => {
                complaints
                    .push(format!("{path} has an example; take it out of the table: {reason}"));
            }
            _ => {}
        }
    }
    complaints.extend(excused.keys().map(|path| format!("there is no public item {path}")));
    nothing_of(&complaints);
}

#[test]
fn an_item_without_an_example_is_noticed() {
    let line = |line| item(line).map(|(kind, path)| format!("{kind} {path}"));
    assert_eq!(line("pub struct tripod::Flow<S>").unwrap(), "struct tripod::Flow");
    assert_eq!(line("pub const fn tripod::x::f(u8) -> u8").unwrap(), "fn tripod::x::f");
    assert_eq!(line("pub async fn tripod::x::f<T>(T)").unwrap(), "fn tripod::x::f");
    assert_eq!(line("pub const tripod::x::Y: &str").unwrap(), "const tripod::x::Y");
    assert_eq!(line("#[non_exhaustive] pub enum tripod::E").unwrap(), "enum tripod::E");
    assert_eq!(line("pub type tripod::Pair<'a> = (A, B)").unwrap(), "type tripod::Pair");
    assert_eq!(line("pub fn tripod::Flow<S>::client(&self)"), None);
    assert_eq!(line("pub fn tripod::x::Results<T, E>::next(&self)"), None);
    assert_eq!(line("pub fn tripod::Client::new()"), None);
    assert_eq!(line("pub const tripod::Client::A: u8"), None);
    assert_eq!(line("pub mod tripod::x"), None);
    assert_eq!(line("impl tripod::State for tripod::X"), None);
    assert!(is_again("tripod::providers::x", "tripod::providers::x::x"));
    assert!(!is_again("tripod::providers::x::ask", "tripod::providers::y::ask"));

    assert!(is_compiled("") && is_compiled("rust,no_run") && is_compiled("no_run"));
    assert!(
        !is_compiled("text") && !is_compiled("rust,ignore") && !is_compiled("rust,compile_fail")
    );
    assert_eq!(comments("/// A\nfn a() {}\n    //! B\n// C"), " A\n B");
    assert_eq!(without_comment("a(\"https://b\"); // c"), "a(\"https://b\"); ");

    assert!(names("use a::Page;", "struct", "Page"));
    assert!(!names("use a::Pages;", "struct", "Page") && !names("AuthorizePage", "struct", "Page"));
    assert!(names("x::ask(y)", "fn", "ask") && names("ask::<T>()", "fn", "ask"));
    assert!(!names("flow.ask(y)", "fn", "ask") && !names("use x::ask;", "fn", "ask"));
    let programs = |text: &str| [text.to_owned()];
    assert!(has_example(&programs("x::ask(y)"), "tripod::providers::x::ask", "fn", true));
    assert!(!has_example(&programs("y::ask(y)"), "tripod::providers::x::ask", "fn", true));
    let used = programs("use tripod::{x::{self, Access}}; f(Access::Read)");
    assert!(has_example(&used, "tripod::providers::x::Access", "enum", true));
    assert!(!has_example(&used, "tripod::providers::y::Access", "enum", true));
}
