//! From pages to a stream of items. A listing that would never end is an error.

use std::collections::VecDeque;

use futures_util::stream::{Stream, try_unfold};

use crate::error::{Error, ErrorKind, Result};

/// One page of a listing.
pub(crate) trait Page {
    type Item;
    type Cursor: Clone + PartialEq;

    /// Where the next page begins; `None` after the last.
    fn next_page(&self) -> Option<Self::Cursor>;

    fn into_items(self) -> Vec<Self::Item>;
}

/// Where a listing stands.
enum Next<C> {
    First,
    After(C),
    End,
}

/// All items of a listing, page after page; the next page is read when the items of the last one are used up.
///
/// A page that is empty though another is to follow, or that leads to itself, ends the stream with an error of kind
/// [`Decode`](ErrorKind::Decode): going on would mean to ask the same for ever.
pub(crate) fn items<P, F, A>(
    operation: &'static str,
    fetch: F,
) -> impl Stream<Item = Result<P::Item>>
where
    P: Page,
    F: FnMut(Option<P::Cursor>) -> A,
    A: Future<Output = Result<P>>,
{
    let start = (fetch, VecDeque::new(), Next::First);
    try_unfold(start, move |(mut fetch, mut items, mut next)| async move {
        loop {
            if let Some(item) = items.pop_front() {
                return Ok(Some((item, (fetch, items, next))));
            }
            let at = match next {
                Next::First => None,
                Next::After(cursor) => Some(cursor),
                Next::End => return Ok(None),
            };
            let page = fetch(at.clone()).await?;
            let follows = page.next_page();
            items.extend(page.into_items());
            next = match follows {
                None => Next::End,
                Some(_) if items.is_empty() => {
                    return Err(endless(
                        operation,
                        "a page is empty and another is to follow",
                    ));
                }
                Some(cursor) if at.as_ref() == Some(&cursor) => {
                    return Err(endless(operation, "a page leads to itself"));
                }
                Some(cursor) => Next::After(cursor),
            };
        }
    })
}

fn endless(operation: &'static str, problem: &str) -> Error {
    Error::new(ErrorKind::Decode { path: ".".into() }, operation)
        .with_message(Some(problem.to_owned()))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    struct Numbers(Vec<u32>, Option<u32>);

    impl Page for Numbers {
        type Item = u32;
        type Cursor = u32;

        fn next_page(&self) -> Option<u32> {
            self.1
        }

        fn into_items(self) -> Vec<u32> {
            self.0
        }
    }

    async fn all(page: impl Fn(u32) -> Numbers + Send + Sync) -> Result<Vec<u32>> {
        items("numbers.list", |cursor| {
            let page = page(cursor.unwrap_or(0));
            async move { Ok(page) }
        })
        .try_collect()
        .await
    }

    #[tokio::test]
    async fn pages_follow_each_other_to_the_end() {
        let pages = |at| match at {
            0 => Numbers(vec![1, 2], Some(2)),
            2 => Numbers(vec![3], Some(3)),
            _ => Numbers(vec![], None),
        };
        assert_eq!(all(pages).await.unwrap(), [1, 2, 3]);
        assert!(all(|_| Numbers(vec![], None)).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_listing_that_would_never_end_is_an_error() {
        let error = all(|at| Numbers(vec![1], Some(at.max(7))))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("leads to itself"), "{error}");
        let error = all(|at| Numbers(vec![], Some(at + 1))).await.unwrap_err();
        assert!(error.to_string().contains("is empty"), "{error}");
    }
}
