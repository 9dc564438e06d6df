//! Calls webhooks when their events are published, and publishes what came of it.

use super::{call, record::Webhook, template::Variables};
use crate::sandbox::cloud::{
    SharedCloud,
    events::{Audience, Event},
};
use reqwest::{Client, redirect::Policy};
use std::time::Duration;

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(20);
/// Answers come in events of this many bytes.
const PIECE: usize = 512;
/// Longest answer that is passed on.
const LONGEST_ANSWER: usize = 100 << 10;

/// Calls webhooks, for ever.
pub(in crate::sandbox::cloud) async fn run(cloud: &SharedCloud) {
    let mut events = cloud.events.follow();
    // Only this computer is called, so no certificates are looked for and no proxy is used.
    let client = Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .redirect(Policy::none())
        .timeout(LIMIT)
        .user_agent("ParticleBot/1.1 (https://docs.particle.io/webhooks)")
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return tracing::error!("webhooks cannot be called: {error}"),
    };
    while let Some(event) = events.recv().await {
        let due: Vec<Webhook> =
            cloud.records().webhooks.iter().filter(|hook| hook.waits_for(&event)).cloned().collect();
        for hook in due {
            tokio::spawn(fire(SharedCloud::clone(cloud), client.clone(), hook, event.clone()));
        }
    }
}

async fn fire(cloud: SharedCloud, client: Client, hook: Webhook, event: Event) {
    let variables = Variables::of_event(&event);
    let topic = |setting: &str, word: &str| match hook.text(setting) {
        Some(topic) => variables.fill(topic),
        None => format!("{word}/{}", event.name),
    };
    let audience = &event.audience;
    let answer = match call::request(&client, &hook, &event) {
        Ok(request) => {
            let sent = Event::by_cloud(audience.clone(), format!("hook-sent/{}", event.name), None);
            cloud.events.publish(sent);
            answer_to(request).await
        }
        Err(problem) => Err(problem),
    };
    match answer {
        Ok(answer) => {
            let answer = match hook.text("responseTemplate") {
                Some(template) => Variables::of_answer(&answer).fill(template),
                None => answer,
            };
            publish_in_pieces(&cloud, audience, &topic("responseTopic", "hook-response"), &answer);
        }
        Err(problem) => {
            publish_in_pieces(&cloud, audience, &topic("errorResponseTopic", "hook-error"), &problem);
        }
    }
}

/// The text of an answer; what went wrong where there is none, or none that means success.
async fn answer_to(request: reqwest::RequestBuilder) -> Result<String, String> {
    let mut response = request.send().await.map_err(|error| error.without_url().to_string())?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error.without_url().to_string())? {
        body.extend_from_slice(&chunk[..chunk.len().min(LONGEST_ANSWER - body.len())]);
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    if status.is_success() {
        Ok(text)
    } else {
        Err(format!("error status {} from server: {text}", status.as_u16()))
    }
}

/// Publishes a text as events called `TOPIC/0`, `TOPIC/1` and so on. An empty one is an event, too.
fn publish_in_pieces(cloud: &SharedCloud, audience: &Audience, topic: &str, text: &str) {
    let mut rest = text;
    for number in 0.. {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        let name = format!("{topic}/{number}");
        cloud.events.publish(Event::by_cloud(audience.clone(), name, Some(piece.to_owned())));
        if after.is_empty() {
            break;
        }
        rest = after;
    }
}
