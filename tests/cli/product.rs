//! `product device add`, `product device list` and `product device remove`.

use crate::support::{Output, Sandbox, TestEnvironment, run};
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    thread,
};

/// The product of Ada's, with the Boron in it.
const PRODUCT: &str = "12345";
/// Grace's.
const OTHERS_PRODUCT: &str = "12346";
const PHOTON: &str = "3a0027000000000000060001";
const BORON: &str = "e00fce6800000000000d0001";
/// Some device that is not on the bench.
const DEVICE: &str = "0123456789abcdef01234567";

/// A sandbox that runs, with Ada logged in.
fn sandbox(environment: &TestEnvironment, arguments: &[&str]) -> Sandbox {
    let sandbox = environment.start_sandbox(["--devices", "photon,boron"].iter().chain(arguments));
    environment.log_in();
    sandbox
}

/// `particle product device ...`
fn product_device(environment: &TestEnvironment, arguments: &[&str]) -> Output {
    environment.in_sandbox(["product", "device"].iter().chain(arguments))
}

fn write_list(environment: &TestEnvironment, content: impl AsRef<[u8]>) {
    fs::write(environment.work().join("device_ids.txt"), content).unwrap();
}

/// Ids of devices that exist nowhere else.
fn made_up_ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("e00fce68aaaa{number:012x}")).collect()
}

fn length(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[test]
fn a_device_is_added_listed_and_removed() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let added = product_device(&environment, &["add", PRODUCT, DEVICE]).success();
    assert_eq!(added.stdout, format!("Success!\n\nProduct 12345 Includes:\n  {DEVICE}\n\n"));
    assert_eq!(added.stderr, "");
    let list = product_device(&environment, &["list", PRODUCT]).success();
    assert_eq!(
        list.stdout,
        format!(
            "<no name> [{DEVICE}] (Product 12345) is offline\nboron [{BORON}] (Product 12345) is online\n"
        )
    );
    let removed = product_device(&environment, &["remove", PRODUCT, DEVICE]).success();
    assert_eq!(removed.stdout, format!("Success! Removed device {DEVICE} from product 12345\n\n"));
    let list = product_device(&environment, &["list", "sensors-v1"]).success();
    assert_eq!(list.stdout, format!("boron [{BORON}] (Product 12345) is online\n"));
}

#[test]
fn a_file_of_any_common_form_is_read() {
    for content in [
        format!("{DEVICE}\n{BORON}\n").into_bytes(),
        format!("\u{feff}\"Device ID\"\r\n\"{DEVICE}\"\r\n\"{BORON}\"\r\n").into_bytes(),
        format!("{DEVICE}, {BORON},\n{DEVICE}").into_bytes(),
        format!("\u{feff}{DEVICE}\r\n{BORON}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ] {
        let environment = TestEnvironment::new();
        environment.log_in();
        write_list(&environment, content);
        let added = product_device(&environment, &["add", PRODUCT, "--file", "./device_ids.txt"]).success();
        assert_eq!(
            added.stdout,
            format!(
                "Success!\n\nProduct 12345 Includes:\n  {DEVICE}\n  {BORON}\n\nAlready There:\n  {BORON}\n\n"
            )
        );
        assert_eq!(added.stderr, "1 added, 1 already there, 0 skipped\n");
    }
}

#[test]
fn what_the_cloud_does_not_take_is_told_apart() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    write_list(&environment, format!("{DEVICE}\nbadid\n{PHOTON}\n"));
    let added = product_device(&environment, &["add", PRODUCT, "-f", "device_ids.txt"])
        .status(1)
        .stderr_has("1 added, 0 already there, 2 skipped")
        .stderr_has("2 of 3 devices were not added to product 12345");
    assert_eq!(
        added.stdout,
        format!(
            "Success!\n\nProduct 12345 Includes:\n  {DEVICE}\n\nSkipped Invalid IDs:\n  badid\n  {PHOTON}\n\n"
        )
    );
    let none = product_device(&environment, &["add", PRODUCT, PHOTON]).status(1);
    assert_eq!(none.stdout, format!("Skipped Invalid IDs:\n  {PHOTON}\n\n"));
}

#[test]
fn serial_number_and_imei_lead_to_the_device() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let details = product_device(&environment, &["list", PRODUCT, BORON, "--json"]).success().data();
    let identity = environment.in_sandbox(["--json", "identify", BORON]).success().data();
    product_device(&environment, &["remove", PRODUCT, BORON]).success();
    for identifier in [&details["serialNumber"], &identity["imei"], &identity["iccid"]] {
        write_list(&environment, identifier.as_str().unwrap());
        let added = product_device(&environment, &["add", PRODUCT, "-f", "device_ids.txt"]).success();
        assert!(added.stdout.contains(&format!("Includes:\n  {BORON}\n")), "{}", added.stdout);
    }
}

#[test]
fn arguments_that_make_no_sense_are_refused_before_anything_is_sent() {
    let environment = TestEnvironment::new();
    product_device(&environment, &["add", PRODUCT, "badid"])
        .status(2)
        .stderr_has("`deviceID` parameter must be an id - received: badid");
    product_device(&environment, &["add", PRODUCT])
        .status(2)
        .stderr_has("`deviceID` parameter or `--file` option is required");
    product_device(&environment, &["remove", PRODUCT, "boron"]).status(2).stderr_has("must be an id");
    let add = ["add", PRODUCT, "--file", "device_ids.txt"];
    product_device(&environment, &add).status(4).stderr_has("device_ids.txt does not exist");
    write_list(&environment, "\r\n \r\n");
    product_device(&environment, &add).status(2).stderr_has("device_ids.txt is empty");
    write_list(&environment, b"\x7fELF\xff");
    product_device(&environment, &add).status(2).stderr_has("device_ids.txt is no text file");
    product_device(&environment, &["add", PRODUCT, DEVICE]).status(3).stderr_has("You're not logged in.");
}

#[test]
fn ten_thousand_devices_are_added_twice_and_all_listed() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    write_list(&environment, made_up_ids(10_000).join("\r\n"));
    let add = ["add", PRODUCT, "--file", "device_ids.txt", "--json"];
    let first = product_device(&environment, &add).success().data();
    assert_eq!((length(&first["added"]), length(&first["existing"])), (10_000, 0));
    let second = product_device(&environment, &add).success().data();
    assert_eq!((length(&second["added"]), length(&second["existing"])), (0, 10_000));
    let list = product_device(&environment, &["list", PRODUCT]).success();
    assert_eq!(list.stdout.lines().count(), 10_001);
    let data = product_device(&environment, &["list", PRODUCT, "--json"]).success().data();
    assert_eq!(length(&data), 10_001);
}

#[test]
fn a_list_that_broke_off_says_what_was_added_and_can_be_sent_again() {
    let environment = TestEnvironment::new();
    let fault = format!("http-500@POST:/v1/products/{PRODUCT}/devices");
    let _sandbox = sandbox(&environment, &["--fault", &fault]);
    write_list(&environment, made_up_ids(1500).join("\n"));
    let add = ["add", PRODUCT, "--file", "device_ids.txt"];
    product_device(&environment, &add).status(5).stderr_has("Error adding device(s) to product");
    product_device(&environment, &add).success().stderr_has(" skipped");
    let list = product_device(&environment, &["list", PRODUCT]).success();
    assert_eq!(list.stdout.lines().count(), 1501);
}

#[test]
fn lists_are_filtered_and_paged() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    write_list(&environment, made_up_ids(30).join("\n"));
    product_device(&environment, &["add", PRODUCT, "--file", "device_ids.txt"]).success();
    let count = |arguments: &[&str]| {
        product_device(&environment, &[&["list", PRODUCT], arguments].concat())
            .success()
            .stdout
            .lines()
            .count()
    };
    assert_eq!(count(&[]), 31);
    assert_eq!(count(&["--page", "1"]), 25);
    assert_eq!(count(&["-p", "2"]), 6);
    assert_eq!(count(&["--limit", "10"]), 10);
    assert_eq!(count(&["--page", "4", "-l", "10"]), 1);
    assert_eq!(count(&["--name", "ORO"]), 1);
    let none = product_device(&environment, &["list", PRODUCT, "--groups", "kitchen", "garden"]).success();
    assert_eq!(none.stdout, "No devices found.\n");
    product_device(&environment, &["list", PRODUCT, "--page", "0"]).status(2);
}

#[test]
fn one_device_is_shown_with_what_it_registered() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let shown = product_device(&environment, &["list", PRODUCT, &BORON.to_uppercase()]).success();
    assert!(shown.stdout.starts_with(&format!("boron [{BORON}] (Product 12345) is online\n  Variables:\n")));
    assert!(shown.stdout.contains("    int digitalRead (String args) \n"), "{}", shown.stdout);
    product_device(&environment, &["list", PRODUCT, PHOTON])
        .status(4)
        .stderr_has("Error showing product device detail");
}

#[test]
fn results_are_json() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    let added = product_device(&environment, &["add", PRODUCT, BORON, "--json"]).success().data();
    assert_eq!(
        added,
        json!({
            "product": PRODUCT, "added": [], "existing": [BORON], "nonmember": [], "invalid": [], "protected": []
        })
    );
    let list = product_device(&environment, &["list", PRODUCT, "--json"]).success().data();
    assert_eq!(list[0]["id"], BORON);
    assert_eq!((&list[0]["productId"], &list[0]["groups"]), (&json!(12345), &json!([])));
    assert_eq!((&list[0]["variables"], &list[0]["development"]), (&Value::Null, &json!(false)));
    let removed = product_device(&environment, &["remove", PRODUCT, BORON, "--json"]).success().data();
    assert_eq!(removed, json!({ "device": BORON, "product": PRODUCT }));
    assert_eq!(product_device(&environment, &["list", PRODUCT, "--json"]).success().data(), json!([]));
}

#[test]
fn a_product_that_is_not_there_and_one_of_others_are_told_apart() {
    let environment = TestEnvironment::new();
    let _sandbox = sandbox(&environment, &[]);
    for rest in [&["list"][..], &["add", DEVICE], &["remove", DEVICE]] {
        for (product, status) in [("no such/product", 4), (OTHERS_PRODUCT, 7)] {
            let arguments: Vec<&str> =
                rest[..1].iter().chain([&product]).chain(&rest[1..]).copied().collect();
            product_device(&environment, &arguments).status(status);
        }
    }
    product_device(&environment, &["remove", PRODUCT, DEVICE])
        .status(4)
        .stderr_has("Error removing device from product: Device not found for this product (HTTP 404");
}

#[test]
fn trouble_with_the_cloud_is_told_apart() {
    let environment = TestEnvironment::new();
    let cut = format!("cut@GET:/v1/products/{PRODUCT}/devices/*");
    let faults = ["http-500@GET:/v1/products", "http-429@GET:/v1/products", &cut];
    let _sandbox = sandbox(&environment, &faults.map(|fault| ["--fault", fault]).concat());
    let list = ["list", PRODUCT];
    product_device(&environment, &list).status(5).stderr_has("Error listing product devices");
    product_device(&environment, &list).success().stderr_has("trying again in");
    product_device(&environment, &["list", PRODUCT, BORON]).status(5).stderr_has("was lost");
}

/// Lists the product's devices at another cloud, with a token that does not matter.
fn list_at(environment: &TestEnvironment, api_url: &str) -> Output {
    let mut command = environment.command(["product", "device", "list", PRODUCT]);
    command.env("PARTICLE_API_URL", api_url).env("PARTICLE_ACCESS_TOKEN", "0123");
    run(command, "")
}

#[test]
fn a_bad_token_a_closed_port_and_a_web_page_are_told_apart() {
    let environment = TestEnvironment::new();
    let sandbox = environment.start_sandbox(["--devices", "boron"]);
    list_at(&environment, sandbox.api_url()).status(3).stderr_has("particle login");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        assert!(connection.read(&mut request).unwrap() > 0);
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>").unwrap();
    });
    list_at(&environment, &url).status(5).stderr_has("no JSON");
    server.join().unwrap();
    list_at(&environment, &url).status(5).stderr_has("cannot reach");
}
