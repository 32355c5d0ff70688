//! Custom menu links of an agency.

use futures_util::TryStreamExt;
use gohighlevel::api::custom_menus::{
    CustomMenuQuery, CustomMenuUpdate, IconFont, MenuIcon, MenuOpenMode, MenuRole, NewCustomMenu,
};
use gohighlevel::error::ErrorKind;
use gohighlevel::ids::{CustomMenuId, LocationId};
use serde_json::json;

use super::support::{LOCATION, Server, V2021_07, asks_in_both, fixture};

const TARGET: &str = "/custom-menus/62e589c1-c456-47e1-a9a7-cb8900014311";

fn id() -> CustomMenuId {
    CustomMenuId::new("62e589c1-c456-47e1-a9a7-cb8900014311").unwrap()
}

fn location() -> LocationId {
    LocationId::new(LOCATION).unwrap()
}

fn new_menu() -> NewCustomMenu {
    let icon = MenuIcon::solid("yin-yang");
    NewCustomMenu::new(
        "Missed calls",
        "https://menu.example/",
        icon,
        vec![location()],
    )
}

#[tokio::test]
async fn list() {
    let query = CustomMenuQuery {
        location_id: Some(location()),
        title: Some("Missed".into()),
        on_company: Some(false),
        skip: 1,
        limit: 2,
    };
    let target = format!(
        "/custom-menus/?locationId={LOCATION}&query=Missed&showOnCompany=false&skip=1&limit=2"
    );
    let answer = fixture!("custom_menus/list");
    let page = asks_in_both(V2021_07, answer, ("GET", &target, None), async |server| {
        server.client.custom_menus().list(&query).await
    })
    .await;
    assert_eq!((page.total, page.next()), (Some(3), None));
    let [menu, bare] = &page.items[..] else {
        panic!("two links");
    };
    assert_eq!(menu.title.as_deref(), Some("Missed calls"));
    assert_eq!(menu.locations, [location()]);
    assert_eq!(menu.open_mode, Some(MenuOpenMode::Frame));
    assert_eq!(menu.user_role, Some(MenuRole::All));
    let icon = menu.icon.as_ref().unwrap();
    assert_eq!(icon.font_family, Some(IconFont::Solid));
    assert_eq!((menu.order, menu.show_on_location), (Some(1), Some(true)));
    assert_eq!((bare.id.as_str(), &bare.icon), ("7", &None));
    assert_eq!(bare.open_mode, Some(MenuOpenMode::Other("hologram".into())));
}

#[tokio::test]
async fn a_stream_gives_every_page() {
    let rest = r#"{"customMenus":[{"id":"m3"}],"totalLinks":3}"#;
    let server = Server::answering_in_turn(&[fixture!("custom_menus/list"), rest]).await;
    let query = CustomMenuQuery {
        limit: 2,
        ..CustomMenuQuery::default()
    };
    let menus = server.client.custom_menus().stream(&query);
    let ids: Vec<_> = menus.map_ok(|menu| menu.id).try_collect().await.unwrap();
    assert_eq!(ids.len(), 3);
    assert_eq!(server.count().await, 2);
}

#[tokio::test]
async fn get_and_delete() {
    let answer = fixture!("custom_menus/one");
    let menu = asks_in_both(V2021_07, answer, ("GET", TARGET, None), async |server| {
        server.client.custom_menus().get(&id()).await
    })
    .await;
    assert_eq!(menu.url.as_deref(), Some("https://menu.example/"));
    let answer = fixture!("custom_menus/deleted");
    asks_in_both(V2021_07, answer, ("DELETE", TARGET, None), async |server| {
        server.client.custom_menus().delete(&id()).await
    })
    .await;
}

#[tokio::test]
async fn create_and_update() {
    let body = json!({
        "title": "Missed calls",
        "url": "https://menu.example/",
        "icon": {"name": "yin-yang", "fontFamily": "fas"},
        "showOnCompany": false,
        "showOnLocation": true,
        "showToAllLocations": false,
        "openMode": "iframe",
        "locations": [LOCATION],
        "userRole": "all",
    });
    let answer = fixture!("custom_menus/one");
    let asked = ("POST", "/custom-menus/", Some(body));
    let created = asks_in_both(V2021_07, answer, asked, async |server| {
        server.client.custom_menus().create(&new_menu()).await
    })
    .await;
    assert_eq!(created.id, id());

    let update = CustomMenuUpdate {
        locations: Some(vec![location()]),
        open_mode: Some(MenuOpenMode::NewTab),
        ..CustomMenuUpdate::default()
    };
    let body = json!({"openMode": "new_tab", "locations": [LOCATION]});
    let answer = fixture!("custom_menus/updated");
    let asked = ("PUT", TARGET, Some(body));
    let updated = asks_in_both(V2021_07, answer, asked, async |server| {
        server.client.custom_menus().update(&id(), &update).await
    })
    .await;
    assert_eq!(updated.title.as_deref(), Some("Missed calls"));
}

#[tokio::test]
async fn a_creation_is_not_repeated() {
    let server = Server::answering(502, "").await;
    let error = server.client.custom_menus().create(&new_menu()).await;
    assert_eq!(*error.unwrap_err().kind(), ErrorKind::UnknownOutcome);
    assert_eq!(server.count().await, 1);
}
