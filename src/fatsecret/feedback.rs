//! Feedback: telling FatSecret that a food is wrong or missing, with pictures.

// Public, and an offer of its own. The trap: the addresses for pictures are signed by themselves, so a
// picture goes there without OAuth, and who has an address can upload.

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Request as HttpRequest, Uri, header};
use serde_json::Value;

use super::{
    barcode::Barcode,
    define::{Param, methods},
    endpoint::Request,
    ids::{FoodId, ServingId},
    wire::{FromJson, Json, outcome::FieldError},
};

pub use super::words::ImageExtension;

/// The most addresses for pictures that are looked for. FatSecret gives three.
const MOST_UPLOADS: usize = 16;
/// The longest answer, in bytes, that is searched for addresses.
const MOST_TEXT: usize = 64 * 1024;

methods! {
    /// Feedback about foods.
    impl FatSecret;

    /// Tells FatSecret that a food is wrong or missing: feedback, version 1.
    ///
    /// FatSecret's pages contradict each other: one page always requires the barcode, another page
    /// only for some issues. [`Issue`] has what both pages require; add the barcode if you have it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::fatsecret::feedback::{Issue, SendFeedback};
    ///
    /// # fn main() -> Result<(), tripod::fatsecret::ParseError> {
    /// let barcode = "4006381333931".parse()?;
    /// let feedback = SendFeedback::new(Issue::BarcodeNotFound { barcode }, "report-1");
    /// # Ok(())
    /// # }
    /// ```
    pub struct SendFeedback: Public -> FeedbackReceipt = json("feedback", 1, POST "feedback") {
        required {
            /// what is wrong, and with which food.
            issue: Issue,
            /// the application's own id for this report.
            external_id: String,
        }
        optional {
            /// What else there is to say.
            with_notes(notes: String),
            /// The file type of the pictures that will be uploaded.
            with_images(image_file_extension: ImageExtension),
            /// The product's barcode, for an issue that does not have it already.
            with_barcode(barcode: Barcode),
        }
        localised { region, language, }
        reply(reply) { FeedbackReceipt::from_json(reply.json()) }
    }
    calls {
        /// Tells FatSecret that a food is wrong or missing.
        send_feedback(feedback: &SendFeedback) = *feedback;
    }
}

/// What is wrong with a food, and which food it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Issue {
    /// Its name or its brand.
    WrongNameOrBrand {
        /// The product's barcode.
        barcode: Barcode,
        /// The food that FatSecret gave for it.
        food_id: FoodId,
    },
    /// Its nutrients.
    WrongNutrition {
        /// The food.
        food_id: FoodId,
        /// The serving whose nutrients are wrong.
        serving_id: ServingId,
    },
    /// A serving is missing.
    MissingServing {
        /// The food.
        food_id: FoodId,
        /// A serving that it has.
        serving_id: ServingId,
    },
    /// The barcode is not known.
    BarcodeNotFound {
        /// The product's barcode.
        barcode: Barcode,
    },
    /// Something else, in words.
    Other(String),
}

impl Param for Issue {
    fn put(&self, _: &'static str, request: &mut Request) {
        let (number, barcode, food) = match self {
            Self::WrongNameOrBrand { barcode, food_id } => {
                (1_u32, Some(*barcode), Some((*food_id, None)))
            }
            Self::WrongNutrition { food_id, serving_id } => {
                (2, None, Some((*food_id, Some(*serving_id))))
            }
            Self::MissingServing { food_id, serving_id } => {
                (3, None, Some((*food_id, Some(*serving_id))))
            }
            Self::BarcodeNotFound { barcode } => (4, Some(*barcode), None),
            Self::Other(_) => (99, None, None),
        };
        number.put("issue_type_id", request);
        if let Self::Other(words) = self {
            words.put("issue_type", request);
        }
        barcode.put("barcode", request);
        if let Some((food_id, serving_id)) = food {
            let mut json = serde_json::Map::new();
            json.insert("food_id".into(), food_id.get().into());
            if let Some(serving_id) = serving_id {
                json.insert("serving_id".into(), serving_id.get().into());
            }
            request.put("returned_food", Value::Object(json));
        }
    }
}

/// What FatSecret answers to feedback: addresses for pictures, and the content type to use.
///
/// `Debug` does not show it, because everybody who has an upload address can upload.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = tripod_sandbox::Sandbox::start().await?;
/// # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
/// # let fatsecret = tripod::fatsecret::FatSecret::signed(client.signed());
/// use tripod::fatsecret::feedback::{FeedbackReceipt, ImageExtension, Issue, SendFeedback, Upload};
///
/// let issue = Issue::BarcodeNotFound { barcode: "4006381333931".parse()? };
/// let report = SendFeedback::new(issue, "report-1").with_images(ImageExtension::Jpg);
/// let receipt: FeedbackReceipt = fatsecret.send_feedback(&report).await?.into_inner();
/// assert_eq!(receipt.content_type(), Some("image/jpeg"));
///
/// let of_barcode = |upload: &&Upload| upload.name() == "barcode";
/// let upload = receipt.uploads().iter().find(of_barcode).ok_or("no picture is wanted")?;
/// let request = upload.request("the bytes of the picture"); // send it with any HTTP client
/// assert_eq!(request.method(), "PUT");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct FeedbackReceipt {
    json: String,
    content_type: Option<String>,
    uploads: Vec<Upload>,
}

impl FeedbackReceipt {
    /// Returns where pictures can be uploaded: up to three addresses, for the barcode, the package and
    /// the nutrition facts.
    ///
    /// Empty unless [`SendFeedback::with_images`] asked for them.
    #[must_use]
    pub fn uploads(&self) -> &[Upload] {
        &self.uploads
    }

    /// Returns the content type that every upload must have, such as `image/jpeg`.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Returns the whole answer as JSON, for fields that this crate does not read.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for FeedbackReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedbackReceipt")
            .field("content_type", &self.content_type)
            .field("uploads", &self.uploads)
            .finish_non_exhaustive()
    }
}

impl FromJson for FeedbackReceipt {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        let text = json.as_str();
        let mut receipt = Self { json: text.to_owned(), content_type: None, uploads: Vec::new() };
        // The names of the addresses are not documented, so every address is taken. A reply that is
        // much longer than a few addresses is not taken apart: a `Value` is far larger than its text.
        if text.len() <= MOST_TEXT {
            let value: Value = serde_json::from_str(text).map_err(|_| json.odd("an object"))?;
            receipt.content_type = find(&value, "contentTypeHeader");
            collect("", &value, receipt.content_type.as_deref(), &mut receipt.uploads);
        }
        Ok(receipt)
    }
}

/// The text of that name, wherever it is.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .find_map(|(key, value)| value.as_str().filter(|_| key == name))
            .map(str::to_owned)
            .or_else(|| members.values().find_map(|value| find(value, name))),
        Value::Array(items) => items.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

fn collect(name: &str, value: &Value, content_type: Option<&str>, uploads: &mut Vec<Upload>) {
    if uploads.len() >= MOST_UPLOADS {
        return;
    }
    match value {
        Value::String(text) => {
            let uri = text.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("https"));
            if let Some(uri) = uri {
                let content_type = content_type.and_then(|kind| HeaderValue::from_str(kind).ok());
                uploads.push(Upload { name: name.to_owned(), uri, content_type });
            }
        }
        Value::Array(items) => {
            for value in items {
                collect(name, value, content_type, uploads);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                collect(name, value, content_type, uploads);
            }
        }
        _ => {}
    }
}

/// An address where one picture can be uploaded.
///
/// `Debug` does not show the address.
#[derive(Clone, PartialEq, Eq)]
pub struct Upload {
    name: String,
    uri: Uri,
    content_type: Option<HeaderValue>,
}

impl Upload {
    /// Returns FatSecret's name for the address, which says what the picture should show.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the address.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Creates the request that uploads a picture: a PUT, which is not signed with OAuth. Send it with
    /// any HTTP client.
    #[must_use]
    pub fn request(&self, picture: impl Into<Bytes>) -> HttpRequest<Bytes> {
        let mut request = HttpRequest::new(picture.into());
        *request.method_mut() = http::Method::PUT;
        *request.uri_mut() = self.uri.clone();
        if let Some(content_type) = &self.content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, content_type.clone());
        }
        request
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).finish_non_exhaustive()
    }
}
