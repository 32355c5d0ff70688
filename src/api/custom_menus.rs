//! Custom menu links: entries that an agency adds to the menus of itself and of its locations. Each operation needs the
//! agency's own token, as the client's default one.
//!
//! Source: HighLevel's OpenAPI files `custom-menus.json` and `custom-menus-v3.json`, which are alike. Scopes:
//! `custom-menu-link.readonly`, `custom-menu-link.write`.

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::offset::OffsetPage;
use crate::api::listing::Entries;
use crate::client::{Call, Client, Request, items, path};
use crate::error::Result;
use crate::ids::{CustomMenuId, LocationId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;

/// The custom menu links of an agency. Made by [`Client::custom_menus`].
#[derive(Debug, Clone, Copy)]
pub struct CustomMenus<'a> {
    client: &'a Client,
}

impl Client {
    /// The custom menu links of the agency whose token is the client's default one.
    pub fn custom_menus(&self) -> CustomMenus<'_> {
        CustomMenus { client: self }
    }
}

impl<'a> CustomMenus<'a> {
    /// One page of links.
    pub fn list(&self, query: &CustomMenuQuery) -> Call<'a, OffsetPage<CustomMenu>> {
        let (skip, limit) = (query.skip, u64::from(query.limit));
        let request = Request::get(path(&["custom-menus", ""]))
            .operation("custom_menus.list")
            .query_opt("locationId", query.location_id.as_ref())
            .query_opt("query", query.title.as_ref())
            .query_opt("showOnCompany", query.on_company)
            .query("skip", skip)
            .query("limit", query.limit);
        self.client.send::<MenuList>(request).map(move |list| {
            let total = list.total_links;
            OffsetPage::new(list.custom_menus, total, Some(skip), Some(limit))
        })
    }

    /// All links that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        query: &CustomMenuQuery,
    ) -> impl Stream<Item = Result<CustomMenu>> + Send + use<'a> {
        let (menus, query) = (*self, query.clone());
        items("custom_menus.list", Some(query.skip), move |ask| {
            let mut query = query.clone();
            query.skip = ask.cursor.unwrap_or(query.skip);
            menus.list(&query)
        })
    }

    /// One link by its id.
    pub fn get(&self, id: &CustomMenuId) -> Call<'a, CustomMenu> {
        let request = Request::get(one(id))
            .operation("custom_menus.get")
            .data_key("customMenu");
        self.client.send(request)
    }

    /// Creates a link. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it
    /// with [`list`](Self::list) before creating it again; HighLevel allows two with the same title.
    pub fn create(&self, menu: &NewCustomMenu) -> Call<'a, CustomMenu> {
        let request = Request::post(path(&["custom-menus", ""]))
            .operation("custom_menus.create")
            .json(menu)
            .data_key("customMenu");
        self.client.send(request)
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &CustomMenuId, update: &CustomMenuUpdate) -> Call<'a, CustomMenu> {
        let request = Request::put(one(id))
            .operation("custom_menus.update")
            .json(update)
            .data_key("customMenu");
        self.client.send(request)
    }

    /// Deletes a link.
    pub async fn delete(&self, id: &CustomMenuId) -> Result<()> {
        let request = Request::delete(one(id)).operation("custom_menus.delete");
        self.client.send_discarding(request).await
    }
}

fn one(id: &CustomMenuId) -> String {
    path(&["custom-menus", id.as_str()])
}

open_enum! {
    /// How a link opens.
    pub enum MenuOpenMode {
        /// Inside HighLevel.
        Frame = "iframe",
        /// In a new tab.
        NewTab = "new_tab",
        /// In place of HighLevel.
        CurrentTab = "current_tab",
    }
}

open_enum! {
    /// Who sees a link.
    pub enum MenuRole {
        /// All.
        All = "all",
        /// Administrators.
        Admin = "admin",
        /// Users who are no administrators.
        User = "user",
    }
}

open_enum! {
    /// The font that an icon is taken from: one of Font Awesome's.
    pub enum IconFont {
        /// Brands.
        Brands = "fab",
        /// Solid icons.
        Solid = "fas",
        /// Regular icons.
        Regular = "far",
    }
}

/// Which links to list. The default finds the first ten of the agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomMenuQuery {
    /// Those that this location sees.
    pub location_id: Option<LocationId>,
    /// Those with this in their title.
    pub title: Option<String>,
    /// Those in the agency's own menu (`true`). HighLevel ignores it beside a location.
    pub on_company: Option<bool>,
    /// How many links to leave out.
    pub skip: u64,
    /// How many links a page has.
    pub limit: u32,
}

impl Default for CustomMenuQuery {
    fn default() -> Self {
        Self {
            location_id: None,
            title: None,
            on_company: None,
            skip: 0,
            limit: 10,
        }
    }
}

/// A custom menu link as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomMenu {
    /// Its id.
    pub id: CustomMenuId,
    /// The title that people see.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub title: Option<String>,
    /// Where it leads.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub url: Option<String>,
    /// Its icon.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub icon: Option<MenuIcon>,
    /// Its place in the menu.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub order: Option<u32>,
    /// Whether the agency's own menu has it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub show_on_company: Option<bool>,
    /// Whether menus of locations have it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub show_on_location: Option<bool>,
    /// Whether the menus of all locations have it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub show_to_all_locations: Option<bool>,
    /// The locations whose menus have it, where not all have.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub locations: Vec<LocationId>,
    /// How it opens.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub open_mode: Option<MenuOpenMode>,
    /// Who sees it.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub user_role: Option<MenuRole>,
    /// Whether the page may use the camera.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub allow_camera: Option<bool>,
    /// Whether the page may use the microphone.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub allow_microphone: Option<bool>,
}

/// An icon of Font Awesome.
#[apply(Option<_> => #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MenuIcon {
    /// Its name there, such as `yin-yang`.
    pub name: Option<String>,
    /// The font that has it. HighLevel asks for both in a new link.
    pub font_family: Option<IconFont>,
}

impl MenuIcon {
    /// A solid icon.
    pub fn solid(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            font_family: Some(IconFont::Solid),
        }
    }
}

/// A custom menu link to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCustomMenu {
    /// The title that people see.
    pub title: String,
    /// Where it leads: a whole URL.
    pub url: String,
    /// Its icon.
    pub icon: MenuIcon,
    /// Whether the agency's own menu has it.
    pub show_on_company: bool,
    /// Whether menus of locations have it.
    pub show_on_location: bool,
    /// Whether the menus of all locations have it.
    pub show_to_all_locations: bool,
    /// How it opens.
    pub open_mode: MenuOpenMode,
    /// The locations whose menus have it, where not all have.
    pub locations: Vec<LocationId>,
    /// Who sees it.
    pub user_role: MenuRole,
    /// Whether the page may use the camera; inside HighLevel only.
    pub allow_camera: Option<bool>,
    /// Whether the page may use the microphone; inside HighLevel only.
    pub allow_microphone: Option<bool>,
}

impl NewCustomMenu {
    /// A link in the menus of these locations that all of their users see, and that opens inside HighLevel.
    pub fn new(
        title: impl Into<String>,
        url: impl Into<String>,
        icon: MenuIcon,
        locations: Vec<LocationId>,
    ) -> Self {
        Self {
            title: title.into(),
            url: url.into(),
            icon,
            show_on_company: false,
            show_on_location: true,
            show_to_all_locations: false,
            open_mode: MenuOpenMode::Frame,
            locations,
            user_role: MenuRole::All,
            allow_camera: None,
            allow_microphone: None,
        }
    }
}

/// What to change about a custom menu link; `None` leaves a field as it is.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomMenuUpdate {
    /// The title that people see.
    pub title: Option<String>,
    /// Where it leads: a whole URL.
    pub url: Option<String>,
    /// Its icon.
    pub icon: Option<MenuIcon>,
    /// Whether the agency's own menu has it.
    pub show_on_company: Option<bool>,
    /// Whether menus of locations have it.
    pub show_on_location: Option<bool>,
    /// Whether the menus of all locations have it.
    pub show_to_all_locations: Option<bool>,
    /// How it opens.
    pub open_mode: Option<MenuOpenMode>,
    /// All locations whose menus have it: one that is left out loses it.
    pub locations: Option<Vec<LocationId>>,
    /// Who sees it.
    pub user_role: Option<MenuRole>,
    /// Whether the page may use the camera; inside HighLevel only.
    pub allow_camera: Option<bool>,
    /// Whether the page may use the microphone; inside HighLevel only.
    pub allow_microphone: Option<bool>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MenuList {
    #[serde(default)]
    custom_menus: Entries<CustomMenu>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total_links: Option<u64>,
}
