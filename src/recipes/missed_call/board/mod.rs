//! The live board: today's calls and how they stand, who waits for a person, what is late, and how the locations are, on one
//! page that changes by itself.
//!
//! A [`Board`] gives routes for an axum router. The page works without scripts, by loading itself again; with them, the
//! server sends each change (server-sent events), at most once a second. It fetches nothing from elsewhere, and a strict
//! `Content-Security-Policy` keeps everything else out. Callers are shown by the last four digits of their numbers; nothing
//! of them is in an address or in a log.
//!
//! Who sees it is decided by [`BoardAccess`]: a token of the board, or the host's own authentication in front of it.
//!
//! ```no_run
//! use gohighlevel::recipes::missed_call::Engine;
//! use gohighlevel::recipes::missed_call::board::{Board, BoardAccess, BoardToken};
//!
//! fn routes(engine: Engine) -> Result<axum::Router, Box<dyn std::error::Error>> {
//!     let token = BoardToken::new(std::env::var("BOARD_TOKEN")?)?;
//!     let board = Board::builder(engine, BoardAccess::Token(token)).build();
//!     Ok(axum::Router::new().merge(board.routes("/board")))
//! }
//! ```
//!
//! | file | question it answers |
//! |---|---|
//! | `access` | who may see it? |
//! | `state` | which calls are on it? |
//! | `feed` | when does it change? |
//! | `routes` | what is answered? |

mod access;
mod feed;
mod routes;
mod state;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

pub use access::{BoardAccess, BoardToken, InvalidBoardToken};

use self::feed::{Feed, Shown};
use super::core::report::Settings;
use super::core::report::pages::Pages;
use super::engine::Engine;
use crate::ids::LocationId;

/// How many pages may listen at once unless [`BoardBuilder::most_listeners`] says otherwise.
const LISTENERS: usize = 64;

/// The live board of an engine. Cheap to clone; clones share one reader of the ledger.
///
/// The first request starts that reader, a task that holds the engine; it ends when the last clone and the routes are
/// dropped. It keeps the entries of callers of the last seven days who called today, wait for a person or are not done with.
#[derive(Clone)]
pub struct Board {
    inner: Arc<Inner>,
}

struct Inner {
    access: BoardAccess,
    feed: Arc<Feed>,
    listeners: Arc<Semaphore>,
    reader: OnceLock<Reader>,
    closed: watch::Sender<bool>,
}

/// Ends the task with the board.
struct Reader(JoinHandle<()>);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Settings of a [`Board`].
#[must_use = "a board exists once it is built"]
pub struct BoardBuilder {
    engine: Engine,
    access: BoardAccess,
    title: String,
    pages: Pages,
    named: HashMap<LocationId, (String, Settings)>,
    most_listeners: usize,
}

impl Board {
    /// A board of all locations of this engine.
    pub fn builder(engine: Engine, access: BoardAccess) -> BoardBuilder {
        BoardBuilder {
            engine,
            access,
            title: "All locations".to_owned(),
            pages: Pages::new(),
            named: HashMap::new(),
            most_listeners: LISTENERS,
        }
    }

    /// Ends all pages that listen, and lets no other listen. [`Serve::board`](crate::serve::Serve::board) calls it when the
    /// service is to end; a server of the host's own has to.
    pub fn close(&self) {
        self.inner.closed.send_replace(true);
    }

    /// What is shown now and later. The reader is started if it was not.
    fn shown(&self) -> watch::Receiver<Option<Arc<Shown>>> {
        let feed = &self.inner.feed;
        self.inner.reader.get_or_init(|| {
            let feed = Arc::clone(feed);
            Reader(tokio::spawn(async move { feed.run().await }))
        });
        feed.shown.subscribe()
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board")
            .field("access", &self.inner.access)
            .field("free_listeners", &self.inner.listeners.available_permits())
            .finish_non_exhaustive()
    }
}

impl BoardBuilder {
    /// What stands above it; `All locations` otherwise.
    pub fn title(self, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..self
        }
    }

    /// Shows a location under this name, with these settings for zones and lines. Without it the name is the id, and the
    /// settings are those [of its recipe](Settings::of_recipe).
    pub fn location(mut self, id: LocationId, name: impl Into<String>, settings: Settings) -> Self {
        self.named.insert(id, (name.into(), settings));
        self
    }

    /// Makes it from these templates: `board.html`, `board_main.html`, `board.css`, `board.js`, `sign_in.html` and
    /// `style.css`. A page of the host's own carries `nonce="{{ nonce }}"` at each style and script.
    pub fn pages(self, pages: Pages) -> Self {
        Self { pages, ..self }
    }

    /// How many pages may listen at once, 64 otherwise. Others load themselves again from time to time.
    pub fn most_listeners(self, most_listeners: usize) -> Self {
        Self {
            most_listeners,
            ..self
        }
    }

    /// The board.
    pub fn build(self) -> Board {
        Board {
            inner: Arc::new(Inner {
                access: self.access,
                feed: Arc::new(Feed::new(self.engine, self.title, self.pages, self.named)),
                listeners: Arc::new(Semaphore::new(self.most_listeners)),
                reader: OnceLock::new(),
                closed: watch::Sender::new(false),
            }),
        }
    }
}

impl fmt::Debug for BoardBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoardBuilder")
            .field("access", &self.access)
            .field("most_listeners", &self.most_listeners)
            .finish_non_exhaustive()
    }
}
