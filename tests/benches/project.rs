//! How long choosing and packing the files of a project with 5,000 sources takes. Run with `cargo bench --bench project`.

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use criterion::{Criterion, criterion_group, criterion_main};
use particle::project::{Archive, select};
use std::fs;
use tempfile::TempDir;

const FOLDERS: usize = 100;
const FILES_IN_EACH: usize = 50;

/// A project of headers and sources in many folders, with two files of patterns.
fn large_project() -> TempDir {
    let project = tempfile::tempdir().unwrap();
    for folder in 0..FOLDERS {
        let sources = project.path().join(format!("lib/part{folder}/src"));
        fs::create_dir_all(&sources).unwrap();
        for file in 0..FILES_IN_EACH {
            let extension = if file % 2 == 0 { "h" } else { "cpp" };
            let contents = format!("// file {file} of folder {folder}\n").repeat(40);
            fs::write(sources.join(format!("file{file}.{extension}")), contents).unwrap();
        }
    }
    fs::write(project.path().join("project.properties"), "name=large\n").unwrap();
    fs::write(project.path().join("particle.include"), "data/**/*.txt\n").unwrap();
    fs::write(project.path().join("particle.ignore"), "test/**\nlib/*/test/**\n").unwrap();
    project
}

fn project(criterion: &mut Criterion) {
    let project = large_project();
    let paths = [project.path().to_owned()];
    let files = select(&paths, false).unwrap().files;
    assert_eq!(files.len(), FOLDERS * FILES_IN_EACH + 1);
    let mut group = criterion.benchmark_group("5,000 files");
    group.sample_size(10);
    group.bench_function("choose", |bencher| bencher.iter(|| select(&paths, false).unwrap()));
    group.bench_function("pack", |bencher| {
        bencher.iter(|| {
            let mut archive = Archive::default();
            for file in &files {
                archive.add(&file.name, fs::read(&file.path).unwrap()).unwrap();
            }
            archive.to_bytes().unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, project);
criterion_main!(benches);
