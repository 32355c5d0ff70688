//! Starting and stopping: what is refused and how it is told, what is not, and the end in good order.

use gohighlevel::testing::{FakeGhl, GatePoint};
use http::Method;
use tokio::process::Command;

use super::server::{Place, Server, output};
use super::{assert_served_once, call_ended_at, missed_call, until};
use crate::fake_ghl::SOLEIL;
use crate::program::example;

/// A recipe with this text.
fn recipe(body: &str, more: &str) -> String {
    format!(
        "name = \"studio\"\nversion = 1\n[steps.text]\ndo = \"text\"\nbody = \"{body}\"\n{more}\n"
    )
}

#[tokio::test]
async fn a_bad_configuration_is_told_with_file_key_and_remedy() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let store = format!("[store]\npath = {:?}\n", place.database());
    let location = format!("[[location]]\nid = \"{SOLEIL}\"\n");
    let sound = format!("{store}{location}preset = \"soleil\"\n");
    for (config, told) in [
        (
            sound.replace("path", "paht"),
            ["config.toml:2: ", "`paht`", "write [store] with path"],
        ),
        (
            sound.replace("preset", "presets"),
            ["config.toml:5: ", "`presets`", "`preset`"],
        ),
        (
            sound.replace("id =", "#"),
            ["config.toml:3: ", "missing field `id`", "with id"],
        ),
        (
            sound.replace(SOLEIL, "a b"),
            ["config.toml:4: ", "id", "write"],
        ),
        (
            format!("{store}[location"),
            ["config.toml:3: ", "[location", "write"],
        ),
        (
            store.clone(),
            ["config.toml:", "missing field `location`", "[[location]]"],
        ),
        (
            format!("location = []\n{store}"),
            ["config.toml: ", "location: is empty", "write"],
        ),
        (
            format!("{store}{location}"),
            ["config.toml: ", "has no recipe", "write preset"],
        ),
        (
            format!("{sound}recipe = \"r.toml\"\n"),
            ["config.toml: ", "or two", "write preset"],
        ),
        (
            format!("{sound}{location}preset = \"soleil\"\n"),
            ["config.toml: ", "id: is there twice", "leave one"],
        ),
        (
            sound.replace("\"soleil\"", "\"solei\""),
            ["config.toml: ", "preset: ", "choose one of: soleil"],
        ),
        (
            format!("{store}{location}recipe = \"r.toml\"\n"),
            ["r.toml:1: ", "cannot be read", "name a readable file"],
        ),
    ] {
        place.write_whole_config(&config);
        let (code, text) = place.refused().await;
        assert_eq!(code, Some(2), "{config}\n{text}");
        for part in told {
            assert!(text.contains(part), "{part}\n{config}\n{text}");
        }
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_bad_recipe_is_told_with_file_key_and_remedy() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    place.write_config("recipe = \"studio.toml\"");
    for (recipe, key, what, remedy) in [
        (
            recipe("Book: {{ custom_values.book_link }}", ""),
            ":5: steps.text.body: ",
            "book_link",
            "custom value",
        ),
        (
            recipe("Book: http://studio.example/book", ""),
            ":5: steps.text.body: ",
            "is not an https link",
            "https://",
        ),
        (
            recipe("About your IV drip", ""),
            ":5: steps.text.body: ",
            "the clinical word `drip`",
            "use words",
        ),
        (
            recipe("Hi {{ contact.nick }}", ""),
            ":5: steps.text.body: ",
            "unknown merge field",
            "write one of",
        ),
        (
            recipe("Hi", "after = \"-PT10S\""),
            ":6: steps.text.after: ",
            "a negative duration",
            "write one between",
        ),
        (
            recipe("Hi", "bodi = \"Hi\""),
            ":6: steps.text.bodi: ",
            "unknown key",
            "did you mean `body`",
        ),
        (
            format!(
                "{}[steps.task]\ndo = \"task\"\ntitle = \"Call\"\nassign_to = {{ user_id = \"gone\" }}",
                recipe("Hi", "")
            ),
            "steps.task.assign_to.user_id: ",
            "no user gone",
            "name a user",
        ),
    ] {
        place.write("studio.toml", &recipe);
        let (code, text) = place.refused().await;
        assert_eq!(code, Some(2), "{text}");
        for part in ["studio.toml", key, what, remedy] {
            assert!(text.contains(part), "{part}\n{recipe}\n{text}");
        }
    }
}

#[tokio::test]
async fn a_hint_is_logged_and_keeps_nothing_from_starting() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    place.write_config("recipe = \"studio.toml\"");
    place.write("studio.toml", &recipe("Sorry we missed your call.", ""));
    let server = Server::start(&place, &fake).await;
    let log = place.log();
    assert!(
        log.contains("studio.toml:5: steps.text.body: the text does not name its sender")
            && !log.contains("without having checked"),
        "{log}"
    );
    server.kill().await;
}

#[tokio::test]
async fn wrong_arguments_and_secrets_are_told() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    for (arguments, expected) in [
        (&[][..], "--config <FILE>"),
        (&["--nonsense"], "'--nonsense'"),
        (&["--config"], "'--config <FILE>'"),
        (&["--listen", "somewhere"], "'somewhere'"),
    ] {
        let mut command = Command::new(example("recovery_server"));
        let (code, text) = output(command.args(arguments)).await;
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(text.contains(expected), "{text}");
        assert!(text.contains("try '--help'"), "{text}");
    }
    let other = "GHL_TOKEN_harborLocation000002";
    for (change, told) in [
        ([("GHL_TOKEN", "")], "set GHL_TOKEN"),
        (
            [("GHL_WEBHOOK_PUBLIC_KEY", "pem")],
            "GHL_WEBHOOK_PUBLIC_KEY: ",
        ),
        (
            [("GHL_BASE_URL", "http://example.com")],
            "must start with https",
        ),
    ] {
        let (code, text) = output(place.command().envs(change)).await;
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(told), "{text}");
    }
    let (code, text) = output(place.command().env_remove("GHL_TOKEN").env(other, "pit")).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains(&format!("set GHL_TOKEN_{SOLEIL}")), "{text}");
    assert!(fake.requests().is_empty());

    let help = place.command().arg("--help").output().await.unwrap();
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("Usage: recovery_server")
    );
}

#[tokio::test]
async fn the_sample_configuration_works_with_the_sample_seed() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let sample = include_str!("../../../fixtures/recovery_server/config.toml");
    place.write_whole_config(sample);
    let server = Server::start(&place, &fake).await;
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    server.settle_and_stop(&place, &fake).await;
    assert_served_once(&fake, &contact, call_ended_at(&fake), "sample").await;
}

#[tokio::test]
async fn a_dead_highlevel_does_not_keep_webhooks_out() {
    let fake = FakeGhl::builder().start().await.unwrap();
    // A port that was free a moment ago.
    let dead = FakeGhl::builder().start().await.unwrap().url();
    let place = Place::new(&fake).with_base_url(&dead);
    let server = Server::start(&place, &fake).await;
    assert!(
        place.log().contains("without having checked"),
        "{}",
        place.log()
    );
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    fake.deliveries_settled().await;
    assert_eq!(fake.deliveries()[0].attempts[0].status, Some(200));
    server.kill().await;

    let place = place.with_base_url(&fake.url());
    let server = Server::start(&place, &fake).await;
    server.settle_and_stop(&place, &fake).await;
    assert_served_once(&fake, &contact, call_ended_at(&fake), "after the outage").await;
}

#[tokio::test]
async fn a_database_has_one_process() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    let (code, text) = place.refused().await;
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("recovery.db is in use by another process"),
        "{text}"
    );
    server.kill().await;
    let heir = Server::start(&place, &fake).await;
    heir.settle_and_stop(&place, &fake).await;
}

#[tokio::test]
async fn sigterm_lets_what_is_under_way_come_to_its_end() {
    let fake = FakeGhl::builder().start().await.unwrap();
    let place = Place::new(&fake);
    let server = Server::start(&place, &fake).await;
    let path = "/conversations/messages";
    let mut gate = fake
        .gate(Method::POST, path, GatePoint::BeforeEffect)
        .unwrap();
    let contact = fake.call(&missed_call()).unwrap().contact_id;
    let held = gate.arrived().await.unwrap();
    for step in ["tag", "task"] {
        until(step, || place.has_ended(step)).await;
    }
    server.terminate();
    // It takes no more webhooks, and still waits for the answer to its text.
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    until("a closed port", || {
        std::net::TcpStream::connect(&address).is_err()
    })
    .await;
    held.release();
    assert_eq!(server.ended().await.code(), Some(0));
    assert!(place.has_settled());
    assert_served_once(&fake, &contact, call_ended_at(&fake), "SIGTERM").await;
}
