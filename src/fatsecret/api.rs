//! The async calls: an endpoint, signed, sent and decoded.
//!
//! Floor 5: a thin layer over the session. The trap: FatSecret's refusals are HTTP 200, so the body
//! is always read; and what belongs to one user must not compile without one, and must say so.

use std::fmt;

use http::Method;
use jiff::civil::Date;

use super::{
    Answer, ApiError, ApiErrorKind, Endpoint, ErrorCode, Retry, WithUser, WithoutUser, endpoint,
    url_style,
};
use crate::{
    Client, Error, ErrorKind, ResourceRequest, Session, Signed, Stage,
    fatsecret::{self as fs},
};

/// Calls FatSecret's methods, for one user or for none.
///
/// `FatSecret<Session>`, made by [`FatSecret::new`], has all methods of one user: diary, weight,
/// exercise, favourites, saved meals. `FatSecret<Signed>`, made by [`FatSecret::signed`], has those
/// that need no user, and makes users of the application's own. Foods and recipes are for both.
/// A user's method without a user does not compile, and the compiler says why.
///
/// The named methods are the short way. Each is an endpoint with its required parameters, given to
/// `call`; take the endpoint itself for the rest of its parameters.
///
/// Cheap to clone.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Client, fatsecret::{FatSecret, GetFood}, sandbox::Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
/// // `client.session(…)` for a stored token, or the flow's last step, give a session.
/// let fatsecret = FatSecret::new(client.session(sandbox.grant()));
/// let today = jiff::civil::date(2026, 1, 1);
/// assert!(fatsecret.food_entries(today).await?.is_empty());
///
/// let bread = fatsecret.search_food_summaries("bread").await?;
/// let food = fatsecret.call(&GetFood::new(bread.items[0].id).with_sub_categories(true)).await?;
/// println!("{}: {} servings", food.name, food.servings.len());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is called yet"]
pub struct FatSecret<C> {
    caller: C,
    url_style: bool,
    #[cfg(feature = "pacing")]
    pace: Option<std::sync::Arc<super::pacing::Pace>>,
}

/// Who calls: a [`Session`] or a [`Signed`] client. Sealed.
pub trait Caller: sealed::Sealed {
    #[doc(hidden)]
    fn client(&self) -> &Client;
    #[doc(hidden)]
    fn resource(&self, method: Method, url: String) -> ResourceRequest;
}

/// A caller who acts for one user: a granted [`Session`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "this FatSecret method needs a user's granted session",
    label = "`{Self}` acts for no user",
    note = "diary, weight, exercise, favourites, saved meals and the profile belong to one user; finish the three-legged flow, or take up a stored access token, and use `FatSecret::new(session)`"
)]
pub trait ForUser: Caller {}

impl ForUser for Session {}

mod sealed {
    pub trait Sealed {}

    impl Sealed for crate::Session {}
    impl Sealed for crate::Signed {}
}

impl Caller for Session {
    fn client(&self) -> &Client {
        self.client()
    }

    fn resource(&self, method: Method, url: String) -> ResourceRequest {
        self.resource(method, url)
    }
}

impl Caller for Signed {
    fn client(&self) -> &Client {
        self.client()
    }

    fn resource(&self, method: Method, url: String) -> ResourceRequest {
        self.resource(method, url)
    }
}

impl FatSecret<Session> {
    /// Calls in the name of the user who granted the session.
    ///
    /// The data host is the first origin of the client's provider that resources are at: use
    /// [`Provider::fatsecret`](crate::Provider::fatsecret) or
    /// [`Provider::fatsecret_at`](crate::Provider::fatsecret_at), which set it. With a provider made by
    /// [`Provider::new`](crate::Provider::new) it is the host of the request-token call.
    pub fn new(session: Session) -> Self {
        Self::of(session)
    }

    /// Calls a method of one user, or a public one, which then knows the user.
    ///
    /// # Errors
    ///
    /// Those of [`ResourceRequest::send`]; [`ErrorKind::Rejected`] with FatSecret's code as the
    /// problem, with what to do in its text; [`ErrorKind::TimestampRefused`] for code 6;
    /// [`ErrorKind::MalformedReply`] if the answer cannot be read. [`ApiError::of`] finds the whole
    /// story, with the signature explained for code 8.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the call. FatSecret may have carried it out.
    pub async fn call<E>(&self, endpoint: &E) -> Result<Answer<E::Output>, Error>
    where
        E: Endpoint + ?Sized,
        E::Access: WithUser,
    {
        self.perform(endpoint).await
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.caller
    }
}

impl FatSecret<Signed> {
    /// Calls in nobody's name: with the consumer's key alone.
    pub fn signed(signed: Signed) -> Self {
        Self::of(signed)
    }

    /// Calls a method that needs no user.
    ///
    /// # Errors
    ///
    /// As [`FatSecret::<Session>::call`](FatSecret::call).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the call. FatSecret may have carried it out.
    pub async fn call<E>(&self, endpoint: &E) -> Result<Answer<E::Output>, Error>
    where
        E: Endpoint + ?Sized,
        E::Access: WithoutUser,
    {
        self.perform(endpoint).await
    }

    /// Makes a user who exists only inside this application, and takes up their session:
    /// `profile.create`.
    ///
    /// `user_id` is the application's own id for the user. Keep the session's access token all the
    /// same: [`find_profile`](Self::find_profile) is the only other way to it.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future may lose the token of a user who was made; `find_profile` with the same
    /// id finds it.
    pub async fn create_profile(&self, user_id: impl Into<String>) -> Result<Session, Error> {
        let endpoint = fs::CreateProfile::new().with_user_id(user_id);
        Ok(self.caller.client().session(self.perform(&endpoint).await?.into_inner()))
    }

    /// Takes up the session of a user that [`create_profile`](Self::create_profile) made:
    /// `profile.get_auth`.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the call, which only reads.
    pub async fn find_profile(&self, user_id: impl Into<String>) -> Result<Session, Error> {
        let endpoint = fs::GetProfileAuth::new(user_id);
        Ok(self.caller.client().session(self.perform(&endpoint).await?.into_inner()))
    }
}

impl<C: Caller> FatSecret<C> {
    fn of(caller: C) -> Self {
        Self {
            caller,
            url_style: false,
            #[cfg(feature = "pacing")]
            pace: None,
        }
    }

    /// Calls by FatSecret's newer style: a path and a verb for each method, instead of
    /// `server.api` with a `method` parameter.
    ///
    /// Parameters travel in the query, as in FatSecret's own collection of requests. Methods whose
    /// path its sources contradict each other on stay with `server.api`.
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/guides>
    pub fn with_url_style(mut self) -> Self {
        self.url_style = true;
        self
    }

    /// Leaves at least `pause` between the beginnings of two calls, on this value and its clones.
    ///
    /// FatSecret answers code 12 to a user who is too fast; about 400 ms have been enough. Off by
    /// default.
    ///
    /// # Cancel safety
    ///
    /// A call that is dropped while it waits has sent nothing and has taken no turn.
    #[cfg(feature = "pacing")]
    #[cfg_attr(docsrs, doc(cfg(feature = "pacing")))]
    pub fn with_pace(mut self, pause: std::time::Duration) -> Self {
        self.pace = super::pacing::Pace::new(pause).map(std::sync::Arc::new);
        self
    }

    /// Prepares a call without sending it: to be built or explained by other means.
    pub fn prepare(&self, request: &endpoint::Request) -> ResourceRequest {
        let newer = self.newer(request);
        let by_path = newer.is_some();
        let verb = newer.map_or_else(|| request.verb().clone(), |(verb, _)| verb);
        let has_form = request.has_form() && !by_path;
        let mut call = self.caller.resource(verb, self.url(request));
        for (name, value) in request.pairs() {
            if by_path && name == "method" {
                continue;
            }
            let (name, value) = (name.as_ref(), value.as_str());
            call =
                if has_form { call.form_pair(name, value) } else { call.query_pair(name, value) };
        }
        match request.json_body() {
            Some(json) => call.body("application/json", json),
            None => call,
        }
    }

    /// The verb and the path of the newer style, if that is wanted and the method has them.
    fn newer(&self, request: &endpoint::Request) -> Option<(Method, &'static str)> {
        if self.url_style { url_style::of(request.name()) } else { None }
    }

    /// The URL without its query.
    fn url(&self, request: &endpoint::Request) -> String {
        let origin = self.caller.client().provider().resource_origin();
        let path = self.newer(request).map_or(request.path(), |(_, path)| path);
        format!("{origin}/rest/{path}")
    }

    async fn perform<E: Endpoint + ?Sized>(
        &self,
        endpoint: &E,
    ) -> Result<Answer<E::Output>, Error> {
        #[cfg(feature = "pacing")]
        if let Some(pace) = &self.pace {
            pace.turn().await;
        }
        let request = endpoint.request();
        let reply = match self.prepare(&request).send().await {
            Ok(reply) => reply,
            // FatSecret may have carried it out, as with code 24.
            Err(error) if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Interrupted) => {
                return Err(error.with_retryable(request.is_repeatable()));
            }
            Err(error) => return Err(error),
        };
        if reply.status().is_redirection() {
            return Err(reply.error_for_status().err().unwrap_or_else(|| {
                // 304, which is no error elsewhere; nothing was kept that it could speak of.
                let reason = "it is a 304 without an answer";
                Error::new(Stage::Resource, ErrorKind::MalformedReply { reason })
                    .with_endpoint(self.url(&request))
            }));
        }
        endpoint.decode(reply.status(), reply.bytes()).map_err(|error| {
            let mut error = error.without(&reply.secrets());
            if error.code() == Some(ErrorCode::SignatureInvalid) {
                error = error.with_explanation(self.prepare(&request).explain().ok());
            }
            self.error(&request, error)
        })
    }

    fn error(&self, request: &endpoint::Request, error: ApiError) -> Error {
        let status = error.status();
        let kind = match error.kind() {
            ApiErrorKind::Refused { code: ErrorCode::TimestampInvalid, .. } => {
                ErrorKind::TimestampRefused { status }
            }
            ApiErrorKind::Refused { code, .. } => {
                ErrorKind::Rejected { status, problem: Some(code.number().to_string()) }
            }
            ApiErrorKind::NotAnAnswer { .. } if !status.is_success() => {
                ErrorKind::Rejected { status, problem: None }
            }
            ApiErrorKind::NotAnAnswer { looks_like, .. } => {
                ErrorKind::MalformedReply { reason: looks_like }
            }
            ApiErrorKind::Field(_) => {
                ErrorKind::MalformedReply { reason: "a required field is missing or odd" }
            }
        };
        let retryable = match error.retry() {
            Retry::Backoff | Retry::Slower => true,
            Retry::IfRepeatable => request.is_repeatable(),
            Retry::Never | Retry::Resigned | Retry::NextDay => false,
        };
        Error::new(Stage::Resource, kind)
            .with_endpoint(self.url(request))
            .with_detail(format!("{}: {error}", request.name()))
            .with_retryable(retryable)
            .with_source(error)
    }
}

impl<C: fmt::Debug> fmt::Debug for FatSecret<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FatSecret")
            .field("caller", &self.caller)
            .field("url_style", &self.url_style)
            .finish_non_exhaustive()
    }
}

/// Writes the named methods: an endpoint with what it requires, called. The bound stands on each
/// method, and not on the `impl`, since rustc then says what the trait has to say.
macro_rules! calls {
    ([$caller:ident] $(
        $(#[$meta:meta])*
        $name:ident($($argument:ident: $ty:ty),*) -> $output:ty = $endpoint:expr;
    )*) => { $(
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// As [`call`](Self::call).
        ///
        /// # Cancel safety
        ///
        /// Dropping the future gives up the call. FatSecret may have carried it out.
        pub async fn $name(&self, $($argument: $ty),*) -> Result<Answer<$output>, Error>
        where
            C: $caller,
        {
            self.perform(&$endpoint).await
        }
    )* };
}

/// Foods and recipes.
impl<C: Caller> FatSecret<C> {
    calls! {
        [Caller]
        /// Searches foods by words; whole foods in the answer, which needs a Premier plan:
        /// `foods.search.v5`. Give [`SearchFoods`](fs::SearchFoods) to `call` for pages and more.
        search_foods(expression: impl Into<String>) -> fs::Page<fs::Food>
            = fs::SearchFoods::new().with_expression(expression);
        /// Searches foods by words; a line about each in the answer, on any plan: `foods.search`.
        search_food_summaries(expression: impl Into<String>) -> fs::Page<fs::FoodSummary>
            = fs::SearchFoodsV1::new().with_expression(expression);
        /// Reads a food with its servings: `food.get.v5`.
        food(id: fs::FoodId) -> fs::Food = fs::GetFood::new(id);
        /// Completes what a user has begun to type: `foods.autocomplete.v2`.
        autocomplete_foods(expression: impl Into<String>) -> Vec<String>
            = fs::AutocompleteFoods::new(expression);
        /// Finds the food that bears a barcode: `food.find_id_for_barcode.v2`.
        food_for_barcode(barcode: fs::Barcode) -> Option<fs::Food>
            = fs::FindFoodForBarcode::new(barcode);
        /// Finds the id of the food that bears a barcode: `food.find_id_for_barcode`, version 1.
        food_id_for_barcode(barcode: fs::Barcode) -> Option<fs::FoodId>
            = fs::FindFoodIdForBarcode::new(barcode);
        /// Lists brands by their first letter, or `*` for digits: `food_brands.get.v2`.
        food_brands(starts_with: impl Into<String>) -> Vec<String>
            = fs::GetFoodBrands::new(starts_with);
        /// Lists the categories of foods: `food_categories.get.v2`.
        food_categories() -> Vec<fs::FoodCategory> = fs::GetFoodCategories::new();
        /// Lists the parts of a category: `food_sub_categories.get.v2`.
        food_sub_categories(category: fs::FoodCategoryId) -> Vec<String>
            = fs::GetFoodSubCategories::new(category);
        /// Searches recipes by words: `recipes.search.v3`. Give
        /// [`SearchRecipes`](fs::SearchRecipes) to `call` for filters, pages and order.
        search_recipes(expression: impl Into<String>) -> fs::Page<fs::RecipeSummary>
            = fs::SearchRecipes::new().with_expression(expression);
        /// Reads a recipe: `recipe.get.v2`.
        recipe(id: fs::RecipeId) -> fs::Recipe = fs::GetRecipe::new(id);
        /// Lists the types of recipes: `recipe_types.get.v2`.
        recipe_types() -> Vec<String> = fs::GetRecipeTypes::new();
        /// Finds foods in a sentence: `natural-language-processing/v1`.
        analyze_text(text: impl Into<String>) -> Vec<fs::DetectedFood>
            = fs::AnalyzeText::new(text);
        /// Finds foods in a picture: `image-recognition/v2`.
        recognize_image(picture: fs::Picture) -> Vec<fs::DetectedFood>
            = fs::RecognizeImage::new(picture);
        /// Reports what is wrong with a food: `feedback/v1`.
        send_feedback(
            barcode: fs::Barcode,
            issue: fs::Issue,
            external_id: impl Into<String>
        ) -> fs::FeedbackReceipt = fs::SendFeedback::new(barcode, issue, external_id);
    }
}

/// The food diary.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Reads the diary of one day of the user's calendar: `food_entries.get.v2`.
        food_entries(date: Date) -> Vec<fs::FoodEntry> = fs::GetFoodEntries::new().with_date(date);
        /// Reads one entry of the diary; none if it is not there: `food_entries.get.v2`.
        food_entry(id: fs::FoodEntryId) -> Vec<fs::FoodEntry>
            = fs::GetFoodEntries::new().with_food_entry_id(id);
        /// Reads the totals of each day of a month, given by any day of it:
        /// `food_entries.get_month.v2`.
        food_entries_month(date: Date) -> fs::FoodEntriesMonth
            = fs::GetFoodEntriesMonth::new().with_date(date);
        /// Writes an entry into the diary: `food_entry.create`.
        create_food_entry(entry: &fs::CreateFoodEntry) -> fs::FoodEntryId = *entry;
        /// Changes an entry; its day cannot be changed: `food_entry.edit`.
        edit_food_entry(edit: &fs::EditFoodEntry) -> () = *edit;
        /// Deletes an entry: `food_entry.delete`.
        delete_food_entry(id: fs::FoodEntryId) -> () = fs::DeleteFoodEntry::new(id);
        /// Copies the entries of one day to another: `food_entries.copy`.
        copy_food_entries(from: Date, to: Date) -> () = fs::CopyFoodEntries::new(from, to);
        /// Writes the items of a saved meal into the diary: `food_entries.copy_saved_meal`.
        copy_saved_meal(id: fs::SavedMealId, meal: fs::Meal, date: Date) -> ()
            = fs::CopySavedMeal::new(id, meal).with_date(date);
        /// Adds a food to FatSecret's own, which needs a Premier plan: `food.create.v2`.
        create_food(food: &fs::CreateFood) -> fs::FoodId = *food;
    }
}

/// Weight, exercise and the user's settings.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Writes a weight: `weight.update`. The first needs a goal and a height.
        update_weight(weight: &fs::UpdateWeight) -> () = *weight;
        /// Reads the weights of a month, given by any day of it: `weights.get_month.v2`.
        weights_month(date: Date) -> fs::WeightsMonth
            = fs::GetWeightsMonth::new().with_date(date);
        /// Lists the kinds of exercise: `exercises.get.v2`.
        exercises() -> Vec<fs::Exercise> = fs::GetExercises::new();
        /// Reads how a day's 24 hours were spent: `exercise_entries.get.v2`.
        exercise_entries(date: Date) -> Vec<fs::ExerciseEntry>
            = fs::GetExerciseEntries::new().with_date(date);
        /// Reads the energy used on each day of a month, given by any day of it:
        /// `exercise_entries.get_month.v2`.
        exercise_entries_month(date: Date) -> fs::ExerciseEntriesMonth
            = fs::GetExerciseEntriesMonth::new().with_date(date);
        /// Shifts minutes of a day from one activity to another: `exercise_entry.edit`.
        shift_exercise(shift: &fs::ShiftExercise) -> () = *shift;
        /// Saves a day's activities as they are shown: `exercise_entries.commit_day`.
        commit_exercise_day(date: Date) -> () = fs::CommitExerciseDay::new().with_date(date);
        /// Makes a day's activities the template of some weekdays: `exercise_entries.save_template`.
        save_exercise_template(days: fs::Weekdays, date: Date) -> ()
            = fs::SaveExerciseTemplate::new(days).with_date(date);
        /// Reads the user's settings and last weigh-in: `profile.get`.
        profile() -> fs::Profile = fs::GetProfile::new();
    }
}

/// Favourites, and what the user eats.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Lists the favourite foods: `foods.get_favorites.v2`.
        favorite_foods() -> Vec<fs::FoodSummary> = fs::GetFavoriteFoods::new();
        /// Makes a food a favourite: `food.add_favorite`.
        add_favorite_food(id: fs::FoodId) -> () = fs::AddFavoriteFood::new(id);
        /// Makes a food a favourite no more: `food.delete_favorite`.
        delete_favorite_food(id: fs::FoodId) -> () = fs::DeleteFavoriteFood::new(id);
        /// Lists the foods eaten most: `foods.get_most_eaten.v2`.
        most_eaten_foods() -> Vec<fs::FoodSummary> = fs::GetMostEatenFoods::new();
        /// Lists the foods eaten last: `foods.get_recently_eaten.v2`.
        recently_eaten_foods() -> Vec<fs::FoodSummary> = fs::GetRecentlyEatenFoods::new();
        /// Lists the favourite recipes: `recipes.get_favorites.v2`.
        favorite_recipes() -> Vec<fs::RecipeSummary> = fs::GetFavoriteRecipes::new();
        /// Makes a recipe a favourite: `recipe.add_favorite`.
        add_favorite_recipe(id: fs::RecipeId) -> () = fs::AddFavoriteRecipe::new(id);
        /// Makes a recipe a favourite no more: `recipe.delete_favorite`.
        delete_favorite_recipe(id: fs::RecipeId) -> () = fs::DeleteFavoriteRecipe::new(id);
    }
}

/// Saved meals.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Lists the saved meals: `saved_meals.get.v2`.
        saved_meals() -> Vec<fs::SavedMeal> = fs::GetSavedMeals::new();
        /// Makes a saved meal, without items yet: `saved_meal.create`.
        create_saved_meal(meal: &fs::CreateSavedMeal) -> fs::SavedMealId = *meal;
        /// Changes a saved meal's name, description or meals: `saved_meal.edit`.
        edit_saved_meal(edit: &fs::EditSavedMeal) -> () = *edit;
        /// Deletes a saved meal: `saved_meal.delete`.
        delete_saved_meal(id: fs::SavedMealId) -> () = fs::DeleteSavedMeal::new(id);
        /// Lists the items of a saved meal: `saved_meal_items.get.v2`.
        saved_meal_items(id: fs::SavedMealId) -> Vec<fs::SavedMealItem>
            = fs::GetSavedMealItems::new(id);
        /// Adds a food to a saved meal: `saved_meal_item.add`.
        add_saved_meal_item(item: &fs::AddSavedMealItem) -> fs::SavedMealItemId = *item;
        /// Changes an item's name or amount: `saved_meal_item.edit`.
        edit_saved_meal_item(edit: &fs::EditSavedMealItem) -> () = *edit;
        /// Takes an item out of a saved meal: `saved_meal_item.delete`.
        delete_saved_meal_item(id: fs::SavedMealItemId) -> () = fs::DeleteSavedMealItem::new(id);
    }
}
