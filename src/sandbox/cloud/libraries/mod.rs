//! `/v1/libraries`: firmware libraries, and at `/library-archives` their files.

mod catalogue;
mod listing;
mod record;
mod upload;

pub use catalogue::catalogue;
pub use record::{Library, PackedFiles, Release, ReleaseError};

use super::{Records, SharedCloud, credentials::Caller, error::ApiError, fields::Fields};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, HOST},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;
use listing::{Entry, Listing};
use serde::Deserialize;
use serde_json::{Value, json};
use upload::UploadedArchive;

/// What permits deleting a library that others may be using. In the real cloud, only Particle's staff know it.
pub const DELETE_TOKEN: &str = "sandbox";

pub(super) fn routes() -> Router<SharedCloud> {
    Router::new()
        .route("/v1/libraries", get(list).post(upload))
        .route("/v1/libraries/{library}", get(details).patch(publish).delete(delete))
        .route("/v1/libraries/{library}/versions", get(versions))
        .route("/library-archives/{digest}/{file}", get(archive))
}

async fn list(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    headers: HeaderMap,
    Query(listing): Query<Listing>,
) -> Result<Json<Value>, ApiError> {
    let records = cloud.records();
    let entries = records.libraries.iter().filter_map(|library| Entry::of(library, &caller.username));
    let page = listing.page(entries).map_err(|problem| refused(&problem))?;
    let data: Vec<Value> = page.iter().map(|entry| describe(entry, &headers)).collect();
    Ok(Json(json!({ "data": data })))
}

#[derive(Deserialize)]
struct DetailsQuery {
    version: Option<String>,
}

async fn details(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(query): Query<DetailsQuery>,
) -> Result<Json<Value>, ApiError> {
    let records = cloud.records();
    let entry = visible(&records, &caller, &name)?;
    let version = query.version.filter(|version| !version.is_empty());
    let release = entry.library.release(&caller.username, version.as_deref()).ok_or_else(|| {
        let (name, version) = (&entry.library.name, version.unwrap_or_default());
        ApiError::messages(StatusCode::NOT_FOUND, &format!("Library {name} {version} not found"))
    })?;
    Ok(answer(&Entry { release, ..entry }, &headers))
}

/// All versions that the caller can see, the newest first.
async fn versions(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let records = cloud.records();
    let entry = visible(&records, &caller, &name)?;
    let releases = entry.library.visible_to(&caller.username).rev();
    let data: Vec<Value> = releases.map(|release| describe(&Entry { release, ..entry }, &headers)).collect();
    Ok(Json(json!({ "data": data })))
}

/// Takes a library over, for its owner alone to see.
async fn upload(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    headers: HeaderMap,
    UploadedArchive(archive): UploadedArchive,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let (name, release) =
        Release::read(archive, Timestamp::now()).map_err(|problem| refused(&problem.to_string()))?;
    let version = release.version.clone();
    if cloud.records().library(&name).is_some_and(|library| !library.is_owned_by(&caller.username)) {
        let text = format!("Library {name} belongs to someone else");
        return Err(ApiError::messages(StatusCode::FORBIDDEN, &text));
    }
    if !cloud.update(|records| records.put_release(&name, &caller.username, release)) {
        let text = format!("Library {name} {version} is already published; give it another version");
        return Err(ApiError::messages(StatusCode::CONFLICT, &text));
    }
    let records = cloud.records();
    let entry = visible(&records, &caller, &name)?;
    let release = entry.library.release(&caller.username, Some(&version)).unwrap_or(entry.release);
    Ok((StatusCode::CREATED, answer(&Entry { release, ..entry }, &headers)))
}

/// Lets everybody see the newest version.
async fn publish(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    headers: HeaderMap,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<Json<Value>, ApiError> {
    if fields.text("visibility") != Some("public") {
        return Err(refused("visibility can be changed to public only"));
    }
    check_owner(&cloud.records(), &caller, &name)?;
    let published = cloud.update(|records| records.library_mut(&name).is_some_and(Library::publish));
    if !published {
        return Err(refused(&format!("Library {name} has no version that is not published")));
    }
    Ok(answer(&visible(&cloud.records(), &caller, &name)?, &headers))
}

/// Deletes a library with all its versions. Where others may be using one of them, that needs the token.
async fn delete(
    State(cloud): State<SharedCloud>,
    caller: Caller,
    Path(name): Path<String>,
    fields: Fields,
) -> Result<StatusCode, ApiError> {
    let permitted = fields.text("force") == Some(DELETE_TOKEN);
    if !permitted {
        let records = cloud.records();
        check_owner(&records, &caller, &name)?;
        if visible(&records, &caller, &name)?.library.releases.iter().any(|release| release.public) {
            return Err(ApiError::messages(StatusCode::FORBIDDEN, &format!("Library {name} is public")));
        }
    }
    visible(&cloud.records(), &caller, &name)?;
    cloud.update(|records| records.libraries.retain(|library| !library.is_called(&name)));
    Ok(StatusCode::NO_CONTENT)
}

/// The files of a library. Whoever knows what they are like may have them: no token is looked at.
async fn archive(
    State(cloud): State<SharedCloud>,
    Path((digest, _)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let records = cloud.records();
    let mut releases = records.libraries.iter().flat_map(|library| &library.releases);
    let found = releases.find(|release| release.archive.digest() == digest);
    let release = found.ok_or_else(|| ApiError::messages(StatusCode::NOT_FOUND, "no such archive"))?;
    Ok(([(CONTENT_TYPE, "application/gzip")], release.archive.0.clone()).into_response())
}

/// What the caller sees of the library of this name.
fn visible<'r>(records: &'r Records, caller: &Caller, name: &str) -> Result<Entry<'r>, ApiError> {
    let entry = records.library(name).and_then(|library| Entry::of(library, &caller.username));
    entry.ok_or_else(|| ApiError::messages(StatusCode::NOT_FOUND, &format!("Library {name} not found")))
}

fn check_owner(records: &Records, caller: &Caller, name: &str) -> Result<(), ApiError> {
    if visible(records, caller, name)?.mine {
        return Ok(());
    }
    Err(ApiError::messages(StatusCode::FORBIDDEN, &format!("Library {name} belongs to someone else")))
}

fn refused(problem: &str) -> ApiError {
    ApiError::messages(StatusCode::BAD_REQUEST, problem)
}

fn answer(entry: &Entry, headers: &HeaderMap) -> Json<Value> {
    Json(json!({ "data": describe(entry, headers) }))
}

/// A library in one version. Its archive is where the request came to.
fn describe(entry: &Entry, headers: &HeaderMap) -> Value {
    let Entry { library, release, mine } = entry;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (name, version, digest) = (&library.name, &release.version, release.archive.digest());
    let property = |name: &str| release.properties.get(name).filter(|value| !value.is_empty());
    let architectures =
        property("architectures").map(|list| list.split(',').map(str::trim).collect::<Vec<_>>());
    json!({
        "type": "libraries",
        "id": name,
        "links": { "download": format!("http://{host}/library-archives/{digest}/{name}-{version}.tar.gz") },
        "attributes": {
            "name": name,
            "version": version,
            "installs": library.installs,
            "license": property("license"),
            "author": property("author"),
            "maintainer": property("maintainer"),
            "sentence": property("sentence"),
            "paragraph": property("paragraph"),
            "category": property("category"),
            "url": property("url"),
            "repository": property("repository"),
            "architectures": architectures.unwrap_or_default(),
            "dependencies": release.dependencies(),
            "build": null,
            "visibility": if release.public { "public" } else { "private" },
            "mine": mine,
            "official": library.official,
            "verified": library.verified,
        },
        "relationships": {},
    })
}
