// image pull, import, list, rm: the images of this machine.
#include <fmt/format.h>

#include "adapter/image/image_store.h"
#include "app/data_dir.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/print.h"

namespace slipway::cli {
namespace {

struct Given {
  std::string data_dir, output, username, password;
  std::vector<std::string> names;
  std::vector<std::string> entrypoint, cmd, env;
  std::string working_dir, user;
  bool always = false;
};

// Opens the store of the data directory, which is made when it is not there yet.
Result<adapter::ImageStore> open(const Given& given) {
  const std::string folder = app::data_dir(given.data_dir);
  TRY(app::make_data_dir(folder));
  return adapter::ImageStore(folder);
}

std::string megabytes(int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

json::object to_json(const adapter::Image& image) {
  json::object out;
  out["name"] = image.name;
  out["digest"] = image.digest;
  out["size"] = image.size_bytes;
  out["createdAt"] = format_rfc3339(image.created_at);
  return out;
}

void print_image(const adapter::Image& image, const std::string& verb) {
  fmt::print("{} {}  {}  {}\n", verb, image.name, image.digest, megabytes(image.size_bytes));
}

int pull(const Given& given) {
  auto store = open(given);
  if (!store.ok()) return fail(store.error());
  adapter::EnsureOptions options;
  options.pull = given.always ? adapter::Pull::kAlways : adapter::Pull::kIfNotPresent;
  for (const std::string& name : given.names) {
    if (!given.username.empty()) {
      const auto full = adapter::normalise_reference(name);
      if (!full.ok()) return fail(full.error()), kUsage;
      options.credentials = {{full->substr(0, full->find('/')), given.username, given.password}};
    }
    const auto image = store->ensure(name, options);
    if (!image.ok()) return fail(image.error());
    print_image(*image, "pulled");
  }
  return kOk;
}

int import(const Given& given) {
  if (given.names.size() != 2) return fail("image import wants NAME and FILE"), kUsage;
  auto store = open(given);
  if (!store.ok()) return fail(store.error());
  adapter::ImageConfig config;
  config.entrypoint = given.entrypoint;
  config.cmd = given.cmd;
  config.env = given.env;
  config.working_dir = given.working_dir;
  config.user = given.user;
  const bool any = !given.entrypoint.empty() || !given.cmd.empty() || !given.env.empty() ||
                   !given.working_dir.empty() || !given.user.empty();
  const auto image = store->import(given.names[0], given.names[1], any ? &config : nullptr);
  if (!image.ok()) return fail(image.error());
  print_image(*image, "imported");
  return kOk;
}

int list(const Given& given) {
  const auto store = open(given);
  if (!store.ok()) return fail(store.error());
  const auto images = store->list();
  if (!images.ok()) return fail(images.error());
  if (given.output == "json" || given.output == "yaml") {
    json::array items;
    for (const adapter::Image& image : *images) items.push_back(to_json(image));
    json::object out;
    out["items"] = std::move(items);
    print_object(out, given.output);
    return kOk;
  }
  std::vector<std::vector<std::string>> rows = {{"NAME", "DIGEST", "SIZE", "AGE"}};
  for (const adapter::Image& image : *images) {
    if (given.output == "name") {
      fmt::print("{}\n", image.name);
      continue;
    }
    const std::string digest = given.output == "wide" ? image.digest : image.digest.substr(0, 19);
    rows.push_back(
        {image.name, digest, megabytes(image.size_bytes), age(format_rfc3339(image.created_at))});
  }
  if (given.output != "name") fmt::print("{}", rows.size() > 1 ? table(rows) : "No images.\n");
  return kOk;
}

int remove(const Given& given) {
  auto store = open(given);
  if (!store.ok()) return fail(store.error());
  int code = kOk;
  for (const std::string& name : given.names) {
    const Status removed = store->remove(name);
    if (!removed.ok()) {
      code = fail(removed.error());
    } else {
      fmt::print("removed {}\n", name);
    }
  }
  return code;
}

std::shared_ptr<Given> define(Options& options) {
  auto given = std::make_shared<Given>();
  options.text("--data-dir", given->data_dir, "data directory");
  options.from_environment("SLIPWAY_DATA");
  return given;
}

}  // namespace

std::vector<Command> image_commands() {
  Command pull_command = {"image pull", "fetch images from a registry",
                          "slipway image pull busybox:1.36", false, [](Options& options) {
                            auto given = define(options);
                            options.list("names", given->names, "image references");
                            options.required();
                            options.flag("--always", given->always, "also when it is here already");
                            options.text("--username", given->username, "registry user");
                            options.text("--password", given->password, "registry password");
                            options.from_environment("SLIPWAY_REGISTRY_PASSWORD");
                            return [given] { return pull(*given); };
                          }};
  Command import_command = {
      "image import", "make an image from a rootfs tar, a docker archive or an OCI layout",
      "slipway image import busybox:latest busybox.tar --cmd sh", false, [](Options& options) {
        auto given = define(options);
        options.list("names", given->names, "NAME FILE");
        options.required();
        options.list("--entrypoint", given->entrypoint, "a word of the entrypoint, once each");
        options.list("--cmd", given->cmd, "a word of the default command, once each");
        options.list("--env", given->env, "NAME=value, once each");
        options.text("--workdir", given->working_dir, "working directory");
        options.text("--user", given->user, "user");
        return [given] { return import(*given); };
      }};
  Command list_command = {"image list", "list the images of this machine",
                          "slipway image list -o wide", false, [](Options& options) {
                            auto given = define(options);
                            define_output(options, given->output);
                            return [given] { return list(*given); };
                          }};
  Command remove_command = {"image rm", "remove images, and layers that no other image uses",
                            "slipway image rm busybox:1.36", false, [](Options& options) {
                              auto given = define(options);
                              options.list("names", given->names, "image references");
                              options.required();
                              return [given] { return remove(*given); };
                            }};
  return {std::move(pull_command), std::move(import_command), std::move(list_command),
          std::move(remove_command)};
}

}  // namespace slipway::cli
