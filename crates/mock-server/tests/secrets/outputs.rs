//! All that the mock tells of its calls, each output with a name.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use greenapi_mock_server::{ControlPlane, Emulation, InstanceView};
use serde_json::Value;

use crate::support::exchange;
use crate::{INSTANCE, OWNER};

pub(crate) fn of_the_library(emulation: &Emulation) -> Vec<(String, String)> {
    let calls = emulation.all_calls();
    let entries = calls.kept.iter().map(|entry| {
        let headers: Vec<_> = entry.headers().collect();
        let (method, path, body, outcome) = (entry.method(), entry.path(), entry.body(), entry.outcome());
        format!("{entry:?} {method} {path} {headers:?} {body} {body:?} {outcome:?}\n")
    });
    let instances: Vec<InstanceView> = emulation.instances();
    let ids = [INSTANCE, OWNER].map(Into::into);
    let of_instances = ids.map(|id| {
        format!("{:?} {:?} {:?}\n", emulation.instance(id), emulation.groups(id), emulation.calls(id))
    });
    let mut outputs = vec![
        ("journal".to_owned(), entries.collect()),
        ("calls without an instance".to_owned(), format!("{:?}", emulation.stray_calls())),
        ("instances".to_owned(), format!("{instances:?} {}", of_instances.concat())),
        ("emulation".to_owned(), format!("{emulation:?} {:?}", emulation.settings())),
        ("numbers".to_owned(), emulation.metrics().open_metrics()),
    ];
    for line in emulation.instances().iter().filter(|instance| instance.minds_token) {
        outputs.push(("an instance with a token".to_owned(), format!("{line:?}")));
    }
    outputs
}

/// The answers of all its routes, and those to requests that hold the token themselves.
pub(crate) fn of_the_control_plane(url: &str, token: &str) -> Vec<(String, String)> {
    // What forgets or changes comes last.
    let mut routes: Vec<_> = ControlPlane::routes().collect();
    routes.sort_by_key(|(method, path)| (*method != "GET", *method != "POST", path.ends_with("reset")));
    let mut outputs = Vec::new();
    let mut tell = |method: &str, path: &str, body: &str| {
        let answer = admin(url, method, path, body);
        outputs.push((format!("{method} {path} {body}"), with_bodies(answer)));
    };
    for id in [token, &INSTANCE.to_string(), &OWNER.to_string()] {
        tell("GET", &format!("/__admin/{id}"), "");
        tell("GET", &format!("/__admin/requests?limit={id}"), "");
    }
    // Each of them explains itself by calls that came.
    for body in [
        r#"{"calls": {"status": 299}}"#,
        r#"{"calls": {"body": {"groupName": "another"}}}"#,
        r#"{"calls": {"outcome": "created", "instance": 1}, "times": {"exactly": 7}}"#,
        r#"{"nothingBut": []}"#,
        r#"{"inOrder": [{"status": 299}, {"status": 200}]}"#,
    ] {
        tell("POST", "/__admin/verify", body);
        tell("POST", &format!("/__admin/instances/{INSTANCE}/verify"), body);
    }
    let requests = admin(url, "GET", "/__admin/requests", "");
    let body = requests.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let requests: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {requests}"));
    let request = requests["requests"][0]["id"].as_str().unwrap().to_owned();
    for (method, path) in routes {
        for id in [INSTANCE, OWNER] {
            let path = path
                .replace("{id}", &id.to_string())
                .replace("{requestId}", &request)
                .replace("{number}", "1");
            tell(method, &path, "{}");
        }
        let of_token = path.replace("{id}", token).replace("{requestId}", token).replace("{number}", token);
        tell(method, &of_token, &serde_json::json!({ token: token }).to_string());
        tell(method, &of_token, token);
    }
    outputs
}

/// The whole answer of the control plane.
pub(crate) fn admin(url: &str, method: &str, path: &str, body: &str) -> String {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
    let length = body.len();
    exchange(url, format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes())
}

/// The same with what stands in it as base64.
fn with_bodies(answer: String) -> String {
    let encoded = answer.split('"').filter(|text| text.len() > 8);
    let bodies: Vec<String> = encoded
        .filter_map(|text| BASE64_STANDARD.decode(text).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    [answer, bodies.join("\n")].join("\n")
}
