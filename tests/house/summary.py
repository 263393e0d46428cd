#!/usr/bin/env python3
"""summary.py TESTLOG.json...: what was skipped and why, then one line of counts."""
import collections
import json
import re
import sys

passed = failed = skipped = 0
reasons = collections.Counter()

for log in sys.argv[1:]:
    for line in open(log, encoding='utf-8', errors='replace'):
        test = json.loads(line)
        output = test.get('stdout') or ''
        cases = re.findall(r'^(ok|not ok) \d+(.*)$', output, re.M)
        if cases:
            for verdict, rest in cases:
                skip = re.search(r'# SKIP\s*(.*)', rest)
                if skip:
                    skipped += 1
                    reasons[test['name'], skip[1] or 'no reason given'] += 1
                elif verdict == 'ok':
                    passed += 1
                else:
                    failed += 1
            if test['result'] in ('FAIL', 'ERROR', 'TIMEOUT') and all(v == 'ok' for v, _ in cases):
                failed += 1
        elif test['result'] in ('OK', 'EXPECTEDFAIL'):
            passed += 1
        elif test['result'] == 'SKIP':
            skipped += 1
            words = (output + (test.get('stderr') or '')).strip().splitlines()
            reasons[test['name'], words[-1] if words else 'no reason given'] += 1
        else:
            failed += 1

for (name, reason), count in sorted(reasons.items()):
    print(f'skipped: {name}: {reason}' + (f' ({count} cases)' if count > 1 else ''))
print(f'{passed} passed, {failed} failed, {skipped} skipped')
sys.exit(failed > 0 or passed == 0)
