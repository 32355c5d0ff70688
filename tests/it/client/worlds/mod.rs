//! Every stream against servers with random pages, ties, cursors and counts: all items once, or an error that says that
//! these are not all. None ends early in silence, none goes on for ever.
//!
//! `GHL_LISTING_WORLDS=1000` reads each listing in so many worlds; `GHL_LISTING_SEED` begins with another one.
//!
//! Some worlds no client can tell apart, and they are left out here ([`can_be_told`]): pages shorter than asked for, of a
//! listing that is neither counted nor says that more is to follow, and whose last item does not say where it stands or
//! shares its place with more than a page can hold. The first of such pages looks like the only one. The same holds for an
//! empty page in the middle of a listing without a count.

mod listing;
mod server;

use std::collections::BTreeSet;
use std::sync::Arc;

use gohighlevel::Client;
use gohighlevel::client::ApiVersion;
use gohighlevel::testing::ManualClock;

use listing::{Listing, Paging};
use server::{Count, Cursor, Server, World};

fn number(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |given| given.parse().expect(name))
}

/// Whether the pages of a world say enough.
fn can_be_told(world: &World) -> bool {
    let counted = matches!(world.count, Count::Right | Count::More);
    let capped = world.cap < world.limit;
    match world.listing.paging() {
        // A count of the page alone, which is not full, looks like all.
        Paging::Offset { count } => {
            !capped || world.count != Count::OfThePage || count == "ignored"
        }
        Paging::HasMore | Paging::Bare => true,
        Paging::Sorted => {
            let alike = world.values.chunk_by(|one, other| one == other);
            let most_alike = alike.map(<[_]>::len).max().unwrap_or(0);
            let places = match world.cursor {
                Cursor::ValueAndId => true,
                // Pages get longer where some share a value, as far as the server goes along.
                Cursor::Value => most_alike <= world.cap,
                // By the number of the page; conversations have none.
                _ => !world.listing.is_of_conversations() || !capped,
            };
            counted || places
        }
        Paging::Meta => {
            // Opportunities have numbered pages, too.
            let places = world.listing == Listing::Opportunities
                || !matches!(world.cursor, Cursor::Missing | Cursor::ValueAndId);
            counted || places || world.says_more || !capped
        }
        Paging::Messages => world.says_more || !capped,
        // A cursor that is missing or empty marks the end.
        Paging::Export => world.cursor == Cursor::Meta || counted || (!capped && !world.says_more),
        // The reported size is the size.
        Paging::Numbers => world.count != Count::OfThePage,
        Paging::Tokens => {
            let is_marked = world.cursor == Cursor::Meta || world.says_more || counted;
            is_marked || !capped
        }
    }
}

fn world(listing: Listing, random: &mut fastrand::Rng) -> World {
    loop {
        let items = random.usize(0..=26);
        let spread = [3, 8, 1_000][random.usize(0..3)];
        let mut values: Vec<i64> = (0..items)
            .map(|_| 1_700_000_000_000 + random.i64(0..spread) * 1_000)
            .collect();
        values.sort_unstable_by(|one, other| other.cmp(one));
        let limit = random.usize(1..=9);
        let cursors = [
            Cursor::ValueAndId,
            Cursor::Value,
            Cursor::Meta,
            Cursor::HalfOfMeta,
            Cursor::Address,
            Cursor::Number,
            Cursor::Missing,
        ];
        let counts = [
            Count::Right,
            Count::Right,
            Count::More,
            Count::OfThePage,
            Count::Missing,
        ];
        let world = World {
            listing,
            values,
            limit: if listing == Listing::Businesses {
                20
            } else {
                limit
            },
            cap: if random.u8(0..3) == 0 {
                random.usize(1..=6)
            } else {
                usize::MAX
            },
            cursor: cursors[random.usize(0..cursors.len())],
            count: counts[random.usize(0..counts.len())],
            says_more: random.bool(),
            deaf: random.u8(0..20) == 0,
        };
        // A page that never changes and says that it is the only one is one.
        let is_told = can_be_told(&world) && (!world.deaf || world.count == Count::Right);
        if is_told {
            return world;
        }
    }
}

/// What became of one world.
#[derive(Debug, Default)]
struct Tally {
    whole: usize,
    failed: usize,
}

/// Reads one world, and says what is wrong with how it was read.
async fn read(world: World, tally: &mut Tally) -> Result<(), String> {
    let clock = ManualClock::new("2026-05-08T12:00:00Z".parse().unwrap());
    let builder = Client::builder()
        .clock(Arc::new(clock))
        .token("pit-of-this-world")
        .transport(Server::new(world.clone()));
    let builder = match world.listing {
        Listing::InstalledByToken => builder.api_version(ApiVersion::V3),
        _ => builder,
    };
    let (ids, error) = world.listing.read(builder, world.limit).await;
    let different: BTreeSet<&String> = ids.iter().collect();
    if different.len() != ids.len() {
        return Err(format!("some came twice: {ids:?} in {world:?}"));
    }
    let Some(error) = error else {
        tally.whole += 1;
        return match different == world.ids().iter().collect() {
            true => Ok(()),
            false => Err(format!("short in silence: {} came in {world:?}", ids.len())),
        };
    };
    tally.failed += 1;
    // A server that counts right, and gives the place of each item, is read to the end.
    let is_well = world.count == Count::Right
        && world.cursor == Cursor::ValueAndId
        && world.says_more
        && !world.deaf
        && matches!(
            world.listing.paging(),
            Paging::Sorted | Paging::Offset { .. }
        );
    match is_well {
        true => Err(format!("{error} in {world:?}")),
        false => Ok(()),
    }
}

#[tokio::test]
async fn a_stream_gives_all_items_once_or_says_that_it_did_not() {
    let worlds = number("GHL_LISTING_WORLDS", 60);
    let seed = number("GHL_LISTING_SEED", 12);
    let mut all = Tally::default();
    let mut wrong = Vec::new();
    for (at, listing) in Listing::ALL.into_iter().enumerate() {
        let mut random = fastrand::Rng::with_seed(seed + 1_000 * at as u64);
        let mut tally = Tally::default();
        for _ in 0..worlds {
            let read = read(world(listing, &mut random), &mut tally).await;
            wrong.extend(read.err());
        }
        // A stream that fails in every world would pass all the rest.
        assert!(tally.whole > 0, "{listing:?} was never read to its end");
        all.whole += tally.whole;
        all.failed += tally.failed;
    }
    let count = wrong.len();
    wrong.truncate(20);
    assert!(
        wrong.is_empty(),
        "{count} of {all:?}: {}",
        wrong.join("\n\n")
    );
    assert!(all.failed > 0, "no world was a hard one: {all:?}");
}

#[tokio::test]
async fn ties_and_missing_cursors_are_among_the_worlds() {
    let mut random = fastrand::Rng::with_seed(1);
    let worlds: Vec<World> = (0..200)
        .map(|_| world(Listing::Conversations, &mut random))
        .collect();
    assert!(worlds.iter().filter(|world| world.has_ties()).count() > 50);
    assert!(worlds.iter().any(|world| world.cursor == Cursor::Missing));
    assert!(worlds.iter().any(|world| world.cap < world.limit));
}
