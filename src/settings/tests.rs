use super::*;
use proptest::prelude::*;
use std::fs;
use tempfile::TempDir;

const TOKEN: &str = "0123456789abcdef0123456789abcdef01234567";

struct Fixture {
    home: TempDir,
    environment: Environment,
}

impl Fixture {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let environment = Environment::default().with("HOME", home.path());
        Self { home, environment }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.environment = self.environment.with(name, value);
        self
    }

    fn load(&self) -> Settings {
        Settings::load(&self.environment, &Overrides::default()).unwrap()
    }

    fn load_with_api_url(&self, url: &str) -> Settings {
        let overrides = Overrides { api_url: Some(url.to_owned()), ..Overrides::default() };
        Settings::load(&self.environment, &overrides).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        let folder = self.home.path().join(".particle");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(file), text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.home.path().join(".particle").join(file)).unwrap()
    }
}

fn name(text: &str) -> ProfileName {
    text.parse().unwrap()
}

fn log_in(settings: &Settings) -> Result<(), SettingsError> {
    settings.store_login(&Login {
        username: Some("me@example.com"),
        access_token: &TOKEN.parse().unwrap(),
        expires_at: None,
    })
}

#[test]
fn without_files_everything_is_default() {
    let settings = Fixture::new().load();
    assert_eq!(settings.profile(), &Setting::new(ProfileName::default(), Source::Default));
    assert_eq!(settings.api_url(), &Setting::new(ApiUrl::default(), Source::Default));
    assert!(settings.access_token().is_none());
    assert!(settings.profiles().unwrap().is_empty());
}

#[test]
fn a_login_is_found_again_and_forgotten() {
    let fixture = Fixture::new();
    log_in(&fixture.load()).unwrap();
    let settings = fixture.load();
    assert_eq!(settings.username(), Some("me@example.com"));
    assert_eq!(settings.access_token().unwrap().value.expose(), TOKEN);
    settings.forget_login().unwrap();
    assert!(fixture.load().access_token().is_none());
    assert_eq!(
        fixture.read("particle.config.json"),
        "{\n  \"access_token\": null,\n  \"access_token_expires_at\": null,\n  \"username\": null\n}"
    );
}

#[test]
fn unknown_members_and_the_order_are_kept() {
    let fixture = Fixture::new();
    fixture.write("particle.config.json", r#"{"zebra":[1,2],"username":"old@x.com","apple":{"b":1,"a":2}}"#);
    log_in(&fixture.load()).unwrap();
    fixture.load().set(&name("particle"), "apple", None).unwrap();
    assert_eq!(
        fixture.read("particle.config.json"),
        format!(
            "{{\n  \"zebra\": [\n    1,\n    2\n  ],\n  \"username\": \"me@example.com\",\n  \"access_token\": \"{TOKEN}\",\n  \
             \"access_token_expires_at\": null\n}}"
        )
    );
}

#[test]
fn a_token_is_not_used_at_another_origin() {
    let fixture = Fixture::new();
    log_in(&fixture.load()).unwrap();
    let elsewhere = fixture.load_with_api_url("http://localhost:8080");
    assert!(elsewhere.access_token().is_none() && elsewhere.username().is_none());
    assert_eq!(elsewhere.unused_token_home(), Some(ApiUrl::default()));
    assert!(matches!(log_in(&elsewhere), Err(SettingsError::OtherCloud { .. })));
    let same = fixture.load_with_api_url("https://api.particle.io:443/");
    assert!(same.access_token().is_some());
}

#[test]
fn a_token_from_the_environment_goes_where_the_person_says() {
    let fixture = Fixture::new().with("PARTICLE_ACCESS_TOKEN", "feed");
    log_in(&fixture.load()).unwrap();
    let token = fixture.load_with_api_url("http://localhost:8080").access_token().unwrap();
    assert_eq!((token.value.expose(), token.source.to_string().as_str()), ("feed", "PARTICLE_ACCESS_TOKEN"));
    assert!(!fixture.read("particle.config.json").contains("feed"));
}

#[test]
fn setting_another_profile_carries_no_token_along() {
    let fixture = Fixture::new();
    log_in(&fixture.load()).unwrap();
    fixture.load().set(&name("local"), "apiUrl", Some("http://localhost:8080")).unwrap();
    assert_eq!(fixture.read("local.config.json"), "{\n  \"apiUrl\": \"http://localhost:8080\"\n}");
    assert_eq!(fixture.load().profile().value, name("particle"));
    fixture.load().switch_to(&name("local")).unwrap();
    let settings = fixture.load();
    assert!(settings.access_token().is_none());
    assert_eq!(settings.api_url().source, Source::Profile("local".into()));
    assert_eq!(settings.profiles().unwrap(), [name("local"), name("particle")]);
}

#[test]
fn moving_a_profile_to_another_cloud_forgets_its_login() {
    let fixture = Fixture::new();
    log_in(&fixture.load()).unwrap();
    let settings = fixture.load();
    let same = settings.set(&name("particle"), "APIURL", Some("https://api.particle.io/")).unwrap();
    assert_eq!(same, Changed::SettingOnly);
    let other = settings.set(&name("particle"), "apiUrl", Some("http://localhost")).unwrap();
    assert_eq!(other, Changed::LoginForgotten);
    assert!(!fixture.read("particle.config.json").contains(TOKEN));
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let fixture = Fixture::new();
    fixture.write("particle.config.json", "{\"access_token\": \"abc");
    let error = Settings::load(&fixture.environment, &Overrides::default()).err().unwrap();
    assert!(matches!(&error, SettingsError::Corrupt { path, .. } if path.ends_with("particle.config.json")));
    assert_eq!(fixture.read("particle.config.json"), "{\"access_token\": \"abc");
}

#[test]
fn bookkeeping_without_a_profile_means_the_default_one() {
    let fixture = Fixture::new();
    fixture.write("profile.json", r#"{"last_version_check":1700000000000}"#);
    assert_eq!(fixture.load().profile().value, ProfileName::default());
    fixture.load().switch_to(&name("work")).unwrap();
    assert_eq!(
        fixture.read("profile.json"),
        "{\n  \"last_version_check\": 1700000000000,\n  \"name\": \"work\"\n}"
    );
}

#[test]
fn flag_beats_environment_beats_profile() {
    let fixture = Fixture::new();
    fixture.write("particle.config.json", r#"{"apiUrl":"http://profile"}"#);
    assert_eq!(fixture.load().api_url().value.to_string(), "http://profile");
    let fixture = fixture.with("PARTICLE_API_URL", "http://variable").with("PARTICLE_PROFILE", "particle");
    let settings = fixture.load();
    assert_eq!(settings.api_url().value.to_string(), "http://variable");
    assert_eq!(settings.profile().source, Source::Variable("PARTICLE_PROFILE"));
    assert_eq!(fixture.load_with_api_url("http://flag").api_url().source, Source::Flag("--api-url"));
}

#[test]
fn values_that_would_break_later_commands_are_refused() {
    let settings = Fixture::new().load();
    for (key, value) in [("apiUrl", "localhost:8080"), ("proxyUrl", "not a url"), ("access_token", "a b")] {
        let outcome = settings.set(&ProfileName::default(), key, Some(value));
        assert!(matches!(outcome, Err(SettingsError::Value { .. })), "{key}");
    }
}

#[cfg(unix)]
#[test]
fn files_are_private_after_every_write() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fixture.write("particle.config.json", "{}");
    let path = fixture.home.path().join(".particle/particle.config.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    log_in(&fixture.load()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

proptest! {
    #[test]
    fn no_content_of_the_files_makes_it_fail_badly(profile in ".*", config in ".*", url in ".*") {
        let fixture = Fixture::new();
        fixture.write("profile.json", &profile);
        fixture.write("particle.config.json", &config);
        let overrides = Overrides { api_url: Some(url), ..Overrides::default() };
        let _ = Settings::load(&fixture.environment, &overrides);
    }
}

#[test]
fn the_address_of_applications_comes_from_the_variable_or_the_profile() {
    let fixture = Fixture::new();
    assert_eq!(fixture.load().apps_url(), None);
    fixture.write("particle.config.json", r#"{"appsUrl":"https://mirror/apps"}"#);
    let stored = fixture.load().apps_url().cloned().unwrap();
    assert_eq!(
        (stored.value.as_str(), stored.source),
        ("https://mirror/apps", Source::Profile("particle".into()))
    );
    let fixture = fixture.with("PARTICLE_APPS_URL", "http://other/");
    let given = fixture.load().apps_url().cloned().unwrap();
    assert_eq!(
        (given.value.as_str(), given.source),
        ("http://other/", Source::Variable("PARTICLE_APPS_URL"))
    );
    let fixture = fixture.with("PARTICLE_APPS_URL", "nowhere");
    assert!(Settings::load(&fixture.environment, &Overrides::default()).is_err());
}
