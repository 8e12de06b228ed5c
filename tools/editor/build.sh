#!/bin/sh
# Builds web/static/vendor/codemirror-6.js. Needs Node.js and npm; nobody who runs Heard does.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp editor.js package.json package-lock.json "$work"
npm --prefix "$work" ci --silent
"$work/node_modules/.bin/esbuild" "$work/editor.js" --bundle --minify --format=iife --global-name=codemirror \
    --legal-comments=inline --banner:js="/* CodeMirror 6 and Lezer, MIT, see NOTICE; built by tools/editor/build.sh */" \
    --outfile="$PWD/../../web/static/vendor/codemirror-6.js"
