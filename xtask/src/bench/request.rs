//! The request that all servers answer.

use greenapi_model::{ApiToken, Body, Contract, InstanceId};

use crate::failure::Failure;

/// The contract's first example, which is that of the source page.
pub(crate) struct Request {
    /// Of the path, what stands before the id of the instance, and after it.
    path: [String; 2],
    media_type: String,
    body: String,
}

/// The instances that are called, one after another and then again from the first one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instances {
    count: u64,
    /// Whether wrk makes each request anew, which it does for one instance too where that is compared with several.
    anew: bool,
}

impl Instances {
    /// An authorized instance, made at its first call as are those after it.
    const FIRST: u64 = 7_103_000_000;
    /// A prime, so that all have a turn, and none comes soon after its neighbour.
    const STEP: u64 = 7_919;

    pub(crate) const ONE: Self = Self { count: 1, anew: false };

    pub(crate) const fn several(count: u64) -> Self {
        Self { count, anew: true }
    }

    /// The id of each call.
    pub(crate) fn ids(self) -> impl Iterator<Item = u64> {
        (0..self.count.max(1)).cycle().map(|at| Self::FIRST + at)
    }
}

impl Request {
    pub(crate) fn of_the_contract() -> Result<Self, Failure> {
        let contract = Contract::default();
        let example = contract.examples(Body::Request).first();
        let example =
            example.ok_or_else(|| Failure::failed("the contract has no example of a request"))?.body();
        let token: ApiToken = "any-token-will-do"
            .parse()
            .map_err(|error| Failure::failed(format!("the token of the bench: {error}")))?;
        let path = contract.path(InstanceId::new(Instances::FIRST), &token);
        let [before, after] = path
            .split_once(&Instances::FIRST.to_string())
            .map(|(before, after)| [before, after].map(str::to_owned))
            .ok_or_else(|| Failure::failed("the contract's path has no instance"))?;
        let media_type = contract.media_type(Body::Request).to_owned();
        Ok(Self { path: [before, after], media_type, body: example.to_owned() })
    }

    /// The bytes of a call to an instance.
    pub(crate) fn bytes(&self, host: &str, instance: u64) -> String {
        let Self { path: [before, after], media_type, body } = self;
        let length = body.len();
        format!(
            "POST {before}{instance}{after} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {media_type}\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    }

    /// The script by which wrk calls these instances, and at its end writes one line of JSON, a [`super::wrk::Load`].
    pub(crate) fn script(&self, instances: Instances) -> String {
        let Self { path: [before, after], media_type, body } = self;
        let (first, count, step) = (Instances::FIRST, instances.count.max(1), Instances::STEP);
        // One request that is always the same is made only once, which is the least work for wrk.
        let turns = if instances.anew {
            format!(
                "local at = 0\n\
                 request = function()\n  \
                   at = (at + {step}) % {count}\n  \
                   return wrk.format(nil, string.format('{before}%d{after}', {first} + at))\n\
                 end\n"
            )
        } else {
            String::new()
        };
        format!(
            "wrk.method = 'POST'\n\
             wrk.path = '{before}{first}{after}'\n\
             wrk.body = [==[{body}]==]\n\
             wrk.headers['Content-Type'] = '{media_type}'\n\
             {turns}\
             done = function(summary, latency)\n  \
               local errors = summary.errors\n  \
               local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout\n  \
               io.write(string.format(\n    \
                 '\\n{{\"requests\": %d, \"failed\": %d, \"microseconds\": %d, \"p50\": %d, \"p99\": %d}}\\n',\n    \
                 summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(99)))\n\
             end\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Instances, Request};

    fn request() -> Request {
        Request {
            path: ["/a", "/b"].map(str::to_owned),
            media_type: "json".to_owned(),
            body: "{}".to_owned(),
        }
    }

    #[test]
    fn the_request_is_that_of_the_contract() {
        let request = Request::of_the_contract().expect("the contract has one").bytes("host:1", 7);
        assert!(
            request.starts_with("POST /waInstance7/createGroup/any-token-will-do HTTP/1.1\r\n"),
            "{request}"
        );
        assert!(request.contains("\r\ncontent-type: application/json\r\n"), "{request}");
        assert!(request.ends_with('}'), "{request}");
    }

    #[test]
    fn instances_are_called_in_turn() {
        let check = |count, expected: [u64; 4]| {
            let ids: Vec<_> = Instances::several(count).ids().take(4).collect();
            assert_eq!(ids, expected.map(|at| 7_103_000_000 + at));
        };
        check(1, [0; 4]);
        check(3, [0, 1, 2, 0]);
    }

    #[test]
    fn the_script_makes_the_path_anew_where_instances_are_several() {
        insta::assert_snapshot!(request().script(Instances::several(10)), @r#"
        wrk.method = 'POST'
        wrk.path = '/a7103000000/b'
        wrk.body = [==[{}]==]
        wrk.headers['Content-Type'] = 'json'
        local at = 0
        request = function()
          at = (at + 7919) % 10
          return wrk.format(nil, string.format('/a%d/b', 7103000000 + at))
        end
        done = function(summary, latency)
          local errors = summary.errors
          local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
          io.write(string.format(
            '\n{"requests": %d, "failed": %d, "microseconds": %d, "p50": %d, "p99": %d}\n',
            summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(99)))
        end
        "#);
        assert!(request().script(Instances::several(1)).contains("% 1\n"));
        assert!(!request().script(Instances::ONE).contains("request = function"));
    }
}
