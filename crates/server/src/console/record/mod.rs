//! Recording: a form, a look at what would change, and the record itself.
//!
//! Nothing is kept between the three pages: the fields travel in the form, with the version that was seen and a key for the attempt. So a
//! form that is sent twice records once, and one that comes too late is shown again with what somebody else recorded meanwhile.
//!
//! - [`kind`]: what can be recorded. [`said`]: from the fields to an entry as the API reads it.
//! - [`form`] and [`office`]: which fields are asked. [`look`]: what would change, in words. [`pages`]: the pages.

mod form;
mod kind;
mod look;
mod office;
mod pages;
mod said;

use axum::Router;
use axum::routing::get;

use crate::app::Shared;

/// The pages by which something is recorded.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/cases/{reference}/record/{kind}", get(pages::ask).post(pages::sent))
}
