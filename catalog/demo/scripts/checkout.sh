#!/bin/bash
# Fetches one commit with the deploy key. Everything that came from outside arrives in the environment.
set -euo pipefail
mkdir -p ~/.ssh && chmod 700 ~/.ssh
install -m 400 /secret/deploy/ssh-privatekey ~/.ssh/key
install -m 444 /secret/deploy/known_hosts ~/.ssh/known_hosts
export GIT_SSH_COMMAND="ssh -i $HOME/.ssh/key -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$HOME/.ssh/known_hosts"
git init --quiet /workspace/src
cd /workspace/src
git remote add origin "$REPOSITORY"
git fetch --quiet origin "$HEAD_SHA" "$BASE_SHA"
git checkout --quiet "$HEAD_SHA"
git log -1 --format='%h %s'
# The commits of the pull request, as the message wants them.
git log --format='%H%x09%s' "$BASE_SHA..$HEAD_SHA" | head -n 20 |
  jq -R -s --arg url "$REPOSITORY_URL" \
    'split("\n") | map(select(length > 0) | split("\t") | {id: .[0], message: .[1], url: ($url + "/commit/" + .[0])})' \
    > /workspace/commits.json
