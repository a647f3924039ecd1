//! The one table of what the control plane does.

use super::call::Call;
use super::reply::{Refusal, Reply};
use super::{ROOT, contract, endpoint, injections, instances, journal, provider_states, verify};

/// A method and a path, and what they do.
pub(super) struct Route {
    pub(super) method: &'static str,
    /// Below `/__admin`, with parameters in braces.
    pub(super) path: &'static str,
    /// The parameters that a query may have.
    pub(super) query: &'static [&'static str],
    pub(super) handle: Handle,
}

type Handle = fn(&Call<'_>) -> Result<Reply, Refusal>;

const fn get(path: &'static str, handle: Handle) -> Route {
    Route { method: "GET", path, query: &[], handle }
}

const fn post(path: &'static str, handle: Handle) -> Route {
    Route { method: "POST", path, query: &[], handle }
}

const fn put(path: &'static str, handle: Handle) -> Route {
    Route { method: "PUT", path, query: &[], handle }
}

const fn patch(path: &'static str, handle: Handle) -> Route {
    Route { method: "PATCH", path, query: &[], handle }
}

const fn delete(path: &'static str, handle: Handle) -> Route {
    Route { method: "DELETE", path, query: &[], handle }
}

impl Route {
    const fn asks(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    pub(super) fn full_path(&self) -> String {
        [ROOT, self.path].concat()
    }

    /// The parameters in a path, if it is one of this route.
    fn parameters<'p>(&self, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
        let (mut own, mut given) = (self.path.split('/'), path.split('/'));
        let mut parameters = Vec::new();
        loop {
            match (own.next(), given.next()) {
                (None, None) => return Some(parameters),
                (Some(own), Some(given)) => {
                    match own.strip_prefix('{').and_then(|own| own.strip_suffix('}')) {
                        Some(name) if !given.is_empty() => parameters.push((name, given)),
                        None if own == given => {}
                        _ => return None,
                    }
                }
                _ => return None,
            }
        }
    }
}

/// Where two paths fit, the first one counts, so words stand before parameters.
pub(super) const ROUTES: &[Route] = &[
    get("/health", endpoint::health),
    get("/metrics", endpoint::metrics),
    post("/reset", endpoint::reset),
    get("/settings", endpoint::settings),
    patch("/settings", endpoint::change_settings),
    get("/control-plane.openapi.json", contract::own_document),
    get("/openapi.json", contract::document),
    get("/schemas", contract::schemas),
    get("/schemas/request.schema.json", contract::request_schema),
    get("/schemas/response.schema.json", contract::response_schema),
    get("/schemas/error.schema.json", contract::error_schema),
    get("/clauses", contract::clauses),
    get("/faults", contract::faults),
    post("/provider-states", provider_states::set),
    post("/verify", verify::verify),
    get("/instances", instances::list).asks(&["limit", "after"]),
    post("/instances", instances::create),
    get("/instances/{id}", instances::show),
    put("/instances/{id}", instances::replace),
    patch("/instances/{id}", instances::change),
    delete("/instances/{id}", instances::remove),
    put("/instances/{id}/state", instances::set_state),
    put("/instances/{id}/script", instances::set_script),
    delete("/instances/{id}/script", instances::clear_script),
    post("/instances/{id}/reset", instances::reset),
    get("/instances/{id}/groups", instances::groups),
    get("/instances/{id}/requests", journal::list).asks(&["limit", "since"]),
    delete("/instances/{id}/requests", journal::forget),
    post("/instances/{id}/verify", verify::verify),
    get("/instances/{id}/injections", injections::list),
    post("/instances/{id}/injections", injections::add),
    delete("/instances/{id}/injections", injections::clear),
    delete("/instances/{id}/injections/{number}", injections::remove),
    get("/injections", injections::list),
    post("/injections", injections::add),
    delete("/injections", injections::clear),
    delete("/injections/{number}", injections::remove),
    get("/requests", journal::list).asks(&["limit", "since"]),
    delete("/requests", journal::forget),
    post("/requests/reset", journal::forget),
    post("/requests/count", journal::count),
    post("/requests/find", journal::find),
    post("/requests/remove", journal::remove_matching),
    get("/requests/unmatched", journal::unmatched),
    get("/requests/{requestId}", journal::show),
    delete("/requests/{requestId}", journal::remove),
];

/// What there is at a path.
pub(super) enum Found<'p> {
    Route(&'static Route, Vec<(&'static str, &'p str)>),
    OtherMethods(Vec<&'static str>),
    Nothing,
}

pub(super) fn find<'p>(method: &str, path: &'p str) -> Found<'p> {
    let Some(path) = path.strip_prefix(ROOT) else { return Found::Nothing };
    let Some((first, parameters)) =
        ROUTES.iter().find_map(|route| route.parameters(path).map(|parameters| (route, parameters)))
    else {
        return Found::Nothing;
    };
    // hyper sends no body to HEAD, whatever the answer to GET is.
    let wanted = if method == "HEAD" { "GET" } else { method };
    let of_path = || ROUTES.iter().filter(|route| route.path == first.path);
    if let Some(route) = of_path().find(|route| route.method == wanted) {
        return Found::Route(route, parameters);
    }
    let head = of_path().any(|route| route.method == "GET").then_some("HEAD");
    Found::OtherMethods(of_path().map(|route| route.method).chain(head).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_route() {
        let check = |method: &str, path: &str, expected: &str| {
            let found = match find(method, path) {
                Found::Route(route, parameters) => format!("{} {} {parameters:?}", route.method, route.path),
                Found::OtherMethods(methods) => methods.join(", "),
                Found::Nothing => "-".to_owned(),
            };
            assert_eq!(found, expected, "{method} {path}");
        };
        check("GET", "/__admin/health", "GET /health []");
        check("HEAD", "/__admin/health", "GET /health []");
        check("POST", "/__admin/health", "GET, HEAD");
        check("GET", "/__admin/instances/7", "GET /instances/{id} [(\"id\", \"7\")]");
        check("POST", "/__admin/instances/7", "GET, PUT, PATCH, DELETE, HEAD");
        check("GET", "/__admin/requests/count", "POST");
        check("GET", "/__admin/requests/x", "GET /requests/{requestId} [(\"requestId\", \"x\")]");
        check(
            "DELETE",
            "/__admin/instances/7/injections/2",
            "DELETE /instances/{id}/injections/{number} [(\"id\", \"7\"), (\"number\", \"2\")]",
        );
        for path in
            ["/__admin", "/__admin/", "/__admin/health/", "/__admin/instances/", "/__adminhealth", "/", "*"]
        {
            check("GET", path, "-");
        }
    }

    #[test]
    fn no_two_routes_are_one() {
        for (index, route) in ROUTES.iter().enumerate() {
            let twice =
                ROUTES[..index].iter().any(|other| (other.method, other.path) == (route.method, route.path));
            assert!(!twice, "{} {}", route.method, route.path);
        }
    }
}
