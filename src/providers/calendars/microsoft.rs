//! Microsoft Graph v1.0.

use http::StatusCode;
use url::Url;

use super::{Ask, Change, Malformed, Page, Start, Verdict};
use crate::event::Listed;
use crate::http::Request;
use crate::providers::{Api, ApiError};

pub(super) const LARGEST_PAGE: usize = 500;

#[derive(Default)]
pub(crate) struct Masters {}
impl Masters {
    pub(super) fn missing(&self) -> Vec<String> {
        Vec::new()
    }
    pub(super) fn take(&mut self, _: &str, _: Option<&[u8]>) -> Result<(), Malformed> {
        Ok(())
    }
    pub(super) fn finish<E>(&mut self, _: impl FnMut(Change<'_>) -> Result<(), E>) -> Result<(), E> {
        Ok(())
    }
}
pub(super) fn list(api: &Api<'_>, _: Option<&str>) -> Result<Url, ApiError> {
    api.url("/me/calendars")
}
pub(super) fn read_list(_: &[u8], _: &mut Vec<Listed>) -> Result<Page, Malformed> {
    Err(Malformed("todo".into()))
}
pub(super) fn events(api: &Api<'_>, _: &Ask<'_>) -> Result<Url, ApiError> {
    api.url("/me/calendars")
}
pub(super) fn master(api: &Api<'_>, _: &str) -> Result<Url, ApiError> {
    api.url("/me/calendars")
}
pub(super) fn prefer(request: Request, _: usize) -> Request {
    request
}
pub(super) fn verdict(_: Start<'_>, _: StatusCode, _: &str) -> Option<Verdict> {
    None
}
pub(super) fn read(
    _: &mut Masters,
    _: &[u8],
    _: impl FnMut(Change<'_>) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    Err(Malformed("todo".into()))
}
