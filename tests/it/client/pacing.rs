//! The pace of a location, through the client.

use std::sync::Arc;
use std::time::Duration;

use gohighlevel::client::{Lane, Request};
use gohighlevel::clock::Clock;
use gohighlevel::ids::LocationId;
use serde_json::Value;
use tokio::task::JoinSet;

use super::scripted::{Scene, answer};

#[tokio::test]
async fn never_more_than_a_hundred_in_ten_seconds() {
    let scene = Arc::new(Scene::new([answer(200, "{}")]));
    let mut tasks = JoinSet::new();
    for _ in 0..350 {
        let scene = Arc::clone(&scene);
        tasks.spawn(async move { scene.location.get::<Value>("/x").await.unwrap() });
    }
    tasks.join_all().await;
    let asked = scene.asked();
    assert_eq!(asked.len(), 350);
    for (index, later) in asked.iter().enumerate().skip(100) {
        let gap = later.at - asked[index - 100].at;
        assert!(gap > Duration::from_secs(10), "request {index}: {gap:?}");
    }
    assert!(asked[349].at < Duration::from_secs(31), "no time is wasted");
}

#[tokio::test]
async fn each_location_has_its_own_window() {
    let scene = Scene::new([answer(200, "{}")]);
    let other = scene.client.location(LocationId::new("loc2").unwrap());
    for _ in 0..100 {
        scene.location.get::<Value>("/x").await.unwrap();
        other.get::<Value>("/x").await.unwrap();
    }
    assert_eq!(scene.clock.elapsed(), Duration::ZERO);
    scene.location.get::<Value>("/x").await.unwrap();
    assert!(scene.clock.elapsed() >= Duration::from_secs(10));
}

#[tokio::test]
async fn interactive_goes_before_background_when_the_window_is_full() {
    let scene = Scene::new([answer(200, "{}")]);
    for _ in 0..100 {
        scene.location.get::<Value>("/filling").await.unwrap();
    }
    let background = scene.location.in_background();
    let text = Request::get("/text").lane(Lane::Interactive);
    let (first, second, third) = tokio::join!(
        background.get::<Value>("/tag"),
        background.get::<Value>("/sweep"),
        // Also from a handle in the background: the request's own lane counts.
        background.send::<Value>(text),
    );
    first.unwrap();
    second.unwrap();
    third.unwrap();
    let asked = scene.asked();
    assert!(asked[100].line.ends_with("/text"), "{}", asked[100].line);
    assert_eq!(asked.len(), 103);
}

#[tokio::test]
async fn background_leaves_room_for_a_text() {
    let scene = Arc::new(Scene::new([answer(200, "{}")]));
    let mut tasks = JoinSet::new();
    for _ in 0..200 {
        let location = scene.location.in_background();
        tasks.spawn(async move { location.get::<Value>("/tag").await.unwrap() });
    }
    while scene.count() < 90 {
        tokio::task::yield_now().await;
    }
    let before = scene.clock.elapsed();
    scene.location.get::<Value>("/text").await.unwrap();
    let asked = scene.asked();
    let text = asked.iter().find(|asked| asked.line.ends_with("/text"));
    assert_eq!(text.unwrap().at, before);
    tasks.join_all().await;
}

#[tokio::test]
async fn the_limit_is_learnt_from_the_headers() {
    let scene = Scene::new([answer(200, "{}")
        .header("x-ratelimit-max", 25)
        .header("x-ratelimit-interval-milliseconds", 10_000)]);
    for _ in 0..26 {
        scene.location.get::<Value>("/x").await.unwrap();
    }
    let asked = scene.asked();
    assert_eq!(asked[24].at, Duration::ZERO);
    assert!(asked[25].at >= Duration::from_secs(10));
}

#[tokio::test]
async fn requests_of_others_with_the_same_allowance_count() {
    let scene = Scene::new([answer(200, "{}").header("x-ratelimit-remaining", 0)]);
    scene.location.get::<Value>("/x").await.unwrap();
    scene.location.get::<Value>("/x").await.unwrap();
    assert!(scene.asked()[1].at >= Duration::from_secs(10));
}
