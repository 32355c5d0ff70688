//! From pages to a stream of items. A listing that would never end is an error.

use std::collections::VecDeque;

use futures_util::stream::{Stream, try_unfold};

use crate::error::{Error, ErrorKind, Result};

/// One page of a listing.
pub(crate) trait Page {
    type Item: Clone + PartialEq;
    type Cursor: Clone + PartialEq;

    /// Where the next page begins; `None` after the last.
    fn next_page(&self) -> Option<Self::Cursor>;

    fn into_items(self) -> Vec<Self::Item>;
}

/// Which page is read next.
enum Next<C> {
    First,
    After(C),
    End,
}

/// How far a listing has been read.
struct Progress<P: Page> {
    items: VecDeque<P::Item>,
    next: Next<P::Cursor>,
    /// The first item of the last page.
    begins: Option<P::Item>,
}

impl<P: Page> Progress<P> {
    /// Takes the page that was read `at` a cursor.
    fn take(&mut self, page: P, at: Option<P::Cursor>, operation: &'static str) -> Result<()> {
        let follows = page.next_page();
        self.items = page.into_items().into();
        let begins = self.items.front().cloned();
        let problem = match &follows {
            Some(_) if begins.is_none() => Some("a page is empty and another is to follow"),
            Some(_) if follows == at => Some("a page leads to itself"),
            _ if begins.is_some() && begins == self.begins => {
                Some("a page begins like the one before it")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            let kind = ErrorKind::Decode { path: ".".into() };
            return Err(Error::new(kind, operation).with_message(Some(problem.to_owned())));
        }
        self.begins = begins;
        self.next = follows.map_or(Next::End, Next::After);
        Ok(())
    }
}

/// All items of a listing, page after page; the next page is read when the items of the last one are used up.
///
/// A page that is empty though another is to follow, that leads to itself, or that begins like the page before it ends
/// the stream with an error of kind [`Decode`](ErrorKind::Decode): going on would mean to ask the same for ever.
pub(crate) fn items<P, F, A>(
    operation: &'static str,
    fetch: F,
) -> impl Stream<Item = Result<P::Item>>
where
    P: Page,
    F: FnMut(Option<P::Cursor>) -> A,
    A: Future<Output = Result<P>>,
{
    let start = Progress::<P> {
        items: VecDeque::new(),
        next: Next::First,
        begins: None,
    };
    try_unfold(
        (fetch, start),
        move |(mut fetch, mut progress)| async move {
            loop {
                if let Some(item) = progress.items.pop_front() {
                    return Ok(Some((item, (fetch, progress))));
                }
                let at = match std::mem::replace(&mut progress.next, Next::End) {
                    Next::First => None,
                    Next::After(cursor) => Some(cursor),
                    Next::End => return Ok(None),
                };
                let page = fetch(at.clone()).await?;
                progress.take(page, at, operation)?;
            }
        },
    )
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
        // A server that does not know the cursor gives its first page again and again.
        let error = all(|at| Numbers(vec![1, 2], Some(at + 2)))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("begins like"), "{error}");
    }
}
