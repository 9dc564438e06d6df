//! The JSON form: what the console answers to `s`, and early firmware to the request for its modules.
//!
//! Source: Device OS `system/src/system_info.cpp`. Members that are not known are passed over, and so is what does not
//! make sense: the text may come from any firmware.

use super::{Checks, InstalledModule, Inventory, Store};
use crate::{
    firmware::Dependency,
    platform::{ModuleFunction, PlatformId},
};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

impl Inventory {
    /// Reads the description that `text` begins with; what follows it is of no interest. `None` where it is none, or
    /// not complete.
    pub fn from_json(text: &[u8]) -> Option<Self> {
        let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Object>();
        let description = values.next()?.ok()?;
        let modules = description.get("m")?.as_array()?;
        Some(Self {
            platform: number(&description, "p").map(PlatformId),
            modules: modules.iter().filter_map(Value::as_object).map(module).collect(),
            assets: None,
        })
    }
}

fn module(told: &Object) -> InstalledModule {
    let store = text(told, "l").map_or(Store::Main, store);
    let bits = |name| number(told, name).unwrap_or(0);
    let dependencies = told.get("d").and_then(Value::as_array).into_iter().flatten();
    InstalledModule {
        function: text(told, "f").map_or(ModuleFunction::None, function),
        index: number(told, "n").unwrap_or(0),
        version: number(told, "v").unwrap_or(0),
        max_size: number(told, "s"),
        hash: text(told, "u").and_then(bytes),
        dependencies: dependencies.filter_map(|needed| dependency(needed.as_object()?)).collect(),
        checks: Checks::from_bits(bits("vc"), bits("vv")),
        ..InstalledModule::empty(store)
    }
}

fn dependency(told: &Object) -> Option<Dependency> {
    let function = function(text(told, "f")?);
    let needed = Dependency { function, index: number(told, "n")?, version: number(told, "v").unwrap_or(0) };
    (function != ModuleFunction::None).then_some(needed)
}

fn function(letter: &str) -> ModuleFunction {
    match letter {
        "n" => ModuleFunction::None,
        "r" => ModuleFunction::Resource,
        "b" => ModuleFunction::Bootloader,
        "m" => ModuleFunction::Monolithic,
        "s" => ModuleFunction::SystemPart,
        "u" => ModuleFunction::UserPart,
        "c" => ModuleFunction::Ncp,
        "a" => ModuleFunction::RadioStack,
        "t" => ModuleFunction::Asset,
        _ => ModuleFunction::Unknown(u8::MAX),
    }
}

fn store(letter: &str) -> Store {
    match letter {
        "m" => Store::Main,
        "f" => Store::Factory,
        "b" => Store::Backup,
        "t" => Store::Scratchpad,
        _ => Store::Unknown,
    }
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// The bytes that pairs of hexadecimal digits stand for.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match *pair {
        [high, low] => {
            let value = char::from(high).to_digit(16)? << 4 | char::from(low).to_digit(16)?;
            u8::try_from(value).ok()
        }
        _ => None,
    };
    pairs.map(byte).collect::<Option<Vec<u8>>>().filter(|bytes| !bytes.is_empty())
}

/// A number, which may stand in quotes. `None` where it is none, or too large.
fn number<T: TryFrom<u64>>(object: &Object, name: &str) -> Option<T> {
    let value = object.get(name)?;
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    T::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firmware::CheckResult;
    use proptest::prelude::*;

    const PHOTON: &str = r#"{"p":6,"imei":"1","m":[
        {"s":16384,"l":"m","vc":30,"vv":30,"f":"b","n":"0","v":502,"d":[]},
        {"s":262144,"l":"m","vc":30,"vv":26,"f":"s","n":"1","v":1512,"d":[{"f":"s","n":"2","v":207,"_":""}]},
        {"s":131072,"l":"m","vc":30,"vv":30,"u":"B3A6dc","f":"u","n":"1","v":3,
         "d":[{"f":"s","n":"2","v":6,"_":""}]},
        {"s":131072,"l":"f","vc":30,"vv":0}]}"#;

    #[test]
    fn the_console_of_a_photon_is_understood() {
        let inventory = Inventory::from_json(format!("{PHOTON}\r\nmore").as_bytes()).unwrap();
        assert_eq!(inventory.platform, Some(PlatformId(6)));
        let [bootloader, system, user, factory] = inventory.modules.as_slice() else { panic!() };
        assert_eq!((bootloader.function, bootloader.version), (ModuleFunction::Bootloader, 502));
        assert_eq!(system.checks.dependencies, CheckResult::Failed);
        let needed = Dependency { function: ModuleFunction::SystemPart, index: 2, version: 207 };
        assert_eq!(system.dependencies, [needed]);
        assert_eq!(user.hash.as_deref(), Some([0xB3, 0xA6, 0xDC].as_slice()));
        assert!(factory.is_empty());
        assert_eq!((factory.store, factory.max_size), (Store::Factory, Some(131_072)));
        assert_eq!(inventory.failures().count(), 1);
    }

    #[test]
    fn what_is_not_known_is_kept_or_passed_over() {
        let text =
            br#"{"p":"x","m":[7,{"f":"?","n":300,"v":"12","l":"?","u":"zz","d":[{},{"f":"n","n":0}]}]}"#;
        let inventory = Inventory::from_json(text).unwrap();
        assert_eq!(inventory.platform, None);
        let module = &inventory.modules[0];
        assert!(!module.is_empty() && module.dependencies.is_empty() && module.hash.is_none());
        assert_eq!((module.index, module.version, module.store), (0, 12, Store::Unknown));
    }

    #[test]
    fn what_is_no_description_is_none() {
        for text in ["", "{", "[]", "{}", r#"{"m":1}"#, "null", r#"{"p":6,"m":[{"s":1},]}"#] {
            assert_eq!(Inventory::from_json(text.as_bytes()), None, "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "[ -~]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            let name =
                prop::sample::select(vec!["p", "m", "s", "l", "vc", "vv", "u", "f", "n", "v", "d", "_"]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(name.prop_map(str::to_owned), inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Inventory::from_json(&bytes);
        }

        #[test]
        fn any_json_is_survived(value in json()) {
            let whole = serde_json::json!({ "p": value.clone(), "m": [value.clone(), { "d": [value.clone()] }] });
            let inventory = Inventory::from_json(whole.to_string().as_bytes());
            prop_assert!(inventory.is_some_and(|inventory| !inventory.modules.is_empty()));
            let _ = Inventory::from_json(value.to_string().as_bytes());
        }

        #[test]
        fn every_truncation_is_noticed(at in 0..PHOTON.len()) {
            prop_assert_eq!(Inventory::from_json(&PHOTON.as_bytes()[..at]), None);
        }
    }
}
