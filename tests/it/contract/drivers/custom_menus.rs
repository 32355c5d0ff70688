//! `custom-menus.json`.

use gohighlevel::api::custom_menus::{
    CustomMenuQuery, CustomMenuUpdate, IconFont, MenuIcon, MenuOpenMode, MenuRole, NewCustomMenu,
};

use super::id;
use crate::contract::stage::{Driver, call};

pub(super) fn drivers() -> Vec<Driver> {
    vec![
        Driver::both(
            "custom_menus.list",
            [
                call!(|stage| {
                    let query = CustomMenuQuery {
                        location_id: Some(id("l1")),
                        title: Some("menu".to_owned()),
                        on_company: Some(true),
                        skip: 10,
                        limit: 20,
                    };
                    stage.client.custom_menus().list(&query).await
                }),
                call!(|stage| {
                    let query = CustomMenuQuery::default();
                    stage.client.custom_menus().list(&query).await
                }),
            ],
        ),
        Driver::both(
            "custom_menus.get",
            [call!(|stage| stage
                .client
                .custom_menus()
                .get(&id("m1"))
                .await)],
        ),
        Driver::both(
            "custom_menus.create",
            [
                call!(|stage| {
                    let menu = NewCustomMenu {
                        allow_camera: Some(true),
                        allow_microphone: Some(true),
                        open_mode: MenuOpenMode::CurrentTab,
                        user_role: MenuRole::Admin,
                        ..menu(IconFont::Brands)
                    };
                    stage.client.custom_menus().create(&menu).await
                }),
                call!(|stage| {
                    let menu = NewCustomMenu {
                        open_mode: MenuOpenMode::NewTab,
                        user_role: MenuRole::User,
                        ..menu(IconFont::Regular)
                    };
                    stage.client.custom_menus().create(&menu).await
                }),
                call!(|stage| {
                    let menu = menu(IconFont::Solid);
                    stage.client.custom_menus().create(&menu).await
                }),
            ],
        ),
        Driver::both(
            "custom_menus.update",
            [
                call!(|stage| {
                    let update = whole_update(MenuOpenMode::Frame, MenuRole::All, IconFont::Solid);
                    stage.client.custom_menus().update(&id("m1"), &update).await
                }),
                call!(|stage| {
                    let update =
                        whole_update(MenuOpenMode::NewTab, MenuRole::Admin, IconFont::Brands);
                    stage.client.custom_menus().update(&id("m1"), &update).await
                }),
                call!(|stage| {
                    let update =
                        whole_update(MenuOpenMode::CurrentTab, MenuRole::User, IconFont::Regular);
                    stage.client.custom_menus().update(&id("m1"), &update).await
                }),
                call!(|stage| {
                    let update = CustomMenuUpdate::default();
                    stage.client.custom_menus().update(&id("m1"), &update).await
                }),
            ],
        ),
        Driver::both(
            "custom_menus.delete",
            [call!(|stage| stage
                .client
                .custom_menus()
                .delete(&id("m1"))
                .await)],
        ),
    ]
}

fn menu(font: IconFont) -> NewCustomMenu {
    let icon = MenuIcon {
        font_family: Some(font),
        ..MenuIcon::solid("yin-yang")
    };
    NewCustomMenu::new("Menu", "https://menu.example/", icon, vec![id("l1")])
}

fn whole_update(open_mode: MenuOpenMode, role: MenuRole, font: IconFont) -> CustomMenuUpdate {
    CustomMenuUpdate {
        title: Some("Menu".to_owned()),
        url: Some("https://menu.example/".to_owned()),
        icon: Some(MenuIcon {
            font_family: Some(font),
            ..MenuIcon::solid("yin-yang")
        }),
        show_on_company: Some(true),
        show_on_location: Some(true),
        show_to_all_locations: Some(false),
        open_mode: Some(open_mode),
        locations: Some(vec![id("l1")]),
        user_role: Some(role),
        allow_camera: Some(false),
        allow_microphone: Some(false),
    }
}
