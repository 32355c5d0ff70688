//! Forms with what was sent in, surveys and funnels.

use futures_util::TryStreamExt;
use gohighlevel::api::forms::{FormQuery, FormSubmissionSearch};
use gohighlevel::api::funnels::FunnelQuery;
use gohighlevel::ids::FormId;

use super::support::{
    LOCATION, Server, V2021_07, asks_in_both, assert_prints_no_personal_data, assert_repeated,
    contact_id, fixture, text,
};

#[tokio::test]
async fn forms_and_surveys() {
    let query = FormQuery {
        kind: Some("folder".into()),
        skip: 2,
        limit: 3,
    };
    let target =
        |collection| format!("/{collection}/?locationId={LOCATION}&type=folder&skip=2&limit=3");
    let (answer, asked) = (fixture!("forms/list"), target("forms"));
    let page = asks_in_both(V2021_07, answer, ("GET", &asked, None), async |server| {
        server.location.forms().list(&query).await
    })
    .await;
    assert_eq!((page.total, page.next()), (Some(20), Some(5)));
    assert_eq!(page.items.len(), 2);
    assert_eq!(page.items[0].name.as_deref(), Some("Form 1"));
    assert_eq!(page.items[1].id.as_str(), "f2");

    let (answer, asked) = (fixture!("surveys/list"), target("surveys"));
    let page = asks_in_both(V2021_07, answer, ("GET", &asked, None), async |server| {
        server.location.surveys().list(&query).await
    })
    .await;
    assert_eq!((page.total, page.next()), (Some(20), Some(3)));
    assert_eq!(page.items[0].id.as_str(), "I5GFa3d3cKjojpe4VVUx");
}

#[tokio::test]
async fn submissions() {
    let search = FormSubmissionSearch {
        form_id: Some(FormId::new("YSWdvS4Is98wtIDGnpmI").unwrap()),
        text: Some("rosan".into()),
        from: Some("2026-01-31".parse().unwrap()),
        to: Some("2026-02-28".parse().unwrap()),
        page: 2,
        limit: 5,
    };
    let target = format!(
        "/forms/submissions?locationId={LOCATION}&page=2&limit=5&formId=YSWdvS4Is98wtIDGnpmI&q=rosan\
         &startAt=2026-01-31&endAt=2026-02-28"
    );
    let answer = fixture!("forms/submissions");
    let page = asks_in_both(V2021_07, answer, ("GET", &target, None), async |server| {
        server.location.forms().submissions(&search).await
    })
    .await;
    assert_eq!(
        (page.total, page.number, page.next()),
        (Some(12), 2, Some(3))
    );
    let submission = &page.items[0];
    assert_eq!(submission.contact_id, Some(contact_id()));
    assert_eq!(text(&submission.email), Some("rosan@example.com"));
    let others = submission.others.as_ref().unwrap();
    assert_eq!(others["__custom_field_id__"], "20");
    assert_eq!(page.items[1].others, None);
    assert_prints_no_personal_data(&(page, search));
}

#[tokio::test]
async fn all_submissions() {
    let rest = r#"{"submissions":[{"id":"f-3"}],"meta":{"total":3}}"#;
    let first = fixture!("forms/submissions").replace(r#""total":12"#, r#""total":3"#);
    let server = Server::answering_in_turn(&[&first, rest]).await;
    let search = FormSubmissionSearch {
        limit: 2,
        ..FormSubmissionSearch::default()
    };
    let submissions = server.location.forms().stream_submissions(&search);
    let ids: Vec<_> = submissions
        .map_ok(|sent| sent.id)
        .try_collect()
        .await
        .unwrap();
    assert_eq!((ids.len(), server.count().await), (3, 2));
}

#[tokio::test]
async fn funnels() {
    let query = FunnelQuery {
        name: Some("Booking".into()),
        kind: Some("funnel".into()),
        skip: 4,
        limit: 1,
    };
    let target = format!(
        "/funnels/funnel/list?locationId={LOCATION}&name=Booking&type=funnel&offset=4&limit=1"
    );
    let answer = fixture!("funnels/list");
    let page = asks_in_both(V2021_07, answer, ("GET", &target, None), async |server| {
        server.location.funnels().list(&query).await
    })
    .await;
    assert_eq!((page.total, page.next()), (Some(24), Some(5)));
    assert_eq!(page.items[0].name.as_deref(), Some("Booking page"));
    assert_eq!(page.items[0].url.as_deref(), Some("/booking"));
    assert!(page.items[0].date_added < page.items[0].date_updated);
}

#[tokio::test]
async fn reading_is_repeated() {
    let (query, search) = (FormQuery::default(), FormSubmissionSearch::default());
    assert_repeated(async |location| location.forms().list(&query).await).await;
    assert_repeated(async |location| location.forms().submissions(&search).await).await;
    assert_repeated(async |location| location.surveys().list(&query).await).await;
}
