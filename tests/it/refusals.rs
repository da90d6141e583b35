//! What the provider says of a refusal reaches the developer, at each kind of call.

use http::{StatusCode, header};
use tripod::{
    BoxError, Error, ErrorClass, SignatureMethod, providers,
    signature::{Sign, SigningKey},
};

use crate::support::*;

const PHOTOS: &str = "https://photos.example.net/photos";
const FLICKR: &str = "https://api.flickr.com/services/rest/";
const WIKI: &str = "https://wiki.example/w/api.php";

/// The errors of the three kinds of call that get this answer.
async fn at_each_call(status: u16, body: &str) -> [Error; 3] {
    let answered = || {
        let scenario = Scenario::photos();
        scenario.script.answer(reply(status, body.to_owned()));
        scenario
    };
    let first = answered().unauthorized().request_token().await.unwrap_err();
    let second = answered().to_authorized().exchange().await.unwrap_err();
    quiet(&first);
    quiet(&second);
    let reply = answered().to_granted().get(PHOTOS).send().await.unwrap();
    let third = reply.error_for_status().unwrap_err();
    quiet(&third);
    [first.into_parts().0, second.into_parts().0, third]
}

#[tokio::test]
async fn a_problem_that_is_a_sentence_is_shown() {
    let body = "oauth_problem=The+consumer+is+not+active.+Ask+the+shop%27s+owner.";
    for error in at_each_call(401, body).await {
        let sentence = "The consumer is not active. Ask the shop's owner.";
        assert_eq!(error.problem(), Some(sentence));
        assert!(error.to_string().contains(sentence), "{error}");
    }
}

#[tokio::test]
async fn a_word_says_who_has_to_act_and_which_page_the_user_sees() {
    use ErrorClass::{Configuration, Provider, Reauthorize, User};

    for (word, class, statuses) in [
        ("token_used", [Reauthorize; 3], [403, 410, 403]),
        ("token_expired", [Reauthorize; 3], [403, 410, 403]),
        ("token_revoked", [Reauthorize; 3], [403, 410, 403]),
        ("token_rejected", [Reauthorize; 3], [403, 410, 403]),
        ("user_refused", [User; 3], [400, 200, 400]),
        ("permission_denied", [User; 3], [400, 200, 400]),
        // Only the exchange has a verifier.
        ("verifier_invalid", [Provider, User, Provider], [502, 400, 502]),
        ("signature_invalid", [Configuration; 3], [500; 3]),
        ("consumer_key_unknown", [Configuration; 3], [500; 3]),
        ("consumer_key_rejected", [Configuration; 3], [500; 3]),
        ("consumer_key_refused", [Configuration; 3], [500; 3]),
        ("signature_method_rejected", [Configuration; 3], [500; 3]),
        ("version_rejected", [Configuration; 3], [500; 3]),
    ] {
        let errors = at_each_call(401, &format!("oauth_problem={word}")).await;
        assert_eq!(errors.each_ref().map(Error::class), class, "{word}");
        let shown = errors.map(|error| error.http_status_hint().as_u16());
        assert_eq!(shown, statuses, "{word}");
    }
}

/// Flickr and MediaWiki refuse with a status of success, and nothing is done then.
#[tokio::test]
async fn what_was_refused_with_status_200_has_not_happened() {
    let stat = |code| format!(r#"{{"stat":"fail","code":{code},"message":"x"}}"#);
    let wiki = |said| {
        let code = "mwoauth-invalid-authorization";
        format!(r#"{{"error":{{"code":"{code}","info":"Not valid: {said}"}}}}"#)
    };
    let mediawiki = || providers::mediawiki("https://wiki.example/w/index.php").unwrap();
    for (provider, url, body, class, happened) in [
        (providers::flickr(), FLICKR, stat("96"), ErrorClass::Configuration, false),
        (providers::flickr(), FLICKR, stat("98"), ErrorClass::Reauthorize, false),
        // A word that is not known leaves it open.
        (providers::flickr(), FLICKR, stat("105"), ErrorClass::Provider, true),
        (mediawiki(), WIKI, wiki("Invalid signature"), ErrorClass::Configuration, false),
        (mediawiki(), WIKI, wiki("Invalid consumer"), ErrorClass::Configuration, false),
        (mediawiki(), WIKI, wiki("No approved grant was found."), ErrorClass::Reauthorize, false),
    ] {
        let scenario = Scenario::at(provider);
        scenario.script.answer(reply(200, body.clone()));
        let reply = scenario.to_granted().post(url).send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        assert_eq!((error.class(), error.may_have_happened()), (class, happened), "{body}");
        assert_eq!(error.status().unwrap(), 200);
    }
    // A server that fails may do so after half of the work, whatever words it has for it.
    for (status, happened) in [(403, false), (500, true), (504, true)] {
        let scenario = Scenario::photos();
        scenario.script.answer(reply(status, "oauth_problem=permission_denied"));
        let reply = scenario.to_granted().post("https://photos.example.net/photos").send().await;
        let error = reply.unwrap().error_for_status().unwrap_err();
        assert_eq!(error.may_have_happened(), happened, "{status}");
    }
}

/// MediaWiki has its own sentence for a mistyped code, so its other ones are not about the code.
#[tokio::test]
async fn a_provider_with_a_word_for_a_mistyped_code_means_the_token_otherwise() {
    let provider = || providers::mediawiki("https://wiki.example/w/index.php").unwrap();
    for (said, may_be_mistyped) in [
        ("The verification code provided was not valid.", true),
        ("Sorry. <span>OAuth token not found, [E004]</span>", false),
        ("This request has already been completed. OAuth token already used, [E009]", false),
    ] {
        let scenario = Scenario::at(provider());
        scenario.script.answer(reply(200, format!("Error: {said}")));
        let failed = scenario.to_authorized().exchange().await.unwrap_err();
        assert_eq!(failed.error().may_be_wrong_verifier(), may_be_mistyped, "{said}");
    }
}

#[tokio::test]
async fn the_fields_of_a_problem_report_can_be_read_and_are_shown() {
    let body = "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0";
    for error in at_each_call(401, body).await {
        assert_eq!(error.report().unwrap().acceptable_versions(), Some("1.0-1.0"));
        assert!(error.to_string().contains("oauth_acceptable_versions=1.0-1.0"), "{error}");
    }
    let body = "oauth_problem=permission_denied&oauth_problem_advice=The+key+has+no+right+to+write";
    for error in at_each_call(401, body).await {
        assert_eq!(error.report().unwrap().advice(), Some("The key has no right to write"));
        assert!(error.to_string().contains("The key has no right to write"), "{error}");
    }
    let body =
        "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce%26oauth_timestamp";
    for error in at_each_call(401, body).await {
        let report = error.report().unwrap();
        assert_eq!(report.parameters_absent(), ["oauth_nonce", "oauth_timestamp"]);
        assert_eq!((report.parameters_rejected().len(), report.base_string()), (0, None));
        assert!(error.to_string().contains("oauth_nonce&oauth_timestamp"), "{error}");
    }
    let body = "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_x%3Dabc%26y%3Dz";
    for error in at_each_call(401, body).await {
        assert_eq!(error.report().unwrap().parameters_rejected(), ["oauth_x", "y"]);
        assert!(!format!("{error} {error:?}").contains("abc"), "{error}");
    }
    let body = "oauth_problem=x&oauth_acceptable_timestamps=1795690500-1795691100";
    for error in at_each_call(401, body).await {
        let range = error.report().unwrap().acceptable_timestamps();
        assert_eq!(range, Some(1_795_690_500..=1_795_691_100));
        assert!(error.to_string().contains("1795690500-1795691100"), "{error}");
    }
    for error in at_each_call(401, "oauth_problem=token_used").await {
        assert_eq!(error.report(), None);
    }
}

#[tokio::test]
async fn a_report_in_a_header_is_shown_too() {
    let scenario = Scenario::photos();
    let mut refused = reply(401, "");
    let challenge = "OAuth oauth_problem=parameter_absent, oauth_parameters_absent=\"oauth_nonce%26x\", \
                     oauth_problem_advice=\"Send%20them%2C%20access%2Ftoken%2B1\"";
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, challenge.parse().unwrap());
    scenario.script.answer(refused);
    let reply = scenario.to_granted().get(PHOTOS).send().await.unwrap();
    let error = reply.error_for_status().unwrap_err();
    assert_eq!(
        error.to_string(),
        "resource: the provider refused with HTTP 401 and the problem \"parameter_absent\" \
         [https://photos.example.net/photos]; absent parameters: oauth_nonce, x; \
         advice: Send them, ***"
    );
    quiet(&error);
}

#[tokio::test]
async fn a_problem_inside_a_page_is_found_and_the_page_is_shown_without_its_styles() {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status 401</title><style>{}</style></head>\
         <body><h1>HTTP Status 401</h1><p><b>Message</b> oauth_problem=token_expired</p></body></html>",
        "h1 {font-size:22px;} ".repeat(1000)
    );
    for error in at_each_call(401, &page).await {
        assert_eq!(error.problem(), Some("token_expired"));
        assert_eq!(
            error.excerpt(),
            Some("HTTP Status 401 HTTP Status 401 Message oauth_problem=token_expired")
        );
        assert_eq!(error.class(), ErrorClass::Reauthorize, "{error}");
    }
}

#[tokio::test]
async fn what_stands_in_the_place_of_a_token_is_shown() {
    for (body, said) in [
        (
            "<html><body><p>The consumer is not approved for this wiki.</p></body></html>",
            "The consumer is not approved for this wiki.",
        ),
        (
            r#"{"error":"wiki-oauth-consumer-unknown","message":"No approved consumer has this key."}"#,
            "No approved consumer has this key.",
        ),
        ("Error: the wiki is closed", "the wiki is closed"),
    ] {
        let scenario = Scenario::photos();
        scenario.script.answer(reply(200, body)).answer(reply(200, body));
        let error = scenario.unauthorized().request_token().await.unwrap_err().into_parts().0;
        assert!(error.to_string().contains(said), "{error}");
        let error = scenario.to_authorized().exchange().await.unwrap_err().into_parts().0;
        assert!(error.to_string().contains(said), "{error}");
    }
    // A token that nobody else has seen is not shown.
    for (status, body) in [
        (201, "token=tk41x9"),
        (200, r#"{"token":"tk41x9"}"#),
        (200, "oauth_token=tk41x9"),
        (201, "<token>tk41x9</token>"),
        (202, "your token: tk41x9"),
        (201, r#"{"code":"tk41x9"}"#),
        (200, "error=tk41x9"),
        (200, "oauth_problem=tk41x9"),
    ] {
        let scenario = Scenario::photos();
        scenario.script.answer(reply(status, body));
        let failed = scenario.to_authorized().exchange().await.unwrap_err();
        let shown = format!("{failed} {failed:?} {}", failed.error());
        assert!(!shown.contains("tk41x9"), "{shown}");
    }
}

#[tokio::test]
async fn the_machines_word_is_the_problem_or_in_the_excerpt() {
    let shop = r#"{"code":"commerce_rest_authentication_failed","message":"Sorry, you cannot list resources.","data":{"status":401}}"#;
    for error in at_each_call(401, shop).await {
        assert_eq!(error.problem(), Some("commerce_rest_authentication_failed"));
        assert!(error.excerpt().unwrap().contains("Sorry, you cannot list resources."));
    }
    let deep = r#"{"type":"https://erp.example/e","title":"Forbidden","status":403,"o:errorDetails":[{"detail":"The role may not do this.","o:errorCode":"INSUFFICIENT_PERMISSION"}]}"#;
    for error in at_each_call(403, deep).await {
        assert!(error.excerpt().unwrap().contains("INSUFFICIENT_PERMISSION"), "{error}");
    }
    for error in
        at_each_call(401, "error=invalid_signature&error_description=The+signature+is+wrong.").await
    {
        assert_eq!(error.problem(), Some("invalid_signature"));
        assert!(error.to_string().contains("The signature is wrong."), "{error}");
        assert_eq!(error.class(), ErrorClass::Configuration);
    }
}

/// A signer with a key of its own uses no secret.
#[tokio::test]
async fn the_advice_names_a_key_where_no_secret_signs() {
    struct Key;
    impl Sign for Key {
        fn name(&self) -> &'static str {
            "RSA-SHA1"
        }

        fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> {
            Ok(vec![7])
        }
    }
    let method = SignatureMethod::custom(Key);
    let provider = providers::atlassian_data_center("https://jira.example", method).unwrap();
    let scenario = Scenario::at(provider);
    scenario.script.answer(reply(401, "oauth_problem=signature_invalid"));
    let failed = scenario.unauthorized().request_token().await.unwrap_err();
    let text = failed.error().to_string();
    assert!(text.contains("a signing key that does not belong to the registered one"), "{text}");
    assert!(!text.contains("wrong consumer secret"), "{text}");
    assert!(text.contains("`signature::diagnose`"), "{text}");
}

/// Whatever prints an error, also a `main` that returns it, says what to do.
#[tokio::test]
async fn the_debug_form_begins_with_the_sentence() {
    let scenario = Scenario::photos();
    scenario.script.answer(reply(401, "oauth_problem=consumer_key_unknown"));
    let failed = scenario.unauthorized().request_token().await.unwrap_err();
    for shown in [format!("{failed:?}"), format!("{:?}", failed.error())] {
        assert!(shown.contains("Error { text: \"request token: the provider refused"), "{shown}");
        assert!(shown.contains("check the consumer key"), "{shown}");
    }
}

/// A wrong consumer secret is the first error of every newcomer.
#[tokio::test]
async fn an_invalid_signature_comes_with_advice_at_the_first_step() {
    for (status, body) in [
        (401, "oauth_problem=signature_invalid"),
        (401, "error=invalid_signature"),
        (400, "Invalid signature: oauth_signature 'abc='"),
        (401, r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#),
        (401, ""),
    ] {
        for (scenario, is_fatsecret) in [(Scenario::photos(), false), (Scenario::fatsecret(), true)]
        {
            scenario.script.answer(reply(status, body));
            let failed = scenario.unauthorized().request_token().await.unwrap_err();
            quiet(&failed);
            let text = failed.error().to_string();
            assert!(text.contains("wrong consumer secret"), "{text}");
            assert!(text.contains("`explain_request_token`"), "{text}");
            assert_eq!(text.contains("OAuth 2.0 Client Secret"), is_fatsecret, "{text}");
            assert_eq!(failed.error().status(), StatusCode::from_u16(status).ok());
        }
    }
    let scenario = Scenario::photos();
    scenario.script.answer(reply(400, "Missing required parameter: oauth_signature"));
    let failed = scenario.unauthorized().request_token().await.unwrap_err();
    assert!(!failed.error().to_string().contains("secret"), "{}", failed.error());
}

/// However the provider writes a secret, it is not shown.
#[tokio::test]
async fn an_echoed_secret_is_masked_in_every_spelling() {
    let spelled = |each: fn(char) -> String| ACCESS_SECRET.chars().map(each).collect::<String>();
    for echoed in [
        spelled(|c| format!("\\u{:04x}", u32::from(c))),
        spelled(|c| format!("\\u{:04X}", u32::from(c))),
        spelled(|c| format!("&#{};", u32::from(c))),
        spelled(|c| format!("&#x{:X};", u32::from(c))),
        spelled(|c| format!("%{:02x}", u32::from(c))),
        spelled(|c| format!("%25{:02X}", u32::from(c))),
        ACCESS_SECRET.to_uppercase(),
        ACCESS_SECRET.replace('=', "\\u003D").replace('/', "\\/"),
        ACCESS_SECRET.replace('=', "&#61;").replace('/', "&#47;"),
    ] {
        let scenario = Scenario::photos();
        scenario.script.answer(reply(401, format!("{{\"message\":\"saw {echoed} there\"}}")));
        let reply = scenario.to_granted().get(PHOTOS).send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        assert_eq!(error.excerpt(), Some("{\"message\":\"saw *** there\"}"), "{echoed}");
    }
}

/// No login could help a request that has no user.
#[tokio::test]
async fn without_a_token_no_login_is_asked_for() {
    for (body, with_token) in
        [("", ErrorClass::Reauthorize), ("oauth_problem=token_rejected", ErrorClass::Reauthorize)]
    {
        let [.., error] = at_each_call(401, body).await;
        assert_eq!(error.class(), with_token, "{body}");
        let scenario = Scenario::photos();
        scenario.script.answer(reply(401, body.to_owned()));
        let reply = scenario.client.signed().get(PHOTOS).send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Configuration, "{body}");
        assert!(!error.needs_reauthorization());
    }
}
