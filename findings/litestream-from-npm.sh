#!/usr/bin/env bash
# Litestream from npm, @flydotio/litestream 1.0.1, the only version there, published in October 2025: it is Litestream 0.3.13
# of November 2023, and has SQLite 3.42.0 in it. SQLite from 3.7.0 to 3.51.2 may lose what was committed when one process
# checkpoints a WAL in the moment in which another one writes (https://sqlite.org/wal.html#the_wal_reset_bug, fixed in 3.51.3),
# and to checkpoint from beside a program that writes is what Litestream does. Its own repository left that SQLite with
# https://github.com/benbjohnson/litestream/pull/1436, in August 2026; no such release is to be had by npm.
#
# Run with Node 20 or newer. Ends with 0 while it is so, with 1 when the behaviour has changed. Takes about 10 seconds.
set -euo pipefail
cd "$(mktemp -d)"
echo '{ "private": true }' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @flydotio/litestream@1.0.1

versions=$(npm view @flydotio/litestream versions --json | tr -d '[]" \n')
program=$(ls node_modules/@flydotio/litestream-*/litestream)
litestream=$("$program" version)
# What SQLite calls itself: a version, then the day of its sources.
sqlite=$(grep --text --only-matching --extended-regexp '2[0-9]{3}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9a-f]{64}' "$program" | head -1 | cut -c1-10)
number=$(grep --text --only-matching --perl-regexp '(?<![0-9.])3\.[0-9]{2}\.[0-9](?![0-9.])' "$program" | sort --unique | tr '\n' ' ')
echo "versions at npm: $versions"
echo "litestream version: $litestream"
echo "its SQLite: of $sqlite; numbers of that form in it: $number"
if [ "$versions" != 1.0.1 ] || [ "$litestream" != v0.3.13 ] || [ "$sqlite" != 2023-05-16 ] || [[ " $number" != *' 3.42.0 '* ]]; then
  echo 'The behaviour has changed.'
  exit 1
fi
