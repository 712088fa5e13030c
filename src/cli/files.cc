#include "cli/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "cli/print.h"
#include "core/engine/lint.h"
#include "core/manifest/parse.h"

namespace slipway::cli {
namespace {

namespace fs = std::filesystem;

bool is_manifest(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

// The manifests of a folder, in name order.
Result<std::vector<std::string>> inside(const std::string& folder, Folders folders) {
  std::vector<std::string> found;
  std::error_code failed;
  for (auto entry = fs::recursive_directory_iterator(folder, failed);
       entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    if (entry->is_directory(failed)) {
      const bool hidden = entry->path().filename().string().starts_with('.');
      if (folders == Folders::kFlat || hidden) entry.disable_recursion_pending();
    } else if (is_manifest(entry->path())) {
      found.push_back(entry->path().string());
    }
  }
  if (failed) return Error{ErrorCode::kIo, failed.message(), folder};
  if (found.empty()) {
    return Error{ErrorCode::kNotFound, "this folder holds no .yaml, .yml or .json file", folder};
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<std::vector<std::string>> expand(const std::vector<std::string>& files, Folders folders) {
  std::vector<std::string> out;
  for (const std::string& file : files) {
    std::error_code failed;
    if (file == "-" || !fs::is_directory(file, failed)) {
      out.push_back(file);
      continue;
    }
    TRY_ASSIGN(const std::vector<std::string> found, inside(file, folders));
    out.insert(out.end(), found.begin(), found.end());
  }
  return out;
}

// Of what lint finds: what no server would run, whatever else is applied or given at submit.
bool can_never_run(const manifest::Diagnostic& found) {
  return found.severity == manifest::Severity::kError &&
         (found.rule == "invalid-workflow" || found.rule == "unknown-template-ref") &&
         !found.path.starts_with("spec.triggers") &&  // a sensor fills it in
         !found.message.starts_with("spec.arguments") &&
         !found.message.starts_with("spec.entrypoint is required");
}

}  // namespace

Result<std::string> read_file(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kNotFound, "can not be read", file};
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Result<manifest::Parsed> parse_files(const std::vector<std::string>& files, Folders folders,
                                     bool strict, const Look& look) {
  TRY_ASSIGN(const std::vector<std::string> names, expand(files, folders));
  manifest::Parsed all;
  for (const std::string& name : names) {
    TRY_ASSIGN(const std::string text, read_file(name));
    if (look) look(name, text);
    manifest::Parsed parsed = manifest::parse(text, name, {.strict = strict});
    for (manifest::Document& document : parsed.documents)
      all.documents.push_back(std::move(document));
    for (manifest::Diagnostic& found : parsed.diagnostics)
      all.diagnostics.push_back(std::move(found));
  }
  return all;
}

Result<std::vector<manifest::Document>> read_manifests(const std::vector<std::string>& files,
                                                       bool strict) {
  TRY_ASSIGN(manifest::Parsed parsed, parse_files(files, Folders::kFlat, strict));
  if (!manifest::has_errors(parsed.diagnostics)) {
    for (manifest::Diagnostic& found : engine::lint(parsed.documents, {})) {
      if (can_never_run(found)) parsed.diagnostics.push_back(std::move(found));
    }
  }
  size_t errors = 0;
  for (const manifest::Diagnostic& diagnostic : parsed.diagnostics) {
    fmt::print(stderr, "{}\n", diagnostic.text());
    errors += diagnostic.severity == manifest::Severity::kError ? 1 : 0;
  }
  if (errors > 0) {
    return Error{ErrorCode::kInvalid, counted(errors, "error") + " in the manifests", ""};
  }
  if (parsed.documents.empty()) return Error{ErrorCode::kInvalid, "the files hold no object", ""};
  return std::move(parsed.documents);
}

}  // namespace slipway::cli
