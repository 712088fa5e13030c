#include "adapter/pod/resolv_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "adapter/archive/fd.h"

namespace slipway::adapter {

namespace {

using Words = std::vector<std::string>;

struct ResolvConf {
  Words nameservers, searches, options;
};

void add(Words& to, const Words& from) {
  for (const std::string& word : from) {
    if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(word);
  }
}

// "ndots:5" takes the place of another ndots.
void add_options(Words& to, const Words& from) {
  const auto name = [](const std::string& option) { return option.substr(0, option.find(':')); };
  for (const std::string& option : from) {
    const auto same = std::find_if(to.begin(), to.end(), [&](const std::string& other) {
      return name(other) == name(option);
    });
    if (same != to.end()) {
      *same = option;
    } else {
      to.push_back(option);
    }
  }
}

// Of lines with domains the last one holds (resolv.conf(5)), of the others all.
ResolvConf read(const std::string& text) {
  ResolvConf conf;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream rest(line);
    std::string key;
    rest >> key;
    Words words;
    for (std::string word; rest >> word;) words.push_back(std::move(word));
    if (key == "nameserver" && !words.empty()) add(conf.nameservers, {words[0]});
    if (key == "options") add_options(conf.options, words);
    if (key != "search" && key != "domain") continue;
    conf.searches.clear();
    for (std::string& word : words) {
      if (word.size() > 1 && word.ends_with('.')) word.pop_back();
      add(conf.searches, {word});
    }
  }
  return conf;
}

bool is_loopback(const std::string& server) {
  return server.starts_with("127.") || server.starts_with("::1");
}

}  // namespace

std::string machine_resolv_text() {
  const auto plain = read_small_file("/etc/resolv.conf", 1u << 20);
  if (plain.ok() && plain->find("nameserver 127.0.0.53") != std::string::npos) {
    const auto real = read_small_file("/run/systemd/resolve/resolv.conf", 1u << 20);
    if (real.ok()) return *real;
  }
  return plain.ok() ? *plain : "";
}

std::string resolv_text(const pod::PodPlan& plan, const std::string& machine) {
  ResolvConf conf;
  if (plan.dns.policy != "None") conf = read(machine);
  if (!plan.host_network) std::erase_if(conf.nameservers, is_loopback);
  add(conf.nameservers, plan.dns.nameservers);
  add(conf.searches, plan.dns.searches);
  add_options(conf.options, plan.dns.options);
  std::string text;
  for (const std::string& server : conf.nameservers) text += "nameserver " + server + "\n";
  if (!conf.searches.empty()) text += fmt::format("search {}\n", fmt::join(conf.searches, " "));
  if (!conf.options.empty()) text += fmt::format("options {}\n", fmt::join(conf.options, " "));
  return text;
}

}  // namespace slipway::adapter
