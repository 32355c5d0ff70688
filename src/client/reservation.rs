//! One request's room in the rate limit, taken before the request is decided on.

use super::call::Call;
use super::location::Location;
use crate::error::Result;
use crate::ids::LocationId;

/// Room in the rate limit for one request of a location. Made by [`Location::reserve`].
///
/// What is decided right before a request can be old when the request had to wait for the rate limit: an opt-out that
/// arrives meanwhile would come too late. So wait first, then look, decide, and [`send`](Self::send) at once:
///
/// ```
/// # #[cfg(not(all(feature = "rustls", feature = "testing")))] fn main() {}
/// # #[cfg(all(feature = "rustls", feature = "testing"))]
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use gohighlevel::api::conversations::OutgoingSms;
///
/// # let fake = gohighlevel::testing::FakeGhl::builder().start().await?;
/// # let client = gohighlevel::Client::builder().token("pit-sample-soleil").base_url(fake.url()).build()?;
/// # let location = client.location("soleilLocation000001".parse()?);
/// # let maria = "sampleContactMaria01".parse()?;
/// # let opted_out = false;
/// let reservation = location.reserve().await?; // may wait
/// if !opted_out {
///     let text = OutgoingSms::new(maria, "Sorry we missed you!");
///     reservation.send(|location| location.conversations().send_sms(&text)).await?; // does not wait
/// }
/// # Ok(()) }
/// ```
///
/// The room is kept until the request is sent or the reservation is dropped, for however long; others of the location
/// wait meanwhile.
#[derive(Debug)]
#[must_use = "a reservation keeps room in the rate limit from others until it is sent or dropped"]
pub struct Reservation {
    /// Sends one request.
    location: Location,
}

impl Reservation {
    pub(super) fn new(location: Location) -> Self {
        Self { location }
    }

    /// The location it is for.
    pub fn location_id(&self) -> &LocationId {
        self.location.id()
    }

    /// Sends the request that `call` builds, at once and in one attempt: it is for the caller to decide whether it is sent
    /// again. Only where HighLevel refuses the token and there is a newer one, it is sent once more with that.
    ///
    /// The location that `call` is given sends this one request and no other.
    pub async fn send<T>(
        self,
        call: impl for<'a> FnOnce(&'a Location) -> Call<'a, T>,
    ) -> Result<T> {
        call(&self.location).await
    }
}
