use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

/// Why a handler gave no answer.
pub type EndpointError = Box<dyn Error + Send + Sync>;

/// The answer of a handler, when it comes.
pub type Answering<'e> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, EndpointError>> + Send + 'e>>;

/// A handler of requests in this process, as a target without a socket.
///
/// The URI of a request is its path, and its query if it has one. Each function from a request to a future of a response
/// is an endpoint:
///
/// ```
/// use bytes::Bytes;
/// use greenapi_harness::{Harness, Target};
/// use http::{Request, Response, StatusCode};
///
/// async fn my_fake(request: Request<Bytes>) -> Response<Bytes> {
///     let mut response = Response::new(Bytes::from_static(b"not yet"));
///     *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
///     response
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let target = Target::in_process(my_fake, "any-token".parse()?).authorized(1101000001);
/// let report = Harness::default().run(&target).await?;
/// assert!(report.broken().any(|clause| clause == "response.200"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub trait Endpoint: Send + Sync + 'static {
    /// Answers one request. A call that is dropped is one whose client went away; one that panics gave no answer.
    fn call(&self, request: Request<Bytes>) -> Answering<'_>;
}

impl<F, A> Endpoint for F
where
    F: Fn(Request<Bytes>) -> A + Send + Sync + 'static,
    A: Future<Output = Response<Bytes>> + Send + 'static,
{
    fn call(&self, request: Request<Bytes>) -> Answering<'_> {
        let answer = self(request);
        Box::pin(async move { Ok(answer.await) })
    }
}
