//! Libraries on the wire.

use super::*;

const ARCHIVE: &[u8] = b"\x1f\x8bpacked";

fn with_libraries<T>(server: &Server, ask: impl AsyncFnOnce(Libraries<'_>) -> T) -> T {
    let cloud = cloud(server);
    let session = cloud.authorize("secret-token".parse().unwrap());
    wait(ask(session.libraries()))
}

fn library_at(url: &str) -> Library {
    Library { name: "a".into(), version: "1.0.0".into(), download: Some(url.into()), ..Library::default() }
}

#[test]
fn a_selection_of_libraries_stands_in_the_query() {
    let server = Server::start(vec![answer("200 OK", r#"{"data":[]}"#), answer("200 OK", r#"{"data":[]}"#)]);
    let selection = LibrarySelection {
        scope: Some(LibraryScope::All),
        excluded: Some(LibraryScope::Mine),
        filter: Some("a&b".into()),
        sort: Some("official,-date"),
        page: Some(2),
        limit: Some(5),
    };
    with_libraries(&server, async |libraries| {
        libraries.list(&selection).await.unwrap();
        libraries.list(&LibrarySelection::default()).await.unwrap();
    });
    let requests = server.requests();
    let query = "page=2&filter=a%26b&limit=5&sort=official%2C-date&scope=all&excludeScopes=mine";
    assert!(requests[0].starts_with(&format!("GET /v1/libraries?{query} ")), "{}", requests[0]);
    assert!(requests[1].starts_with("GET /v1/libraries "), "{}", requests[1]);
}

#[test]
fn an_archive_is_fetched_without_the_token() {
    let packed = String::from_utf8_lossy(ARCHIVE).into_owned();
    let archives = Server::start(vec![answer("200 OK", &packed)]);
    let cloud = Server::start(vec![]);
    let library = library_at(&format!("http://{}/a-1.0.0.tar.gz", archives.address()));
    let archive = with_libraries(&cloud, async |libraries| libraries.archive(&library).await).unwrap();
    assert_eq!(archive, packed.as_bytes());
    assert!(cloud.requests().is_empty());
    let request = archives.requests().remove(0).to_lowercase();
    assert!(request.starts_with("get /a-1.0.0.tar.gz ") && !request.contains("authorization"), "{request}");
}

#[test]
fn only_the_web_has_archives() {
    let server = Server::start(vec![]);
    let fetch = |library: Library| {
        with_libraries(&server, async |libraries| libraries.archive(&library).await).unwrap_err()
    };
    assert!(matches!(fetch(library_at("file:///etc/passwd")), CloudError::Redirected { .. }));
    for unusable in [library_at("/relative"), Library { download: None, ..library_at("") }] {
        assert!(matches!(fetch(unusable), CloudError::Unintelligible { .. }));
    }
    assert!(server.requests().is_empty());
}

#[test]
fn an_archive_that_is_gone_is_not_taken_for_one() {
    let server = Server::start(vec![answer("404 Not Found", "<html>gone</html>")]);
    let library = library_at(&format!("http://{}/a.tar.gz", server.address()));
    let outcome = with_libraries(&server, async |libraries| libraries.archive(&library).await);
    assert_eq!(kind(outcome), RefusalKind::NotFound);
}

#[test]
fn libraries_are_uploaded_published_and_deleted() {
    let server =
        Server::start(vec![answer("201 Created", "{}"), answer("200 OK", "{}"), answer("200 OK", "{}")]);
    with_libraries(&server, async |libraries| {
        libraries.upload(b"packed".to_vec()).await.unwrap();
        libraries.publish("My/Lib").await.unwrap();
        libraries.delete("a", "key").await.unwrap();
    });
    let requests = server.requests();
    assert!(requests[0].starts_with("POST /v1/libraries "));
    assert!(requests[0].contains(r#"name="archive"; filename="archive.tar.gz""#), "{}", requests[0]);
    assert!(requests[1].starts_with("PATCH /v1/libraries/My%2FLib "));
    assert!(requests[1].ends_with(r#"{"visibility":"public"}"#));
    assert!(
        requests[2].starts_with("DELETE /v1/libraries/a ") && requests[2].ends_with(r#"{"force":"key"}"#)
    );
}
