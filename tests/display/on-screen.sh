#!/bin/sh
# on-screen.sh COMMAND...: runs it on a screen that nobody looks at and a session bus of its own

# The server takes a number that is free and says which: tests that start at once do not meet on one screen. Nor does
# it begin anew, and turn the program away meanwhile, when the screen reader's bus has been the only client and leaves.
number=$(mktemp)
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp -noreset 3>"$number" 2>/dev/null &
server=$!
trap 'kill $server 2>/dev/null; rm -f "$number"' EXIT

tries=0
until [ -s "$number" ]; do
  tries=$((tries + 1))
  if [ $tries -gt 600 ] || ! kill -0 $server 2>/dev/null; then
    echo 'Bail out! Xvfb did not start'
    exit 1
  fi
  sleep 0.1
done

# What services of the bus print is not the test's output.
DISPLAY=:$(cat "$number")
export DISPLAY
dbus-run-session -- sh -c 'exec "$@" >&4' on-screen "$@" 4>&1 >/dev/null
