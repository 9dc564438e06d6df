//! The sandbox's compile service and updates over the air, as any HTTP client meets them.

use crate::support::api::Api;
use particle::firmware::Module;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

const APPLICATION: &str = "void setup() {}\nvoid loop() {}\n";

/// A sandbox and a token for it.
struct Service {
    api: Api,
    token: String,
}

impl Service {
    fn start() -> Self {
        let api = Api::start(&["--devices", "photon,boron,electron"]);
        let token = api.token();
        Self { api, token }
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.api.send(self.api.get(path).bearer_auth(&self.token))
    }

    /// Compiles one file for a Boron, with one further field.
    fn compile(&self, code: &str, (name, value): (&'static str, &'static str)) -> (u16, Value) {
        let file = Part::text(code.to_owned()).file_name("src/app.ino");
        let form = Form::new().part("file", file).text("platform_id", "13").text(name, value);
        self.api.send(self.api.post("/v1/binaries").bearer_auth(&self.token).multipart(form))
    }

    fn download(&self, url: &str) -> Vec<u8> {
        let request = self.api.get(url).bearer_auth(&self.token);
        self.api.runtime.block_on(async { request.send().await.unwrap().bytes().await.unwrap().to_vec() })
    }
}

#[test]
fn code_becomes_a_module_that_depends_on_it() {
    let service = Service::start();
    let build = |code: &str| {
        let (status, answer) = service.compile(code, ("build_target_version", "5.8.2"));
        assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{answer}");
        assert_eq!(answer["build_target_version"], "5.8.2");
        assert!(answer["sizeInfo"].as_str().unwrap().starts_with("   text\t"));
        service.download(answer["binary_url"].as_str().unwrap())
    };
    let module = build(APPLICATION);
    let parsed = Module::parse(&module).unwrap();
    parsed.verify().unwrap();
    assert_eq!(parsed.prefix().version, 5802);
    assert!(module == build(APPLICATION) && module != build("void setup() {}\nvoid loop() { }\n"));
}

#[test]
fn what_cannot_be_compiled_is_refused() {
    let service = Service::start();
    let (status, answer) = service.compile("#include \"a.h\"\nvoid loop() {}\n", ("latest", "true"));
    assert_eq!((status, &answer["ok"], &answer["code"]), (200, &json!(false), &json!(1)));
    let errors = answer["errors"][0].as_str().unwrap();
    assert!(
        errors.starts_with("src/app.ino:1:10: fatal error: a.h: No such file or directory\n"),
        "{errors}"
    );
    assert!(errors.contains("undefined reference to `setup'"), "{errors}");
    let (status, answer) = service.compile(APPLICATION, ("build_target_version", "0.4.0"));
    assert_eq!((status, &answer["error"]), (400, &json!("Invalid build target version.")));
    let other = Form::new().text("platform_id", "4711");
    let request = service.api.post("/v1/binaries").bearer_auth(&service.token).multipart(other);
    assert_eq!(service.api.send(request).0, 400);
    assert_eq!(service.api.send(service.api.post("/v1/binaries")).0, 400, "nobody is logged in");
    assert_eq!(service.get("/v1/binaries/0123").0, 404);
}

#[test]
fn versions_are_listed_for_a_platform() {
    let service = Service::start();
    let (status, answer) = service.get("/v1/device-os/versions?platform_id=6&per_page=2");
    let versions = answer["versions"].as_array().unwrap();
    assert_eq!((status, versions.len(), &answer["total_pages"]), (200, 2, &json!(4)));
    assert_eq!((&versions[0]["version"], &versions[0]["release_state"]), (&json!("3.3.1"), &json!("ga")));
    assert_eq!(service.get("/v1/device-os/versions?platform_id=4711").0, 400);
    let (status, answer) = service.api.send(service.api.get("/v1/build_targets?featured=true"));
    let (newest, default) = (&answer["targets"][0]["version"], &answer["default"]);
    assert_eq!((status, newest, default), (200, &json!("6.3.4"), &json!("6.3.4")), "needs no token");
}

#[test]
fn a_device_gets_what_it_can_run() {
    let service = Service::start();
    let put = |device: &str| {
        let url = service.api.url(&format!("/v1/devices/{device}"));
        service.api.client.put(url).bearer_auth(&service.token)
    };
    let (status, answer) = service.api.send(put("boron").json(&json!({ "app": "tinker" })));
    assert_eq!((status, &answer["status"]), (200, &json!("Update started")));
    assert_eq!(service.api.send(put("boron").json(&json!({ "app": "teapot" }))).0, 400);
    let file = || Form::new().part("file", Part::text(APPLICATION).file_name("app.ino"));
    assert_eq!(service.api.send(put("electron").multipart(file())).0, 200, "it is compiled on its way");
    let offline = (408, json!({ "ok": false, "error": "Timed out." }));
    assert_eq!(service.api.send(put("photon").multipart(file())), offline);
    assert_eq!(service.api.send(put("boron").multipart(Form::new())).0, 400);
}
