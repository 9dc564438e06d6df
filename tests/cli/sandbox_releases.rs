//! Releases of Device OS in the sandbox's cloud, as any HTTP client meets them.

use crate::support::api::Api;
use particle::{
    firmware::{Module, ModuleFunction},
    platform::PLATFORMS,
};
use serde_json::json;

#[test]
fn a_release_is_described_and_its_files_are_what_it_says() {
    let api = Api::start(&["--devices", "photon"]);
    let token = api.token();
    for platform in PLATFORMS.iter().filter(|platform| platform.firmware.is_some()) {
        let path = format!("/v1/device-os/versions/latest?platform_id={}", platform.id);
        let (status, release) = api.send(api.get(&path).bearer_auth(&token));
        assert_eq!(status, 200, "{release}");
        let base = release["base_url"].as_str().unwrap();
        for described in release["modules"].as_array().unwrap() {
            let url = format!("{base}/{}", described["filename"].as_str().unwrap());
            let file = api.runtime.block_on(async {
                let answer = api.client.get(&url).send().await.unwrap();
                answer.error_for_status().unwrap().bytes().await.unwrap()
            });
            let module = Module::parse(&file).unwrap();
            module.verify().unwrap();
            assert_eq!(described["crc"]["storedCrc"], format!("{:08x}", module.crc().stored));
            assert_eq!(described["prefixInfo"]["platformID"], platform.id.0);
            let is_system = module.prefix().function == ModuleFunction::SystemPart;
            assert_eq!(described["prefixInfo"]["moduleFunction"] == "system_part", is_system);
            if is_system {
                assert_eq!(release["internal_version"], module.prefix().version);
            }
        }
    }
}

#[test]
fn a_release_is_found_by_the_version_of_its_modules() {
    let api = Api::start(&["--devices", "photon"]);
    let token = api.token();
    let get = |path: &str| api.send(api.get(path).bearer_auth(&token));
    let (status, release) = get("/v1/device-os/versions/1512?platform_id=6");
    assert_eq!((status, &release["version"]), (200, &json!("1.5.2")));
    assert_eq!(release["modules"].as_array().unwrap().len(), 4);
    let missing = (404, json!({ "ok": false, "error": "Device OS version not found" }));
    assert_eq!(get("/v1/device-os/versions/6.3.4?platform_id=6"), missing);
    assert_eq!(get("/v1/device-os/versions/..?platform_id=6").0, 404);
    assert_eq!(get("/v1/device-os/versions/6.3.4").0, 400);
    assert_eq!(get("/v1/firmware/device-os/v1.5.2/photon-teapot@1.5.2.bin"), missing);
    assert_eq!(get("/v1/firmware/device-os/v1.5.2/boron"), missing);
    assert_eq!(
        api.send(api.get("/v1/device-os/versions/latest?platform_id=6")).0,
        400,
        "nobody is logged in"
    );
}
