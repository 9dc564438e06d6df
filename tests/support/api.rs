//! An HTTP client for the sandbox's cloud that is none of ours.

use super::{PASSWORD, Sandbox, TestEnvironment, USERNAME};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

/// A running sandbox and an HTTP client.
pub struct Api {
    /// Where the sandbox has its files.
    pub environment: TestEnvironment,
    /// The HTTP client.
    pub client: Client,
    /// What carries its requests out.
    pub runtime: Runtime,
    sandbox: Sandbox,
}

impl Api {
    /// Starts a sandbox with these further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let environment = TestEnvironment::new();
        let sandbox = environment.start_sandbox(arguments);
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { environment, client, runtime, sandbox }
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.api_url())
    }

    /// A GET request without a token.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// A POST request without a token or body.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }

    /// Status and JSON body of the answer.
    pub fn send(&self, request: RequestBuilder) -> (u16, Value) {
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.json().await.unwrap())
        })
    }

    /// What `/oauth/token` answers to these fields from a known client.
    pub fn token_request(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        let client = [("client_id", "particle"), ("client_secret", "particle")];
        self.send(self.post("/oauth/token").form(&[&client, fields].concat()))
    }

    /// What it answers to a name and a password.
    pub fn password_login(&self, username: &str, password: &str) -> (u16, Value) {
        self.token_request(&[("grant_type", "password"), ("username", username), ("password", password)])
    }

    /// A token of the plain account.
    pub fn token(&self) -> String {
        let (status, answer) = self.password_login(USERNAME, PASSWORD);
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }
}
