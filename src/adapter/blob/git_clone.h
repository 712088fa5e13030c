// A git artifact: a repository at a revision, fetched by the program git.
#pragma once

#include <stop_token>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace slipway::adapter {

// Clones into the new folder `target`. `options` has the fields of Argo's git artifact: repo,
// revision, branch, depth, fetch, singleBranch, disableSubmodules, insecureIgnoreHostKey,
// insecureSkipTLS, and the values of its Secrets as `username`, `password`, `sshPrivateKey`;
// `knownHosts` may hold lines for ssh, otherwise this machine's own known_hosts files count.
// Another field is kUnsupported. Keys and passwords stay in files of mode 0600 below `scratch` and
// in the environment of git, never in a command line; the files are gone on return. Repositories of
// this machine's own disk can not be named. Nothing else of this machine takes part: no keys or
// agent, no configuration, hooks or credential helpers of git's, no netrc; of the environment only
// proxies and trusted authorities. `stop` ends git. kNotFound, kUnauthorized, kUnavailable,
// kTimeout, kConflict when stopped, kInvalid with git's words.
Status clone_git(const json::object& options, const std::string& target, const std::string& scratch,
                 std::stop_token stop = {});

}  // namespace slipway::adapter
